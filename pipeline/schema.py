"""The warehouse's tables and columns: name, type, unit and meaning, said once.

The DDL, the comments in the database, the dtypes of the frames, the contract that Great Expectations
checks and `docs/data_dictionary.md` are all made from `TABLES`. What does *not* belong here: how rows
are made, and views.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Type = Literal["text", "integer", "bytes", "number", "boolean"]

DUCKDB_TYPES: Mapping[Type, str] = MappingProxyType(
    {"text": "VARCHAR", "integer": "INTEGER", "bytes": "BIGINT", "number": "DECIMAL(18, 6)", "boolean": "BOOLEAN"}
)
PANDAS_DTYPES: Mapping[Type, str] = MappingProxyType(
    {"text": "str", "integer": "Int64", "bytes": "Int64", "number": "float64", "boolean": "boolean"}
)

LEVELS = (
    "ministry",
    "province",
    "prefecture",
    "county",
    "township",
    "department",
    "special_zone",
    "public_institution",
    "unknown",
)
SCOPES = ("own_organ", "aggregate", "unknown")
VALUE_KINDS = ("number", "blank", "slash", "dash", "word")
SEVERITIES = ("error", "warning", "info")
STATES = ("pass", "fail", "incomplete")
FILE_STATUSES = ("loaded", "quarantined", "duplicate")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type, meaning in English, label in Chinese, and what the contract asks."""

    name: str
    type: Type
    meaning: str
    label: str
    required: bool = True
    values: tuple[str, ...] = ()
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, its columns, and the columns that name a row.

    `partitioned` tables carry `district_code` and `year` and are replaced partition by partition.
    """

    name: str
    meaning: str
    label: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partitioned: bool

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(c.name for c in self.columns)

    @property
    def dtypes(self) -> dict[str, str]:
        """The pandas dtype of each column."""
        return {c.name: PANDAS_DTYPES[c.type] for c in self.columns}


def _text(name: str, meaning: str, label: str, *, required: bool = True, values: tuple[str, ...] = (),
          pattern: str = "") -> Column:  # fmt: skip
    return Column(name, "text", meaning, label, required, values, pattern)


def _integer(name: str, meaning: str, label: str, *, required: bool = True) -> Column:
    return Column(name, "integer", meaning, label, required)


def _number(name: str, meaning: str, label: str, *, required: bool = True) -> Column:
    return Column(name, "number", meaning, label, required)


REPORT_KEYS = (
    _text("report_id", "The report: publisher, district and year, as a short stable code", "报告编号", pattern=r"^[0-9a-f]{16}$"),
    _text("district_code", "GB/T 2260 code of the district, in force on 31 December of the year", "行政区划代码", pattern=r"^\d{6}$"),
    _integer("year", "The year that the report is about", "报告年度"),
)  # fmt: skip

CELL_KEYS = (
    _integer("table_no", "Number of the table as the reports count them: 2, 3 or 4", "表号"),
    _text("row_code", "Code of the row, as in the form (3.3.1 is 三（三）1)", "行代码"),
    _text("col_code", "Code of the column, as in the form", "列代码"),
)

PLACE = (
    _integer("page", "Page of the file, from 1; empty for files without pages", "页", required=False),
    _integer("grid", "Which grid of the file, from 1 in reading order", "表格序号"),
    _integer("row", "Row within the grid, from 0", "行"),
    _integer("col", "Column (or field) within the grid, from 0", "列"),
    _integer("line", "Line of a text file, from 1", "文本行号", required=False),
)

FILES = Table(
    "files",
    "One row a file found under data/raw",
    "原始文件",
    (
        _text("path", "Path below data/raw, with forward slashes", "路径"),
        _text("file_sha256", "SHA-256 of the content; empty for a file that could not be read", "内容摘要"),
        Column("size_bytes", "bytes", "Size in bytes", "字节数"),
        _text("format", "Format sniffed from the content; 'unknown' where none fits", "格式"),
        _text("status", "What became of it", "状态", values=FILE_STATUSES),
        _text("report_id", "The report that it gave, where it was loaded", "报告编号", required=False),
        _text(
            "duplicate_of",
            "Path of the file with the same content that stands for it",
            "相同文件",
            required=False,
        ),
    ),
    key=("path",),
    partitioned=False,
)

REPORTS = Table(
    "reports",
    "One row a report: one publisher's report of one year",
    "报告",
    (
        *REPORT_KEYS,
        _text("publisher", "Name of the publisher as printed, without spaces", "发布机关"),
        _text("level", "Level of the publisher", "机关层级", values=LEVELS),
        _text("scope", "Whether the figures are the organ's own or add up those below it", "统计范围", values=SCOPES),
        _text("title", "Title as printed, on one line", "标题"),
        _text("form", "Form of the report's tables; several joined by + where they are mixed", "表式", required=False),
        _text("district_name", "Name of the district in that year", "行政区划名称"),
        _text("district_code_current", "Code of the district today; empty where a split leaves several", "现行代码", required=False),
        _text("township", "Township or street of the register that decided the district", "乡镇街道", required=False),
        _text("prefecture_code", "Code of the prefecture", "地级代码", required=False),
        _text("prefecture_name", "Name of the prefecture", "地级名称", required=False),
        _text("province_code", "Code of the province", "省级代码", required=False),
        _text("province_name", "Name of the province", "省级名称", required=False),
        _text("located_via", "How the district was decided, in a word: name, township, context, folder, override", "定位依据"),
        _text("file_path", "Path of the file below data/raw", "文件路径"),
        _text("file_sha256", "SHA-256 of the file", "内容摘要", pattern=r"^[0-9a-f]{64}$"),
        _text("file_format", "Format of the file", "文件格式"),
        _integer("version", "1, and one more for each changed file of the same report", "版本"),
        _integer("body_cells", "Non-empty cells of its table bodies", "表内非空单元格数"),
        _integer("fact_cells", "Of these, cells that became facts", "成为事实的单元格数"),
        _integer("issue_cells", "Of these, cells that became issues instead", "成为问题的单元格数"),
    ),
    key=("report_id",),
    partitioned=True,
)  # fmt: skip

FACTS = Table(
    "facts",
    "One row a reported value: one cell of one table of one report",
    "事实",
    (
        *REPORT_KEYS,
        *CELL_KEYS,
        _text("form", "Form that gives the codes their meaning", "表式"),
        _text("series", "Meaning shared by forms; empty where none is defined", "指标序列", required=False),
        _number("value", "The figure; NULL unless value_kind is number", "数值", required=False),
        _text("value_kind", "What is printed: a number, a blank, a slash, a dash or a word", "值的种类", values=VALUE_KINDS),
        _text("value_raw", "The cell as printed; empty text for a blank", "原文"),
        _text("unit", "Unit of the value; empty where neither form nor cell gives one", "单位", required=False),
        Column("additive", "boolean", "False for printed totals, which must not be added to their parts", "可加"),
        *PLACE,
    ),
    key=("report_id", "table_no", "row_code", "col_code"),
    partitioned=True,
)  # fmt: skip

SECTIONS = Table(
    "sections",
    "One row a section of a report's text",
    "章节",
    (
        *REPORT_KEYS,
        _integer("section_no", "Order in the report; 0 is what stands before the first heading", "章节序号"),
        _integer(
            "topic",
            "Which of the six prescribed sections it is, 1 to 6; empty where it is none",
            "规定章节",
            required=False,
        ),
        _text("heading", "Heading as printed; empty for section 0", "标题"),
        _text("text", "The paragraphs, a line each, without the tables", "正文"),
        _integer("line", "Line of the heading in a text file", "文本行号", required=False),
    ),
    key=("report_id", "section_no"),
    partitioned=True,
)

BALANCES = Table(
    "balances",
    "One row an identity (勾稽关系) worked out for a report",
    "勾稽关系",
    (
        *REPORT_KEYS,
        _text("rule", "The rule, R01 to R04", "规则"),
        *CELL_KEYS,
        _text("form", "Form that states the identity", "表式"),
        _number("left_value", "Sum of the left side, blanks counted as 0", "左边", required=False),
        _number("right_value", "Sum of the right side, blanks counted as 0", "右边", required=False),
        _number("difference", "Left less right", "差额", required=False),
        _text("state", "pass, fail, or incomplete where a cell is not a number", "结果", values=STATES),
        _text("state_blank_as_zero", "The same with blanks counted as 0", "空白按零计的结果", values=STATES),
        _text("cells_used", "The cells: left = right, each row:column", "所用单元格"),
    ),
    key=("report_id", "rule", "table_no", "row_code", "col_code"),
    partitioned=True,
)  # fmt: skip

ISSUES = Table(
    "issues",
    "One row a flaw of a report, with its place and a sentence",
    "问题",
    (
        *REPORT_KEYS,
        _integer("issue_no", "Number of the issue within the report, from 1", "问题序号"),
        _text("code", "Code of the flaw, from the catalogue", "问题代码"),
        _text("severity", "How grave it is", "严重程度", values=SEVERITIES),
        _integer("table_no", "Table concerned", "表号", required=False),
        _text("row_code", "Row concerned", "行代码", required=False),
        _text("col_code", "Column concerned", "列代码", required=False),
        _text("printed", "What is printed at the place", "原文", required=False),
        _text("sentence", "The flaw in a sentence", "说明"),
        _integer("page", "Page of the file", "页", required=False),
        _integer("grid", "Which grid of the file", "表格序号", required=False),
        _integer("row", "Row within the grid", "行", required=False),
        _integer("col", "Column within the grid", "列", required=False),
        _integer("line", "Line of a text file", "文本行号", required=False),
    ),
    key=("report_id", "issue_no"),
    partitioned=True,
)

VALIDATIONS = Table(
    "validations",
    "One row an expectation evaluated for a report",
    "校验结果",
    (
        *REPORT_KEYS,
        _text("suite", "contract or quality", "校验集", values=("contract", "quality")),
        _text("rule", "The rule, or the table and column that the expectation is about", "规则"),
        _text(
            "severity",
            "critical blocks the load, warning does not",
            "严重程度",
            values=("critical", "warning"),
        ),
        _integer("evaluated", "Rows of the report that were evaluated", "检查行数"),
        _integer("failed", "Rows of these that failed", "失败行数"),
    ),
    key=("report_id", "suite", "rule"),
    partitioned=True,
)

QUARANTINE = Table(
    "quarantine",
    "One row a file that was not loaded, and why",
    "隔离区",
    (
        _text("path", "Path below data/raw", "路径"),
        _text("file_sha256", "SHA-256 of the content", "内容摘要"),
        _text("stage", "Where it stopped: read, extract, locate, validate, load", "环节", values=("read", "extract", "locate", "validate", "load")),
        _text("reason", "Code of the reason", "原因代码"),
        _text("sentence", "The reason in a sentence, with what to do", "说明"),
        _text("title", "Title, where one was found", "标题", required=False),
        _text("publisher", "Publisher, where one was found", "发布机关", required=False),
        _integer("year", "Year, where one was found", "报告年度", required=False),
        _text("candidates", "District codes that fit, separated by spaces", "候选代码", required=False),
    ),
    key=("path",),
    partitioned=False,
)  # fmt: skip

DISTRICTS = Table(
    "districts",
    "One row a division code and the years in which it was in force",
    "行政区划",
    (
        _text("district_code", "GB/T 2260 code", "代码", pattern=r"^\d{6}$"),
        _text("name", "Name", "名称"),
        _text("level", "centre, province, prefecture or county", "层级"),
        _integer("start_year", "First year in which it was in force on 31 December", "起始年"),
        _integer("end_year", "Last such year; empty while it is in force", "终止年", required=False),
        _text("current_codes", "Code or codes that stand for it today, separated by spaces", "现行代码"),
        _text("prefecture_code", "Code of the prefecture", "地级代码", required=False),
        _text("prefecture_name", "Name of the prefecture", "地级名称", required=False),
        _text("province_code", "Code of the province", "省级代码", required=False),
        _text("province_name", "Name of the province", "省级名称", required=False),
    ),
    key=("district_code", "start_year"),
    partitioned=False,
)

CELLS = Table(
    "cells",
    "One row a cell of a form: what a row code and column code mean",
    "表式单元格",
    (
        _text("form", "The form", "表式"),
        *CELL_KEYS,
        _text("row_label", "Label path of the row, parents first", "行标签"),
        _text("col_label", "Label path of the column, parents first", "列标签"),
        _text("unit", "Unit", "单位", required=False),
        _text("series", "Meaning shared by forms", "指标序列", required=False),
        Column("additive", "boolean", "False for printed totals", "可加"),
        _integer("cell_no", "Order of the cell in the form, from 1", "序号"),
    ),
    key=("form", "table_no", "row_code", "col_code"),
    partitioned=False,
)

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        t.name: t
        for t in (
            FILES,
            REPORTS,
            FACTS,
            SECTIONS,
            BALANCES,
            ISSUES,
            VALIDATIONS,
            QUARANTINE,
            DISTRICTS,
            CELLS,
        )
    }
)
PARTITIONED: tuple[Table, ...] = tuple(t for t in TABLES.values() if t.partitioned)
EXTRACTED: tuple[Table, ...] = (REPORTS, FACTS, SECTIONS, BALANCES, ISSUES)
