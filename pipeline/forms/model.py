"""The forms as issued: tables, rows by stub path, columns by header path, units, identities. Data in TOML.

Each form has one file, complete by itself and named like the form. A local variant of a form is a form of its own,
with the same codes for the same cells. Loading checks everything and raises: a faulty form is our fault. How a printed
table is recognised does not belong here but in `matching`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.labels import Label, label

PART_OF = "其中"  # 其中：… says that a row is part of the one above; it is printed or not


class FormError(Exception):
    """A form file contradicts itself; the message names the form and the place."""


@dataclass(frozen=True)
class FormLine:
    """A row or column of a form: its code, its label path (parents first) and the other wordings printed for it.

    `path` is empty for the only row of a table without a stub. A `recalled` label was never seen in print: it is a key
    to be confirmed. A line that is not `known` is not part of any form; a report adds it to an open table.
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
        """The canonical texts that name it: leaf and aliases."""
        texts = {self.leaf.text, *(label(a).text for a in self.aliases)}
        return frozenset(texts | {t.removeprefix(PART_OF) for t in texts})

    @cached_property
    def damaged_names(self) -> frozenset[str]:
        """The canonical texts of its known misprints."""
        return frozenset(label(m).text for m in self.misprints)


def _by_name(lines: Iterable[FormLine]) -> dict[str, tuple[FormLine, ...]]:
    found: dict[str, tuple[FormLine, ...]] = {}
    for line in lines:
        for name in line.names | line.damaged_names:
            found[name] = (*found.get(name, ()), line)
    return found


@dataclass(frozen=True)
class Block:
    """Rows and columns that cross: every row has a cell in every column. `unit` holds where a column has none."""

    rows: tuple[FormLine, ...]
    columns: tuple[FormLine, ...]
    unit: str | None

    def __hash__(self) -> int:
        """The hash of its columns' codes: blocks are keys of caches, and all their lines would be dear to hash."""
        return hash(self.codes)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of the columns."""
        return tuple(c.code for c in self.columns)

    @cached_property
    def named(self) -> Mapping[str, tuple[FormLine, ...]]:
        """The columns by each canonical text that names them, misprints included, in the form's order."""
        return _by_name(self.columns)

    @cached_property
    def leaves(self) -> frozenset[str]:
        """The canonical texts of the columns' own labels, without their groups."""
        return frozenset(c.leaf.text for c in self.columns)

    @cached_property
    def groups(self) -> frozenset[str]:
        """The canonical texts of the labels above the columns."""
        return frozenset(p for c in self.columns for p in c.parents)

    @cached_property
    def last_groups(self) -> frozenset[str]:
        """The canonical texts of the labels right above the columns."""
        return frozenset(c.parents[-1] for c in self.columns if c.parents)


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
    """One cell of a form: codes, label paths, unit; `additive` is False for figures that must not be added up.

    `key` is its table number, row code and column code. It is not `known` where a report adds the row or column to
    those of the form.
    """

    table_no: int
    row: FormLine
    column: FormLine
    unit: str | None
    key: tuple[int, str, str] = field(init=False, repr=False, compare=False)
    known: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make once what is asked for a dozen times a figure."""
        object.__setattr__(self, "key", (self.table_no, self.row.code, self.column.code))
        object.__setattr__(self, "known", self.row.known and self.column.known)

    @property
    def additive(self) -> bool:
        """False for a printed total, which must not be added to its parts, and for lines that are in no form."""
        return self.known and not (self.row.total or self.column.total)


@dataclass(frozen=True)
class FormTable:
    """One table of a form: number, caption, corner labels, blocks, identities and bounds.

    In a bound the left side is at most the right one. Reports add rows and columns of their own to an `open` table.
    Beside the figures a table may have columns that print the unit or the number of each row; `unit_headers` and
    `number_headers` are their headers. `footers` begin the lines printed below the table. With fewer than `least` rows
    printed, the table counts as absent.
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
    def rows(self) -> tuple[FormLine, ...]:
        """All rows, in the form's order."""
        return tuple(r for b in self.blocks for r in b.rows)

    @cached_property
    def named(self) -> Mapping[str, tuple[FormLine, ...]]:
        """The rows that have a label, by each canonical text that names them, misprints included, in order."""
        return _by_name(r for r in self.rows if r.path)

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
    def headers_alone(self) -> frozenset[str]:
        """The canonical texts of the header labels that are no stub labels."""
        return self.headers - self.stubs

    @cached_property
    def beside(self) -> frozenset[str]:
        """The canonical texts of the headers of columns that hold no figures: units and numbers of the rows."""
        return frozenset(label(h).text for h in (*self.unit_headers, *self.number_headers))

    def name_of(self, row: FormLine) -> str:
        """What a row is called: its own label, or the caption where it has none."""
        return row.path[-1] if row.path else self.caption

    def columns_in(self, header: Iterable[str]) -> int:
        """The number of columns of figures under a header: the form's, times how often its other labels come."""
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
    def lines(self) -> tuple[FormLine, ...]:
        """Its rows and columns, those of each block in turn."""
        return tuple(line for b in self.blocks for line in (*b.rows, *b.columns))

    @cached_property
    def names(self) -> frozenset[str]:
        """The canonical texts that name its own rows and columns, known misprints included."""
        return frozenset(n for line in self.lines for n in (*line.names, *line.damaged_names)) - {""}

    @cached_property
    def groups(self) -> frozenset[str]:
        """The canonical texts of the labels that stand above rows and are not rows themselves."""
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
        return self._block_by_row[row_code]

    @cached_property
    def _block_by_row(self) -> dict[str, Block]:
        return {r.code: b for b in reversed(self.blocks) for r in b.rows}

    def is_among(self, printed: AbstractSet[str]) -> bool:
        """True where enough of its rows are among the canonical texts for the table to be present."""
        return (
            self.least <= 0
            or len({r for n in self._named_rows.keys() & printed for r in self._named_rows[n]}) >= self.least
        )

    @cached_property
    def _named_rows(self) -> dict[str, tuple[int, ...]]:
        """The numbers of the rows that each canonical text names."""
        found: dict[str, tuple[int, ...]] = {}
        for number, row in enumerate(self.rows):
            for name in row.names:
                found[name] = (*found.get(name, ()), number)
        return found


