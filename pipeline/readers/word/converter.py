"""LibreOffice as a converter, where it is installed: any Word file it can open comes back as one of Word 97.

It is a large program that reads an untrusted file: it knows nothing of the environment, has no network where the
system can take it away, and ends with the process that asked for it, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

SECONDS = 60
_PROBE_SECONDS = 10
# Between this process and the converter, at the head of a group of processes: it ends them all once the converter has
# ended, or its caller has, which the system shows by closing standard input.
_KEEPER = """
import os, select, signal, subprocess, sys
started = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
while started.poll() is None and not select.select([0], [], [], 0.1)[0]:
    pass
os.killpg(0, signal.SIGKILL)
"""
_NAMES = ("soffice", "libreoffice")
# No macros, nothing from the network, no recovery of what an earlier run left.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Misc"><prop oor:name="FirstRun"><value>false</value></prop></item>
</oor:items>
"""  # noqa: E501  the file's own form


def converted(data: bytes) -> bytes | None:
    """The file in the format of Word 97, None where there is no converter or it does not succeed in time."""
    program = next((found for n in _NAMES if (found := shutil.which(n))), None)
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="disclosure-", ignore_cleanup_errors=True) as folder:
        return _run(program, data, Path(folder))


def _run(program: str, data: bytes, folder: Path) -> bytes | None:
    """Convert in a folder of its own, with a profile of its own: two runs with one profile block each other."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    (folder / "report.doc").write_bytes(data)
    command = [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", "doc:MS Word 97", "--outdir", str(folder / "out"), str(folder / "report.doc")]
    return _result(command, folder / "out" / "report.doc")


def _result(command: Sequence[str], result: Path) -> bytes | None:
    """The file that a command makes within its time; none of its processes outlives it, nor this one."""
    process = subprocess.Popen(  # noqa: S603  a fixed command; the file is only an argument of our naming
        [sys.executable, "-I", "-S", "-c", _KEEPER, *_apart(), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=_environment(result.parents[1]),
        cwd=result.parents[1],
        start_new_session=True,
    )
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with contextlib.suppress(ProcessLookupError):  # its children too
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()
    return result.read_bytes() if result.is_file() else None


def _environment(folder: Path) -> dict[str, str]:
    """What the converter knows of this process: nothing. Whatever it writes for itself goes with its folder."""
    return {"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8"}


@cache
def _apart() -> tuple[str, ...]:
    """What runs a command without a network, and ends all its processes with it; () where the system has no such."""
    program = shutil.which("unshare")
    if program is None:
        return ()
    command = (program, "--user", "--map-root-user", "--net", "--pid", "--fork", "--kill-child")
    try:
        tried = subprocess.run(  # noqa: S603  a fixed command
            [*command, "true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return command if tried.returncode == 0 else ()
