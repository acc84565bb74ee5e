"""The forms as issued: tables, rows by stub path, columns by header path, units, identities. Data in TOML.

One file a form, complete by itself; the file's name is the form's. Loading checks everything and raises:
a faulty form is our fault. How a printed table is recognised does not belong here, that is `matching`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from pipeline.labels import Label, label


class FormError(Exception):
    """A form file contradicts itself; the message names the form and the place."""


@dataclass(frozen=True)
class Line:
    """A row or column of a form: its code, its label path (parents first) and what else is printed for it.

    `path` is empty for the only row of a table without a stub.
    """

    code: str
    path: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    misprints: tuple[str, ...] = ()
    series: str | None = None
    total: bool = False
    unit: str | None = None
    signed: bool = False  # a change, which may be below zero

    @cached_property
    def leaf(self) -> Label:
        """The canonical label of the line itself."""
        return label(self.path[-1]) if self.path else Label("")

    @cached_property
    def parents(self) -> tuple[str, ...]:
        """The canonical texts of the labels above it."""
        return tuple(label(p).text for p in self.path[:-1])

    @cached_property
    def names(self) -> frozenset[str]:
        """The canonical texts by which it is known: leaf and aliases."""
        return frozenset({self.leaf.text, *(label(a).text for a in self.aliases)})

    @cached_property
    def damaged_names(self) -> frozenset[str]:
        """The canonical texts of its known misprints."""
        return frozenset(label(m).text for m in self.misprints)


@dataclass(frozen=True)
class Block:
    """Rows and columns that cross: every row has a cell in every column. `unit` holds where a column has none."""

    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    unit: str | None


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity as sums of codes, over rows (for each column) or over columns (for each row)."""

    rule: str
    over: str  # "rows" or "columns"
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Equation:
    """An identity worked out for one column or row: the cells of either side, each as row code and column code."""

    rule: str
    left: tuple[tuple[str, str], ...]
    right: tuple[tuple[str, str], ...]

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """The cells of both sides."""
        return (*self.left, *self.right)


@dataclass(frozen=True, slots=True)
class FormCell:
    """One cell of a form: codes, label paths, unit, series; `additive` is False for printed totals."""

    table_no: int
    row: Line
    column: Line
    unit: str | None

    @property
    def additive(self) -> bool:
        """False for a printed total, which must not be added to its parts."""
        return not (self.row.total or self.column.total)


@dataclass(frozen=True)
class FormTable:
    """One table of a form: number, caption, corner labels, blocks and identities."""

    number: int
    caption: str
    corner: tuple[str, ...]
    blocks: tuple[Block, ...]
    identities: tuple[Identity, ...]

    @cached_property
    def rows(self) -> tuple[Line, ...]:
        """All rows, in the form's order."""
        return tuple(r for b in self.blocks for r in b.rows)

    @cached_property
    def cells(self) -> dict[tuple[str, str], FormCell]:
        """The cells by row code and column code, in the form's order."""
        return {
            (r.code, c.code): FormCell(self.number, r, c, c.unit or b.unit)
            for b in self.blocks
            for r in b.rows
            for c in b.columns
        }

    @cached_property
    def headers(self) -> frozenset[str]:
        """The canonical texts of every header label: columns, the groups above them, corners."""
        columns = [c for b in self.blocks for c in b.columns]
        names = {n for c in columns for n in (*c.names, *c.damaged_names, *c.parents)}
        return frozenset(names | {label(c).text for c in self.corner})

    @cached_property
    def stubs(self) -> frozenset[str]:
        """The canonical texts of every stub label: rows and the groups above them."""
        return frozenset(n for r in self.rows if r.path for n in (*r.names, *r.damaged_names, *r.parents))

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Every identity, once for each column or row that it crosses, in the form's order."""
        return tuple(e for i in self.identities for b in self.blocks for e in _equations(i, b))

    def block_of(self, row_code: str) -> Block:
        """The block in which a row stands."""
        return next(b for b in self.blocks if any(r.code == row_code for r in b.rows))


def _equations(identity: Identity, block: Block) -> Iterator[Equation]:
    """The identity in every line that it crosses, where the block has all that it adds up."""
    summed, crossed = (block.rows, block.columns) if identity.over == "rows" else (block.columns, block.rows)
    if {*identity.left, *identity.right} <= {line.code for line in summed}:
        for line in crossed:

            def keys(codes: tuple[str, ...], across: str = line.code) -> tuple[tuple[str, str], ...]:
                return tuple((c, across) if identity.over == "rows" else (across, c) for c in codes)

            yield Equation(identity.rule, keys(identity.left), keys(identity.right))


