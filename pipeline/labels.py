"""Printed labels made comparable: the canonical text of a label and its ordinal.

Only for matching: what is stored is always the text as printed. What a label *means* is a matter of the forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rapidfuzz.distance import Levenshtein

# Radicals of the CJK supplement that compatibility normalisation leaves alone, as browsers' PDF files print them.
_RADICALS = str.maketrans("⺠⻅⻥⻔⻓⻬⻛", "民见鱼门长齐风")
_RADICAL = re.compile(f"[{''.join(map(chr, _RADICALS))}]")
_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")
_CHINESE = r"[一二三四五六七八九十]{1,3}"
_NUMERAL = rf"{_CHINESE}|[0-9]{{1,2}}"
_ORDINAL = re.compile(
    rf"^(?:\((?P<bracketed>{_NUMERAL})\)[.、]?|(?P<chinese>{_CHINESE})[.、:]|(?P<arabic>[0-9]{{1,2}})(?:[、:]|\.(?![0-9])))"
)
_REMARK = re.compile(r"\([^()]*\)")
_BARE_NUMERAL = re.compile(rf"^\((?:{_NUMERAL})\)$")
_NOT_TEXT = re.compile(r"[^\w]|_")


_REMEMBERED = 100  # characters: headings and labels are asked for many times over
_LONGEST = 600  # the longest explanations inside of labels have some two hundred characters


@dataclass(frozen=True, slots=True)
class Label:
    """A label ready to be compared: text without spaces, punctuation and remarks; its ordinal, or ''."""

    text: str
    ordinal: str = ""


def compact(text: str) -> str:
    """The text in compatibility form (full-width to half-width, radicals to characters), without white space."""
    return _compacted(text) if len(text) <= _REMEMBERED else _compacted.__wrapped__(text)


@lru_cache(maxsize=8_192)
def _compacted(text: str) -> str:
    if _RADICAL.search(text):  # a search is cheaper than a translation, and few files have radicals
        text = text.translate(_RADICALS)
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=1)
def _simplified_characters() -> dict[int, str]:
    """Traditional characters to simplified ones, from the table of the library OpenCC."""
    table = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {ord(traditional): simple.split(" ")[0] for traditional, simple in pairs}


def simplified(text: str) -> str:
    """The text in simplified characters, one for one; words that differ (檔案 for 文件) stay."""
    return text.translate(_simplified_characters())


@lru_cache(maxsize=20_000)
def label(printed: str) -> Label:
    """The label that a printed text stands for; its text is '' where nothing but a remark is printed.

    A leading ordinal (`三、`, `（一）`, `1.`) is taken off, remarks in brackets are left out, bracketed
    numerals inside (`第（一）项`) stay. A text too long for any label has none.
    """
    if len(printed) > _LONGEST:
        return Label("")
    text = simplified(compact(printed))
    found = _ORDINAL.match(text)
    ordinal = ""
    if found and found.end() < len(text):
        ordinal = found["bracketed"] or found["chinese"] or found["arabic"]
        text = text[found.end() :]
    text = _without_remarks(text)
    return Label(_NOT_TEXT.sub("", text), ordinal)


def labels_of(printed: Iterable[str]) -> frozenset[str]:
    """The canonical texts of the labels that are printed; an empty text gives none."""
    return frozenset({label(text).text for text in {*printed} if text})


def _without_remarks(text: str) -> str:
    def keep(m: re.Match[str]) -> str:
        return m[0] if _BARE_NUMERAL.match(m[0]) else ""

    previous = None
    while previous != text:  # remarks may be nested
        previous, text = text, _REMARK.sub(keep, text)
    return text


def similarity(a: str, b: str) -> float:
    """How alike two canonical texts are: 1 less their edit distance over the longer one's length."""
    return float(Levenshtein.normalized_similarity(a, b))
