"""What the converter may see and reach, and that it ends with its caller; a script stands in for it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.readers.word import converter

SHELL = "#!/bin/sh\n"
ASK = "import sys; from pipeline.readers.word.converter import converted; converted(b'x')"
# Its arguments end with `--outdir FOLDER FILE`.
OUT = 'for last; do before=$out; out=$last; done; mkdir -p "$before"; exec > "$before/report.doc"\n'


@pytest.fixture(params=[True, False], ids=["isolated", "where the system has no namespaces"])
def _apart(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whether the system can take the network away; `soffice` in the test's folder is the converter."""
    converter._apart.cache_clear()
    found = converter._apart()
    if request.param and not found:
        pytest.skip("this system lets no user make namespaces (unshare)")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}" if request.param else str(tmp_path))
    converter._apart.cache_clear()
    assert bool(converter._apart()) is request.param
    monkeypatch.setenv("SECRET", "of the one who asks")


def _converter(folder: Path, script: str) -> None:
    program = folder / "soffice"
    program.write_text(SHELL + script, encoding="utf-8")
    program.chmod(0o755)


@pytest.mark.usefixtures("_apart")
def test_the_converter_knows_nothing_of_the_environment(tmp_path: Path) -> None:
    _converter(tmp_path, OUT + "env\n")
    told = converter.converted(b"x")
    assert told is not None
    known = dict(line.partition("=")[::2] for line in told.decode().splitlines())
    assert known.keys() - {"PWD", "SHLVL", "_", "OLDPWD"} == {"PATH", "HOME", "TMPDIR", "LANG"}
    assert known["HOME"] == known["TMPDIR"] == known["PWD"]


@pytest.mark.parametrize("_apart", [True], indirect=True)
@pytest.mark.usefixtures("_apart")
def test_the_converter_has_no_network_where_the_system_can_take_it_away(tmp_path: Path) -> None:
    _converter(tmp_path, OUT + "cat /proc/net/route /proc/net/dev\n")
    told = converter.converted(b"x")
    assert told is not None
    names = [line.split()[0] for line in told.decode().splitlines() if ":" in line]
    assert names == ["lo:"]
    assert "00000000" not in told.decode()  # no route leads out


@pytest.mark.usefixtures("_apart")
def test_the_converter_ends_with_the_process_that_asked_for_it(tmp_path: Path) -> None:
    """The caller is killed while the converter and a process of the converter's are at work."""
    _converter(tmp_path, "sleep 300.0625 &\nsleep 300.03125\n")
    asking = subprocess.Popen([sys.executable, "-c", ASK])
    try:
        _await(lambda: len(_running("300.0625", "300.03125")) >= 2)
    finally:
        asking.kill()
        asking.wait()
    _await(lambda: not _running("300.0625", "300.03125", str(tmp_path / "soffice")))


@pytest.mark.usefixtures("_apart")
def test_what_the_converter_leaves_running_ends_with_it(tmp_path: Path) -> None:
    _converter(tmp_path, "sleep 300.015625 &\n" + OUT + "echo done\n")
    assert converter.converted(b"x") == b"done\n"
    _await(lambda: not _running("300.015625"))


@pytest.mark.usefixtures("_apart")
def test_a_converter_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(converter, "SECONDS", 1)
    _converter(tmp_path, "sleep 300.0078125 & sleep 300.0078125\n")
    assert converter.converted(b"x") is None
    _await(lambda: not _running("300.0078125"))


def _await(holds: object, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


def _running(*words: str) -> list[str]:
    """The processes with one of these words among their arguments."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = file.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        found += [file.parent.name for word in words if word in arguments]
    return found
