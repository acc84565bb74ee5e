"""Writing again: only what has changed is written, the old version stays whole, and one link is swapped."""

from __future__ import annotations

from pathlib import Path

from pipeline.site import write_site
from tests.site.conftest import made_up, published
from tests.warehouse.views.cookbook import report, requests


def inodes(site: Path) -> dict[str, int]:
    root = site.resolve()
    return {f.relative_to(root).as_posix(): f.stat().st_ino for f in root.rglob("*") if f.is_file()}


def test_the_same_publication_is_written_once(tmp_path: Path) -> None:
    warehouse = published(tmp_path, *made_up())
    first = write_site(warehouse)
    before = inodes(first.path)
    again = write_site(warehouse)
    assert (first.renewed, again.renewed, again.files) == (2, 0, 0)
    assert inodes(again.path) == before


def test_a_changed_district_is_written_alone(tmp_path: Path) -> None:
    warehouse = published(tmp_path, *made_up())
    before = inodes(write_site(warehouse).path)
    old = (tmp_path / "site").resolve()
    kept = {name: (old / name).read_bytes() for name in before}
    changed = report("丁区教育局", "410502", 2023, requests(10, 0, 4, 2, 4, 0), level="department")
    published(tmp_path, changed)
    again = write_site(warehouse)
    after = inodes(again.path)
    assert again.renewed == 1
    new = {name for name, inode in after.items() if before.get(name) != inode}
    data = {name for name in new if name.startswith("data/")}
    assert not {name for name in data if "410402" in name}
    assert {name.split("/")[1] for name in data if "410502" in name} >= {"d", "p"}
    assert {Path(name).stem for name in new - data} == {"2023"}  # files of that year; no page, script or border
    assert {name: (old / name).read_bytes() for name in before} == kept  # who reads the old one goes on


def test_written_again_in_parts_is_as_written_from_nothing(tmp_path: Path) -> None:
    warehouse = published(tmp_path / "one", *made_up())
    write_site(warehouse)
    changed = report("丁区教育局", "410502", 2023, requests(10, 0, 4, 2, 4, 0), level="department")
    published(tmp_path / "one", changed)
    in_parts = write_site(warehouse).path.resolve()
    found = {name: (in_parts / name).read_bytes() for name in inodes(in_parts)}
    whole = write_site(warehouse, again=True).path.resolve()
    assert found == {name: (whole / name).read_bytes() for name in inodes(whole)}


def test_a_district_whose_last_report_is_gone_shows_who_is_missing(tmp_path: Path) -> None:
    """A publisher that was ever seen is expected: its district stays, without a figure."""
    warehouse = published(tmp_path, *made_up())
    write_site(warehouse)
    with warehouse.writer() as writer:
        writer.load([("410502", 2023)], {}, ["410502/2023/丁区教育局.txt"])
    warehouse.publish()
    site = write_site(warehouse).path
    left = (site / "data" / "d" / "410502.js").read_text(encoding="utf-8")
    assert '"organs":[]' in left
    assert '"丁区教育局","department",2023,"removed"' in left
    assert (site / "data" / "d" / "410402.js").exists()


def test_an_interrupted_writing_leaves_the_shown_version(tmp_path: Path) -> None:
    warehouse = published(tmp_path, *made_up())
    before = inodes(write_site(warehouse).path)
    left = tmp_path / "versions" / "site-x.unfinished"
    left.mkdir()
    (left / "index.html").write_text("half")
    assert inodes(tmp_path / "site") == before
    write_site(warehouse, again=True)
    assert not left.exists()
