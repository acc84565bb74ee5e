"""Workspaces with two reports: nothing loaded yet, or loaded and published."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.runs.workspace import Workspace
from tests.workspace import (
    HAIDIAN,
    XINHUA,
    first_run,
    put,
    report,
    workspace,
)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Two reports, nothing loaded yet."""
    ws = workspace(tmp_path)
    put(ws, "a.txt", report(XINHUA, 2023))
    put(ws, "河南/b.txt", report(HAIDIAN, 2022, seed=2))
    return ws


@pytest.fixture
def loaded(ws: Workspace) -> Workspace:
    """The same two reports, loaded and published."""
    first_run(ws)
    return ws
