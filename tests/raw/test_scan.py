"""What is found under data/raw, and what of it is new."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.document import RawFile
from pipeline.raw.folder import InputError
from pipeline.raw.scan import read_bytes, scan_folder


def put(folder: Path, name: str, text: str = "") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text or name, encoding="utf-8")
    return file


def known(folder: Path) -> dict[str, RawFile]:
    return {raw.path: raw for raw in scan_folder(folder, {}).files}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a.txt", True),
        ("河南/平顶山/2024 年报.txt", True),
        ("a/b/c/d.PDF", True),
        ("没有扩展名", True),
        ("sub/overrides.csv", True),  # only the one at the top is a list of pins
        ("overrides.csv", False),
        (".gitkeep", False),
        (".hidden/a.txt", False),
        ("~$report.docx", False),
        ("report.txt~", False),
        ("#report.txt#", False),
        (".#report.txt", False),
        ("report.txt.swp", False),
        ("report.pdf.crdownload", False),
        ("report.tmp", False),
        ("Thumbs.db", False),
        ("__MACOSX/a.txt", False),
    ],
)
def test_which_files_count(tmp_path: Path, name: str, found: bool) -> None:
    put(tmp_path, name)
    assert [raw.path for raw in scan_folder(tmp_path, {}).files] == ([name] if found else [])


def test_files_are_in_order_of_paths_with_forward_slashes(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a.txt", "中.txt"):
        put(tmp_path, name)
    assert [raw.path for raw in scan_folder(tmp_path, {}).files] == ["a.txt", "a/z.txt", "b.txt", "中.txt"]


def test_links_are_followed_inside_only(tmp_path: Path) -> None:
    outside = put(tmp_path, "elsewhere/secret.txt")
    raw = tmp_path / "raw"
    real = put(raw, "real.txt")
    (raw / "inside.txt").symlink_to(real)
    (raw / "outside.txt").symlink_to(outside)
    (raw / "dangling.txt").symlink_to(raw / "nothing")
    (raw / "folder").symlink_to(outside.parent)
    found = scan_folder(raw, {})
    assert [f.path for f in found.files] == ["inside.txt", "real.txt"]
    assert found.skipped == (
        ("dangling.txt", "is a link that leads nowhere, or in a circle"),
        ("folder", "is a link to a folder (DISCLOSURE_FOLLOW_LINKS=1 follows it)"),
        ("outside.txt", "is a link that leads outside of the folder (DISCLOSURE_FOLLOW_LINKS=1 follows it)"),
    )


def test_links_are_followed_anywhere_where_a_setting_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCLOSURE_FOLLOW_LINKS", "1")
    outside = put(tmp_path, "elsewhere/2019/a.txt")
    (tmp_path / "elsewhere" / "2019" / "again").symlink_to(tmp_path / "elsewhere")
    raw = tmp_path / "raw"
    put(raw, "b.txt", "b")
    (raw / "c.txt").symlink_to(outside)
    (raw / "disk").symlink_to(tmp_path / "elsewhere")
    (raw / "self").symlink_to(raw)
    found = scan_folder(raw, {})
    assert [f.path for f in found.files] == ["b.txt", "c.txt", "disk/2019/a.txt"]
    circle = "is a link to a folder that it lies in"
    assert found.skipped == (("disk/2019/again", circle), ("self", circle))


def test_what_was_loaded_from_below_a_link_is_not_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCLOSURE_FOLLOW_LINKS", "1")
    put(tmp_path, "elsewhere/a.txt")
    raw = tmp_path / "raw"
    put(raw, "b.txt", "b")
    (raw / "disk").symlink_to(tmp_path / "elsewhere")
    before = {f.path: f for f in scan_folder(raw, {}).files}
    monkeypatch.delenv("DISCLOSURE_FOLLOW_LINKS")
    assert scan_folder(raw, before).gone == set()
    monkeypatch.setenv("DISCLOSURE_FOLLOW_LINKS", "1")
    (tmp_path / "elsewhere").rename(tmp_path / "away")
    assert scan_folder(raw, before).gone == set()
    (raw / "disk").unlink()
    assert scan_folder(raw, before).gone == {"disk/a.txt"}


def test_a_file_too_large_to_be_read_is_not_hashed(tmp_path: Path) -> None:
    for name, size in (("a.pdf", 200_000_001), ("b.zip", 4_000_000_001), ("c.pdf", 10)):
        with (tmp_path / name).open("wb") as file:
            file.truncate(size)
    found = scan_folder(tmp_path, {})
    assert {path: why.split(",")[0] for path, why in found.unreadable.items()} == {
        "a.pdf": "it has 200",
        "b.zip": "it has 4",
    }
    assert [raw.path for raw in found.files if raw.sha256] == ["c.pdf"]


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    found = scan_folder(tmp_path, {})
    assert (found.files, found.skipped) == ((), (("pipe.txt", "is a pipe, a socket or a device"),))


def test_new_changed_gone_unchanged_and_touched(tmp_path: Path) -> None:
    for name in ("same.txt", "changed.txt", "gone.txt", "touched.txt"):
        put(tmp_path, name)
    before = known(tmp_path)
    put(tmp_path, "changed.txt", "another content")
    put(tmp_path, "new.txt")
    (tmp_path / "gone.txt").unlink()
    os.utime(tmp_path / "touched.txt", ns=(1, 1))
    found = scan_folder(tmp_path, before)
    assert found.new == {"new.txt"}
    assert found.changed == {"changed.txt"}
    assert found.gone == {"gone.txt"}
    assert found.unchanged == {"same.txt", "touched.txt"}
    assert found.touched == {"touched.txt"}


def test_a_file_of_known_size_and_time_is_not_read(tmp_path: Path) -> None:
    file = put(tmp_path, "a.txt", "one")
    before = known(tmp_path)
    status = file.stat()
    file.write_text("two", encoding="utf-8")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert scan_folder(tmp_path, before).unchanged == {"a.txt"}


def test_without_hashing_a_new_time_counts_as_a_change(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    put(tmp_path, "b.txt")
    before = known(tmp_path)
    os.utime(tmp_path / "a.txt", ns=(1, 1))
    found = scan_folder(tmp_path, before, hashing=False)
    assert (found.changed, found.unchanged) == ({"a.txt"}, {"b.txt"})


def test_equal_content_is_named_by_the_first_path(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/c.txt"):
        put(tmp_path, name, "the same")
    assert scan_folder(tmp_path, {}).duplicates == {"b.txt": "a.txt", "sub/c.txt": "a.txt"}


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no folder .*nowhere"):
        scan_folder(tmp_path / "nowhere", {})


def test_a_file_for_a_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        scan_folder(put(tmp_path, "raw"), {})


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder, and the rights of a plain user for the time of the test."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        user = os.geteuid()
        if user == 0:
            os.seteuid(65534)
        try:
            yield folder
        finally:
            os.seteuid(user)


def test_an_unreadable_file_is_found_and_tried_again(unprivileged: Path) -> None:
    put(unprivileged, "a.txt")
    locked = put(unprivileged, "locked.txt")
    locked.chmod(0)
    found = scan_folder(unprivileged, {})
    assert list(found.unreadable) == ["locked.txt"]
    again = scan_folder(unprivileged, {raw.path: raw for raw in found.files})
    assert again.unchanged == {"a.txt", "locked.txt"}
    locked.chmod(0o644)
    healed = scan_folder(unprivileged, {raw.path: raw for raw in found.files})
    assert (healed.changed, healed.unreadable) == ({"locked.txt"}, {})


def test_an_unreadable_folder_stops_the_scan(unprivileged: Path) -> None:
    """Else all its reports would seem to be gone."""
    put(unprivileged, "sub/a.txt")
    (unprivileged / "sub").chmod(0)
    try:
        with pytest.raises(InputError, match="sub cannot be read"):
            scan_folder(unprivileged, {})
    finally:
        (unprivileged / "sub").chmod(0o755)


def test_a_name_that_is_no_utf8_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode("报告.txt".encode("gb18030"))).write_text("x", encoding="utf-8")
    found = scan_folder(tmp_path, {})
    assert list(found.unreadable.values()) == ["its name is not UTF-8; rename it"]
    assert found.files[0].path.encode("utf-8")


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    file = put(tmp_path, "a.txt", "one")
    raw = scan_folder(tmp_path, {}).files[0]
    assert read_bytes(tmp_path, raw) == b"one"
    file.write_text("two", encoding="utf-8")
    with pytest.raises(OSError, match="changed while it was read"):
        read_bytes(tmp_path, raw)
