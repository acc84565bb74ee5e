"""The stages on small folders: what a run changes, what it leaves alone, and how the next one heals it."""

from __future__ import annotations

import hashlib
import os
import random
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

from pipeline.forms.loading import form
from pipeline.frames import Frames, empty
from pipeline.raw.folder import InputError
from pipeline.raw.overrides import OVERRIDES
from pipeline.raw.range import YEARS
from pipeline.runs import extraction, loading, planning, publication, stage_parts, validation
from pipeline.runs.rejection import Judge, Judged, Outcome, judge_part
from pipeline.runs.workers import Limits
from pipeline.runs.workspace import StageError, Workspace, exclusive, is_at_work, state
from pipeline.schema import FACTS, LOGS, PARTITIONED, REPORTS, TABLES, VALIDATIONS
from tests.render import TextStyle, balanced_figures, text_report

XINHUA = "平顶山市新华区人民政府"
HAIDIAN = "北京市海淀区人民政府"
SHIJIAZHUANG = "石家庄市新华区人民政府"
CODES = {XINHUA: "410402", HAIDIAN: "110108", SHIJIAZHUANG: "130105"}


@dataclass(frozen=True)
class Verdict:
    """A validation that rejects what it is told to."""

    validations: pd.DataFrame = field(default_factory=lambda: empty(VALIDATIONS))
    rejected: Mapping[str, str] = field(default_factory=dict)


def each_part(judge: Callable[[Frames], Outcome]) -> Judge:
    """Has the parts judged one after the other, in this process."""
    return lambda parts: (judge_part(part, target, judge) for part, target in parts)


def accept(parts: Sequence[tuple[Path, Path]]) -> Iterable[Judged]:
    return each_part(lambda frames: Verdict())(parts)


def reject(publisher: str) -> Judge:
    def judge(frames: Frames) -> Outcome:
        reports = frames["reports"]
        out = reports.loc[reports["publisher"] == publisher, "report_id"]
        return Verdict(rejected=dict.fromkeys(out, "the figures are upside down"))

    return each_part(judge)


def report(publisher: str, year: int, seed: int = 1) -> str:
    figures = balanced_figures(form("2021"), random.Random(seed))
    return text_report(form("2021"), figures, TextStyle(title=f"{publisher}{year}年政府信息公开工作年度报告"))


def put(ws: Workspace, name: str, text: str) -> None:
    file = ws.raw / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def run(ws: Workspace, judge: Judge = accept, *, again: bool = False) -> None:
    planning.ingest(ws, again=again)
    extraction.extract(ws)
    validation.validate(ws, judge)
    loading.load(ws, state(ws).pending)
    publication.publish(ws)


def is_idle(ws: Workspace) -> bool:
    return planning.plan(ws).idle and ws.warehouse.is_published()


def rows(ws: Workspace, sql: str) -> list[tuple[object, ...]]:
    return ws.warehouse.query(sql)[1]


def everything(ws: Workspace) -> list[tuple[object, ...]]:
    """Every row of every table, as text; the logs of runs carry the time of day."""
    names = [name for name, table in TABLES.items() if table not in LOGS]
    return rows(
        ws, " UNION ALL ".join(f"SELECT '{name}', t::VARCHAR FROM {name} t" for name in names) + " ORDER BY ALL"
    )


def reports(ws: Workspace) -> list[tuple[object, ...]]:
    return rows(ws, "SELECT publisher, year, file_path, version FROM reports ORDER BY ALL")


def quarantined(ws: Workspace) -> dict[object, object]:
    return dict(rows(ws, "SELECT path, reason FROM quarantine"))  # type: ignore[arg-type]


