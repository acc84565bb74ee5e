"""The pages in a real browser, opened from the disk: they work alone, show what the warehouse has, and run nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from pipeline.warehouse import Warehouse

DISTRICT, YEAR = "410402", 2023


@dataclass
class Visitor:
    """A person with a browser, who notes what goes wrong and what is asked of the network."""

    page: Page
    site: Path
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, address: str, language: str = "zh") -> Page:
        """A page below the site, drawn to its end."""
        name, _, query = address.partition("?")
        self.page.goto(f"{(self.site / name).as_uri()}?{query}&lang={language}")
        self.page.wait_for_selector("body[data-ready]", timeout=20_000)
        return self.page

    def rows(self, place: str) -> list[list[str]]:
        """The texts of a table's body."""
        script = "t => [...t.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c => c.innerText.trim()))"
        found: list[list[str]] = self.page.eval_on_selector(f"{place} table", script)
        return found


@pytest.fixture
def visitor(browser: Browser, site: Path) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    seen = Visitor(context.new_page(), site)
    seen.page.on("console", lambda m: seen.faults.append(m.text) if m.type in ("error", "warning") else None)
    seen.page.on("pageerror", lambda e: seen.faults.append(str(e)))
    seen.page.on("request", lambda r: seen.asked.append(r.url))
    yield seen
    context.close()


ADDRESSES = ["index.html?"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_stands_alone(visitor: Visitor, address: str, language: str, width: int) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 844})
    page = visitor.open(address, language)
    assert not visitor.faults
    assert {url.partition(":")[0] for url in visitor.asked} <= {"file", "data", "blob"}
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # nothing sticks out at the side
    assert page.evaluate("window.hacked") is None
    other = "en" if language == "zh" else "zh"
    assert page.locator(f"header .{other}:visible").count() == 0


def figure(warehouse: Warehouse, sql: str) -> Any:
    return warehouse.query(sql)[1][0][0]


def test_a_figure_of_the_map_equals_the_query_shown_with_it(visitor: Visitor, warehouse: Warehouse) -> None:
    page = visitor.open(f"index.html?m=grant_rate&y={YEAR}&l=province&b=o")
    sql = page.locator("#map-sql pre").text_content()
    assert sql is not None
    names, found = warehouse.query(sql)
    (row,) = (dict(zip(names, r, strict=True)) for r in found)
    ((name, _, above, below, rate, reports),) = visitor.rows("#table")
    assert (name, int(above), int(below), int(reports)) == (
        "河南省",
        row["numerator"],
        row["denominator"],
        row["reports"],
    )
    assert rate == f"{100 * row['value']:.1f}%"


def test_the_map_has_a_shape_for_each_area(visitor: Visitor) -> None:
    page = visitor.open(f"index.html?m=grant_rate&y={YEAR}&l=prefecture&b=o")
    borders = page.evaluate("atlas.load('borders/china').then(b => b.objects.prefecture.geometries.map(g => g.id))")
    drawn = page.evaluate("document.querySelectorAll('#map svg .mark-shape path').length")
    lines = page.evaluate("atlas.load('borders/china').then(b => b.objects.line.geometries.length)")
    assert drawn == 2 * (len(borders) + 1 + lines)  # the country and its inset
    known = page.evaluate("[...atlas.state.areas.values()].filter(a => a.level === 'prefecture').map(a => a.code)")
    assert set(known) <= set(borders)
    legend = [int(n.replace(",", "")) for n in page.locator("#legend .n").all_inner_texts()]
    assert sum(legend) == len(borders)
