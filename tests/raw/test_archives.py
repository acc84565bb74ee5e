"""Archives of reports: their members as files, whatever the archive does to its names and sizes."""

from __future__ import annotations

import io
import os
import stat
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.document import RawFile
from pipeline.raw import archives, folder, scan
from pipeline.raw.archives import NotUsable, index_text, read_index
from pipeline.raw.folder import TEMPORARY
from pipeline.raw.scan import read_bytes, scan_folder
from pipeline.readers import Refused, read
from pipeline.terminal.command import cli
from tests.readers.draw_docx import docx
from tests.readers.draw_odf import odf
from tests.workspace import HAIDIAN, XINHUA, is_idle, quarantined, report, reports, rows, run, workspace

RAW = RawFile("a.zip", 1, 2, "")


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def names(data: bytes) -> list[str]:
    return [m.path.removeprefix("a.zip!") for m in archives.survey(io.BytesIO(data), RAW, TEMPORARY).members]


def put(folder: Path, name: str, data: bytes) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return file


# --- What an archive is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "is_one"),
    [
        pytest.param(zipped({"a.txt": b"x"}), True, id="a file"),
        pytest.param(zipped({}), True, id="empty"),
        pytest.param(docx(""), False, id="docx"),
        pytest.param(odf(""), False, id="odt"),
        pytest.param(zipped({"OFD.xml": b"x"}), False, id="ofd"),
        pytest.param(zipped({"a.txt": b"x"})[:30], False, id="cut off"),
        pytest.param(b"text", False, id="text"),
        pytest.param(b"", False, id="nothing"),
    ],
)
def test_what_is_an_archive(data: bytes, is_one: bool) -> None:
    assert archives.is_archive(io.BytesIO(data)) == is_one


def test_what_is_no_report_is_left_out() -> None:
    made = {
        "b.txt": b"1",
        "d/a.txt": b"2",
        "__MACOSX/._a.txt": b"3",
        "d/.DS_Store": b"4",
        "Thumbs.db": b"5",
        "~$x.docx": b"6",
    }
    assert names(zipped(made | {"e/": b""})) == ["b.txt", "d/a.txt"]


def with_name(stored: bytes, flags: int = 0, extra: bytes = b"") -> bytes:
    """An archive of one file whose name is stored as these bytes."""
    placeholder = b"n" * len(stored)
    info = zipfile.ZipInfo(placeholder.decode())
    info.extra = extra
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(info, b"x")
    data = bytearray(out.getvalue().replace(placeholder, stored))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.index(sign) + at
        data[place : place + 2] = struct.pack("<H", flags)
    return bytes(data)


def unicode_field(text: str, stored: bytes) -> bytes:
    content = b"\x01" + struct.pack("<I", zlib.crc32(stored)) + text.encode()
    return struct.pack("<HH", 0x7075, len(content)) + content


@pytest.mark.parametrize(
    ("data", "name"),
    [
        pytest.param(with_name("报告.doc".encode("gb18030")), "报告.doc", id="GBK"),
        pytest.param(with_name("报告.doc".encode()), "报告.doc", id="UTF-8 without its flag"),
        pytest.param(with_name("报告.doc".encode(), 0x800), "报告.doc", id="UTF-8 with its flag"),
        pytest.param(with_name(b"xxxx", 0, unicode_field("报.doc", b"xxxx")), "报.doc", id="a field in UTF-8"),
        pytest.param(with_name(b"xxxx", 0, unicode_field("报.doc", b"yyyy")), "xxxx", id="a field of another name"),
        pytest.param(with_name(b"d\\e\\a.txt"), "d/e/a.txt", id="backslashes"),
        pytest.param(with_name(b"../../etc/passwd"), "etc/passwd", id="a path out of it"),
        pytest.param(with_name(b"/etc//./x"), "etc/x", id="a path from the root"),
        pytest.param(with_name(b"a\nb.txt"), "a_b.txt", id="a line end"),
    ],
)
def test_names_are_read_right_and_lead_nowhere(data: bytes, name: str) -> None:
    assert names(data) == [name]
    assert archives.member(io.BytesIO(data), name) == b"x"
    assert archives.holds(io.BytesIO(data), name)


def test_two_members_of_one_name_are_both_there() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.txt", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("a.txt", b"2")
    data = out.getvalue()
    assert names(data) == ["a.txt", "a.txt (2)"]
    assert archives.member(io.BytesIO(data), "a.txt (2)") == b"2"


# --- Limits ----------------------------------------------------------------------------------------


