"""What is remarkable about a report as a whole: zeros only, copies, rules of a body that makes none."""

from __future__ import annotations

import random

import pytest

from pipeline.forms.model import Form
from pipeline.parsed import Parsed
from pipeline.trust.plausibility import Traits, implausible, traits
from tests.conftest import SAMPLES, parse_bytes, parse_text
from tests.render import balanced_figures, text_report

STORY = (
    "一、总体情况\n{name}全面贯彻落实信息公开条例，主动公开信息{n}条，组织培训{n}次。" + "持续完善制度，加强队伍。" * 20
)


def of(parsed: Parsed, *names: str) -> Traits:
    return traits(parsed.facts, parsed.narrative.sections, names)


def report(form: Form, seed: int, story: str = "") -> Parsed:
    return parse_text(
        f"甲镇2021年政府信息公开工作年度报告\n{story}\n{text_report(form, balanced_figures(form, random.Random(seed)))}"
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.name)
def test_a_report_of_zeros_says_so_and_has_no_figures_to_copy(sample) -> None:
    found = of(parse_bytes(sample.read_bytes(), sample.name))
    assert found.all_zero is True
    assert found.figures_digest is None


def test_figures_above_zero_are_no_report_of_zeros(form_2021: Form) -> None:
    assert of(report(form_2021, 1)).all_zero is False


def test_without_a_number_nothing_is_said_of_zeros() -> None:
    assert of(parse_text("甲镇2010年政府信息公开工作年度报告\n一、概述\n我镇认真开展工作。")) == Traits(
        None, None, None
    )


def test_equal_tables_have_one_digest_and_others_another(form_2021: Form) -> None:
    first, same, other = (of(report(form_2021, seed)).figures_digest for seed in (1, 1, 2))
    assert first == same != other


def test_a_narrative_with_other_names_and_numbers_is_a_copy(form_2021: Form) -> None:
    ours = of(report(form_2021, 1, STORY.format(name="甲镇", n=12)), "甲镇")
    theirs = of(report(form_2021, 2, STORY.format(name="乙街道", n=7)), "乙街道")
    told = of(report(form_2021, 2, STORY.replace("持续", "不断").format(name="乙街道", n=7)), "乙街道")
    assert ours.narrative_digest == theirs.narrative_digest != told.narrative_digest
    assert ours.figures_digest != theirs.figures_digest


@pytest.mark.parametrize(
    ("level", "expected"), [("township", 3), ("department", 3), ("county", 3), ("prefecture", 0), ("ministry", 0)]
)
def test_rules_of_a_body_that_makes_none(form_2021: Form, level: str, expected: int) -> None:
    found = list(implausible(report(form_2021, 1).facts, level))
    assert [i.code for i in found] == ["rules-implausible"] * expected
    assert not list(implausible(parse_bytes(SAMPLES[0].read_bytes()).facts, level))
