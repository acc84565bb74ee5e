"""The pages in a real browser, opened from the disk: they work alone, show what the warehouse has, and run nothing."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lxml.html
import openpyxl
import pytest
import vl_convert

from pipeline.site import write_site
from pipeline.site.pages import PAGES
from pipeline.warehouse import Warehouse
from tests import warehouse_rows as rows
from tests.site.conftest import HOSTILE, published
from tests.site.test_figures import read
from tests.warehouse.views.cookbook import report, requests
from tests.warehouse.views.test_trusted import doubting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

DISTRICT, YEAR = "410402", 2023
# Notes each chart that a page draws, with what it is made of.
RECORDING = """
    let draw;
    window.charts = [];
    Object.defineProperty(window, 'vegaEmbed', {
        set(made) { draw = made; },
        get() { return (place, spec, how) => { window.charts.push([place, spec, how]); return draw(place, spec, how); }; },
    });"""


@dataclass
class Visitor:
    """A person with a browser, who notes what goes wrong and what is asked of the network."""

    page: Page
    site: Path
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def open(self, address: str, language: str = "zh") -> Page:
        """A page below the site, drawn to its end; `{organ}` stands for the government of the district."""
        if "{" in address:
            address = address.format(organ=self.organ("甲区人民政府"), hostile=self.organ("戊局"))
        name, _, query = address.partition("?")
        self.page.goto(f"{(self.site / name).as_uri()}?{query}&lang={language}")
        self.page.wait_for_selector("body[data-ready]", timeout=20_000)
        return self.page

    def organ(self, name: str) -> str:
        """The publisher_id of an organ whose name begins so, and who does not add up others."""
        return next(o[2] for o in read(self.site, "names/41") if o[0].startswith(name) and len(o[4]) > 0)

    def rows(self, place: str) -> list[list[str]]:
        """The texts of a table's body."""
        script = "t => [...t.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c => c.innerText.trim()))"
        found: list[list[str]] = self.page.eval_on_selector(f"{place} table", script)
        return found


@contextmanager
def visiting(browser: Browser, site: Path) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    seen = Visitor(context.new_page(), site)
    seen.page.add_init_script(RECORDING)
    seen.page.on("console", lambda m: seen.faults.append(m.text) if m.type in ("error", "warning") else None)
    seen.page.on("pageerror", lambda e: seen.faults.append(str(e)))
    seen.page.on("request", lambda r: seen.asked.append(r.url))
    yield seen
    context.close()


@pytest.fixture(scope="module")
def one_visitor(browser: Browser, site: Path) -> Iterator[Visitor]:
    """One for all tests: a new browser window would compile Vega again for each."""
    with visiting(browser, site) as seen:
        yield seen


@pytest.fixture
def visitor(one_visitor: Visitor) -> Visitor:
    """A person at a desk, who has noted nothing yet."""
    one_visitor.page.set_viewport_size({"width": 1440, "height": 900})
    one_visitor.page.emulate_media(media="screen")
    one_visitor.faults.clear()
    one_visitor.asked.clear()
    return one_visitor


ADDRESSES = (
    "index.html?l=prefecture",
    "index.html?l=county&m=req_new",
    f"area.html?c={DISTRICT}",
    "area.html?c=410000&y=2023",
    "area.html?c=nowhere",
    "publisher.html?d=410402&p={organ}&y=2023",
    "publisher.html?d=410402&p={hostile}",
    "compare.html?",
    "compare.html?a=410402/{organ}/&b=410402/{hostile}/",
    "rank.html?y=2023&l=organ&n=0",
    "rank.html?y=2023&l=prefecture&m=req_new",
    "quality.html?",
    "data.html?q=grant",
)


@pytest.mark.parametrize(("width", "language"), [(1440, "zh"), (390, "en")])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_stands_alone(visitor: Visitor, address: str, width: int, language: str) -> None:
    visitor.page.set_viewport_size({"width": width, "height": 844})
    page = visitor.open(address, language)
    assert not visitor.faults
    assert {url.partition(":")[0] for url in visitor.asked} <= {"file", "data", "blob"}
    assert page.evaluate("document.documentElement.scrollWidth") <= width  # nothing sticks out at the side
    assert page.evaluate("window.hacked") is None
    assert page.locator("main script, main img[onerror]").count() == 0
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
    south = sum(code[:2] in SOUTHERN for code in borders)
    assert drawn == len(borders) + south + 2 * (1 + lines)  # the country, and its inset of what reaches there
    known = page.evaluate("[...atlas.state.areas.values()].filter(a => a.level === 'prefecture').map(a => a.code)")
    assert set(known) <= set(borders)
    legend = [int(n.replace(",", "")) for n in page.locator("#legend .n").all_inner_texts()]
    assert sum(legend) == len(borders)


