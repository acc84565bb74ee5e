"""What `disclosure explain` prints: the path from ink to warehouse in sections, one thing a line.

Columns are padded here rather than left to tables, so that nothing is folded where the output is piped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from rich.cells import cell_len
from rich.console import Console

from pipeline.explain import (
    Claim,
    Decision,
    FactPath,
    Flaw,
    Found,
    IdentityPath,
    ProposalPath,
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
_BLAMES = {
    "source": "both ways read all its figures alike: the report printed it so",
    "misread": "the two ways of reading differ",
    "undecided": "only one way read some of its figures",
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


class Explained:
    """Prints the trace of a report or of a figure."""

    def __init__(self, out: Console) -> None:
        self._out = out

    def report(self, trace: ReportPath, stored: Stored | str) -> None:
        """A whole report."""
        self._out.print(f"[bold]{escape(trace.title or trace.path)}[/]", soft_wrap=True)
        self._pairs("File", _file(trace.path, trace.sha256, _format(trace), trace.size_bytes))
        self._pairs("Publisher 发布机关", _publisher(trace))
        self._pairs("Warehouse 数据库", _stored(trace, stored))
        self._pairs("Trust 可信度", _trust(trace))
        for table in trace.tables:
            self._pairs(f"Table {table.table} {escape(table.caption)}", _table(table))
        self._identities(f"Identities that fail 勾稽不平 ({len(trace.failing)})", trace.failing)
        self._proposals(trace.proposals, trace.unexplained)
        self._flaws(trace.flaws)
        self._claims(trace.differing)
        self._decisions(trace.decisions)

    def fact(self, trace: FactPath) -> None:
        """One figure."""
        at = trace.at
        self._out.print(f"[bold]{escape(at.cell)}[/]  {_labels(at)}", soft_wrap=True)
        self._pairs("File", (*_file(trace.path, trace.sha256, trace.format), *_report_of(trace)))
        self._pairs("Ink 原文", _ink(trace))
        self._pairs("Labels 标签", _label_lines(trace))
        self._pairs("Trust 可信度", _fact_trust(trace))
        self._identities(f"Identities 勾稽关系 ({len(trace.identities)})", trace.identities)
        self._proposals(trace.proposals, ())
        self._flaws(trace.flaws)
        self._decisions(trace.decisions)
        self._verdict(trace)

    def _heading(self, text: str) -> None:
        self._out.print(f"\n[bold cyan]{text}[/]", soft_wrap=True)

    def _say(self, text: str) -> None:
        self._out.print(f"  {text}", soft_wrap=True)

    def _pairs(self, heading: str, pairs: Iterable[Line]) -> None:
        """Names and what they are, the second column straight."""
        lines = list(pairs)
        if not lines:
            return
        self._heading(heading)
        width = max(cell_len(name) for name, _ in lines)
        for name, text in lines:
            self._say(f"[dim]{_padded(name, width)}[/]  {text}")

    def _rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Rows of plain text with straight columns; the last one is not padded."""
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            padded = [_padded(text, width) for text, width in zip(row[:-1], widths, strict=False)]
            self._say("    " + escape("  ".join([*padded, row[-1]])))

    def _identities(self, heading: str, identities: Sequence[IdentityPath]) -> None:
        if not identities:
            return
        self._heading(heading)
        for i in identities:
            self._identity(i)

    def _identity(self, i: IdentityPath) -> None:
        """A failing identity with all its cells; any other in two lines."""
        self._say(f"{_state_of(i)}  {i.name}  {escape(i.words)}")
        left, right = _figure(i.left_value), _figure(i.right_value)
        if not i.failed:
            sign = "≤" if i.at_most else "="
            worked = f"{left} {sign} {right}:  " if i.state_blank_as_zero == "pass" else ""
            sums = f" {sign} ".join(" + ".join(_short(c) for c in side) for side in (i.left, i.right))
            self._say(f"    {worked}{escape(sums)}")
            return
        self._say(f"    {left} is {'more than' if i.at_most else 'not'} {right}, difference {_figure(i.difference)}")
        self._rows([*(_cell_row("left", c) for c in i.left), *(_cell_row("right", c) for c in i.right)])
        if i.blame:
            where = f": {escape(', '.join(i.cause))}" if i.cause else ""
            self._say(f"    error of: {_coloured(i.blame)} ({_BLAMES[i.blame]}{where})")

    def _proposals(self, proposals: Sequence[ProposalPath], unexplained: Sequence[str]) -> None:
        if not (proposals or unexplained):
            return
        self._heading("Proposals 更正建议 (never applied)")
        for p in proposals[:LISTED]:
            self._proposal(p)
        self._more(len(proposals))
        if unexplained:
            self._say(f"no small set of cells explains {escape(', '.join(unexplained))}")

    def _proposal(self, p: ProposalPath) -> None:
        together = f", {p.size} cells together" if p.size > 1 else ""
        blanks = ", blanks counted as 0" if p.blank_as_zero else ""
        self._say(
            f"set {p.set_no}: {escape(p.at.cell)} {_labels(p.at)}: “{escape(p.at.printed or '')}” → "
            f"[bold]{_figure(p.proposed)}[/]{together}"
        )
        self._say(f"    {p.explanation}: {p.meaning}; mends {escape(', '.join(p.mends))}{blanks}")
        self._say(f"    {_others(p.alternatives)}; error of: {_coloured(p.blame)}")

    def _flaws(self, flaws: Sequence[Flaw]) -> None:
        if not flaws:
            return
        self._heading(f"Issues 问题 ({len(flaws)})")
        for f in flaws[:LISTED]:
            where = " · ".join(t for t in (f.cell or "", _spot(f.spot) if f.spot else "") if t)
            self._say(
                f"{_coloured(f.severity)}  {f.code}{f' ({escape(where)})' if where else ''}: {escape(f.sentence)}"
            )
        self._more(len(flaws))

    def _claims(self, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        self._heading(f"Text against tables, differing 文表不一 ({len(claims)})")
        for c in claims[:LISTED]:
            self._say(f"{_coloured(c.severity)}  {c.rule}  {escape(c.sentence)}")
            if c.phrase is not None:
                cells = f"; cells {escape(' + '.join(c.cells))}" if c.cells else ""
                self._say(f"    section {c.section}, character {c.offset}: “{escape(c.phrase)}”{cells}")
        self._more(len(claims))

    def _decisions(self, decisions: Sequence[Decision]) -> None:
        if not decisions:
            return
        self._heading(f"Verdicts 人工裁定 ({len(decisions)})")
        for d in decisions:
            value = f" → {_figure(d.value)}" if d.value is not None else ""
            self._say(
                f"line {d.line}: {escape(d.cell or 'the whole report')}: {d.verdict}{value} ({d.status}), "
                f"{escape(d.who)}, {d.when}: {escape(d.why)}"
            )

    def _verdict(self, trace: FactPath) -> None:
        """A line to paste."""
        if trace.verdict_line is None:
            return
        self._heading("To decide it: a line for data/raw/verdicts.csv (confirmed, misread with a value, or ignore)")
        self._say(trace.verdict_columns)
        self._say(escape(trace.verdict_line))

    def _more(self, number: int) -> None:
        if number > LISTED:
            self._say(f"… and {number - LISTED:,} more (--format json has all)")


# ------------------------------------------------------------------------------------------------------- what is said


def _padded(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _coloured(word: str, text: str = "") -> str:
    shown = escape(text or word)
    return f"[{_COLOURS[word]}]{shown}[/]" if word in _COLOURS else shown


def _figure(value: Decimal | None) -> str:
    return "—" if value is None else f"{value:f}"


def _others(alternatives: int) -> str:
    """How many other sets explain a failure equally well."""
    if not alternatives:
        return "no other set explains as much"
    return "1 other set explains as much" if alternatives == 1 else f"{alternatives} other sets explain as much"


def _state_of(i: IdentityPath) -> str:
    """Whether an identity holds; says so where blanks count as 0."""
    if i.state != "incomplete":
        return _coloured(i.state)
    settled = i.failed or i.state_blank_as_zero == "pass"
    return _coloured(i.state_blank_as_zero, f"{i.state_blank_as_zero}, blanks as 0") if settled else _coloured(i.state)


def _short(c: Shown) -> str:
    """A cell by its codes and what is printed."""
    return f"{c.cell.partition(':')[2]} {_print_of(c)}"


def _print_of(c: Shown) -> str:
    return "not in the report" if c.printed is None else "(blank)" if c.kind == "blank" else c.printed


def _labels(at: Shown) -> str:
    return escape(" · ".join(t for t in (at.row_label, at.col_label) if t))


def _spot(spot: Spot) -> str:
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


def _cell_row(side: str, c: Shown) -> tuple[str, ...]:
    labels = " · ".join(t for t in (c.row_label, c.col_label) if t)
    return side, c.cell, _print_of(c), _spot(c.spot) if c.spot else "", labels


def _format(trace: ReportPath) -> str:
    return f"{trace.format}{f', {trace.encoding}' if trace.encoding else ''}"


def _file(path: str, sha256: str, kind: str, size: int | None = None) -> Iterator[Line]:
    yield "path", escape(path)
    yield "sha256", sha256
    yield "format", kind + (f", {size:,} bytes" if size is not None else "")


def _report_of(trace: FactPath) -> Iterator[Line]:
    if trace.report_id:
        yield "report", f"{escape(trace.publisher or '')} {trace.year}, {trace.district_code}, {trace.report_id}"


def _publisher(trace: ReportPath) -> Iterator[Line]:
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


def _stored(trace: ReportPath, stored: Stored | str) -> Iterator[Line]:
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


def _trust(trace: ReportPath) -> Iterator[Line]:
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
        ", ".join(f"{number} {_coloured(name, _COUNTED.get(name, name))}" for name, number in counts.items() if number)
        or "none"
    )


def _table(t: TablePath) -> Iterator[Line]:
    mixed = f", mixed with the form of {t.also}" if t.also else ", mixed with another form" if t.mixed else ""
    yield "form 表式", f"{t.form}{mixed}"
    left = f", {t.left_over} printed {'one is' if t.left_over == 1 else 'ones are'} left over" if t.left_over else ""
    yield "fit", f"{t.matched} of {t.expected} rows and columns found{left}"
    yield "place", f"from grid {t.grid}" + (f" on page {t.page}" if t.page is not None else "")
    differ = f"; different: {escape(', '.join(t.differing))}" if t.differing else ""
    yield "figures", f"{t.figures}; read twice {t.compared}, alike {t.agreeing}{differ}"
    yield "identities", _counts(t.identities)


def _ink(trace: FactPath) -> Iterator[Line]:
    at = trace.at
    yield "printed", f"“{escape(at.printed or '')}”"
    yield "value", f"[bold]{_figure(at.value)}[/] ({at.kind})" + (f" {escape(trace.unit)}" if trace.unit else "")
    if trace.unit_printed:
        yield "unit", f"{escape(trace.unit_printed)}, as printed"
    if at.spot:
        yield "place", _spot(at.spot)
        if at.spot.box:
            yield "box", _box(at.spot)
    yield (
        "form",
        f"{escape(trace.form)}, table {escape(trace.caption)}"
        + ("" if trace.additive else "; a total, not to be added up"),
    )


def _label_lines(trace: FactPath) -> Iterator[Line]:
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


def _fact_trust(trace: FactPath) -> Iterator[Line]:
    yield "trust", _coloured(trace.trust)
    for reason in trace.why:
        yield "because", escape(reason)
    yield "route", f"{trace.route}: {_ROUTES[trace.route]}"
    if trace.second:
        where = f" (page {trace.second.page})" if trace.second.page is not None else ""
        where = where or (f" (line {trace.second.line})" if trace.second.line is not None else "")
        yield "second", f"“{escape(trace.second.text.strip())}”{where}"
