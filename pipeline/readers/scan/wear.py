"""Whether print is worn so far that what is left of a figure may look like another one: a 4 like a 1, a 7 like a slash.

Such a figure by itself looks right, and both recognisers are sure of it. What gives a page away is the others: many are
doubtful, or in more pieces than they have digits.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.readers.scan.cutting import CutLine
from pipeline.readers.scan.recognition import Read, is_figure

Reading = tuple[Read, Read | None, tuple[str, ...]]
"""What `read_lines` gives for a line."""

UNSURE = 0.5
_CHANCE = 0.7  # of a character
_DOUBTFUL, _HARMED = 0.1, 1 / 3  # of the figures: so many are doubtful, or doubtful or broken, where print is worn
_LEAST = 3  # figures: fewer are chance


def is_worn(lines: Sequence[CutLine], read: Sequence[Reading]) -> bool:
    """True for a page of which many figures are doubtful or broken; ink across a figure, as of a seal, is no wear."""
    figures = [(line, r) for line, r in zip(lines, read, strict=True) if line.in_cell and _may_be_figure(line, r)]
    doubtful = [_is_doubtful(*r) for _, r in figures]
    harmed = [d or _is_broken(line, r[0]) for d, (line, r) in zip(doubtful, figures, strict=True)]
    return _are_many(doubtful, _DOUBTFUL) or _are_many(harmed, _HARMED)


def doubted(read: Reading) -> Reading:
    """A reading of worn print: it stays, and is not sure."""
    one, other, rivals = read
    return one._replace(sure=min(one.sure, UNSURE)), other, rivals


def _are_many(marked: Sequence[bool], share: float) -> bool:
    return sum(marked) >= max(_LEAST, share * len(marked))


def _may_be_figure(line: CutLine, read: Reading) -> bool:
    one, other, _ = read
    return not line.spoilt and other is not None and (is_figure(one.text) or is_figure(other.text) or not one.text)


def _is_doubtful(one: Read, other: Read | None, rivals: tuple[str, ...]) -> bool:
    """True for a figure that is read in two ways, or by chance; print that is only unusual is read in one."""
    return other is None or min(one.sure, other.sure) < _CHANCE or one.text != other.text or bool(rivals)


def _is_broken(line: CutLine, one: Read) -> bool:
    """True for a figure of more pieces of ink than it has characters."""
    return len(line.pieces) > max(len(one.text), 1)
