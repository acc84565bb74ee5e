"""`files/numbered_2021.doc` and `files/features.doc` were drawn by `draw_docx` and saved as Word 97 by LibreOffice 7.4."""

from __future__ import annotations

import random
import shutil
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Grid
from pipeline.facts import extract
from pipeline.forms.loading import forms
from pipeline.forms.model import Form
from pipeline.layout.sections import sections, title
from pipeline.matching import match
from pipeline.readers.archive import kind_of_ole
from pipeline.readers.refused import Refused
from pipeline.readers.word import doc, flow
from pipeline.readers.word.converter import converted
from pipeline.readers.word.docx import read as read_docx
from tests.conftest import examples
from tests.readers.draw_docx import docx_report
from tests.render import TITLE, distinct_figures

FILES = Path(__file__).parent / "files"
NUMBERED = (FILES / "numbered_2021.doc").read_bytes()
FEATURES = (FILES / "features.doc").read_bytes()


@pytest.fixture
def _no_converter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doc, "converted", lambda data: None)


def test_a_report_comes_back_whole(form_2021: Form) -> None:
    """All ordinals, 一、 of the headings and 1. of the labels, are automatic numbers in this file."""
    figures = distinct_figures(form_2021, random.Random(7))
    document = doc.read(NUMBERED)
    found = [f for m in match(document, forms()) for f in extract(m)[0]]
    assert {f.key: f.printed.text for f in found} == figures
    assert not [i for m in match(document, forms()) for i in m.issues]
    assert title(document, forms()) == TITLE
    assert [s.topic for s in sections(document, forms()) if s.topic] == [1, 2, 3, 4, 5, 6]


def test_it_is_read_as_the_same_document_in_the_new_format_is(form_2021: Form) -> None:
    """Columns, spans and ordinals as in a .docx with the ordinals typed in."""
    drawn = read_docx(docx_report(form_2021, distinct_figures(form_2021, random.Random(7))))
    assert doc.read(NUMBERED).blocks == drawn.blocks


def test_what_is_printed_and_what_is_not() -> None:
    """A hidden run, a deleted one beside an inserted one, a field with its code, a line break, inner tables."""
    document = doc.read(FEATURES)
    texts = [p.text for p in document.paragraphs]
    field = texts.pop(3)
    assert "DATE" not in field
    assert texts == ["上文", "可见文字𠮷", "留增", "一行", "二行", "3-5", "下文"]
    assert [[(c.row, c.col, c.text) for c in g.cells] for g in document.grids] == [
        [(0, 0, "左"), (0, 1, "前后"), (1, 0, "下"), (1, 1, "5")],
        [(0, 0, "甲"), (0, 1, "1"), (1, 0, "乙"), (1, 1, "2")],
    ]


def grid_of(*rows: list[tuple[int, int, flow.Merge]]) -> Grid:
    cells = [[flow.TableCell(a, b, m, [f"{r}{n}"]) for n, (a, b, m) in enumerate(row)] for r, row in enumerate(rows)]
    table = flow.WordTable(cells, {e: e for row in cells for c in row for e in (c.left, c.right)})
    (grid,) = flow.blocks(flow.complete(table))
    assert isinstance(grid, Grid)
    return grid


def test_edges_that_nearly_meet_are_one() -> None:
    grid = grid_of(
        [(-108, 1000, "first"), (1000, 2000, "none"), (2000, 3000, "none")],
        [(-100, 1013, "continued"), (1013, 1960, "none"), (1960, 3020, "none")],
        [(-108, 2010, "none"), (2010, 3000, "none")],
    )
    assert [(c.row, c.col, c.text, c.row_span, c.col_span) for c in grid.cells] == [
        (0, 0, "00", 2, 1), (0, 1, "01", 1, 1), (0, 2, "02", 1, 1), (1, 1, "11", 1, 1), (1, 2, "12", 1, 1),
        (2, 0, "20", 1, 2), (2, 2, "21", 1, 1),
    ]  # fmt: skip


def test_a_narrow_cell_keeps_its_column() -> None:
    grid = grid_of(
        [(0, 40, "none"), (40, 90, "none"), (90, 1000, "none")], [(0, 1000, "none")] * 1 + [(1000, 1500, "none")]
    )
    assert [(c.col, c.col_span) for c in grid.cells] == [(0, 1), (1, 1), (2, 1), (0, 3), (3, 1)]


@given(st.lists(st.lists(st.integers(0, 2000), min_size=3, max_size=8, unique=True), min_size=1, max_size=6))
def test_any_edges_make_cells_in_order(rows: list[list[int]]) -> None:
    grid = grid_of(*([(a, b, "none") for a, b in pairwise(sorted(r))] for r in rows))
    for row in grid.rows:
        assert all(c.col_span > 0 for c in row)
        assert all(a.col + a.col_span == b.col for a, b in pairwise(row))


