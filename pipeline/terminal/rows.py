"""Rows printed on standard output, as CSV or as JSON by lines."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from pipeline.plain import inert, plain, plain_json

Row = dict[str, Any]

FORMAT = click.option(
    "--format",
    "layout",
    type=click.Choice(["csv", "jsonl"]),
    default="csv",
    show_default=True,
    help="How rows are printed.",
)
EXCEL_SAFE = click.option(
    "--excel-safe",
    is_flag=True,
    help="In CSV, put an apostrophe before texts that a spreadsheet would run as formulas.",
)


def row_writer(columns: Sequence[str], layout: str, *, excel_safe: bool = False) -> Callable[[Iterable[Row]], None]:
    """A function that prints rows on standard output, the header first for CSV.

    CSV has texts as they are, except that on a terminal it has no control characters, and with `excel_safe` no
    formulas.
    """
    out = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    if layout == "csv":
        out.writeheader()
    printed = _for_csv(on_terminal=sys.stdout.isatty(), excel_safe=excel_safe)

    def write(rows: Iterable[Row]) -> None:
        for row in rows:
            if layout == "csv":
                out.writerow({name: printed(value) for name, value in row.items()})
            else:
                click.echo(plain_json(row))

    return write


def _for_csv(*, on_terminal: bool, excel_safe: bool) -> Callable[[Any], Any]:
    """How a value is printed."""

    def printed(value: Any) -> Any:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            value = plain(value) if on_terminal else value
            return inert(value) if excel_safe else value
        return value

    return printed
