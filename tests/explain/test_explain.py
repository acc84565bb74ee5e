"""The path from ink to warehouse: every figure with its value and a place that holds its ink."""

from __future__ import annotations

import io
import json
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from click.testing import CliRunner, Result
from reportlab.pdfgen.canvas import Canvas

from assets.command import cli
from pipeline.document import Cell, Document, Grid
from pipeline.explain import WHEN, WHO, WHY, FactPath, Traced, explain_fact, explain_report, name_of, plain, trace
from pipeline.explain.cells import in_words
from pipeline.explain.crop import MAX_PIXELS, CropError, crop
from pipeline.explain.tracing import around
from pipeline.forms.loading import form
from pipeline.forms.model import Form
from pipeline.raw.verdicts import VERDICTS_FILE, read_verdicts
from pipeline.readers import read
from pipeline.runs.limits import Limits
from pipeline.runs.workspace import Workspace
from pipeline.terminal.explain_words import ink_lines
from pipeline.trust.balances import balances
from pipeline.trust.blame import agreement
from pipeline.trust.grades import trust_of
from pipeline.trust.second_reading import Reading
from tests.conftest import SAMPLES, SHARED
from tests.odd.kinds import KINDS
from tests.odd.page import HANDS
from tests.readers.draw_docx import docx_report
from tests.readers.draw_html import html_report
from tests.readers.draw_pdf import Style, of_table, table2
from tests.readers.draw_pdf import report as pdf_report
from tests.render import Figures, balanced_figures, distinct_figures, text_report
from tests.workspace import HAIDIAN, XINHUA, put, report, run, workspace

HERE = Limits(workers=0)
REAL = SHARED / "real"
needs_reports = pytest.mark.skipif(not SHARED.exists(), reason="the real reports are not at hand (shared/reports)")

FORMATS: dict[str, Callable[[Form, Figures], bytes]] = {
    "pdf": pdf_report,
    "html": lambda made, figures: html_report(made, figures).encode(),
    "docx": docx_report,
    "text": lambda made, figures: text_report(made, figures).encode(),
}


def traced(data: bytes, folder: Path, cell: str | None = None, *, picture: bool = False) -> Traced:
    (folder / "report").write_bytes(data)
    return trace(folder, "report", None, cell, picture=picture, limits=HERE)


def told(p: Traced) -> dict[str, FactPath]:
    """Every figure of a report explained."""
    return {name_of(f.key): explain_fact(p, name_of(f.key)) for f in p.facts}


def call(*args: object) -> Result:
    return CliRunner().invoke(cli, ["explain", *(str(a) for a in args)])


# ------------------------------------------------------------------------------------------------------------- places


def bare(text: str) -> str:
    return "".join(text.split())


def ink(pdf: pdfplumber.PDF, page: int, box: tuple[float, float, float, float]) -> str:
    """What another library reads within a box of a page."""
    left, top, right, bottom = box
    chars = pdf.pages[page - 1].chars
    return bare("".join(c["text"] for c in chars if left <= (c["x0"] + c["x1"]) / 2 <= right
                        and top <= (c["top"] + c["bottom"]) / 2 <= bottom))  # fmt: skip


def boxes_hold_their_ink(data: bytes, p: Traced) -> None:
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        for f in p.facts:
            assert f.printed.box is not None
            assert f.printed.page is not None
            assert ink(pdf, f.printed.page, f.printed.box) == bare(f.printed.text)


@pytest.mark.parametrize(
    "style",
    [Style(), Style(borders="frames"), Style(borders="fills", space=300), Style(repeat_header=True, space=420)],
    ids=["strokes", "frames", "fills", "repeated header"],
)
def test_every_box_of_a_drawn_pdf_holds_its_ink(style: Style, form_2021: Form, tmp_path: Path) -> None:
    figures = distinct_figures(form_2021, random.Random(3)) | {(3, "1", "natural"): "", (3, "2", "legal"): "/"}
    data = pdf_report(form_2021, figures, style)
    p = traced(data, tmp_path)
    assert len(p.facts) == len(figures) == 200
    boxes_hold_their_ink(data, p)


