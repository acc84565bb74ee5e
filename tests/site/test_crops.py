"""Pictures of the places where an identity fails: made once for PDFs, within limits, and shown on the organ's page."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.explain import crop
from pipeline.explain.crop import CropError
from pipeline.forms.loading import form
from pipeline.runs.workspace import Workspace
from pipeline.site import write_site
from pipeline.site.areas import keep_homes
from pipeline.site.crops import Crops, Effort, write_crops
from pipeline.site.folder import SiteFolder
from tests.readers import draw_pdf
from tests.render import TextStyle, balanced_figures, text_report
from tests.site.test_figures import read
from tests.workspace import HERE, XINHUA, run, workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser

HOME = "410402"
WRONG = (3, "3.7", "total")
EFFORT = Effort(limits=HERE)


def figures(year: int) -> dict[tuple[int, str, str], str]:
    """Those of a report whose identities hold, but for one total that is printed with a digit too many."""
    found = balanced_figures(form("2021"), random.Random(year))
    return {**found, WRONG: f"{found[WRONG]}7"}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two PDFs and a text that print a total wrong, and a PDF that does not."""
    ws = workspace(tmp_path_factory.mktemp("crops"))
    ws.raw.mkdir(parents=True)
    for year in (2021, 2022, 2023):
        title = f"{XINHUA}{year}年政府信息公开工作年度报告"
        printed = figures(year) if year < 2023 else balanced_figures(form("2021"), random.Random(year))
        (ws.raw / f"{year}.pdf").write_bytes(draw_pdf.report(form("2021"), printed, draw_pdf.Style(title=(title,))))
    title = f"{XINHUA}2020年政府信息公开工作年度报告"
    (ws.raw / "2020.txt").write_text(text_report(form("2021"), figures(2020), TextStyle(title=title)), "utf-8")
    run(ws)
    return ws


@pytest.fixture
def ws(published: Workspace) -> Workspace:
    """The reports, of which no picture has been made."""
    for file in (published.warehouse.work / "crops").glob("*"):
        file.unlink()
    (published.warehouse.work / "site.json").unlink(missing_ok=True)
    return published


def draw(ws: Workspace, effort: Effort = EFFORT) -> tuple[Crops, dict[int, dict[str, Path]]]:
    """The pictures alone, as a site has them: by year, the picture of each cell."""
    folder = SiteFolder(ws.root, "test")
    folder.begin(None)
    with ws.warehouse.snapshot(512) as snapshot:
        keep_homes(snapshot)
        made = write_crops(snapshot, folder, ws.warehouse.work, ws.raw, effort)
        years = dict(snapshot.query("SELECT report_id, year FROM reports"))
    found = {years[report]: cells for home in made.homes for report, cells in read(folder.path, f"c/{home}").items()}
    return made, {y: {key: folder.path / "crops" / name for key, _, name in cells} for y, cells in found.items()}


def shown(site: Path) -> dict[int, dict[str, tuple[int, Path]]]:
    """By year: each cell that has a picture, with its page and the picture."""
    (organ,) = (f.stem for f in (site / "data" / "d" / HOME / "p").iterdir())
    years = {r["id"]: r["year"] for r in read(site, f"d/{HOME}/p/{organ}")["reports"]}
    found = read(site, f"c/{HOME}") if read(site, "index")["crops"] else {}
    return {years[i]: {key: (page, site / "crops" / name) for key, page, name in cells} for i, cells in found.items()}


def test_the_cell_at_fault_is_cut_out_of_its_page(ws: Workspace) -> None:
    written = write_site(ws.warehouse, ws.raw, effort=EFFORT)
    found = shown(written.path)
    assert set(found) == {2021, 2022}  # a text has no pages, and 2023 is right
    assert written.pictures == sum(map(len, found.values()))
    for cells in found.values():
        page, picture = cells["3:3.7:total"]
        (on_paper,) = ws.warehouse.query(
            "SELECT DISTINCT page FROM facts WHERE table_no = 3 AND row_code = '3.7' AND col_code = 'total' AND page > 0"
        )[1]
        assert (page,) == on_paper
        assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_picture_is_shown_with_the_finding(ws: Workspace, browser: Browser) -> None:
    site = write_site(ws.warehouse, ws.raw, effort=EFFORT).path
    (organ,) = (f.stem for f in (site / "data" / "d" / HOME / "p").iterdir())
    page = browser.new_page()
    page.goto(f"{(site / 'publisher.html').as_uri()}?d={HOME}&p={organ}&y=2022")
    picture = page.locator(".finding[data-cell='3:3.7:total'] .crop img").first
    picture.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.crop img').naturalWidth > 100")
    name = (picture.get_attribute("src") or "").removeprefix("crops/")
    assert name in {file.name for _, file in shown(site)[2022].values()}
    link = page.locator(".finding[data-cell='3:3.7:total'] .crop > a").first.get_attribute("href") or ""
    assert "2022.pdf#page=" in link
    page.close()


