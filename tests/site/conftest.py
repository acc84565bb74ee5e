"""A site of made-up reports, written once, and a browser to look at it with where there is one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.dimensions import dimension_frames, verdict_frame
from pipeline.site import write_site
from pipeline.warehouse import Warehouse
from tests import warehouse_rows as rows
from tests.empty_build import begin
from tests.made_once import made_once
from tests.warehouse.views.cookbook import DECIDED, report, reports, requests
from tests.warehouse.views.test_trusted import doubting

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HOSTILE = '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">'


def made_up() -> list[rows.Frames]:
    """The reports of the cookbook, one with doubtful figures, and one whose every text tries to become markup."""
    doubtful = doubting(
        report("己局", "410402", 2023, requests(9, 0, 4, 1, 4, 0), level="department"),
        (3, "3.1", "total"),
        (3, "3.7", "total"),
    )
    name = f"戊局{HOSTILE}"
    hostile = rows.narrative(report(name, "410402", 2023, {}, level="department"), 1.0, f"收到申请1件{HOSTILE}")
    return [*reports(), doubtful, hostile]


@pytest.fixture(scope="session")
def warehouse() -> Warehouse:
    return Warehouse(made_once("site of the made-up reports", lambda folder: write_site(published(folder, *made_up()))))


def published(folder: Path, *made: rows.Frames) -> Warehouse:
    """A published warehouse of reports with the true register of places; the same folder again replaces what it had."""
    warehouse = begin(folder)
    frames = rows.together(*made)
    known = {**dimension_frames(), **rows.knowledge(), "verdicts": verdict_frame([DECIDED])}
    aside = rows.quarantine([])
    with warehouse.writer() as writer:
        if made:
            writer.load(rows.keys_of(frames), frames, ())
        writer.record(rows.files([]), aside, known, [], ())
    warehouse.publish()
    return warehouse


@pytest.fixture(scope="session")
def site(warehouse: Warehouse) -> Path:
    """The one that is written already: writing the same again only finds it."""
    return write_site(warehouse).path


@pytest.fixture
def written(site: Path, warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """A warehouse of the made-up reports with its site, to be changed: a copy of the one that others look at."""
    assert site.parent == warehouse.root
    shutil.copytree(warehouse.root, tmp_path / "copy", symlinks=True)
    return Warehouse(tmp_path / "copy")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium): pages are not looked at")
    from playwright.sync_api import sync_playwright  # takes a while: not for whoever only collects

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()