@pytest.mark.long
def test_a_box_ends_where_its_page_does(form_2021: Form, tmp_path: Path) -> None:
    """What goes on over the page's end is not in the box, all that is on its page is."""
    figures = {k: str(123456789012 + n) for n, k in enumerate(distinct_figures(form_2021, random.Random(1)))}
    for space in (380.0, 410.0, 440.0):
        data = pdf_report(form_2021, figures, Style(split_rows=True, space=space))
        p = traced(data, tmp_path)
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            for f in p.facts:
                assert f.printed.box is not None
                assert f.printed.page is not None
                found = ink(pdf, f.printed.page, f.printed.box)
                assert bare(f.printed.text).startswith(found)
                assert bool(found) == bool(f.printed.text.strip())


@needs_reports
@pytest.mark.parametrize("name", ["district_huaian-hongze_2023.pdf", "city_huaian_2024.pdf"])
def test_every_box_of_a_real_pdf_holds_its_ink(name: str) -> None:
    p = trace(REAL, name, limits=HERE)
    assert len(p.facts) in (186, 200)
    boxes_hold_their_ink((REAL / name).read_bytes(), p)


@pytest.mark.parametrize("name", FORMATS)
def test_every_figure_has_its_value_and_place(name: str, form_2021: Form, tmp_path: Path) -> None:
    figures = distinct_figures(form_2021, random.Random(2)) | {(4, "1", "after.other"): "12 件", (3, "4", "total"): ""}
    data = FORMATS[name](form_2021, figures)
    p = traced(data, tmp_path)
    found = told(p)
    assert {name_of(k): bare(text) for k, text in figures.items()} == {
        k: bare(f.at.printed or "") for k, f in found.items()
    }
    assert found["4:1:after.other"].at.value == Decimal(12)
    assert (found["3:4:total"].at.kind, found["3:4:total"].at.value) == ("blank", None)
    cells = {(c.grid, c.row, c.col): c for grid in read(data).grids for c in grid.cells}
    lines = data.decode().split("\n") if name == "text" else []
    for f in found.values():
        spot = f.at.spot
        assert spot is not None
        assert bare(cells[spot.grid, spot.row, spot.col].text) == bare(f.at.printed or "")
        assert (spot.box is not None) == (spot.page is not None) == (name == "pdf")
        if spot.line is not None:
            assert (f.at.printed or "") in lines[spot.line - 1].split("\t")


# -------------------------------------------------------------------------------------------------------- the pictures


def pixels(png: bytes) -> list[list[tuple[int, int, int]]]:
    """A PNG of ours unpacked: its rows of red, green, blue."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    at, parts = 8, {}
    while at < len(png):
        size, name = struct.unpack(">I4s", png[at : at + 8])
        content = png[at + 8 : at + 8 + size]
        assert struct.unpack(">I", png[at + 8 + size : at + 12 + size])[0] == zlib.crc32(name + content)
        parts[name], at = content, at + 12 + size
    width, height = struct.unpack(">II", parts[b"IHDR"][:8])
    data = zlib.decompress(parts[b"IDAT"])
    assert len(data) == height * (1 + 3 * width)
    rows = [data[y * (1 + 3 * width) + 1 : (y + 1) * (1 + 3 * width)] for y in range(height)]
    return [[(r[3 * x], r[3 * x + 1], r[3 * x + 2]) for x in range(width)] for r in rows]


def red(pixel: tuple[int, int, int]) -> bool:
    return pixel[0] > 180 and pixel[1] < 90 and pixel[2] < 90


def dark_within_the_frame(png: bytes, below: int = 110) -> int:
    """How many pixels are dark inside of the red frame, which must be there."""
    rows = pixels(png)
    ys = [y for y, row in enumerate(rows) if sum(map(red, row)) > 10]
    xs = [x for x in range(len(rows[0])) if sum(red(row[x]) for row in rows) > 10]
    assert ys
    assert xs
    inside = [rows[y][x] for y in range(ys[0] + 8, ys[-1] - 7) for x in range(xs[0] + 8, xs[-1] - 7)]
    return sum(max(p) < below for p in inside)


@pytest.mark.parametrize("cell", ["2:1.rule:made", "3:1:natural", "3:3.3.8:total", "4:1:after.total"])
def test_the_picture_frames_ink(cell: str, form_2021: Form, tmp_path: Path) -> None:
    figures = distinct_figures(form_2021, random.Random(5))
    p = traced(pdf_report(form_2021, figures), tmp_path, cell, picture=True)
    assert p.picture is not None
    assert dark_within_the_frame(p.picture) > 20


def test_the_frame_of_a_blank_is_empty(form_2021: Form, tmp_path: Path) -> None:
    figures = distinct_figures(form_2021, random.Random(5)) | {(3, "1", "natural"): ""}
    p = traced(pdf_report(form_2021, figures), tmp_path, "3:1:natural", picture=True)
    assert p.picture is not None
    assert dark_within_the_frame(p.picture) == 0


def one_page(size: tuple[float, float], at: tuple[float, float]) -> bytes:
    """A page with a dark square of 10 points whose upper left corner is `at`, counted from the upper left."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size)
    canvas.rect(at[0], size[1] - at[1] - 10, 10, 10, stroke=0, fill=1)
    canvas.save()
    return out.getvalue()


