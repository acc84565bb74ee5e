"""What `disclosure explain` says about each part of a trace, in lines of a name and a text.

What does *not* belong here: the order in which they are printed (`explain_screen`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from rich.cells import cell_len

from pipeline.explain import (
    FactPath,
    Found,
    IdentityPath,
    Recognised,
    ReportPath,
    Shown,
    Spot,
    TablePath,
)
from pipeline.explain.in_warehouse import Stored
from pipeline.terminal.markup import escape

LISTED = 20
_COLOURS = {
    "fail": "red", "error": "red", "misread": "red", "doubtful": "red", "differ": "red", "warning": "yellow",
    "source": "yellow", "undecided": "yellow", "incomplete": "yellow", "proven": "green", "pass": "green",
}  # fmt: skip
_ROUTES = {
    "both": "both ways of reading give the same figure",
    "differ": "the two ways of reading give different figures",
    "one": "only the first way of reading gives a figure",
}
_VIAS = {
    "name": "a division's name in the publisher's",
    "township": "a township of the register",
    "context": "other text of the page",
    "folder": "the folder's name",
    "override": "a line of overrides.csv",
}
_COUNTED = {"pass_blank_as_zero": "pass with blanks as 0"}
Line = tuple[str, str]


def padded(text: str, width: int) -> str:
    """A text padded with blanks to a width in terminal columns."""
    return text + " " * (width - cell_len(text))


def coloured(word: str, text: str = "") -> str:
    """A word, or another text for it, in the colour that it has everywhere."""
    shown = escape(text or word)
    return f"[{_COLOURS[word]}]{shown}[/]" if word in _COLOURS else shown


def figure(value: Decimal | None) -> str:
    """A value as a person reads it; a dash for none."""
    return "—" if value is None else f"{value:f}"


def others(alternatives: int) -> str:
    """How many other sets explain a failure equally well."""
    if not alternatives:
        return "no other set explains as much"
    return "1 other set explains as much" if alternatives == 1 else f"{alternatives} other sets explain as much"


def state_of(i: IdentityPath) -> str:
    """Whether an identity holds; says so where blanks count as 0."""
    if i.state != "incomplete":
        return coloured(i.state)
    settled = i.failed or i.state_blank_as_zero == "pass"
    return coloured(i.state_blank_as_zero, f"{i.state_blank_as_zero}, blanks as 0") if settled else coloured(i.state)


def short(c: Shown) -> str:
    """A cell by its codes and what is printed."""
    return f"{c.cell.partition(':')[2]} {_print_of(c)}"


def _print_of(c: Shown) -> str:
    return "not in the report" if c.printed is None else "(blank)" if c.kind == "blank" else c.printed


def labels_of(at: Shown) -> str:
    """The labels of a cell, row before column."""
    return escape(" · ".join(t for t in (at.row_label, at.col_label) if t))


def spot_of(spot: Spot) -> str:
    """A place in words: page and box, or line, then grid, row and column."""
    parts = [f"page {spot.page}"] if spot.page is not None else []
    parts += [f"line {spot.line}"] if spot.line is not None else []
    parts.append(f"grid {spot.grid} row {spot.row} column {spot.col}")
    return ", ".join(parts)


def _box(spot: Spot) -> str:
    if spot.box is None:
        return ""
    left, top, right, bottom = spot.box
    return f"{left:g}–{right:g} pt from the left, {top:g}–{bottom:g} pt from the top"


def cell_row(side: str, c: Shown) -> tuple[str, ...]:
    """A cell of one side of an identity: codes, print, place and labels."""
    labels = " · ".join(t for t in (c.row_label, c.col_label) if t)
    return side, c.cell, _print_of(c), spot_of(c.spot) if c.spot else "", labels


def format_of(trace: ReportPath) -> str:
    """The format of a file, and its charset."""
    return f"{trace.format}{f', {trace.encoding}' if trace.encoding else ''}"


def file_lines(path: str, sha256: str, kind: str, size: int | None = None) -> Iterator[Line]:
    """Which file it is."""
    yield "path", escape(path)
    yield "sha256", sha256
    yield "format", kind + (f", {size:,} bytes" if size is not None else "")


def other_reports(trace: ReportPath) -> Iterator[Line]:
    """What else the file holds: the names by which its other reports are explained."""
    if trace.others:
        named = ", ".join(map(escape, trace.others[:LISTED]))
        rest = len(trace.others) - LISTED
        yield "also in it", f"{named}{f' and {rest:,} more' if rest > 0 else ''}"


def report_lines(trace: FactPath) -> Iterator[Line]:
    """The report of a figure, where it is located."""
    if trace.report_id:
        yield "report", f"{escape(trace.publisher or '')} {trace.year}, {trace.district_code}, {trace.report_id}"


def publisher_lines(trace: ReportPath) -> Iterator[Line]:
    """Who published the report, where and when."""
    found = trace.found
    if found is None:
        return
    same = found.publisher_name in (None, found.publisher)
    yield (
        "name",
        escape(found.publisher or "—") + ("" if same else f" (in one spelling {escape(str(found.publisher_name))})"),
    )
    yield "year", str(found.year or "—")
    yield "level", found.level + (f", scope {found.scope}" if found.scope else "")
    yield from _district(found)
    if trace.published_on:
        yield "published", trace.published_on.isoformat()
    if trace.report_id:
        yield "report_id", trace.report_id


def _district(found: Found) -> Iterator[Line]:
    if found.district:
        yield "district", f"{found.district.code} {escape(found.district.name)}"
        current = found.district_code_current
        if current and current != found.district.code:
            yield "today", current
    if found.via != "none":
        yield "found by", _VIAS.get(found.via, found.via) + (f": {escape(found.township)}" if found.township else "")
    if found.pinned:
        yield "pinned", escape(found.pinned)
    if found.status != "unique":
        yield "status", found.status
        for c in found.candidates[:LISTED]:
            yield "candidate", f"{c.code} {escape(c.name)}"


def stored_lines(trace: ReportPath, stored: Stored | str) -> Iterator[Line]:
    """What is published from it, or why nothing is."""
    if trace.quarantined:
        q = trace.quarantined
        yield "this file", f"[yellow]cannot be loaded[/]: {q.reason} (stage {q.stage}): {escape(q.sentence)}"
    if isinstance(stored, str):
        yield "published", escape(stored)
        return
    yield "published", _state(stored)
    if stored.path and stored.state in ("loaded", "other"):
        yield "from", f"{escape(stored.path)}, version {stored.version}"
    if stored.state == "other" and stored.sha256:
        yield "its sha256", stored.sha256
    if stored.reason:
        yield "quarantine", f"{stored.reason} (stage {stored.stage}): {escape(stored.sentence or '')}"


def _state(stored: Stored) -> str:
    return {
        "unpublished": "nothing yet; `disclosure run` does that",
        "loaded": "[green]loaded[/] from this very content",
        "other": "[yellow]the report is loaded from other content[/]",
        "quarantined": "[yellow]not loaded, the file is in quarantine[/]",
        "duplicate": f"a copy of {escape(stored.path or '')}, which stands for it",
        "absent": "neither the report nor the file is there",
    }[stored.state]


def trust_lines(trace: ReportPath) -> Iterator[Line]:
    """The grade of a report, and the counts behind it."""
    if trace.grade:
        yield "grade 等级", f"[bold]{trace.grade}[/]" + (f": {', '.join(trace.reasons)}" if trace.reasons else "")
    if trace.form:
        yield "form 表式", escape(trace.form)
    if trace.body_cells:
        yield "cells", f"{trace.body_cells} printed: {trace.fact_cells} are facts, {trace.issue_cells} issues"
        yield "read twice", f"{trace.compared} figures, {trace.agreeing} alike"
        yield "figures", _counts(trace.trust)
        yield "identities", _counts(trace.identities)
    if trace.statements:
        yield "text", f"{trace.statements} counted claims; against the tables: {_counts(trace.comparisons)}"


def _counts(counts: Mapping[str, int]) -> str:
    return (
        ", ".join(f"{number} {coloured(name, _COUNTED.get(name, name))}" for name, number in counts.items() if number)
        or "none"
    )


def table_lines(t: TablePath) -> Iterator[Line]:
    """How a table fits its form."""
    mixed = f", mixed with the form of {t.also}" if t.also else ", mixed with another form" if t.mixed else ""
    yield "form 表式", f"{t.form}{mixed}"
    left = f", {t.left_over} printed {'one is' if t.left_over == 1 else 'ones are'} left over" if t.left_over else ""
    yield "fit", f"{t.matched} of {t.expected} rows and columns found{left}"
    yield "place", f"from grid {t.grid}" + (f" on page {t.page}" if t.page is not None else "")
    differ = f"; different: {escape(', '.join(t.differing))}" if t.differing else ""
    yield "figures", f"{t.figures}; read twice {t.compared}, alike {t.agreeing}{differ}"
    yield "identities", _counts(t.identities)


def ink_lines(trace: FactPath) -> Iterator[Line]:
    """What is printed, and what it means."""
    at = trace.at
    yield "printed", f"“{escape(at.printed or '')}”"
    yield "value", f"[bold]{figure(at.value)}[/] ({at.kind})" + (f" {escape(trace.unit)}" if trace.unit else "")
    if trace.unit_printed:
        yield "unit", f"{escape(trace.unit_printed)}, as printed"
    if at.spot:
        yield "place", spot_of(at.spot)
        if at.spot.box:
            yield "box", _box(at.spot)
    if trace.recognised:
        yield from _recognised_lines(trace.recognised)
    yield (
        "form",
        f"{escape(trace.form)}, table {escape(trace.caption)}"
        + ("" if trace.additive else "; a total, not to be added up"),
    )


def _recognised_lines(read: Recognised) -> Iterator[Line]:
    """What each recogniser read in the picture of the cell."""
    yield "picture", "read as text by two recognisers" + ("" if read.is_certain else "; not certain")
    yield "first reads", f"“{escape(read.first)}” ({read.first_sure:.2f})"
    if read.second is None:
        yield "second reads", "nothing; it was not asked"
    else:
        yield "second reads", f"“{escape(read.second)}” ({read.second_sure:.2f})"
    if read.others:
        yield "also read", ", ".join(f"“{escape(t)}”" for t in read.others)


def label_lines(trace: FactPath) -> Iterator[Line]:
    """The labels as in the form and as printed, and the series."""
    yield "row", escape(trace.at.row_label or "—")
    yield "as printed", escape(" / ".join(trace.row_printed) or "—")
    yield "column", escape(trace.at.col_label or "—")
    unknown = "the layout has no columns; figures are assigned by their order" if trace.col_printed is None else "—"
    yield "as printed", escape(" / ".join(trace.col_printed or ()) or unknown)
    for s in trace.series:
        yield (
            "series",
            f"{s.code} {escape(s.label)}" + ("" if s.alone else " (a part of its sum)") + f", since {s.since}",
        )


def fact_trust_lines(trace: FactPath) -> Iterator[Line]:
    """How far a figure can be trusted, and why."""
    yield "trust", coloured(trace.trust)
    for reason in trace.why:
        yield "because", escape(reason)
    yield "route", f"{trace.route}: {_ROUTES[trace.route]}"
    if trace.second:
        where = f" (page {trace.second.page})" if trace.second.page is not None else ""
        where = where or (f" (line {trace.second.line})" if trace.second.line is not None else "")
        yield "second", f"“{escape(trace.second.text.strip())}”{where}"
