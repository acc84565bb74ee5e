"""Whole systems as publishers: 全国海关, 江苏省税务系统. The body that leads the system publishes for it.

What does *not* belong here: that the report's scope is a system, which its title says (`narrative.scope`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_ALL = re.compile(r"^全(?P<kind>[省市县区州盟旗])$")
_MUNICIPALITIES = frozenset({"北京市", "上海市", "天津市", "重庆市"})
_PROVINCE = ("省", "自治区")


def leading_body(name: str) -> str:
    """The name of the body that leads the system of this name; the name itself for any other publisher.

    全省税务系统 gives 省税务局: which province is meant, only the text around the title may say.
    """
    found = _pattern().match(name)
    if found is None or not (found["together"] or found["place"].startswith("全")):
        return name
    place, bodies = found["place"], _systems()[found["system"]]
    if place == "全国":
        return bodies["national"]
    if not place:
        return name
    kind = _ALL.match(place)
    place = kind["kind"] if kind else place
    level = "province" if place.endswith(_PROVINCE) else "local"
    if place in _MUNICIPALITIES and "municipality" in bodies:
        level = "municipality"
    return bodies[level].format(place) if level in bodies else name


@cache
def _systems() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files(__package__).joinpath("systems.toml").read_text(encoding="utf-8"))


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile(rf"^(?P<place>.*?)(?P<system>{'|'.join(_systems())})(?P<together>系统|部门)?$")
