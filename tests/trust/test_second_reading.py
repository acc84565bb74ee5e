"""The second way of reading: where it reads a figure it is right, on drawn reports of all formats and on real ones."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.document import Document
from pipeline.forms.loading import form
from pipeline.forms.model import Form, FormTable
from pipeline.labels import label
from pipeline.numbers import figure
from pipeline.readers import read
from pipeline.trust.second_reading import Reading, second_readings
from tests.conftest import SHARED, examples, pairings, parse_bytes, true_cells
from tests.readers import test_docx, test_html, test_xlsx
from tests.readers.draw_docx import docx_report
from tests.readers.draw_html import html_report
from tests.readers.draw_pdf import Style, report
from tests.readers.draw_xlsx import xlsx_report
from tests.readers.test_all_formats import FORMATS, ZERO_AS
from tests.readers.test_mutations import DRAW, EACH, drawn, mutated
from tests.render import Figures, TextStyle, balanced_figures, distinct_figures, text_report

pytestmark = pytest.mark.slow  # documents are drawn and read in every format

Key = tuple[int, str, str]
DOC = Path(__file__).parents[1] / "readers" / "files" / "numbered_2021.doc"


def tables(made: Form) -> Mapping[int, FormTable]:
    return {t.number: t for t in made.tables}


def readings(data: bytes, made: Form) -> Mapping[Key, Reading]:
    return second_readings(data, read(data), tables(made))


def wrong(found: Mapping[Key, Reading], figures: Figures) -> dict[Key, tuple[str, str]]:
    """What is read otherwise than it was drawn; figures that are broken over lines count as one."""
    drawn = {k: figures.get(k, "") for k in found}
    return {k: (r.text, drawn[k]) for k, r in found.items() if figure(r.text.replace("\n", "")) != figure(drawn[k])}


def share(found: Mapping[Key, Reading], figures: Figures) -> float:
    return len(found) / len(figures)


def with_zeros_as(zero: str, figures: Figures) -> Figures:
    return {k: zero if v == "0" else v for k, v in figures.items()}


# -------------------------------------------------------------------------------------------------------- all formats


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "name", "zeros"), pairings(list(FORMATS), ["2021", "2019"], list(ZERO_AS), one_in=2))
def test_what_is_read_is_what_was_drawn(kind: str, name: str, zeros: str) -> None:
    """Nearly everything is read; where blanks stand for zero, not all that they could be."""
    made, zero = form(name), ZERO_AS[zeros]
    figures = with_zeros_as(zero, balanced_figures(made, random.Random(f"{name} {zero}"), 0.5))
    found = readings(FORMATS[kind](made, figures), made)
    assert wrong(found, figures) == {}
    exact = kind.startswith(("html", "mhtml", "docx", "flat", "word", "odt"))
    assert share(found, figures) >= (1.0 if exact else 0.95 if zero else 0.4)


@pytest.mark.each_value
@pytest.mark.parametrize("name", ["2021", "2019"])
@pytest.mark.parametrize("kind", FORMATS)
def test_large_figures_of_which_no_two_are_equal(kind: str, name: str) -> None:
    """A figure that took the place of its neighbour would be seen."""
    made = form(name)
    figures = distinct_figures(made, random.Random(kind))
    found = readings(FORMATS[kind](made, figures), made)
    assert wrong(found, figures) == {}
    assert share(found, figures) >= 0.85  # a PDF breaks a few labels and figures over lines


def test_old_word_documents() -> None:
    figures = distinct_figures(form("2021"), random.Random(7))
    found = readings(DOC.read_bytes(), form("2021"))
    assert wrong(found, figures) == {}
    assert share(found, figures) == 1.0


_ODD_STYLES: dict[str, Callable[[Form, Figures], bytes]] = {
    **{f"html, {k}": lambda m, f, s=s: html_report(m, f, s).encode() for k, s in test_html.STYLES.items()},
    **{f"docx, {k}": lambda m, f, s=s: docx_report(m, f, s) for k, s in test_docx.STYLES.items()},
    **{f"xlsx, {k}": lambda m, f, s=s: xlsx_report(m, f, s) for k, s in test_xlsx.STYLES.items()},
}


@pytest.mark.each_value
@pytest.mark.parametrize("zero", ["0", ""], ids=["zeros", "blanks"])
@pytest.mark.parametrize("draw", _ODD_STYLES.values(), ids=_ODD_STYLES.keys())
def test_no_way_of_writing_makes_a_reading_wrong(draw: Callable[[Form, Figures], bytes], zero: str) -> None:
    made = form("2021")
    figures = with_zeros_as(zero, balanced_figures(made, random.Random(zero), 0.5))
    assert wrong(readings(draw(made, figures), made), figures) == {}


@settings(max_examples=examples(25))
@given(
    seed=st.integers(0, 10**6),
    space=st.floats(0, 700),
    size=st.sampled_from([7.0, 9.0, 10.5, 12.0, 14.0]),
    borders=st.sampled_from(["strokes", "fills", "frames"]),
    header=st.booleans(),
    split=st.booleans(),
    zero=st.sampled_from(["0", "", "-"]),
)
def test_pages_may_break_anywhere(
    seed: int, space: float, size: float, borders: str, header: bool, split: bool, zero: str
) -> None:
    made = form(random.Random(seed).choice(["2019", "2021"]))
    figures = with_zeros_as(zero, balanced_figures(made, random.Random(seed), 0.5))
    style = Style(borders, size, space=space, repeat_header=header, split_rows=split)
    assert wrong(readings(report(made, figures, style), made), figures) == {}


@pytest.mark.parametrize(
    "style",
    [
        Style(rotation=90),
        Style(rotation=270),
        Style(bold_twice=True),
        Style(watermark="草稿", running_header="政府信息公开 2024"),
        Style(boxed_narrative=True, open_ends=True, space=300),
    ],
    ids=["90", "270", "bold", "watermark", "boxed"],
)
def test_pages_are_read_without_their_rulings(style: Style) -> None:
    made = form("2021")
    figures = balanced_figures(made, random.Random(4), 0.5)
    found = readings(report(made, figures, replace(style, size=8)), made)
    assert wrong(found, figures) == {}
    assert share(found, figures) >= 0.9


# --------------------------------------------------------------------------------------------------------------- text


@settings(max_examples=examples(60))
@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.5, 0.95]), st.sampled_from(["0", "", "/"]), st.data())
def test_ragged_dumps_are_read_right_or_not_at_all(seed: int, zeros: float, zero: str, data: st.DataObject) -> None:
    """The figures of each row start at any field."""
    made = form("2021")
    figures = with_zeros_as(zero, balanced_figures(made, random.Random(seed), zeros))
    starts = {r.code: data.draw(st.integers(0, 3)) for r in made.table(3).rows}
    style = TextStyle(start=lambda code, labels: max(labels, starts[code]))
    text = text_report(made, figures, style)
    cut = "\n".join(line.rstrip("\t") for line in text.split("\n")) if data.draw(st.booleans()) else text
    found = readings(cut.encode(), made)
    lost_blanks = cut != text and zero == ""
    assert lost_blanks or wrong(found, figures) == {}
    assert {k for k, (got, _) in wrong(found, figures).items() if figure(got).value} == set()


ONE_A_LINE = """二、主动公开政府信息情况
第二十条第（一）项
信息内容
本年制发件数
本年废止件数
现行有效件数
规章
1
2
3
行政规范性文件
4

