"""The contract, made from `pipeline.schema`: what must hold before a report may be loaded.

All rules are critical. A row that fails one names its report, and the report is not loaded. What does
*not* belong here: judgements of the figures (`quality`).
"""

from __future__ import annotations

from expectations.rules import Check, Rule
from pipeline.schema import EXTRACTED, REPORT_KEYS, Column, Table

CELL = ("form", "table_no", "row_code", "col_code")


def contract_rules() -> tuple[Rule, ...]:
    """Every rule of the contract, table by table."""
    return tuple(rule for table in EXTRACTED for rule in (*_schema_rules(table), *_RELATIONS[table.name]))


def _schema_rules(table: Table) -> tuple[Rule, ...]:
    columns = (_column_rule(table, c) for c in table.columns if _column_checks(c))
    return (_shape_rule(table), _key_rule(table), *columns)


def _shape_rule(table: Table) -> Rule:
    names = list(table.column_names)
    return _critical(
        f"{table.name}.columns",
        table.name,
        f"{table.name} has the columns of the schema, in order, with their types.",
        f"{table.label}表的列名、次序和类型与定义一致。",
        Check("expect_table_columns_to_match_ordered_list", (), {"column_list": names}, "table"),
        Check("expect_table_dtypes_to_match", (), {"dtypes": table.dtypes}, "table"),
    )


def _key_rule(table: Table) -> Rule:
    if len(table.key) == 1:
        check = Check("expect_column_values_to_be_unique", table.key, {"column": table.key[0]})
    else:
        check = _rowwise("expect_compound_columns_to_be_unique", *table.key)
    return _critical(
        f"{table.name}.key",
        table.name,
        f"No two rows of {table.name} have the same {', '.join(table.key)}.",
        f"{table.label}表中没有主键相同的两行。",
        check,
    )


def _column_rule(table: Table, column: Column) -> Rule:
    return _critical(
        f"{table.name}.{column.name}",
        table.name,
        f"{column.name} ({column.meaning}) {_asked_english(column)}.",
        f"“{column.label}”{_asked_chinese(column)}。",
        *_column_checks(column),
    )


def _column_checks(column: Column) -> list[Check]:
    checks = []
    if column.required:
        name = "expect_column_values_to_not_be_null"
        checks.append(Check(name, (column.name,), {"column": column.name}, "every row"))
    if column.values:
        kwargs = {"column": column.name, "value_set": list(column.values)}
        checks.append(Check("expect_column_values_to_be_in_set", (column.name,), kwargs))
    if column.pattern:
        kwargs = {"column": column.name, "regex": column.pattern}
        checks.append(Check("expect_column_values_to_match_regex", (column.name,), kwargs))
    return checks


def _asked_english(column: Column) -> str:
    asked = ["is filled"] if column.required else []
    asked += [f"is one of {', '.join(column.values)}"] if column.values else []
    asked += [f"has the pattern {column.pattern}"] if column.pattern else []
    return " and ".join(asked)


def _asked_chinese(column: Column) -> str:
    asked = ["必填"] if column.required else []
    asked += [f"只能取 {'、'.join(column.values)}"] if column.values else []
    asked += [f"符合格式 {column.pattern}"] if column.pattern else []
    return "，".join(asked)


def _rowwise(expectation: str, *columns: str, missing: str = "never", **kwargs: object) -> Check:
    # A half-filled row fails in Great Expectations by default, so every check overrides that.
    kwargs |= {"column_list": list(columns), "ignore_row_if": missing}
    return Check(expectation, columns, kwargs, "every row" if missing == "never" else "filled rows")


def _reference(reference: str, *columns: str) -> Check:
    return _rowwise("expect_rows_to_be_among", *columns, missing="any_value_is_missing", reference=reference)


def _critical(name: str, table: str, english: str, chinese: str, *checks: Check) -> Rule:
    return Rule("contract", name, table, "critical", english, chinese, checks)


def _belongs(table: str) -> Rule:
    return _critical(
        f"{table}.report",
        table,
        "The row belongs to a report of the batch and has its report_id, district_code and year.",
        "该行属于本批次的某份报告，报告编号、行政区划代码、年度与之一致。",
        _reference("reports", *(c.name for c in REPORT_KEYS)),
    )


_KNOWN_DISTRICT = _critical(
    "reports.district",
    "reports",
    "district_code is in the register of divisions.",
    "行政区划代码在区划名录中。",
    Check(
        "expect_column_values_to_be_among",
        ("district_code",),
        {"column": "district_code", "reference": "districts"},
    ),
)
_CONSERVATION = _critical(
    "reports.cells",
    "reports",
    "Nothing is lost: body_cells = fact_cells + issue_cells.",
    "不丢失任何单元格：表内非空单元格数＝成为事实的单元格数＋成为问题的单元格数。",
    _rowwise(
        "expect_first_column_to_be_sum_of_others",
        *("body_cells", "fact_cells", "issue_cells"),
        missing="any_value_is_missing",
    ),
)
_KNOWN_CELL = _critical(
    "facts.cell",
    "facts",
    "form, table_no, row_code and col_code name a cell of the forms, unless the report adds a row or column.",
    "表式、表号、行代码、列代码合起来是表式中的一个单元格；报告自行增加的行、列除外。",
    _rowwise("expect_rows_to_be_among", *CELL, "label_raw", reference="cells", unless="label_raw"),
)
_NUMBERS_ONLY = _critical(
    "facts.figure",
    "facts",
    "There is a value exactly where value_kind is number.",
    "当且仅当值的种类为 number 时有数值。",
    _rowwise("expect_value_exactly_where_kind_is", "value", "value_kind", kind="number"),
)

_RELATIONS = {
    "reports": (_KNOWN_DISTRICT, _CONSERVATION),
    "facts": (_belongs("facts"), _KNOWN_CELL, _NUMBERS_ONLY),
    **{t.name: (_belongs(t.name),) for t in EXTRACTED if t.name not in ("reports", "facts")},
}
