"""What is found under data/raw, what of it is new, and what a person pinned."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pipeline.document import RawFile
from pipeline.raw.folder import InputError
from pipeline.raw.overrides import OVERRIDES, Pin, pin_of, read_overrides
from pipeline.raw.range import Range
from pipeline.raw.scan import Scan, read_bytes, scan_folder
from pipeline.runs.plan import Past, Plan, outcome_of, plan_from
from pipeline.runs.plan_file import read_entries, read_head, read_plan, write_plan

CODE = "c0de"
HEADER = "file,district_code,year,publisher,level,note\n"


@dataclass(frozen=True)
class Seen:
    raw: RawFile
    fingerprint: str = CODE
    pin: str = ""


def put(folder: Path, name: str, text: str = "") -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text or name, encoding="utf-8")
    return file


def known(folder: Path) -> dict[str, RawFile]:
    return {raw.path: raw for raw in scan_folder(folder, {}).files}


def past(folder: Path, **others: Seen) -> Past:
    return Past({path: Seen(raw) for path, raw in known(folder).items()} | others)


def planned(folder: Path, before: Past, pins: dict[str, Pin] | None = None, code: str = CODE) -> Plan:
    return plan_from(scan_folder(folder, before.files), before, pins or {}, code)


def todo(plan: Plan) -> list[str]:
    return [raw.path for raw, _ in plan.todo]


# --- Looking ---------------------------------------------------------------------------------------


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
    assert found.skipped == ("dangling.txt", "outside.txt")


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert scan_folder(tmp_path, {}).files == ()


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


# --- Overrides -------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_pins_are_read_as_spreadsheets_write_them(tmp_path: Path, encoding: str) -> None:
    sha = "AB" * 32
    text = HEADER + "河南\\a.txt,410402,,曙光街街道,,看过\n\n" + f'{sha},,2024,,township,"a, b"\n'
    (tmp_path / OVERRIDES).write_bytes(text.replace("\n", "\r\n").encode(encoding))
    assert read_overrides(tmp_path) == {
        "河南/a.txt": Pin("河南/a.txt", "410402", None, "曙光街街道", None, "看过"),
        sha.lower(): Pin(sha.lower(), None, 2024, None, "township", "a, b"),
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("file,county\n", "line 1: unknown column 'county'"),
        ("file,file\n", "line 1: a column stands there twice"),
        ("year\n", "line 1: the column 'file' is missing"),
        (HEADER + "a.txt,41040,,,,\n", "line 2: '41040' is no district code"),
        (HEADER + "a.txt,999999,,,,\n", "line 2: the district code 999999 is in no year's list"),
        (HEADER + "a.txt,,24,,,\n", "line 2: '24' is no year"),
        (HEADER + "a.txt,,,,town,\n", "line 2: 'town' is no level"),
        (HEADER + ",410402,,,,\n", "line 2: the column 'file' is empty"),
        (HEADER + "a.txt,,2024,,,\n\na.txt,,2023,,,\n", "line 4: a.txt stands on an earlier line"),
        (HEADER + "a.txt,,,,,one,two\n", "line 2: 7 fields, but 6 columns"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    put(tmp_path, OVERRIDES, text)
    with pytest.raises(InputError, match=rf"^overrides\.csv, {complaint}"):
        read_overrides(tmp_path, {"410402"})


def test_the_path_decides_before_the_content(tmp_path: Path) -> None:
    raw = RawFile("a.txt", 1, 1, "0" * 64)
    by_path, by_content = Pin("a.txt", "410402"), Pin("0" * 64, "410502")
    assert pin_of(raw, {"0" * 64: by_content}) == by_content
    assert pin_of(raw, {"0" * 64: by_content, "a.txt": by_path}) == by_path
    assert pin_of(replace(raw, path="b.txt", sha256=""), {"": by_path}) is None


# --- Planning --------------------------------------------------------------------------------------


def test_nothing_changed_is_idle(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    put(tmp_path, "copy.txt", "a.txt")
    assert planned(tmp_path, past(tmp_path)).idle


def test_only_what_changed_is_extracted(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        put(tmp_path, name)
    before = past(tmp_path)
    put(tmp_path, "b.txt", "changed")
    (tmp_path / "c.txt").unlink()
    plan = planned(tmp_path, before)
    assert (todo(plan), plan.gone, plan.displaced) == (["b.txt"], ("c.txt",), ("b.txt", "c.txt"))


def test_a_first_night_over_many_files_is_planned_at_once() -> None:
    """Each file is looked at once: a country's reports must not take the square of their number."""
    files = tuple(RawFile(f"{i:06}.txt", 1, 1, f"{i:064x}") for i in range(20_000))
    names = frozenset(raw.path for raw in files)
    none: frozenset[str] = frozenset()
    found = Scan(files, names, none, none, none, none, {}, {}, ())
    start = time.process_time()
    assert len(plan_from(found, Past(), {}, "code").todo) == len(files)
    assert time.process_time() - start < 5


