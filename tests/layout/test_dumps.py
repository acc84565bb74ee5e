"""Tables that lost their shape, drawn with known figures: the same figures come back, or an issue, never others."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.forms.loading import form
from pipeline.forms.model import Form, FormTable
from tests.conftest import assert_accounted, examples, parse_text, printed
from tests.render import HEADINGS, TITLE, Figures, balanced_figures, distinct_figures, keys

Rows = list[list[str]]  # cells as they come in reading order, spanned and empty ones left out


def table_rows(table: FormTable, figures: Figures) -> Iterator[list[str]]:
    """The cells of a table, row by row, labels before figures, as a page prints them."""
    if table.number == 3:
        yield ["（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", "申请人情况"]
        yield ["自然人", "法人或其他组织", "总计"]
        yield [c.path[-1] for c in table.blocks[0].columns if len(c.path) == 3]
    if table.number == 4:
        names = [c.path[-1] for c in table.blocks[0].columns]
        yield ["行政复议", "行政诉讼"]
        yield [*names[:5], "未经复议直接起诉", "复议后起诉"]
        yield names[5:]
    seen: set[str] = set()
    for block in table.blocks:
        if table.number == 2:
            if block.rows[0].path[0] not in seen:
                yield [block.rows[0].path[0]]
            yield ["信息内容", *(c.path[-1] for c in block.columns)]
        for row in block.rows:
            groups = [p for p in row.path[:-1] if p not in seen and table.number == 3]
            seen.update(row.path)
            yield [*groups, *row.path[-1:], *(figures[table.number, row.code, c.code] for c in block.columns)]


def one_cell_a_line(rows: Rows) -> str:
    return "\n".join(c for row in rows for c in row if c)


def cells_and_pipes(rows: Rows) -> str:
    return "\n".join("\n".join(f"{c} |" for c in row) + "\n|||" for row in rows)


def rows_with_pipes(rows: Rows) -> str:
    return "\n".join(" | ".join(row) + " |" for row in rows)


def markdown(rows: Rows) -> str:
    return "\n".join(f"| {' | '.join(row)} |\n|{'---|' * len(row)}" for row in rows)


def spaces(rows: Rows) -> str:
    return "\n\n".join("      ".join(row) for row in rows)


def single_spaces(rows: Rows) -> str:
    """Header cells still have wide gaps; figures follow their label after one space each."""
    return "\n".join(
        (" " if any(c.isdigit() for c in row[1:]) else "   ").join(row) if len(row) > 1 else row[0] for row in rows
    )


def labels_over_two_lines(rows: Rows) -> str:
    """One cell a line, long labels cut after six characters."""

    def cut(cell: str) -> str:
        return f"{cell[:6]}\n{cell[6:]}" if len(cell) > 7 and not cell.isdigit() and "（" not in cell else cell

    return "\n".join(cut(c) for row in rows for c in row)


def labels_around_figures(rows: Rows) -> str:
    """As `pdftotext -layout` prints a label of two lines: half above its figures and half below."""

    def lines(row: list[str]) -> str:
        figures = [c for c in row if c.isdigit()]
        label = row[len(row) - len(figures) - 1]
        if len(figures) != 7 or len(label) < 14 or "（" in label:
            return "     ".join(row)
        above = [*row[: len(row) - 8], label[:12]]
        return "     ".join(above) + "\n" + " " * 30 + "     ".join(figures) + "\n" + " " * 10 + label[12:]

    return "\n".join(lines(row) for row in rows)


LAYOUTS: dict[str, Callable[[Rows], str]] = {
    f.__name__: f
    for f in (
        one_cell_a_line,
        cells_and_pipes,
        rows_with_pipes,
        markdown,
        spaces,
        single_spaces,
        labels_over_two_lines,
        labels_around_figures,
    )
}
PROSE = "2024 年通过网站公开政府信息 385 条，办理行政许可 12 件，其他事项若干，全年没有收费，也没有行政处罚。"


def report(made: Form, figures: Figures, layout: Callable[[Rows], str]) -> str:
    parts = [TITLE, HEADINGS[1], PROSE, "12345"]
    for number in (2, 3, 4):
        parts += [HEADINGS[number], layout(list(table_rows(made.table(number), figures)))]
    return "\n\n".join([*parts, HEADINGS[5], PROSE, HEADINGS[6], "本年度收费 0 元。"])


@pytest.mark.parametrize("name", ["2021", "2019"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_full_tables_come_back_whole(layout: Callable[[Rows], str], name: str) -> None:
    made = form(name)
    figures = distinct_figures(made, random.Random(5))
    parsed = parse_text(report(made, figures, layout))
    assert printed(parsed) == figures
    assert {f.form for f in parsed.facts if f.key[0] == 3} == {name}
    assert_accounted(parsed)


@pytest.mark.parametrize("layout", [one_cell_a_line, rows_with_pipes], ids=lambda f: f.__name__)
def test_traditional_characters(layout: Callable[[Rows], str], form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(5))
    simple = "规章务决动开报废现数复议诉讼维结过际请机构总计项处单内业书发条号办没关师个织组权护责续转给"
    traditional = "規章務決動開報廢現數復議訴訟維結過際請機構總計項處單內業書發條號辦沒關師個織組權護責續轉給"
    text = report(form_2021, figures, layout).translate(str.maketrans(simple, traditional))
    assert printed(parse_text(text)) == figures


def test_the_narrative_keeps_its_numbers(form_2021: Form) -> None:
    parsed = parse_text(report(form_2021, distinct_figures(form_2021, random.Random(5)), one_cell_a_line))
    assert [s.topic for s in parsed.narrative.sections if s.topic] == [1, 2, 3, 4, 5, 6]
    assert next(s.text for s in parsed.narrative.sections if s.topic == 1) == PROSE + "\n12345"
    assert next(s.text for s in parsed.narrative.sections if s.topic == 6) == "本年度收费 0 元。"


def test_figures_beside_labels_in_the_narrative_are_no_table() -> None:
    text = f"{TITLE}\n\n{HEADINGS[1]}\n\n行政许可 97\n行政处罚 12\n规章 0 0 0\n总计\n109\n\n{HEADINGS[5]}\n\n无。"
    parsed = parse_text(text)
    assert not parsed.facts
    assert_accounted(parsed)


@settings(max_examples=examples(60))
@given(
    st.sampled_from([one_cell_a_line, cells_and_pipes, rows_with_pipes, markdown, spaces, labels_over_two_lines]),
    st.integers(0, 10**6),
    st.lists(st.sampled_from(keys(form("2021"))), min_size=1, max_size=30),
)
def test_with_blanks_dropped_a_figure_is_right_or_its_row_has_an_issue(
    layout: Callable[[Rows], str], seed: int, blank: list[tuple[int, str, str]]
) -> None:
    made = form("2021")
    figures = balanced_figures(made, random.Random(seed)) | dict.fromkeys(blank, "")
    parsed = parse_text(report(made, figures, layout))
    got = printed(parsed)
    named = {(i.table_no, i.row_code) for i in parsed.issues}
    for key, text in figures.items():
        if key in got:
            assert got[key] == text, key
        elif text:
            assert key[:2] in named, key
    assert_accounted(parsed)


WORDS = ["无", "见附件", "未单独统计", "/", "—", ""]
ON_LINES = [rows_with_pipes, markdown, spaces, labels_around_figures]  # figures stand on the line of their row


@pytest.mark.each_value
@pytest.mark.parametrize("word", [w for w in WORDS if w])
@pytest.mark.parametrize("name", ["2021", "2019"])
@pytest.mark.parametrize("layout", [*ON_LINES, single_spaces], ids=lambda f: f.__name__)
def test_a_word_among_the_figures_of_a_line_is_a_figure(layout: Callable[[Rows], str], name: str, word: str) -> None:
    made = form(name)
    figures = distinct_figures(made, random.Random(5))
    last = {k[:2]: k for k in figures if (k[0] == 2 and k[2] == "public") or k[2] in ("business", "direct.other")}
    figures |= dict.fromkeys(last.values(), word)
    parsed = parse_text(report(made, figures, layout))
    assert printed(parsed) == figures
    assert_accounted(parsed)


@settings(max_examples=examples(100))
@given(
    st.sampled_from(list(LAYOUTS.values())),
    st.sampled_from(["2021", "2019"]),
    st.integers(0, 10**6),
    st.lists(st.tuples(st.integers(0, 10**3), st.sampled_from(WORDS)), min_size=1, max_size=30),
)
@example(layout=rows_with_pipes, name="2021", seed=0, edits=[(1, "无")])
@example(layout=single_spaces, name="2021", seed=0, edits=[(187, "见附件")])  # a row without a label
@example(layout=rows_with_pipes, name="2019", seed=0, edits=[(579, "/")])  # the first cell of such a row
def test_with_words_a_figure_is_right_or_its_row_or_table_has_an_issue(
    layout: Callable[[Rows], str], name: str, seed: int, edits: list[tuple[int, str]]
) -> None:
    """On lines that keep blank cells, each word is in a fact or in an issue as well."""
    made = form(name)
    figures = distinct_figures(made, random.Random(seed))
    cells = list(figures)
    figures |= {cells[n % len(cells)]: text for n, text in edits}
    parsed = parse_text(report(made, figures, layout))
    got = printed(parsed)
    named = {(i.table_no, i.row_code) for i in parsed.issues}
    for key, text in figures.items():
        if key in got:
            assert got[key] == text, key
        elif text:
            assert key[:2] in named or (key[0], None) in named, key
    if layout in (rows_with_pipes, markdown):
        kept = Counter(c.text for i in parsed.issues for c in i.cells) + Counter(got.values())
        assert Counter(v for v in figures.values() if v) <= kept
    assert_accounted(parsed)


@pytest.mark.parametrize("layout", [rows_with_pipes, markdown, spaces], ids=lambda f: f.__name__)
@pytest.mark.parametrize("cells", [["5", "见附件"], ["无", "12"], ["见附件", "另行公布"]])
def test_cells_beyond_those_of_a_row_are_kept_with_its_figures(
    form_2021: Form, layout: Callable[[Rows], str], cells: list[str]
) -> None:
    key = (2, "5.permit", "count")
    figures = distinct_figures(form_2021, random.Random(5)) | {key: "\0"}
    between = {rows_with_pipes: " | ", markdown: " | ", spaces: "      "}[layout]
    parsed = parse_text(report(form_2021, figures, layout).replace("\0", between.join(cells)))
    assert printed(parsed) == {k: v for k, v in figures.items() if k != key}
    assert [i.printed for i in parsed.issues if i.row_code == "5.permit"] == [" | ".join(cells)]
    assert_accounted(parsed)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_an_extra_row_lends_no_figures_to_the_row_above(layout: Callable[[Rows], str]) -> None:
    """One cell a line, 规范性文件 without figures and 其他文件 with two are as many pieces as 规范性文件 has columns."""
    made = form("2021")
    figures = distinct_figures(made, random.Random(5))
    doc = {k: "" for k in figures if k[:2] == (2, "1.doc")}
    values = [figures[k] for k in doc]
    rows = list(table_rows(made.table(2), figures | doc))
    at = next(n for n, row in enumerate(rows) if row[0].endswith("规范性文件"))
    rows.insert(at + 1, ["其他文件", *values[:2]])
    parsed = parse_text("\n\n".join([TITLE, HEADINGS[2], layout(rows), HEADINGS[5], PROSE]))
    got = {k: v for k, v in printed(parsed).items() if k[1] == "1.doc" and v}
    assert not got
    assert_accounted(parsed)


@pytest.mark.parametrize("layout", [rows_with_pipes, one_cell_a_line], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    ("row", "certain"),
    [
        ("7 | 1 | 8", {"total": "8"}),
        ("3 | 3", {"total": "3"}),
        ("7 | 1 | 9", {}),
        ("0 | 0", {}),
        ("1 | 2 | 3 | 4 | 5 | 15", {"total": "15"}),
    ],
)
def test_a_row_without_its_blanks_binds_only_what_is_certain(
    form_2021: Form, row: str, certain: dict[str, str], layout: Callable[[Rows], str]
) -> None:
    figures = distinct_figures(form_2021, random.Random(5))
    text = report(form_2021, figures, layout)
    between = " | " if layout is rows_with_pipes else "\n"
    full = between.join(figures[3, "3.5.2", c.code] for c in form_2021.table(3).blocks[0].columns)
    assert full in text
    parsed = parse_text(text.replace(full, row.replace(" | ", between)))
    got = printed(parsed)
    assert {k[2]: v for k, v in got.items() if k[:2] == (3, "3.5.2")} == certain
    assert any(i.row_code == "3.5.2" and i.cells for i in parsed.issues)
    assert {k: v for k, v in figures.items() if k[:2] != (3, "3.5.2")}.items() <= got.items()
    assert_accounted(parsed)


@pytest.mark.parametrize(("value", "is_put_back"), [("the true one", True), ("7", False)])
def test_a_figure_printed_apart_is_put_back_where_the_identities_have_one_place(
    form_2021: Form, value: str, is_put_back: bool
) -> None:
    figures = balanced_figures(form_2021, random.Random(8))
    true = figures[3, "4", "total"]
    apart = true if is_put_back else value
    row = " | ".join(figures[3, "4", c.code] for c in form_2021.table(3).blocks[0].columns)
    text = report(form_2021, figures, markdown)
    torn = text.replace(f"{row} |", f"{row.removesuffix(true)} |\n{apart}", 1)
    assert torn != text
    parsed = parse_text(torn)
    assert printed(parsed) == figures | ({} if is_put_back else {(3, "4", "total"): ""})
    assert ("figure-apart" in {i.code for i in parsed.issues}) == is_put_back
    assert_accounted(parsed)


@pytest.mark.parametrize(
    ("digits", "figures"),
    [("000", ["0", "0", "0"]), ("102", None), ("1203", None), ("00", None), ("0000", None)],
)
def test_glued_figures_are_parted_only_where_nothing_else_can_be_meant(
    form_2021: Form, digits: str, figures: list[str] | None
) -> None:
    drawn = distinct_figures(form_2021, random.Random(5))
    columns = [c.code for c in form_2021.table(2).blocks[0].columns]
    row = "规章\n" + "\n".join(drawn[2, "1.rule", c] for c in columns)
    text = report(form_2021, drawn, one_cell_a_line)
    assert row in text
    parsed = parse_text(text.replace(row, f"规章{digits}"))
    got = {k[2]: v for k, v in printed(parsed).items() if k[:2] == (2, "1.rule")}
    assert got == (dict(zip(columns, figures, strict=True)) if figures else {})
    assert figures or (2, "1.rule") in {(i.table_no, i.row_code) for i in parsed.issues}
    assert_accounted(parsed)


def test_blank_cells_that_pad_a_line_are_no_figures() -> None:
    lines = [
        "| 信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数 |",
        "| 规章 | 1 | 0 | 2 |",
        "| 行政规范性文件 | 4 | 0 | 6 |",
    ]
    lines += ["| 信息内容 | 本年处理决定数量 | ||", "| 行政处罚 | 3 | ||", "| 行政强制 | 0 | ||"]
    found = printed(parse_text("\n".join([TITLE, HEADINGS[2], *lines])))
    assert {k[1]: v for k, v in found.items() if k[2] == "count"} == {"6.penalty": "3", "6.coercion": "0"}


@pytest.mark.parametrize("name", ["2021", "2019"])
@pytest.mark.parametrize("shares", [0.3, 0.6, 0.9])
def test_blank_cells_before_and_behind_the_figures_of_a_line_leave_no_figure_silently_wrong(
    name: str, shares: float
) -> None:
    made, rng = form(name), random.Random(f"{name} {shares}")
    true = balanced_figures(made, rng, shares)
    shown = {k: "" if v == "0" else v for k, v in true.items()}

    def merged(rows: Rows) -> str:
        """A label takes two fields, the second blank, and a blank one ends the line."""
        figures = set(shown.values())
        fields = ([c for text in row for c in ([text] if text in figures else [text, ""])] for row in rows)
        return "\n".join(f"| {' | '.join(row)} | |" for row in fields)

    parsed = parse_text(report(made, shown, merged))
    told = {(i.table_no, i.row_code) for i in parsed.issues}
    wrong = {f.key for f in parsed.facts if f.cell.known and f.printed.text.strip() != shown[f.key]}
    assert {k for k in wrong if not {(k[0], k[1]), (k[0], None)} & told} == set()
    assert_accounted(parsed)


def test_blank_cells_that_pad_a_header_are_no_row(form_2021: Form) -> None:
    """总计 ends the header of table 三, and is one of its rows as well."""
    figures = distinct_figures(form_2021, random.Random(5))
    table = form_2021.table(3)
    codes = [c.code for c in table.blocks[0].columns]
    lines = ["| 项目 | 申请人情况 |||||||", "| 自然人 | 法人或其他组织 | 总计 |||||"]
    lines += ["| 商业企业 | 科研机构 | 社会公益组织 | 法律服务机构 | 其他 |"]
    lines += [f"| {r.path[-1]} | {' | '.join(figures[3, r.code, c] for c in codes)} |||" for r in table.rows]
    parsed = parse_text("\n".join([TITLE, HEADINGS[3], *lines]))
    assert printed(parsed) == {k: v for k, v in figures.items() if k[0] == 3}


@pytest.mark.parametrize(
    "heads", [("上一年项目数量", "本年增/", "处理决定数量"), ("上一年项目数量", "本年度增/减", "处理决定数量")]
)
def test_heads_that_lost_a_line_are_known_in_dumps(heads: tuple[str, str, str]) -> None:
    parsed = parse_text("\n\n".join([TITLE, HEADINGS[2], "信息内容", *heads, "行政处罚", "5", "减3", "0"]))
    assert printed(parsed) == dict(
        zip([(2, "6.penalty", c) for c in ("prev", "delta", "count")], ["5", "减3", "0"], strict=True)
    )


def test_rows_below_a_part_of_a_table_that_is_a_grid_are_not_lost() -> None:
    grid = ["信息内容\t本年制发件数\t本年废止件数\t现行有效件数", "规章\t1\t0\t2", "行政规范性文件\t4\t0\t6"]
    lines = [
        "信息内容  本年处理决定数量",
        "行政许可  97",
        "行政处罚  3",
        "行政强制  0",
        "信息内容  本年收费金额（单位：万元）",
        "行政事业性收费  1.5",
    ]
    found = printed(parse_text("\n".join([TITLE, HEADINGS[2], *grid, *lines, HEADINGS[5], PROSE])))
    own = {k[1]: v for k, v in found.items() if k[2] in ("count", "amount")}
    assert own == {"5.permit": "97", "6.penalty": "3", "6.coercion": "0", "8.fee": "1.5"}
    assert found[2, "1.doc", "valid"] == "6"


def test_torn_heads_keep_their_places_among_whole_ones() -> None:
    heads = ["信息内容 本年制发 本年废止件数 现行有", "件数 效件数"]
    lines = [*heads, "规章 8249 9256 5999", "行政规范性文件 3729 7689 7420"]
    found = printed(parse_text("\n".join([TITLE, HEADINGS[2], *lines, HEADINGS[5], PROSE])))
    assert {k[2]: v for k, v in found.items() if k[1] == "1.rule"} == {
        "made": "8249", "repealed": "9256", "valid": "5999",
    }  # fmt: skip


@pytest.mark.parametrize("cut", [3, 4])
def test_heads_torn_over_two_long_lines_are_no_other_heads(form_2021: Form, cut: int) -> None:
    """A line of many heads without their last letters is no prose, though it is long."""
    figures = balanced_figures(form_2021, random.Random(8))
    columns = form_2021.table(4).blocks[0].columns

    def torn(names: list[str]) -> list[str]:
        return [" ".join(n[:cut] for n in names), " ".join(n[cut:] for n in names if n[cut:])]

    names = [c.path[-1] for c in columns]
    over = [*torn(names[:5])[:1], "未经复议直接起诉", "复议后起诉"]
    lines = ["行政复议 行政诉讼", " ".join(over), *torn(names[:5])[1:], *torn(names[5:])]
    row = " ".join(figures[4, "1", c.code] for c in columns)
    found = printed(parse_text("\n".join([TITLE, HEADINGS[4], *lines, row, HEADINGS[5], PROSE])))
    assert {k: v for k, v in found.items() if k[0] == 4} == {k: v for k, v in figures.items() if k[0] == 4}