def changed(data: bytes, change: Callable[[pypdfium2.PdfPage], None]) -> bytes:
    """The file with its page turned, or with a part of it shown only."""
    with pypdfium2.PdfDocument(data) as document:
        change(document[0])
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


PLACES: dict[str, tuple[bytes, tuple[float, float, float, float] | None]] = {
    "in the middle": (one_page((300, 400), (100, 50)), (90, 40, 120, 70)),
    "at the corner": (one_page((300, 400), (0, 0)), (-6, -6, 12, 12)),
    "turned by 90": (changed(one_page((300, 400), (100, 50)), lambda page: page.set_rotation(90)), (330, 90, 360, 120)),
    "partly shown": (
        changed(one_page((300, 400), (100, 50)), lambda page: page.set_cropbox(90, 320, 200, 370)),
        (90, 40, 120, 70),
    ),
    "huge": (one_page((14400, 14400), (7000, 7000)), (6000, 6000, 8000, 8000)),
    "beside the page": (one_page((300, 400), (100, 50)), (900, 900, 950, 950)),
    "upside down": (one_page((300, 400), (100, 50)), (120, 70, 90, 40)),
    "unknown": (one_page((300, 400), (100, 50)), None),
}


@pytest.mark.one_case
@pytest.mark.parametrize("name", PLACES)
def test_a_picture_is_within_bounds(name: str) -> None:
    data, box = PLACES[name]
    rows = pixels(crop(data, 1, box))
    assert 1 <= len(rows) <= MAX_PIXELS
    assert 1 <= len(rows[0]) <= MAX_PIXELS
    assert any(max(p) < 110 for row in rows for p in row)


@pytest.mark.parametrize("name", ["in the middle", "turned by 90", "partly shown"])
def test_the_frame_is_where_the_ink_is(name: str) -> None:
    data, box = PLACES[name]
    assert dark_within_the_frame(crop(data, 1, box)) > 200


@pytest.mark.parametrize(
    ("data", "page"), [(b"", 1), (b"%PDF-1.4 no more", 1), (one_page((9, 9), (0, 0)), 2), (one_page((9, 9), (0, 0)), 0)]
)
def test_what_cannot_be_drawn_is_said(data: bytes, page: int) -> None:
    with pytest.raises(CropError):
        crop(data, page, None)


# ------------------------------------------------------------------------------------------------- labels and sentences

HEADED = Grid(
    1,
    (
        Cell(1, 0, 0, "", 2, 2), Cell(1, 0, 2, "申请人", 1, 2), Cell(1, 1, 2, "自然人"), Cell(1, 1, 3, "总 计"),
        Cell(1, 2, 0, "三、结果", 3), Cell(1, 2, 1, "公开"), Cell(1, 2, 2, "1"), Cell(1, 2, 3, "2"),
        Cell(1, 3, 1, "其他"), Cell(1, 3, 2, "无"), Cell(1, 3, 3, "2"),
        Cell(1, 4, 1, "总计"), Cell(1, 4, 2, ""), Cell(1, 4, 3, "4"),
        Cell(1, 5, 0, "信息内容", 1, 2), Cell(1, 5, 2, "数量", 1, 2),
        Cell(1, 6, 0, "许可", 1, 2), Cell(1, 6, 2, "7", 1, 2),
    ),
)  # fmt: skip
DUMP = Grid(
    1,
    tuple(
        Cell(1, row, col, text)
        for row, line in enumerate([["", "自然人", "总计"], ["结果", "公开", "1", "2"], ["", "其他", "3"], ["四", "5"]])
        for col, text in enumerate(line)
    ),
    ragged=True,
)


