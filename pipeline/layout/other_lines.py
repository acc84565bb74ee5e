"""Lines of a dump that are not the report's own: the table below a caption of another year, or of what was corrected.

They go before the lines are put together as tables, in which last year's figures would stand among this year's.
What does *not* belong here: tables that have a grid (`elsewhere`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.document import Block, Document, Paragraph
from pipeline.forms.model import Form
from pipeline.issues import Issue, issue
from pipeline.labels import compact, label
from pipeline.layout.corrections import is_corrected, is_correction
from pipeline.layout.elsewhere import (
    Own,
    is_of_another,
    is_of_other_period,
    is_of_own_period,
    names_table,
    years_of,
)
from pipeline.layout.sections import is_heading, title

_LONGEST = 60
_LEAST_LABELS = 3
_LEAST_CAPTIONS = 2  # the title looks like one
_FIELD = re.compile(r"\t|\||[ \u00a0]{2,}| (?=[0-9])")
_MAY = re.compile(r"[2２]\s*[0０]\s*[0-9０-９]|[原更修应現现上下去季旧废订调勘正新]|月")
_YEAR = re.compile(r"20[0-9]{2}")


@dataclass(frozen=True, slots=True)
class _Report:
    """What a title says: the text and the year."""

    heading: str
    year: int
    corrected: bool


def own_lines(document: Document, forms: Sequence[Form]) -> Own:
    """The document without such lines, and an issue for each table that they make."""
    short = (b for b in document.blocks if isinstance(b, Paragraph) and not b.aside and len(b.text) <= _LONGEST)
    captions = [p for p in short if _MAY.search(p.text)]
    says_more = any(is_corrected(p.text) or is_of_other_period(p.text, "") for p in captions)
    if sum(names_table(p.text) for p in captions) < _LEAST_CAPTIONS and not says_more:
        return Own(document)
    heading = compact(title(document, forms))
    year = _YEAR.search(heading)
    if year is None:
        return Own(document)
    report = _Report(heading, int(year[0]), any(is_correction(p.text) for p in captions))
    kept: list[Block] = []
    issues: list[Issue] = []
    for caption, blocks in _parts(document.blocks, report, forms):
        table = _table_in(blocks, forms) if caption is not None else None
        if caption is None or table is None or not _is_again(blocks, document.blocks, forms):
            kept += blocks
            continue
        issues.append(
            issue(
                "table-elsewhere",
                table_no=table,
                printed=caption.text.strip(),
                line=caption.line,
                meant="it is of another year, publisher or version",
            )
        )
    return Own(replace(document, blocks=tuple(kept)), tuple(issues)) if issues else Own(document)


def _parts(
    blocks: Sequence[Block], report: _Report, forms: Sequence[Form]
) -> Iterator[tuple[Paragraph | None, list[Block]]]:
    """The blocks in runs, each with the foreign caption with which it begins, None for the report's own."""
    caption: Paragraph | None = None
    run: list[Block] = []
    for block in blocks:
        begins = _begins(block, report, forms, within=caption is not None)
        if begins is not None:
            yield caption, run
            caption, run = (block if begins and isinstance(block, Paragraph) else None), []
        run.append(block)
    yield caption, run


def _begins(block: Block, report: _Report, forms: Sequence[Form], *, within: bool) -> bool | None:
    """True where something foreign begins, False where the report's own goes on; None where nothing does."""
    if not isinstance(block, Paragraph):
        return False if within else None
    if block.aside or len(block.text) > _LONGEST:
        return None
    years = years_of(block.text)
    if names_table(block.text) and ((years and report.year not in years) or is_of_another(block.text, report.heading)):
        return None if _YEAR.sub("", compact(block.text)) == _YEAR.sub("", report.heading) else True
    if (report.corrected and is_corrected(block.text)) or is_of_other_period(block.text, report.heading):
        return True
    is_own = is_heading(block.text, forms) or report.year in years or is_correction(block.text)
    is_own = is_own or is_of_own_period(block.text)
    return False if within and is_own else None


def _labels(blocks: Sequence[Block], forms: Sequence[Form]) -> Iterator[tuple[int, str]]:
    """The labels of lines, each with its table."""
    names = [(t.number, t.names | t.headers) for f in forms for t in f.tables]
    for block in blocks:
        if isinstance(block, Paragraph) and len(block.text) <= 2 * _LONGEST:
            texts = {label(field).text for field in _FIELD.split(block.text.strip())} - {""}
            yield from ((number, text) for number, of_table in names for text in texts & of_table)


def _table_in(blocks: Sequence[Block], forms: Sequence[Form]) -> int | None:
    """The table with the most labels on the lines, None where they are too few."""
    found = Counter(number for number, _ in set(_labels(blocks, forms)))
    number, labels = max(found.items(), key=lambda f: f[1], default=(0, 0))
    return number if labels >= _LEAST_LABELS else None


def _is_again(blocks: Sequence[Block], every: Sequence[Block], forms: Sequence[Form]) -> bool:
    """True where most labels of the lines are printed elsewhere as well, or no figure of the report would be left."""
    inside = {id(b) for b in blocks}
    others = set(_labels([b for b in every if id(b) not in inside], forms))
    own = set(_labels(blocks, forms))
    return 2 * len(own & others) >= len(own) or not others
