"""Comparisons: the counted claims of the text against the tables (R20 to R23), against each other (R24), and the
period that the text names against the report's year (R33).

A difference is a finding and often not an error: a report may count the requests carried in, or its own office only.
The figures that a claim may stand for are data, in comparisons.toml. How a claim is read does not belong here:
`statements`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

from pipeline.facts import Fact
from pipeline.labels import compact, simplified
from pipeline.layout.sections import Section
from pipeline.narrative.statements import METRICS, Statement

State = Literal["agree", "differ", "uncertain"]
CellKey = tuple[int, str, str]

_APPROXIMATELY = Decimal("0.1")
_FEE, _FEE_REQUESTS = "nar_fee_amount_yuan", "nar_fee_requests"
_OWN_OFFICE = "own office in the text, perhaps the whole district in the table"
_WHOLE_DISTRICT = "whole district in the text, perhaps the own office in the table"
_ELSEWHERE = "another statement of the text agrees"

# 统计期限自2024年1月1日起至12月31日止, and what is left of it where a page lost digits.
_DAY = "[0-9]{1,2}月[0-9]{1,2}日"
_PERIOD_AS = rf"(?P<from>20[0-9]{{2}})年(?P<first>%s)起?[至到\-—~](?:(?P<to>20[0-9]{{2}})年)?(?P<last>{_DAY})"
_PERIOD = re.compile(_PERIOD_AS % _DAY)
_WHOLE_YEAR = re.compile(_PERIOD_AS % "0?1月0?1日")
_NAMED = re.compile(r"(?:统计|数据|核定)[^。;；]{0,8}(?:期限|时限|周期|时间|期间|时段)")
_NEAR = 60  # characters between the word for the period and the period
_OPENING = 3000  # characters of a section in which a report names its period


@dataclass(frozen=True, slots=True)
class Comparison:
    """One claim of the text held against the report itself.

    `metric` is the statement's, or stat_period; `statement` its place in the tuple compared, `against` that of the
    other statement where text stands against text. `stated` is the claim, `printed` the sum of `cells` (table, row,
    column), None where a cell is not a number; `blanks_as_zero` says that blanks were counted as 0, which is done only
    in a table that prints no zero at all. `cause` is why the two legitimately agree or differ, None for the plain
    case.
    """

    rule: str
    metric: str
    statement: int | None
    stated: Decimal | None
    printed: Decimal | None
    cells: tuple[CellKey, ...]
    state: State
    cause: str | None = None
    blanks_as_zero: bool = False
    against: int | None = None

    @property
    def severity(self) -> Literal["warning", "info"]:
        """A warning only for a difference that no legitimate cause explains."""
        return "warning" if self.state == "differ" and self.cause is None else "info"

    @property
    def sentence(self) -> str:
        """What was found, in one sentence."""
        metric = METRICS.get(self.metric)
        subject = f"{metric.meaning} ({metric.label})" if metric else self.metric
        verb = {"agree": "agrees with", "differ": "differs from", "uncertain": "cannot be held against"}[self.state]
        other = "the report's own text" if self.against is not None else "the year" if not self.cells else "the table"
        printed = "" if self.printed is None else f" {self.printed}"
        cause = f": {self.cause}" if self.cause else ""
        return f"{subject}: the text's {'—' if self.stated is None else self.stated} {verb} {other}{printed}{cause}."


@dataclass(frozen=True, slots=True)
class Basis:
    """Cells whose sum a claim may mean; `cause` where that is not its plain meaning."""

    cells: tuple[CellKey, ...]
    cause: str | None


@dataclass(frozen=True, slots=True)
class Against:
    """The cells that one metric is compared with, and the words under which it may differ."""

    rule: str
    bases: tuple[Basis, ...]
    words: re.Pattern[str] | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class _Sum:
    """The sum of a basis, None where a cell is not a number."""

    basis: Basis
    cells: tuple[CellKey, ...]  # as used: the parts of a total may stand in for it
    value: Decimal | None
    blanks_as_zero: bool


def compare(
    facts: Sequence[Fact], statements: Sequence[Statement], sections: Sequence[Section], year: int
) -> tuple[Comparison, ...]:
    """Every claim about the report's own year that can be compared with the tables or with the text itself.

    `statements` are those of `sections`. Claims about other or several years give nothing, nor do metrics whose cells
    are not in the report's tables.
    """
    usable = [(i, s) for i, s in enumerate(statements) if s.year in (None, year) and not s.cumulative]
    tables = _Tables(facts)
    found = [c for i, s in usable for c in _with_tables(i, s, tables)]
    return (*_supported(found), *_fees(usable), *_periods(sections, year))


class _Tables:
    """The facts by their keys, and which tables print zeros."""

    def __init__(self, facts: Sequence[Fact]) -> None:
        self._facts: dict[CellKey, Fact] = {}
        for fact in facts:
            self._facts.setdefault(fact.key, fact)
        self._with_zeros = {f.key[0] for f in facts if f.value == 0}

    def sum_of(self, basis: Basis) -> _Sum | None:
        """The sum of the cells; None where one is in no table. A blank total is the sum of its parts."""
        if any(key not in self._facts for key in basis.cells):
            return None
        facts = [f for key in basis.cells for f in self._facts_in_place_of(self._facts[key])]
        blanks = any(f.kind == "blank" for f in facts)
        blanks_are_zero = all(f.key[0] not in self._with_zeros for f in facts)
        complete = all(f.kind == "number" or (f.kind == "blank" and blanks_are_zero) for f in facts)
        total = sum((f.value or Decimal(0) for f in facts), Decimal(0))
        return _Sum(basis, tuple(f.key for f in facts), total if complete else None, blanks and complete)

    def _facts_in_place_of(self, fact: Fact) -> list[Fact]:
        """The fact itself, or the parts of a total that is blank beside figures."""
        table, row, column = fact.key
        keys = [(table, row, part) for part in _knowledge().parts.get((table, column), ())]
        parts = [self._facts[key] for key in keys if key in self._facts]
        whole = len(parts) == len(keys) and any(f.kind == "number" for f in parts)
        return parts if fact.kind == "blank" and whole else [fact]


def _with_tables(index: int, statement: Statement, tables: _Tables) -> Iterator[Comparison]:
    """R20 to R23: the first basis with which the claim agrees, else the plain one."""
    against = _knowledge().against.get(statement.metric)
    sums = [s for b in (against.bases if against else ()) if (s := tables.sum_of(b))]
    if not against or not sums:
        return
    agreeing = next((s for s in sums if s.value is not None and _same(statement, s.value)), None)
    chosen = agreeing or next((s for s in sums if s.value is not None), sums[0])
    state: State = "agree" if agreeing else "uncertain" if any(s.value is None for s in sums) else "differ"
    cause = _cause(against, statement, chosen, state)
    yield Comparison(
        against.rule,
        statement.metric,
        index,
        statement.value,
        chosen.value,
        chosen.cells,
        state,
        cause,
        chosen.blanks_as_zero,
    )


def _same(statement: Statement, printed: Decimal) -> bool:
    if not statement.approximate:
        return statement.value == printed
    return abs(statement.value - printed) <= _APPROXIMATELY * max(statement.value, printed)


def _cause(against: Against, statement: Statement, chosen: _Sum, state: State) -> str | None:
    if state == "uncertain":
        return "a cell is no number"
    if state == "agree":
        return chosen.basis.cause or ("stated approximately" if statement.value != chosen.value else None)
    if against.words and against.words.search(simplified(compact(statement.phrase))):
        return against.cause
    assert chosen.value is not None
    if statement.scope == "own_organ" and statement.value < chosen.value:
        return _OWN_OFFICE
    return _WHOLE_DISTRICT if statement.scope == "aggregate" and statement.value > chosen.value else None


def _supported(found: Sequence[Comparison]) -> Iterator[Comparison]:
    """Give differing claims a cause where another of their metric agrees with the table: they count something else."""
    agreed = {c.metric for c in found if c.state == "agree"}
    for c in found:
        differs = c.state == "differ" and c.cause is None and c.metric in agreed
        yield replace(c, cause=_ELSEWHERE) if differs else c


def _fees(statements: Sequence[tuple[int, Statement]]) -> Iterator[Comparison]:
    """R24: compares fees taken with the words that none were taken, wherever the text says either."""
    taken = [(i, s) for i, s in statements if s.metric in (_FEE, _FEE_REQUESTS) and s.value > 0]
    none = [(i, s) for i, s in statements if s.metric == _FEE and s.value == 0]
    for i, s in taken:
        if none:
            other, zero = none[0]
            same = zero.scope == s.scope
            cause = None if same else "own office and whole district"
            yield Comparison("R24", s.metric, i, s.value, zero.value, (), "differ", cause, against=other)
    for i, s in none[1:] if not taken else ():
        yield Comparison("R24", s.metric, i, s.value, Decimal(0), (), "agree", against=none[0][0])


def _periods(sections: Sequence[Section], year: int) -> Iterator[Comparison]:
    """R33: compares the first period that the text names with the report's year, from its first day to its last."""
    for section in sections:
        text = simplified(compact(section.text[:_OPENING]))
        named = _NAMED.search(text)
        period = _PERIOD.search(text, named.start(), named.end() + _NEAR) if named else _WHOLE_YEAR.search(text)
        damaged = named and re.search(r"20[0-9]{2}", text[named.end() : named.end() + _NEAR])
        if period or damaged:
            yield _period(period, year)
            return


