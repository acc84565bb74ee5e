"""What two recognisers read of printed lines, and how sure they are: figures twice, text once.

Ink that is not a letter is recognised by its shape, whatever a recogniser says.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.readers.refused import Refused
from pipeline.readers.scan.cleaning import Mask
from pipeline.readers.scan.connected import BOTTOM, LEFT, RIGHT, TOP
from pipeline.readers.scan.cutting import CutLine
from pipeline.readers.scan.recogniser import LOOK_ALIKES, Letter, Letters, Recogniser, recogniser
from pipeline.readers.scan.twins import twins

CPU_SECONDS = 60.0
"""Of one page; one full of small print takes a tenth of it."""

SURE = 0.9  # of a character: a line with a less certain one is read again
_SURE_OF_TWIN = 0.95  # of a figure that is taken for another that looks the same
_TOGETHER = 32  # lines: after this many the time is checked
_NARROWER, _NARROW_TEXT = 0.75, 0.6  # of the width: enough for figures, and for text; with less it loses digits
_NARROW_CLOSE = 0.6  # of the width: enough for figures with less paper around them, which are larger
_LONE, _LONG_LINE = 0.9, 5.0  # ems: what is no longer is a lone digit, what is longer is text
_FLAT, _WIDE, _DASH = 0.3, 1.6, 0.25  # a dash is lower than so much of an em, so much wider than high, and so long
_SURE_DASH, _UNSURE = 0.35, 0.5
_DUST = 0.3  # of the em: anything smaller both ways is not a figure
_DARK, _LEAST_STROKE = 128, 8  # the grey of a stroke, and its height in pixels
_LEANING, _STEEP_SLASH = 0.2, 1.2  # by how much a slash leans to the right for each pixel of its height
_EVEN = 1.6  # of its usual width: no row of a slash is wider; a 1 has a flag, a 7 a bar
_NARROW = 1.15  # a 1 is not wider than high
_BELOW_FLAG, _ABOVE_FOOT, _BAR = 0.45, 0.8, 2.0  # of its height: in between no row of a 1 is so much wider than others
_FIGURE = re.compile(r"[-—–－]?\d[\d,，]*(?:[.．]\d+)?[%％]?")
_GAP = re.compile(r"\d +\d")
_DIRT = re.compile(r"(?<=\d)[-—–－]+$")
_THOUSANDS = re.compile(r"[.,](?=\d{3}(?!\d))")
_OTHER_DIGIT = re.compile(r"[02-9]")  # recognisers take a dash for a 1, but the bar of a 7 without its stem for a 7
_SIGN, _ROUND = 0.5, 1.25  # of the height of a digit: what is lower is a sign; a point is hardly higher than wide
_LOOK_ALIKES = str.maketrans({c: digit for digit, alike in LOOK_ALIKES.items() for c in alike})
_SPECKS = " .,。，、·•'`’‘:;：；_\"”“´^~*"
_UNIT = 3  # characters beside digits: more are a label, in which a second reading decides nothing
DASH = "—"


class Read(NamedTuple):
    """What a recogniser read: text with specks and look-alikes cleaned out, least probability, raw text, letters."""

    text: str
    sure: float
    raw: str
    letters: Letters


def first_recogniser() -> Recogniser:
    """The first recogniser, which is there wherever pictures are read."""
    found = recogniser("first")
    assert found is not None, "asked for before the readers look whether it is installed"
    return found


def read_lines(
    found: Sequence[CutLine], known: Mapping[int, Letters] = MappingProxyType({})
) -> list[tuple[Read, Read | None, tuple[str, ...]]]:
    """For each line what the first recogniser reads, what the second does where it was asked, and what else they read.

    `known` is what the first has read already, by the numbers of lines. Raises `Refused` where reading takes longer
    than a page may.
    """
    end = time.process_time() + CPU_SECONDS
    alike = _twins(found)
    read = _by_first(found, known, alike, end)
    cleaned = [_cleaned(line, letters) for line, letters in zip(found, read, strict=True)]
    firsts = {n: one._replace(sure=0.0) if found[n].spoilt else one for n, one in enumerate(cleaned)}
    seconds = _by_second(found, firsts, alike, end)
    rivals = _rivals(found, firsts, seconds, end)  # which makes readings surer that come out alike
    return [(*_best(one, seconds.get(n)), rivals.get(n, ())) for n, one in firsts.items()]


def _twins(found: Sequence[CutLine]) -> dict[int, int]:
    """By the number of a lone figure in a cell that of an earlier one that looks the same."""
    lone = [
        n for n, line in enumerate(found)
        if line.in_cell and line.size[0] <= _LONE and not line.spoilt and not _by_ink(line)
    ]  # fmt: skip
    return {lone[n]: lone[twin] for n, twin in twins([found[n].picture for n in lone]).items()}


def _by_first(
    found: Sequence[CutLine], known: Mapping[int, Letters], alike: Mapping[int, int], end: float
) -> list[Letters]:
    """What the first recogniser reads, and of lines that it is not sure of what it reads of more dots."""
    read = {n: () for n, line in enumerate(found) if _by_ink(line)} | dict(known)
    crops = {n: narrowed(line) for n, line in enumerate(found) if n not in read}
    read |= _read_once(first_recogniser(), crops, alike, end)
    unsure = [n for n, line in enumerate(found) if _is_unsure(line, read[n])]
    again = _in_time(first_recogniser(), [found[n] for n in unsure], end)
    read.update((n, _surer(found[n], read[n], letters)) for n, letters in zip(unsure, again, strict=True))
    return [read[n] for n in range(len(found))]


def _read_once(
    model: Recogniser, crops: Mapping[int, CutLine], alike: Mapping[int, int], end: float
) -> dict[int, Letters]:
    """The readings of some lines, by their numbers: of those that look the same one is read, if surely as a figure."""
    twin = {n: alike[n] for n in crops if alike.get(n) in crops}
    read: dict[int, Letters] = {}

    def ask(numbers: Sequence[int]) -> None:
        read.update(zip(numbers, _in_time(model, [crops[n] for n in numbers], end), strict=True))

    ask([n for n in crops if n not in twin])
    read |= {n: read[other] for n, other in twin.items() if _is_surely_figure(read[other])}
    ask([n for n in crops if n not in read])
    return read


def _is_surely_figure(letters: Letters) -> bool:
    return is_figure("".join(i.text for i in letters)) and min(i.sure for i in letters) >= _SURE_OF_TWIN


def _is_unsure(line: CutLine, letters: Letters) -> bool:
    """True for a line that may be read better of more dots."""
    return line.size[0] > _LONE and _certainty(line, letters) < SURE


def _surer(line: CutLine, letters: Letters, again: Letters) -> Letters:
    """What is read of more dots; of a text that is less sure of these, what was read first."""
    return letters if _is_chinese(letters) and _certainty(line, letters) > _certainty(line, again) else again


def _certainty(line: CutLine, letters: Letters) -> float:
    """The least probability of a line; 0 for one without letters.

    In a text no brackets and points count: a recogniser often wavers between their Chinese and Western forms.
    """
    is_text = line.size[0] > _LONG_LINE or _is_chinese(letters)
    counted = [i for i in letters if i.text.isalnum()] if is_text else letters
    return min((i.sure for i in counted), default=0.0)


def _is_chinese(letters: Letters) -> bool:
    return sum("\u4e00" <= i.text <= "\u9fff" for i in letters) > 1


def narrowed(line: CutLine) -> CutLine:
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


def _by_second(
    found: Sequence[CutLine], firsts: Mapping[int, Read], alike: Mapping[int, int], end: float
) -> dict[int, Read]:
    """By number of a line what the second recogniser reads of it: of what may be a figure, and of large print."""
    model = recogniser("second")
    if model is None:
        return {}
    by_ink = {n: one for n, one in firsts.items() if _by_ink(found[n])}
    chosen = [n for n, one in firsts.items() if n not in by_ink and _decides(found[n], one)]
    lines = {n: found[n].closely for n in chosen}
    crops = {n: line.narrower(_NARROW_CLOSE) if line.size[0] > _LONE else line for n, line in lines.items()}
    read = _read_once(model, crops, alike, end)
    return by_ink | {n: _cleaned(line, read[n]) for n, line in lines.items()}


def _rivals(
    found: Sequence[CutLine], firsts: dict[int, Read], seconds: dict[int, Read], end: float
) -> dict[int, tuple[str, ...]]:
    """All other readings of each line, by its number, where the recognisers are not sure of it.

    Both read it again with more and with less paper around it and with fewer dots. A recogniser that reads the same
    every time is as sure as it was at best.
    """
    doubtful = [n for n, other in seconds.items() if not _by_ink(found[n]) and _is_doubtful(firsts[n], other)]
    seen = {n: [seconds[n].text] for n in doubtful}
    for name, own in (("first", firsts), ("second", seconds)):
        more = {n: [_cleaned(found[n], letters) for letters in read] for n, read in _reread(name, found, doubtful, end)}
        for n, read in more.items():
            seen[n] += [r.text for r in read]
            if all(r.text == own[n].text for r in read) and not found[n].spoilt:
                own[n] = own[n]._replace(sure=max(own[n].sure, *(r.sure for r in read)))
    return {n: tuple(t for t in dict.fromkeys(texts) if t != firsts[n].text) for n, texts in seen.items()}


def _reread(
    name: str, found: Sequence[CutLine], numbers: Sequence[int], end: float
) -> Iterator[tuple[int, list[Letters]]]:
    """What a recogniser reads of some lines in other crops than the one that it was given first."""
    model = recogniser(name)
    if model is None or not numbers:
        return
    crops = [
        crop
        for n in numbers
        for crop in (found[n].closely if name == "first" else found[n], found[n].closely.narrower(_NARROWER))
    ]
    read = _in_time(model, crops, end)
    for place, n in enumerate(numbers):
        yield n, read[2 * place : 2 * place + 2]


def _is_doubtful(one: Read, other: Read) -> bool:
    return min(one.sure, other.sure) < SURE or one.text != other.text


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
            sure = _UNSURE if "7" in raw else 1.0
            return Read("/", sure, raw, (Letter("/", 0.5, sure),))
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
    if _is_flat(line) and line.size[0] >= _SURE_DASH:
        return _dash(_UNSURE if _OTHER_DIGIT.search(raw) else 1.0, raw)
    return _by_ink(line)


def _by_ink(line: CutLine) -> Read | None:
    """The same where that is so whatever a recogniser says, so that none is asked: a short dash, or dust."""
    if not line.in_cell:
        return None
    if _is_flat(line):
        return _dash(_UNSURE, "") if line.size[0] < _SURE_DASH else None
    return Read("", 1.0, "", ()) if max(line.size) < _DUST else None


def _is_flat(line: CutLine) -> bool:
    width, height = line.size
    return height < _FLAT and width > _WIDE * height and width >= _DASH


def _dash(sure: float, raw: str) -> Read:
    return Read(DASH, sure, raw, (Letter(DASH, 0.5, sure),))


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
    """False for a lone 1 that is wider than high, or has a bar below its flag, as what is left of a 4 has."""
    if text != "1":
        return True
    tallest = max(line.pieces, key=lambda p: p[BOTTOM] - p[TOP], default=None)
    if tallest is not None and tallest[RIGHT] - tallest[LEFT] > _NARROW * (tallest[BOTTOM] - tallest[TOP]):
        return False
    widths = _widths(line.picture < _DARK)
    part = widths[round(_BELOW_FLAG * len(widths)) : round(_ABOVE_FOOT * len(widths))]
    return not len(part) or float(part.max()) <= _BAR * float(np.median(part))


def _widths(stroke: Mask) -> npt.NDArray[np.int64]:
    """How far the ink of each row reaches, from the first row with any to the last."""
    rows = np.flatnonzero(stroke.any(axis=1))
    if not len(rows):
        return np.zeros(0, dtype=np.int64)
    inked = stroke[rows[0] : rows[-1] + 1]
    last = inked.shape[1] - inked[:, ::-1].argmax(axis=1)
    return np.where(inked.any(axis=1), last - inked.argmax(axis=1), 0).astype(np.int64)


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
