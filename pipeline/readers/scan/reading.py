"""One picture to the pages that it shows: ink → rulings → cells → printed lines → what two recognisers read.

Ink that is not a letter is recognised by its shape, whatever a recogniser says. What does *not* belong here: which
pages of a file are pictures.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np

from pipeline.readers.pdf.page import Char, Crop, Page
from pipeline.readers.refused import Refused
from pipeline.readers.scan.blobs import BOTTOM, LEFT, RIGHT, TOP
from pipeline.readers.scan.cleaning import grey, halves, has_seal, levelled, skew, smoothed
from pipeline.readers.scan.cutting import CutLine, cut
from pipeline.readers.scan.pictures import POINTS, Pixels
from pipeline.readers.scan.recogniser import Letter, Letters, Recogniser, recogniser

CPU_SECONDS = 60.0
"""Of one page; one full of small print takes a tenth of it."""

SURE = 0.9  # of a character: a line with a less certain one is read again
_TOGETHER = 32  # lines: after this many the time is checked
_SAMPLE, _LONG = 8, 4  # the lines that show whether a page stands upright, and how many ems of each
_LEGIBLE = 0.9  # in the mean of the letters: less, and the page may lie on its side
_NARROWER, _NARROW_TEXT = 0.75, 0.65  # of the width: enough for figures, and for text of more than this many ems
_LONE, _LONG_LINE = 0.9, 5.0  # ems: what is no longer is a lone digit, what is longer is text
_CLEARLY = 0.1  # by how much more legible another side must be
_LETTERS = 3  # in such a line: fewer are as suspicious
_FLAT, _WIDE, _DASH = 0.3, 1.6, 0.25  # a dash is lower than so much of an em, so much wider than high, and so long
_SURE_DASH = 0.35
_DUST = 0.3  # of the em: anything smaller both ways is not a figure
_DARK, _LEAST_STROKE = 128, 8  # the grey of a stroke, and its height in pixels
_LEANING, _STEEP_SLASH = 0.2, 1.2  # by how much a slash leans to the right for each pixel of its height
_EVEN = 1.6  # of its usual width: no row of a slash is wider; a 1 has a flag, a 7 a bar
_NARROW = 1.15  # a 1 is not wider than high
_FIGURE = re.compile(r"[-—–－]?\d[\d,，]*(?:[.．]\d+)?[%％]?")
_GAP = re.compile(r"\d +\d")
_DIRT = re.compile(r"(?<=\d)[-—–－]+$")
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")
_SIGN, _ROUND = 0.5, 1.25  # of the height of a digit: what is lower is a sign; a point is hardly higher than wide
_LOOK_ALIKES = str.maketrans({c: d for cs, d in (("OoòóQDΟ〇", "0"), ("lIiſ|｜丨", "1")) for c in cs})
_SPECKS = " .,。，、·•'`’‘:;：；_\"”“´^~*"
_UNIT = 3  # characters beside digits: more are a label, in which a second reading decides nothing
DASH = "—"


class Read(NamedTuple):
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
    if only_tables and not _has_cells(sheet):
        return
    yield from ((level, _read(page, lines)) for level, page, lines in _upright(pixels, sheet))


def levelled_pages(pixels: Pixels) -> list[Pixels]:
    """The pages that a picture shows, each in grey, upright and level as it is read."""
    return [level for level, _, _ in _upright(pixels, list(_sheet(pixels, 1)))]


def _upright(pixels: Pixels, sheet: list[_Cut]) -> list[_Cut]:
    """The pages of a sheet, turned so that they can be read."""
    if min(map(_legibility, sheet)) < _LEGIBLE and (turns := _turns(pixels)):
        return list(_sheet(np.rot90(pixels, turns), 1))
    return sheet


def shows_table(pixels: Pixels) -> bool:
    """True for a picture in which something stands in the cells of a table."""
    return _has_cells(list(_sheet(pixels, 1)))


def _has_cells(sheet: Sequence[_Cut]) -> bool:
    return any(line.in_cell for _, _, lines in sheet for line in lines)


_Cut = tuple[Pixels, Page, list[CutLine]]


def _sheet(pixels: Pixels, first: int) -> Iterator[_Cut]:
    """The pages of a sheet in grey, made level, with the lines on them."""
    shades = grey(pixels)
    for number, columns in enumerate(halves(shades), start=first):
        half = np.ascontiguousarray(shades[:, columns])
        angle = skew(half)
        level = levelled(smoothed(half), angle)
        sealed = levelled(np.ascontiguousarray(pixels[:, columns, 0]), angle) if has_seal(pixels) else level
        yield level, *cut(level, number, sealed)


def _turns(pixels: Pixels) -> int:
    """By how many quarters to turn a sheet to the left, so that its lines can be read clearly better."""
    legible = [min(map(_legibility, _sheet(np.rot90(pixels, n), 1))) for n in range(4)]
    best = max(range(4), key=legible.__getitem__)
    return best if legible[best] > legible[0] + _CLEARLY else 0


def _legibility(page: _Cut) -> float:
    """How certain the recogniser is of the letters at the beginning of the longest lines; 1 for a page without any."""
    chosen = sorted(page[2], key=lambda line: -line.size[0] / line.size[1])[:_SAMPLE]
    read = _first().read([line.picture[:, : _LONG * line.picture.shape[0]] for line in chosen])
    return min(_mean_certainty(read), sum(map(len, read)) / (_LETTERS * len(chosen))) if chosen else 1.0


def _mean_certainty(read: Sequence[Letters]) -> float:
    """The mean probability of the letters that are not figures; 1 where there are none."""
    return fmean([i.sure for letters in read for i in letters if not i.text.isascii()] or [1.0])


def _first() -> Recogniser:
    found = recogniser("first")
    assert found is not None, "asked for before the readers look whether it is installed"
    return found


def _read(page: Page, found: Sequence[CutLine]) -> Page:
    """The page with what stands on its lines."""
    page.is_read = True
    for line, (one, other, rivals) in zip(found, read_lines(found), strict=True):
        _put(page, line, one, other, rivals)
    return page


def read_lines(found: Sequence[CutLine]) -> list[tuple[Read, Read | None, tuple[str, ...]]]:
    """For each line what the first recogniser reads, what the second does where it was asked, and what else they read.

    Raises `Refused` where that takes longer than a page may.
    """
    end = time.process_time() + CPU_SECONDS
    read = _by_first(found, end)
    cleaned = [_cleaned(line, letters) for line, letters in zip(found, read, strict=True)]
    cleaned = [one._replace(sure=0.0) if line.spoilt else one for line, one in zip(found, cleaned, strict=True)]
    again = _again(found, cleaned, end)
    rivals = _rivals(found, cleaned, again, end)  # which makes readings surer that come out alike
    return [(*_best(one, again.get(at)), rivals.get(at, ())) for at, one in enumerate(cleaned)]


def _by_first(found: Sequence[CutLine], end: float) -> list[Letters]:
    """What the first recogniser reads, and of lines that it is not sure of what it reads of more dots."""
    read = _in_time(_first(), [_narrowed(line) for line in found], end)
    unsure = [
        n for n, line in enumerate(found)
        if line.size[0] > _LONE and min((i.sure for i in read[n]), default=0.0) < SURE
    ]  # fmt: skip
    for n, letters in zip(unsure, _in_time(_first(), [found[n] for n in unsure], end), strict=True):
        read[n] = letters
    return read


def _narrowed(line: CutLine) -> CutLine:
    """A line with as few dots across as recognisers need, since their time is that of the width.

    The letters of a text are known by their neighbours too. A lone digit has none, and keeps all its dots.
    """
    if line.size[0] <= _LONE:
        return line
    return line.narrower(_NARROW_TEXT if line.size[0] > _LONG_LINE else _NARROWER)


def _best(one: Read, other: Read | None) -> tuple[Read, Read | None]:
    """The two readings, the one that is to be taken first."""
    if other and (_has_lost_point(one, other) or _alone_is_figure(other, one)):
        return other, one
    return one, other


def _alone_is_figure(one: Read, other: Read) -> bool:
    """True where one surely reads a figure, and the other is not sure of something else."""
    return is_figure(one.text) and one.sure >= SURE > other.sure and not is_figure(other.text)


def is_figure(text: str) -> bool:
    """True for what may stand where a figure is expected: a number, a dash, a slash."""
    return bool(_FIGURE.fullmatch(text)) or text in (DASH, "/")


def _has_lost_point(one: Read, other: Read) -> bool:
    """True where one reads a gap between digits, and the other a point in it."""
    return bool(_GAP.search(one.raw)) and "." in other.text and other.text.replace(".", "") == one.text


def _in_time(model: Recogniser, found: Sequence[CutLine], end: float) -> list[Letters]:
    """The readings of some lines by a recogniser. Raises `Refused` at the end of the page's time."""
    by_width = sorted(range(len(found)), key=lambda n: found[n].picture.shape[1] / found[n].picture.shape[0])
    read: dict[int, Letters] = {}
    for at in range(0, len(found), _TOGETHER):
        if time.process_time() > end:
            raise Refused("too-slow", f"{CPU_SECONDS:g} seconds a page")
        numbers = by_width[at : at + _TOGETHER]
        read.update(zip(numbers, model.read([found[n].picture for n in numbers]), strict=True))
    return [read[n] for n in range(len(found))]