@pytest.mark.parametrize(
    ("grid", "row", "col", "beside", "above"),
    [
        (HEADED, 2, 2, ("三、结果", "公开"), ("申请人", "自然人")),
        (HEADED, 3, 3, ("三、结果", "其他"), ("申请人", "总 计")),
        (HEADED, 4, 2, ("三、结果", "总计"), ("申请人", "自然人")),  # past the word that is a figure here
        (HEADED, 6, 2, ("许可",), ("数量",)),
        (DUMP, 1, 2, ("结果", "公开"), None),
        (DUMP, 2, 2, ("结果", "其他"), None),
        (DUMP, 3, 1, ("四",), None),
    ],
)
def test_the_labels_around_a_cell(
    grid: Grid, row: int, col: int, beside: tuple[str, ...], above: tuple[str, ...] | None
) -> None:
    cell = next(c for c in grid.cells if (c.row, c.col) == (row, col))
    word = [c for c in grid.cells if c.text == "无"]
    found = around(Document("x", (grid,)), cell, frozenset([cell, *word]))
    assert (found.row, found.header) == (beside, above)


@pytest.mark.parametrize("name", ["pdf", "html", "docx", "text"])
def test_printed_labels_are_those_of_the_form(name: str, form_2021: Form, tmp_path: Path) -> None:
    data = FORMATS[name](form_2021, balanced_figures(form_2021, random.Random(1)))
    p = traced(data, tmp_path, "3:3.3.4:legal")
    told = explain_fact(p, "3:3.3.4:legal")
    assert [bare(t) for t in told.row_printed] == [bare(t) for t in told.at.row_label.split(" / ")]
    if told.col_printed is None:
        assert name == "text"
    else:
        assert [bare(t) for t in told.col_printed] == [bare(t) for t in told.at.col_label.split(" / ")]


@pytest.mark.parametrize(
    ("made", "table", "name", "words"),
    [
        ("2021", 4, "R04@1:review.total", "行政复议: 总计 [review.total] = 结果维持 [review.upheld] + "
         "结果纠正 [review.corrected] + 其他结果 [review.other] + 尚未审结 [review.pending]"),
        ("2021", 3, "R01@1:natural", "申请人情况 / 自然人: 一、本年新收政府信息公开申请数量 [1] + "
         "二、上年结转政府信息公开申请数量 [2] = 三、本年度办理结果 / （七）总计 [3.7] + 四、结转下年度继续办理 [4]"),
        ("2021", 3, "R02@3.7:legal", "申请人情况 / 法人或其他组织 / 法律服务机构 / 三、本年度办理结果: （七）总计 [3.7] = 3.1 + 3.2 + "
         + " + ".join(f"3.3.{n}" for n in range(1, 9)) + " + 3.4.1 + 3.4.2 + 3.4.3 + "
         + " + ".join(f"3.5.{n}" for n in range(1, 6)) + " + 3.6.1 + 3.6.2 + 3.6.3"),
        ("2014", 1, "R07@req_closed:count", "统计数 / 三、依申请公开情况: （二）申请办结数 [req_closed] = "
         "（二）申请办结数 / 1.按时办结数 [req_closed_on_time] + （二）申请办结数 / 2.延期办结数 [req_closed_extended]"),
    ],
)  # fmt: skip
def test_an_identity_in_words(made: str, table: int, name: str, words: str) -> None:
    known = form(made).table(table)
    assert in_words(known, next(b for b in balances(known, made, ()) if b.identity == name)) == words


# --------------------------------------------------------------------------------------------------------- what is told


