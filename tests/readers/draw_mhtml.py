"""Wrap web pages as web archives, as browsers and Office save them."""

from __future__ import annotations

import base64
import quopri
from dataclasses import dataclass

from pipeline.forms.model import Form
from tests.readers.draw_html import html_report
from tests.render import Figures

HEADERS = (
    "From: <Saved by Blink>\nSnapshot-Content-Location: http://www.example.invalid/a.html\nSubject: report\n"
    'MIME-Version: 1.0\nContent-Type: multipart/related;\n\ttype="text/html";\n\tboundary="----Bound1"\n'
)


@dataclass(frozen=True)
class Part:
    """One part of an archive: its content, type, address, and how it is packed."""

    content: bytes
    type: str = "text/html"
    location: str = "http://www.example.invalid/a.html"
    packed: str = "base64"
    cid: str = ""


def archive(*parts: Part, headers: str = HEADERS, newline: str = "\r\n") -> bytes:
    """A web archive of some parts."""
    lines = [headers.rstrip("\n"), ""]
    for part in parts:
        lines += ["------Bound1", f"Content-Type: {part.type}", f"Content-Transfer-Encoding: {part.packed}"]
        lines += [f"Content-ID: <{part.cid}>"] if part.cid else []
        lines += [f"Content-Location: {part.location}", "", _packed(part)]
    return "\n".join([*lines, "------Bound1--", ""]).replace("\n", newline).encode("latin-1")


def _packed(part: Part) -> str:
    if part.packed == "base64":
        return base64.encodebytes(part.content).decode()
    if part.packed == "quoted-printable":
        return quopri.encodestring(part.content).decode()
    return part.content.decode("latin-1")


def mhtml_report(form: Form, figures: Figures) -> bytes:
    """A report as a browser saves it, with its picture and sheet of styles."""
    return archive(
        Part(html_report(form, figures).encode(), packed="quoted-printable"),
        Part(b"\x89PNG....", "image/png", "http://www.example.invalid/seal.png"),
        Part(b"td { color: black }", "text/css", "http://www.example.invalid/a.css", "quoted-printable"),
    )
