"""Figures by their turn: lines of cells in the order of the text → rows named by a label → readings.

A row is read where exactly as many cells follow its label as the form has columns, or where its first and last printed
figures are that far apart. The labels above must print the columns in the form's order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.forms.model import Block, FormLine, FormTable
from pipeline.labels import Label, label
from pipeline.numbers import figure, is_figure
from pipeline.trust.second_reading.model import CellKey, Reading, Slot, Wanted, agreed, in_order, says_most

Strip = Sequence[Slot]
_LONGEST = 60  # characters: a longer text is not a column's label


@dataclass(frozen=True, slots=True)
class Run:
    """The cells that follow the label of a row, in order; `ordered` says that the columns above are in order."""

    table: FormTable
    row: FormLine
    block: Block
    slots: tuple[Slot, ...]
    ordered: bool


def read_lines(strips: Iterable[Strip], wanted: Wanted, *, ragged: bool = False) -> dict[CellKey, Reading]:
    """The readings of the lines of a file. `ragged`: blank cells may be missing or too many at either end of a row."""
    found = list(runs(strips, wanted))
    steady = {n for n in wanted.tables if not ragged or _is_steady([r for r in found if r.table.number == n])}
    return agreed(pair for run in found for pair in _by_turn(run, steady=run.table.number in steady))


def _is_steady(found: Sequence[Run]) -> bool:
    """True where every row of a table has as many cells as it should, and one of them prints its first and last."""
    if any(len(run.slots) != len(run.block.columns) for run in found):
        return False
    return any(len(_extent(run.slots)) == len(run.block.columns) > 1 for run in found)


def runs(strips: Iterable[Strip], wanted: Wanted) -> Iterator[Run]:
    """The rows of the tables among the lines, each with the cells after its label."""
    heads = _Heads()
    for strip in strips:
        named = _named(strip, wanted)
        if named:
            table, row, slots = named
            block = table.block_of(row.code)
            if any(s.is_figure for s in slots) or len(slots) == len(block.columns):
                yield Run(table, row, block, slots, heads.above(block, table))
                continue
        if not any(s.is_figure for s in strip):
            heads.add(strip, wanted)
            continue
        nameless = None if named else _nameless(strip, wanted, heads)
        if nameless:
            yield nameless
        heads.is_open = False


@dataclass(slots=True)
class _Heads:
    """Labels without figures, in bands between rows with figures, line by line."""

    bands: list[list[list[Label]]] = field(default_factory=list)
    is_open: bool = False
    ordered: dict[int, tuple[int, bool]] = field(default_factory=dict)  # by block: how many bands are judged, and how

    def add(self, strip: Strip, wanted: Wanted) -> None:
        """Take the labels of a line."""
        found = [t for s in strip if s.text and len(s.text) <= _LONGEST for t in _labels(s.text, wanted)]
        if not found:
            return
        if not self.is_open:
            self.bands.append([])
            self.is_open = True
        self.bands[-1].append(found)

    def above(self, block: Block, table: FormTable) -> bool:
        """Whether the last band that has most columns of the block has them in order. The band ends here.

        Where the header says that each row is numbered, a number and a figure cannot be distinguished.
        """
        self.is_open = False
        known, verdict = self.ordered.get(id(block), (0, False))
        band = next((b for b in reversed(self.bands[known:]) if says_most(b, block)), None)
        if band is not None:
            numbers = {label(h).text for h in table.number_headers}
            verdict = in_order(band, block) and not any(t.text in numbers for line in band for t in line)
        self.ordered[id(block)] = len(self.bands), verdict
        return verdict

    def just_above(self, block: Block) -> bool:
        """Whether the open band has the columns of the block in order."""
        return self.is_open and in_order(self.bands[-1], block)


def _labels(printed: str, wanted: Wanted) -> list[Label]:
    """The label that a text is, else the labels of its words: labels close together, or the start of torn ones."""
    return [label(part) for part in ([printed] if wanted.is_label(printed) else printed.split())]


def _named(strip: Strip, wanted: Wanted) -> tuple[FormTable, FormLine, tuple[Slot, ...]] | None:
    """The row that the last label on a line names, and the cells after it, none of which may be a label."""
    for at in range(len(strip) - 1, -1, -1):
        text = strip[at].text
        if not text or is_figure(text) or not text.strip():
            continue
        found = wanted.row(text)
        if found and not any(_is_header(s, found[0]) for s in strip[:at]):
            return (*found, _without_unit(strip[at + 1 :], found[0]))
        if wanted.is_label(text):
            return None
    return None


def _without_unit(slots: Strip, table: FormTable) -> tuple[Slot, ...]:
    """The cells after a label without the unit that some tables print in each row."""
    is_unit = table.unit_headers and slots and slots[0].text and figure(f"0{slots[0].text.strip('()（）')}").unit
    return tuple(slots[1:] if is_unit else slots)


def _is_header(slot: Slot, table: FormTable) -> bool:
    return bool(slot.text) and label(slot.text or "").text in table.headers_alone


def _nameless(strip: Strip, wanted: Wanted, heads: _Heads) -> Run | None:
    """A line of figures without a label, right below the columns of a table whose only row has none."""
    if not any(s.is_figure for s in strip) or any(s.text and wanted.is_label(s.text) for s in strip):
        return None
    for table in wanted.nameless:
        block = table.blocks[0]
        if heads.just_above(block):
            return Run(table, table.rows[0], block, tuple(strip), ordered=True)
    return None


def _by_turn(run: Run, *, steady: bool) -> Iterator[tuple[CellKey, Reading]]:
    slots = run.slots if steady and len(run.slots) == len(run.block.columns) else _extent(run.slots)
    if not run.ordered or len(slots) != len(run.block.columns):
        return
    for column, slot in zip(run.block.columns, slots, strict=True):
        if slot.text is not None:
            yield (run.table.number, run.row.code, column.code), Reading(slot.text, slot.page, slot.line)


def _extent(slots: Sequence[Slot]) -> Sequence[Slot]:
    """The cells from the first to the last that is not blank."""
    printed = [i for i, s in enumerate(slots) if not s.is_blank]
    return slots[printed[0] : printed[-1] + 1] if printed else ()