@needs_reports
def test_what_hongze_printed_wrong() -> None:
    """The total printed as 0 beside parts of 10 and 1: the source's error, and 11 would mend it."""
    result = call(REAL / "district_huaian-hongze_2023.pdf", "--cell", "4:1:review.total", "--format", "json")
    assert result.exit_code == 0
    fact = json.loads(result.stdout)["fact"]
    assert (fact["at"]["printed"], fact["at"]["value"], fact["route"], fact["trust"]) == ("0", "0", "both", "doubtful")
    (identity,) = fact["identities"]
    assert (identity["state"], identity["blame"], identity["left_value"], identity["right_value"]) == (
        "fail", "source", "0", "11",
    )  # fmt: skip
    assert [(c["cell"].split(".")[-1], c["value"]) for c in identity["right"]] == [
        ("upheld", "10"), ("corrected", "1"), ("other", "0"), ("pending", "0"),
    ]  # fmt: skip
    assert {c["spot"]["page"] for c in (*identity["left"], *identity["right"])} == {4}
    (proposal,) = fact["proposals"]
    assert (proposal["proposed"], proposal["alternatives"], proposal["blame"]) == ("11", 0, "source")
    text = call(REAL / "district_huaian-hongze_2023.pdf", "--cell", "4:1:review.total").stdout
    for said in ("0 is not 11", "error of: source", "“0” → 11", "the total is printed as 0"):
        assert said in text


@needs_reports
def test_a_blank_total_is_not_called_wrong() -> None:
    p = trace(REAL, "dept_shanghai_shifuban_2019.html", limits=HERE)
    told = explain_fact(p, "3:3.1:total")
    assert (told.at.kind, told.at.value) == ("blank", None)
    assert {(i.state, i.failed, i.blame) for i in told.identities} == {("incomplete", False, None)}
    assert "fail" not in call(REAL / "dept_shanghai_shifuban_2019.html", "--cell", "3:3.1:total").stdout


def test_a_misreading_is_told(form_2021: Form, tmp_path: Path) -> None:
    """Where the two ways differ, trust is gone and the line for a verdict offers what the second way reads."""
    p = traced(text_report(form_2021, balanced_figures(form_2021, random.Random(1))).encode(), tmp_path)
    fact = p.facts[50]
    readings = {**p.judged.readings, fact.key: Reading("77777", line=9)}
    compared = agreement(p.facts, readings)
    trust = trust_of(p.facts, p.found.balances, p.judged.findings, compared, p.issues)
    p = replace(p, judged=replace(p.judged, readings=readings, agreement=compared, trust=trust))
    told = explain_fact(p, name_of(fact.key))
    assert (told.route, told.trust, told.second and told.second.text) == ("differ", "doubtful", "77777")
    assert any("77777" in reason for reason in told.why)
    assert told.verdict_line is not None
    assert ",misread,77777," in told.verdict_line


@pytest.mark.parametrize("verdict", [None, "ignore"])
def test_the_line_for_a_verdict_can_be_pasted(verdict: str | None, tmp_path: Path) -> None:
    p = trace(SAMPLES[0].parent, SAMPLES[0].name, limits=HERE)
    told = explain_fact(p, "3:3.2:natural")
    assert told.verdict_line is not None
    line = told.verdict_line.replace(f"{WHO},{WHEN},{WHY}", 'Li Hua,2026-02-01,"seen, on paper"')
    line = line.replace("confirmed", verdict or "confirmed")
    (tmp_path / VERDICTS_FILE).write_text(f"{told.verdict_columns}\n{line}\n", "utf-8")
    (decided,) = explain_fact(p, "3:3.2:natural", read_verdicts(tmp_path)).decisions
    assert (decided.cell, decided.status, decided.verdict) == ("3:3.2:natural", "applied", verdict or "confirmed")
    assert explain_fact(p, "3:3.1:natural", read_verdicts(tmp_path)).decisions == ()
    assert [d.cell for d in explain_report(p, read_verdicts(tmp_path)).decisions] == ["3:3.2:natural"]
    stale = line.replace(",natural,0,", ",natural,9,")
    (tmp_path / VERDICTS_FILE).write_text(f"{told.verdict_columns}\n{stale}\n", "utf-8")
    assert [d.status for d in explain_fact(p, "3:3.2:natural", read_verdicts(tmp_path)).decisions] == ["out of date"]


