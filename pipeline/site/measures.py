"""The measures that the atlas shows: rates and series by code, with their names in both languages."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

MeasureKind = Literal["rate", "series"]


@dataclass(frozen=True, slots=True)
class Text:
    """A text in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A rate or a series; `of` says how a rate is worked out and `series` of what, `unit` what a series counts."""

    code: str
    kind: MeasureKind
    group: str
    name: Text
    of: Text | None = None
    unit: Text | None = None
    ratio: bool = False
    series: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measures:
    """All measures, and the groups that they are offered in."""

    all: tuple[Measure, ...]
    groups: tuple[tuple[str, Text], ...]

    def codes(self, kind: MeasureKind) -> list[str]:
        """The codes of a kind."""
        return [m.code for m in self.all if m.kind == kind]

    def made_of(self) -> list[tuple[str, str]]:
        """Each measure with each series that it is made of."""
        return [(m.code, series) for m in self.all for series in (m.series or (m.code,))]

    def plain(self) -> dict[str, object]:
        """What the pages read."""
        return {
            "list": [asdict(m) for m in self.all],
            "groups": [[code, asdict(name)] for code, name in self.groups],
        }


@lru_cache(maxsize=1)
def measures() -> Measures:
    """What measures.toml says. Raises KeyError for an entry without a name: that is our fault."""
    source = tomllib.loads((files("pipeline.site") / "measures.toml").read_text("utf-8"))
    rates = (
        Measure(
            m["code"],
            "rate",
            m["group"],
            Text(m["zh"], m["en"]),
            of=Text(**m["of"]),
            ratio=m.get("ratio", False),
            series=tuple(m["series"]),
        )
        for m in source["rate"]
    )
    series = (
        Measure(m["code"], "series", m["group"], Text(m["zh"], m["en"]), unit=Text(**m["unit"]))
        for m in source["series"]
    )
    groups = tuple((code, Text(**name)) for code, name in source["groups"].items())
    return Measures((*rates, *series), groups)
