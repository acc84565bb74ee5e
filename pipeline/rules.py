"""The rules that figures are checked against: what each demands, and where its results are. Data in `rules.toml`.

What does *not* belong here: which cells a rule compares, which the forms, `years.toml` and the narrative say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

FoundIn = Literal["balances", "issues", "year_balances", "comparisons", "validations"]


class RuleError(Exception):
    """The list of rules says too little, or too much."""


@dataclass(frozen=True, slots=True)
class RuleText:
    """One rule in words, English and Chinese; `found_in` is the table or view that has its results."""

    code: str
    found_in: FoundIn
    meaning: str
    meaning_zh: str


@lru_cache(maxsize=1)
def rules() -> Mapping[str, RuleText]:
    """The rules by code, in order. Raises `RuleError` where the file is at fault."""
    return parse_rules(files("pipeline").joinpath("rules.toml").read_text("utf-8"))


def rules_of(found_in: FoundIn) -> tuple[RuleText, ...]:
    """The rules whose results are in this table or view."""
    return tuple(rule for rule in rules().values() if rule.found_in == found_in)


def parse_rules(toml: str) -> Mapping[str, RuleText]:
    """The rules in the text of a file. Raises `RuleError` for a rule given twice, or one whose results are nowhere."""
    try:
        made = [RuleText(**raw) for raw in tomllib.loads(toml)["rule"]]
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as e:
        raise RuleError(f"rules: {type(e).__name__}: {e}") from e
    for rule in made:
        if rule.found_in not in get_args(FoundIn):
            raise RuleError(f"rules: {rule.code}: no table or view has results as {rule.found_in}")
        if not rule.meaning or not rule.meaning_zh:
            raise RuleError(f"rules: {rule.code}: its meaning is empty")
    by_code = {rule.code: rule for rule in made}
    if len(by_code) < len(made):
        raise RuleError("rules: a rule is given twice")
    return by_code
