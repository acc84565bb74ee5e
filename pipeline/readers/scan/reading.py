"""One picture to the pages that it shows: ink → rulings → cells → printed lines → what two recognisers read.

Ink that is no letter is known by its shape, whatever a recogniser says. What does *not* belong here: which pages of a
file are pictures.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np

from pipeline.readers.pdf.page import Char, Crop, Page
from pipeline.readers.refused import Refused
from pipeline.readers.scan.blobs import BOTTOM, LEFT, RIGHT, TOP
from pipeline.readers.scan.cleaning import grey, halves, has_seal, ink, levelled, skew, smoothed
from pipeline.readers.scan.cutting import CutLine, cut
from pipeline.readers.scan.pictures import POINTS, Pixels
from pipeline.readers.scan.recogniser import Letter, Letters, Recogniser, recogniser

CPU_SECONDS = 60.0
"""Of one page; one full of small print takes a tenth of it."""

_SURE = 0.9  # of a character: a line with a less certain one is read again
_TOGETHER = 32  # lines: after so many the time is looked at
_SAMPLE, _LONG = 8, 4  # the lines that show whether a page stands upright, and how many ems of each
_LEGIBLE = 0.75  # in the mean of the letters: less, and the page may lie on its side
_LETTERS = 3  # in such a line: fewer are as suspicious
_FLAT, _WIDE, _DASH = 0.3, 1.6, 0.25  # a dash is lower than so much of an em, so much wider than high, and so long
_SURE_DASH = 0.35
_DUST = 0.3  # of the em: what is smaller in both ways is no figure
_DARK, _LEAST_STROKE = 128, 12  # grey and pixels of a stroke
_LEANING, _SLASH = 0.25, -0.9  # of its height, and how strictly its ink runs from below left to above right
_NARROW = 1.15  # a 1 is no wider than high
_FIGURE = re.compile(r"[-—–－]?\d[\d,，]*(?:[.．]\d+)?[%％]?")
_GAP = re.compile(r"\d +\d")
_LOOK_ALIKES = str.maketrans({c: d for cs, d in (("OoòóQDΟ〇", "0"), ("lIiſ|｜丨", "1")) for c in cs})
_SPECKS = " .,。，、·•'`’‘:;：；_\"”“´^~*"
_UNIT = 3  # characters beside digits: more are a label, in which a second reading decides nothing
_DASH_TEXT = "—"


class _Read(NamedTuple):
    """What a recogniser read: text with specks and look-alikes cleaned out, least probability, raw text, letters."""

    text: str
    sure: float
    raw: str
    letters: Letters


def pages(pixels: Pixels, first: int, *, only_tables: bool = False) -> Iterator[tuple[Pixels, Page]]:
    """The pages that a picture shows, numbered from `first`: one, or the two of a spread; each in level grey.

    With `only_tables` there are none where nothing stands in the cells of a table. Raises `Refused` where reading takes
    too long.
    """
    sheet = list(_sheet(pixels, first))
    if only_tables and not any(line.in_cell for _, _, lines in sheet for line in lines):
        return
    if min(map(_legibility, sheet)) < _LEGIBLE and (turns := _turns(pixels)):
        sheet = list(_sheet(np.rot90(pixels, turns), first))
    yield from ((level, _read(page, lines)) for level, page, lines in sheet)


_Cut = tuple[Pixels, Page, list[CutLine]]


def _sheet(pixels: Pixels, first: int) -> Iterator[_Cut]:
    """The pages of a sheet in grey, made level, with the lines on them."""
    shades = grey(pixels)
    for number, columns in enumerate(halves(shades), start=first):
        half = np.ascontiguousarray(shades[:, columns])
        angle = skew(ink(half))
        level = levelled(smoothed(half), angle)
        sealed = levelled(np.ascontiguousarray(pixels[:, columns, 0]), angle) if has_seal(pixels) else level
        yield level, *cut(level, number, sealed)


def _turns(pixels: Pixels) -> int:
    """By how many quarters to turn a sheet to the left, so that its lines can be read best."""
    return max(range(4), key=lambda n: min(map(_legibility, _sheet(np.rot90(pixels, n), 1))))


def _legibility(page: _Cut) -> float:
    """How certain the recogniser is of the letters at the beginning of the longest lines; 1 for a page without any."""
    chosen = sorted(page[2], key=lambda line: -line.size[0] / line.size[1])[:_SAMPLE]
    read = _first().read([line.picture[:, : _LONG * line.picture.shape[0]] for line in chosen])
    return min(_mean_certainty(read), sum(map(len, read)) / (_LETTERS * len(chosen))) if chosen else 1.0


def _mean_certainty(read: Sequence[Letters]) -> float:
    """The mean probability of the letters that are no figures; 1 where there are none."""
    return fmean([i.sure for letters in read for i in letters if not i.text.isascii()] or [1.0])


def _first() -> Recogniser:
    found = recogniser("first")
    assert found is not None, "asked for before the readers look whether it is installed"
    return found


def _read(page: Page, found: Sequence[CutLine]) -> Page:
    """The page with what stands on its lines."""
    end = time.process_time() + CPU_SECONDS
    page.is_read = True
    read = _in_time(_first(), found, end)
    cleaned = [_cleaned(line, letters) for line, letters in zip(found, read, strict=True)]
    again = _again(found, cleaned, end)
    rivals = _rivals(found, cleaned, again, end)
    for at, (line, one) in enumerate(zip(found, cleaned, strict=True)):
        other = again.get(at)
        if other and _has_lost_point(one, other):
            one, other = other, one
        _put(page, line, one, other, rivals.get(at, ()))
    return page


def _has_lost_point(one: _Read, other: _Read) -> bool:
    """True where one reads a gap between digits, and the other a point in it."""
    return bool(_GAP.search(one.raw)) and "." in other.text and other.text.replace(".", "") == one.text


def _in_time(model: Recogniser, found: Sequence[CutLine], end: float) -> list[Letters]:
    """What a recogniser reads of some lines. Raises `Refused` at the end of the page's time."""
    by_width = sorted(range(len(found)), key=lambda n: found[n].picture.shape[1] / found[n].picture.shape[0])
    read: dict[int, Letters] = {}
    for at in range(0, len(found), _TOGETHER):
        if time.process_time() > end:
            raise Refused("too-slow", f"{CPU_SECONDS:g} seconds a page")
        numbers = by_width[at : at + _TOGETHER]
        read.update(zip(numbers, model.read([found[n].picture for n in numbers]), strict=True))
    return [read[n] for n in range(len(found))]


