"""The golden documents that real programs made are those of the script, small, and whole in their true cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.real_layouts import CASES, GOLDEN, cells

PROGRAMS = ("chromium_", "writer_", "calc_")
MOST = 90_000  # bytes of a document, so that the repository stays small


def test_each_folder_is_a_case() -> None:
    assert {p.name for p in GOLDEN.iterdir() if p.name.startswith(PROGRAMS)} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_true_cells_are_those_that_were_drawn(name: str) -> None:
    assert (GOLDEN / name / "cells.csv").read_text("utf-8") == cells(CASES[name])


@pytest.mark.parametrize("name", CASES)
def test_documents_are_small(name: str) -> None:
    assert 0 < Path(GOLDEN, name, f"report.{CASES[name].ending}").stat().st_size <= MOST
