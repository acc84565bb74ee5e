"""The values that the stages of `dumps` hand to each other, and the limits that they share."""

from __future__ import annotations

from dataclasses import dataclass, field

LONGEST_PIECE = 80  # longer ones are prose


REACH = 14  # a torn label goes on within this many pieces


LEAST_PREFIX = 2


PROSE = 20  # a longer piece without any label ends a table


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: its text, line and paragraph, and whether it is a figure or a blank cell among them.

    `words` is its canonical text as a label. `aside` is the unit or the number of a row. A word that stands where only
    a figure can counts as one. A figure is `expected` where a page number would stand.
    """

    text: str
    words: str
    paragraph: int
    line: int | None
    page: int | None
    figure: bool
    alone: bool  # the only piece of its line
    heading: bool = False  # of a section: it is not a label, and no table continues across it
    aside: bool = False
    expected: bool = False

    @property
    def is_long(self) -> bool:
        """True for prose; not for a label with an explanation in brackets."""
        if self.figure or len(self.text) <= PROSE:
            return False
        return len(self.words) > PROSE or not self.text.endswith((")", "）"))


@dataclass(frozen=True, slots=True)
class Name:
    """A label of a form: in which tables it stands, and which rows it names (none for headers and groups).

    `is_indicator` says that it heads a column of an indicator table: such words are short and common
    (数量), and not part of a label. `is_group` says that it stands above rows. What is `strange` is in no form.
    """

    text: str
    tables: frozenset[int]
    rows: frozenset[tuple[int, str]]
    column: bool
    is_indicator: bool = False
    is_group: bool = False
    strange: bool = False

    @property
    def vague(self) -> bool:
        """True for a name of both rows and columns: 总计, 其他."""
        return self.column and bool(self.rows)


@dataclass(frozen=True, slots=True)
class Hit:
    """A label found: its name, the table it was taken for, and the first and last piece of it.

    `text` is what is printed, with the words beside the label; a torn label is put together in it.
    """

    name: Name
    table: int
    start: int
    end: int
    text: str
    code: str | None = None  # of the row, where the name alone leaves several


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that stand together: the pieces, blank ones between them included."""

    pieces: tuple[int, ...]


@dataclass
class Stream:
    """A document's pieces with the labels and groups found in them."""

    pieces: list[Piece]
    hits: list[Hit] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
