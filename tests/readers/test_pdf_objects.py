"""Objects and character maps of a PDF that are read by patterns: the same as the library reads, or left to it."""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdfminer.cmapdb import CMapParser, FileUnicodeMap
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import PDFObjRef

from pipeline.readers.pdf.character_maps import map_of, pairs_of
from pipeline.readers.pdf.objects import NotPlainError, Objects, Packed

DOCUMENT = cast(PDFDocument, SimpleNamespace(decipher=None))

NAMES = st.text("AZaz09+-._", min_size=1, max_size=6).map(lambda n: b"/" + n.encode())
NUMBERS = st.sampled_from([b"0", b"-7", b"+12", b"003", b"1.5", b".00100000005", b"-.5", b"4.", b"-12.25"])
STRINGS = st.sampled_from([b"()", b"(a b)", b"(Adobe\n)", b"<>", b"<0041fF>"])
WORDS = st.sampled_from([b"true", b"false", b"null", b"12 0 R"])
GAPS = st.sampled_from([b" ", b"\n", b"\r\n", b"\t "])


def arrays(items: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.tuples(st.lists(items, max_size=6), GAPS).map(lambda v: b"[" + v[1].join(v[0]) + b"]")


def dictionaries(items: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    pairs = st.lists(st.tuples(NAMES, items), max_size=5)
    return st.tuples(pairs, GAPS).map(lambda v: b"<<" + b"".join(k + v[1] + i + v[1] for k, i in v[0]) + b">>")


VALUES = st.recursive(NAMES | NUMBERS | STRINGS | WORDS, lambda v: arrays(v) | dictionaries(v), max_leaves=12)
HEX = st.binary(min_size=1, max_size=6).map(bytes.hex)
CODES = st.binary(min_size=1, max_size=2).map(bytes.hex)


def by_library(data: bytes) -> Any:
    parser = PDFParser(BytesIO(data))
    parser.set_document(DOCUMENT)
    for _ in range(3):  # the number, 0, and `obj`
        parser.nexttoken()
    return plain(parser.nextobject()[1])


def plain(value: Any) -> Any:
    """A value in which references can be compared, and 1 differs from 1.0 and from true."""
    if isinstance(value, PDFObjRef):
        return "reference", value.objid
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return type(value), value


@given(VALUES, GAPS)
def test_an_object_is_what_the_library_reads(value: bytes, gap: bytes) -> None:
    data = b"%PDF-1.4\n5 0 obj" + gap + value + gap + b"endobj\n"
    assert plain(Objects(data, DOCUMENT).numbered(5, 8)) == by_library(data[9:])


@pytest.mark.parametrize(
    "value",
    [b"(a\\(b)", b"((a))", b"<4>", b"/A#42", b"1 % note\n", b"--1", b"1-2", b"<</A>>", b"<<1 2>>", b"[1>>", b"]", b"<<",
     b"R", b"/A\xe4", b"1 2", b"[" * 110 + b"]" * 110, b"", b"\x001"],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_library(value: bytes) -> None:
    with pytest.raises(NotPlainError):
        Objects(b"5 0 obj " + value + b" endobj", DOCUMENT).numbered(5, 0)


def test_an_object_of_another_number_is_left_to_the_library() -> None:
    with pytest.raises(NotPlainError):
        Objects(b"6 0 obj 1 endobj", DOCUMENT).numbered(5, 0)


def test_the_data_of_a_stream_end_where_its_length_says() -> None:
    objects = Objects(b"5 0 obj <</Length 3>>\nstream\nabc\nendstream\nendobj", DOCUMENT)
    found = objects.numbered(5, 0)
    assert isinstance(found, Packed)
    assert found.attributes == {"Length": 3}
    assert objects.stream_data(found.at, 3) == b"abc"
    for wrong in (2, 5, -1, 10**9):
        with pytest.raises(NotPlainError):
            objects.stream_data(found.at, wrong)


def test_the_values_of_a_stream_of_objects() -> None:
    assert Objects(b"1 0 2 5 <</A 1>> [1.5 2 0 R]", DOCUMENT).all()[:5] == [1, 0, 2, 5, {"A": 1}]
    for odd in (b"1 0 R", b"null", b"1 0 obj"):
        with pytest.raises(NotPlainError):
            Objects(odd, DOCUMENT).all()


def cmap(*sections: str) -> bytes:
    return ("/CIDInit /ProcSet findresource begin\nbegincmap\n" + "\n".join(sections) + "\nendcmap\nend\n").encode()


def mapped_by_library(data: bytes) -> dict[int, str]:
    made = FileUnicodeMap()
    CMapParser(made, BytesIO(data)).run()
    return made.cid2unichr


@given(st.lists(st.tuples(CODES, HEX), max_size=8), st.lists(st.tuples(st.integers(0, 0xFF00), st.integers(0, 9), HEX)))
def test_characters_are_what_the_library_reads(
    single: list[tuple[str, str]], ranges: list[tuple[int, int, str]]
) -> None:
    data = cmap(
        f"{len(single)} beginbfchar",
        *(f"<{code}> <{text}>" for code, text in single),
        "endbfchar",
        f"{len(ranges)} beginbfrange",
        *(f"<{first:04x}> <{first + more:04X}> <0041{text}>" for first, more, text in ranges),
        "<0001> <0003> [<0041> <0042> <0043>]",
        "endbfrange",
    )
    pairs = pairs_of(data)
    assert pairs is not None
    assert map_of(pairs).cid2unichr == mapped_by_library(data)


@pytest.mark.parametrize(
    "section",
    ["1 beginbfchar\n<01> /A\nendbfchar", "1 begincidrange\n<00> <09> 1\nendcidrange", "1 beginbfchar\n<0> <0041>\nendbfchar",
     "1 beginbfchar\n<01> <0041>", "1 beginbfchar % note\n<01> <0041>\nendbfchar", "/Other usecmap",
     "1 beginbfchar\n<0102030405> <0041>\nendbfchar"],
)  # fmt: skip
def test_a_map_that_is_not_plain_is_left_to_the_library(section: str) -> None:
    assert pairs_of(cmap(section)) is None
