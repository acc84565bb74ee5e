"""A file that holds several reports: a district's with those of its bureaus, this year's with last year's.

Each report begins at its title. A title counts only where tables or sections of a report follow it, so that a list of
other reports at the end of a page does not begin one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.document import Block, Document, Grid, Paragraph
from pipeline.forms.model import Form
from pipeline.labels import compact, label
from pipeline.layout.sections import is_heading, without_correction, without_date

_TITLE = re.compile(r"^(?:附件?[0-9一二三四五]*[:：])?(?P<title>[^。；，]{2,40}信息公开[^。；，]{0,12}(?:报告|年报))$")
_YEAR = re.compile(r"20[0-9]{2}")
_FIELD = re.compile(r"\t|\||[ \u00a0]{2,}| (?=[0-9])")
_PRINTED_ON = re.compile(
    r"^20[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?,?(?:[上下]午)?(?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
)
_LONGEST = 60
_LEAST_LABELS = 3


def reports_in(document: Document, forms: Sequence[Form]) -> tuple[Document, ...]:
    """The reports of a document in reading order, each as a document of its own; the whole where there is only one."""
    titles = [(n, t) for n, b in enumerate(document.blocks) if (t := _title_of(b))]
    if len(titles) < 2:
        return (document,)
    stubs = {n for f in forms for t in f.tables for n in t.names}
    starts: list[tuple[int, tuple[str, bool]]] = []
    for place, (at, text) in enumerate(titles):
        until = titles[place + 1][0] if place + 1 < len(titles) else len(document.blocks)
        if _holds_report(document.blocks[at:until], stubs, forms) and (not starts or starts[-1][1] != text):
            starts.append((at, text))
    if len(starts) < 2 or _holds_tables(document.blocks[: starts[0][0]], stubs):
        return (document,)
    edges = [0, *(at for at, _ in starts[1:]), len(document.blocks)]
    return tuple(replace(document, blocks=document.blocks[left:right], names=()) for left, right in pairwise(edges))


def _title_of(block: Block) -> tuple[str, bool] | None:
    """The title that a line prints, with the year that it is of, and whether it is called a correction."""
    if not isinstance(block, Paragraph) or block.aside or len(block.text) > _LONGEST:
        return None
    text = without_date(_PRINTED_ON.sub("", compact(block.text)))
    found = _TITLE.match(without_correction(text))
    return (found["title"], found.string != text) if found and _YEAR.search(found["title"]) else None


def _holds_report(blocks: Sequence[Block], stubs: set[str], forms: Sequence[Form]) -> bool:
    headings = sum(isinstance(b, Paragraph) and is_heading(b.text, forms) for b in blocks)
    return headings > 1 and _holds_tables(blocks, stubs)


def _holds_tables(blocks: Sequence[Block], stubs: set[str]) -> bool:
    """True where a grid prints labels of a form's table, or lines of a dump begin with them."""
    grids = (b for b in blocks if isinstance(b, Grid))
    if any(sum(label(c.text).text in stubs for c in g.cells) >= _LEAST_LABELS for g in grids):
        return True
    lines = (b.text for b in blocks if isinstance(b, Paragraph) and not b.aside and len(b.text) <= 2 * _LONGEST)
    return sum(label(_FIELD.split(line.strip(), maxsplit=1)[0]).text in stubs for line in lines) >= _LEAST_LABELS
