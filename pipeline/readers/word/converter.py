"""LibreOffice as a converter, where it is installed: any Word file it can open comes back as one of Word 97."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

SECONDS = 60
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


def _result(command: list[str], result: Path) -> bytes | None:
    process = subprocess.Popen(  # noqa: S603  a fixed command; the file is only an argument of our naming
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
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
    return result.read_bytes() if result.is_file() else None