def _again(found: Sequence[CutLine], cleaned: Sequence[Read], end: float) -> dict[int, Read]:
    """By number of a line what the second recogniser reads of it: of what may be a figure, and of large print."""
    model = recogniser("second")
    if model is None:
        return {}
    chosen = [n for n, (line, one) in enumerate(zip(found, cleaned, strict=True)) if _decides(line, one)]
    lines = [found[n].closely for n in chosen]
    read = _in_time(model, [line.narrower(_NARROWER) for line in lines], end)
    return {n: _cleaned(line, letters) for n, line, letters in zip(chosen, lines, read, strict=True)}


def _rivals(
    found: Sequence[CutLine], cleaned: list[Read], again: dict[int, Read], end: float
) -> dict[int, tuple[str, ...]]:
    """All other readings of each line, by its number, where the recognisers are not sure of it, in any crop."""
    doubtful = [
        n for n, other in again.items()
        if min(cleaned[n].sure, other.sure) < SURE or cleaned[n].text != other.text
    ]  # fmt: skip
    seen: dict[int, list[str]] = {n: [again[n].text] for n in doubtful}
    second = recogniser("second")
    assert second is not None or not doubtful
    for model, lines in ((_first(), [found[n].closely for n in doubtful]), (second, [found[n] for n in doubtful])):
        for n, line, letters in zip(doubtful, lines, _in_time(model, lines, end) if model else (), strict=True):
            once_more = _cleaned(line, letters)
            seen[n].append(once_more.text)
            before = cleaned[n] if model is _first() else again[n]
            if once_more.text == before.text and not line.spoilt:
                surer = before._replace(sure=max(before.sure, once_more.sure))
                if model is _first():
                    cleaned[n] = surer
                else:
                    again[n] = surer
    return {n: tuple(t for t in dict.fromkeys(texts) if t != cleaned[n].text) for n, texts in seen.items()}


