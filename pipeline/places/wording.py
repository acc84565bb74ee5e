"""The vocabulary of administrative names, read from ``wording.toml``.

Only reads words and builds matchers from them; what a match means is decided in ``reading`` and ``locate``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Wording:
    """Word lists and the patterns made from them."""

    kinds: Mapping[str, tuple[str, ...]]
    levels_of_kinds: Mapping[str, str]
    government: frozenset[str]
    township_tails: tuple[str, ...]
    department: tuple[str, ...]
    institution: tuple[str, ...]
    zone: tuple[str, ...]
    county_zone: tuple[str, ...]
    zone_prefix: re.Pattern[str]
    skipped_prefix: re.Pattern[str]
    township_kinds: tuple[str, ...]
    upgrades: Mapping[str, tuple[str, ...]]
    street_words: tuple[str, ...]
    ethnic_tail: re.Pattern[str]
    autonomous: re.Pattern[str]
    province_tail: re.Pattern[str]
    generic: frozenset[str]
    common_words: frozenset[str]
    short: Mapping[str, tuple[str, ...]]
    centre: tuple[str, ...]
    prefixes: tuple[str, ...]
    title_cuts: re.Pattern[str]
    title_tails: tuple[str, ...]
    swallowed: Mapping[str, str]
    body_phrases: tuple[re.Pattern[str], ...]
    report: re.Pattern[str]
    sentence_starts: str
    date: re.Pattern[str]
    sentence_words: re.Pattern[str]
    cited: tuple[str, ...]
    anchors: re.Pattern[str]


def _any_of(words: Iterable[str]) -> str:
    """An alternation that tries longer words first."""
    return "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))


def _zones(words: Iterable[str]) -> str:
    """Words for a zone; a 监督管理委员会 is a department, not the committee that manages one."""
    return _any_of(words).replace("管理委员会", "(?<!监督)管理委员会")


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def wording() -> Wording:
    """The vocabulary.

    Raises :class:`KeyError` or :class:`tomllib.TOMLDecodeError` when ``wording.toml`` is damaged.
    """
    data = tomllib.loads(files(__package__).joinpath("wording.toml").read_text(encoding="utf-8"))
    offices, towns, ethnic = data["offices"], data["townships"], data["ethnic"]
    title, body = data["title"], data["body"]
    groups = _any_of(ethnic["groups"])
    all_groups = _any_of([*ethnic["groups"], *ethnic["bare_groups"]])
    return Wording(
        kinds={kind: tuple(entry["endings"]) for kind, entry in data["kinds"].items()},
        levels_of_kinds={kind: entry["level"] for kind, entry in data["kinds"].items()},
        government=frozenset(offices["government"]),
        township_tails=_longest_first(offices["township_tails"]),
        department=tuple(offices["department"]),
        institution=tuple(offices["institution"]),
        zone=tuple(offices["zone"]),
        county_zone=tuple(offices["county_zone"]),
        zone_prefix=re.compile(f"^.{{0,18}}?(?:{_zones(offices['zone'])})(?:管委会|管理委员会)?"),
        skipped_prefix=re.compile(f"{data['prefixes']['corps']}|.{{1,12}}?(?:{_zones(offices['zone'])})"),
        township_kinds=tuple(towns["kinds"]),
        upgrades={kind: tuple(later) for kind, later in towns["upgrades"].items()},
        street_words=tuple(towns["street_words"]),
        ethnic_tail=re.compile(f"(?<=.)(?:{groups})+$"),
        autonomous=re.compile(f"(?<=..)(?:{all_groups})*族?自治(?=[县州旗]$)|(?:族)?自治(?=[县州旗]$)"),
        province_tail=re.compile(f"(?<=..)(?:{all_groups})*(?:自治区|特别行政区|省|市)$"),
        generic=frozenset(data["generic"]["names"]),
        common_words=frozenset(data["generic"]["names"] + data["generic"]["words"]),
        short={code: tuple(names) for code, names in data["short"].items()},
        centre=_longest_first(data["centre"]["names"]),
        prefixes=_longest_first(data["prefixes"]["words"]),
        title_cuts=re.compile(_any_of(title["cuts"])),
        title_tails=_longest_first(title["tails"]),
        swallowed=title["swallowed"],
        body_phrases=tuple(map(re.compile, body["phrases"])),
        report=re.compile(body["report"]),
        sentence_starts=body["sentence_starts"],
        date=re.compile(body["date"]),
        sentence_words=re.compile(_any_of(body["sentence_words"])),
        cited=tuple(body["cited"]),
        anchors=re.compile(_any_of(body["anchors"])),
    )
