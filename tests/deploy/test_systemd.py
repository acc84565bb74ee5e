"""The units of systemd: what systemd says of them, and that they call what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.command import cli
from pipeline.settings import RAW_SETTING, WAREHOUSE_SETTING

UNITS = Path(__file__).resolve().parents[2] / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here")
def test_systemd_takes_the_units_as_they_are(tmp_path: Path) -> None:
    """The programs stand elsewhere on this machine: their place is filled with one that is there."""
    for unit in UNITS.iterdir():
        text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text("utf-8"), flags=re.MULTILINE)
        (tmp_path / unit.name).write_text(text, "utf-8")
    verify = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(verify, capture_output=True, text=True, timeout=60, check=False)
    ours = [line for line in done.stderr.splitlines() if "disclosure" in line]
    assert ours == []


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_unit_calls_a_command_that_there_is(unit: Path) -> None:
    found = re.search(r"^ExecStart=/opt/disclosure/\.venv/bin/(\S+) ?(.*)$", unit.read_text("utf-8"), re.MULTILINE)
    assert found
    program, arguments = found[1], found[2].split()
    if program == "disclosure":
        assert CliRunner().invoke(cli, [*arguments, "--help"]).exit_code == 0
    else:
        assert program in ("dagster-webserver", "dagster-daemon")


def test_every_unit_works_in_the_same_two_folders() -> None:
    """And the night may write into the second one, which a person's settings may replace."""
    for unit in SERVICES:
        text = unit.read_text("utf-8")
        places = dict(re.findall(r"(DISCLOSURE_\w+)=(\S+)", text))
        assert places == {
            RAW_SETTING: "/opt/disclosure/data/raw", WAREHOUSE_SETTING: "/opt/disclosure/data/warehouse",
        }, unit.name  # fmt: skip
        assert text.index(WAREHOUSE_SETTING) < text.index("EnvironmentFile=")
    night = (UNITS / "disclosure.service").read_text("utf-8")
    assert re.search(rf"^ReadWritePaths={places[WAREHOUSE_SETTING]} ", night, re.MULTILINE)


def test_what_a_unit_names_is_a_unit() -> None:
    named = {
        name for unit in SERVICES for name in re.findall(r"^OnFailure=(\S+)$", unit.read_text("utf-8"), re.MULTILINE)
    }
    assert named == {"disclosure-failed.service"}
    assert all((UNITS / name).exists() for name in (*named, "disclosure.service"))
