"""Pages that are pictures → the pages of `readers.pdf`: characters with their places, rulings, and how sure they are.

It needs the packages of the extra `ocr`. Without them a file of pictures is refused, and the reason says how to install
them. Nothing is fetched when it runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pipeline.document import Block, Ocr
from pipeline.readers.pdf.page import UNKNOWN, Area, Page
from pipeline.readers.refused import Refused

if TYPE_CHECKING:
    from pipeline.readers.scan.pictures import Picture, Pixels

__all__ = [
    "Placed",
    "Refused",
    "figures_in_pictures",
    "is_installed",
    "page_as_read",
    "pages_of_pictures",
    "reading_version",
    "tables_in_pictures",
    "watching",
    "with_images_read",
    "with_pictures_read",
]

MAX_PAGES = 100
"""Pictures of one file: a report has six, the longest known forty."""

_SOME_UNKNOWN = 5
_UNTOLD = re.compile(f"[{UNKNOWN}\ue000-\uf8ff]")
_FEW_CHARS = 30  # a page: what a scanner may print beside an image
_MOST_OF_A_PAGE = 0.5
_LEAST_PICTURE = 300, 100  # dots across and down: a smaller one shows no table
_LEAST_PAGE, _PAGE_SHAPE = 600, (1.2, 1.6)  # dots across; how much higher than wide
_PACKAGES = ("rapidocr", "onnxruntime")
_AND_OTHERS = ("rapidocr-onnxruntime", "pypdfium2", "pillow", "scipy", "numpy")

Progress = Callable[[int, int], None]
"""Called with the number of pictures read and of all."""

_watcher: ContextVar[Progress | None] = ContextVar("watcher", default=None)


@contextmanager
def watching(progress: Progress) -> Iterator[None]:
    """Within it, `progress` is called after each picture."""
    token = _watcher.set(progress)
    try:
        yield
    finally:
        _watcher.reset(token)


@cache
def is_installed() -> bool:
    """True where the packages that read pictures are there."""
    return all(find_spec(package) for package in _PACKAGES)


@cache
def reading_version() -> str:
    """The readers of pictures, in a word: with other packages the same picture may be read differently."""
    found = []
    for package in (*_PACKAGES, *_AND_OTHERS):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {package}")
    return ", ".join(found)


def is_picture(page: Page) -> bool:
    """True for a page that shows a picture of text, or text whose fonts do not say which characters it shows.

    Invisible text over a picture is what another program read in it, and no reason to believe that.
    """
    printed = [c.text for c in page.chars if not c.text.isspace()]
    pictured = page.image_area >= _MOST_OF_A_PAGE * page.width * page.height
    return (pictured and len(printed) < _FEW_CHARS) or is_untold(printed)


def is_untold(printed: Sequence[str]) -> bool:
    """True where fonts do not say which characters they show: half of them, or more than there are Chinese ones.

    A font that names no character is taken for a Western one where its codes are among those.
    """
    if not _UNTOLD.search("".join(printed)):
        return False
    unknown = sum(t.startswith(UNKNOWN) or "\ue000" <= t <= "\uf8ff" for t in printed)
    chinese = sum("\u4e00" <= t <= "\u9fff" for t in printed)
    return unknown > 0 and (2 * unknown > len(printed) or (unknown >= _SOME_UNKNOWN and unknown > chinese))


def with_pictures_read(data: bytes, pages: Sequence[Page]) -> tuple[Page, ...]:
    """The pages of a PDF, those that are pictures read; the two of a spread are two pages. Raises `Refused`.

    On a page of text those of its pictures are read that show a table. Where what reads pictures is not installed, all
    stay as they are.
    """
    if not is_installed() or not any(p.image_area or is_picture(p) for p in pages):
        return tuple(pages)
    from pipeline.readers.scan.pictures import drawn

    return _with_read(pages, lambda wanted: drawn(data, wanted))


Placed = tuple[Area, bytes]
"""A picture file and its place on a page, in points."""


def with_images_read(pages: Sequence[Page], images: Mapping[int, Sequence[Placed]]) -> tuple[Page, ...]:
    """The same for pages whose pictures are at hand, by the number of the page. Raises `Refused`."""
    if not is_installed():
        return tuple(pages)
    from pipeline.readers.scan.pictures import composed

    own = {p.number: p for p in pages}

    def laid_out(wanted: Collection[int]) -> Iterator[tuple[int, Picture]]:
        for n in sorted(wanted):
            picture = composed(own[n].width, own[n].height, images.get(n, ()))
            if picture is not None:
                yield n, picture

    return _with_read(pages, laid_out)


def _with_read(
    pages: Sequence[Page], draw: Callable[[Collection[int]], Iterator[tuple[int, Picture]]]
) -> tuple[Page, ...]:
    """The pages with what their pictures show; `draw` gives the pages of some numbers as pictures."""
    from pipeline.readers.scan.parts import places, with_layer, with_tables

    own = {p.number: p for p in pages}
    whole = {n for n, p in own.items() if is_picture(p)}
    wanted = whole | {n for n, p in own.items() if n not in whole and places(p)}
    _check_count(len(whole))
    read: dict[int, list[Page]] = {}
    for n, picture in _watched(draw(wanted), len(wanted)):
        if n not in whole:
            read[n] = _doubted(with_tables(own[n], picture), picture)
            continue
        found = _read(picture)
        read[n] = [with_layer(found[0], own[n].unseen)] if len(found) == 1 else found
    return _numbered(found for p in pages for found in read.get(p.number, (p,)))


def pages_of_pictures(data: bytes) -> tuple[Page, ...]:
    """The pages of a picture file: of one picture, or of many in a TIFF. Raises `Refused`."""
    if not is_installed():
        raise Refused("scan-without-text")
    from pipeline.readers.scan.pictures import count, frames

    number = count(data)
    _check_count(number)
    return _numbered(p for _, picture in _watched(enumerate(frames(data)), number) for p in _read(picture))


def page_as_read(data: bytes, name: str, number: int) -> tuple[Pixels | None, int]:
    """The picture of a page (from 1) of a file by the name of its format, in grey, upright and level as it is read.

    None for a page of a PDF that is no picture; with it the number by which the file has that page, since the two pages
    of a spread count as two. Raises `Refused` where it cannot be decoded.
    """
    if not is_installed():
        return None, number
    from pipeline.readers.pdf import as_seen
    from pipeline.readers.scan.pictures import drawn, frames, resampled
    from pipeline.readers.scan.reading import levelled_pages

    before = 0
    if name == "image":
        sheets: Iterator[tuple[int, Picture | None]] = enumerate(frames(data), 1)
    else:
        pages = as_seen(data)
        sheets = ((p.number, next(drawn(data, [p.number]))[1] if is_picture(p) else None) for p in pages)
    for own, picture in sheets:
        found = levelled_pages(resampled(picture)) if picture is not None else [None]
        if number <= before + len(found):
            return found[number - before - 1], own
        before += len(found)
    return None, number


def tables_in_pictures(pictures: Sequence[bytes]) -> tuple[Block, ...]:
    """What pictures within a document show, one after the other, where one is a table. Raises `Refused`.

    Pictures that are not tables are read where they may be pages of the same report.
    """
    if not is_installed():
        return ()
    from pipeline.readers.pdf import read_pictures

    _check_count(len(pictures))
    tables = [n for n, data in enumerate(pictures) if _shows_table(data)]
    if not tables:
        return ()
    chosen = [data for n, data in enumerate(pictures) if n in tables or _is_page(data)]
    return read_pictures(chosen).blocks


def _shows_table(data: bytes) -> bool:
    """True for a picture in which something stands in the cells of a table."""
    from pipeline.readers.scan.pictures import frames, resampled, size
    from pipeline.readers.scan.reading import shows_table

    try:
        width, height = size(data)
        return (
            width >= _LEAST_PICTURE[0]
            and height >= _LEAST_PICTURE[1]
            and any(shows_table(resampled(frame)) for frame in frames(data))
        )
    except Refused:
        return False


def _is_page(data: bytes) -> bool:
    """True for a picture that has the size and shape of a page."""
    from pipeline.readers.scan.pictures import size

    try:
        width, height = size(data)
    except Refused:
        return False
    return width >= _LEAST_PAGE and _PAGE_SHAPE[0] <= height / width <= _PAGE_SHAPE[1]


def figures_in_pictures(pictures: Sequence[bytes]) -> Sequence[tuple[str, Ocr] | None]:
    """The figure that each small picture shows; None where it shows none, or where nothing can read pictures."""
    if not is_installed():
        return [None] * len(pictures)
    from pipeline.readers.scan.figures import figures

    return figures(pictures)


def _check_count(number: int) -> None:
    if number > MAX_PAGES:
        raise Refused("too-large", f"{number} pages that are pictures")


def _read(picture: Picture) -> list[Page]:
    from pipeline.readers.scan.pictures import resampled
    from pipeline.readers.scan.reading import pages

    return _doubted([page for _, page in pages(resampled(picture), 1)], picture)


def _doubted(pages: list[Page], picture: Picture) -> list[Page]:
    """The pages that a picture shows; nothing in their cells is sure where the picture is not whole."""
    if picture.whole:
        return pages
    from pipeline.readers.scan.cutting import blanks

    for page in pages:
        page.crops = [*(crop._replace(sure=0.0, other_sure=0.0) for crop in page.crops), *blanks(page)]
    return pages


def _watched(pictures: Iterator[tuple[int, Picture]], number: int) -> Iterator[tuple[int, Picture]]:
    progress = _watcher.get()
    for done, picture in enumerate(pictures):
        if progress:
            progress(done, number)
        yield picture
    if progress:
        progress(number, number)


def _numbered(pages: Iterator[Page]) -> tuple[Page, ...]:
    found = tuple(pages)
    for number, page in enumerate(found, start=1):
        page.number = number
    return found