def _equations(identity: Identity, block: Block) -> Iterator[Equation]:
    """The identity in every line that it crosses, where the block has all the cells that it adds up."""
    summed, crossed = (block.rows, block.columns) if identity.over == "rows" else (block.columns, block.rows)
    if {*identity.left, *identity.right} <= {line.code for line in summed}:
        for line in crossed:

            def keys(codes: tuple[str, ...], across: str = line.code) -> tuple[tuple[str, str], ...]:
                return tuple((c, across) if identity.over == "rows" else (across, c) for c in codes)

            yield Equation(identity.rule, keys(identity.left), keys(identity.right))


@dataclass(frozen=True, slots=True)
class Heading:
    """A section: its topic (the same number in every form), heading and variants, and the table that stands in it.

    `ordinal` is the numeral under which it is prescribed, 0 where it may stand anywhere. `words` are enough to
    recognise it under a numeral.
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

    `prescribed` is False for a form whose sections and tables are only usual: their absence is not a flaw.
    `variant_of` names the form that it varies locally.
    """

    name: str
    title: str
    headings: tuple[Heading, ...]
    tables: tuple[FormTable, ...]
    prescribed: bool = True
    variant_of: str | None = None

    def __hash__(self) -> int:
        """The hash of the name: forms are keys of caches, and a name is enough to distinguish them."""
        return hash(self.name)

    @property
    def cells(self) -> Iterator[FormCell]:
        """All cells of all tables, in order."""
        return (c for t in self.tables for c in t.cells.values())

    @cached_property
    def labels(self) -> frozenset[str]:
        """The canonical texts of every label that its tables print, of rows, columns and groups."""
        return frozenset(text for t in self.tables for text in t.headers | t.stubs) - {""}

    def table(self, number: int) -> FormTable:
        """The table of that number; raises `KeyError` where the form has none."""
        for t in self.tables:
            if t.number == number:
                return t
        raise KeyError(f"form {self.name} has no table {number}")
