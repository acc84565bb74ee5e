"""The forms as issued: tables, rows by stub path, columns by header path, units, identities. Data in TOML.

One file a form, complete by itself; the file's name is the form's. A local variant of a form is a form of its own,
with the same codes for the same cells. Loading checks everything and raises: a faulty form is our fault. How a
printed table is recognised does not belong here, that is `matching`.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

from pipeline.labels import Label, label

_PART_OF = "其中"  # 其中：… says that a row is part of the one above; it is printed or not
_FORM_FILE = re.compile(r"^[0-9]{4}[^/]*\.toml$")  # the folder holds other knowledge beside the forms


class FormError(Exception):
    """A form file contradicts itself; the message names the form and the place."""


@dataclass(frozen=True)
class Line:
    """A row or column of a form: its code, its label path (parents first) and what else is printed for it.

    `path` is empty for the only row of a table without a stub. A `recalled` label was never seen in print: it is a
    key to be confirmed. What is not `known` is no line of any form, but one that a report adds to an open table.
    """

    code: str
    path: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    misprints: tuple[str, ...] = ()
    total: bool = False
    unit: str | None = None
    signed: bool = False  # a change, which may be below zero
    recalled: bool = False
    known: bool = True

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
        texts = {self.leaf.text, *(label(a).text for a in self.aliases)}
        return frozenset(texts | {t.removeprefix(_PART_OF) for t in texts})

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
    """One cell of a form: codes, label paths, unit; `additive` is False for what must not be added up."""

    table_no: int
    row: Line
    column: Line
    unit: str | None

    @property
    def additive(self) -> bool:
        """False for a printed total, which must not be added to its parts, and for what no form knows."""
        return self.known and not (self.row.total or self.column.total)

    @property
    def known(self) -> bool:
        """False where a report adds the row or the column to the form's own."""
        return self.row.known and self.column.known