def _again(found: Sequence[CutLine], cleaned: Sequence[_Read], end: float) -> dict[int, _Read]:
    """By number of a line what the second recogniser reads of it: of what may be a figure, and of large print."""
    model = recogniser("second")
    if model is None:
        return {}
    chosen = [n for n, (line, one) in enumerate(zip(found, cleaned, strict=True)) if _decides(line, one)]
    lines = [found[n].closely for n in chosen]
    read = _in_time(model, lines, end)
    return {n: _cleaned(line, letters) for n, line, letters in zip(chosen, lines, read, strict=True)}


def _rivals(
    found: Sequence[CutLine], cleaned: Sequence[_Read], again: Mapping[int, _Read], end: float
) -> dict[int, tuple[str, ...]]:
    """By number of a line of which the recognisers are not sure all else that they read there, in whatever crop."""
    doubtful = [
        n for n, other in again.items()
        if min(cleaned[n].sure, other.sure) < _SURE or cleaned[n].text != other.text
    ]  # fmt: skip
    seen: dict[int, list[str]] = {n: [again[n].text] for n in doubtful}
    second = recogniser("second")
    assert second is not None or not doubtful
    for model, lines in ((_first(), [found[n].closely for n in doubtful]), (second, [found[n] for n in doubtful])):
        for n, line, letters in zip(doubtful, lines, _in_time(model, lines, end) if model else (), strict=True):
            seen[n].append(_cleaned(line, letters).text)
    return {n: tuple(t for t in dict.fromkeys(texts) if t != cleaned[n].text) for n, texts in seen.items()}


def _decides(line: CutLine, one: _Read) -> bool:
    """True for a line of a cell that is a figure or might be one."""
    looks = one.raw.translate(_LOOK_ALIKES)
    others = sum(not (c.isdigit() or c in _SPECKS or c == _DASH_TEXT) for c in looks)
    return line.in_cell and (len(one.text) <= 1 or (any(map(str.isdigit, looks)) and others <= _UNIT))


# --------------------------------------------------------------------------------------------------- what a line says


