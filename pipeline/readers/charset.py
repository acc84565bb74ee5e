"""Charset of a text or web page: from its byte order mark, from being UTF-8, else from what its characters look like.

A page's declaration only breaks ties, because mirrors and editors convert pages and leave the old declaration. A few
broken characters (a cut end, a flipped bit) are U+FFFD in the text; they never change the charset of the rest.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from pipeline.readers.refused import Refused

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins with the mark of UTF-16, so it is asked for first
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHINESE = ("gb18030", "big5hkscs")
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*(utf-?8|gb[-\w]+|big-?5)""", re.IGNORECASE)
_DECLARED_WITHIN = 4096
_HIGH = re.compile(r"[^\x00-\x7f]+")
_BROKEN = "\ufffd"
_SAMPLE = 20_000  # as many characters beyond ASCII are enough to tell charsets apart

# Text in its own charset has 0.95 and more of common characters, in another hardly half.
_PLAUSIBLE = 0.6
_SHORT = 24  # bytes that go on with a character: so few may be UTF-8 by accident
_BROKEN_SHARE = 0.02
_BROKEN_WEIGHT = 3
_TIE = 0.05


def decode(data: bytes) -> str:
    """The text that bytes stand for, byte order mark left out. Raises `Refused` where no charset makes sense."""
    return decoded(data)[0]


def decoded(data: bytes) -> tuple[str, bool]:
    """The text that bytes stand for, and whether they are nothing but this text in UTF-8."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding), False
    if (wide := _wide(data)) is not None:
        return wide, False
    text = _strictly(data, "utf-8")
    if text is not None and (text.isascii() or _surely_utf8(data, text)):
        return text, True
    return _likeliest(data), False


def _marked(data: bytes, encoding: str) -> str:
    """Decode a marked text by its mark, unless too many characters are broken."""
    text = data.decode(encoding, errors="replace")
    if _few_broken(text.count(_BROKEN), len(text)):
        return text
    raise Refused("undecodable")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: zero bytes beside its digits, line ends and tags, most of them on the same side."""
    head = data[:_DECLARED_WITHIN]
    if b"\0" not in head:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even == odd:
        return None
    text = data.decode("utf-16-le" if odd > even else "utf-16-be", errors="replace")
    likely = _few_broken(text.count(_BROKEN), len(text)) and _plausibility(text) >= _PLAUSIBLE
    return text if likely and "\0" not in text else None


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _surely_utf8(data: bytes, text: str) -> bool:
    """True where bytes are UTF-8 only by accident: they are few and look better in another charset."""
    if len(data) - len(text) > _SHORT:
        return True
    own = _plausibility(text)
    others = (_strictly(data, e) for e in _CHINESE)
    return not any(other is not None and _plausibility(other) > max(own, _PLAUSIBLE) for other in others)


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    likelihood: float
    declared: bool

    @property
    def rank(self) -> float:
        return self.likelihood + (_TIE if self.declared else 0.0)


def _likeliest(data: bytes) -> str:
    declared = _declared(data)
    candidates = [_candidate(data, e, declared == e) for e in ("utf-8", *_CHINESE)]
    best = max((c for c in candidates if c is not None), key=lambda c: c.rank, default=None)
    if best is None:
        raise Refused("undecodable")
    return best.text


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_DECLARED_WITHIN])
    if found is None:
        return None
    name = found[1].lower()
    return "utf-8" if name.startswith(b"utf") else "gb18030" if name.startswith(b"gb") else "big5hkscs"


def _candidate(data: bytes, encoding: str, declared: bool) -> _Candidate | None:
    """The text in one charset, unless it breaks too often or its characters are too rare."""
    text = data.decode(encoding, errors="replace")
    high = "".join(_HIGH.findall(text))
    likelihood = _plausibility(text)
    if not _few_broken(high.count(_BROKEN), len(high)) or likelihood < _PLAUSIBLE:
        return None
    return _Candidate(text, likelihood, declared)


def _few_broken(broken: int, all_characters: int) -> bool:
    return broken <= 1 + _BROKEN_SHARE * all_characters and broken * 2 <= all_characters


def _plausibility(text: str) -> float:
    """The share of common Chinese characters and punctuation in what is not ASCII; broken characters weigh more."""
    high = "".join(_HIGH.findall(text))[:_SAMPLE]
    if not high:
        return 1.0
    common = _common()
    good = sum(c in common for c in high)
    return good / (len(high) + (_BROKEN_WEIGHT - 1) * high.count(_BROKEN))


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """The signs and first-level characters of GB 2312 and Big5, which are ordered there by how common they are."""
    signs = _square("gb2312", range(0xA1, 0xAA), range(0xA1, 0xFF))
    simplified = _square("gb2312", range(0xB0, 0xD8), range(0xA1, 0xFF))
    traditional = _square("big5", range(0xA1, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
    return frozenset(signs + simplified + traditional + "\u00a0\u00b7\u2013\u2014\u2022") - {_BROKEN}


def _square(encoding: str, leads: range, trails: range | tuple[int, ...]) -> str:
    return b"".join(bytes(pair) for pair in product(leads, trails)).decode(encoding, errors="ignore")
