"""Hundreds of damaged and hostile files: each is read or refused with a reason, none crashes or hangs the reader."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from pipeline.forms.loading import form
from pipeline.forms.model import Form
from pipeline.issues import REASONS
from pipeline.readers import Refused
from tests.conftest import assert_accounted, parse_bytes
from tests.readers.draw_docx import docx_report
from tests.readers.draw_html import html_report
from tests.readers.draw_mhtml import mhtml_report
from tests.readers.draw_odf import ods_report, odt_report
from tests.readers.draw_ofd import ofd_report
from tests.readers.draw_pdf import report as pdf_report
from tests.readers.draw_rtf import rtf_report
from tests.readers.draw_spreadsheetml import spreadsheetml_report
from tests.readers.draw_word_xml import flat_report, word_2003_report
from tests.readers.draw_xls import xls_report
from tests.readers.draw_xlsb import xlsb_report
from tests.readers.draw_xlsx import xlsx_report
from tests.render import Figures, balanced_figures, text_report

FORM = form("2021")
FIGURES = balanced_figures(FORM, random.Random(1), 0.3)
DOC = Path(__file__).parent / "files" / "numbered_2021.doc"
DRAW: dict[str, Callable[[Form, Figures], bytes]] = {
    "pdf": pdf_report,
    "html": lambda made, figures: html_report(made, figures).encode(),
    "mhtml": mhtml_report,
    "docx": docx_report,
    "xlsx": xlsx_report,
    "xlsb": xlsb_report,
    "xls": xls_report,
    "flat_opc": flat_report,
    "word2003xml": word_2003_report,
    "spreadsheetml": spreadsheetml_report,
    "odt": odt_report,
    "ofd": ofd_report,
    "rtf": rtf_report,
    "ods": ods_report,
    "doc": lambda made, figures: DOC.read_bytes(),
    "text": lambda made, figures: text_report(made, figures).encode(),
}
EACH = {
    **dict.fromkeys(("html", "docx", "doc"), 100),
    **dict.fromkeys(("pdf", "xlsx"), 60),
    **dict.fromkeys(
        ("mhtml", "xlsb", "xls", "flat_opc", "word2003xml", "spreadsheetml", "ofd", "rtf", "odt", "ods"), 40
    ),
    "text": 120,
}


@pytest.fixture(autouse=True)
def without_libreoffice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What our own reader of old Word files gives up would be handed to it, a second or two for each file."""
    monkeypatch.setenv("PATH", "")


@cache
def drawn(kind: str) -> bytes:
    """The report in one of the formats: drawn when a test asks, as every process imports this module."""
    return DRAW[kind](FORM, FIGURES)


