"""Rows that only some bodies can fill, such as 规章. Data in `forms/bodies.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipeline.forms.loading import forms
from pipeline.forms.model import Form, FormError
from pipeline.issues import CATALOGUE
from pipeline.schema import LEVELS


@dataclass(frozen=True, slots=True)
class Reserved:
    """A row that only publishers of these levels can fill; `issue` is the code of the flaw where others fill it."""

    table_no: int
    row_code: str
    levels: frozenset[str]
    issue: str


@lru_cache(maxsize=1)
def reserved_rows() -> Mapping[tuple[int, str], Reserved]:
    """The reserved rows by table and row code. Raises `FormError` where the file is at fault."""
    return parse_reserved(files("pipeline.forms").joinpath("bodies.toml").read_text("utf-8"), forms())


def parse_reserved(toml: str, known: Sequence[Form]) -> Mapping[tuple[int, str], Reserved]:
    """The reserved rows in the text of a file. Raises `FormError` where it contradicts forms, levels or catalogue."""
    try:
        made = [
            Reserved(raw["table"], raw["code"], frozenset(raw["levels"]), raw["issue"])
            for raw in tomllib.loads(toml)["row"]
        ]
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as e:
        raise FormError(f"bodies: {type(e).__name__}: {e}") from e
    rows = {(t.number, r.code) for f in known for t in f.tables for r in t.rows}
    for row in made:
        if (row.table_no, row.row_code) not in rows:
            raise FormError(f"bodies: no form has the row {row.row_code} in table {row.table_no}")
        if unknown := sorted(row.levels - {*LEVELS}):
            raise FormError(f"bodies: row {row.row_code}: no levels: {unknown}")
        if row.issue not in CATALOGUE:
            raise FormError(f"bodies: row {row.row_code}: no issue: {row.issue}")
    return {(row.table_no, row.row_code): row for row in made}
