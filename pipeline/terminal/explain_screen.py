"""What `disclosure explain` prints: the path from ink to warehouse in sections, one item per line.

Columns are padded here rather than left to tables, so that nothing is folded where the output is piped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console

from pipeline.explain import (
    Claim,
    Decision,
    FactPath,
    Flaw,
    IdentityPath,
    ProposalPath,
    ReportPath,
)
from pipeline.explain.in_warehouse import Stored
from pipeline.terminal.explain_words import (
    LISTED,
    Line,
    cell_row,
    coloured,
    fact_trust_lines,
    figure,
    file_lines,
    format_of,
    ink_lines,
    label_lines,
    labels_of,
    other_reports,
    others,
    padded,
    publisher_lines,
    report_lines,
    short,
    spot_of,
    state_of,
    stored_lines,
    table_lines,
    trust_lines,
)
from pipeline.terminal.markup import escape

_BLAMES = {
    "source": "both ways read all its figures alike: the report printed it so",
    "misread": "the two ways of reading differ",
    "undecided": "only one way read some of its figures",
}


class Explained:
    """Prints the trace of a report or of a figure."""

    def __init__(self, out: Console) -> None:
        self._out = out

    def report(self, trace: ReportPath, stored: Stored | str) -> None:
        """A whole report."""
        self._out.print(f"[bold]{escape(trace.title or trace.path)}[/]", soft_wrap=True)
        about = (*file_lines(trace.path, trace.sha256, format_of(trace), trace.size_bytes), *other_reports(trace))
        self._pairs("File", about)
        self._pairs("Publisher 发布机关", publisher_lines(trace))
        self._pairs("Warehouse 数据库", stored_lines(trace, stored))
        self._pairs("Trust 可信度", trust_lines(trace))
        for table in trace.tables:
            self._pairs(f"Table {table.table} {escape(table.caption)}", table_lines(table))
        self._identities(f"Identities that fail 勾稽不平 ({len(trace.failing)})", trace.failing)
        self._proposals(trace.proposals, trace.unexplained)
        self._flaws(trace.flaws)
        self._claims(trace.differing)
        self._decisions(trace.decisions)

    def fact(self, trace: FactPath) -> None:
        """One figure."""
        at = trace.at
        self._out.print(f"[bold]{escape(at.cell)}[/]  {labels_of(at)}", soft_wrap=True)
        self._pairs("File", (*file_lines(trace.path, trace.sha256, trace.format), *report_lines(trace)))
        self._pairs("Ink 原文", ink_lines(trace))
        self._pairs("Labels 标签", label_lines(trace))
        self._pairs("Trust 可信度", fact_trust_lines(trace))
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
        """Names and their descriptions, with an aligned second column."""
        lines = list(pairs)
        if not lines:
            return
        self._heading(heading)
        width = max(cell_len(name) for name, _ in lines)
        for name, text in lines:
            self._say(f"[dim]{padded(name, width)}[/]  {text}")

    def _rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Rows of plain text with aligned columns; the last one is not padded."""
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            straight = [padded(text, width) for text, width in zip(row[:-1], widths, strict=False)]
            self._say("    " + escape("  ".join([*straight, row[-1]])))

    def _identities(self, heading: str, identities: Sequence[IdentityPath]) -> None:
        if not identities:
            return
        self._heading(heading)
        for i in identities:
            self._identity(i)

    def _identity(self, i: IdentityPath) -> None:
        """A failing identity with all its cells; any other in two lines."""
        self._say(f"{state_of(i)}  {i.name}  {escape(i.words)}")
        left, right = figure(i.left_value), figure(i.right_value)
        if not i.failed:
            sign = "≤" if i.at_most else "="
            worked = f"{left} {sign} {right}:  " if i.state_blank_as_zero == "pass" else ""
            sums = f" {sign} ".join(" + ".join(short(c) for c in side) for side in (i.left, i.right))
            self._say(f"    {worked}{escape(sums)}")
            return
        self._say(f"    {left} is {'more than' if i.at_most else 'not'} {right}, difference {figure(i.difference)}")
        self._rows([*(cell_row("left", c) for c in i.left), *(cell_row("right", c) for c in i.right)])
        if i.blame:
            where = f": {escape(', '.join(i.cause))}" if i.cause else ""
            self._say(f"    error of: {coloured(i.blame)} ({_BLAMES[i.blame]}{where})")

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
            f"set {p.set_no}: {escape(p.at.cell)} {labels_of(p.at)}: “{escape(p.at.printed or '')}” → "
            f"[bold]{figure(p.proposed)}[/]{together}"
        )
        self._say(f"    {p.explanation}: {p.meaning}; mends {escape(', '.join(p.mends))}{blanks}")
        self._say(f"    {others(p.alternatives)}; error of: {coloured(p.blame)}")

    def _flaws(self, flaws: Sequence[Flaw]) -> None:
        if not flaws:
            return
        self._heading(f"Issues 问题 ({len(flaws)})")
        for f in flaws[:LISTED]:
            where = " · ".join(t for t in (f.cell or "", spot_of(f.spot) if f.spot else "") if t)
            self._say(f"{coloured(f.severity)}  {f.code}{f' ({escape(where)})' if where else ''}: {escape(f.sentence)}")
        self._more(len(flaws))

    def _claims(self, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        self._heading(f"Text against tables, differing 文表不一 ({len(claims)})")
        for c in claims[:LISTED]:
            self._say(f"{coloured(c.severity)}  {c.rule}  {escape(c.sentence)}")
            if c.phrase is not None:
                cells = f"; cells {escape(' + '.join(c.cells))}" if c.cells else ""
                self._say(f"    section {c.section}, character {c.offset}: “{escape(c.phrase)}”{cells}")
        self._more(len(claims))

    def _decisions(self, decisions: Sequence[Decision]) -> None:
        if not decisions:
            return
        self._heading(f"Verdicts 人工裁定 ({len(decisions)})")
        for d in decisions:
            value = f" → {figure(d.value)}" if d.value is not None else ""
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
