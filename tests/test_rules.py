"""The list of rules: each is used, and each that is used is listed with where its results are."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import pipeline
from expectations.quality import quality_rules
from pipeline.forms.checking import check_rules
from pipeline.forms.loading import forms, parse_form
from pipeline.forms.model import FormError
from pipeline.forms.year_rules import year_rules
from pipeline.rules import RuleError, parse_rules, rules, rules_of

HOME = Path(pipeline.__file__).parent
ONE = '[[rule]]\ncode = "R99"\nfound_in = "balances"\nmeaning = "a"\nmeaning_zh = "b"\n'


def codes(found_in: str) -> set[str]:
    return {rule.code for rule in rules().values() if rule.found_in == found_in}


def test_the_rules_of_forms_are_listed() -> None:
    used = {i.rule for f in forms() for t in f.tables for i in (*t.identities, *t.bounds)}
    assert used == codes("balances")


def test_the_rules_between_years_are_listed() -> None:
    assert {rule.rule for rule in year_rules()} == codes("year_balances")


def test_the_rules_of_the_text_are_listed() -> None:
    listed = tomllib.loads((HOME / "narrative" / "text_and_tables.toml").read_text("utf-8"))
    used = {entry["rule"] for entries in listed.values() if isinstance(entries, list) for entry in entries}
    assert used | {"R24", "R33"} == codes("comparisons")


def test_every_rule_but_those_between_years_warns() -> None:
    assert {rule.name for rule in quality_rules()} == rules().keys() - codes("year_balances")


def test_an_identity_of_an_unlisted_rule_is_refused() -> None:
    text = (HOME / "forms" / "2021.toml").read_text("utf-8")
    with pytest.raises(FormError, match=r"form 2021: table 3: the rule R98 is not in rules\.toml"):
        check_rules([parse_form("2021", text.replace('rule = "R02"', 'rule = "R98"'))])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ONE + ONE, "a rule is given twice"),
        (ONE.replace("balances", "nowhere"), "R99: no table or view has results as nowhere"),
        (ONE.replace('"b"', '""'), "R99: its meaning is empty"),
        (ONE.replace("meaning_zh", "other"), "rules: TypeError"),
        ("", "rules: KeyError"),
    ],
)
def test_a_faulty_list_is_refused(text: str, says: str) -> None:
    with pytest.raises(RuleError, match=says):
        parse_rules(text)
    assert rules_of("balances")
