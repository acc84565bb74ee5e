"""How a page names itself: its <title>, what its editor entered as the article's title, and its first headings."""

from __future__ import annotations

import re
from html import unescape

_NAMED = re.compile(r"<(title|h1)\b[^>]*>(?P<text>.{0,2000}?)</\1\s*>", re.IGNORECASE | re.DOTALL)
_META = re.compile(r"<meta\b[^>]{0,40}\bname\s*=\s*[\"']?ArticleTitle\b[^>]*>", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


def names_of_page(text: str) -> tuple[str, ...]:
    """The names of a page in the order of its source, each once."""
    found = [unescape(_TAG.sub("", m["text"])).strip() for m in _NAMED.finditer(text)]
    entered = (_CONTENT.search(m[0]) for m in _META.finditer(text))
    found += [unescape(m["double"] or m["single"] or "").strip() for m in entered if m]
    return tuple(dict.fromkeys(name for name in found if name))
