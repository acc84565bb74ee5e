"""Copies, and two files that give one report: which is loaded, and what is said of the other."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

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
    fresh = replace(loaded, root=loaded.root.with_name("fresh"))
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