def test_a_bomb_is_unreadable_and_its_neighbours_are_not() -> None:
    data = zipped({"bomb.txt": bytes(3_000_000), "a.txt": b"1"})
    found = archives.survey(io.BytesIO(data), RAW, TEMPORARY)
    assert [(m.path, bool(m.sha256)) for m in found.members] == [("a.zip!bomb.txt", False), ("a.zip!a.txt", True)]
    assert "packed into" in found.unreadable["a.zip!bomb.txt"]
    with pytest.raises(OSError, match="packed into"):
        archives.member(io.BytesIO(data), "bomb.txt")


def test_a_locked_member_says_so() -> None:
    found = archives.survey(io.BytesIO(with_name(b"a.txt", 1)), RAW, TEMPORARY)
    assert dict(found.unreadable) == {"a.zip!a.txt": "it is locked with a password"}


def test_a_link_says_so() -> None:
    link = zipfile.ZipInfo("a.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr(link, "/etc/passwd")
    found = archives.survey(out, RAW, TEMPORARY)
    assert dict(found.unreadable) == {"a.zip!a.txt": "it is a link to another file, and not that file"}


def test_a_damaged_member_says_so() -> None:
    data = zipped({"a.txt": b"12345678" * 9}, zipfile.ZIP_STORED).replace(b"12345678", b"12345679", 1)
    found = archives.survey(io.BytesIO(data), RAW, TEMPORARY)
    assert dict(found.unreadable) == {"a.zip!a.txt": "it cannot be unpacked"}


@pytest.mark.parametrize(
    ("limit", "value", "word"), [("MAX_MEMBERS", 1, "2 files"), ("MAX_UNPACKED_BYTES", 3, "more bytes")]
)
def test_too_large_an_archive_is_refused(monkeypatch: pytest.MonkeyPatch, limit: str, value: int, word: str) -> None:
    monkeypatch.setattr(archives, limit, value)
    data = zipped({"a.txt": b"12", "b.txt": b"34"})
    with pytest.raises(NotUsable, match=word):
        archives.survey(io.BytesIO(data), RAW, TEMPORARY)
    with pytest.raises(Refused, match=word):
        read(data)


def test_an_archive_inside_of_another_is_not_opened() -> None:
    with pytest.raises(Refused, match="a ZIP archive inside of another one"):
        read(zipped({"c.txt": b"x"}))


# --- In the folder of the reports ------------------------------------------------------------------


def test_members_are_files_of_the_folder(tmp_path: Path) -> None:
    put(tmp_path, "b/x.zip", zipped({"a.txt": b"1", "c!d/e.txt": b"2"}))
    put(tmp_path, "odd!name.txt", b"3")
    found = scan_folder(tmp_path, {})
    assert [f.path for f in found.files] == ["b/x.zip!a.txt", "b/x.zip!c!d/e.txt", "odd!name.txt"]
    assert [folder.content(tmp_path, f.path) for f in found.files] == [b"1", b"2", b"3"]
    assert [read_bytes(tmp_path, f) for f in found.files] == [b"1", b"2", b"3"]
    assert folder.holds(tmp_path, "b/x.zip!a.txt")
    assert not folder.holds(tmp_path, "b/x.zip!z.txt")
    with pytest.raises(FileNotFoundError):
        folder.content(tmp_path, "b/x.zip!z.txt")


def test_an_unchanged_archive_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "x.zip", zipped({"a.txt": b"1"}))
    first = scan_folder(tmp_path, {})
    known = {raw.path: raw for raw in first.files}
    (tmp_path / "index").write_text(index_text(first.archives), encoding="utf-8")
    kept = read_index(tmp_path / "index")
    (tmp_path / "index").unlink()
    monkeypatch.setattr(scan, "survey", lambda *_: pytest.fail("it was opened"))
    monkeypatch.setattr(scan, "digests", lambda *_: pytest.fail("it was read") if _[1] else iter(()))
    for hashing in (True, False):
        again = scan_folder(tmp_path, known, hashing=hashing, archives=kept)
        assert again.unchanged == {"x.zip!a.txt"}
        assert again.archives == first.archives
        assert (again.new, again.gone, again.changed) == (set(), set(), set())


def test_what_is_kept_of_archives_may_be_lost(tmp_path: Path) -> None:
    put(tmp_path, "x.zip", zipped({"a.txt": b"1"}))
    known = {raw.path: raw for raw in scan_folder(tmp_path, {}).files}
    assert read_index(tmp_path / "none") == {}
    assert read_index(put(tmp_path, "broken.json", b'[{"a": 1}]')) == {}
    (tmp_path / "broken.json").unlink()
    assert scan_folder(tmp_path, known).unchanged == {"x.zip!a.txt"}


