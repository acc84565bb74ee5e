"""Which of several titles before the text is the report's own."""

from __future__ import annotations

import pytest

from pipeline.layout.rival_titles import Named, named, own_title
from tests.conftest import parse_bytes

T = "政府信息公开工作年度报告"
PERIOD = "统计期限自2023年1月1日至2023年12月31日。"
A22, A23, A24, B23, C23 = (
    f"{name}{T}" for name in ("崆峒区2022年", "崆峒区2023年", "崆峒区2024年", "泾川县2023年", "崆峒区教育局2023年")
)
SHORT = "2023年政府信息公开年度报告"


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        (A23, Named("崆峒区", "2023")),
        ("平凉市崆峒区人民政府2023年度政府信息公开年报", Named("平凉市崆峒区", "2023")),
        ("二〇二三年度崆峒区政府信息公开年报", Named("崆峒区", "2023")),
        ("首页>政务公开>崆峒区2023年政府信息公开年报", Named("崆峒区", "2023")),
        ("政府信息公开年报", Named("", "")),
        ("崆峒区政府网政府信息公开2022年年报", Named("", "2022")),
    ],
)
def test_what_a_title_names(heading: str, expected: Named) -> None:
    assert named(heading) == expected


@pytest.mark.parametrize(
    ("found", "names", "text", "own"),
    [
        ([A23], [], "", A23),
        ([A23, SHORT], [], "", A23),  # the cover and the first page
        ([A23, "平凉市" + A23], [], "", A23),
        ([A22, A23], [A23], "", A23),
        ([A22, A23, A24, A23], [A23 + "-某网"], "", A23),
        ([A23, A22], [A23], "", A23),
        ([B23, A23], [A23], "", A23),
        ([A23, C23], [C23], "", C23),
        ([A22, A23], [], A22 + A23 + PERIOD, A23),
        ([A22, A23], [], A22 + A23 + "2023年，我区做好工作。", A23),
        ([B23, A23], [], B23 + A23 + "2023年，崆峒区做好工作。", A23),
        ([A22, A23], [], A22 + A23, None),
        ([B23, A23], [], B23 + A23 + PERIOD, None),
        ([A23, C23], [], A23 + C23 + PERIOD, None),
        ([A23, A22], [], A23 + A22 + PERIOD, None),
        ([A22, A23], [A22], PERIOD, None),
        ([A22], [A23], "", None),
        ([A22, A23], [A24], "", None),
        ([A23], [A22], A23 + PERIOD, A23),  # a name that was left over from last year's page
        ([A23], [A22], A23 + "2023年，我区做好工作。", A23),
        ([A22], [A23], A22 + PERIOD, None),
        ([A22], [A23], A22 + "2023年，我区做好工作，比2022年多。", None),
    ],
)
def test_own_title(found: list[str], names: list[str], text: str, own: str | None) -> None:
    assert own_title(found, names, text) == own


BODY = "<p>一、总体情况</p><p>2023年，按照要求做好工作。</p>"


@pytest.mark.parametrize(
    "heading", ["<h1>{}</h1>", "<title>{0}</title><p>{0}</p>", "<meta name=ArticleTitle content='{0}'><p>{0}</p>"]
)
@pytest.mark.parametrize("links", [[A22], [A24, A23, A22], [B23], [C23], [A22, B23]])
def test_links_before_a_heading(heading: str, links: list[str]) -> None:
    menu = "".join(f"<li><a>{t}</a></li>" for t in links)
    found = parse_bytes(f"<html><body><ul>{menu}</ul>{heading.format(A23)}{BODY}".encode(), "r.html")
    assert found.title == A23
    assert found.place is not None
    assert (found.place.publisher, found.place.year) == ("崆峒区", 2023)


def test_titles_that_contradict_each_other_are_refused() -> None:
    found = parse_bytes(f"{B23}\n{A23}\n一、总体情况\n2023年，按照要求做好工作。\n".encode())
    assert found.refusal is not None
    assert found.refusal.reason == "titles-contradict"
