"""Rows as Arrow tables and pandas frames, with the columns and types that the schema gives a table.

What does *not* belong here: what the rows are (`frames`), and where tables are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import pandas as pd
import pyarrow as pa

from pipeline.schema import Table

# The values of each column of a table, in the order of the schema.
Values = Sequence[Sequence[Any]]


def columns(table: Table, rows: Iterable[Mapping[str, Any]]) -> list[list[Any]]:
    """The values of each column of a table. Raises `KeyError` where a row lacks one."""
    listed = list(rows)
    return [[_plain(r[c.name]) for r in listed] if c.type == "number" else [r[c.name] for r in listed]
            for c in table.columns]  # fmt: skip


def _plain(value: Any) -> float | None:
    return None if value is None else float(value)


def blank(table: Table) -> dict[str, Any]:
    """A row without any value, to begin with where most columns are empty."""
    return dict.fromkeys(table.column_names)


def arrow(table: Table, values: Values) -> pa.Table:
    """An Arrow table of the values of each column. Raises `pa.ArrowException` for one that does not fit its column."""
    schema = arrow_schema(table)
    return pa.Table.from_arrays([pa.array(v, f.type) for v, f in zip(values, schema, strict=True)], schema=schema)


def frame(table: Table, rows: Iterable[Mapping[str, Any]] = ()) -> pd.DataFrame:
    """A frame of a table from its rows. Raises `KeyError` where a row lacks a column of the table."""
    made: pd.DataFrame = arrow(table, columns(table, rows)).to_pandas()
    return made


def arrow_of(table: Table, made: pd.DataFrame) -> pa.Table:
    """A frame as an Arrow table. Raises `pa.ArrowException` for a value that does not fit its column."""
    return pa.Table.from_pandas(made, arrow_schema(table), preserve_index=False)


@cache
def arrow_schema(table: Table) -> pa.Schema:
    """The Arrow types of a table, with what pandas needs to give its columns their dtypes."""
    empty = pd.DataFrame({name: pd.Series([], dtype=dtype) for name, dtype in table.dtypes.items()})
    return pa.Schema.from_pandas(empty, preserve_index=False)
