"""RTF documents as a stream of cells: what stands between the ends of cells, up to the end of the row."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.marks import BEGIN, OBJECT
from pipeline.readers.rtf.content import events, whole
from pipeline.trust.second_reading.lines import read_lines
from pipeline.trust.second_reading.model import CellKey, Reading, Slot, Wanted

_MARKED = frozenset({*BEGIN.values(), OBJECT})


def read_rtf(data: bytes, wanted: Wanted) -> dict[CellKey, Reading]:
    """The readings of an RTF document. Raises `Refused` where it is too large."""
    return read_lines(_strips(data), wanted)


def _strips(data: bytes) -> Iterator[list[Slot]]:
    """The cells of each row as they come; a paragraph outside of any table ends a row too."""
    strip: list[Slot] = []
    cell: list[str] = []
    goes_on: list[bool] = []  # for each cell that the row defines: whether it continues the one above
    merged = False
    for event in events(data):
        word = event.word
        if word == "text":
            cell.append(event.text)
        elif word == "trowd":
            goes_on, merged = [], False
        elif word == "clvmrg":
            merged = True
        elif word == "cellx":
            goes_on, merged = [*goes_on, merged], False
        elif word in ("cell", "nestcell"):
            strip.append(Slot(_shown(whole(cell))))
            cell = []
        elif word in ("row", "nestrow") or (word == "par" and not event.level):
            if strip:
                yield [Slot(None) if n < len(goes_on) and goes_on[n] else s for n, s in enumerate(strip)]
            strip, cell = [], []


def _shown(text: str) -> str | None:
    """The text of a cell; None where a part of it is struck, raised or hidden, or is not text."""
    return None if not _MARKED.isdisjoint(text) else text.replace("\n", "").strip()