def _cleaned(line: CutLine, letters: Letters) -> _Read:
    """What a line says by the recogniser and the shape of its ink."""
    raw = "".join(i.text for i in letters)
    if line.in_cell:
        shaped = _by_shape(line, raw)
        if shaped:
            return shaped
        if _is_slash(line, raw):
            return _Read("/", 1.0, raw, (Letter("/", 0.5, 1.0),))
        text = raw.translate(_LOOK_ALIKES).strip(_SPECKS).replace(" ", "")
        if raw and _FIGURE.fullmatch(text):
            kept = tuple(i for i in letters if _FIGURE_PART.match(i.text.translate(_LOOK_ALIKES)))
            sure = min((i.sure for i in kept), default=0.0)
            if "".join(i.text for i in kept).translate(_LOOK_ALIKES).strip(_SPECKS) != text:
                kept = letters
            return _Read(text, sure if _has_shape(line, text) else 0.0, raw, kept)
    return _Read(raw.strip(), min((i.sure for i in letters), default=0.0), raw, letters)


_FIGURE_PART = re.compile(r"[-—–－\d,，.．%％]")


def _by_shape(line: CutLine, raw: str) -> _Read | None:
    """A dash, or no figure at all, where the ink is too flat or too small for one."""
    width, height = line.size
    if height < _FLAT and width > _WIDE * height and width >= _DASH:
        sure = 1.0 if width >= _SURE_DASH else 0.5
        return _Read(_DASH_TEXT, sure, raw, (Letter(_DASH_TEXT, 0.5, sure),))
    if height < _DUST and width < _DUST:
        return _Read("", 1.0, raw, ())
    return None


def _is_slash(line: CutLine, raw: str) -> bool:
    """True for one stroke that leans as a slash does, which recognisers take for a 1."""
    if raw.strip().translate(_LOOK_ALIKES) not in ("1", "/", "7", "!") or len(line.pieces) != 1:
        return False
    rows, columns = np.nonzero(line.picture < _DARK)
    if len(rows) < _LEAST_STROKE or np.ptp(columns) < _LEANING * np.ptp(rows):
        return False
    return float(np.corrcoef(rows, columns)[0, 1]) < _SLASH


def _has_shape(line: CutLine, text: str) -> bool:
    """False for a lone 1 that is wider than high."""
    if text != "1":
        return True
    tallest = max(line.pieces, key=lambda p: p[BOTTOM] - p[TOP], default=None)
    return tallest is None or tallest[RIGHT] - tallest[LEFT] <= _NARROW * (tallest[BOTTOM] - tallest[TOP])


# ------------------------------------------------------------------------------------------------- characters and crops


def _put(page: Page, line: CutLine, one: _Read, other: _Read | None, rivals: tuple[str, ...]) -> None:
    """Add what a line says to its page."""
    page.chars += _chars(line, one)
    page.again += _chars(line, other or one)
    if one.text or (other and other.text):
        left, top, right, bottom = (round(side * POINTS, 2) for side in line.span)
        text, sure = (other.text, round(other.sure, 3)) if other else (None, 0.0)
        page.crops.append(Crop(left, top, right, bottom, one.text, round(one.sure, 3), text, sure, one.raw, rivals))


def _chars(line: CutLine, read: _Read) -> Iterator[Char]:
    """The characters of a line beside each other, each as far as half way to the next."""
    letters = [i for i in read.letters if i.text.strip()] if read.text else []
    if "".join(i.text for i in letters) != read.text.replace(" ", ""):  # cleaned: spread evenly
        letters = [Letter(c, (n + 0.5) / len(read.text), read.sure) for n, c in enumerate(read.text) if c.strip()]
    width = line.picture.shape[1]
    at = [line.start + i.at * width for i in letters]
    size = line.em
    middle = (line.span.top + line.span.bottom) / 2
    top, bottom = (middle - size / 2) * POINTS, (middle + size / 2) * POINTS
    for n, letter in enumerate(letters):
        left = line.span.left if n == 0 else max((at[n - 1] + at[n]) / 2, at[n] - size / 2)
        right = line.span.right if n == len(letters) - 1 else min((at[n] + at[n + 1]) / 2, at[n] + size / 2)
        left, right = min(left, at[n]), max(right, at[n])
        yield Char(left * POINTS, top, right * POINTS, bottom, letter.text, size * POINTS)
