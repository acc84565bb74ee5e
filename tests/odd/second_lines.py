"""Hands for tables in which a cell prints a figure on two lines, as each format leaves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from html import escape

from tests.odd import page as hands
from tests.odd.page import Page, Rows, fields

Hand = tuple[str, Callable[[Page], bytes]]


def _printed_lines(row: Sequence[str], *, centred: bool) -> Iterator[list[str]]:
    """The lines that a row prints; a cell of fewer lines stands at the top or in the middle."""
    cells = [cell.split("\n") for cell in row]
    height = max(map(len, cells))
    for n in range(height):
        starts = [(height - len(c)) // 2 if centred else 0 for c in cells]
        yield [c[n - at] if 0 <= n - at < len(c) else "" for c, at in zip(cells, starts, strict=True)]


def _lines_of(rows: Rows, *, centred: bool) -> list[list[str]]:
    return [line for row in fields(rows) for line in _printed_lines(row, centred=centred)]


def _padded(rows: Rows, *, centred: bool) -> str:
    return hands.aligned(_lines_of(rows, centred=centred))


def _gaps(rows: Rows, *, centred: bool) -> str:
    return "\n".join("      ".join(t for t in line if t) for line in _lines_of(rows, centred=centred))


def _between(sign: str, rows: Rows) -> str:
    return "\n".join(sign.join(line) for line in _lines_of(rows, centred=False))


def _line_ends_kept(sign: str, rows: Rows) -> str:
    return "\n".join(sign.join(row) for row in fields(rows))


def _quoted(rows: Rows) -> str:
    return "\n".join("\t".join(f'"{t}"' if "\n" in t else t for t in row) for row in fields(rows))


def _divisions(rows: Rows) -> str:
    cells = ("".join(f"<div>{escape(t).replace(chr(10), '<br>')}</div>" for t in row) for row in fields(rows))
    return "".join(f"<div style='display:table-row'>{row}</div>" for row in cells)


def _html(page: Page, table: Callable[[Rows], str]) -> bytes:
    return hands.web(page, lambda rows: f"<pre>{table(rows)}</pre>")


def _pdf(page: Page, borders: str) -> bytes:
    return hands.pdf(page, borders, centred=True)


SECOND_LINES: Mapping[str, Hand] = {
    **{name: hands.HANDS[name] for name in ("html", "docx", "pdf", "xlsx", "lines", "csv")},
    **{name: hands.LOOSE[name] for name in ("level", "zebra", "bare")},
    **{f"{b}_centred": ("pdf", partial(_pdf, borders=b)) for b in ("strokes", "horizontal", "zebra", "none")},
    "padded": ("txt", partial(hands.dump, table=partial(_padded, centred=False))),
    "padded_centred": ("txt", partial(hands.dump, table=partial(_padded, centred=True))),
    "gaps": ("txt", partial(hands.dump, table=partial(_gaps, centred=False))),
    "gaps_centred": ("txt", partial(hands.dump, table=partial(_gaps, centred=True))),
    "tabs": ("txt", partial(hands.dump, table=partial(_between, "\t"))),
    "tabs_line_ends": ("txt", partial(hands.dump, table=partial(_line_ends_kept, "\t"))),
    "tabs_quoted": ("txt", partial(hands.dump, table=_quoted)),
    "pipes": ("md", partial(hands.dump, table=partial(_between, " | "))),
    "commas": ("csv", partial(hands.dump, table=partial(_between, ","))),
    "commas_line_ends": ("csv", partial(hands.dump, table=partial(_line_ends_kept, ","))),
    "pre": ("html", partial(_html, table=partial(_padded, centred=False))),
    "divisions": ("html", partial(_html, table=_divisions)),
}