def test_a_report_that_tries_to_be_markup_is_shown_as_text(visitor: Visitor) -> None:
    page = visitor.open("publisher.html?d=410402&p={hostile}")
    assert page.locator("h1").inner_text() == f"戊局{HOSTILE}"
    page.fill("#find input", "戊局")
    page.wait_for_selector("#find li a")
    assert HOSTILE in page.locator("#find li a").first.inner_text()
    assert page.evaluate("window.hacked") is None


def test_a_scripts_source_or_words_cannot_leave_the_data(visitor: Visitor) -> None:
    page = visitor.open("index.html?")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.hacked=1'}))"
    )
    assert page.evaluate("window.hacked") is None  # the page's own policy refuses scripts within it
    assert any("Content Security Policy" in fault for fault in visitor.faults)


def test_a_table_is_drawn_again_as_printed(visitor: Visitor, warehouse: Warehouse) -> None:
    page = visitor.open("publisher.html?d=410402&p={organ}&y=2023")
    shown = dict(
        page.eval_on_selector_all(
            "td[data-cell]", "cells => cells.map(c => [c.dataset.cell, c.firstChild?.textContent ?? ''])"
        )
    )
    printed = warehouse.query(
        """SELECT table_no || ':' || row_code || ':' || col_code, value_raw FROM facts
           JOIN reports USING (report_id, district_code, year)
           WHERE publisher = '甲区人民政府' AND year = 2023"""
    )[1]
    assert shown == {key: text.strip() for key, text in printed}


def test_a_figure_says_where_it_stands(visitor: Visitor) -> None:
    page = visitor.open("publisher.html?d=410402&p={organ}&y=2023")
    where = page.locator("[data-table='3'] .where")
    page.click("td[data-cell='3:1:total']")
    assert where.inner_text().startswith("行1 › 列total：印为 52，第 20 行，文件 410402/2023/")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert where.inner_text().startswith("行1 › 列other：印为 0，第 20 行")
    assert page.locator("[data-table='3'] td[tabindex='0']").count() == 1


def test_prefectures_and_counties_of_a_province(visitor: Visitor) -> None:
    page = visitor.open("area.html?c=410000&y=2023&l=prefecture&b=o")
    drawn = "document.querySelectorAll('#map svg .mark-shape path').length"
    assert page.evaluate(drawn) == 17  # 济源市 is directly below the province, and a county
    assert {"平顶山市", "安阳市"} <= {row[0] for row in visitor.rows("#below-table")}
    page.click("#map-controls button:has-text('县级')")
    page.wait_for_function(f"{drawn} > 100")
    assert page.locator("#below-note a").get_attribute("href").startswith("rank.html?m=grant_rate&y=2023&l=county")


def test_places_have_english_names(visitor: Visitor) -> None:
    page = visitor.open("area.html?c=410402&y=2023", "en")
    assert page.locator("h1").inner_text() == "Xinhua District 新华区"
    assert page.locator("#crumbs").inner_text().split("\n")[0].startswith("China")
    page.fill("#find input", "pingding")
    page.wait_for_selector("#find li a")
    assert page.locator("#find li a").first.inner_text().startswith("Pingding")


def test_what_changed_since_the_year_before_is_marked(visitor: Visitor) -> None:
    page = visitor.open("publisher.html?d=410402&p={organ}&y=2023")
    new = page.locator("td[data-cell='3:1:total']")
    assert (new.inner_text().split(), "changed" in (new.get_attribute("class") or "")) == (["52", "40", "↑"], True)
    page.locator("#table-controls input").uncheck()
    assert page.locator("td[data-cell='3:1:total']").inner_text().split() == ["52"]