def tree(folder: Path) -> dict[str, tuple[int, str]]:
    files = (f for f in folder.rglob("*") if f.is_file())
    return {str(f): (f.lstat().st_mtime_ns, hashlib.sha256(f.read_bytes()).hexdigest()) for f in files}


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool costs a second each time; `test_fanout` tests it, and `tests/assets` use it."""
    monkeypatch.setattr(extraction, "LIMITS", Limits(workers=0))


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Two reports, nothing loaded yet."""
    ws = Workspace(tmp_path / "raw", tmp_path / "warehouse")
    put(ws, "a.txt", report(XINHUA, 2023))
    put(ws, "河南/b.txt", report(HAIDIAN, 2022, seed=2))
    return ws


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which both are loaded and published, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    ws = Workspace(folder / "raw", folder / "warehouse")
    put(ws, "a.txt", report(XINHUA, 2023))
    put(ws, "河南/b.txt", report(HAIDIAN, 2022, seed=2))
    run(ws)
    return folder


@pytest.fixture
def loaded(template: Path, tmp_path: Path) -> Workspace:
    """The same two reports, loaded and published."""
    shutil.copytree(template, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Workspace(tmp_path / "raw", tmp_path / "warehouse")


# --- A run and the next ----------------------------------------------------------------------------


def test_the_first_run_loads_and_publishes_all(loaded: Workspace) -> None:
    assert reports(loaded) == [(HAIDIAN, 2022, "河南/b.txt", 1), (XINHUA, 2023, "a.txt", 1)]
    found = rows(loaded, "SELECT DISTINCT district_code, year FROM facts ORDER BY ALL")
    assert found == [(CODES[HAIDIAN], 2022), (CODES[XINHUA], 2023)]
    assert rows(loaded, "SELECT status, count(*) FROM files GROUP BY ALL") == [("loaded", 2)]
    assert rows(loaded, "SELECT count(*) FROM districts WHERE district_code = '410402'") == [(1,)]


def test_every_fact_leads_back_to_what_is_printed(loaded: Workspace) -> None:
    sql = "SELECT r.file_path, f.line, f.value_raw FROM facts f JOIN reports r USING (report_id) WHERE value > 0"
    for path, line, printed in rows(loaded, sql):
        lines = (loaded.raw / str(path)).read_text(encoding="utf-8").splitlines()
        assert str(printed) in lines[int(str(line)) - 1].split("\t")


def test_an_idle_look_changes_no_file(loaded: Workspace) -> None:
    before = tree(loaded.root.parent)
    assert is_idle(loaded)
    assert planning.plan(loaded, hashing=False).idle
    planning.note_times(loaded, planning.plan(loaded).touched)
    assert tree(loaded.root.parent) == before


def test_a_run_that_is_asked_to_do_all_again_changes_no_row(loaded: Workspace) -> None:
    before, version = everything(loaded), loaded.warehouse.published.resolve()
    run(loaded, again=True)
    assert everything(loaded) == before
    assert loaded.warehouse.published.resolve() == version


def test_another_warehouse_gets_the_same_rows(loaded: Workspace, tmp_path: Path) -> None:
    other = Workspace(loaded.raw, tmp_path / "other")
    run(other)
    assert everything(other) == everything(loaded)


def test_new_times_are_noted_without_a_load(loaded: Workspace) -> None:
    before, version = everything(loaded), loaded.warehouse.published.resolve()
    os.utime(loaded.raw / "a.txt", ns=(1, 1))
    plan = planning.plan(loaded)
    assert plan.idle
    assert [raw.path for raw in plan.touched] == ["a.txt"]
    planning.note_times(loaded, plan.touched)
    assert planning.plan(loaded).touched == ()
    assert (everything(loaded), loaded.warehouse.published.resolve()) == (before, version)


def test_new_times_beside_real_work_are_noted_too(loaded: Workspace) -> None:
    os.utime(loaded.raw / "a.txt", ns=(1, 1))
    put(loaded, "c.txt", report(SHIJIAZHUANG, 2023))
    run(loaded)
    assert planning.plan(loaded).touched == ()
    assert rows(loaded, "SELECT count(*) FROM files") == [(3,)]


# --- What changes under data/raw -------------------------------------------------------------------


def test_a_changed_file_is_one_version_more_and_the_rest_stays(loaded: Workspace) -> None:
    assert is_idle(loaded)
    before = rows(loaded, f"FROM facts WHERE district_code = '{CODES[HAIDIAN]}' ORDER BY ALL")
    put(loaded, "a.txt", report(XINHUA, 2023, seed=9))
    assert [raw.path for raw, _ in planning.plan(loaded).todo] == ["a.txt"]
    run(loaded)
    assert is_idle(loaded)
    assert reports(loaded) == [(HAIDIAN, 2022, "河南/b.txt", 1), (XINHUA, 2023, "a.txt", 2)]
    assert rows(loaded, f"FROM facts WHERE district_code = '{CODES[HAIDIAN]}' ORDER BY ALL") == before


def test_a_file_that_becomes_another_report_leaves_no_row_behind(loaded: Workspace) -> None:
    put(loaded, "a.txt", report(XINHUA, 2021))
    run(loaded)
    assert reports(loaded) == [(HAIDIAN, 2022, "河南/b.txt", 1), (XINHUA, 2021, "a.txt", 1)]
    assert rows(loaded, "SELECT count(*) FROM facts WHERE year = 2023") == [(0,)]


def test_a_removed_file_takes_its_rows_with_it(loaded: Workspace) -> None:
    (loaded.raw / "a.txt").unlink()
    run(loaded)
    assert reports(loaded) == [(HAIDIAN, 2022, "河南/b.txt", 1)]
    assert rows(loaded, "SELECT path FROM files") == [("河南/b.txt",)]
    assert all(rows(loaded, f"SELECT DISTINCT year FROM {t.name}") in ([], [(2022,)]) for t in PARTITIONED)


def test_a_folder_that_lost_everything_is_not_believed(loaded: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in (loaded.raw / "a.txt", loaded.raw / "河南" / "b.txt"):
        file.unlink()
    monkeypatch.setattr(planning, "SURELY_NOT_MEANT", 2)
    with pytest.raises(StageError, match="holds no file, but 2 are in the warehouse"):
        planning.plan(loaded)
    monkeypatch.undo()
    assert planning.plan(loaded).gone == ("a.txt", "河南/b.txt")


def test_a_missing_folder_is_an_error(ws: Workspace) -> None:
    with pytest.raises(InputError, match="There is no folder"):
        planning.ingest(Workspace(ws.raw / "nowhere", ws.root))


def test_files_that_are_no_reports_are_put_aside_and_stop_nothing(ws: Workspace) -> None:
    put(ws, "empty.txt", "")
    put(ws, "letter.txt", "Dear all,\nthis is no report.\n")
    put(ws, "far.txt", report(XINHUA, YEARS[-1] + 1))
    (ws.raw / "noise.bin").write_bytes(bytes(range(256)) * 9)
    (ws.raw / os.fsdecode("报告.txt".encode("gb18030"))).write_text("x", encoding="utf-8")
    run(ws)
    found = quarantined(ws)
    assert sorted(map(str, found.values())) == ["binary", "empty", "not-a-report", "unreadable", "year-out-of-range"]
    assert (found["far.txt"], found["noise.bin"]) == ("year-out-of-range", "binary")
    statuses = rows(ws, "SELECT status, count(*) FROM files GROUP BY ALL ORDER BY ALL")
    assert statuses == [("loaded", 2), ("quarantined", 5)]
    for file in ws.raw.glob("[!a]*.*"):
        file.unlink()
    put(ws, "letter.txt", report(SHIJIAZHUANG, 2023))
    run(ws)
    assert (quarantined(ws), len(reports(ws))) == ({}, 3)


# --- Copies, and two files with one report ---------------------------------------------------------


def test_a_copy_is_noted_and_takes_over_when_the_first_goes(loaded: Workspace) -> None:
    put(loaded, "z.txt", report(XINHUA, 2023))
    run(loaded)
    sql = "SELECT path, status, format, duplicate_of FROM files WHERE path <> '河南/b.txt' ORDER BY ALL"
    assert rows(loaded, sql) == [("a.txt", "loaded", "text", None), ("z.txt", "duplicate", "text", "a.txt")]
    (loaded.raw / "a.txt").unlink()
    run(loaded)
    assert reports(loaded)[1] == (XINHUA, 2023, "z.txt", 1)


@pytest.mark.parametrize("together", [True, False])
def test_of_two_files_with_one_report_the_first_path_stays(loaded: Workspace, together: bool) -> None:
    put(loaded, "b.txt", report(XINHUA, 2023, seed=5))
    run(loaded, again=together)
    assert is_idle(loaded)
    assert reports(loaded)[1] == (XINHUA, 2023, "a.txt", 1)
    assert quarantined(loaded) == {"b.txt": "duplicate-report"}
    assert "a.txt" in str(rows(loaded, "SELECT sentence FROM quarantine")[0][0])


def test_when_the_first_of_them_goes_the_other_is_loaded(loaded: Workspace) -> None:
    put(loaded, "b.txt", report(XINHUA, 2023, seed=5))
    run(loaded)
    (loaded.raw / "a.txt").unlink()
    run(loaded)
    assert [r[2] for r in reports(loaded)] == ["河南/b.txt", "b.txt"]
    assert quarantined(loaded) == {}


def test_an_earlier_path_displaces_a_loaded_one_and_all_that_stood_back(loaded: Workspace) -> None:
    put(loaded, "b.txt", report(XINHUA, 2023, seed=5))
    run(loaded)
    put(loaded, "0.txt", report(XINHUA, 2023, seed=6))
    run(loaded)
    assert is_idle(loaded)
    assert reports(loaded)[1][2] == "0.txt"
    assert quarantined(loaded) == {"a.txt": "duplicate-report", "b.txt": "duplicate-report"}
    sentences = [str(s) for (s,) in rows(loaded, "SELECT sentence FROM quarantine")]
    assert all("0.txt" in sentence for sentence in sentences)
    fresh = Workspace(loaded.raw, loaded.root.with_name("fresh"))
    run(fresh)
    assert rows(fresh, "FROM quarantine ORDER BY ALL") == rows(loaded, "FROM quarantine ORDER BY ALL")
    assert rows(fresh, "FROM facts ORDER BY ALL") == rows(loaded, "FROM facts ORDER BY ALL")


RIVALS: dict[str, tuple[Callable[[str], str], str]] = {
    "the same with other spaces": (lambda text: text.replace("。", "。 "), "both say the same"),
    "another text": (lambda text: text.replace("无。", "人手不足。"), "the figures are the same, the text differs"),
    "a cell otherwise": (lambda text: re.sub(r"\t[0-9]+\t", "\t/\t", text, count=1), "1 of 200 cells differ"),
}


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("how", RIVALS)
def test_of_a_second_file_it_is_told_how_it_differs(loaded: Workspace, how: str, together: bool) -> None:
    """Also where the first one is no part of the batch, but loaded."""
    change, said = RIVALS[how]
    text = (loaded.raw / "a.txt").read_text(encoding="utf-8")
    assert change(text) != text
    put(loaded, "b.txt", change(text))
    run(loaded, again=together)
    [(sentence,)] = rows(loaded, "SELECT sentence FROM quarantine")
    assert str(sentence) == f"a.txt gives the same report; remove one of the two; {said}"


@pytest.mark.parametrize("to", ["0.txt", "z.txt", "河南/新华/a.txt"])
def test_a_moved_file_is_the_same_version_of_its_report(loaded: Workspace, to: str) -> None:
    facts = rows(loaded, "FROM facts ORDER BY ALL")
    (loaded.raw / to).parent.mkdir(parents=True, exist_ok=True)
    (loaded.raw / "a.txt").rename(loaded.raw / to)
    run(loaded)
    assert is_idle(loaded)
    assert reports(loaded)[1] == (XINHUA, 2023, to, 1)
    assert rows(loaded, "SELECT path FROM files WHERE status = 'loaded' AND path <> '河南/b.txt'") == [(to,)]
    history = "SELECT file_path, version, valid_to, cause FROM report_versions WHERE year = 2023"
    assert rows(loaded, history) == [(to, 1, None, None)]
    assert rows(loaded, "SELECT count(*) FROM restatements") == [(0,)]
    assert rows(loaded, "FROM facts ORDER BY ALL") == facts


# --- Validation and overrides ----------------------------------------------------------------------


def test_a_rejected_report_is_put_aside_and_the_others_are_loaded(ws: Workspace) -> None:
    run(ws, reject(XINHUA))
    assert reports(ws) == [(HAIDIAN, 2022, "河南/b.txt", 1)]
    sql = "SELECT path, stage, reason, sentence, publisher, year FROM quarantine"
    assert rows(ws, sql) == [("a.txt", "validate", "contract", "the figures are upside down", XINHUA, 2023)]
    assert rows(ws, "SELECT status, report_id FROM files WHERE path = 'a.txt'") == [("quarantined", None)]
    assert rows(ws, "SELECT count(*) FROM facts WHERE year = 2023") == [(0,)]


def test_a_pin_decides_and_touches_no_other_file(loaded: Workspace) -> None:
    put(loaded, "c.txt", report("新华区人民政府", 2023, seed=3))
    run(loaded)
    assert is_idle(loaded)
    assert quarantined(loaded) == {"c.txt": "district-ambiguous"}
    put(loaded, OVERRIDES, "file,district_code,year,publisher,level,note\nc.txt,130105,,,,by phone\n")
    assert [raw.path for raw, _ in planning.plan(loaded).todo] == ["c.txt"]
    run(loaded)
    found = rows(loaded, "SELECT district_code, located_via FROM reports WHERE file_path = 'c.txt'")
    assert found == [("130105", "override")]
    (loaded.raw / OVERRIDES).unlink()
    assert [raw.path for raw, _ in planning.plan(loaded).todo] == ["c.txt"]


def test_a_mistake_in_the_overrides_stops_the_run_before_it_begins(loaded: Workspace) -> None:
    put(loaded, OVERRIDES, "file,district_code\na.txt,000001\n")
    with pytest.raises(InputError, match=r"line 2: the district code 000001 is in no year's list"):
        planning.ingest(loaded)


@pytest.mark.parametrize("standing", [True, False])
def test_where_the_reader_fails_throughout_what_is_loaded_stays(
    loaded: Workspace, monkeypatch: pytest.MonkeyPatch, standing: bool
) -> None:
    """A reader that cannot work, here for want of its forms, must not empty the warehouse."""
    before = everything(loaded)
    for number in range(7 if standing else 0):
        put(loaded, f"{number}.txt", report(SHIJIAZHUANG, 2010 + number))
    monkeypatch.setattr("pipeline.parse.forms", lambda: 1 // 0)
    planning.ingest(loaded, again=not standing)
    with pytest.raises(
        StageError, match=r"The reader failed on (7 of 7|2 of 2) files; on the first: .*ZeroDivisionError"
    ):
        extraction.extract(loaded)
    assert everything(loaded) == before


# --- Killed runs -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reached", [3, 4])
def test_the_next_run_heals_one_that_was_killed(loaded: Workspace, reached: int) -> None:
    """Whatever stage a run was killed after, and whatever happened to the files since."""
    facts = rows(loaded, "FROM facts ORDER BY ALL")
    put(loaded, "a.txt", report(XINHUA, 2023, seed=9))
    put(loaded, "c.txt", report(SHIJIAZHUANG, 2023, seed=4))
    steps: list[Callable[[], object]] = [
        lambda: planning.ingest(loaded),
        lambda: extraction.extract(loaded),
        lambda: validation.validate(loaded, accept),
        lambda: loading.load(loaded, state(loaded).pending[:1]),
        lambda: loading.load(loaded, state(loaded).pending),
    ]
    for step in steps[: reached + 1]:
        step()
    (loaded.work / "extracted.part").mkdir()
    (loaded.work / "plan.jsonl.part").write_text("{", encoding="utf-8")
    assert not is_idle(loaded)
    (loaded.raw / "c.txt").unlink()
    put(loaded, "a.txt", report(XINHUA, 2023))
    run(loaded)
    assert [r[:3] for r in reports(loaded)] == [(HAIDIAN, 2022, "河南/b.txt"), (XINHUA, 2023, "a.txt")]
    assert not list(loaded.work.glob("*.part"))
    assert rows(loaded, "FROM facts ORDER BY ALL") == facts


def test_a_file_published_in_part_is_never_seen(loaded: Workspace) -> None:
    put(loaded, "a.txt", report(XINHUA, 2023, seed=9))
    put(loaded, "c.txt", report(SHIJIAZHUANG, 2022))
    before = everything(loaded)
    planning.ingest(loaded)
    extraction.extract(loaded)
    validation.validate(loaded, accept)
    loading.load(loaded, [(CODES[XINHUA], 2023)])
    with pytest.raises(StageError, match="1 partitions to load"):
        publication.publish(loaded)
    assert everything(loaded) == before


def test_a_missing_published_file_is_published_again(loaded: Workspace) -> None:
    before = everything(loaded)
    loaded.warehouse.published.unlink()
    assert planning.plan(loaded).idle
    assert not is_idle(loaded)
    run(loaded)
    assert everything(loaded) == before


# --- Between the stages ----------------------------------------------------------------------------


def test_stages_are_done_in_order(ws: Workspace) -> None:
    with pytest.raises(StageError, match="Nothing is planned"):
        extraction.extract(ws)
    planning.ingest(ws)
    with pytest.raises(StageError, match="not yet extracted"):
        validation.validate(ws, accept)
    extraction.extract(ws)
    with pytest.raises(StageError, match="not yet validated"):
        loading.load(ws, [(CODES[XINHUA], 2023)])


def test_two_runs_that_meet_do_not_undo_each_other(ws: Workspace) -> None:
    planning.ingest(ws)
    extraction.extract(ws)
    planning.ingest(ws)
    assert state(ws).stage == "extracted"
    put(ws, "c.txt", report(SHIJIAZHUANG, 2023))
    planning.ingest(ws)
    assert state(ws).stage == "ingested"


def test_a_partition_without_new_reports_stays_as_it_is(loaded: Workspace) -> None:
    before = everything(loaded)
    counts = loading.load(loaded, [(CODES[XINHUA], 2023), (CODES[HAIDIAN], 2008)])
    assert counts[CODES[XINHUA], 2023]["reports"] == 1
    assert counts[CODES[HAIDIAN], 2008]["reports"] == 0
    publication.publish(loaded)
    assert everything(loaded) == before


def test_frames_are_handed_over_in_parts(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "PART_FILES", 1)
    seen: list[tuple[int, int]] = []
    planning.ingest(ws)
    extracted = extraction.extract(ws, lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    assert [part.name for part in stage_parts.parts(ws, "extracted")] == ["0001", "0002", "aside"]
    assert extracted.rows["reports"] == len(stage_parts.read(ws, "extracted", REPORTS)) == 2
    assert stage_parts.count(ws, "extracted", REPORTS) == 2
    shown = stage_parts.sample(ws, "extracted", FACTS, 5)
    pd.testing.assert_frame_equal(shown, stage_parts.read(ws, "extracted", FACTS).head(5))
    assert stage_parts.sample(ws, "extracted", TABLES["proposals"], 5).empty
    assert dict(stage_parts.read(ws, "extracted", FACTS).dtypes.astype(str)) == FACTS.dtypes


def test_only_one_stage_at_a_time(ws: Workspace) -> None:
    assert not is_at_work(ws, "stage")
    with exclusive(ws):
        assert is_at_work(ws, "stage")
        with pytest.raises(StageError, match="Another run"), exclusive(ws, wait_seconds=0):
            pass
    assert not is_at_work(ws, "stage")


def test_other_code_makes_every_file_stale(loaded: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "fingerprint", lambda: "another")
    assert len(planning.plan(loaded).todo) == 2