def test_why_a_figure_is_trusted(form_2021: Form, tmp_path: Path) -> None:
    figures = balanced_figures(form_2021, random.Random(1))
    figures[3, "3.1", "total"] = str(int(figures[3, "3.1", "total"]) + 10)
    found = told(traced(text_report(form_2021, figures).encode(), tmp_path))
    assert found["3:3.1:total"].trust == "doubtful"
    assert "would change it" in found["3:3.1:total"].why[0]
    assert found["4:1:review.total"].why == ("R04@1:review.total holds",)
    assert found["2:1.doc:made"].why == ("no identity of the form has it",)
    assert found["2:1.rule:made"].trust == "doubtful"
    assert "which a body of level township cannot make" in found["2:1.rule:made"].why[0]
    assert any("other cells explain it" in why for why in found["3:3.1:natural"].why)


@pytest.mark.parametrize(
    ("public", "total", "failed", "sums", "why"),
    [
        ("9", "5", True, "9 is more than 5, difference 4", "no small set of cells explains it"),
        ("4", "5", False, "4 ≤ 5:  1.doc:public 4 ≤ 1.doc:total_public 5", "within its bounds, which proves nothing"),
    ],
)
def test_a_bound_is_no_equation(public: str, total: str, failed: bool, sums: str, why: str, tmp_path: Path) -> None:
    made = form("2019")
    figures = balanced_figures(made, random.Random(1)) | {
        (2, "1.doc", "public"): public,
        (2, "1.doc", "total_public"): total,
    }
    file = tmp_path / "report"
    told = explain_fact(traced(text_report(made, figures).encode(), tmp_path), "2:1.doc:public")
    (bound,) = told.identities
    assert (bound.at_most, bound.failed, " ≤ " in bound.words) == (True, failed, True)
    assert any(why in reason for reason in told.why)
    assert sums in call(file, "--cell", "2:1.doc:public").stdout


def test_json_has_all_that_is_told(form_2021: Form, tmp_path: Path) -> None:
    """What is printed as JSON is what was told, for a report and for a figure: nothing is lost on the way."""
    figures = balanced_figures(form_2021, random.Random(1)) | {(3, "3.1", "total"): "5", (2, "8.fee", "amount"): "1.50"}
    file = tmp_path / "报告.pdf"
    file.write_bytes(pdf_report(form_2021, figures))
    p = trace(Path(), str(file), limits=HERE)
    assert json.loads(call(file, "--format", "json").stdout)["report"] == plain(explain_report(p))
    cell = name_of(p.facts[-1].key)
    (tmp_path / "empty").mkdir()
    result = call(file, "--cell", cell, "--format", "json", "--raw", tmp_path / "empty")
    again = trace(Path(), str(file), None, cell, limits=HERE)
    assert json.loads(result.stdout)["fact"] == plain(explain_fact(again, cell))


@pytest.mark.parametrize("hand", ["html", "lines"])
def test_each_report_of_a_file_tells_of_the_others(hand: str, tmp_path: Path) -> None:
    odd = KINDS["two_publishers"]()
    file = tmp_path / "both"
    file.write_bytes(HANDS[hand][1](odd.page))
    first, second = (call(path, "--format", "json") for path in (file, f"{file}#2"))
    told = [json.loads(r.stdout)["report"] for r in (first, second)]
    assert [(r["path"], r["others"]) for r in told] == [(str(file), [f"{file}#2"]), (f"{file}#2", [str(file)])]
    assert [r["title"][:6] for r in told] == ["平凉市人民政", "定西市人民政"]
    assert "also in it" in call(file).stdout
    cell = json.loads(call(f"{file}#2", "--cell", "3:1:total", "--format", "json").stdout)["fact"]
    assert cell["at"]["value"] == odd.others[0][3, "1", "total"]


