"""The expectations that Great Expectations lacks, each a map over rows so that failing rows are named.

Importing this module imports Great Expectations and registers the classes by their names in snake case
(`ExpectRowsToBeAmong` is `expect_rows_to_be_among`). What does *not* belong here: which rule uses them.
"""

# Great Expectations is untyped to mypy, so its bases are Any and its decorators untyped.
# mypy: disable-error-code="misc,untyped-decorator"
# Great Expectations hands a metric its class first, without @classmethod.
# ruff: noqa: N805
from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

import pandas as pd
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import (
    BatchExpectation,
    ColumnMapExpectation,
    MulticolumnMapExpectation,
)
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    MulticolumnMapMetricProvider,
    column_condition_partial,
    multicolumn_condition_partial,
)

_REFERENCES: ContextVar[Mapping[str, pd.DataFrame]] = ContextVar("references")
_ROWS = ("batch_id", "table", "column_list", "row_condition", "condition_parser", "ignore_row_if")


@contextmanager
def references(frames: Mapping[str, pd.DataFrame]) -> Iterator[None]:
    """Make frames known by name to the expectations of foreign keys.

    As arguments of the expectations they would be copied into every result and page.
    """
    token = _REFERENCES.set(frames)
    try:
        yield
    finally:
        _REFERENCES.reset(token)


class RowsAmong(MulticolumnMapMetricProvider):
    """Whether a row's columns occur together as a row of a reference frame."""

    condition_metric_name = "multicolumn_values.among_reference"
    condition_domain_keys = _ROWS
    condition_value_keys = ("reference", "unless")

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(
        cls, column_list: pd.DataFrame, reference: str, unless: str | None = None, **kwargs: Any
    ) -> pd.Series[bool]:
        rows = column_list.drop(columns=unless) if unless else column_list
        known = _REFERENCES.get()[reference][list(rows.columns)].drop_duplicates()
        found = (rows.merge(known, how="left", indicator=True)["_merge"] == "both").set_axis(column_list.index)
        return found | column_list[unless].notna() if unless else found


class ExpectRowsToBeAmong(MulticolumnMapExpectation):
    """The columns, taken together, occur as a row of a reference: a foreign key, `unless` a column is filled."""

    map_metric: ClassVar[str] = "multicolumn_values.among_reference"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "reference", "unless")
    args_keys: ClassVar[tuple[str, ...]] = ("column_list", "reference")
    reference: str
    unless: str | None = None


class ValueAmong(ColumnMapMetricProvider):
    """Whether a value occurs in the column of the same name of a reference frame."""

    condition_metric_name = "column_values.among_reference"
    condition_value_keys = ("reference",)

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series[Any], reference: str, **kwargs: Any) -> pd.Series[bool]:
        return column.isin(_REFERENCES.get()[reference][column.name])


class ExpectColumnValuesToBeAmong(ColumnMapExpectation):
    """The value occurs in the column of the same name of a reference: a foreign key of one column."""

    map_metric: ClassVar[str] = "column_values.among_reference"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "reference")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "reference")
    reference: str


class FirstIsSum(MulticolumnMapMetricProvider):
    """Whether the first column equals the sum of the others."""

    condition_metric_name = "multicolumn_values.first_is_sum"
    condition_domain_keys = _ROWS
    condition_value_keys = ()

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, **kwargs: Any) -> pd.Series[bool]:
        equal = column_list.iloc[:, 0] == column_list.iloc[:, 1:].sum(axis=1)
        return equal.astype(bool)


class ExpectFirstColumnToBeSumOfOthers(MulticolumnMapExpectation):
    """The first of the columns is the sum of the others."""

    map_metric: ClassVar[str] = "multicolumn_values.first_is_sum"
    args_keys: ClassVar[tuple[str, ...]] = ("column_list",)


class ValueWhereKind(MulticolumnMapMetricProvider):
    """Whether the first column is filled exactly where the second has a given value."""

    condition_metric_name = "multicolumn_values.value_exactly_where_kind"
    condition_domain_keys = _ROWS
    condition_value_keys = ("kind",)

    @multicolumn_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column_list: pd.DataFrame, kind: str, **kwargs: Any) -> pd.Series[bool]:
        value, kinds = column_list.iloc[:, 0], column_list.iloc[:, 1]
        return value.notna() == kinds.eq(kind).astype(bool)


class ExpectValueExactlyWhereKindIs(MulticolumnMapExpectation):
    """The first column is filled exactly where the second is `kind`."""

    map_metric: ClassVar[str] = "multicolumn_values.value_exactly_where_kind"
    success_keys: ClassVar[tuple[str, ...]] = ("mostly", "kind")
    args_keys: ClassVar[tuple[str, ...]] = ("column_list", "kind")
    kind: str


class WholeValues(ColumnMapMetricProvider):
    """Whether a figure is a whole number."""

    condition_metric_name = "column_values.whole"

    @column_condition_partial(engine=PandasExecutionEngine)
    def _pandas(cls, column: pd.Series[float], **kwargs: Any) -> pd.Series[bool]:
        return column % 1 == 0


class ExpectColumnValuesToBeWhole(ColumnMapExpectation):
    """The figures are whole numbers."""

    map_metric: ClassVar[str] = "column_values.whole"


class ExpectTableDtypesToMatch(BatchExpectation):
    """Every column has exactly the dtype of the schema.

    The built-in expectations of types take int64 for Int64.
    """

    metric_dependencies: ClassVar[tuple[str, ...]] = ("table.column_types",)
    success_keys: ClassVar[tuple[str, ...]] = ("dtypes",)
    args_keys: ClassVar[tuple[str, ...]] = ("dtypes",)
    dtypes: dict[str, str]

    def _validate(self, metrics: dict[str, Any], *_: Any, **__: Any) -> dict[str, Any]:
        found = {c["name"]: str(c["type"]) for c in metrics["table.column_types"]}
        wrong = {name: found.get(name, "absent") for name, t in self.dtypes.items() if found.get(name) != t}
        return {"success": not wrong, "result": {"observed_value": wrong or "as stated"}}
