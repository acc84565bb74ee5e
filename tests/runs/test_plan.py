"""What of a folder is new, changed or gone, and so is planned."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.document import RawFile
from pipeline.raw.overrides import Pin
from pipeline.raw.range import Range
from pipeline.raw.scan import Scan, scan_folder
from pipeline.runs.plan import Past, Plan, outcome_of, plan_from
from pipeline.runs.plan_file import read_entries, read_head, read_plan, write_plan

CODE = "c0de"


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
        skipped=(("link", "is a link"),),
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
