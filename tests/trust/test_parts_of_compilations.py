"""Each report of a compilation is read a second time by itself."""

from __future__ import annotations

import pytest

from pipeline.trust.second_reading.parts import parts_of
from tests.conftest import parse_bytes
from tests.odd.kinds import KINDS
from tests.odd.page import HANDS


@pytest.mark.parametrize("kind", ["two_publishers", "two_years"])
@pytest.mark.parametrize("hand", ["html", "tabs", "pipes", "lines", "spaces"])
def test_each_report_has_its_own_second_reading(kind: str, hand: str) -> None:
    odd = KINDS[kind]()
    ending, draw = HANDS[hand]
    reports = parse_bytes(draw(odd.page), f"report.{ending}").reports
    for found, truth in zip(reports, (odd.truth, *odd.others), strict=True):
        assert {key: reading.text for key, reading in found.judged.readings.items()} == truth
        assert found.judged.agreement.agreeing == len(truth)


def test_a_style_sheet_above_the_first_report_holds_for_all() -> None:
    """A class that hides text: neither way may read it, in whichever report it stands."""
    odd = KINDS["two_publishers"]()
    figure = odd.others[0][2, "5.permit", "count"]
    page = HANDS["html"][1](odd.page).decode().replace("</head>", "<style>.old{display:none}</style></head>")
    at = page.rindex(f">{figure}<") + 1
    hidden = page[:at] + "<span class='old'>12</span>" + page[at:]
    second = parse_bytes(hidden.encode(), "report.html").more[0]
    assert {f.key: f.printed.text for f in second.facts}[2, "5.permit", "count"] == figure
    assert second.judged.readings.get((2, "5.permit", "count")) in (None, (figure, None, None))


def test_a_title_that_is_printed_twice_gives_no_second_reading() -> None:
    """Where the second report begins in the source cannot be told then."""
    odd = KINDS["two_publishers"]()
    page = HANDS["html"][1](odd.page).decode()
    title = "定西市人民政府2024年政府信息公开工作年度报告"
    twice = page.replace("</head>", f"<title>{title}</title></head>")
    reports = parse_bytes(twice.encode(), "report.html").reports
    assert [len(r.judged.readings) for r in reports] == [0, 0]
    assert [len(r.facts) for r in reports] == [200, 200]


def test_a_file_of_one_report_is_read_whole() -> None:
    assert parts_of(b"all", [object()]) == (b"all",)  # type: ignore[list-item]
