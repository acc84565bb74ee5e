"""How a cell shows its text, and which part of it a person sees: one law for every format.

A reader hands on the text of a cell as its file has it, in the order of reading: lines separated by line ends; struck,
raised, lowered or hidden text enclosed in marks; one sign for each thing that is not text. `shown` decides what is part
of the cell. What does *not* belong here: how a format says that something is struck or hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from pipeline.numbers import OBJECT, figure

__all__ = ["OBJECT", "Mark", "Shown", "looks_like_note", "marked", "plain", "shown"]

Mark = Literal["hidden", "struck", "raised", "lowered"]

# Characters that Unicode keeps for such internal use and no text has. The stronger mark comes first.
BEGIN: dict[Mark, str] = {"hidden": "\ufdd0", "struck": "\ufdd1", "raised": "\ufdd2", "lowered": "\ufdd3"}
END = "\ufddf"
DRAWN = "\ufdd5"  # a character of a symbol font or the like, which is not known: in a figure an object, else ornament
_MARK_OF = {sign: mark for mark, sign in BEGIN.items()}
_SIGN = re.compile(f"([{''.join(BEGIN.values())}{END}])")
_NO_TEXT: frozenset[Mark] = frozenset({"hidden", "struck"})
# Anything that `shown` must look at: a mark or sign, a line end, or digits with a space between each two.
_SPECIAL = re.compile(f"[{''.join(BEGIN.values())}{END}{DRAWN}\n]|^[0-9０-９](?:[ \u00a0\u2009\u3000][0-9０-９])+$")
# Digits set apart are one figure, zeros are not.
_SPACED = re.compile("^(?!0[ \u00a0\u2009\u3000])[0-9０-９](?:[ \u00a0\u2009\u3000][0-9０-９])+$")
_DIGIT = re.compile("[0-9０-９]")
_NOTE = re.compile(
    r"^[\s(（\[［【〔]*(?:注释?|备注|note)?[\s:：]*(?:[0-9０-９]{1,3}|[①-⑳⓪-⓿❶-❿a-zA-Z*＊※†‡★☆△▲#＃]{1,3}|[一二三四五六七八九十]{1,3})?"
    r"[\s)）\]］】〕.、]*$",
    re.IGNORECASE,
)
_GAPS = " \t\r\f\v\u00a0\u3000\u2002\u2003\u2009\u200b\u200c\u200d\u2028\u2060\ufeff"


class Shown(NamedTuple):
    """What a person sees of a cell, and what its file has beside that: struck, hidden, or a note's mark."""

    text: str
    left_out: str = ""


class _Run(NamedTuple):
    """A stretch of text that is shown alike."""

    text: str
    mark: Mark | None


def marked(text: str, mark: Mark) -> str:
    """The text between the marks that say how it is shown. Marks may be nested: the stronger one counts."""
    return f"{BEGIN[mark]}{text}{END}" if text else ""


def looks_like_note(text: str) -> bool:
    """True for what may be the mark of a note: a short number, a sign or a letter, with brackets or without."""
    return bool(text.strip() and _NOTE.match(text))


def plain(content: str) -> str:
    """Text outside of cells as a person sees it: without what is hidden or struck; raised text stays."""
    if DRAWN in content:
        content = content.replace(DRAWN, "")
    if not _SIGN.search(content):
        return content
    return "".join(r.text for r in _runs(content) if r.mark not in _NO_TEXT)


@lru_cache(maxsize=20_000)
def shown(content: str) -> Shown:
    """The part of a cell's content that a person sees as its text, and the part that is left out.

    Struck and hidden text is left out; so are raised or lowered marks behind or before a figure, and those that look
    like the mark of a note elsewhere. Lines are put together, as labels and remarks are wrapped to fit; only between
    two digits a line end stays, since no line says whether one figure goes on or another one begins.
    """
    if not _SPECIAL.search(content):
        return Shown(content)
    if DRAWN in content:
        return _with_drawn(content.replace(DRAWN, ""))
    text, left_out = _seen(content) if _SIGN.search(content) else (content, "")
    if "\n" in text:
        text = joined(text.split("\n"))
    if _SPACED.match(text.strip()):
        text = "".join(_DIGIT.findall(text))
    return Shown(text, left_out)


def _with_drawn(beside: str) -> Shown:
    """What is seen of a cell with something drawn: a label without it, but no figure that it may be a part of."""
    found = shown(beside)
    return found if figure(found.text).kind == "word" else found._replace(text=found.text + OBJECT)


def _seen(content: str) -> tuple[str, str]:
    runs = _on_the_line(list(_runs(content)))
    beside = "".join(r.text for r in runs if r.mark is None)
    whole = "".join(r.text for r in runs if r.mark not in _NO_TEXT)
    kept: list[str] = []
    left_out: list[str] = []
    for run in runs:
        gone = run.mark in _NO_TEXT or (run.mark is not None and _is_note(run.text, beside, whole))
        (left_out if gone else kept).append(run.text)
    return "".join(kept).strip(_GAPS), " ".join(t for t in (t.strip(_GAPS + "\n") for t in left_out) if t)


def _runs(content: str) -> Iterator[_Run]:
    """The runs of a content; marks that do not come in pairs hold up to the end."""
    inside: list[Mark] = []
    for part in _SIGN.split(content):
        if part in _MARK_OF:
            inside.append(_MARK_OF[part])
        elif part == END:
            if inside:
                inside.pop()
        elif part:
            yield _Run(part, next((m for m in BEGIN if m in inside), None))


def _on_the_line(runs: list[_Run]) -> list[_Run]:
    """The runs; where all is moved, some up and some down, the lowered ones are the line below the others."""
    if {r.mark for r in runs if r.mark not in _NO_TEXT and r.text.strip(_GAPS + "\n")} != {"raised", "lowered"}:
        return runs
    return [r._replace(mark=None) if r.mark == "lowered" else r for r in runs]


def _is_note(raised: str, beside: str, whole: str) -> bool:
    """True for what is raised beside a figure, and for what looks like the mark of a note beside a label.

    Not where it takes both to make a figure, as in 12.⁵⁰.
    """
    if not beside.strip(_GAPS + "\n"):
        return False
    if figure(beside).kind == "number":
        return True
    return figure(whole).kind != "number" and looks_like_note(raised)


def joined(lines: list[str]) -> str:
    """Lines of a cell as one text: without a space, but between Latin words; a line end stays between two digits."""
    lines = [line for line in (line.strip(_GAPS) for line in lines) if line]
    parts = lines[:1]
    for before, line in pairwise(lines):
        parts += [_between(before[-1], line[0]), line]
    return "".join(parts)


def _between(last: str, first: str) -> str:
    if _DIGIT.match(last) and _DIGIT.match(first):
        return "\n"
    return " " if last.isascii() and first.isascii() and last.isalpha() and first.isalpha() else ""
