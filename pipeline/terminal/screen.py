"""The output on the terminal: what is loaded, what is in quarantine, where to look next."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from pipeline.issues import PASSING, SAME, UNDECIDED, advice
from pipeline.plain import plain, plain_json
from pipeline.raw.overrides import PIN_COLUMNS
from pipeline.runs.backfill import Rehearsal
from pipeline.runs.plan import Plan
from pipeline.runs.run_report import RunReport
from pipeline.runs.workspace import Workspace
from pipeline.terminal.markup import escape

ROWS_SHOWN = 20
REPORTS = """
    SELECT publisher, district_code, district_name, year, fact_cells,
           (SELECT count(*) FROM issues i WHERE i.report_id = r.report_id)
    FROM reports r ORDER BY district_code, year, publisher LIMIT ?"""
QUARANTINE = "SELECT path, reason, sentence, candidates FROM quarantine ORDER BY path LIMIT ?"
GIVEN_UP = """
    SELECT path, reason, sentence FROM quarantine WHERE reason IN (SELECT unnest(?)) ORDER BY reason, path"""
UNDECIDED_RIVALS = """
    SELECT path, sentence FROM quarantine WHERE reason = 'duplicate-report' AND contains(sentence, ?)
    AND NOT ends_with(sentence, ?) ORDER BY path"""
RENAMED = """
    SELECT r.file_path, p.publisher, p.first_year, candidate, count(*) OVER ()
    FROM (
        SELECT *, unnest(string_split(predecessor_candidates, ' ')) AS candidate
        FROM publishers WHERE predecessor_candidates IS NOT NULL
    ) AS p
    JOIN reports AS r USING (publisher_id)
    ORDER BY p.publisher, r.year, candidate LIMIT ?"""
KEPT = "SELECT path, reason, kept_since FROM quarantine WHERE kept_since NOTNULL ORDER BY path"
UNPLACED = """
    SELECT path, publisher, q.year, code, d.name, count(*) OVER ()
    FROM (
        SELECT *, unnest(CASE WHEN candidates IS NULL THEN [NULL] ELSE string_split(candidates, ' ') END) AS code
        FROM quarantine WHERE reason IN ('district-ambiguous', 'district-none', 'no-publisher', 'no-year')
    ) AS q
    LEFT JOIN (SELECT district_code, any_value(name) AS name FROM districts GROUP BY district_code) AS d
        ON d.district_code = q.code
    ORDER BY path, code LIMIT ?"""
COUNTS = """
    SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM facts),
           (SELECT count(*) FROM issues), (SELECT count(*) FROM quarantine)"""
STATUSES = "SELECT status, count(*) FROM files GROUP BY status ORDER BY status"
REASONS = "SELECT reason, count(*) FROM quarantine GROUP BY reason ORDER BY count(*) DESC, reason"
EXAMPLE = """SELECT district_name, year, publisher, new_requests, total_handled
FROM requests
ORDER BY new_requests DESC, district_code, year
LIMIT 3"""


class Screen:
    """The terminal: results on standard output, progress and warnings on standard error."""

    def __init__(self) -> None:
        self.out = Console(highlight=False)
        self.err = Console(stderr=True, highlight=False)

    def say(self, text: str) -> None:
        """A line about what is going on."""
        self.err.print(f"[dim]·[/] {escape(text)}")

    def warn(self, text: str) -> None:
        """A line that a person should see."""
        self.err.print(f"[bold yellow]Warning:[/] {escape(text)}", soft_wrap=True)

    @contextmanager
    def bar(self) -> Iterator[Callable[[int, int], None]]:
        """A progress bar for the extraction, moved by (done, total); nothing without a terminal."""
        columns = (
            SpinnerColumn(),
            TextColumn("extracting"),
            BarColumn(),
            MofNCompleteColumn(),
            TaskProgressColumn(show_speed=True),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        quiet = not self.err.is_terminal
        with Progress(*columns, console=self.err, transient=True, disable=quiet) as bar:
            task = bar.add_task("", total=None, visible=False)
            yield lambda done, total: bar.update(task, completed=done, total=total, visible=done < total)

    def reports(self, ws: Workspace) -> None:
        """The table of what is loaded, with its totals."""
        table = Table("report", "district", "year", "cells", "issues", box=None, pad_edge=False)
        for name, code, district, year, cells, flaws in ws.warehouse.query(REPORTS, [ROWS_SHOWN])[1]:
            table.add_row(escape(name), f"{code} {escape(district)}", str(year), str(cells), str(flaws))
        for column in table.columns[2:]:
            column.justify = "right"
        self.out.print(table)
        (reports, *_), *_ = ws.warehouse.query(COUNTS)[1]
        if reports > ROWS_SHOWN:
            self.out.print(f"… and {reports - ROWS_SHOWN:,} more")
        self.totals(ws)

    def totals(self, ws: Workspace) -> None:
        """How much is loaded."""
        (reports, facts, issues, _), *_ = ws.warehouse.query(COUNTS)[1]
        said = (_count(reports, "report"), _count(facts, "fact"), _count(issues, "issue"))
        self.out.print(f"Loaded:    {', '.join(said)}", soft_wrap=True)

    def quarantine(self, ws: Workspace) -> None:
        """The files that were not loaded, and why."""
        (*_, number), *_ = ws.warehouse.query(COUNTS)[1]
        if not number:
            return
        self.warn(f"{_count(number, 'file')} in quarantine, not loaded:")
        for path, reason, sentence, candidates in ws.warehouse.query(QUARANTINE, [ROWS_SHOWN])[1]:
            choice = f" (candidates: {candidates})" if candidates else ""
            self.err.print(f"  {escape(path)}: [yellow]{reason}[/]: {escape(sentence + choice)}", soft_wrap=True)
        if number > ROWS_SHOWN:
            self.err.print(f"  … and {number - ROWS_SHOWN:,} more in the table quarantine")

    def kept(self, ws: Workspace) -> None:
        """The files that cannot be used now and whose last good report stays."""
        found = ws.warehouse.query(KEPT)[1]
        if found:
            self.warn(f"{_count(len(found), 'file')} cannot be used now; the last good report of each stays loaded:")
        for path, reason, since in found[:ROWS_SHOWN]:
            self.err.print(f"  {escape(path)}: [yellow]{reason}[/], not usable since {since}", soft_wrap=True)
        if len(found) > ROWS_SHOWN:
            self.err.print(f"  … and {len(found) - ROWS_SHOWN:,} more, where quarantine.kept_since is not NULL")

    def gave_up(self, ws: Workspace) -> None:
        """The files on which a worker failed or that needed too much time or memory, and what a person may do."""
        found = ws.warehouse.query(GIVEN_UP, [sorted(PASSING)])[1]
        if not found:
            return
        self.warn(f"{_count(len(found), 'file')} could not be read on this machine, which may not be the file's fault:")
        for path, _, sentence in found[:ROWS_SHOWN]:
            self.err.print(f"  {escape(path)}: {escape(sentence)}", soft_wrap=True)
        if len(found) > ROWS_SHOWN:
            self.err.print(f"  … and {len(found) - ROWS_SHOWN:,} more in the table quarantine")
        for reason in sorted({reason for _, reason, _ in found}):
            self.err.print(f"  [yellow]{reason}[/]: {escape(advice(reason))}", soft_wrap=True)

    def rivals(self, ws: Workspace) -> None:
        """Pairs of files that give one report and differ, where nothing says which one is newer."""
        found = ws.warehouse.query(UNDECIDED_RIVALS, [UNDECIDED, SAME])[1]
        if not found:
            return
        self.warn(f"of {_count(len(found), 'pair')} of files nothing says which is the newer report; keep one of each:")
        for path, sentence in found[:ROWS_SHOWN]:
            self.err.print(f"  {escape(path)}: {escape(sentence)}", soft_wrap=True)
        if len(found) > ROWS_SHOWN:
            self.err.print(f"  … and {len(found) - ROWS_SHOWN:,} more in the table quarantine")

    def overrides(self, ws: Workspace) -> None:
        """Lines for overrides.csv, ready to be completed: one for each candidate of a file that has no place."""
        found = ws.warehouse.query(UNPLACED, [ROWS_SHOWN])[1]
        if not found:
            return
        self.out.print(
            "\nTo decide it: one line of each file into overrides.csv, the candidate's name is its note", soft_wrap=True
        )
        self._pins(
            (path, code or "", year or "", publisher or "", "", name or "")
            for path, publisher, year, code, name, _ in found
        )
        self._left_out(found[0][-1], "quarantine")

    def renamed(self, ws: Workspace) -> None:
        """Lines for overrides.csv that join publishers which may only have been renamed, one for each file."""
        found = ws.warehouse.query(RENAMED, [ROWS_SHOWN])[1]
        if not found:
            return
        self.out.print(
            "\nPublishers that may be others under a new name. Where one is, its lines into overrides.csv join its "
            "files to the former name (the view publishers has them all):",
            soft_wrap=True,
        )
        self._pins((path, "", "", former, "", f"{name} since {since}") for path, name, since, former, _ in found)
        self._left_out(found[0][-1], "publishers")

    def _left_out(self, lines: int, table: str) -> None:
        """How many lines of overrides.csv are not shown, and where their candidates stand."""
        if lines > ROWS_SHOWN:
            self.err.print(f"… and {lines - ROWS_SHOWN:,} more lines; all candidates are in {table}", soft_wrap=True)

    def _pins(self, lines: Iterable[Sequence[object]]) -> None:
        """Lines of overrides.csv, exactly as the file needs them."""
        text = io.StringIO()
        out = csv.writer(text, lineterminator="\n")
        out.writerow(PIN_COLUMNS)
        out.writerows(lines)
        self.out.print(plain(text.getvalue().rstrip()), markup=False, soft_wrap=True)

    def needs(self, ws: Workspace) -> None:
        """What needs a person, by reason."""
        reasons = ws.warehouse.query(REASONS)[1]
        if not reasons:
            self.out.print("Nothing needs a person.")
        for reason, number in reasons:
            self.out.print(f"{number:,} × {reason}: {advice(reason)}", soft_wrap=True)

    def last_run(self, report: RunReport | None) -> None:
        """How the last run ended, and what in it needs a person besides its files."""
        if report is None:
            return
        row = report.row
        self.out.print(
            f"Last run:  {report.outcome}, {report.ended_at} ({report.total_seconds:,.0f} s): "
            f"{_count(row['files'], 'file')}, {_count(row['partitions'], 'partition')}, "
            f"{row['files_quarantined']:,} put into quarantine; work/runs/{report.notes.run}.md",
            soft_wrap=True,
        )
        for where, why in report.notes.failures.items():
            self.warn(f"{where} failed: {why}")
        if report.vanished:
            self.warn(f"{report.vanished}; the table of what is missing is the view coverage")

    def rehearsal(self, found: Rehearsal) -> None:
        """What a backfill would change, by partition."""
        table = Table("district", "year", "reports +/~/-", "facts +/~/-", box=None, pad_edge=False)
        for change in found.changes:
            counts = ("/".join(f"{n:,}" for n in rows) for rows in (change.reports, change.facts))
            table.add_row(change.district_code, str(change.year), *counts)
        for column in table.columns[1:]:
            column.justify = "right"
        if found.changes:
            self.out.print(table)
        self.out.print(
            f"{_count(found.files, 'file')} looked into, {_count(found.touched, 'partition')} touched, "
            f"{_count(len(found.changes), 'partition')} would change (added/changed/removed); nothing was written.",
            soft_wrap=True,
        )
        for path, reason, sentence in found.quarantine:
            self.out.print(f"  {escape(path)}: [yellow]{reason}[/]: {escape(sentence)}", soft_wrap=True)
        for (code, year), why in found.failed.items():
            self.warn(f"{code} {year} could not be loaded: {why}")

    def odd_input(self, plan: Plan) -> None:
        """Links and overrides that have no effect."""
        for path, what in plan.skipped[:ROWS_SHOWN]:
            self.warn(f"{path} {what}, and is not read")
        if len(plan.skipped) > ROWS_SHOWN:
            self.warn(f"… and {len(plan.skipped) - ROWS_SHOWN:,} more links or the like are not read")
        for pattern in plan.unused_pins:
            self.warn(f"overrides.csv: {pattern} matches no file")

    def statuses(self, ws: Workspace) -> None:
        """How many files are loaded, duplicates, or in quarantine."""
        counts = dict(ws.warehouse.query(STATUSES)[1])
        said = ", ".join(f"{number:,} {status}" for status, number in counts.items())
        self.out.print(f"Files:     {said or 'none'}", soft_wrap=True)

    def place(self, ws: Workspace) -> None:
        """Where the warehouse is."""
        version = ws.warehouse.published.resolve().name
        self.out.print(f"Warehouse: {_short(ws.warehouse.published)} → versions/{version}", soft_wrap=True)
        page = ws.warehouse.root / "site" / "index.html"
        if page.exists():
            self.out.print(f"Pages:     {_short(page)} (open it in a browser)", soft_wrap=True)

    def example(self, ws: Workspace) -> None:
        """One query with its result."""
        names, rows = ws.warehouse.query(EXAMPLE)
        self.out.print(f"\nAn example:\n{EXAMPLE}\n", markup=False, soft_wrap=True)
        table = Table(*names, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*map(_printed, row))
        self.out.print(table)

    def next_steps(self) -> None:
        """What to do now."""
        self.out.print(
            "\nNext: put more reports under data/raw and run again; `disclosure status` shows what needs a "
            "person;\n      `make ui` shows the graph; docs/runbook.md explains the rest.",
            soft_wrap=True,
        )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _short(path: Path) -> str:
    """The path relative to the current folder, where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _printed(value: object) -> str:
    if value is None:
        return "NULL"
    return f"{value:g}" if isinstance(value, float) else escape(str(value))


def print_json(value: object) -> None:
    """Print a value for programs."""
    click.echo(plain_json(value, indent=2))
