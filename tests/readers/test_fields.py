"""Lines of fields become grids with true columns, or none where they have lost some."""

from __future__ import annotations

import csv
import io
import random
import re

import pytest

from pipeline.document import Grid, Paragraph
from pipeline.forms.loading import form
from pipeline.readers import read
from tests.conftest import parse_bytes, printed
from tests.render import TITLE, Figures, distinct_figures, keys

HEADS = ["项目", "自然人", "商业企业", "总计"]
LABELS = ["一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量"]


def grids(text: str) -> list[list[list[str]]]:
    return [[[c.text for c in row] for row in g.rows] for g in read(text.encode()).grids]


def test_markdown_is_a_grid_with_true_columns() -> None:
    document = read("标题\n| 项目 | 数 |\n|:---|---:|\n| **规章** | $3$ |\n| 甲\\|乙 |  |\n尾".encode())
    first, grid, last = document.blocks
    assert (first, last) == (Paragraph("标题", line=1), Paragraph("尾", line=6))
    assert isinstance(grid, Grid)
    assert not grid.ragged
    assert [(c.row, c.col, c.text, c.line) for c in grid.cells] == [
        (0, 0, "项目", 2), (0, 1, "数", 2), (1, 0, "规章", 4), (1, 1, "3", 4), (2, 0, "甲|乙", 5), (2, 1, "", 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ["| 自然人 | 总计 | |", "|---|---|---|", "| 一、 | 3 | 5 |"],  # a figure under no head
        ["| 项目 | 数 |", "|---|---|", "| 规章 | 3 | 5 |"],  # fields more than heads
        ["| 规章 | 3 |", "| 规范性文件 | 5 |"],  # no rule
        ["| 项目 | 甲 | |", "| 规章 | 3 | 5 |", "| 文件 | 3 | 5 |"],  # no rule, and a figure under no head
    ],
)
def test_pipes_that_have_lost_fields_stay_lines(lines: list[str]) -> None:
    document = read("\n".join(lines).encode())
    assert [p.text for p in document.paragraphs] == lines


ROWS = [["项目", "自然人", "总计"], ["规章", "", "5"], ["文件", "3", "3"]]


def test_pipes_with_true_columns_need_no_rule() -> None:
    lines = [f"| {' | '.join(row)} |" for row in ROWS]
    assert grids("\n".join(lines)) == [ROWS]


def test_pipes_with_one_figure_at_the_end_of_each_line_need_no_head() -> None:
    rows = [["行政复议", "结果维持", "5"], ["", "总计", "7"], ["行政诉讼", "总计", "3"]]
    lines = [[f"| {' | '.join(row)} |" for row in table] for table in (ROWS, rows)]
    text = "\n\n".join("\n".join((first, "|---|---|---|", *rest)) for first, *rest in lines)
    assert grids(text) == [ROWS, rows]


def test_pipes_between_borders_are_a_grid() -> None:
    border = "+------+----+----+"
    lines = [border, *(line for row in ROWS for line in (f"| {' | '.join(row)} |", border))]
    document = read("\n".join(["标题", *lines, "尾"]).encode())
    assert [[[c.text for c in row] for row in g.rows] for g in document.grids] == [ROWS]
    assert [p.text for p in document.paragraphs] == ["标题", "尾"]


@pytest.mark.parametrize(
    ("torn", "kept"),
    [("| 其他 | 7 |", ["其他", "7"]), ("| 其他 | 7", ["其他"]), ("| 其他 | 7 | 1", ["其他", "7", "1"]), ("| 其", None)],
)
@pytest.mark.parametrize("end", ["", "\n......\n"])
@pytest.mark.parametrize("rule", [True, False])
def test_the_last_row_of_a_file_that_was_cut_off_spoils_no_other(
    torn: str, kept: list[str] | None, end: str, rule: bool
) -> None:
    """Nobody knows how a field went on that no pipe ends, unless the row is as long as the others."""
    lines = [f"| {' | '.join(row)} |" for row in ROWS]
    lines[1:1] = ["|---|---|---|"] if rule else []
    assert grids("\n".join([*lines, torn]) + end) == [[*ROWS, kept] if kept else ROWS]


def test_labels_with_one_figure_each_are_values() -> None:
    rows = [["统计指标", "统计数"], ["一、主动公开情况", ""], *([f"第{n}项", str(n)] for n in range(9))]
    assert grids("标题\n" + "\n".join(",".join(row) for row in rows)) == [rows]


