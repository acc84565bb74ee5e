"""A file that holds several reports: a district's with those of its bureaus, this year's with last year's.

Each report begins at its title, or at the name of a body right before its first heading (`report_starts`). One counts
only where tables or sections of a report follow it, so that a list of other reports at the end of a page does not begin
one. The title of the collection before them is no report of its own, unless tables follow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.document import Block, Document
from pipeline.forms.model import Form
from pipeline.layout.report_starts import Start, Words, heading_of, starts_in, tables_in


def reports_in(document: Document, forms: Sequence[Form]) -> tuple[Document, ...]:
    """The reports of a document in reading order, each as a document of its own; the whole where there is only one."""
    words = Words.of(forms)
    found = starts_in(document, words)
    starts = [s for s in found if s.holds_report]
    blocks = document.blocks
    if not starts or (len(starts) == 1 and not _is_one_of_several(starts[0], found, blocks, words)):
        return (document,)
    begins = [s.at for s in starts]
    headings = [heading_of(s, found) for s in starts]
    if tables_in(blocks[: begins[0]], words):  # whose tables come before the first title
        begins, headings = [0, *begins], [None, *headings]
    elif not any(s.at < begins[0] and s.text != starts[0].text for s in found):
        begins[0] = 0
    parts = [blocks[left:right] for left, right in pairwise([*begins, len(blocks)])]
    return tuple(
        replace(document, blocks=part, names=(), heading=heading) for part, heading in zip(parts, headings, strict=True)
    )


def _is_one_of_several(start: Start, found: Sequence[Start], blocks: Sequence[Block], words: Words) -> bool:
    """True for the only start of a file where its tables stand above it as well, or a collection's title does."""
    if tables_in(blocks[: start.at], words) & tables_in(blocks[start.at :], words) - {0}:
        return True
    return any(s.kind == "collection" for s in found) and start.kind != "title"
