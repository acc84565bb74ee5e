"""`disclosure export` and `disclosure sql`: what is published, for people without a DuckDB client.

What does *not* belong here: what a view shows (`warehouse/views`).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.table import Table

from pipeline.plain import inert, plain
from pipeline.terminal.failures import for_people
from pipeline.terminal.markup import escape
from pipeline.terminal.options import DISTRICT, WAREHOUSE_FOLDER, year_option
from pipeline.terminal.screen import Screen
from pipeline.warehouse import Warehouse, WarehouseError
from pipeline.warehouse.ddl import literal, quoted
from pipeline.warehouse.snapshot import Snapshot
from pipeline.warehouse.view_sql import chinese_names

Rows = Iterable[Sequence[Any]]

# The most rows that a sheet can have, its headings included.
SHEET_ROWS = 1_048_576
ORDER = ("district_code", "year", "report_id", "table_no", "row_code", "col_code", "series", "rate", "applicant")
ROWS_SHOWN = 200
WIDEST = 1_000_000
NO_ROWS = "no rows; what could not be loaded, and why, is in the table quarantine and in `disclosure status`"


@click.command("export")
@click.argument("view")
@click.option("--format", "layout", type=click.Choice(["csv", "xlsx", "parquet"]), default="csv", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="[default: VIEW.FORMAT here]")
@click.option("--headings", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="zh: in Chinese.")
@year_option("Only reports of this year.")
@DISTRICT
@WAREHOUSE_FOLDER
def export_command(
    view: str,
    layout: str,
    output: Path | None,
    headings: str,
    year: int | None,
    districts: Sequence[str],
    warehouse: Path,
) -> None:
    """Write a table or view of the published warehouse into a file.

    CSV is UTF-8 with a byte-order mark, which Excel needs for Chinese. A text that a spreadsheet would take for a
    formula gets an apostrophe in front in CSV, and is marked as text in XLSX.

    Exit status: 0; 1 if the view does not exist, or the file cannot be written; 2 for a year or district that the
    register does not know.
    """
    target = output or Path(f"{view}.{layout}")
    with for_people(Screen()), Warehouse(warehouse.resolve()).snapshot() as snapshot:
        columns = _columns(snapshot, view)
        sql = _selection(view, columns, year, districts)
        heads = list(chinese_names(columns).values()) if headings == "zh" else list(columns)
        with _arriving(target) as part:
            if layout == "parquet":
                named = ", ".join(f"{quoted(c)} AS {quoted(h)}" for c, h in zip(columns, heads, strict=True))
                snapshot.write(f"SELECT {named} FROM ({sql})", part, "parquet")  # noqa: S608 -- names of the warehouse
            else:
                WRITERS[layout](part, heads, snapshot.stream(sql))
        (rows,) = snapshot.query(f"SELECT count(*) FROM ({sql})")[0]  # noqa: S608 -- names of the warehouse
    click.echo(f"{target}: {rows:,} rows, {len(columns)} columns", err=True)
    if not rows:
        click.echo(NO_ROWS, err=True)


@click.command("sql")
@click.argument("question")
@click.option("--format", "layout", type=click.Choice(["table", "csv"]), default="table", show_default=True)
@WAREHOUSE_FOLDER
def sql_command(question: str, layout: str, warehouse: Path) -> None:
    """Ask the published warehouse a QUESTION in SQL, as "SELECT * FROM requests"; the warehouse is only read.

    Exit status: 0; 1 if the question cannot be answered.
    """
    with for_people(Screen()), Warehouse(warehouse.resolve()).snapshot() as snapshot:
        names, rows = snapshot.answer(question)
        if layout == "csv":
            _write_rows(sys.stdout, names, rows)
        else:
            _show(names, rows)


def _show(names: Sequence[str], rows: Iterator[Sequence[Any]]) -> None:
    """The first rows, none of them cut off: as a table, or line by line where a terminal is too narrow for one.

    A cell without a value shows NULL, which is not 0.
    """
    heads = [escape(name) for name in names]
    first = [
        ["[dim]NULL[/]" if value is None else escape(str(value)) for value in row] for row in islice(rows, ROWS_SHOWN)
    ]
    if next(rows, None) is not None:
        click.echo(f"… only the first {ROWS_SHOWN} rows; --format csv gives all", err=True)
    if not first:
        click.echo(NO_ROWS, err=True)
    console, table = Console(highlight=False), Table(*heads, box=None, pad_edge=False)
    for row in first:
        table.add_row(*row)
    needed = console.measure(table, options=console.options.update(width=WIDEST)).maximum
    if needed <= console.width or not console.is_terminal:  # a file or a pipe has no edge
        console.width = max(needed, console.width)
        console.print(table)
        return
    for row in first:
        record = Table.grid(padding=(0, 2, 0, 0))
        for head, value in zip(heads, row, strict=True):
            record.add_row(head, value)
        console.print(record, end="\n\n")


def _columns(snapshot: Snapshot, view: str) -> dict[str, str]:
    """The columns of a table or view in order, each with its comment. Raises WarehouseError where there is none."""
    sql = """SELECT column_name, coalesce(comment, '') FROM duckdb_columns()
             WHERE table_name = ? AND schema_name = 'main' ORDER BY column_index"""
    if found := dict(snapshot.query(sql, [view])):
        return found
    views = snapshot.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'main' ORDER BY 1")
    raise WarehouseError(f"there is no table or view {view!r}; there are: {', '.join(name for (name,) in views)}")


def _selection(view: str, columns: Iterable[str], year: int | None, districts: Sequence[str]) -> str:
    """The query of an export. Raises WarehouseError where the view lacks what is asked for."""
    there, wanted = set(columns), []
    for column, given in (("year", year), ("district_code", districts)):
        if given and column not in there:
            raise WarehouseError(f"{view} has no column {column}")
    if year is not None:
        wanted.append(f"year = {year}")
    if districts:
        begun = " OR ".join(f"starts_with(district_code, {literal(code)})" for code in districts)
        wanted.append(f"({begun})")
    where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
    order = ", ".join(quoted(column) for column in ORDER if column in there)
    return f"SELECT * FROM {quoted(view)}{where}" + (f" ORDER BY {order}" if order else "")  # noqa: S608 -- as above


@contextmanager
def _arriving(target: Path) -> Iterator[Path]:
    """A file that takes its name once it is complete. Raises WarehouseError where it cannot be written."""
    part = target.with_name(f".{target.name}.part")
    try:
        yield part
        part.replace(target)
    except OSError as error:
        raise WarehouseError(f"{target} cannot be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _write_csv(path: Path, heads: Sequence[str], rows: Rows) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        _write_rows(file, heads, rows)


def _write_rows(file: TextIO, heads: Sequence[str], rows: Rows) -> None:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(heads)
    out.writerows([inert(_shown(value, file)) for value in row] for row in rows)


def _shown(value: Any, file: TextIO) -> Any:
    """A text as it is; on a terminal without the control characters that a terminal obeys."""
    return plain(value) if isinstance(value, str) and file.isatty() else value


def _write_xlsx(path: Path, heads: Sequence[str], rows: Rows) -> None:
    from openpyxl import Workbook  # takes a moment that no other verb should wait for

    book = Workbook(write_only=True)
    sheet = book.create_sheet("disclosure")
    sheet.freeze_panes = "A2"
    sheet.append(heads)
    for number, row in enumerate(rows, start=2):
        if number > SHEET_ROWS:
            raise WarehouseError(
                f"a sheet has at most {SHEET_ROWS:,} rows: narrow it by --year or --district, or use csv"
            )
        sheet.append([_sheet_cell(sheet, value) for value in row])
    book.save(path)


def _sheet_cell(sheet: Any, value: Any) -> Any:
    """A text kept as text, whatever it begins with; characters that XML cannot hold are left out."""
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell


WRITERS: dict[str, Callable[[Path, Sequence[str], Rows], None]] = {"csv": _write_csv, "xlsx": _write_xlsx}