def test_a_withheld_figure_is_hatched_and_a_blank_stays_blank(visitor: Visitor) -> None:
    page = visitor.open(f"area.html?c={DISTRICT}&y={YEAR}")
    row = page.locator("#organs tbody tr", has_text="己局")
    assert row.locator(".withheld").count() >= 2
    assert "hatch" in page.evaluate(
        "getComputedStyle(document.querySelector('#organs .withheld')).backgroundImage.replace('repeating-linear-gradient', 'hatch')"
    )
    page = visitor.open("publisher.html?d=410502&p=" + visitor.organ("丁区教育局"))
    cell = page.locator("td[data-cell='3:1:legal']")
    assert (cell.inner_text(), "blank" in (cell.get_attribute("class") or "")) == ("", True)


def test_missing_reports_are_named(visitor: Visitor, warehouse: Warehouse) -> None:
    page = visitor.open(f"area.html?c={DISTRICT}&y=2021")
    page.select_option("#organ-controls select", "2021")
    missing = [row[0] for row in visitor.rows("#coverage") if row[2] == "缺报"]
    told = warehouse.query(
        f"SELECT publisher FROM coverage WHERE district_code = '{DISTRICT}' AND year = 2021 AND status = 'missing'"
    )
    assert sorted(missing) == sorted(name for (name,) in told[1])
    assert missing


SOUTHERN = ("35", "36", "43", "44", "45", "46", "52", "53", "71", "81", "82")
WITH_CHARTS = {
    "index.html?m=grant_rate&y=2023&l=prefecture&b=o": 1 + 5 + 1,  # map, a small map a year, coverage
    f"area.html?c={DISTRICT}&y=2023": 7,
    "rank.html?y=2023&l=organ&n=0&m=closure_rate": 1,
    "quality.html?": 1,
}


@pytest.mark.parametrize("address", WITH_CHARTS)
def test_a_chart_is_the_same_without_a_browser_and_has_its_sql(
    visitor: Visitor, warehouse: Warehouse, address: str
) -> None:
    """Its spec alone gives the SVG for print: the same marks and texts, drawn by the package that ships Vega."""
    page = visitor.open(address)
    page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
    page.wait_for_function(f"charts.length >= {WITH_CHARTS[address]}")
    specs = page.evaluate("charts.map(([, spec, how]) => JSON.stringify({...spec, config: how.config}))")
    assert len(specs) >= WITH_CHARTS[address]
    for number, spec in enumerate(specs[:2]):
        inside = page.evaluate(f"charts[{number}][0].querySelector('svg').outerHTML")
        alone = vl_convert.vega_to_svg(json.loads(spec))
        assert drawn(alone) == drawn(inside)
    without = page.evaluate(
        """[...document.querySelectorAll('svg[role=img]')].map((s) => s.closest('section'))
           .filter((s) => !s.querySelector('details.sql')).map((s) => s.getAttribute('aria-labelledby'))"""
    )
    assert without == []
    for sql in set(page.locator("details.sql pre").all_text_contents()):
        warehouse.query(sql)


def drawn(svg: str) -> tuple[list[str], Counter[str]]:
    """The texts of a chart, and how many marks of each kind it has."""
    root = lxml.html.fromstring(svg)
    texts = sorted(t.text_content() for t in root.iter("text"))
    kinds = Counter(g.get("class", "").split()[0] for g in root.iter("g") if "mark-" in g.get("class", ""))
    return texts, kinds + Counter({"path": sum(1 for _ in root.iter("path"))})


def test_the_dictionary_is_searched(visitor: Visitor) -> None:
    page = visitor.open("data.html?")
    whole = page.locator("#dictionary details").count()
    assert not page.locator("#v-figures, #v-homes, #v-rates_of_printed").count()  # what the writing itself makes
    page.fill("#term", "carried_out")
    found = page.locator("#dictionary details")
    assert 0 < found.count() < whole
    assert page.locator("#dictionary details[id='v-requests'] tbody td:first-child").all_inner_texts() == [
        "carried_out"
    ]
    page.fill("#term", "结转下年度")  # what a column means finds it too
    assert page.locator("#dictionary details").count()
    page.fill("#term", "no such thing")
    assert page.locator("#dictionary .empty").is_visible()
    assert page.locator("#files td.n a").first.get_attribute("href") == "exports/requests_trusted/2018.csv"
    assert all(
        (visitor.site / a).is_file()
        for a in page.locator("#files td.n a").evaluate_all("a => a.map((l) => l.getAttribute('href'))")
    )