@pytest.mark.parametrize("name", FORMATS)
def test_text_for_a_person_has_every_section(name: str, form_2021: Form, tmp_path: Path) -> None:
    figures = balanced_figures(form_2021, random.Random(1)) | {(3, "3.1", "total"): "5"}
    file = tmp_path / "file"
    file.write_bytes(FORMATS[name](form_2021, figures))
    result = call(file, "--warehouse", tmp_path)
    assert result.exit_code == 0
    for heading in (
        "File",
        "Publisher",
        "Warehouse",
        "Trust",
        "Table 3 收到和处理",
        "Identities that fail",
        "Proposals",
    ):
        assert f"\n{heading}" in result.stdout
    assert "\x1b" not in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) < 500


def test_a_file_without_a_report_is_explained_too(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("nothing of the kind", "utf-8")
    result = call(tmp_path / "x.txt", "--warehouse", tmp_path)
    assert result.exit_code == 0
    assert "cannot be loaded: not-a-report (stage extract)" in result.stdout
    result = call(tmp_path / "x.txt", "--cell", "3:1:total")
    assert result.exit_code == 1
    assert "has no figures in tables: it is a text that begins with “nothing of the kind”" in result.stderr


# --------------------------------------------------------------------------------------------------------- the warehouse


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two reports loaded, one ambiguous file, one copy, one changed since."""
    folder = tmp_path_factory.mktemp("explained")
    ws = workspace(folder)
    put(ws, "a.txt", report(XINHUA, 2023))
    put(ws, "b/b.txt", report(HAIDIAN, 2022))
    put(ws, "copy.txt", report(XINHUA, 2023))
    put(ws, "where.txt", report("太平镇人民政府", 2022))
    put(ws, "changed.txt", report(HAIDIAN, 2023))
    run(ws)
    put(ws, "changed.txt", report(HAIDIAN, 2023, seed=9))
    return ws


def asked(ws: Workspace, target: str, *more: str) -> dict[str, Any]:
    result = call(target, "--raw", ws.raw, "--warehouse", ws.root, "--format", "json", *more)
    assert result.exit_code == 0, result.stderr
    found: dict[str, Any] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize(
    ("target", "path", "state"),
    [
        ("a.txt", "a.txt", "loaded"),
        ("b/b.txt", "b/b.txt", "loaded"),
        ("410402/2023", "a.txt", "loaded"),
        (f"410402/2023/{XINHUA}", "a.txt", "loaded"),
        ("110108/2022", "b/b.txt", "loaded"),
        ("copy.txt", "copy.txt", "loaded"),  # the same content
        ("where.txt", "where.txt", "quarantined"),
        ("changed.txt", "changed.txt", "other"),
    ],
)
def test_what_the_warehouse_has(ws: Workspace, target: str, path: str, state: str) -> None:
    found = asked(ws, target)
    assert (found["report"]["path"], found["warehouse"]["state"]) == (path, state)


def test_a_report_by_its_id_and_by_an_outside_copy(ws: Workspace, tmp_path: Path) -> None:
    report_id = asked(ws, "a.txt")["report"]["report_id"]
    assert asked(ws, report_id)["report"]["path"] == "a.txt"
    outside = tmp_path / "outside.txt"
    outside.write_bytes((ws.raw / "a.txt").read_bytes())
    found = asked(ws, str(outside))
    assert (found["warehouse"]["state"], found["warehouse"]["path"], found["warehouse"]["version"]) == (
        "loaded",
        "a.txt",
        1,
    )
    assert asked(ws, str(ws.raw / "b" / "b.txt"))["report"]["path"] == "b/b.txt"


def test_why_a_file_is_in_quarantine(ws: Workspace) -> None:
    found = asked(ws, "where.txt")
    assert found["warehouse"]["reason"] == found["report"]["quarantined"]["reason"] == "district-ambiguous"
    assert len(found["report"]["found"]["candidates"]) > 1
    assert all(c["name"] for c in found["report"]["found"]["candidates"])
    assert asked(ws, "where.txt", "--cell", "3:1:total")["fact"]["verdict_line"] is None


def test_an_override_counts(ws: Workspace) -> None:
    file = ws.raw / "overrides.csv"
    file.write_text("file,district_code\nwhere.txt,610423\n", "utf-8")
    found = asked(ws, "where.txt")["report"]
    file.unlink()
    assert (found["found"]["district"]["code"], found["found"]["via"]) == ("610423", "override")
    assert found["found"]["pinned"] == '{"district_code": "610423"}'


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no-such-file"], "no-such-file is not a file"),
        (["999999/2023"], "of 999999 there are none in any year"),
        (["110108/2019"], "of 110108 there are 2022, 2023"),
        (["410402/2023/谁"], f"there are 410402/2023/{XINHUA}"),
        (["0123456789abcdef"], "has no report 0123456789abcdef"),
        (["a.txt", "--cell", "3:3.1:totel"], "near it are 3:3.1:total"),
        (["a.txt", "--cell", "3:3.1:x"], "the columns of row 3.1 are natural, business"),
        (["a.txt", "--cell", "3:99:total"], "the rows of table 3 are 1, 2, 3.1"),
        (["a.txt", "--cell", "7:1:x"], "its tables are 2, 3, 4"),
        (["a.txt", "--cell", "x"], "a cell is TABLE:ROW:COLUMN"),
        (["a.txt", "--cell", "3:1:total", "--png", "x.png"], "only the pages of a PDF and pictures can be drawn"),
    ],
)
def test_what_is_not_there_is_said(ws: Workspace, arguments: list[str], said: str) -> None:
    result = call(*arguments, "--raw", ws.raw, "--warehouse", ws.root)
    assert result.exit_code == 1
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_without_a_warehouse(tmp_path: Path) -> None:
    for target, said in {"410402/2023": "nothing has been published", "x": "is not a file"}.items():
        result = call(target, "--raw", tmp_path, "--warehouse", tmp_path)
        assert (result.exit_code, said in result.stderr) == (1, True)
    assert "nothing yet" in call(SAMPLES[0], "--warehouse", tmp_path).stdout


def test_a_picture_needs_a_cell() -> None:
    result = call(SAMPLES[0], "--png", "x.png")
    assert (result.exit_code, "--png needs --cell" in result.stderr) == (2, True)


def test_a_picture_is_written(form_2021: Form, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf_report(form_2021, distinct_figures(form_2021, random.Random(1))))
    out = tmp_path / "out.png"
    result = call(tmp_path / "a.pdf", "--cell", "3:1:total", "--png", out)
    assert result.exit_code == 0
    assert f"Drawn: {out}" in result.stdout
    assert dark_within_the_frame(out.read_bytes()) > 20


@pytest.mark.long
@pytest.mark.one_case
@pytest.mark.parametrize("packed", ["PNG", "PDF"])
def test_a_scan_is_shown_as_it_is_read_with_what_each_recogniser_read(
    packed: str, form_2021: Form, tmp_path: Path
) -> None:
    pytest.importorskip("onnxruntime", reason="pip install 'disclosure[ocr]' to test how pictures are read")
    from tests.readers import draw_scan as scans  # which needs the packages too

    figures = distinct_figures(form_2021, random.Random(1))
    table = of_table(table2(form_2021.table(2), figures), Style(size=10.5, page_numbers=False))
    page = scans.pictures(table)[0].rotate(180)
    p = traced(scans.saved([page], packed, dpi=(200, 200), resolution=200), tmp_path, "2:1.doc:made", picture=True)
    assert p.picture is not None
    assert dark_within_the_frame(p.picture, below=160) > 20  # thin strokes are grey in a scan
    found = explain_fact(p, "2:1.doc:made")
    assert found.recognised is not None
    assert found.recognised.first == found.recognised.second == figures[2, "1.doc", "made"]
    assert found.recognised.is_certain
    said = dict(ink_lines(found))
    assert all(figures[2, "1.doc", "made"] in said[f"{which} reads"] for which in ("first", "second"))


@pytest.mark.parametrize("more", [[], ["--cell", "3:1:total"]])
def test_nothing_heavy_is_imported(more: list[str]) -> None:
    code = (
        "import sys; from assets.command import cli; cli(sys.argv[1:], standalone_mode=False); "
        "print([m for m in ('pandas', 'dagster', 'great_expectations') if m in sys.modules])"
    )
    line = [sys.executable, "-c", code, "explain", str(SAMPLES[0]), *more]
    assert subprocess.run(line, capture_output=True, text=True, check=True).stdout.endswith("\n[]\n")
