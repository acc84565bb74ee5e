"""Compares two files that give one report: whether both say the same, else in how many cells they differ.

Byte-equal files do not come here: they are copies and never read. What does *not* belong here: which of the two files
stays.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pyarrow.parquet as pq

from pipeline.issues import SAME, reason_sentence
from pipeline.labels import compact
from pipeline.runs.file_result import FileResult
from pipeline.runs.same_report.precedence import Words, told_why, words_of
from pipeline.schema import FACTS, QUARANTINE, SECTIONS, Table

REASON = "duplicate-report"
CELLS = ("report_id", "table_no", "row_code", "col_code", "value_kind", "value", "value_raw")
TEXTS = ("report_id", "section_no", "text")
# This many of them are compared at once.
SLICE = 2_000

Cells = Mapping[str, str]


class Loaded(Protocol):
    """Where the rows of loaded reports are: the warehouse's writer."""

    def columns_of(self, table: Table, names: Sequence[str], report_ids: Collection[str]) -> pd.DataFrame: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Said:
    """The content of a file: each cell's key with its meaning, and a digest of the narrative without spaces."""

    cells: Cells
    text: str


NOTHING = Said({}, hashlib.sha256(b"").hexdigest())


@dataclass(frozen=True, slots=True)
class Winner:
    """The file that gives a report, and its age in its own words."""

    path: str
    words: Words


@dataclass(frozen=True, slots=True)
class Rival:
    """A file that stands back: its report and its content, packed because there may be many."""

    report_id: str
    words: Words
    packed: bytes

    @property
    def said(self) -> Said:
        """What it says."""
        return Said(**json.loads(zlib.decompress(self.packed)))


def rival(result: FileResult) -> Rival:
    """The rival that a file is."""
    assert result.report_id is not None
    facts, sections = _rows(result, FACTS.name, CELLS), _rows(result, SECTIONS.name, TEXTS)
    return packed(result.report_id, words_of(result), Said(_cells(facts), _text(sections)))


def packed(report_id: str, words: Words, said: Said) -> Rival:
    """A file that stands back, with what it says packed."""
    both = {"cells": dict(said.cells), "text": said.text}
    return Rival(report_id, words, zlib.compress(json.dumps(both).encode(), 1))


def _rows(result: FileResult, table: str, names: Sequence[str]) -> list[tuple[Any, ...]]:
    columns = FACTS.column_names if table == FACTS.name else SECTIONS.column_names
    found = result.columns[table]
    return list(zip(*(found[columns.index(name)] for name in names), strict=True))


def _cells(rows: Collection[tuple[Any, ...]]) -> dict[str, str]:
    return {f"{table}:{row}:{col}": _meant(*meant) for _, table, row, col, *meant in rows}


def _meant(kind: str, value: Any, printed: str) -> str:
    """A number as a number, however it is printed; a word as it is; anything else by its kind."""
    if kind == "number":
        return f"{float(value):.6f}"
    return compact(printed) if kind == "word" else kind


def _text(rows: Collection[tuple[Any, ...]]) -> str:
    ordered = (str(text) for _, _, text in sorted(rows, key=lambda row: int(row[1])))
    return hashlib.sha256(compact("".join(ordered)).encode()).hexdigest()


def told(first: Said, second: Said) -> str:
    """How the second file's report differs from the first one's, in words."""
    keys = first.cells.keys() | second.cells.keys()
    differing = sum(first.cells.get(key) != second.cells.get(key) for key in keys)
    if differing:
        return f"{differing} of {len(keys)} cells differ"
    return SAME if first.text == second.text else "the figures are the same, the text differs"


# --- In the parts of an extraction -----------------------------------------------------------------


def tell_apart(
    parts: Sequence[Path], rivals: Mapping[str, Rival], winner_of: Callable[[str], Winner], loaded: Loaded
) -> None:
    """Write into each rival's row of `quarantine` which file gives the report, why, and how the two differ.

    `rivals` are by path, winners by report_id. The reports that stay are in the parts, else in the warehouse.
    """
    sentences: dict[str, str] = {}
    left = iter(sorted(rivals.items()))
    while some := dict(islice(left, SLICE)):
        staying = _staying({r.report_id for r in some.values()}, parts, loaded)
        sentences |= {path: _sentence(r, winner_of(r.report_id), staying.get(r.report_id)) for path, r in some.items()}
    for part in parts if sentences else ():
        _rewrite(part / f"{QUARANTINE.name}.parquet", sentences)


def _sentence(rival: Rival, winner: Winner, staying: Said | None) -> str:
    how = [told(staying, rival.said)] if staying else []
    return "; ".join([reason_sentence(REASON, winner.path), told_why(winner.words, rival.words), *how])


def _staying(report_ids: set[str], parts: Sequence[Path], loaded: Loaded) -> dict[str, Said]:
    """The contents of the reports that stay, by report_id."""
    here = [(_found(p, FACTS.name, CELLS, report_ids), _found(p, SECTIONS.name, TEXTS, report_ids)) for p in parts]
    facts, texts = (pd.concat(frames) for frames in zip(*here, strict=True))
    found = {str(code) for frame in (facts, texts) for code in frame["report_id"].unique()}
    if rest := report_ids - found:
        facts = pd.concat([facts, loaded.columns_of(FACTS, CELLS, rest)])
        texts = pd.concat([texts, loaded.columns_of(SECTIONS, TEXTS, rest)])
    return said_in(facts, texts)


def said_in(facts: pd.DataFrame, texts: pd.DataFrame) -> dict[str, Said]:
    """The contents of these rows of facts and sections, by report_id."""
    text_of = {code: _text(rows) for code, rows in _by_report(texts)}
    cells_of = {code: _cells(rows) for code, rows in _by_report(facts)}
    return {code: Said(cells_of.get(code, {}), text_of.get(code, NOTHING.text)) for code in {*cells_of, *text_of}}


def _found(part: Path, table: str, names: Sequence[str], report_ids: set[str]) -> pd.DataFrame:
    wanted = [("report_id", "in", report_ids)]
    found: pd.DataFrame = pq.read_table(part / f"{table}.parquet", columns=list(names), filters=wanted).to_pandas()
    return found


def _by_report(frame: pd.DataFrame) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    for code, rows in frame.groupby("report_id"):
        yield str(code), list(rows.itertuples(index=False, name=None))


def _rewrite(file: Path, sentences: Mapping[str, str]) -> None:
    frame = pd.read_parquet(file).astype(QUARANTINE.dtypes)
    rows = (frame["reason"] == REASON) & frame["path"].isin(set(sentences))
    if rows.any():
        frame.loc[rows, "sentence"] = frame.loc[rows, "path"].map(sentences)
        frame.to_parquet(file, index=False)