def test_a_changed_archive_changes_only_what_it_changes(tmp_path: Path) -> None:
    file = put(tmp_path, "x.zip", zipped({"a.txt": b"1", "b.txt": b"2", "c.txt": b"3"}))
    first = scan_folder(tmp_path, {})
    put(tmp_path, "x.zip", zipped({"a.txt": b"1", "b.txt": b"changed", "d.txt": b"4"}))
    os.utime(file, ns=(time.time_ns(), time.time_ns() + 10**9))
    known = {raw.path: raw for raw in first.files}
    found = scan_folder(tmp_path, known, archives={a.raw.path: a for a in first.archives})
    assert (found.touched, found.changed) == ({"x.zip!a.txt"}, {"x.zip!b.txt"})
    assert (found.new, found.gone) == ({"x.zip!d.txt"}, {"x.zip!c.txt"})


def test_members_of_an_archive_that_cannot_be_read_tonight_are_not_gone(tmp_path: Path) -> None:
    file = put(tmp_path, "x.zip", zipped({"a.txt": b"1" * 99}))
    first = scan_folder(tmp_path, {})
    file.write_bytes(file.read_bytes()[:60])
    known = {raw.path: raw for raw in first.files}
    found = scan_folder(tmp_path, known, archives={a.raw.path: a for a in first.archives})
    assert found.new == {"x.zip"}
    assert found.unchanged == {"x.zip!a.txt"}
    assert not found.gone


# --- Through a night -------------------------------------------------------------------------------


@pytest.mark.long
def test_a_night_with_an_archive(tmp_path: Path) -> None:
    ws = workspace(tmp_path)
    inner = zipped({"report.txt": report(XINHUA, 2022).encode()})
    members = {
        "甲/a.txt": report(XINHUA, 2024).encode(),
        "b.txt": report(HAIDIAN, 2024, 2).encode(),
        "copy.txt": report(HAIDIAN, 2024, 2).encode(),
        "inner.zip": inner,
        "c.rar": b"Rar!\x1a\x07\x00" + bytes(50),
    }
    put(ws.raw, "all.zip", zipped(members))
    put(ws.raw, "all.zip.txt", report(XINHUA, 2023).encode())
    run(ws)
    assert reports(ws) == [
        (HAIDIAN, 2024, "all.zip!b.txt", 1),
        (XINHUA, 2023, "all.zip.txt", 1),
        (XINHUA, 2024, "all.zip!甲/a.txt", 1),
    ]
    assert quarantined(ws) == {"all.zip!inner.zip": "format-not-read", "all.zip!c.rar": "format-not-read"}
    assert rows(ws, "SELECT path FROM files WHERE duplicate_of = 'all.zip!b.txt'") == [("all.zip!copy.txt",)]
    assert is_idle(ws)

    put(ws.raw, "overrides.csv", "file,district_code,year\nall.zip!甲/a.txt,410402,2021\n".encode())
    run(ws)
    assert (XINHUA, 2021, "all.zip!甲/a.txt", 1) in reports(ws)

    (ws.raw / "all.zip").unlink()
    run(ws)
    assert reports(ws) == [(XINHUA, 2023, "all.zip.txt", 1)]
    assert is_idle(ws)


def test_extract_names_members_with_their_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "in/all.zip", zipped({"甲/a.txt": report(XINHUA, 2024).encode(), "b.txt": b"\0\0"}))
    found = CliRunner().invoke(cli, ["extract", "in/all.zip"])
    assert found.exit_code == 3
    assert {line.split(",")[0] for line in found.stdout.splitlines()[1:]} == {"all.zip!甲/a.txt"}
    assert "in/all.zip!b.txt: quarantined: damaged" in found.stderr


def test_a_name_may_be_too_long_for_a_file(tmp_path: Path) -> None:
    """That of a member behind the name of its archive, as if both were the name of one file."""
    ws = workspace(tmp_path)
    member = f"{'年' * 80}.txt"
    put(ws.raw, "all of one year.zip", zipped({member: report(XINHUA, 2024).encode()}))
    found = CliRunner().invoke(cli, ["extract", str(ws.raw / "all of one year.zip")])
    assert (found.exit_code, found.stderr) == (0, "")
    run(ws)
    assert reports(ws) == [(XINHUA, 2024, f"all of one year.zip!{member}", 1)]


def test_extract_takes_the_parts_of_a_page_for_parts(tmp_path: Path) -> None:
    page = f"<html><pre>{report(XINHUA, 2024)}</pre><img src='a_files/1.png'></html>".encode()
    put(tmp_path, "all.zip", zipped({"a.html": page, "a_files/1.png": b"\x89PNG", "a_files/1.css": b"a {}"}))
    found = CliRunner().invoke(cli, ["extract", str(tmp_path / "all.zip")])
    assert (found.exit_code, found.stderr) == (0, "")
    assert {line.split(",")[0] for line in found.stdout.splitlines()[1:]} == {"all.zip!a.html"}