def _decides(line: CutLine, one: Read) -> bool:
    """True for a line of a cell that is a figure or might be one."""
    looks = one.raw.translate(_LOOK_ALIKES)
    others = sum(not (c.isdigit() or c in _SPECKS or c == DASH) for c in looks)
    return line.in_cell and (len(one.text) <= 1 or (any(map(str.isdigit, looks)) and others <= _UNIT))


# --------------------------------------------------------------------------------------------------- what a line says


def _cleaned(line: CutLine, letters: Letters) -> Read:
    """What a line says by the recogniser and the shape of its ink."""
    raw = "".join(i.text for i in letters)
    if line.in_cell:
        shaped = _by_shape(line, raw)
        if shaped:
            return shaped
        if _is_slash(line, raw):
            return Read("/", 1.0, raw, (Letter("/", 0.5, 1.0),))
        text = _DIRT.sub("", raw.translate(_LOOK_ALIKES).strip(_SPECKS).replace(" ", ""))
        if raw and _FIGURE.fullmatch(text):
            kept = tuple(i for i in letters if _FIGURE_PART.match(i.text.translate(_LOOK_ALIKES)))
            sure = min((i.sure for i in kept), default=0.0)
            if "".join(i.text for i in kept).translate(_LOOK_ALIKES).strip(_SPECKS) != text:
                kept = letters
            return Read(text, sure if _has_shape(line, text) and _has_point(line, text) else 0.0, raw, kept)
    return Read(raw.strip(), min((i.sure for i in letters), default=0.0), raw, letters)