@pytest.fixture(scope="module")
def odd_sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A site without a report, and one of a single report with a very long name, of which every figure is withheld."""
    folder = tmp_path_factory.mktemp("odd")
    name = f"甲区{'公共资源交易监督管理和政务服务数据' * 6}局"
    printed = requests(9, 0, 4, 1, 4, 0)
    doubtful = doubting(report(name, DISTRICT, YEAR, printed, level="department"), *rows.FORMS["2021"])
    return {
        "empty": write_site(published(folder / "empty")).path,
        "withheld": write_site(published(folder / "withheld", doubtful)).path,
    }


@pytest.mark.parametrize("kind", ["empty", "withheld"])
def test_pages_of_nothing_and_of_one_report(browser: Browser, odd_sites: dict[str, Path], kind: str) -> None:
    """On a phone, where a name that is too long shows first."""
    width = 390
    site = odd_sites[kind]
    organ = next((f.stem for f in (site / "data" / "d").glob("*/p/*.js")), "none")
    addresses = [f"{name}.html?" for name in PAGES if name not in ("area", "publisher")]
    with visiting(browser, site) as seen:
        seen.page.set_viewport_size({"width": width, "height": 844})
        for address in (
            *addresses,
            f"area.html?c={DISTRICT}",
            "area.html?c=410000",
            f"publisher.html?d={DISTRICT}&p={organ}",
        ):
            page = seen.open(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
            assert page.locator("main").inner_text().strip()
            assert not seen.faults, address
        if kind == "withheld":
            seen.open(f"area.html?c={DISTRICT}&y={YEAR}")
            assert "存疑" in seen.rows("#organs")[0]
            assert not any(cell in ("9", "4") for cell in seen.rows("#organs")[0])


def test_a_rank_equals_its_query(visitor: Visitor, warehouse: Warehouse) -> None:
    page = visitor.open(f"rank.html?y={YEAR}&l=organ&n=1")
    sql = page.locator("#sql pre").text_content()
    assert sql is not None
    names, found = warehouse.query(sql)
    told = [dict(zip(names, row, strict=True)) for row in found]
    wanted = sorted((f"{100 * r['value']:.1f}%" for r in told if r["value"] is not None), key=lambda v: -float(v[:-1]))
    assert [row[4] for row in visitor.rows("#all")] == wanted


def test_the_language_is_kept(browser: Browser, site: Path) -> None:
    with visiting(browser, site) as visitor:  # what a browser keeps would be there for the others
        page = visitor.open("compare.html?")
        page.click("#language")
        page.wait_for_selector("html[lang=en] body[data-ready]")
        assert page.locator("h1").inner_text() == "Compare"
        page.goto((site / "data.html").as_uri())
        page.wait_for_selector("body[data-ready]")
        assert page.locator("h1").inner_text() == "Data"


def test_the_keyboard_leads_through_search_and_sorting(visitor: Visitor) -> None:
    page = visitor.open(f"area.html?c={DISTRICT}&y={YEAR}")
    page.focus("#find input")
    page.keyboard.type("甲区")
    page.wait_for_selector("#find li a")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('#find li') !== null")
    page.keyboard.press("Escape")
    page.locator("#organs thead button").nth(3).focus()
    page.keyboard.press("Enter")
    assert page.locator("#organs th[aria-sort]").count() == 1


def test_a_table_can_be_taken_along(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.open(f"index.html?m=grant_rate&y={YEAR}&l=province&b=o")
    saved = {}
    for name in ("CSV", "XLSX"):
        with page.expect_download() as waiting:
            page.locator("#table .tools button", has_text=name).click()
        saved[name] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(saved[name])
    lines = list(csv.reader(saved["CSV"].read_text("utf-8-sig").splitlines()))
    sheet = openpyxl.load_workbook(saved["XLSX"]).active
    assert sheet is not None
    rows = [["" if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0] == lines[0]
    assert [row[:4] for row in rows] == [line[:4] for line in lines]


def test_it_prints(visitor: Visitor) -> None:
    page = visitor.open(f"area.html?c={DISTRICT}")
    page.emulate_media(media="print")
    assert not page.locator("#find").is_visible()
    assert page.locator("#organs table").is_visible()
    assert page.pdf()[:4] == b"%PDF"