def test_sentences_with_one_comma_are_no_values() -> None:
    assert not grids("\n".join(f"一是加强领导,共开会{n}次" for n in range(20)))


def test_names_of_groups_do_not_divide_a_table() -> None:
    rows = [["统计指标", "上年数", "本年数"], ["一、主动公开情况", "", ""], ["规章", "1", "2"], ["文件", "3", "4"]]
    assert grids("\n".join(",".join(row) for row in rows)) == [rows]


def test_a_merged_cell_repeated_over_its_fields_is_one() -> None:
    text = "| 项目 | 数 | 数 |\n|---|---|---|\n| 规章 | 7 | 7 |\n| 甲 | 乙 | 丙 |\n| 许可 | 7 | 7 |"
    cells = [(c.row, c.col, c.col_span) for g in read(text.encode()).grids for c in g.cells]
    assert cells == [(0, 0, 1), (0, 1, 2), (1, 0, 1), (1, 1, 2), (2, 0, 1), (2, 1, 1), (2, 2, 1),
                     (3, 0, 1), (3, 1, 1), (3, 2, 1)]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("index", [False, True])
def test_values_are_a_grid(delimiter: str, encoding: str, index: bool) -> None:
    rows = [HEADS, [LABELS[0], "1,024", "0", "1,024"], [LABELS[1], "", "2", "2"]]
    written = [["", "0", "1", "2", "3"], *([str(n), *r] for n, r in enumerate(rows))] if index else rows
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(written)
    document = read(f"标题\n{out.getvalue()}".encode(encoding))
    assert [[[c.text for c in row] for row in g.rows] for g in document.grids] == [rows]
    assert [p.text for p in document.paragraphs] == ["标题"]


@pytest.mark.parametrize("mark", ["|", "\t"])
def test_an_index_that_a_program_wrote_is_no_field(mark: str) -> None:
    rows = [HEADS, [LABELS[0], "24", "0", "24"], [LABELS[1], "", "2", "2"]]
    written = [["", "0", "1", "2", "3"], *([str(n), *r] for n, r in enumerate(rows))]
    if mark == "|":
        lines = [f"| {' | '.join(r)} |" for r in written]
        lines.insert(1, "|---:|" + ":---|" * 4)
    else:
        lines = ["\t".join(r) for r in written]
    assert grids("\n".join(lines)) == [rows]


