"""Which lines of a page are items of a list or links, as those to the reports of other bodies and years are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from pipeline.document import Block, Paragraph
from pipeline.labels import compact
from pipeline.readers.html.sheets import elements

_HEADS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ABOUT = "公开"  # others are no titles of a report
_FOUND = etree.XPath(f"descendant::li[contains(., '{_ABOUT}')] | descendant::a[@href][contains(., '{_ABOUT}')]")


def listed_in(root: etree._Element) -> Counter[str]:
    """The text of each such item in compact form, and how often the page lists it. A heading may be a link as well."""
    has_any = next(root.iter("li", "a"), None) is not None
    return Counter(_items(elements(_FOUND(root))) if has_any else ())


def _items(found: Sequence[etree._Element]) -> Iterator[str]:
    for element in found:
        around = [e for e in element.iterancestors() if isinstance(e.tag, str)]
        if element.tag == "a" and any(e.tag in _HEADS for e in around):
            continue
        line = compact(_text(element))
        if element.tag == "li" or all(e.tag != "li" or compact(_text(e)) != line for e in around):
            yield line


def _text(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))


def with_listed(blocks: Sequence[Block], items: Counter[str]) -> tuple[Block, ...]:
    """The blocks with the lines marked that only lists print."""
    if not items:
        return tuple(blocks)
    longest = 2 * max(map(len, items))  # with gaps
    lines = [
        compact(b.text) if isinstance(b, Paragraph) and len(b.text) <= longest and _ABOUT in b.text else ""
        for b in blocks
    ]
    printed = Counter(line for line in lines if line in items)
    listed = {line for line, n in items.items() if n >= printed[line]}
    return tuple(
        replace(b, listed=True) if isinstance(b, Paragraph) and line in listed else b
        for b, line in zip(blocks, lines, strict=True)
    )
