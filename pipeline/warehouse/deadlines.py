"""SQL of the macro `due_on`: the day on which a report was due. Data in `forms/macros/due_on.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pipeline.schema import LEVELS
from pipeline.warehouse.ddl import comment_on, literal

FILE = Path(__file__).parents[1] / "forms" / "macros" / "due_on.toml"
_ANY_YEAR = 2001  # not a leap year: every deadline is a day of every year


class DeadlineError(Exception):
    """The file of deadlines contradicts itself; the message says where."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day in the year after the report's, for years `before` a year and for some levels; for all where not given."""

    month: int
    day: int
    before: int | None = None
    levels: tuple[str, ...] = ()


@cache
def macro_source() -> str:
    """CREATE MACRO and its comment. Raises `DeadlineError` where the file is at fault."""
    return parse_macro(FILE.read_text("utf-8"))


def parse_macro(toml: str) -> str:
    """The macro of the text of a file. Raises `DeadlineError` saying what is wrong."""
    try:
        raw = tomllib.loads(toml)
        known = [
            Deadline(**entry.pop("day"), levels=tuple(entry.pop("levels", ())), **entry) for entry in raw["deadline"]
        ]
        meaning, label = raw["meaning"], raw["label"]
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as e:
        raise DeadlineError(f"due_on: {type(e).__name__}: {e}") from e
    _check(known)
    cases = "\n".join(_cases(known))
    return f"CREATE MACRO due_on(year, level) AS\nCASE\n{cases}\nEND;\n\n{comment_on('MACRO due_on', meaning, label)}\n"


def _check(known: list[Deadline]) -> None:
    for number, deadline in enumerate(known, start=1):
        try:
            date(_ANY_YEAR, deadline.month, deadline.day)
        except (TypeError, ValueError) as e:
            raise DeadlineError(f"due_on: deadline {number}: {e}") from e
        if unknown := [level for level in deadline.levels if level not in LEVELS]:
            raise DeadlineError(f"due_on: deadline {number}: no levels: {unknown}")
    if [number for number, d in enumerate(known, start=1) if d.before is None and not d.levels] != [len(known)]:
        raise DeadlineError("due_on: the last deadline, and only that one, must apply to everything else")


def _cases(known: list[Deadline]) -> Iterator[str]:
    for deadline in known:
        day = f"make_date(year + 1, {deadline.month}, {deadline.day})"
        conditions = [f"year < {deadline.before:d}"] if deadline.before is not None else []
        if deadline.levels:
            conditions.append(f"level IN ({', '.join(map(literal, deadline.levels))})")
        yield f"    WHEN {' AND '.join(conditions)} THEN {day}" if conditions else f"    ELSE {day}"
