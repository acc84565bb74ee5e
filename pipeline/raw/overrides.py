"""What a person has pinned about a file: `data/raw/overrides.csv`. What does *not* belong here: what the file says."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from pipeline.document import RawFile, file_of, number_of
from pipeline.raw.csv_lines import checked_code, checked_year, decided_lines, known_code
from pipeline.raw.folder import Folder, InputError
from pipeline.schema import LEVELS

OVERRIDES = "overrides.csv"


PIN_COLUMNS = ("file", "district_code", "year", "publisher", "level", "note")


@dataclass(frozen=True, slots=True)
class Pin:
    """A line of `data/raw/overrides.csv`: what a person decided about a file; None is not pinned.

    `pattern` is a path below `data/raw` or a SHA-256. `more` are the lines about further reports of the file, by their
    paths `file#2` and so on.
    """

    pattern: str
    district_code: str | None = None
    year: int | None = None
    publisher: str | None = None
    level: str | None = None
    note: str = ""
    more: tuple[Pin, ...] = ()

    @property
    def decides(self) -> str:
        """Its decisions as one text for comparing; a note decides nothing."""
        given = {**self._own, **{f"#{number_of(pin.pattern)}": pin._own for pin in self.more if pin._own}}
        return json.dumps(given, ensure_ascii=False) if given else ""

    @property
    def _own(self) -> dict[str, str | int]:
        pinned = {
            "district_code": self.district_code,
            "year": self.year,
            "publisher": self.publisher,
            "level": self.level,
        }
        return {name: value for name, value in pinned.items() if value is not None}

    def of_report(self, number: int) -> Pin | None:
        """The pin of one report of the file, by its number from 1; None where nothing is decided about it."""
        pin = self if number == 1 else next((p for p in self.more if number_of(p.pattern) == number), None)
        return replace(pin, more=()) if pin and pin._own else None


def read_overrides(raw_dir: Folder, codes: Collection[str] = ()) -> dict[str, Pin]:
    """The lines of `overrides.csv` by path or SHA-256; {} without the file.

    With `codes`, a district code must be one of them. Raises `InputError` with line and reason.
    """
    pins: dict[str, Pin] = {}
    for number, line in decided_lines(raw_dir, OVERRIDES, PIN_COLUMNS, ("file",)):
        try:
            _add(pins, _pin(line, codes))
        except ValueError as error:
            raise InputError(f"{OVERRIDES}, line {number}: {error}") from None
    return _with_further(pins)


def _with_further(pins: Mapping[str, Pin]) -> dict[str, Pin]:
    """The pins, with those of further reports of a file also at the file's own pin, which is made where it has none."""
    found = dict(pins)
    for pattern, pin in pins.items():
        if (file := file_of(pattern)) != pattern:
            of_file = found.get(file, Pin(file))
            found[file] = replace(of_file, more=(*of_file.more, pin))
    return found


def _pin(line: Mapping[str, str], codes: Collection[str]) -> Pin:
    """The pin of one line. Raises `ValueError` with the reason."""
    pattern = line.get("file", "").replace("\\", "/").removeprefix("./")
    if not pattern:
        raise ValueError("the column 'file' is empty")
    if re.fullmatch(r"[0-9A-Fa-f]{64}", pattern):
        pattern = pattern.lower()
    return Pin(
        pattern,
        district_code=_pinned_code(line.get("district_code", ""), codes),
        year=checked_year(line["year"]) if line.get("year") else None,
        publisher=line.get("publisher") or None,
        level=_pinned_level(line.get("level", "")),
        note=line.get("note", ""),
    )


def _pinned_code(text: str, codes: Collection[str]) -> str | None:
    if text:
        known_code(checked_code(text), codes)
    return text or None


def _pinned_level(text: str) -> str | None:
    if text and text not in LEVELS:
        raise ValueError(f"{text!r} is no level; the levels are {', '.join(LEVELS)}")
    return text or None


def _add(pins: dict[str, Pin], pin: Pin) -> None:
    if pin.pattern in pins:
        raise ValueError(f"{pin.pattern} stands on an earlier line already")
    pins[pin.pattern] = pin


def pin_of(raw: RawFile, pins: Mapping[str, Pin]) -> Pin | None:
    """The pin of a file: by its path before by its content."""
    return pins.get(raw.path) or (pins.get(raw.sha256) if raw.sha256 else None)