def test_other_code_makes_every_file_stale(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    put(tmp_path, "copy.txt", "a.txt")
    plan = planned(tmp_path, past(tmp_path), code="other")
    assert (todo(plan), [raw.path for raw, _ in plan.copies]) == (["a.txt"], ["copy.txt"])


def test_a_pin_touches_its_file_only_and_a_note_none(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        put(tmp_path, name)
    pinned = {"a.txt": Pin("a.txt", "410402")}
    plan = planned(tmp_path, past(tmp_path), pinned)
    assert [(raw.path, pin) for raw, pin in plan.todo] == [("a.txt", pinned["a.txt"])]
    raw = known(tmp_path)["a.txt"]
    settled = past(tmp_path, **{"a.txt": Seen(raw, pin=pinned["a.txt"].decides)})
    assert planned(tmp_path, settled, {"a.txt": Pin("a.txt", "410402", note="seen")}).idle
    assert todo(planned(tmp_path, settled)) == ["a.txt"]


def test_a_pin_that_fits_no_file_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    assert planned(tmp_path, Past(), {"aa.txt": Pin("aa.txt", "410402")}).unused_pins == ("aa.txt",)


def test_when_the_first_of_two_copies_goes_the_other_stands(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "same")
    put(tmp_path, "b.txt", "same")
    before = past(tmp_path)
    (tmp_path / "a.txt").unlink()
    plan = planned(tmp_path, before)
    assert (todo(plan), plan.copies, plan.gone) == (["b.txt"], (), ("a.txt",))


def test_an_earlier_copy_takes_the_place_of_a_later_one(tmp_path: Path) -> None:
    put(tmp_path, "b.txt", "same")
    before = past(tmp_path)
    put(tmp_path, "a.txt", "same")
    plan = planned(tmp_path, before)
    assert todo(plan) == ["a.txt"]
    assert [(raw.path, first) for raw, first in plan.copies] == [("b.txt", "a.txt")]
    assert plan.displaced == ("a.txt", "b.txt")


def test_a_file_that_stood_back_is_tried_when_the_winner_moves(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        put(tmp_path, name)
    loser = Seen(known(tmp_path)["b.txt"], outcome_of(CODE, "a.txt"))
    before = past(tmp_path, **{"b.txt": loser})
    assert planned(tmp_path, before).idle
    (tmp_path / "a.txt").unlink()
    assert todo(planned(tmp_path, before)) == ["b.txt"]


def test_what_a_killed_run_had_begun_is_done_again(tmp_path: Path) -> None:
    put(tmp_path, "a.txt")
    before = Past(past(tmp_path).seen, frozenset({"a.txt", "never-recorded.txt"}))
    plan = planned(tmp_path, before)
    assert (todo(plan), plan.gone) == (["a.txt"], ("never-recorded.txt",))


def test_a_plan_survives_being_written_down(tmp_path: Path) -> None:
    raw = [RawFile(f"{name}.txt", 2**33, 1_700_000_000_123_456_789, "ab" * 32) for name in "甲乙丙丁戊己庚辛"]
    plan = Plan(
        CODE,
        todo=((raw[0], None), (raw[1], Pin("乙.txt", year=2024, note="by phone")), (raw[2], Pin("ab" * 32))),
        verdicts=raw[5],
        copies=((raw[3], "甲.txt"),),
        unreadable=((replace(raw[4], sha256=""), ""), (raw[7], "it cannot be read")),
        touched=(raw[6],),
        gone=('gone, "quoted".txt', "行\n.txt"),
        files=9,
        unused_pins=("x.txt",),
        skipped=("link",),
        wanted=Range((2022, 2023), ("41",)),
        unplaced=("甲.txt",),
    )
    file = tmp_path / "plan.jsonl"
    for written in (plan, Plan(CODE), replace(plan, wanted=Range((2022,)), verdicts=None, expected=raw[5])):
        write_plan(file, written)
        assert read_plan(file) == written
        assert read_head(file) == written.without_files
        assert sorted(e.path for e in read_entries(file) if e.kind != "touched") == list(written.displaced)


def test_equal_plans_have_equal_names(tmp_path: Path) -> None:
    put(tmp_path, "甲.txt")
    plan = planned(tmp_path, Past())
    raw, _ = plan.todo[0]
    others = [
        replace(plan, todo=()),
        replace(plan, todo=((replace(raw, sha256="0" * 64), None),)),
        replace(plan, todo=((raw, Pin("甲.txt", year=2024)),)),
        replace(plan, todo=(), gone=("甲.txt",)),
        replace(plan, fingerprint="other"),
    ]
    assert planned(tmp_path, Past()).batch == plan.batch
    assert len({plan.batch, *(other.batch for other in others)}) == len(others) + 1
