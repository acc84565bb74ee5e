"""Where the project's folders are, in the checkout and installed from a wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import yaml

from assets import project

SETTINGS = project.INSTANCE.read_text("utf-8")


def test_a_home_without_settings_gets_those_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "elsewhere"
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    project.settle_environment()
    assert (home / "dagster.yaml").read_text("utf-8") == SETTINGS
    assert yaml.safe_load(SETTINGS)["telemetry"] == {"enabled": False}


def test_settings_that_are_there_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", "utf-8")
    project.settle_environment()
    assert (tmp_path / "dagster.yaml").read_text("utf-8") == "telemetry: {enabled: false}\n"


def test_a_wheel_takes_the_settings_along(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=project.PROJECT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("assets/dagster.yaml").decode() == SETTINGS
        assert {name.split("/")[0].split("-")[0] for name in archive.namelist()} == {
            "assets",
            "disclosure",
            "expectations",
            "pipeline",
        }
