"""Install the packages of a lock and this project into a virtual environment, and show which package is at hand.

    python3 scripts/install.py requirements.lock
    python3.13 scripts/install.py --venv /tmp/trial requirements.lock

It needs nothing but Python. `uv` does the work where it is installed, else pip; both check the hashes of the lock. An
environment that does not start is made anew.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

PROJECT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
LOOK_SECONDS = 0.3
# Without a terminal, as in a log, a line now and then is enough.
LINE_SECONDS = 15.0
# What pip says of a package that it looks for, fetches or builds; uv says nothing that can be read from a pipe.
FETCHING = re.compile(
    r"^(?:Collecting|Downloading|Using cached|Preparing|Building) +(?:https?://\S+/)?([A-Za-z0-9._]+)"
)
# Words in the place of a name: "Preparing metadata", "Building editable for ...".
STEPS = ("metadata", "editable", "wheel", "wheels")


def main(arguments: list[str]) -> int:
    """Install what the locks name; give the exit status of the installer that failed, else 0."""
    if sys.version_info < OLDEST:
        print(f"Python 3.11 or newer is needed, not {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    asked = argparse.ArgumentParser()
    asked.add_argument("--venv", type=Path, default=PROJECT / ".venv")
    asked.add_argument("locks", nargs="+", metavar="LOCK")
    given = asked.parse_args(arguments)
    venv = Venv(given.venv)
    locks = [PROJECT / name for name in given.locks]
    uv = shutil.which("uv")
    began = time.monotonic()
    make(venv, uv)
    status = run(steps(venv, uv, locks), Progress(venv, len(names_of(locks)), sys.stdout))
    if status == 0:
        done, seconds = len(venv.packages()), time.monotonic() - began
        print(f"{done} packages in {venv.folder.name}, {seconds:.0f} s with {'uv' if uv else 'pip'}")
    return status


@dataclass(frozen=True, slots=True)
class Venv:
    """A virtual environment, made or not."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its Python."""
        windows = sys.platform == "win32"
        return self.folder / "Scripts" / "python.exe" if windows else self.folder / "bin" / "python"

    def packages(self) -> set[str]:
        """The packages that are in it now, by their folders' names."""
        folders = ("lib/python*/site-packages/*.dist-info", "Lib/site-packages/*.dist-info")
        return {re.split(r"-(?=\d)", path.name)[0] for pattern in folders for path in self.folder.glob(pattern)}


def make(venv: Venv, uv: str | None) -> None:
    """Make the environment unless there is one that starts and has what the installer needs."""
    needed = "import sys" if uv else "import pip"
    if venv.python.exists():
        tried = subprocess.run([venv.python, "-c", needed], capture_output=True, check=False)
        if tried.returncode == 0:
            return
    print(f"Making {venv.folder.name} with Python {sys.version.split()[0]}")
    if uv:
        # With pip as well: people install packages of their own beside these.
        subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--seed", "--python", sys.executable, venv.folder], check=True
        )
    elif subprocess.run([sys.executable, "-m", "venv", "--clear", venv.folder], check=False).returncode:
        sys.exit("The module venv does not work here; on Debian and Ubuntu install python3-venv.")


def steps(venv: Venv, uv: str | None, locks: list[Path]) -> list[list[str]]:
    """The commands, in order: the packages of the locks, then the project itself, whose build tool is among them."""
    if uv:
        install = [uv, "pip", "install", "--python", str(venv.python), "--no-deps"]
        compiled = ["--compile-bytecode"]
    else:
        install = [str(venv.python), "-m", "pip", "--disable-pip-version-check", "install", "--no-deps"]
        compiled = ["--progress-bar", "off"]
    wanted = [part for lock in locks for part in ("-r", str(lock))]
    project = ["--no-build-isolation", "-e", str(PROJECT)]
    return [[*install, *compiled, "--require-hashes", *wanted], [*install, *project]]


def run(commands: list[list[str]], show: Progress) -> int:
    """Run the commands one after the other and show how far they are; give the exit status of the first that fails."""
    for command in commands:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            said: list[str] = []
            listener = threading.Thread(target=_listen, args=(process, said, show), daemon=True)
            listener.start()
            while process.poll() is None:
                show.look()
                time.sleep(LOOK_SECONDS)
            listener.join()
        if process.returncode:
            show.end()
            sys.stderr.writelines(said)
            return process.returncode
    show.look()
    show.end()
    return 0


def _listen(process: subprocess.Popen[str], said: list[str], show: Progress) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        said.append(line)
        if (found := FETCHING.match(line.strip())) and found[1] not in STEPS:
            show.fetching = found[1]


class Progress:
    """A line that says how many packages are installed and which one came last or is being fetched."""

    def __init__(self, venv: Venv, total: int, out: TextIO) -> None:
        self.fetching = ""
        self._venv, self._total, self._out = venv, total, out
        self._line, self._last, self._before = "", 0.0, venv.packages()

    def look(self) -> None:
        """Show what has come since the last look."""
        now = self._venv.packages()
        new = now - self._before
        self._before = now
        if new:
            self.fetching = ""
        at = f"fetching {self.fetching}" if self.fetching else (min(new) if new else "")
        if at:
            # What is there already, as after a changed lock, may be more than the lock names.
            self._say(f"  {min(len(now), self._total)} of {self._total} packages: {at}")

    def _say(self, line: str) -> None:
        if line == self._line:
            return
        self._line = line
        if self._out.isatty():
            self._out.write(f"\r\033[K{line}")
        elif time.monotonic() - self._last >= LINE_SECONDS:
            self._last = time.monotonic()
            self._out.write(f"{line}\n")
        self._out.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._out.isatty():
            self._out.write("\r\033[K")


def names_of(locks: list[Path]) -> set[str]:
    """The packages that the locks name for this platform and Python, as far as a plain name shows."""
    pinned = re.compile(r"^([A-Za-z0-9._-]+)==[^ ]+(?: ; (.*?))? \\$", re.MULTILINE)
    return {
        name for lock in locks for name, only in pinned.findall(lock.read_text(encoding="utf-8")) if _is_for_us(only)
    }


def _is_for_us(only: str) -> bool:
    """Whether a package is for this platform: those for Windows alone are not, unless this is Windows."""
    return "== 'win32'" not in only or sys.platform == "win32"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