def _period(period: re.Match[str] | None, year: int) -> Comparison:
    if period is None:
        return Comparison("R33", "stat_period", None, None, Decimal(year), (), "uncertain", "the dates cannot be read")
    end = period["to"] or period["from"]
    whole = (period["first"].lstrip("0"), period["last"]) in (("1月1日", "12月31日"), ("1月01日", "12月31日"))
    right = whole and period["from"] == end == str(year)
    named = period["from"] if period["from"] != str(year) else end
    return Comparison("R33", "stat_period", None, Decimal(named), Decimal(year), (), "agree" if right else "differ")


@dataclass(frozen=True, slots=True)
class _Knowledge:
    """comparisons.toml: the cells each metric is compared with, and the parts of totals by table and column."""

    against: Mapping[str, Against]
    parts: Mapping[tuple[int, str], tuple[str, ...]]


@lru_cache(maxsize=1)
def _knowledge() -> _Knowledge:
    """Raises ValueError for a metric that no statement has."""
    data = tomllib.loads((files("pipeline.narrative") / "text_and_tables.toml").read_text("utf-8"))
    unknown = {t["metric"] for t in data["against"]} - METRICS.keys()
    if unknown:
        raise ValueError(f"comparisons.toml: unknown metrics {sorted(unknown)}")
    parts = {(int(t), c): tuple(columns) for k, columns in data["parts"].items() for t, c in [k.split(":")]}
    return _Knowledge({t["metric"]: _entry(t) for t in data["against"]}, parts)


def _entry(table: Mapping[str, Any]) -> Against:
    differs = table.get("differs")
    return Against(
        table["rule"],
        tuple(Basis(tuple(_key(c) for c in b["cells"]), b.get("cause")) for b in table["basis"]),
        re.compile(differs["words"]) if differs else None,
        differs["cause"] if differs else None,
    )


def _key(printed: str) -> CellKey:
    table, row, column = printed.split(":")
    return int(table), row, column
