"""Pages drawn sideways are read as a person would hold them; upright ones stay as they are."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline.forms.loading import form
from pipeline.readers.pdf import content
from pipeline.readers.pdf.page import Char, Page, Ruling
from pipeline.readers.pdf.sideways import turned
from tests.readers.draw_pdf import report
from tests.render import balanced_figures


def laid_down(page: Page, clockwise: bool) -> Page:
    """The page turned by a quarter on its paper."""

    def place(x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        if clockwise:
            return page.height - y1, x0, page.height - y0, x1
        return y0, page.width - x1, y1, page.width - x0

    level = [place(u.at, u.start, u.at, u.end) for u in page.upright]
    upright = [place(r.start, r.at, r.end, r.at) for r in page.level]
    return replace(
        page,
        width=page.height,
        height=page.width,
        chars=[Char(*place(*c[:4]), c.text, c.size) for c in page.chars],
        level=[Ruling(b[1], b[0], b[2]) for b in level],
        upright=[Ruling(b[0], b[1], b[3]) for b in upright],
    )


def pages() -> list[Page]:
    made = form("2021")
    return list(content.pages(report(made, balanced_figures(made, random.Random(2)))))


def near(page: Page, other: Page) -> bool:
    chars = zip(page.chars, other.chars, strict=True)
    rulings = zip([*page.level, *page.upright], [*other.level, *other.upright], strict=True)
    return all(a.text == b.text and a[:4] == pytest.approx(b[:4]) for a, b in chars) and all(
        a == pytest.approx(b) for a, b in rulings
    )


@pytest.mark.parametrize("clockwise", [True, False])
def test_a_page_laid_down_is_taken_up(clockwise: bool) -> None:
    for page in pages():
        assert near(turned(laid_down(page, clockwise)), page)


def test_a_page_upside_down_is_turned() -> None:
    for page in pages():

        def place(c: Char, wide: float = page.width, high: float = page.height) -> Char:
            return Char(wide - c.x1, high - c.y1, wide - c.x0, high - c.y0, c.text, c.size)

        drawn = replace(
            page,
            chars=[place(c) for c in page.chars],
            level=[Ruling(page.height - r.at, page.width - r.end, page.width - r.start) for r in page.level],
            upright=[Ruling(page.width - r.at, page.height - r.end, page.height - r.start) for r in page.upright],
        )
        assert near(turned(drawn), page)


def test_an_upright_page_stays() -> None:
    for page in pages():
        assert turned(page) is page


def test_a_column_of_letters_is_no_page_laid_down() -> None:
    chars = [Char(10, 20 * n, 20, 20 * n + 10, "三", 10) for n in range(30)]
    page = Page(1, 595, 842, chars=chars)
    assert turned(page) is page
