"""Rows printed on standard output, as CSV or as JSON by lines."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

Row = dict[str, Any]

FORMAT = click.option(
    "--format",
    "layout",
    type=click.Choice(["csv", "jsonl"]),
    default="csv",
    show_default=True,
    help="How rows are printed.",
)


def row_writer(columns: Sequence[str], layout: str) -> Callable[[Iterable[Row]], None]:
    """A function that prints rows on standard output, the header first for CSV."""
    out = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    if layout == "csv":
        out.writeheader()

    def write(rows: Iterable[Row]) -> None:
        for row in rows:
            if layout == "csv":
                out.writerow({name: str(v).lower() if isinstance(v, bool) else v for name, v in row.items()})
            else:
                click.echo(json.dumps(row, ensure_ascii=False))

    return write
