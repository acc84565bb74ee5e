"""The metrics of the narrative and the rules that recognise them, loaded from metrics.toml and checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from pipeline.narrative.amounts import UNITS


@dataclass(frozen=True, slots=True)
class Metric:
    """What a statement counts: its code, English meaning, Chinese label, and the unit it usually has."""

    code: str
    meaning: str
    label: str
    unit: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by which a figure counts a metric: the words before, after and around it, and its units."""

    metric: str
    before: re.Pattern[str]
    after: re.Pattern[str] | None
    units: frozenset[str | None]
    context: re.Pattern[str] | None
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Zero:
    """A rule by which 没有, 未 or 无 says that there was none of a metric."""

    metric: str
    says: re.Pattern[str]
    context: re.Pattern[str] | None
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All of metrics.toml."""

    metrics: Mapping[str, Metric]
    channels: Mapping[str, re.Pattern[str]]
    rules: Sequence[Rule]
    zeros: Sequence[Zero]


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The metrics, channels and rules. Raises ValueError where a rule names no metric or an unknown unit."""
    data = tomllib.loads((files("pipeline.narrative") / "metrics.toml").read_text("utf-8"))
    metrics = {code: Metric(code, *words) for code, words in data["metrics"].items()}
    unknown = {r["metric"] for r in (*data["rule"], *data["zero"])} - metrics.keys()
    if unknown:
        raise ValueError(f"metrics.toml: rules for unknown metrics {sorted(unknown)}")
    return Knowledge(
        MappingProxyType(metrics),
        {name: re.compile(words) for name, words in data["channels"].items()},
        tuple(_rule(r) for r in data["rule"]),
        tuple(_zero(r) for r in data["zero"]),
    )


@lru_cache(maxsize=64)
def rules_of(unit: str | None) -> tuple[Rule, ...]:
    """The rules for figures of a unit, in order."""
    return tuple(r for r in knowledge().rules if unit in r.units)


def _rule(table: Mapping[str, Any]) -> Rule:
    return Rule(
        table["metric"],
        re.compile(f"(?:{table.get('before', '')})\\Z"),
        _words(table, "after"),
        _units(table["units"]) if "units" in table else _units("件宗条份例项个次"),
        _words(table, "context"),
        _words(table, "unless"),
    )


def _zero(table: Mapping[str, Any]) -> Zero:
    return Zero(table["metric"], re.compile(table["says"]), _words(table, "context"), _words(table, "unless"))


def _words(table: Mapping[str, Any], key: str) -> re.Pattern[str] | None:
    return re.compile(table[key]) if key in table else None


def _units(printed: str) -> frozenset[str | None]:
    """The units in a text such as 人名人次; money may be in 万元, and a count without a unit counts too."""
    names = set(re.findall("人次|.", printed))
    if names - UNITS.keys():
        raise ValueError(f"metrics.toml: unknown units in {printed}")
    return frozenset({*names, None, "万元"} if names == {"元"} else {*names, None})
