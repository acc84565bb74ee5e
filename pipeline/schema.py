"""The warehouse's tables and columns: name, type, unit and meaning, said once.

The DDL, the comments in the database, the dtypes of the frames, the contract that Great Expectations
checks and `docs/data_dictionary.md` are all made from `TABLES`. What does *not* belong here: how rows
are made, and views.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args

Type = Literal["text", "integer", "bytes", "number", "float", "boolean", "date"]

DUCKDB_TYPES: Mapping[Type, str] = MappingProxyType(
    {
        "text": "VARCHAR",
        "integer": "INTEGER",
        "bytes": "BIGINT",
        "number": "DECIMAL(18, 6)",
        "float": "DOUBLE",
        "boolean": "BOOLEAN",
        "date": "DATE",
    }
)
PANDAS_DTYPES: Mapping[Type, str] = MappingProxyType(
    {
        "text": "str",
        "integer": "Int64",
        "bytes": "Int64",
        "number": "float64",
        "float": "float64",
        "boolean": "boolean",
        "date": "datetime64[s]",
    }
)

# A district and a year: what is replaced whole.
Partition = tuple[str, int]

# Closed vocabularies: each word once, as a type for the code and as values for the contract.
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
Scope = Literal["own_organ", "aggregate", "system", "unknown"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
Period = Literal[
    "year",
    "half-year-1",
    "half-year-2",
    "quarter-1",
    "quarter-2",
    "quarter-3",
    "quarter-4",
    "quarters-1-3",
    "school-year",
]
PERIODS: tuple[Period, ...] = get_args(Period)
ValueKind = Literal["number", "blank", "slash", "dash", "word", "unread"]
VALUE_KINDS: tuple[ValueKind, ...] = get_args(ValueKind)
Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
# How the code of a row or column begins that no form has; its label as printed follows.
UNKNOWN_LINE = "?"
VerdictKind = Literal["confirmed", "misread", "ignore"]
VERDICT_KINDS: tuple[VerdictKind, ...] = get_args(VerdictKind)
Trust = Literal["proven", "unproven", "doubtful"]
TRUSTS: tuple[Trust, ...] = get_args(Trust)
Letter = Literal["A", "B", "C", "D", "none"]
GRADES: tuple[Letter, ...] = get_args(Letter)
Culprit = Literal["source", "misread", "undecided"]
BLAMES: tuple[Culprit, ...] = get_args(Culprit)
Route = Literal["both", "differ", "one"]
ROUTES: tuple[Route, ...] = get_args(Route)
READ_BY = ("text", "ocr")
BalanceState = Literal["pass", "fail", "incomplete"]
STATES: tuple[BalanceState, ...] = get_args(BalanceState)
Comparability = Literal["same", "comparable", "approximate", "break"]
COMPARABILITIES: tuple[Comparability, ...] = get_args(Comparability)
FILE_STATUSES = ("loaded", "quarantined", "duplicate")
CAUSES = ("republished", "reparse", "removed", "cleared")
RunOutcome = Literal["done", "incomplete", "failed"]
OUTCOMES: tuple[RunOutcome, ...] = get_args(RunOutcome)


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


def _float(name: str, meaning: str, label: str) -> Column:
    return Column(name, "float", meaning, label, required=False)


def _number(name: str, meaning: str, label: str, *, required: bool = True) -> Column:
    return Column(name, "number", meaning, label, required)


REPORT_KEYS = (
    _text("report_id", "The report: publisher, year, period and scope, as a short stable code", "报告编号", pattern=r"^[0-9a-f]{16}$"),
    _text("district_code", "GB/T 2260 code of the district, in force on 31 December of the year", "行政区划代码", pattern=r"^\d{6}$"),
    _integer("year", "The year that the report is about", "报告年度"),
)  # fmt: skip

CELL_KEYS = (
    _integer(
        "table_no",
        "Number of the table as the reports count them: 2, 3 or 4; 1 for the indicator tables of 2008 and 2014",
        "表号",
    ),
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
    "One row per file found under data/raw, and per further report in it (file#2)",
    "原始文件",
    (
        _text("path", "Path below data/raw, with forward slashes", "路径"),
        _text("file_sha256", "SHA-256 of the content; empty for a file that could not be read", "内容摘要"),
        Column("size_bytes", "bytes", "Size in bytes", "字节数"),
        _text("format", "Format sniffed from the content; 'unknown' where none fits", "格式"),
        _text("status", "Outcome of the file", "状态", values=FILE_STATUSES),
        _text("report_id", "The report that it gave, where it was loaded", "报告编号", required=False),
        _text(
            "duplicate_of",
            "Path of the file with the same content that is used instead",
            "相同文件",
            required=False,
        ),
    ),
    key=("path",),
    partitioned=False,
)

REPORTS = Table(
    "reports",
    "One row per report: one publisher's report of one year or other period",
    "报告",
    (
        *REPORT_KEYS,
        _text("publisher", "Name of the publisher as printed, without spaces", "发布机关"),
        _text("publisher_id", "The publisher across years, however its name is printed and its district is numbered", "发布机关编号", pattern=r"^[0-9a-f]{16}$"),
        _text("publisher_name", "Name of the publisher in one spelling", "发布机关统一名称"),
        _text("level", "Level of the publisher", "机关层级", values=LEVELS),
        _text("period", "What it covers; a school year belongs to the year in which it begins", "统计期间", values=PERIODS),
        _text("scope", "Whether the figures are the organ's own, add up those below it, or are a whole system's (全国海关)", "统计范围", values=SCOPES),
        _text("title", "Title as printed, on one line", "标题"),
        _text("form", "Form of the report's tables; several joined by + where they are mixed", "表式", required=False),
        _text("district_name", "Name of the district in that year", "行政区划名称"),
        _text("district_code_current", "Code of the district today; empty where a split leaves several", "现行代码", required=False),
        _text("township", "Township or street of the register that decided the district", "乡镇街道", required=False),
        _text("prefecture_code", "Code of the prefecture", "地级代码", required=False),
        _text("prefecture_name", "Name of the prefecture", "地级名称", required=False),
        _text("province_code", "Code of the province", "省级代码", required=False),
        _text("province_name", "Name of the province", "省级名称", required=False),
        _text("located_via", "How the district was decided: name, township, context, folder, override", "定位依据"),
        _text("file_path", "Path below data/raw; file#2 for a second report in it", "文件路径"),
        _text("file_sha256", "SHA-256 of the file", "内容摘要", pattern=r"^[0-9a-f]{64}$"),
        _text("file_format", "Format of the file", "文件格式"),
        Column("published_on", "date", "Day of publication that the page states", "发布日期", required=False),
        _text("published_via", "Where that day was found: published, dated, signature or time", "发布日期依据", required=False),
        _text("grade", "How far its figures can be trusted: A, B, C, D; none without tables", "质量等级", values=GRADES),
        _text("grade_reasons", "Reasons why the grade is not better, separated by spaces", "等级原因"),
        _integer("routes_compared", "Figures that a second way of reading also gives", "复核数"),
        _integer("routes_agreeing", "Figures compared on which both ways agree", "复核一致数"),
        Column("all_zero", "boolean", "True where it prints numbers and all of them are 0; empty without a number", "是否全零", required=False),
        _text("figures_digest", "The same for reports with the same figures; empty where few are above zero", "数据指纹", required=False),
        _text("narrative_digest", "The same for reports whose text differs only in names and numbers", "文字指纹", required=False),
        _integer("version", "1, and one more for each changed file, or changed reading, of the same report", "版本"),
        _integer("body_cells", "Non-empty cells of its table bodies", "表内非空单元格数"),
        _integer("fact_cells", "Non-empty body cells that became facts", "成为事实的单元格数"),
        _integer("issue_cells", "Non-empty body cells that became issues instead", "成为问题的单元格数"),
    ),
    key=("report_id",),
    partitioned=True,
)  # fmt: skip

FACTS = Table(
    "facts",
    "One row per reported value: one cell of one table of one report",
    "事实",
    (
        *REPORT_KEYS,
        *CELL_KEYS,
        _text("form", "Form that gives the codes their meaning", "表式"),
        _text("label_raw", "Label path as printed, for a row or column that the form does not have (code ?…)", "表外标签", required=False),
        _text("series", "Series that consists of this one cell; sums of cells are in series_cells", "指标序列", required=False),
        _number("value", "The figure; NULL unless value_kind is number", "数值", required=False),
        _text("value_kind", "What is printed: a number, a blank, a slash, a dash, a word, or something other than text (unread)", "值的种类", values=VALUE_KINDS),
        _text("value_raw", "The cell as printed; empty text for a blank", "原文"),
        _text("unit", "Unit of the value; empty where neither form nor cell gives one", "单位", required=False),
        Column("additive", "boolean", "False for printed totals, which must not be added to their parts", "可加"),
        _text("route", "Whether a second, independent way of reading gives the same figure; 'one' where it gives no figure", "复核结果", values=ROUTES),
        _text("read_by", "How the cell was read: text that the file holds, or ocr, by recognisers from a picture", "读取方式", values=READ_BY),
        _number("ocr_confidence", "For a cell read from a picture: the lowest probability of any character, from the less certain recogniser; NULL for text", "识别置信度", required=False),
        _text("trust", "proven by an identity that holds, unproven where no identity applies, doubtful where one fails, the two ways of reading differ, or a picture is read with uncertainty", "可信度", values=TRUSTS),
        *PLACE,
    ),
    key=("report_id", "table_no", "row_code", "col_code"),
    partitioned=True,
)  # fmt: skip

REPORT_TABLES = Table(
    "report_tables",
    "One row per table found in a report: which form it follows and how well",
    "表格识别",
    (
        *REPORT_KEYS,
        CELL_KEYS[0],
        _text("form", "Form that the table follows", "表式"),
        _integer("expected", "Rows and columns that the form has", "应有行列数"),
        _integer("matched", "Rows and columns of the form that were found", "匹配行列数"),
        _integer("left_over", "Printed rows and columns that the form does not have", "多余行列数"),
        Column("mixed", "boolean", "True where it prints rows or columns of another form only", "是否混用表式"),
        _text("also", "That other form", "混用的表式", required=False),
        _integer("grid", "First grid of the file that it stands in, from 1", "表格序号"),
        _integer("page", "Page of the file, from 1; empty for files without pages", "页", required=False),
    ),
    key=("report_id", "table_no"),
    partitioned=True,
)

SECTIONS = Table(
    "sections",
    "One row per section of a report's text",
    "章节",
    (
        *REPORT_KEYS,
        _integer("section_no", "Order in the report; 0 is the text before the first heading", "章节序号"),
        _integer(
            "topic",
            "Which of the six prescribed sections it is, 1 to 6; empty for any other",
            "规定章节",
            required=False,
        ),
        _text("heading", "Heading as printed; empty for section 0", "标题"),
        _text("text", "The paragraphs, one per line, without the tables", "正文"),
        _integer("line", "Line of the heading in a text file", "文本行号", required=False),
    ),
    key=("report_id", "section_no"),
    partitioned=True,
)

STATEMENTS = Table(
    "statements",
    "One row per counted claim of the narrative, as stated; figures from tables are not included",
    "文字陈述",
    (
        *REPORT_KEYS,
        _integer("statement_no", "Number of the statement within the report, from 1", "陈述序号"),
        _text("metric", "What is counted", "指标"),
        _number("value", "The figure; a zero in words is 0, 万 is multiplied out", "数值"),
        _text("unit", "Unit as printed", "单位", required=False),
        Column("approximate", "boolean", "True for 余, 多, 约, 近 and the like", "是否约数"),
        Column("in_words", "boolean", "True where the figure is words (未收到, 三十) and not digits", "是否文字"),
        Column("cumulative", "boolean", "True where it counts since an earlier year", "是否累计"),
        _integer(
            "stated_year", "Year that the sentence is about; empty where it names none", "陈述年度", required=False
        ),
        _text(
            "scope", "Scope of the figures, where the sentence says so", "陈述范围", required=False, values=SCOPES[:2]
        ),
        _text("basis", "For requests: new, or handled with those carried in", "口径", required=False),
        _text("phrase", "The clause as printed", "原文"),
        _integer("section_no", "Section in which it stands", "章节序号"),
        _integer("char_offset", "Where the figure begins in the text of the section, in characters from 0", "位置"),
    ),
    key=("report_id", "statement_no"),
    partitioned=True,
)

COMPARISONS = Table(
    "comparisons",
    "One row per claim of the narrative compared with a table or with other text",
    "文表对照",
    (
        *REPORT_KEYS,
        _integer("comparison_no", "Number within the report, from 1", "序号"),
        _text("rule", "The rule, R20 to R24 and R33", "规则"),
        _text("metric", "What is compared", "指标"),
        _integer("statement_no", "The statement, where one is compared", "陈述序号", required=False),
        _number("stated_value", "What the text states", "文字数值", required=False),
        _number("table_value", "The figure in the table, or the sum of its cells", "表格数值", required=False),
        _text("cells_used", "The cells, each table:row:column", "所用单元格"),
        Column("blanks_as_zero", "boolean", "True where blanks of the table were counted as 0", "空白按零计"),
        _integer("against_no", "The other statement, where text is compared with text", "对照陈述序号", required=False),
        _text("state", "Whether they agree; uncertain where a figure is missing", "结果", values=("agree", "differ", "uncertain")),
        _text("cause", "The legitimate cause under which they agree or may differ", "缘由", required=False),
        _text("severity", "Severity: a warning where they differ without a legitimate cause", "严重程度", values=SEVERITIES),
        _text("sentence", "The result as a sentence", "说明"),
    ),
    key=("report_id", "comparison_no"),
    partitioned=True,
)  # fmt: skip

BALANCES = Table(
    "balances",
    "One row per identity (勾稽关系) worked out for a report",
    "勾稽关系",
    (
        *REPORT_KEYS,
        _text("rule", "The rule, R01 to R07", "规则"),
        *CELL_KEYS,
        _text("form", "Form that states the identity", "表式"),
        _number("left_value", "Sum of the left side, blanks counted as 0", "左边", required=False),
        _number("right_value", "Sum of the right side, blanks counted as 0", "右边", required=False),
        _number("difference", "Left less right", "差额", required=False),
        _text("state", "pass, fail, or incomplete where a cell is not a number", "结果", values=STATES),
        _text("state_blank_as_zero", "The same with blanks counted as 0", "空白按零计的结果", values=STATES),
        _text("cells_used", "The cells: left = right, or left <= right for a bound, each row:column", "所用单元格"),
        _text("blame", "If it fails, whose error that is: the source's, our misreading, or undecided", "责任", required=False, values=BLAMES),
        _text("misread_cells", "The cells that the two ways of reading give differently", "误读单元格", required=False),
    ),
    key=("report_id", "rule", "table_no", "row_code", "col_code"),
    partitioned=True,
)  # fmt: skip

PROPOSALS = Table(
    "proposals",
    "One row per cell whose change would make failing identities hold; never applied",
    "更正建议",
    (
        *REPORT_KEYS,
        CELL_KEYS[0],
        _integer("set_no", "Which set of cells, from 1; the rows of a set belong together", "方案序号"),
        *CELL_KEYS[1:],
        _text("form", "Form of the table", "表式"),
        _integer("size", "How many cells the set changes", "单元格数"),
        _text("printed", "The cell as printed", "原文"),
        _number("proposed", "The value that makes the identities hold", "建议值"),
        _integer("alternatives", "Number of other sets of the same size", "其他方案数"),
        _text("explanation", "What may have happened, as one word", "解释"),
        Column("blank_as_zero", "boolean", "True where blanks were counted as 0 to find it", "空白按零计"),
        _integer("borne_out", "Claims of the text and the second reading that hold by the set, less those that no longer do", "印证数"),
        _text("mends", "The identities that it would make hold, each rule@row:column", "所平衡的勾稽关系"),
        _text("blame", "Whose error it is: the source's, our misreading, or undecided", "责任", values=BLAMES),
    ),
    key=("report_id", "table_no", "set_no", "row_code", "col_code"),
    partitioned=True,
)  # fmt: skip

ISSUES = Table(
    "issues",
    "One row per flaw of a report, with its place and a sentence",
    "问题",
    (
        *REPORT_KEYS,
        _integer("issue_no", "Number of the issue within the report, from 1", "问题序号"),
        _text("code", "Code of the flaw, from the catalogue", "问题代码"),
        _text("severity", "How serious it is", "严重程度", values=SEVERITIES),
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
    "One row per expectation evaluated for a report",
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
        _integer("failed", "Rows evaluated that failed", "失败行数"),
    ),
    key=("report_id", "suite", "rule"),
    partitioned=True,
)

QUARANTINE = Table(
    "quarantine",
    "One row per file, or report in it, that was not loaded, and why",
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
        _text("kept_since", "The first day on which the file could not be read, as YYYY-MM-DD, where the report of its last good content stays loaded", "保留旧版起始日", required=False, pattern=r"^\d{4}-\d{2}-\d{2}$"),
    ),
    key=("path",),
    partitioned=False,
)  # fmt: skip

DISTRICTS = Table(
    "districts",
    "One row per division code and the years in which it was in force",
    "行政区划",
    (
        _text("district_code", "GB/T 2260 code", "代码", pattern=r"^\d{6}$"),
        _text("name", "Name", "名称"),
        _text("level", "centre, province, prefecture or county", "层级"),
        _integer("start_year", "First year in which it was in force on 31 December", "起始年"),
        _integer(
            "end_year",
            "Last year in which it was in force on 31 December; empty while it is in force",
            "终止年",
            required=False,
        ),
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
    "One row per cell of a form: what a row code and column code mean",
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

VERDICTS = Table(
    "verdicts",
    "One row per line of data/raw/verdicts.csv: what a person decided about a printed figure or a report",
    "人工裁定",
    (
        _integer("line_no", "Line of the file", "行号"),
        _text("district_code", "Code of the district, as of that year or today", "行政区划代码", pattern=r"^\d{6}$"),
        _integer("year", "Year of the report", "报告年度"),
        _text("publisher", "Publisher, as printed or in its one spelling", "发布机关"),
        _integer("table_no", "Table; empty where the whole report is judged", "表号", required=False),
        _text("row_code", "Row", "行代码", required=False),
        _text("col_code", "Column", "列代码", required=False),
        _text("printed", "The cell as it was printed when it was judged; if it prints something else now, the verdict is out of date", "原文", required=False),
        _text("verdict", "confirmed as printed, misread, or ignore", "裁定", values=VERDICT_KINDS),
        _number("value", "The correct value, where the verdict is misread", "裁定值", required=False),
        _text("who", "Who decided", "裁定人"),
        _text("decided_on", "When, as YYYY-MM-DD", "裁定日期", pattern=r"^\d{4}-\d{2}-\d{2}$"),
        _text("why", "Why", "理由"),
    ),
    key=("line_no",),
    partitioned=False,
)  # fmt: skip

METRICS = Table(
    "metrics",
    "One row per metric of the narrative: what a statement counts",
    "文字指标",
    (
        _text("metric", "Code of the metric", "指标代码"),
        _text("label", "Name in Chinese", "名称"),
        _text("meaning", "What it counts", "含义"),
        _text("unit", "Usual unit", "常用单位", required=False),
    ),
    key=("metric",),
    partitioned=False,
)

YEAR_RULES = Table(
    "year_rules",
    "One row per cell of a rule that joins a report to the same publisher's of the year before",
    "跨年规则",
    (
        _text("rule", "The rule, R10 to R12 and R31", "规则"),
        _text("severity", "How serious a failure is", "严重程度", values=SEVERITIES),
        _text("form_now", "Form of the table in the later year", "本年表式"),
        _text("form_before", "Form of the table in the year before", "上年表式"),
        _integer("equation", "Number of the equation within the rule and forms, from 1", "等式序号"),
        _text("side", "Side of the equation", "等式一边", values=("left", "right")),
        _text("of", "Which of the two years the cell belongs to", "年份", values=("now", "before")),
        *CELL_KEYS,
        _integer("sign", "1 where it is added, -1 where it is taken off", "符号"),
    ),
    key=("rule", "form_now", "form_before", "equation", "side", "of", "row_code", "col_code"),
    partitioned=False,
)

SERIES = Table(
    "series",
    "One row per series: a meaning that forms share",
    "指标序列",
    (
        _text("series", "Code of the series", "序列代码"),
        _text("label", "Name in Chinese", "名称"),
        _text("meaning", "What it counts", "含义"),
        _text("unit", "Unit of its values", "单位"),
        _integer("since", "First year of the first form that has it", "起始年度"),
    ),
    key=("series",),
    partitioned=False,
)

SERIES_CELLS = Table(
    "series_cells",
    "One row per cell of a form that belongs to a series; a series of several cells is their sum",
    "指标序列单元格",
    (
        _text("series", "Code of the series", "序列代码"),
        _text("segment", "Consecutive forms without a break, across which the series may be joined: series@first form", "可比区段"),
        _text("form", "The form", "表式"),
        *CELL_KEYS,
        _text("breakdown", "Kind of applicant (a column of table 3) where the series is split by it, else total", "分组"),
        _text("unit", "Unit of the series in this form", "单位"),
        _integer("cells", "How many cells make up the figure", "单元格数"),
        Column("derived", "boolean", "True where several cells are added up, which no report prints", "是否推算"),
    ),
    key=("series", "form", "table_no", "row_code", "col_code"),
    partitioned=False,
)  # fmt: skip

SERIES_VERDICTS = Table(
    "series_verdicts",
    "One row per series and pair of forms: how well its figures compare",
    "序列可比性",
    (
        _text("series", "Code of the series", "序列代码"),
        _text("form_before", "The earlier form", "前一表式"),
        _text("form_after", "The later form", "后一表式"),
        _text("verdict", "How well they compare; across a break nothing is joined", "可比结论", values=COMPARABILITIES),
        _text("note", "What to know about it", "说明"),
    ),
    key=("series", "form_before", "form_after"),
    partitioned=False,
)

REPORT_VERSIONS = Table(
    "report_versions",
    "One row per version of a report, from the day on which it was loaded to the day on which another took its place",
    "报告版本",
    (
        *REPORT_KEYS,
        _integer("version", "1, and one more for each changed file, or changed reading, of the same report", "版本"),
        _text("publisher", "Name of the publisher as printed, without spaces", "发布机关"),
        _text("file_path", "Path below data/raw; file#2 for a second report in it", "文件路径"),
        _text("file_sha256", "SHA-256 of the file", "内容摘要"),
        Column("valid_from", "date", "The first day (UTC) at whose end it was the current version", "生效日期"),
        Column("valid_to", "date", "The first day at whose end it was no longer the current version; empty for the current one", "失效日期", required=False),
        _text("cause", "Why it ended: another file (republished), the same file read differently (reparse), no file that gives the report (removed), or the same for many reports at once (cleared)", "失效原因", required=False, values=CAUSES),
        _text("publisher_id", "The publisher across years; empty for versions from an older warehouse", "发布机关编号", required=False, pattern=r"^[0-9a-f]{16}$"),
        _text("level", "Level of the publisher", "机关层级", required=False, values=LEVELS),
    ),
    key=("report_id", "version"),
    partitioned=False,
)  # fmt: skip

FACTS_HISTORY = Table(
    "facts_history",
    "One row per reported value of a version that has ended; those of the current ones are in facts",
    "历史事实",
    (
        *REPORT_KEYS,
        REPORT_VERSIONS.columns[3],
        *(c for c in FACTS.columns if c.name in (*FACTS.key[1:], "form", "series", "value", "value_kind", "value_raw", "unit", "additive")),
    ),
    key=("report_id", "version", "table_no", "row_code", "col_code"),
    partitioned=False,
)  # fmt: skip

RATE_FIGURES = Table(
    "rate_figures",
    "One row per report and rate for which it has any figure: what the view rates shows, kept so that nobody works it out from facts again",
    "比率（底表）",
    (
        *REPORT_KEYS,
        _text("rate", "The rate, as in the view rates", "比率代码"),
        _text("rate_label", "Name of the rate in Chinese", "比率名称"),
        _text("segment", "Forms across which the rate may be joined: rate@first form after the last break in any of its series", "可比区段"),
        _float("numerator", "Numerator; NULL unless every cell of it prints a number", "分子"),
        _float("denominator", "Denominator; NULL unless every cell of it prints a number", "分母"),
        _float("numerator_blank_as_zero", "Numerator with blank cells counted as 0, as in the view rates", "分子（空白按零计）"),
        _float("denominator_blank_as_zero", "Denominator with blank cells counted as 0, as in the view rates", "分母（空白按零计）"),
    ),
    key=("report_id", "rate"),
    partitioned=False,
)  # fmt: skip

SERIES_COUNTS = Table(
    "series_counts",
    "One row per figure of a series among the yearly reports of a district and year that are alike in place, scope and level: how many of them have it. Only totals over applicants; series_by_area adds them up",
    "指标序列分布（底表）",
    (
        *REPORT_KEYS[1:],
        _integer("count_no", "Number of the row within the district and year, from 1", "行序号"),
        *(c for c in REPORTS.columns if c.name in (
            "scope", "level", "district_name", "prefecture_code", "prefecture_name", "province_code", "province_name",
        )),
        _text("series", "Code of the series", "序列代码"),
        _text("segment", "Consecutive forms without a break, across which the series may be joined: series@first form", "可比区段"),
        _text("unit", "Unit of the series in this form", "单位"),
        Column("derived", "boolean", "True where several cells are added up, which no report prints", "是否推算"),
        _float("figure", "The figure; NULL unless every one of its cells prints a number", "数值"),
        _float("figure_blank_as_zero", "The figure with blank cells counted as 0, as in series_by_report", "数值（空白按零计）"),
        _integer("reports", "Reports that have this figure", "报告数"),
        _integer("verdicts", "Verdicts by people on these reports", "裁定数"),
    ),
    key=("district_code", "year", "count_no"),
    partitioned=False,
)  # fmt: skip


def _over_trusted(table: Table) -> Table:
    meaning = f"{table.meaning}; as facts_trusted has them: doubtful figures withheld, verdicts applied"
    return replace(table, name=f"{table.name}_trusted", meaning=meaning, label=f"{table.label[:-1]}，可信）")


RATE_FIGURES_TRUSTED, SERIES_COUNTS_TRUSTED = map(_over_trusted, (RATE_FIGURES, SERIES_COUNTS))

EXPECTED = Table(
    "expected",
    "One row per line of data/raw/expected.csv: a report that should be there. Without lines, the view coverage expects every publisher in every year",
    "应报清单",
    (
        _integer("line_no", "Line of the file", "行号"),
        _text("district_code", "Code of the district, as of that year or today", "行政区划代码", pattern=r"^\d{6}$"),
        _text("publisher", "Publisher, as printed or in its one spelling", "发布机关"),
        _integer("year", "Year of the report", "报告年度"),
    ),
    key=("line_no",),
    partitioned=False,
)  # fmt: skip

RUNS = Table(
    "runs",
    "One row per run that changed something, or failed; the newest one is in the file that it published",
    "运行记录",
    (
        _text("run", "The run: the time at which it began, as YYYYMMDDTHHMMSSZ, and a number where two began in one second", "运行编号"),
        _text("started_at", "When it began, in UTC, as YYYY-MM-DDTHH:MM:SS.mmmZ", "开始时间"),
        _text("ended_at", "When its rows were in place, just before they were published", "结束时间"),
        _text("outcome", "done; incomplete where some partitions could not be loaded; failed", "运行结果", values=OUTCOMES),
        _integer("files", "Files that it worked on", "处理文件数"),
        _integer("files_loaded", "Files worked on that gave a report", "加载文件数"),
        _integer("files_quarantined", "Files worked on that were put into quarantine", "隔离文件数"),
        _integer("partitions", "Partitions (district, year) that it replaced", "分区数"),
        _integer("rows_loaded", "Rows that it loaded, of all tables", "加载行数"),
        _number("seconds", "Seconds from its beginning to its end", "耗时（秒）"),
    ),
    key=("run",),
    partitioned=False,
)  # fmt: skip

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        t.name: t
        for t in (
            FILES,
            REPORTS,
            REPORT_TABLES,
            FACTS,
            SECTIONS,
            STATEMENTS,
            COMPARISONS,
            BALANCES,
            PROPOSALS,
            ISSUES,
            VALIDATIONS,
            QUARANTINE,
            DISTRICTS,
            CELLS,
            VERDICTS,
            METRICS,
            YEAR_RULES,
            SERIES,
            SERIES_CELLS,
            SERIES_VERDICTS,
            REPORT_VERSIONS,
            FACTS_HISTORY,
            EXPECTED,
            RUNS,
            RATE_FIGURES,
            RATE_FIGURES_TRUSTED,
            SERIES_COUNTS,
            SERIES_COUNTS_TRUSTED,
        )
    }
)
PARTITIONED: tuple[Table, ...] = tuple(t for t in TABLES.values() if t.partitioned)
EXTRACTED: tuple[Table, ...] = (
    REPORTS,
    REPORT_TABLES,
    FACTS,
    SECTIONS,
    STATEMENTS,
    COMPARISONS,
    BALANCES,
    PROPOSALS,
    ISSUES,
)
# They carry the days on which something was loaded, and so are not the same when the warehouse is made anew.
HISTORY: tuple[Table, ...] = (REPORT_VERSIONS, FACTS_HISTORY)
# They carry the time of day and are not content: a run that changes nothing else publishes nothing.
LOGS: tuple[Table, ...] = (RUNS,)
# They follow from the others, and are worked out again with every change of these.
MATERIALISED: tuple[Table, ...] = (RATE_FIGURES, RATE_FIGURES_TRUSTED, SERIES_COUNTS, SERIES_COUNTS_TRUSTED)