def mutated(data: bytes, rng: random.Random) -> bytes:
    """A damaged file; of an archive, every second time one of its parts is damaged and packed anew."""
    if data.startswith(b"PK") and rng.random() < 0.5:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        name = rng.choice([n for n, content in parts.items() if content])
        return _zip(parts | {name: damaged(parts[name], rng)})
    return damaged(data, rng)


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Cut anywhere, some bits flipped, a stretch zeroed, doubled or shuffled."""
    if rng.random() < 0.3:
        return data[: rng.randrange(len(data))]
    changed = bytearray(data)
    for _ in range(rng.choice((1, 3, 30))):
        at = rng.randrange(len(changed))
        changed[at] ^= 1 << rng.randrange(8)
    start = rng.randrange(len(changed))
    end = min(len(changed), start + rng.randrange(400))
    match rng.randrange(4):
        case 0:
            changed[start:end] = bytes(end - start)
        case 1:
            changed[start:start] = changed[start:end]
        case 2:
            del changed[start:end]
    return bytes(changed)


@pytest.mark.one_case
@pytest.mark.parametrize("kind", DRAW)
def test_mutated_files_are_read_or_refused(kind: str) -> None:
    rng = random.Random(kind)
    for number in range(EACH[kind]):
        _check(mutated(drawn(kind), rng), f"{kind} {number}")


def _pictures() -> dict[str, bytes]:
    """A small picture in each format, and in the ways to pack one as TIFF."""
    pytest.importorskip("PIL", reason="pip install 'disclosure[ocr]' to test how pictures are read")
    from tests.readers.draw_scan import digits, saved

    page = digits(2, 2).crop((280, 180, 640, 340)).resize((180, 80))
    ways = ("group4", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg")
    packed = {way: page.convert("1") if way in ("group4", "packbits") else page for way in ways}
    return {kind: saved([page], kind) for kind in ("PNG", "JPEG", "BMP", "WEBP", "GIF", "TIFF")} | {
        way: saved([picture] * 2, "TIFF", compression=way) for way, picture in packed.items()
    }


def test_mutated_pictures_are_decoded_or_refused() -> None:
    from pipeline.readers.scan.pictures import count, frames, size

    for kind, data in _pictures().items():
        rng = random.Random(kind)
        for _ in range(120):
            picture = damaged(data, rng)
            for look in (count, size, lambda data: list(frames(data))):
                with suppress(Refused):
                    look(picture)


def test_there_are_hundreds() -> None:
    assert sum(EACH.values()) + len(HOSTILE) >= 500


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
    return out.getvalue()


WORD = b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
LOL = b'<!DOCTYPE a [<!ENTITY l "lol">' + b"".join(
    b'<!ENTITY l%d "%s">' % (i, b"&l%s;" % (b"" if i == 1 else str(i - 1).encode()) * 10) for i in range(1, 9)
) + b"]>"  # fmt: skip
OUTSIDE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
# Bombs and traps, each by its name.
HOSTILE: dict[str, Callable[[], bytes]] = {
    "zip bomb": lambda: _zip({"[Content_Types].xml": TYPES, "word/document.xml": b"<a>" + b" " * 300_000_000}),
    "entity bomb in docx": lambda: _zip({"[Content_Types].xml": TYPES, "word/document.xml": LOL + b"<a>&l8;</a>"}),
    "file entity in docx": lambda: _zip({"[Content_Types].xml": TYPES, "word/document.xml": OUTSIDE + b"<a>&x;</a>"}),
    "deep docx": lambda: _zip(
        {"[Content_Types].xml": TYPES, "word/document.xml": WORD + b"<w:tbl><w:tr><w:tc>" * 50_000}
    ),
    "path in zip": lambda: _zip({"../../word/document.xml": WORD, "/etc/word/document.xml": WORD}),
    "zip in zip": lambda: _zip({"a.zip": _zip({"b.zip": b"PK"})}),
    "entity bomb in html": lambda: LOL + b"<html><body><p>&l8;</p></body></html>",
    "deep html": lambda: b"<html><body>" + b"<table><tr><td>" * 50_000,
    "deep divs": lambda: b"<html>" + b"<div>" * 200_000 + b"x",
    "wide span": lambda: b"<html><table><tr><td colspan=999999999 rowspan=999999999>1</td></tr></table>" * 30,
    "large cell in html": lambda: b"<html><table><tr><td>" + b"9" * 10_000_000 + b"</td></tr></table>",
    "large cell in text": lambda: "规章\t".encode() + b"1" * 10_000_000,
    "many fields": lambda: b"\t" * 5_000_000,
    "many lines": lambda: b"1\n" * 2_000_000,
    "one long word": lambda: "本年新收政府信息公开申请数量".encode() * 100_000,
    "many labels": lambda: "其他\n总计\n1\n".encode() * 20_000,
    "brackets": lambda: ("（" * 100_000 + "）" * 100_000 + "\t1").encode(),
    "pdf of nothing": lambda: b"%PDF-1.7\n%%EOF",
    "pdf loop": lambda: (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\ntrailer<</Root 1 0 R>>"
    ),
    "pdf in docx clothes": lambda: b"PK\x03\x04" + drawn("pdf"),
    "text in utf-32": lambda: drawn("text").decode().encode("utf-32"),
    "text in shift-jis": lambda: "年度報告書の概要について、公開の状況".encode("shift-jis") * 20,
    "html as utf-16": lambda: drawn("html").decode().encode("utf-16"),
    "ole of nothing": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "gzip": lambda: b"\x1f\x8b\x08" + bytes(100),
    "rtf": lambda: rb"{\rtf1 report}",
}


@pytest.mark.one_case
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_read_or_refused(name: str) -> None:
    _check(HOSTILE[name](), name)


def _check(data: bytes, name: str) -> None:
    parsed = parse_bytes(data, name)
    if parsed.refusal is not None:
        assert parsed.refusal.reason in REASONS, name
        assert parsed.refusal.reason != "reader-failed", f"{name}: {parsed.refusal.sentence}"
    assert_accounted(parsed)


@pytest.mark.parametrize("kind", DRAW)
def test_the_name_says_nothing(kind: str) -> None:
    """A wrong extension changes nothing: only the content counts."""
    parsed = parse_bytes(drawn(kind), "report.jpg")
    assert len(parsed.facts) == 200