@dataclass(frozen=True)
class FormTable:
    """One table of a form: number, caption, corner labels, blocks, identities and bounds.

    Of a bound the left side is at most the right one. Reports add rows and columns of their own to an `open` table.
    Beside the figures a table may have columns that print the unit or the number of each row; `unit_headers` and
    `number_headers` are how they are headed. `footers` begin what is printed below the table. A table of which fewer
    than `least` rows are printed is not there.
    """

    number: int
    caption: str
    corner: tuple[str, ...]
    blocks: tuple[Block, ...]
    identities: tuple[Identity, ...]
    open: bool = False
    unit_headers: tuple[str, ...] = ()
    number_headers: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()
    least: int = 0
    bounds: tuple[Identity, ...] = ()

    @cached_property
    def rows(self) -> tuple[Line, ...]:
        """All rows, in the form's order."""
        return tuple(r for b in self.blocks for r in b.rows)

    @cached_property
    def cells(self) -> dict[tuple[str, str], FormCell]:
        """The cells by row code and column code, in the form's order."""
        return {
            (r.code, c.code): FormCell(self.number, r, c, c.unit or r.unit or b.unit)
            for b in self.blocks
            for r in b.rows
            for c in b.columns
        }

    @cached_property
    def headers(self) -> frozenset[str]:
        """The canonical texts of every header label: columns, the groups above them, corners."""
        columns = [c for b in self.blocks for c in b.columns]
        names = {n for c in columns for n in (*c.names, *c.damaged_names, *c.parents)}
        return frozenset(names | {label(c).text for c in self.corner}) | self.beside

    @cached_property
    def beside(self) -> frozenset[str]:
        """The canonical texts of the headers of columns that hold no figures: units and numbers of the rows."""
        return frozenset(label(h).text for h in (*self.unit_headers, *self.number_headers))

    def columns_in(self, header: Iterable[str]) -> int:
        """How many columns of figures a header has by the form: so many times as it prints all else that it prints."""
        others = Counter(t for t in header if t in self.headers - self.names)
        return max(len(b.columns) for b in self.blocks) * min(others.values(), default=1)

    @cached_property
    def below(self) -> frozenset[str]:
        """The canonical texts with which the lines below it begin."""
        return frozenset(label(f).text for f in self.footers)

    @cached_property
    def recalled(self) -> bool:
        """True where some of its labels were never seen in print."""
        return any(line.recalled for line in self.lines)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Its rows and columns, those of each block in turn."""
        return tuple(line for b in self.blocks for line in (*b.rows, *b.columns))

    @cached_property
    def names(self) -> frozenset[str]:
        """The canonical texts that name its own rows and columns, known misprints included."""
        return frozenset(n for line in self.lines for n in (*line.names, *line.damaged_names)) - {""}

    @cached_property
    def groups(self) -> frozenset[str]:
        """The canonical texts of the labels that stand above rows and are no rows themselves."""
        return frozenset(p for r in self.rows for p in r.parents) - {n for r in self.rows for n in r.names}

    @cached_property
    def stubs(self) -> frozenset[str]:
        """The canonical texts of every stub label: rows and the groups above them."""
        return frozenset(n for r in self.rows if r.path for n in (*r.names, *r.damaged_names, *r.parents))

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """Every identity, once for each column or row that it crosses, in the form's order."""
        return tuple(e for i in self.identities for b in self.blocks for e in _equations(i, b))

    @cached_property
    def inequalities(self) -> tuple[Equation, ...]:
        """Every bound, once for each column or row that it crosses: the left side is at most the right one."""
        return tuple(e for i in self.bounds for b in self.blocks for e in _equations(i, b))

    def block_of(self, row_code: str) -> Block:
        """The block in which a row stands."""
        return next(b for b in self.blocks if any(r.code == row_code for r in b.rows))

    def is_among(self, printed: Collection[str]) -> bool:
        """True where as many of its rows are among the canonical texts as it takes to be there."""
        return self.least <= 0 or sum(not r.names.isdisjoint(printed) for r in self.rows) >= self.least


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
    """A section: its topic (the same number in every form), heading and variants, and the table that stands in it.

    `ordinal` is the numeral under which it is prescribed, 0 where it may stand anywhere. `words` are enough to tell
    it under a numeral.
    """

    topic: int
    names: frozenset[str]
    text: str
    table: int | None
    ordinal: int = 0
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form: name, where it was issued, prescribed sections, tables.

    `prescribed` is False for a form whose sections and tables are usual only: nothing is amiss without them.
    `variant_of` names the form of which it is a local variant.
    """

    name: str
    title: str
    headings: tuple[Heading, ...]
    tables: tuple[FormTable, ...]
    prescribed: bool = True
    variant_of: str | None = None

    def __hash__(self) -> int:
        """Forms are keys of caches, and a name is enough to tell them apart."""
        return hash(self.name)

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
    found = sorted((f for f in files(__name__).iterdir() if _FORM_FILE.match(f.name)), key=lambda f: f.name)
    made = tuple(parse_form(f.name.removesuffix(".toml"), f.read_text("utf-8")) for f in found)
    check_variants(made)
    return made


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
        prescribed = raw.get("prescribed", True)
        made = Form(
            raw["name"],
            raw["title"],
            tuple(_heading(s, prescribed=prescribed) for s in raw.get("section", [])),
            tuple(_table(t) for t in raw["table"]),
            prescribed,
            raw.get("variant_of"),
        )
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as e:
        raise FormError(f"form {name}: {type(e).__name__}: {e}") from e
    _check(name, made)
    return made


def _heading(raw: dict[str, Any], *, prescribed: bool) -> Heading:
    names = frozenset(label(n).text for n in (raw["heading"], *raw.get("aliases", [])))
    ordinal = raw["topic"] if prescribed else 0
    return Heading(raw["topic"], names, raw["heading"], raw.get("table"), ordinal, tuple(raw.get("words", [])))


def _table(raw: dict[str, Any]) -> FormTable:
    return FormTable(
        raw["number"],
        raw["caption"],
        tuple(raw.get("corner", [])),
        tuple(_block(b) for b in raw["block"]),
        tuple(_identity(i) for i in raw.get("identity", [])),
        raw.get("open", False),
        tuple(raw.get("unit_headers", [])),
        tuple(raw.get("number_headers", [])),
        tuple(raw.get("footers", [])),
        raw.get("least", 0),
        tuple(_identity(i) for i in raw.get("bound", [])),
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
        raw.get("total", False),
        raw.get("unit"),
        raw.get("signed", False),
        raw.get("recalled", False),
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
        _check_flags(name, table)
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
    for identity in (*table.identities, *table.bounds):
        unknown = {*identity.left, *identity.right} - (rows if identity.over == "rows" else columns)
        if unknown:
            raise FormError(
                f"form {name}: table {table.number}: {identity.rule} names unknown {identity.over}: {sorted(unknown)}"
            )


def _check_flags(name: str, table: FormTable) -> None:
    """What is neither yes nor no would be taken for yes."""
    flags = (table.open, *(f for line in table.lines for f in (line.total, line.signed, line.recalled)))
    if any(not isinstance(f, bool) for f in flags):
        raise FormError(f"form {name}: table {table.number}: open, total, signed and recalled are true or false")


def check_variants(known: Sequence[Form]) -> None:
    """Raise `FormError` where a local variant means something else by a code than the form that it varies."""
    by_name = {f.name: f for f in known}
    for made in known:
        if made.variant_of is not None:
            base = by_name.get(made.variant_of)
            if base is None or base.variant_of is not None:
                raise FormError(f"form {made.name}: it varies {made.variant_of}, which is no form of its own")
            _check_variant(made, base)


def _check_variant(made: Form, base: Form) -> None:
    shared = {t.number: t for t in base.tables}
    for table in made.tables:
        if table.number not in shared:
            continue
        issued = shared[table.number]
        for key in table.cells.keys() & issued.cells.keys():
            ours, theirs = table.cells[key], issued.cells[key]
            where = f"form {made.name}: table {table.number}"
            if ours.unit != theirs.unit:
                raise FormError(f"{where}: {key} has the unit {ours.unit}, not {theirs.unit}")
            for line, meant in ((ours.row, theirs.row), (ours.column, theirs.column)):
                if not meant.names <= line.names:
                    raise FormError(f"{where}: {line.code} is not called {meant.leaf.text}")
