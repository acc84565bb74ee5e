"""Writing again: only what has changed is written, the old version stays whole, and one link is swapped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.site import areas, write_site
from pipeline.site.exports import file_name
from pipeline.warehouse import Warehouse
from tests import warehouse_rows as rows
from tests.site.conftest import published
from tests.warehouse.views.cookbook import report, requests


def inodes(site: Path) -> dict[str, int]:
    root = site.resolve()
    found = (Path(folder) / name for folder, _, names in os.walk(root, followlinks=True) for name in names)
    return {f.relative_to(root).as_posix(): f.stat().st_ino for f in found}


@pytest.mark.long
def test_the_same_publication_is_written_once(written: Warehouse) -> None:
    before = inodes(written.root / "site")
    again = write_site(written)
    assert (again.districts, again.renewed, again.files) == (2, 0, 0)
    assert inodes(again.path) == before


def test_a_changed_district_is_written_alone(written: Warehouse) -> None:
    old = (written.root / "site").resolve()
    before = inodes(old)
    kept = {name: (old / name).read_bytes() for name in before}
    changed = report("丁区教育局", "410502", 2023, requests(10, 0, 4, 2, 4, 0), level="department")
    published(written.root, changed)
    again = write_site(written)
    after = inodes(again.path)
    assert again.renewed == 1
    new = {name for name, inode in after.items() if before.get(name) != inode}
    data = {name for name in new if name.startswith("data/")}
    assert not {name for name in data if "410402" in name}
    assert {name.split("/")[3] for name in data if name.startswith("data/d/410502/")} >= {"index.js", "p"}
    assert {Path(name).stem for name in new - data} == {"2023"}  # files of that year; no page, script or border
    assert {name: (old / name).read_bytes() for name in before} == kept  # who reads the old one goes on


@pytest.mark.parametrize(("most", "renewed"), [(100, 3), (2, 1)])
def test_one_more_report_of_a_template_changes_the_pages_of_others_only_while_they_count_it(
    most: int, renewed: int, written: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(areas, "MANY_SHARING", most)

    def of_template(name: str, code: str) -> rows.Frames:
        made = report(name, code, 2022, {}, level="department")
        return {**made, "reports": made["reports"].assign(narrative_digest="a template")}

    first = [of_template(f"{place}教育局", code) for place, code in (("丁区", "410502"), ("戊区", "410302"))]
    more = [of_template(f"{place}档案局", code) for place, code in (("丁区", "410502"), ("己区", "410203"))]
    published(written.root, *first, more[0])
    write_site(written)
    before = {year: (written.root / "site" / file_name("copies", year, "csv")).read_bytes() for year in (2022, 2023)}
    published(written.root, more[1])
    again = write_site(written)
    assert again.renewed == renewed
    counts = again.path / file_name("copies", 2022, "csv")
    assert counts.read_bytes().count(b",4,4,1") == 4  # what others take along counts them all
    assert before[2022].count(b",3,3,1") == 3
    assert (again.path / file_name("copies", 2023, "csv")).read_bytes() == before[2023]


@pytest.mark.long
def test_written_again_in_parts_is_as_written_from_nothing_and_one_after_the_other(
    written: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = report("丁区教育局", "410502", 2023, requests(10, 0, 4, 2, 4, 0), level="department")
    published(written.root, changed)
    in_parts = write_site(written).path.resolve()
    found = {name: (in_parts / name).read_bytes() for name in inodes(in_parts)}
    monkeypatch.setattr("pipeline.site.writing.MOST_AT_ONCE", 0)
    whole = write_site(written, again=True).path.resolve()
    assert found == {name: (whole / name).read_bytes() for name in inodes(whole)}


@pytest.mark.long
def test_a_district_whose_last_report_is_gone_shows_who_is_missing(written: Warehouse) -> None:
    """A publisher that was ever seen is expected: its district stays, without a figure."""
    with written.writer() as writer:
        writer.load([("410502", 2023)], {}, ["410502/2023/丁区教育局.txt"])
    written.publish()
    site = write_site(written).path
    left = (site / "data" / "d" / "410502" / "index.js").read_text(encoding="utf-8")
    assert '"organs":[]' in left
    assert '"丁区教育局","department",2023,"removed"' in left
    assert (site / "data" / "d" / "410402" / "index.js").exists()


def stored(warehouse: Warehouse) -> dict[str, set[str]]:
    """The folders that are kept of each district."""
    found: dict[str, set[str]] = {}
    for folder in (warehouse.root / "versions" / "districts").iterdir():
        found.setdefault(folder.name.partition("-")[0], set()).add(folder.name)
    return found


@pytest.mark.long
def test_folders_of_districts_that_no_version_shows_go(written: Warehouse) -> None:
    first = stored(written)
    for n in (1, 2, 3):
        figures = requests(9 + n, 0, 4, 1 + n, 4, 0)
        published(written.root, report("丁区教育局", "410502", 2023, figures, level="department"))
        write_site(written)
    last = stored(written)
    assert {home: len(folders) for home, folders in last.items()} == {"410402": 1, "410502": 2}
    assert last["410402"] == first["410402"]
    assert not last["410502"] & first["410502"]


@pytest.mark.long
@pytest.mark.parametrize("part", ["write_districts", "write_exports", "write_pages"])
def test_what_is_killed_in_the_middle_leaves_the_site_as_it_was(
    part: str, written: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = written.root / "site"
    before = {name: (site / name).read_bytes() for name in inodes(site)}
    published(written.root, report("丁区教育局", "410502", 2023, requests(10, 0, 4, 2, 4, 0), level="department"))
    with monkeypatch.context() as patch:
        patch.setattr(f"pipeline.site.writing.{part}", _killed)
        with pytest.raises(KeyboardInterrupt):
            write_site(written)
    assert {name: (site / name).read_bytes() for name in inodes(site)} == before
    killed = 1 if part == "write_districts" else 2
    assert {home: len(folders) for home, folders in stored(written).items()} == {"410402": 1, "410502": killed}
    after = write_site(written)
    assert {home: len(folders) for home, folders in stored(written).items()} == {"410402": 1, "410502": 2}
    whole = {name: (after.path / name).read_bytes() for name in inodes(after.path)}
    again = write_site(written, again=True).path
    assert whole == {name: (again / name).read_bytes() for name in inodes(again)}


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.long
def test_an_interrupted_writing_leaves_the_shown_version(written: Warehouse) -> None:
    left = written.root / "versions" / "site-x.unfinished"
    left.mkdir()
    (left / "index.html").write_text("half")
    before = (written.root / "site").resolve()
    site = write_site(written, again=True).path.resolve()
    assert not left.exists()
    assert before != site  # the one that people have open stays until the next one
    assert (before / "index.html").read_bytes() == (site / "index.html").read_bytes()