5
"""


def test_figures_one_a_line_are_read_where_none_is_missing(form_2021: Form) -> None:
    found = readings(ONE_A_LINE.encode(), form_2021)
    assert {k[1:]: r.text for k, r in found.items()} == {
        ("1.rule", "made"): "1",
        ("1.rule", "repealed"): "2",
        ("1.rule", "valid"): "3",
    }
    assert [r.line for r in found.values()] == [8, 9, 10]


@pytest.mark.parametrize(
    ("header", "read_"),
    [
        ("信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数", True),
        ("信息内容 | 本年制发 | 本年废止 | 现行有效", True),
        ("信息内容 | 现行有效件数 | 本年废止件数 | 本年制发件数", False),
        ("信息内容 | 本年制发件数 | 甲 | 乙", False),
        ("", False),
    ],
    ids=["in order", "torn", "out of order", "mostly unknown", "none"],
)
def test_the_columns_must_be_printed_in_the_order_of_the_form(form_2021: Form, header: str, read_: bool) -> None:
    text = f"主动公开政府信息情况\n{header}\n规章 | 1 | 2 | 3\n"
    assert bool(readings(text.encode(), form_2021)) == read_


def test_a_total_that_stands_first_is_not_taken_for_the_last(form_2021: Form) -> None:
    names = [c.path[-1] for c in form_2021.table(3).blocks[0].columns]
    figures = " | ".join("1234567")
    text = "申请人情况 | {}\n一、本年新收政府信息公开申请数量 | " + figures
    assert readings(text.format(" | ".join(names)).encode(), form_2021)
    assert not readings(text.format(" | ".join([names[-1], *names[:-1]])).encode(), form_2021)


def test_a_cell_that_is_read_in_two_ways_is_not_read(form_2021: Form) -> None:
    table = "信息内容 | 本年制发件数 | 本年废止件数 | 现行有效件数\n规章 | 1 | 2 | {}\n无。\n"
    found = readings((table.format(3) + table.format(4)).encode(), form_2021)
    assert {k[2]: r.text for k, r in found.items()} == {"made": "1", "repealed": "2"}


FIRST_CELL = (2, "1.rule", "made")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<span style='display:none'>9</span>", ""),
        ("<i hidden>9</i>", ""),
        ("<s>9</s>", ""),
        ("<del><b>9</b>9</del>", ""),
        ("", "<sup>1</sup>"),
        ("", "<rt>1</rt>"),
        ("", "<span style='vertical-align:super'>[1]</span>"),
        ("<b style='opacity:0'>9</b>", "<b style='font-size:0'>9</b>"),
    ],
)
def test_the_second_way_leaves_out_what_is_not_seen(form_2021: Form, before: str, after: str) -> None:
    figures = distinct_figures(form_2021, random.Random(2))
    page = html_report(form_2021, figures)
    cell = f"<td>{figures[FIRST_CELL]}</td>"
    changed = page.replace(cell, f"<td>{before}{figures[FIRST_CELL]}{after}</td>")
    assert changed != page
    assert readings(changed.encode(), form_2021) == readings(page.encode(), form_2021)


@pytest.mark.parametrize(
    "content",
    ["<img src='3.png'>", "<i data-n='3'></i>", "<canvas></canvas>", "<b class='x'>9</b>3", "<b style='color:#fff'>9</b>3",
     "<b style='position:absolute;left:-999px'>9</b>3"],
)  # fmt: skip
def test_what_the_second_way_cannot_tell_it_does_not_read(form_2021: Form, content: str) -> None:
    figures = distinct_figures(form_2021, random.Random(2))
    page = html_report(form_2021, figures).replace("<title>", "<style>.x{display:none}</style><title>")
    changed = page.replace(f"<td>{figures[FIRST_CELL]}</td>", f"<td>{content}</td>")
    assert changed != page
    lost = readings(page.encode(), form_2021).keys() - readings(changed.encode(), form_2021).keys()
    assert lost == {FIRST_CELL}


def test_labels_of_all_rows_are_found_by_their_own_names(form_2021: Form) -> None:
    """No name of a row is shared within the forms in force, so the label alone tells the row."""
    for made in (form_2021, form("2019")):
        names = [label(n).text for t in made.tables for r in t.rows if r.path for n in {r.leaf.text}]
        assert len(names) == len(set(names))


def _indicators(table: FormTable, *, unit: bool, number: bool) -> str:
    """A table of one column of figures as a web page, with what may stand beside them."""
    beside = [table.unit_headers[0]] * unit + [table.number_headers[0]] * number
    rows = [["指标名称", *beside, table.blocks[0].columns[0].path[-1]]]
    for at, row in enumerate(table.rows, start=1):
        rows.append([row.path[-1], *["条"] * unit, *[str(at)] * number, "" if at == 3 else str(1000 + at)])
    return "<table>" + "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in r)}</tr>" for r in rows) + "</table>"


@pytest.mark.parametrize("name", ["2008", "2014"])
def test_the_unit_of_a_row_is_no_figure_and_its_number_none_either(name: str) -> None:
    """With a number beside each figure a row that lost one could not be told from one that did not."""
    table = form(name).tables[0]
    order = {r.code: at for at, r in enumerate(table.rows, start=1)}
    for unit in (True, False):
        page = _indicators(table, unit=unit, number=False).encode()
        found = second_readings(page, Document("html", ()), {table.number: table})
        assert {k[1]: r.text for k, r in found.items()} == {
            code: "" if order[code] == 3 else str(1000 + order[code]) for _, code, _ in found
        }
        assert 2 * len(found) > len(order)  # but for those of which several have one name
    page = _indicators(table, unit=True, number=True).encode()
    assert second_readings(page, Document("html", ()), {table.number: table}) == {}


# --------------------------------------------------------------------------------------------------------- bad files


@pytest.mark.sampled
@pytest.mark.parametrize("kind", DRAW)
def test_mutated_files_give_readings_or_nothing(kind: str) -> None:
    rng = random.Random(f"second {kind}")
    for _ in range(examples(EACH[kind])):
        second_readings(mutated(drawn(kind), rng), Document(kind, ()), tables(form("2021")))


@pytest.mark.parametrize("kind", DRAW)
@pytest.mark.parametrize(
    "data",
    [b"", b" ", b"\x00" * 100, random.Random(5).randbytes(5000), b"%PDF-1.7\n%%EOF", b"PK\x03\x04", b"<table><tr><td>"],
    ids=["empty", "space", "zeros", "noise", "pdf", "zip", "html"],
)
def test_what_is_no_such_file_gives_nothing(kind: str, data: bytes) -> None:
    assert second_readings(data, Document(kind, ()), tables(form("2021"))) == {}


@pytest.mark.parametrize("kind", DRAW)
def test_each_format_is_read_only_as_what_it_is(kind: str) -> None:
    """A file read as another format gives nothing, or what it says all the same; never an error."""
    for other in DRAW:
        second_readings(drawn(other), Document(kind, ()), tables(form("2021")))


_MANY = {
    "html": b"<table>" + "<tr><td>规章</td><td>1</td></tr>".encode() * 20_000,
    "text": "规章 | 1 | 2 | 3\n".encode() * 50_000,
}


@pytest.mark.parametrize("kind", _MANY)
def test_many_rows_take_no_longer_than_they_must(kind: str) -> None:
    """No more than in proportion: ten times as many squared would not end."""
    assert second_readings(_MANY[kind], Document(kind, ()), tables(form("2021"))) == {}
    line = b"1 " * 500_000
    assert second_readings(line, Document("text", ()), tables(form("2021"))) == {}


def test_no_table_is_looked_for_that_was_not_asked_for(form_2021: Form) -> None:
    data = drawn("html")
    assert second_readings(data, read(data), {}) == {}
    assert {k[0] for k in second_readings(data, read(data), {4: form_2021.table(4)})} == {4}


# ------------------------------------------------------------------------------------------------------- real reports

# The share of its facts that a complete report should have a second reading of.
COMPLETE = {
    "city_huaian_2024.pdf": 0.95,
    "district_huaian-hongze_2023.pdf": 0.95,
    "dept_shanghai_shifuban_2019.html": 0.95,
    "dept_shuyang_fagaiju_2023.html": 0.95,
    "template_blank_2021.docx": 0.9,  # all blank: nothing tells the row of table 四 from an empty line
    "000_dc414174c0363131.txt": 0.95,
    "002_c6904a7f4ac6f154.txt": 0.95,
    "city_suqian_2023.txt": 0.85,
}


def _documents() -> list[Path]:
    folders = [SHARED / name for name in ("real", "pages", "seeds")]
    found = (p for f in folders if f.exists() for p in sorted(f.iterdir()))
    return [p for p in found if p.suffix in {".pdf", ".html", ".docx", ".txt", ".md"}]


@pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not at hand (a folder shared/reports beside)")
@pytest.mark.parametrize("path", _documents(), ids=lambda p: p.name)
def test_a_real_report_is_read_right_where_it_is_read(path: Path) -> None:
    data = path.read_bytes()
    facts = parse_bytes(data, path.name).facts
    found = second_readings(data, read(data), {f.key[0]: form(f.form).table(f.key[0]) for f in facts})
    truth = path.parent / f"{path.name.removesuffix(path.suffix)}.cells.csv"
    first = {f.key: f.printed.text for f in facts}
    true = first | (true_cells(truth) if truth.exists() else {})  # some lists leave out a part of table 三
    assert wrong({k: r for k, r in found.items() if k in true}, true) == {}
    assert len(found.keys() & first.keys()) >= COMPLETE.get(path.name, 0.0) * len(first)
