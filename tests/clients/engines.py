"""Other DuckDBs than the one of the lock, installed aside from it, as the people have who read what is published."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
PROMISED = ("oldest", "newest")


def version(promised: str) -> str:
    """The version that a lock names."""
    found = re.match(r"duckdb==(\S+)", (HERE / f"duckdb-{promised}.lock").read_text("utf-8"))
    assert found
    return found[1]


def engine(promised: str) -> Path:
    """The folder with that DuckDB, installed once beside the environment; skips the test where it cannot be had."""
    return aside(HERE / f"duckdb-{promised}.lock", f"duckdb-{version(promised)}")


def clients() -> Path:
    """The folder with the clients of `docs/clients.md` that the project itself does not need, as `engine` gives one."""
    lock = HERE / "clients.lock"
    return aside(lock, f"clients-{hashlib.sha256(lock.read_bytes()).hexdigest()[:8]}")


def aside(lock: Path, name: str) -> Path:
    """The folder with the packages of a lock, installed once beside the environment; skips where they cannot be had."""
    folder = Path(sys.prefix) / "engines" / f"{sys.implementation.cache_tag}-{name}"
    if not folder.exists():
        new = folder.with_name(f"{folder.name}.{os.getpid()}.part")
        install = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "install", "--no-deps"]
        install += ["--only-binary", ":all:", "--require-hashes", "--retries", "0", "--target", str(new)]
        done = subprocess.run([*install, "-r", str(lock)], capture_output=True, text=True, timeout=300, check=False)
        if done.returncode:
            shutil.rmtree(new, ignore_errors=True)
            said = done.stderr.strip().splitlines()[-1:] or ["pip says nothing"]
            pytest.skip(f"{name} cannot be installed for this Python: {said[0][:200]}")
        if folder.exists():  # another process of the tests was faster
            shutil.rmtree(new)
        else:
            new.rename(folder)
    return folder


def ask(folder: Path, warehouse: Path, questions: list[str]) -> dict[str, Any]:
    """What that DuckDB says to each question of a published file: its rows as text, or its error."""
    given = json.dumps({"warehouse": str(warehouse), "questions": questions})
    done = subprocess.run(
        [sys.executable, str(HERE / "ask.py")],
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
