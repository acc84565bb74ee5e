"""Which lines of a page are items of a list or links, as those to the reports of other bodies and years are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from pipeline.document import Block, Paragraph
from pipeline.labels import compact

_HEADS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ABOUT = "公开"  # others are no titles of a report


def listed_in(root: etree._Element) -> Counter[str]:
    """The text of each such item in compact form, and how often the page lists it. A heading may be a link as well."""
    return Counter(_items(root))


def _items(root: etree._Element) -> Iterator[str]:
    for element in root.iter("li", "a"):
        text = _text(element)
        if _ABOUT not in text:
            continue
        around = [e for e in element.iterancestors() if isinstance(e.tag, str)]
        if element.tag == "a" and (element.get("href") is None or any(e.tag in _HEADS for e in around)):
            continue
        line = compact(text)
        if element.tag == "li" or all(e.tag != "li" or compact(_text(e)) != line for e in around):
            yield line


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def with_listed(blocks: Sequence[Block], items: Counter[str]) -> tuple[Block, ...]:
    """The blocks with the lines marked that only lists print."""
    if not items:
        return tuple(blocks)
    printed = Counter(compact(b.text) for b in blocks if isinstance(b, Paragraph))
    listed = {line for line, n in items.items() if n >= printed[line]}
    return tuple(
        replace(b, listed=True) if isinstance(b, Paragraph) and compact(b.text) in listed else b for b in blocks
    )
