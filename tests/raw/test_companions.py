"""What lies in the folder of a page belongs to the page."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pipeline.raw.companions import companion, companions
from pipeline.raw.scan import scan_folder
from tests.raw.test_archives import put, zipped

PARTS = ("a.files/image001.png", "a.files/filelist.xml", "a.files/deep/x.css", "a.files/saved_resource.html")


@pytest.mark.parametrize("page", ["a.htm", "a.html", "a.MHT", "a.doc"])
def test_parts_of_a_page_are_told(page: str) -> None:
    assert companions([page, *PARTS]) == set(PARTS)


@pytest.mark.parametrize("folder", ["a.files", "a_files", "a-files", "a.fld"])
def test_what_the_folder_may_be_called(folder: str) -> None:
    part = f"d/{folder}/1.jpg"
    assert companions(["d/a.html", part]) == {part}
    assert companions(["d/2.html", "a.html", part]) == set()


@pytest.mark.parametrize("name", ["附件.pdf", "附件.DOCX", "年报.ofd", "sheet001.htm", "x.zip"])
def test_documents_beside_a_page_are_files_of_their_own(name: str) -> None:
    assert companions(["a.html", f"a.files/{name}", "a.files/1.gif"]) == {"a.files/1.gif"}


def test_the_folder_and_archives_leave_them_out(tmp_path: Path) -> None:
    put(tmp_path, "a.html", b"<html>1")
    put(tmp_path, "a.files/1.gif", b"GIF8")
    put(tmp_path, "b.files/1.gif", b"GIF8 of no page")
    put(tmp_path, "x.zip", zipped({"c.html": b"<html>2", "c.files/1.png": b"3", "c.files/附件.pdf": b"%PDF"}))
    found = scan_folder(tmp_path, {})
    assert [f.path for f in found.files] == ["a.html", "b.files/1.gif", "x.zip!c.files/附件.pdf", "x.zip!c.html"]
    assert found.companions == 2


PAGE = {"a.html": b"<html><img src='a.files/1.png'>", "a.files/1.png": b"one", "a.files/2.png": b"two", "b.html": b"2"}

SOME_DAY = 1_700_000_000_000_000_000  # nanoseconds


@pytest.mark.parametrize(
    ("then", "changed"),
    [
        ({}, False),
        ({"a.files/1.png": b"another"}, True),
        ({"a.files/3.png": b"three"}, True),
        ({"b.html": b"3"}, False),
    ],
)
def test_a_page_has_changed_where_one_of_its_parts_has(then: dict[str, bytes], changed: bool, tmp_path: Path) -> None:
    for name, content in PAGE.items():
        put(tmp_path, name, content)
    first = scan_folder(tmp_path, {})
    for name, content in then.items():
        put(tmp_path, name, content)
    found = scan_folder(tmp_path, {raw.path: raw for raw in first.files})
    assert ("a.html" in found.changed) is changed
    assert ("a.html" in found.unchanged) is not changed
    assert not scan_folder(tmp_path, {raw.path: raw for raw in found.files}).changed


@pytest.mark.parametrize("age", [0, 3_600], ids=["parts-as-old", "parts-newer"])
@pytest.mark.parametrize(
    ("moved", "to"),
    [("a.files", None), ("a.files", "other"), ("a.files", "c.files"), ("a.files/1.png", None), ("a.files/1.png", "a.files/0.png")],
)  # fmt: skip
def test_a_page_has_changed_where_parts_are_gone_or_have_other_names(
    moved: str, to: str | None, age: int, tmp_path: Path
) -> None:
    for name, content in PAGE.items():
        at = SOME_DAY - age * 10**9 * ("/" not in name)
        os.utime(put(tmp_path, name, content), ns=(at, at))
    known = {raw.path: raw for raw in scan_folder(tmp_path, {}).files}
    if to is not None:
        (tmp_path / moved).rename(tmp_path / to)
    elif (tmp_path / moved).is_dir():
        shutil.rmtree(tmp_path / moved)
    else:
        (tmp_path / moved).unlink()
    found = scan_folder(tmp_path, known)
    assert (found.changed, found.unchanged, found.touched) == ({"a.html"}, {"b.html"}, set())
    assert scan_folder(tmp_path, {raw.path: raw for raw in found.files}).unchanged == {f.path for f in found.files}


def test_a_page_that_is_only_touched_has_not_changed(tmp_path: Path) -> None:
    put(tmp_path, "b.html", b"2")
    known = {raw.path: raw for raw in scan_folder(tmp_path, {}).files}
    later = known["b.html"].mtime_ns + 10**9
    os.utime(tmp_path / "b.html", ns=(later, later))
    assert scan_folder(tmp_path, known).touched == {"b.html"}


def test_a_page_of_an_archive_has_changed_where_it_has_no_parts_any_more(tmp_path: Path) -> None:
    os.utime(put(tmp_path, "x.zip", zipped(PAGE)), ns=(SOME_DAY, SOME_DAY))
    first = scan_folder(tmp_path, {})
    known, archives = {raw.path: raw for raw in first.files}, {a.raw.path: a for a in first.archives}
    put(tmp_path, "x.zip", zipped({name: content for name, content in PAGE.items() if "/" not in name}))
    found = scan_folder(tmp_path, known, archives=archives)
    assert (found.changed, found.touched) == ({"x.zip!a.html"}, {"x.zip!b.html"})


def test_a_page_of_an_archive_has_changed_with_it_where_the_page_has_parts(tmp_path: Path) -> None:
    """The members of an archive have its time, so that any of the parts may be new."""
    put(tmp_path, "x.zip", zipped(PAGE))
    first = scan_folder(tmp_path, {})
    known, archives = {raw.path: raw for raw in first.files}, {a.raw.path: a for a in first.archives}
    assert scan_folder(tmp_path, known, archives=archives).unchanged == {"x.zip!a.html", "x.zip!b.html"}
    put(tmp_path, "x.zip", zipped({**PAGE, "a.files/1.png": b"another"}))
    found = scan_folder(tmp_path, known, archives=archives)
    assert (found.changed, found.touched) == ({"x.zip!a.html"}, {"x.zip!b.html"})


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("a.files/1.png", "d/a.files/1.png"),
        ("./a.files/1.png?x=2#y", "d/a.files/1.png"),
        ("a.files%5C%E5%9B%BE.png", "d/a.files/图.png"),
        ("a.files\\1.png", "d/a.files/1.png"),
        ("b.files/1.png", None),
        ("1.png", None),
        ("../d/a.files/1.png", None),
        ("a.files/../../../etc/passwd", None),
        ("/d/a.files/1.png", None),
        ("file:///d/a.files/1.png", None),
        ("http://example.invalid/a.files/1.png", None),
        ("a.files/report.pdf", None),
        ("a.files/1\0.png", None),
        ("", None),
    ],
)
def test_an_address_names_a_part_of_its_own_page_or_nothing(address: str, part: str | None) -> None:
    assert companion("d/a.htm", address) == part
