"""Frames and Arrow tables have the columns and types of the schema, whatever rows they are made of."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from pipeline.schema import TABLES, Table
from pipeline.tables import arrow, arrow_of, blank, columns, frame

SOME = {"text": "甲", "integer": 3, "bytes": 2**40, "number": Decimal("2.5"), "float": 0.1, "boolean": True,
        "date": datetime(2024, 1, 30)}  # fmt: skip


def row(table: Table) -> dict[str, Any]:
    return {c.name: SOME[c.type] for c in table.columns}


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_a_frame_has_the_dtypes_of_its_table_with_and_without_rows(table: Table) -> None:
    for rows in ([], [row(table)], [blank(table)], [row(table), blank(table)]):
        made = frame(table, rows)
        assert made.dtypes.astype(str).to_dict() == table.dtypes
        assert len(made) == len(rows)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.name)
def test_values_come_back(table: Table) -> None:
    made = frame(table, [row(table), blank(table)])
    assert made.iloc[0].to_dict() == {n: float(v) if isinstance(v, Decimal) else v for n, v in row(table).items()}
    assert made.iloc[1].isna().all()
    assert arrow_of(table, made).equals(arrow(table, columns(table, [row(table), blank(table)])))


def test_a_row_that_lacks_a_column_is_an_error_and_more_are_left_out() -> None:
    table = TABLES["files"]
    whole = row(table)
    assert list(frame(table, [{**whole, "more": 1}]).columns) == list(table.column_names)
    with pytest.raises(KeyError, match="path"):
        frame(table, [{n: v for n, v in whole.items() if n != "path"}])


def test_a_value_that_does_not_fit_is_an_error() -> None:
    table = TABLES["files"]
    with pytest.raises(pa.ArrowException):
        frame(table, [{**row(table), "size_bytes": "many"}])
    wrong = frame(table, [row(table)]).assign(size_bytes=pd.Series(["many"]))
    with pytest.raises(pa.ArrowException):
        arrow_of(table, wrong)
