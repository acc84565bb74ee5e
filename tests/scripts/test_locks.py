"""The locks, and what installs them."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parents[2]
RUN, DEPLOY, DEV = (PROJECT / f"requirements{name}.lock" for name in ("", "-deploy", "-dev"))
PIN = re.compile(r"^(\S+==\S+(?: ; .+?)?)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def _pins(lock: Path) -> set[str]:
    return {pin for pin, _ in PIN.findall(lock.read_text("utf-8"))}


@pytest.fixture(scope="module")
def install() -> ModuleType:
    spec = importlib.util.spec_from_file_location("install", PROJECT / "scripts" / "install.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["install"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lock", [RUN, DEPLOY, DEV], ids=lambda lock: lock.name)
def test_a_lock_holds_pins_and_hashes_only(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert PIN.sub("", text).strip() == ""
    assert "://" not in text


def test_each_lock_is_a_part_of_the_next_in_the_same_versions() -> None:
    # A marker may be shorter where fewer packages ask for one: versions alone are compared.
    run, deploy, dev = ({pin.split(" ;")[0] for pin in _pins(lock)} for lock in (RUN, DEPLOY, DEV))
    assert run < deploy < dev


def test_a_run_installs_what_the_project_asks_for_and_no_tool() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {_name(line) for line in project["dependencies"]}
    tools = {_name(line) for line in project["optional-dependencies"]["dev"]} - {"disclosure"}
    locked = {_name(pin) for pin in _pins(RUN)}
    assert named <= locked
    assert tools
    assert not locked & tools
    assert tools <= {_name(pin) for pin in _pins(DEV)}


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+?(?=[\[<>=~ ;]|$)", requirement)
    assert found
    return re.sub(r"[._-]+", "-", found[0]).lower()


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("Collecting pandas==3.1.1 (from -r requirements.lock (line 9))", "pandas"),
        ("Downloading pyarrow-26.0.1-cp311-cp311-manylinux_2_28_x86_64.whl (47.6 MB)", "pyarrow"),
        ("Using cached six-1.17.0-py2.py3-none-any.whl (11 kB)", "six"),
        ("Installing collected packages: a, b", None),
    ],
)
def test_what_the_installer_says_names_the_package(install: ModuleType, line: str, package: str | None) -> None:
    found = install.FETCHING.match(line)
    assert (found[1] if found else None) == package


def test_packages_for_another_platform_are_not_counted(install: ModuleType, tmp_path: Path) -> None:
    lock = tmp_path / "a.lock"
    lock.write_text(
        "six==1.17.0 \\\n    --hash=sha256:0\npywin32==312 ; sys_platform == 'win32' \\\n    --hash=sha256:0\n"
    )
    assert install.names_of([lock]) == {"six"} | ({"pywin32"} if sys.platform == "win32" else set())


def test_the_progress_names_what_has_come(
    install: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    (packages / "pip-25.0.dist-info").mkdir(parents=True)
    show = install.Progress(install.Venv(tmp_path), 3, sys.stdout)
    (packages / "great_expectations-1.24.1.dist-info").mkdir()
    show.look()
    assert capsys.readouterr().out == "  2 of 3 packages: great_expectations\n"
