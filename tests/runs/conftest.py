"""Workspaces with two reports: nothing loaded yet, or loaded and published."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.runs.workspace import Workspace
from tests.workspace import (
    HAIDIAN,
    XINHUA,
    put,
    report,
    run,
    workspace,
)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Two reports, nothing loaded yet."""
    ws = workspace(tmp_path)
    put(ws, "a.txt", report(XINHUA, 2023))
    put(ws, "河南/b.txt", report(HAIDIAN, 2022, seed=2))
    return ws


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which both are loaded and published, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    ws = workspace(folder)
    put(ws, "a.txt", report(XINHUA, 2023))
    put(ws, "河南/b.txt", report(HAIDIAN, 2022, seed=2))
    run(ws)
    return folder


@pytest.fixture
def loaded(template: Path, tmp_path: Path) -> Workspace:
    """The same two reports, loaded and published."""
    shutil.copytree(template, tmp_path, symlinks=True, dirs_exist_ok=True)
    return workspace(tmp_path)
