"""How a page names itself: its <title>, what its editor entered as the article's title, and its first headings."""

from __future__ import annotations

import re
from html import unescape

_ENTERED = r"[^>]{0,40}\bname\s*=\s*[\"']?ArticleTitle\b[^>]*>"
_META = re.compile(rf"<meta\b{_ENTERED}", re.IGNORECASE)
# Both kinds at once, told by their first letter: a page has thousands of tags to look at.
_NAMED = re.compile(
    r"<(?-i:[mMtThH])(?:(?:(?<=[tT])(?P<title>itle)|(?<=[hH])1)\b[^>]*>(?P<text>.{0,2000}?)</(?(title)title|h1)\s*>"
    rf"|(?<=[mM])eta\b(?=(?P<entered>{_ENTERED})))",
    re.IGNORECASE | re.DOTALL,
)
_CONTENT = re.compile(r"\bcontent\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


def names_of_page(text: str) -> tuple[str, ...]:
    """The names of a page in the order of its source, each once."""
    named = list(_NAMED.finditer(text))
    found = [unescape(_TAG.sub("", m["text"])).strip() for m in named if m["text"] is not None]
    tags = (tag for m in named for tag in ([m["entered"]] if m["entered"] else _META.findall(m[0])))
    entered = map(_CONTENT.search, tags)
    found += [unescape(m["double"] or m["single"] or "").strip() for m in entered if m]
    return tuple(dict.fromkeys(name for name in found if name))