@pytest.mark.parametrize("flags", [[1, 2, 2, 1, 2], [2, 1, 1, 2, 1]])
def test_cells_merged_sideways_are_one(flags: list[int]) -> None:
    """Descriptions of the format disagree which flag is the first one's; the first cell decides."""
    row = doc._row([["a"], [], [], ["b"], []], [0, 500, 1000, 1500, 2000, 2500], flags)
    assert [(c.left, c.right, c.items) for c in row] == [(0, 1500, ["a"]), (1500, 2500, ["b"])]


def outcome(data: bytes) -> str:
    started = time.process_time()
    try:
        assert doc.read(data).format == "doc"
        reason = ""
    except Refused as e:
        reason = e.reason
    assert time.process_time() - started < 5
    return reason


@pytest.mark.usefixtures("_no_converter")
def test_a_file_that_is_cut_off_is_never_read_in_part() -> None:
    for data in (NUMBERED, FEATURES):
        whole = doc.read(data)
        for cut in range(0, len(data), 512):
            try:
                assert doc.read(data[:cut]) == whole
            except Refused as e:
                assert e.reason in ("damaged", "needs-converter")  # noqa: PT017  either outcome is right


@pytest.mark.sampled
@pytest.mark.usefixtures("_no_converter")
def test_flipped_bits_end_well() -> None:
    rng = random.Random(5)
    for data in (NUMBERED, FEATURES):
        for _ in range(examples(150)):
            flipped = bytearray(data)
            for _ in range(rng.choice([1, 3, 30])):
                flipped[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            outcome(bytes(flipped))
            kind_of_ole(bytes(flipped))
        for _ in range(examples(150)):  # the headers of the container and of the text
            broken = bytearray(data)
            broken[rng.randrange(2048)] = rng.choice([0, 1, 127, 255])
            outcome(bytes(broken))


@pytest.mark.usefixtures("_no_converter")
def test_lengths_that_cannot_be_are_not_followed() -> None:
    """Chains of sectors may be loops, which olefile follows for as long as a stream claims to be."""
    entry = NUMBERED.index("WordDocument".encode("utf-16-le"))
    for at in (44, 64, 72, entry + 120, NUMBERED.rindex("Root Entry".encode("utf-16-le")) + 120):
        broken = bytearray(NUMBERED)
        broken[at : at + 4] = b"\xff\xff\xff\x7f"
        assert outcome(bytes(broken)) in ("damaged", "needs-converter")
        assert kind_of_ole(bytes(broken)) == "doc"


@pytest.mark.usefixtures("_no_converter")
@given(st.binary(max_size=2000))
def test_any_bytes_are_refused(data: bytes) -> None:
    assert outcome(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data) == "damaged"


@pytest.mark.usefixtures("_no_converter")
def test_reasons() -> None:
    position = NUMBERED.index(b"\xec\xa5")
    locked, older = bytearray(NUMBERED), bytearray(NUMBERED)
    locked[position + 11] |= 1
    older[position + 2 : position + 4] = b"\x65\0"
    assert outcome(bytes(locked)) == "encrypted"
    assert outcome(bytes(older)) == "needs-converter"
    assert outcome(b"{\\rtf1 x}") == "needs-converter"
    assert (
        outcome(NUMBERED.replace("WordDocument".encode("utf-16-le"), "Workbook\0\0\0\0".encode("utf-16-le")))
        == "damaged"
    )


def test_kinds() -> None:
    assert kind_of_ole(NUMBERED) == "doc"
    assert kind_of_ole(NUMBERED[:-2000]) in ("doc", "unknown")
    assert kind_of_ole(bytes(8) + NUMBERED[8:]) == "doc"


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_helps_out(form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(3))
    again = converted(docx_report(form_2021, figures))
    assert again is not None
    found = [f for m in match(doc.read(again), forms()) for f in extract(m)[0]]
    assert {f.key: f.printed.text for f in found} == figures


def test_without_a_converter_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert converted(NUMBERED) is None


def test_what_a_person_sees_of_the_cells_of_an_old_document() -> None:
    """`files/looks.doc`: a row for each look of a run (test_word_looks), before and behind a figure; digits on two lines."""
    document = doc.read((FILES / "looks.doc").read_bytes())
    (grid,) = document.grids
    assert [p.text for p in document.paragraphs] == ["上文", "收到13件"]
    *looks, lines = [[(c.text, c.left_out) for c in row[1:]] for row in grid.rows]
    assert looks == [[("61", "12"), ("61", "12")]] * 7
    assert lines == [("523\n77", ""), ("22（其中1件）", "")]