def test_a_picture_is_made_once(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    _, first = draw(ws)
    before = {picture.stat().st_ino for cells in first.values() for picture in cells.values()}

    def never(*_: object) -> bytes:
        raise AssertionError("drawn again")

    monkeypatch.setattr(crop, "crop", never)
    made, second = draw(ws)
    assert made.made == 0
    assert {picture.stat().st_ino for cells in second.values() for picture in cells.values()} == before


@pytest.mark.long
def test_what_is_left_is_made_the_next_time_and_the_newest_first(ws: Workspace) -> None:
    first = write_site(ws.warehouse, ws.raw, effort=replace(EFFORT, files=1))
    assert (set(shown(first.path)), first.left) == ({2022}, 1)
    second = write_site(ws.warehouse, ws.raw, effort=EFFORT)  # nothing new is published
    assert (set(shown(second.path)), second.left) == ({2021, 2022}, 0)
    assert write_site(ws.warehouse, ws.raw, effort=EFFORT).files == 0


def test_without_time_there_are_no_pictures(ws: Workspace) -> None:
    made, found = draw(ws, replace(EFFORT, seconds=0))
    assert (found, made.made, made.left) == ({}, 0, 2)


def test_what_cannot_be_drawn_is_tried_once(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def fails(data: bytes, page: int, box: crop.Box | None) -> bytes:
        tried.append(page)
        raise CropError("page 1 cannot be drawn")

    monkeypatch.setattr(crop, "crop", fails)
    made, found = draw(ws)
    assert (found, made.made, made.left) == ({}, 0, 0)
    assert tried
    tried.clear()
    draw(ws)
    assert not tried


def test_a_file_that_is_another_by_now_gives_no_picture(ws: Workspace) -> None:
    file = ws.raw / "2022.pdf"
    data = file.read_bytes()
    try:
        file.write_bytes((ws.raw / "2021.pdf").read_bytes())
        assert set(draw(ws)[1]) == {2021}
    finally:
        file.write_bytes(data)


def test_pictures_of_what_is_no_longer_shown_go(ws: Workspace) -> None:
    stray = ws.warehouse.work / "crops" / f"{'0' * 32}.png"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"of a report that is gone")
    draw(ws, replace(EFFORT, seconds=0))
    assert not stray.exists()


@pytest.mark.long
def test_the_cell_of_a_scan_is_cut_out_and_shown(tmp_path: Path, browser: Browser) -> None:
    """A report of pictures alone, whose total is printed with a digit too many."""
    pytest.importorskip("onnxruntime", reason="pip install 'disclosure[ocr]' to test how pictures are read")
    pytest.importorskip("rapidocr", reason="pip install 'disclosure[ocr]' to test how pictures are read")
    from PIL import Image

    from tests.readers import draw_scan  # which needs the packages too

    ws = workspace(tmp_path)
    ws.raw.mkdir(parents=True)
    title = f"{XINHUA}2022年政府信息公开工作年度报告"
    drawn = draw_pdf.report(form("2021"), figures(2022), draw_pdf.Style(title=(title,), size=9.5))
    (ws.raw / f"{XINHUA}2022年报告.pdf").write_bytes(draw_scan.scanned(draw_scan.pictures(drawn)))
    run(ws)
    assert ws.warehouse.query("SELECT file_format, year FROM reports")[1] == [("pdf", 2022)]
    site = write_site(ws.warehouse, ws.raw, effort=EFFORT).path
    _, picture = shown(site)[2022]["3:3.7:total"]
    with Image.open(picture) as cut:
        assert min(cut.convert("L").getextrema()) < 100  # ink, and not a blank part of the page
    (organ,) = (f.stem for f in (site / "data" / "d" / HOME / "p").iterdir())
    page = browser.new_page()
    page.goto(f"{(site / 'publisher.html').as_uri()}?d={HOME}&p={organ}&y=2022")
    image = page.locator(".finding[data-cell='3:3.7:total'] .crop img").first
    image.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.crop img').naturalWidth > 100")
    page.close()
