"""Small PDF files that ask for endless work: each is refused at once, in little memory."""

from __future__ import annotations

import resource
import time
import zlib
from collections.abc import Sequence

import pytest

from pipeline.readers import Refused, read
from pipeline.readers.pdf import operators

MOST_SECONDS = 10  # of CPU time; without the bounds it is minutes, or memory without end
MOST_KIB = 400_000


def pdf(objects: Sequence[bytes], root: int = 1) -> bytes:
    """A file of these objects, numbered from 1, with the table of where they are."""
    parts, places = [b"%PDF-1.4\n"], []
    for number, body in enumerate(objects, start=1):
        places.append(sum(map(len, parts)))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    start = sum(map(len, parts))
    tail = b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return b"".join([*parts, head, table, tail])


def page_of(content: bytes, resources: bytes = b"<< >>") -> bytes:
    packed = zlib.compress(content, 9)
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources %s >>" % resources,
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed),
        ]
    )


ENDLESS = {
    "two references that name each other": pdf(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"3 0 R", b"2 0 R"],
    ),
    "a reference that names itself": pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"2 0 R"]),
    "contents that name each other": pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
            b"5 0 R",
            b"4 0 R",
        ]
    ),
    "pages that hold each other": pdf(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"],
    ),
    "states saved without end": page_of(b"q " * 500_000),
    "a path without end": page_of(b"0 0 m " + b"1 1 l " * 150_000),
    "operators without end": page_of(b"n " * 200_000),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_endless_work_is_refused(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MAX_OPERATORS", "MAX_PATH"):
        monkeypatch.setattr(operators, name, getattr(operators, name) // 100)
    began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Refused) as refused:
        read(ENDLESS[what])
    assert refused.value.reason in ("damaged", "too-large")
    assert time.process_time() - began < MOST_SECONDS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_KIB
