"""Copies, and two files that give one report: which is loaded, and what is said of the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.document import RawFile
from pipeline.issues import UNDECIDED, reason_sentence
from pipeline.parsed import Refusal
from pipeline.raw.folder import Folder
from pipeline.raw.overrides import Pin
from pipeline.runs import batch_reading
from pipeline.runs.file_result import FileResult, gave_up, read_and_tabulate
from pipeline.runs.workspace import Workspace
from tests.workspace import (
    XINHUA,
    is_idle,
    put,
    quarantined,
    report,
    reports,
    rows,
    run,
)


@pytest.mark.long
def test_a_copy_is_noted_and_takes_over_when_the_first_goes(loaded: Workspace) -> None:
    put(loaded, "z.txt", report(XINHUA, 2023))
    run(loaded)
    sql = "SELECT path, status, format, duplicate_of FROM files WHERE path <> '河南/b.txt' ORDER BY ALL"
    assert rows(loaded, sql) == [("a.txt", "loaded", "text", None), ("z.txt", "duplicate", "text", "a.txt")]
    (loaded.raw / "a.txt").unlink()
    run(loaded)
    assert reports(loaded)[1] == (XINHUA, 2023, "z.txt", 1)


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.one_case
def test_of_two_files_with_one_report_the_loaded_one_stays(loaded: Workspace, together: bool) -> None:
    put(loaded, "b.txt", report(XINHUA, 2023, seed=5))
    run(loaded, again=together)
    assert is_idle(loaded)
    assert reports(loaded)[1] == (XINHUA, 2023, "a.txt", 1)
    assert quarantined(loaded) == {"b.txt": "duplicate-report"}
    assert "a.txt" in str(rows(loaded, "SELECT sentence FROM quarantine")[0][0])


@pytest.mark.long
def test_when_the_first_of_them_goes_the_other_is_loaded(loaded: Workspace) -> None:
    put(loaded, "b.txt", report(XINHUA, 2023, seed=5))
    run(loaded)
    (loaded.raw / "a.txt").unlink()
    run(loaded)
    assert [r[2] for r in reports(loaded)] == ["河南/b.txt", "b.txt"]
    assert quarantined(loaded) == {}


def _corrected(seed: int) -> str:
    return report(XINHUA, 2023, seed).replace("年度报告", "年度报告（更正版）", 1)


def _dated(seed: int, day: str) -> str:
    return report(XINHUA, 2023, seed) + f"\n发布日期：{day}\n"


NEWER = {
    "a correction": (_dated(5, "2024-03-01"), _corrected(6), "its title calls it a correction"),
    "a later day": (
        _dated(5, "2024-01-20"), _dated(6, "2024-03-01"), "it is the newer one, of 2024-03-01 and not of 2024-01-20",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "how"), list(zip(("0.txt", "z.txt"), NEWER, strict=True)))
@pytest.mark.long
def test_the_newer_file_gives_the_report_whatever_its_name_and_whenever_it_comes(
    loaded: Workspace, how: str, name: str
) -> None:
    """And all that stood back before the other stand back before it."""
    older, newer, why = NEWER[how]
    put(loaded, "a.txt", older)
    put(loaded, "b.txt", report(XINHUA, 2023, seed=7))
    run(loaded)
    put(loaded, name, newer)
    run(loaded)
    assert is_idle(loaded)
    assert reports(loaded)[1][2] == name
    said = dict(rows(loaded, "SELECT path, sentence FROM quarantine"))
    assert said.keys() == {"a.txt", "b.txt"}
    assert str(said["a.txt"]).startswith(f"{name} gives the same report; remove one of the two; {why}; ")
    assert str(said["a.txt"]).endswith(" of 200 cells differ")
    fresh = replace(loaded, root=loaded.root.with_name("fresh"))
    run(fresh)
    for table in ("quarantine", "facts", "files"):
        assert rows(fresh, f"FROM {table} ORDER BY ALL") == rows(loaded, f"FROM {table} ORDER BY ALL")


@pytest.mark.long
def test_an_older_copy_that_sorts_first_takes_no_correction_back(loaded: Workspace) -> None:
    older, newer, _ = NEWER["a correction"]
    put(loaded, "a.txt", newer)
    run(loaded)
    put(loaded, "0.txt", older)
    run(loaded, again=True)
    assert reports(loaded)[1][2] == "a.txt"
    assert quarantined(loaded) == {"0.txt": "duplicate-report"}
    assert rows(loaded, "SELECT count(*) FROM report_versions WHERE year = 2023") == [(2,)]


@pytest.mark.long
def test_where_neither_says_which_is_newer_the_loaded_one_stays_also_in_a_database_made_anew(
    loaded: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(loaded, "0.txt", report(XINHUA, 2023, seed=6))
    run(loaded)
    assert reports(loaded)[1][2] == "a.txt"
    ((path, sentence),) = rows(loaded, "SELECT path, sentence FROM quarantine")
    assert path == "0.txt"
    assert UNDECIDED in str(sentence)
    monkeypatch.setattr("pipeline.warehouse.build_database.STORAGE_VERSION", "v1.3.0")
    run(loaded)
    assert reports(loaded)[1] == (XINHUA, 2023, "a.txt", 1)
    assert quarantined(loaded) == {"0.txt": "duplicate-report"}


@pytest.mark.long
def test_a_newer_file_that_cannot_be_read_once_more_costs_no_report(
    loaded: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read a second time after an older one of the same batch, whose report it takes."""
    put(loaded, "b.txt", _dated(5, "2024-01-20"))
    put(loaded, "z.txt", _corrected(6))
    (loaded.raw / "a.txt").unlink()
    read: list[str] = []

    def reading(raw_dir: Folder, raw: RawFile, pin: Pin | None) -> FileResult:
        read.append(raw.path)
        if read.count("z.txt") > 1:
            return gave_up(raw, Refusal("read", "too-slow", reason_sentence("too-slow", "a second")))
        return read_and_tabulate(raw_dir, raw, pin)

    monkeypatch.setattr(batch_reading, "reading_of", lambda ws: reading)
    run(loaded)
    assert reports(loaded)[1][2] == "b.txt"
    assert quarantined(loaded) == {"z.txt": "too-slow"}
    monkeypatch.undo()
    run(loaded)
    assert reports(loaded)[1][2] == "z.txt"
    assert is_idle(loaded)


RIVALS: dict[str, tuple[Callable[[str], str], str]] = {
    "the same with other spaces": (lambda text: text.replace("。", "。 "), "both say the same"),
    "another text": (lambda text: text.replace("无。", "人手不足。"), "the figures are the same, the text differs"),
    "a cell otherwise": (lambda text: re.sub(r"\t[0-9]+\t", "\t/\t", text, count=1), "1 of 200 cells differ"),
}


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("how", RIVALS)
@pytest.mark.one_case
@pytest.mark.long
def test_of_a_second_file_it_is_told_how_it_differs(loaded: Workspace, how: str, together: bool) -> None:
    """Also where the first one is no part of the batch, but loaded."""
    change, said = RIVALS[how]
    text = (loaded.raw / "a.txt").read_text(encoding="utf-8")
    assert change(text) != text
    put(loaded, "b.txt", change(text))
    run(loaded, again=together)
    [(sentence,)] = rows(loaded, "SELECT sentence FROM quarantine")
    assert str(sentence) == f"a.txt gives the same report; remove one of the two; {UNDECIDED}; {said}"


@pytest.mark.long
@pytest.mark.parametrize("to", ["0.txt", "z.txt", "河南/新华/a.txt"])
@pytest.mark.one_case
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
