"""`disclosure extract`: the facts of files, or their issues, proposals, statements or comparisons, as rows.

Nothing heavy is imported here: reading a few files must not wait for pandas, Dagster or DuckDB.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import click

from pipeline.document import RawFile, file_of, number_of, path_in
from pipeline.forms.loading import forms
from pipeline.issues import reason_sentence
from pipeline.parsed import Parsed, Refusal
from pipeline.plain import plain
from pipeline.raw.archives import SEPARATOR, NotUsable, is_archive, split, survey
from pipeline.raw.companions import companions
from pipeline.raw.folder import TEMPORARY, Folder, is_file
from pipeline.raw.overrides import Pin
from pipeline.raw.pictured import by_path, grouped
from pipeline.runs.limits import Limits
from pipeline.runs.workers import parse_all, parse_beside
from pipeline.terminal.rows import EXCEL_SAFE, FORMAT, Row, row_writer

FACT_COLUMNS = (
    "report", "table", "row_code", "col_code", "value", "value_kind", "value_raw", "unit", "form", "page", "grid",
    "row", "col",
)  # fmt: skip
ISSUE_COLUMNS = ("report", "code", "severity", "table", "row_code", "col_code", "page", "sentence")
PROPOSAL_COLUMNS = ("report", "table", "row_code", "col_code", "printed", "proposed", "alternatives", "blame")
STATEMENT_COLUMNS = (
    "report", "metric", "value", "unit", "approximate", "cumulative", "stated_year", "scope", "section", "offset",
    "phrase",
)  # fmt: skip
COMPARISON_COLUMNS = ("report", "rule", "metric", "stated", "printed", "state", "cause", "severity", "cells")
QUARANTINED = 3
_UNREAD = ("read", "extract")  # the stages at which a file is refused that gives nothing


@click.command("extract")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@FORMAT
@EXCEL_SAFE
@click.option("--issues", is_flag=True, help="Print the issues instead of the facts.")
@click.option("--proposals", is_flag=True, help="Print the cells that failing identities point at instead.")
@click.option("--statements", is_flag=True, help="Print the counted claims of the text instead.")
@click.option("--comparisons", is_flag=True, help="Print how the text compares with the tables instead.")
def extract_command(files: Sequence[Path], layout: str, excel_safe: bool, **flags: bool) -> None:
    """Print the facts that FILEs report, one row per cell of the form.

    Exit status: 0 if every file was read, 3 if any was quarantined (the reason is on standard error).
    """
    columns, rows = _wanted([name for name, wanted in flags.items() if wanted])
    write = row_writer(columns, layout, excel_safe=excel_safe)
    refused = 0
    opened = list(with_members(files))
    for asked, parsed in zip(opened, parse_files([_file(path) for path in opened]), strict=True):
        file, name = _file(asked), _name(_file(asked))
        wanted = {number_of(asked.as_posix())} if asked != file else set(range(1, len(parsed.reports) + 1))
        for n, report in enumerate(parsed.reports, start=1):
            write({"report": path_in(name, n), **row} for row in rows(report) if n in wanted)
        told = next((f"{r.reason}: {r.sentence}" for r in [parsed.refusal] if r and r.stage in ("read", "extract")), "")
        if not told and max(wanted) > len(parsed.reports):
            told = f"not-a-report: the file holds {len(parsed.reports)} of them"
        if told:
            refused += 1
            click.echo(plain(f"{asked}: quarantined: {told}"), err=True)
    if refused:
        raise SystemExit(QUARANTINED)


def with_members(files: Iterable[Path]) -> Iterator[Path]:
    """The files, with each archive replaced by its members, as `archive.zip!member`, but for the parts of its pages."""
    for file in files:
        try:
            with file.open("rb") as stream:
                found = survey(stream, RawFile(file.as_posix(), 0, 0, ""), TEMPORARY) if is_archive(stream) else None
        except (OSError, NotUsable):  # it is read as a file, which says why it cannot be used
            found = None
        if found is None:
            yield file
            continue
        parts = companions(m.path for m in found.members)
        members = grouped(found.members, found.unreadable, file.as_posix() + SEPARATOR)[0]
        yield from (Path(m.path) for m in members if m.path not in parts)


def _file(path: Path) -> Path:
    """The file that a path means: of `file#2`, where there is no file of this name, `file`."""
    file = Path(file_of(path.as_posix()))
    return path if is_file(path) or not is_file(file) else file


def _name(file: Path) -> str:
    """The name of a file; a member's name begins with its archive's."""
    if is_file(file):
        return file.name
    path = file.as_posix()
    archive = next((a for a, _ in split(path) if is_file(Path(a))), None)
    return file.name if archive is None else Path(archive).name + path[len(archive) :]


def parse_files(files: Sequence[Path]) -> Iterator[Parsed]:
    """Each file read and parsed, within the limits of a run; one that cannot be opened is refused as unreadable."""
    tasks = [(RawFile(file.as_posix(), 0, 0, ""), None) for file in files]
    limits = Limits(workers=min(Limits().workers, len(files)))
    for raw, parsed in parse_all(Path(), tasks, limits, _parse_path):
        if isinstance(parsed, OSError):
            sentence = reason_sentence("unreadable", parsed.strerror or type(parsed).__name__)
            yield Parsed(raw, "unknown", refusal=Refusal("read", "unreadable", sentence))
        else:
            yield parsed


def _parse_path(folder: Folder, raw: RawFile, pin: Pin | None) -> Parsed:
    """In a worker: one file by its path alone. Raises `OSError` where it cannot be read.

    Pages that are pictures take seconds each: on a terminal progress is shown.
    """
    if not sys.stderr.isatty():
        return parse_beside(folder, *by_path(folder, raw.path), pin)
    from pipeline.readers.scan import watching  # with a library that other files do not need

    with watching(partial(_tell, raw.name)):
        return parse_beside(folder, *by_path(folder, raw.path), pin)


def _tell(name: str, done: int, of_all: int) -> None:
    """Overwrites one line with the pages read; the last call empties it."""
    said = f"{name}: page {done + 1} of {of_all} is a picture, reading it" if done < of_all else ""
    print(f"\r\x1b[K{said}", end="", file=sys.stderr, flush=True)


def _wanted(flags: Sequence[str]) -> tuple[Sequence[str], Callable[[Parsed], Iterator[Row]]]:
    """The columns and rows that the flags ask for; the facts without a flag."""
    if len(flags) > 1:
        raise click.UsageError(f"give one of --{' and --'.join(flags)}")
    return _ROWS[flags[0]] if flags else (FACT_COLUMNS, _fact_rows)


def _fact_rows(parsed: Parsed) -> Iterator[Row]:
    for f in parsed.facts:
        table_no, row_code, col_code = f.key
        yield {
            "table": table_no,
            "row_code": row_code,
            "col_code": col_code,
            "value": "" if f.value is None else f"{f.value:f}",
            "value_kind": f.kind,
            "value_raw": f.printed.text.strip(),
            "unit": f.unit,
            "form": f.form,
            "page": f.printed.page,
            "grid": f.printed.grid,
            "row": f.printed.row,
            "col": f.printed.col,
        }


def _issue_rows(parsed: Parsed) -> Iterator[Row]:
    """The issues of a report; a file that gives none of its tables lacks each, for the reason why it is refused."""
    if (refusal := parsed.refusal) and refusal.stage in _UNREAD:
        numbers = sorted({table.number for form in forms() for table in form.tables})
        for number in numbers:
            yield {"code": refusal.reason, "severity": "error", "table": number, "sentence": refusal.sentence}
    for i in parsed.issues:
        yield {
            "code": i.code,
            "severity": i.severity,
            "table": i.table_no,
            "row_code": i.row_code,
            "col_code": i.col_code,
            "page": i.at.page if i.at else None,
            "sentence": i.sentence,
        }


def _proposal_rows(parsed: Parsed) -> Iterator[Row]:
    from pipeline.frames import proposal_rows  # pandas takes a second to import

    for row in proposal_rows(parsed):
        yield {
            "table": row["table_no"],
            **{name: row[name] for name in PROPOSAL_COLUMNS[2:]},
            "proposed": f"{row['proposed']:f}",
        }


def _statement_rows(parsed: Parsed) -> Iterator[Row]:
    for s in parsed.narrative.statements:
        yield {
            "metric": s.metric,
            "value": f"{s.value:f}",
            "unit": s.unit,
            "approximate": s.approximate,
            "cumulative": s.cumulative,
            "stated_year": s.year,
            "scope": s.scope,
            "section": s.section_no,
            "offset": s.offset,
            "phrase": s.phrase,
        }


def _comparison_rows(parsed: Parsed) -> Iterator[Row]:
    for c in parsed.narrative.comparisons:
        yield {
            "rule": c.rule,
            "metric": c.metric,
            "stated": "" if c.stated is None else f"{c.stated:f}",
            "printed": "" if c.printed is None else f"{c.printed:f}",
            "state": c.state,
            "cause": c.cause,
            "severity": c.severity,
            "cells": " + ".join(":".join(map(str, key)) for key in c.cells),
        }


_ROWS: Mapping[str, tuple[Sequence[str], Callable[[Parsed], Iterator[Row]]]] = {
    "issues": (ISSUE_COLUMNS, _issue_rows),
    "proposals": (PROPOSAL_COLUMNS, _proposal_rows),
    "statements": (STATEMENT_COLUMNS, _statement_rows),
    "comparisons": (COMPARISON_COLUMNS, _comparison_rows),
}