@dataclass(frozen=True, slots=True)
class Heading:
    """A prescribed section: its number, heading and variants, and the table that stands in it."""

    topic: int
    names: frozenset[str]
    text: str
    table: int | None


@dataclass(frozen=True)
class Form:
    """A form: name, where it was issued, prescribed sections, tables."""

    name: str
    title: str
    headings: tuple[Heading, ...]
    tables: tuple[FormTable, ...]

    @property
    def cells(self) -> Iterator[FormCell]:
        """All cells of all tables, in order."""
        return (c for t in self.tables for c in t.cells.values())

    def table(self, number: int) -> FormTable:
        """The table of that number; raises `KeyError` where the form has none."""
        for t in self.tables:
            if t.number == number:
                return t
        raise KeyError(f"form {self.name} has no table {number}")


@lru_cache(maxsize=1)
def forms() -> tuple[Form, ...]:
    """All forms, by name. Raises `FormError` where a file contradicts itself."""
    found = sorted((f for f in files(__name__).iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(parse_form(f.name.removesuffix(".toml"), f.read_text("utf-8")) for f in found)


def form(name: str) -> Form:
    """The form of that name; raises `KeyError` where there is none."""
    for f in forms():
        if f.name == name:
            return f
    raise KeyError(f"no form {name}")


def parse_form(name: str, toml: str) -> Form:
    """A form from the text of its file. Raises `FormError` naming the form and what is wrong."""
    try:
        raw = tomllib.loads(toml)
        made = Form(
            raw["name"],
            raw["title"],
            tuple(_heading(s) for s in raw.get("section", [])),
            tuple(_table(t) for t in raw["table"]),
        )
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as e:
        raise FormError(f"form {name}: {type(e).__name__}: {e}") from e
    _check(name, made)
    return made


def _heading(raw: dict[str, Any]) -> Heading:
    names = frozenset(label(n).text for n in (raw["heading"], *raw.get("aliases", [])))
    return Heading(raw["topic"], names, raw["heading"], raw.get("table"))


def _table(raw: dict[str, Any]) -> FormTable:
    return FormTable(
        raw["number"],
        raw["caption"],
        tuple(raw.get("corner", [])),
        tuple(_block(b) for b in raw["block"]),
        tuple(_identity(i) for i in raw.get("identity", [])),
    )


def _block(raw: dict[str, Any]) -> Block:
    return Block(
        tuple(_line(r, r["stub"]) for r in raw["rows"]),
        tuple(_line(c, c["header"]) for c in raw["columns"]),
        raw.get("unit"),
    )


def _line(raw: dict[str, Any], path: Sequence[str]) -> Line:
    return Line(
        raw["code"],
        tuple(path),
        tuple(raw.get("aliases", [])),
        tuple(raw.get("misprints", [])),
        raw.get("series"),
        raw.get("total", False),
        raw.get("unit"),
        raw.get("signed", False),
    )


def _identity(raw: dict[str, Any]) -> Identity:
    over = "rows" if "rows" in raw else "columns"
    return Identity(raw["rule"], over, tuple(raw[over]["left"]), tuple(raw[over]["right"]))


def _check(name: str, made: Form) -> None:
    if made.name != name:
        raise FormError(f"form {name}: the file says its name is {made.name}")
    _once(name, "table", [t.number for t in made.tables])
    _once(name, "section", [h.topic for h in made.headings])
    for table in made.tables:
        where = f"table {table.number}"
        _once(name, f"{where}: row", [r.code for r in table.rows])
        for block in table.blocks:
            _once(name, f"{where}: column", [c.code for c in block.columns])
            _once(name, f"{where}: header", [c.path for c in block.columns])
        _check_names(name, table)
        _check_identities(name, table)


def _once(name: str, what: str, keys: Sequence[object]) -> None:
    twice = {k for k in keys if keys.count(k) > 1}
    if twice:
        raise FormError(f"form {name}: {what} given twice: {sorted(map(str, twice))}")


def _check_names(name: str, table: FormTable) -> None:
    """Two rows under the same parents may not share a name: nothing could tell them apart."""
    seen: dict[tuple[tuple[str, ...], str], str] = {}
    for row in table.rows:
        for text in row.names | row.damaged_names:
            other = seen.setdefault((row.parents, text), row.code)
            if other != row.code:
                raise FormError(f"form {name}: table {table.number}: rows {other} and {row.code} share {text}")


def _check_identities(name: str, table: FormTable) -> None:
    rows = {r.code for r in table.rows}
    columns = {c.code for b in table.blocks for c in b.columns}
    for identity in table.identities:
        unknown = {*identity.left, *identity.right} - (rows if identity.over == "rows" else columns)
        if unknown:
            raise FormError(
                f"form {name}: table {table.number}: {identity.rule} names unknown {identity.over}: {sorted(unknown)}"
            )