@pytest.mark.parametrize("text", ["0\t1", "\t0\t1"])
def test_a_count_alone_is_no_index(text: str) -> None:
    assert grids(f"标题\n{text}") == [[line.split("\t") for line in text.split("\n")]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quoted", ["plain", "by the rules"])
def test_a_number_that_a_spreadsheet_keeps_as_text_is_that_number(delimiter: str, quoted: str) -> None:
    rows = [HEADS, [LABELS[0], "24", "0", "24"], [LABELS[1], "7", "2", "9"]]
    kept = [rows[0], *([r[0], *(f'="{f}"' for f in r[1:])] for r in rows[1:])]
    out = io.StringIO()
    if quoted == "plain":
        out.write("\n".join(delimiter.join(r) for r in kept))
    else:
        csv.writer(out, delimiter=delimiter).writerows(kept)
    assert grids(out.getvalue()) == [rows]


def test_titles_of_a_sheet_that_was_saved_whole_stand_between_its_tables() -> None:
    text = "某县2023年政府信息公开工作年度报告,,\n规章,本年制发件数,现行有效件数\n规章,1,2\n三、收到和处理政府信息公开申请情况,,\n项目,自然人,总计\n一、,1,1"
    document = read(text.encode())
    assert [p.text[:4] for p in document.paragraphs] == ["某县20", "三、收到"]
    assert len(list(document.grids)) == 2


def test_titles_of_a_sheet_that_was_printed_whole_in_markdown_stand_between_its_tables() -> None:
    rows = [[TITLE, "Unnamed: 1", "Unnamed: 2"], ["---"] * 3, ["三、收到和处理政府信息公开申请情况", "NaN", "NaN"]]
    rows += [["项目", "自然人", "总计"], ["规章", "NaN", "5"], ["文件", "3", "3"]]
    document = read("\n".join(f"| {' | '.join(row)} |" for row in rows).encode())
    assert [p.text for p in document.paragraphs] == [TITLE, rows[2][0]]
    assert [[[c.text for c in row] for row in g.rows] for g in document.grids] == [ROWS]


def test_sentences_with_commas_are_no_values() -> None:
    text = (
        "本报告由甲局编制,如有疑问,请联系,电话\n一是加强领导,明确责任,抓好落实,共3次\n二是强化培训,提高能力,完善制度,共5次\n"
        * 2
    )
    assert not grids(re.sub("共", "共" * 120, text))


FLAT = [[f"{way}结果{n}" for way in ("行政复议", "行政诉讼") for n in "甲乙丙"], [str(n) for n in range(6)]]


def test_a_header_with_its_only_row_of_figures_is_values() -> None:
    assert grids("\n".join(map(",".join, FLAT))) == [FLAT]


@pytest.mark.parametrize(
    "rows", [[row[:4] for row in FLAT], [FLAT[0], [*FLAT[1][:5], "有"]], [FLAT[0], [*FLAT[1][:5], ""]], [FLAT[1]] * 2]
)
def test_two_lines_with_commas_are_no_values_otherwise(rows: list[list[str]]) -> None:
    assert not grids("\n".join(map(",".join, rows)))


@pytest.mark.parametrize("quoted", ["", '"'])
def test_a_line_as_long_as_a_picture_in_letters_is_a_paragraph(quoted: str) -> None:
    line = f"甲,乙,{quoted}{'A' * (csv.field_size_limit() + 1)}{quoted}"
    assert read(f"标题\n{line}\n尾".encode()).blocks[1] == Paragraph(line, line=2)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quoted", ['危及"三安全', '"危及"三安全', '危及三安全"', '四、"结转,1\t2', '"'])
def test_a_quotation_mark_in_a_field_breaks_no_lines(quoted: str, delimiter: str) -> None:
    rows = [["项目", "自然人", "总计"], ["规章", "", "5"], ["文件", "3", "3"], ["令", "4", "4"]]
    lines = [delimiter.join(row) for row in rows]
    text = "\n".join([*lines, quoted, f'一稳定"{delimiter}0{delimiter}0', *lines[1:]])
    document = read(text.encode())
    shown = "".join(c.text for g in document.grids for c in g.cells) + "".join(p.text for p in document.paragraphs)
    assert "一稳定" in shown
    assert re.split("[,;\t]", quoted.replace('"', ""))[0] in shown.replace('"', "")


def test_a_report_in_markdown_comes_back_whole() -> None:
    made = form("2021")
    figures: Figures = distinct_figures(made, random.Random(11))
    parts = [f"# {TITLE}"]
    for table in made.tables:
        for block in table.blocks:
            heads = ["项目", *(c.path[-1] for c in block.columns)]
            if table.number == 4:
                continue
            parts += ["", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
            parts += [
                f"| {r.path[-1]} | {' | '.join(figures[table.number, r.code, c.code] for c in block.columns)} |"
                for r in block.rows
            ]
    parsed = parse_bytes("\n".join(parts).encode())
    assert printed(parsed) == {k: figures[k] for k in keys(made) if k[0] != 4}


@pytest.mark.parametrize(("mark", "first"), [(",", 0), (",", 1), (";", 1), ("\t", 0)])
@pytest.mark.parametrize("header", [False, True])
def test_a_count_before_each_line_of_a_text_is_none_of_its_fields(mark: str, first: int, header: bool) -> None:
    """A program wrote its index before titles, headings and rows alike, and perhaps a line of names above."""
    lines = ["某局2024年政府信息公开工作年度报告", f"项目{mark}数{mark}"]
    lines += [f"第{n}行{mark}{n * 7}{mark}" for n in range(10)]
    names = [f"a{mark}b{mark}c"] if header else []
    numbered = [*(f"{mark}{line}" for line in names), *(f"{n}{mark}{line}" for n, line in enumerate(lines, first))]
    assert read("\n".join(numbered).encode()).blocks == read("\n".join([*names, *lines]).encode()).blocks


@pytest.mark.parametrize("odd", ["12,甲,1", "3,甲,1", "x,甲,1"])
def test_a_line_that_does_not_count_on_means_that_none_is_numbered(odd: str) -> None:
    lines = [*(f"{n},第{n}行,{n}" for n in range(10)), odd]
    assert "0" in [c.text for g in read("\n".join(lines).encode()).grids for c in g.cells if c.col == 0]
