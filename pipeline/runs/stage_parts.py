"""The parts that a stage has left under `work/`, to be read by table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipeline.schema import (
    Table,
)

if TYPE_CHECKING:
    import pandas as pd

from pipeline.runs.workspace import Workspace


def parts(ws: Workspace, stage: Literal["extracted", "validated"]) -> list[Path]:
    """The folders of the parts of a stage, in order."""
    return sorted(folder for folder in (ws.work / stage).iterdir() if folder.is_dir())


def read(
    ws: Workspace, stage: Literal["extracted", "validated"], table: Table, columns: Sequence[str] = ()
) -> pd.DataFrame:
    """One table of a stage, over all parts: these columns, or all of them."""
    import pandas as pd

    wanted = list(columns or table.column_names)
    frames = [pd.read_parquet(part / f"{table.name}.parquet", columns=wanted) for part in parts(ws, stage)]
    return pd.concat(frames, ignore_index=True).astype({name: table.dtypes[name] for name in wanted})


def count(ws: Workspace, stage: Literal["extracted", "validated"], table: Table) -> int:
    """How many rows a table of a stage has, over all parts; reads none of them."""
    import pyarrow.parquet as pq

    found = (pq.read_metadata(part / f"{table.name}.parquet") for part in parts(ws, stage))
    return sum(metadata.num_rows for metadata in found)


def sample(ws: Workspace, stage: Literal["extracted", "validated"], table: Table, rows: int) -> pd.DataFrame:
    """The first rows of a table of a stage; reads no more than the parts that have them."""
    import pyarrow.parquet as pq

    from pipeline.tables import frame

    for part in parts(ws, stage):
        for batch in pq.ParquetFile(part / f"{table.name}.parquet").iter_batches(rows):
            if batch.num_rows:
                found: pd.DataFrame = batch.to_pandas()
                return found.astype(table.dtypes)
    return frame(table)
