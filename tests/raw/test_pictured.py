"""A folder of numbered pictures is one report; any other folder stays as it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.document import RawFile
from pipeline.raw.folder import content
from pipeline.raw.pictured import MAGIC, by_path, content_of, digest, grouped, packed, unpacked
from pipeline.raw.scan import read_bytes, scan_folder
from pipeline.readers import sniff
from tests.raw.test_archives import put, zipped


def together(*paths: str, root: str = "", others: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    files = [RawFile(path, 1, 1, "") for path in paths]
    found, pages = grouped(files, others, root)
    assert {f.path for f in found} == {*paths} - {p.path for own in pages.values() for p in own[1:]}
    return {first: tuple(p.path for p in own) for first, own in pages.items()}


@pytest.mark.parametrize(
    "names",
    [
        ["1.jpg", "2.jpg", "3.jpg"],
        ["001.png", "002.png"],
        ["第1页.jpg", "第2页.JPG"],
        ["page-0.jpeg", "page-1.jpeg"],
        ["2023年年报_1.tif", "2023年年报_2.tif"],
        ["报告 (1).png", "报告 (2).png"],
        ["IMG_1.bmp", "IMG_2.bmp"],
        [f"{n}.webp" for n in range(1, 13)],
    ],
)
def test_numbered_pages_are_one_report(names: list[str]) -> None:
    paths = [f"县/报告/{name}" for name in names]
    assert together(*paths) == {paths[0]: tuple(paths)}
    assert together(*reversed(paths), "县/x.pdf", "县/其他/1.jpg") == {paths[0]: tuple(paths)}


@pytest.mark.parametrize(
    "names",
    [
        ["1.jpg"],
        ["1.jpg", "3.jpg"],
        ["2.jpg", "3.jpg"],
        ["1.jpg", "2.png"],
        ["1.jpg", "2.jpg", "说明.txt"],
        ["1.jpg", "2.jpg", "封面.jpg"],
        ["1.jpg", "01.jpg", "2.jpg"],
        ["附件1.jpg", "附件2.jpg"],
        ["附件_1.jpg", "附件_2.jpg"],
        ["某县2021.jpg", "某县2022.jpg"],
        ["1月.jpg", "2月.jpg"],
        ["1.pdf", "2.pdf"],
        ["甲镇1.jpg", "乙镇2.jpg"],
        [f"{n}.jpg" for n in range(1, 102)],
    ],
)
def test_other_pictures_stay_files_of_their_own(names: list[str]) -> None:
    assert together(*(f"报告/{name}" for name in names)) == {}


def test_pictures_in_no_folder_are_files_of_their_own_but_in_an_archive() -> None:
    assert together("1.jpg", "2.jpg") == {}
    assert together("a.zip!1.jpg", "a.zip!2.jpg", root="a.zip!") == {"a.zip!1.jpg": ("a.zip!1.jpg", "a.zip!2.jpg")}
    assert together("a/1.jpg", "a/2.jpg", others=("a/link.jpg",)) == {}


def test_a_report_in_pictures_changes_with_any_of_its_pages(tmp_path: Path) -> None:
    for n in (1, 2, 3):
        put(tmp_path, f"报告/{n}.jpg", b"\xff\xd8\xff page %d" % n)
    put(tmp_path, "报告/Thumbs.db", b"")
    put(tmp_path, "甲/1.jpg", b"alone")
    first = scan_folder(tmp_path, {})
    assert [f.path for f in first.files] == ["报告/1.jpg", "甲/1.jpg"]
    (raw, _) = first.files
    data = read_bytes(tmp_path, raw)
    assert list(unpacked(data)) == [b"\xff\xd8\xff page %d" % n for n in (1, 2, 3)]
    assert sniff(data) == "image"
    assert by_path(tmp_path, "报告/1.jpg")[0].sha256 == raw.sha256 == digest(data)
    assert content_of(tmp_path, "报告/2.jpg") == content(tmp_path, "报告/2.jpg")

    known = {f.path: f for f in first.files}
    for hashing in (True, False):
        assert scan_folder(tmp_path, known, hashing=hashing).unchanged == {*known}
    (tmp_path / "报告" / "2.jpg").write_bytes(b"\xff\xd8\xff page X")
    os.utime(tmp_path / "报告" / "2.jpg", (10, 10))  # older than the others
    for hashing in (True, False):
        assert scan_folder(tmp_path, known, hashing=hashing).changed == {"报告/1.jpg"}
    (tmp_path / "报告" / "3.jpg").unlink()
    assert scan_folder(tmp_path, known).changed == {"报告/1.jpg"}


def test_pages_in_an_archive_are_one_report(tmp_path: Path) -> None:
    pages = {f"报告/第{n}页.png": b"page %d" % n for n in (1, 2)}
    put(tmp_path, "a.zip", zipped({**pages, "b/1.jpg": b"x", "b/2.pdf": b"y"}))
    put(tmp_path, "b.zip", zipped({f"{n}.jpg": b"%d" % n for n in (1, 2)}))
    found = scan_folder(tmp_path, {})
    assert [f.path for f in found.files] == ["a.zip!b/1.jpg", "a.zip!b/2.pdf", "a.zip!报告/第1页.png", "b.zip!1.jpg"]
    assert list(unpacked(read_bytes(tmp_path, found.files[2]))) == [b"page 1", b"page 2"]
    assert list(unpacked(read_bytes(tmp_path, found.files[3]))) == [b"1", b"2"]
    known = {f.path: f for f in found.files}
    again = scan_folder(tmp_path, known, archives={a.raw.path: a for a in found.archives})
    assert again.unchanged == {*known}


def test_contents_that_are_cut_off_end_well() -> None:
    whole = packed([b"one", b"two"])
    assert [list(unpacked(whole[:n])) for n in (len(MAGIC), len(MAGIC) + 7)] == [[], []]
    assert list(unpacked(whole[:-1])) == [b"one", b"tw"]
    assert list(unpacked(b"one")) == [b"one"]
