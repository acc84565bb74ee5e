"""Workspaces with two reports: nothing loaded yet, or loaded and published."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.runs import extraction
from pipeline.runs.workers import Limits
from pipeline.runs.workspace import Workspace
from tests.workspace import (
    HAIDIAN,
    XINHUA,
    put,
    report,
    run,
)


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
