"""Keeps decoded PDF pages beside the warehouse, so that a changed form or matcher does not decode them again.

Decoding is three quarters of the time that a PDF takes; both ways of reading it work on the same pages. For the other
formats nothing is kept, since reading what was kept costs about as much as reading the file.

An entry is named by the SHA-256 of what was decoded. It holds the version of the decoder and, where pages have
pictures, the version of the recognisers, which take seconds per page. An entry of another version, or one that cannot
be read, is ignored and written again. What does *not* belong here: what is made from the pages.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.document import RawFile
from pipeline.environment import whole_number
from pipeline.raw.folder import Folder
from pipeline.raw.overrides import Pin
from pipeline.readers.kept import Pages, keeping
from pipeline.runs.code_digest import fingerprint_of
from pipeline.runs.file_result import FileResult, read_and_tabulate

if TYPE_CHECKING:
    from pipeline.readers.pdf.page import Area, Char, Crop, Page, Ruling

LIMIT = "DISCLOSURE_DOCUMENTS_BYTES"
MAX_BYTES = 5 * 2**30  # about 150,000 reports
SHARDS = 256
# The modules that decode, among those that read a PDF: their result is kept.
DECODER = (
    *("canvas", "character_maps", "codes", "collector", "content", "crossed", "fields", "ink", "layers", "letters"),
    *("notes", "objects", "operators", "page", "painted", "paths", "shapes", "sideways", "spreads", "states"),
    *("steps", "streams", "strokes", "struck", "tiles", "tokens", "watermark"),
)
_FAULTS = (OSError, EOFError, ValueError, KeyError, TypeError, IndexError, zlib.error)


@dataclass(frozen=True)
class Caching:
    """In a worker: read a file as usual, but take the pages of a PDF from `folder`, or put them there."""

    folder: Path
    adding: bool = True

    def __call__(self, raw_dir: Folder, raw: RawFile, pin: Pin | None) -> FileResult:
        """The result of the file. Raises `OSError` where it cannot be read."""
        with keeping(self.pages):
            return read_and_tabulate(raw_dir, raw, pin)

    def pages(self, data: bytes, make: Callable[[], Pages]) -> Pages:
        """The pages of a document, or of a picture in one: the kept ones, else those that `make` returns."""
        sha256 = hashlib.sha256(data).hexdigest()  # of a picture in a document too
        file = self.folder / sha256[:2] / f"{sha256}.json.gz"
        found = load(file)
        if found is None:
            found = make()
            if self.adding:
                with suppress(OSError):  # a full disk is reported by code that has to write
                    store(file, found)
        return found


def load(file: Path) -> Pages | None:
    """The pages of an entry; None where there is none of this version that can be read."""
    try:
        kept = json.loads(gzip.decompress(file.read_bytes()))
        current = kept["version"] == decoder_version() and kept["reader"] in (None, picture_version())
        return tuple(map(_page, kept["pages"])) if current else None
    except FileNotFoundError:
        return None
    except _FAULTS:  # half written, or not ours: the next reading writes it again
        return None


def store(file: Path, pages: Pages) -> None:
    """Write an entry whole or not at all."""
    reader = picture_version() if any(p.is_read or p.pictures or p.image_area for p in pages) else None
    kept = {"version": decoder_version(), "reader": reader, "pages": list(map(_plain, pages))}
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{os.getpid()}.part")
    new.write_bytes(gzip.compress(json.dumps(kept).encode(), 1, mtime=0))
    new.replace(file)


@cache
def decoder_version() -> str:
    """A digest of the decoding code; another one may give other pages."""
    folder = Path(__file__).parents[1] / "readers" / "pdf"
    sources = [folder / f"{name}.py" for name in DECODER]
    return f"{fingerprint_of([*sources, Path(__file__)])} pdfminer {installed('pdfminer.six')}"


@cache
def picture_version() -> str:
    """A digest of the code that reads pictures, and the versions of its packages and models."""
    from pipeline.readers.scan import reading_version

    folder = Path(__file__).parents[1] / "readers"
    tables = [folder / "pdf" / f"{name}.py" for name in ("lattice", "lines")]
    return f"{fingerprint_of([folder / 'scan', *tables])} {reading_version()}"


# --- Pages as plain values: columns, which take half of what rows do --------------------------------


def _plain(page: Page) -> dict[str, Any]:
    return {
        "page": [page.number, page.width, page.height, page.image_area, page.gutter],
        "chars": _columns(page.chars),
        "slanted": _columns(page.slanted),
        "level": _columns(page.level),
        "upright": _columns(page.upright),
        "unseen": _columns(page.unseen),
        "pictures": [list(place) for place in page.pictures],
        "ink": [list(place) for place in page.ink],
        **(_read_part(page) if page.is_read or page.parts else {}),
    }


def _read_part(page: Page) -> dict[str, Any]:
    """What was read from pictures."""
    return {
        "is_read": page.is_read,
        "parts": [list(place) for place in page.parts],
        "crops": _columns(page.crops),
        "again": _columns(page.again),
    }


def _columns(rows: Sequence[Char] | Sequence[Ruling] | Sequence[Crop]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _page(plain: dict[str, Any]) -> Page:
    from pipeline.readers.pdf.page import Char, Crop, Page, Ruling

    number, width, height, image_area, gutter = plain["page"]
    chars, slanted, unseen = (
        [Char(*row) for row in zip(*plain[n], strict=True)] for n in ("chars", "slanted", "unseen")
    )
    level, upright = ([Ruling(*row) for row in zip(*plain[n], strict=True)] for n in ("level", "upright"))
    page = Page(number, width, height, chars, slanted, level, upright, image_area, gutter=gutter)
    page.unseen, page.pictures, page.ink = unseen, _areas(plain["pictures"]), _areas(plain["ink"])
    if "crops" in plain:
        page.is_read = plain["is_read"]
        page.parts = _areas(plain["parts"])
        page.again = [Char(*row) for row in zip(*plain["again"], strict=True)]
        crops = (Crop(*row) for row in zip(*plain["crops"], strict=True))
        page.crops = [c._replace(rivals=tuple(c.rivals)) for c in crops]
    return page


def _areas(places: Iterable[Sequence[float]]) -> list[Area]:
    return [(left, top, right, bottom) for left, top, right, bottom in places]


# --- How much is kept ------------------------------------------------------------------------------


def prune(folder: Path, sha256s: Iterable[str], max_bytes: int | None = None) -> int:
    """Remove the oldest entries other than those of these files until the limit holds, and return how many.

    The entries lie in 256 folders, each with the same share of the limit, so that adding a few looks at a few folders.
    """
    share = (limit() if max_bytes is None else max_bytes) / SHARDS
    return sum(_prune(folder / shard, share) for shard in sorted({sha256[:2] for sha256 in sha256s}))


def _prune(folder: Path, share: float) -> int:
    if not folder.is_dir():
        return 0
    for left in folder.glob("*.part"):  # left by a worker that was killed; no other is at work now
        left.unlink(missing_ok=True)
    found = sorted(((s.st_mtime_ns, s.st_size, f) for f in folder.iterdir() if (s := f.stat())), reverse=True)
    size, removed = 0, 0
    for _, size_bytes, file in found:
        size += size_bytes
        if size > share:
            file.unlink(missing_ok=True)
            removed += 1
    return removed


def limit() -> int:
    """How many bytes may be kept: as `DISCLOSURE_DOCUMENTS_BYTES` says, else 5 GiB; 0 keeps none.

    Raises `InputError` for a setting that is not such a number.
    """
    return whole_number(LIMIT, MAX_BYTES, least=0)
