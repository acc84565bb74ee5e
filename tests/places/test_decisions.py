"""A title that only a picture prints is confirmed by something else, however the line looks."""

from __future__ import annotations

import pytest

from pipeline.document import Document, Paragraph
from pipeline.forms.loading import forms
from pipeline.layout.sections import title
from pipeline.places.decisions import place_of, unconfirmed

T = "崆峒区教育局2023年政府信息公开工作年度报告"
HEADING = "一、总体情况"


@pytest.mark.parametrize(
    "lines",
    [
        [T],
        ["附件2：" + T],
        ["首页>年报>" + T],
        [T + "（全文）"],
        ["崆峒区教育局", "2023年政府信息公开工作年度报告"],
        ["附件2：崆峒区教育局", "2023年政府信息公开工作年度报告"],
        ["根据条例，崆峒区教育局编制了2023年度政府信息公开工作年度报告。"],
    ],
)
@pytest.mark.parametrize("again", [True, False])
def test_a_title_read_from_a_picture(lines: list[str], again: bool) -> None:
    told = ["崆峒区教育局在2023年做好工作。", "2023年，崆峒区教育局公开政府信息。"] if again else []
    made = Document("scan", tuple(Paragraph(line, ocr=True) for line in (*lines, HEADING, *told)))
    heading = title(made, forms())
    place, _ = place_of(heading, "\n".join(lines), "r.pdf", None)
    assert (place.publisher, place.year) == ("崆峒区教育局", 2023)
    assert (unconfirmed(heading, made, place, "r.pdf", None) is None) is again