_FIGURE_PART = re.compile(r"[-—–－\d,，.．%％]")


def _by_shape(line: CutLine, raw: str) -> Read | None:
    """A dash, or no figure at all, where the ink is too flat or too small for one."""
    width, height = line.size
    if height < _FLAT and width > _WIDE * height and width >= _DASH:
        sure = 1.0 if width >= _SURE_DASH else 0.5
        return Read(DASH, sure, raw, (Letter(DASH, 0.5, sure),))
    if height < _DUST and width < _DUST:
        return Read("", 1.0, raw, ())
    return None


def _is_slash(line: CutLine, raw: str) -> bool:
    """True for one stroke that leans as a slash does, which recognisers take for a 1."""
    if raw.strip().translate(_LOOK_ALIKES) not in ("1", "/", "7", "!") or len(line.pieces) != 1:
        return False
    stroke = line.picture < _DARK
    rows = np.flatnonzero(stroke.any(axis=1))
    if len(rows) < _LEAST_STROKE:
        return False
    first, last = stroke[rows].argmax(axis=1), stroke.shape[1] - stroke[rows, ::-1].argmax(axis=1)
    wide = last - first
    slope = np.polyfit(rows, (first + last) / 2, 1)[0]
    return bool(wide.max() <= _EVEN * float(np.median(wide)) and -_STEEP_SLASH < slope < -_LEANING)


def _has_shape(line: CutLine, text: str) -> bool:
    """False for a lone 1 that is wider than high."""
    if text != "1":
        return True
    tallest = max(line.pieces, key=lambda p: p[BOTTOM] - p[TOP], default=None)
    return tallest is None or tallest[RIGHT] - tallest[LEFT] <= _NARROW * (tallest[BOTTOM] - tallest[TOP])


def _has_point(line: CutLine, text: str) -> bool:
    """False where a sign before three digits may be a comma as well as a point, by the shape of its ink."""
    if not _THOUSANDS.search(text):
        return True
    tall = max((p[BOTTOM] - p[TOP] for p in line.pieces), default=0)
    signs = [p for p in line.pieces if p[BOTTOM] - p[TOP] < _SIGN * tall and p[TOP] > line.span.top + tall / 2]
    if len(signs) != len(_THOUSANDS.findall(text)):
        return False
    higher = [(p[BOTTOM] - p[TOP]) / (p[RIGHT] - p[LEFT]) for p in signs]
    return bool(max(higher) <= _ROUND) if "." in text else bool(min(higher) > _ROUND)


# ------------------------------------------------------------------------------------------------- characters and crops


def _put(page: Page, line: CutLine, one: Read, other: Read | None, rivals: tuple[str, ...]) -> None:
    """Add what a line says to its page."""
    page.chars += _chars(line, one)
    page.again += _chars(line, other or one)
    if one.text or (other and other.text):
        left, top, right, bottom = (round(side * POINTS, 2) for side in line.span)
        text, sure = (other.text, round(other.sure, 3)) if other else (None, 0.0)
        page.crops.append(Crop(left, top, right, bottom, one.text, round(one.sure, 3), text, sure, one.raw, rivals))


def _chars(line: CutLine, read: Read) -> Iterator[Char]:
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
