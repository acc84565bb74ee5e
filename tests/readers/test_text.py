"""Plain texts: encodings, line ends, limits, and what is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import Grid, Paragraph
from pipeline.readers import Refused, read, sniff
from pipeline.readers import text as text_reader


def test_lines_with_tabs_are_grids_and_others_paragraphs() -> None:
    document = read("标题\n\na\tb\t\nc\td\n尾\n".encode())
    first, grid, last = document.blocks
    assert first == Paragraph("标题", line=1)
    assert last == Paragraph("尾", line=5)
    assert isinstance(grid, Grid)
    assert grid.ragged
    assert [[(c.col, c.text, c.line) for c in row] for row in grid.rows] == [
        [(0, "a", 3), (1, "b", 3), (2, "", 3)],
        [(0, "c", 4), (1, "d", 4)],
    ]


@pytest.mark.parametrize("line", ["\t{}", "{}\t", "\t\t{}\t"])
def test_tabs_that_part_nothing_are_indents(line: str) -> None:
    text = "\n".join(line.format(cell) for cell in ("统计指标", "单位", "收到申请数", "件", "12"))
    document = read(f"一、概述\n\n{text}\n".encode())
    assert [p.text for p in document.paragraphs] == ["一、概述", "统计指标", "单位", "收到申请数", "件", "12"]
    assert not list(document.grids)


def test_tabs_before_fields_of_several_columns_are_none() -> None:
    document = read("统计指标\t\n\t12\n".encode())
    assert [[c.text for c in row] for grid in document.grids for row in grid.rows] == [["统计指标", ""], ["", "12"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, newline: str) -> None:
    data = newline.join(["政府信息公开", "规章\t0", "末行"]).encode(encoding)
    document = read(data)
    assert [p.text for p in document.paragraphs] == ["政府信息公开", "末行"]
    assert [c.text for g in document.grids for c in g.cells] == ["规章", "0"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (b"\x00\x01\x02\x03abc", "binary"),
        (b"\xff\xff\xff\xff", "binary"),
        (b"%PDF-1.7 ...", "damaged"),
        (b"PK\x03\x04...", "damaged"),
        (b"\x89PNG....", "damaged"),
        ("Ein Text über Äpfel und Öl in der Küche, größer als sonst".encode("latin-1"), "binary"),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.reason == reason
    assert str(refused.value)


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_reader, "MAX_FIELDS", 3)
    with pytest.raises(Refused, match="4 fields"):
        read(b"a\tb\tc\td\te")
    monkeypatch.setattr(text_reader, "MAX_BYTES", 5)
    with pytest.raises(Refused, match="9 bytes"):
        read(b"123456789")


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf", b"\xff\xfe \x00", "\u3000\n".encode()])
def test_a_text_of_nothing_is_refused_as_empty(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read(data)
    assert refused.value.reason == "empty"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    sniff(data)
    with contextlib.suppress(Refused):
        assert read(data).blocks
