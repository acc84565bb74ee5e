"""The frames of a part of a batch on the disk: a folder for each part, in it a Parquet file for each table.

What does *not* belong here: what is in the frames, and which parts there are (`stage_parts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from pipeline.schema import TABLES


def read_frames(part: Path) -> dict[str, pd.DataFrame]:
    """The frames of a part by table, with the dtypes of the schema."""
    return {
        file.stem: pd.read_parquet(file).astype(TABLES[file.stem].dtypes) for file in sorted(part.glob("*.parquet"))
    }


def write_frames(part: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Writes a new part."""
    part.mkdir()
    for name, frame in frames.items():
        frame.to_parquet(part / f"{name}.parquet", index=False)
