"""Attacks nights over synthetic reports, and writes the outcome into docs/reliability.md.

    python scripts/attack.py [--reports 30] [--kills 20] [--slow 1000] [--seconds 1800] [--seed 1]

A night is a process of its own that does what `disclosure run` does, without Dagster and the suites. After each
attack what is published is compared, row for row, with what was there before; a difference ends the script with
status 1. Attacks for which no time is left are named as not tried.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


from pipeline.runs import extraction, loading, planning, publication, validation
from pipeline.runs.rejection import judge_part
from pipeline.runs.workspace import StageError, Workspace, state
from pipeline.schema import VALIDATIONS
from pipeline.tables import frame
from scripts import synthetic

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reliability.md"
TABLE = re.compile(r"(?<=<!-- made by make attack -->\n).*?(?=<!-- end -->)", re.DOTALL)
TABLES = ("reports", "facts", "sections", "issues", "balances", "report_versions", "facts_history")
NIGHT_SECONDS = 900
REFUSED = 7

Rows = list[tuple[object, ...]]


class Accepted:
    """A validation that finds nothing."""

    validations = frame(VALIDATIONS)
    rejected: dict[str, str] = {}  # noqa: RUF012  read only


def night(raw: Path, root: Path, *, again: bool, accept_removals: bool = False) -> None:
    """One night in this process. Raises `StageError` where it is refused."""
    ws = Workspace(raw, root)
    work = planning.plan(ws, again=again, accept_removals=accept_removals)
    if not work.idle:
        planning.ingest(ws, again=again, accept_removals=accept_removals)
        extraction.extract(ws)
        validation.validate(
            ws, lambda parts: [judge_part(part, target, lambda _: Accepted()) for part, target in parts]
        )
        loading.load(ws, state(ws).pending)
    publication.publish(ws)


@dataclass
class Arena:
    """A folder of reports with its warehouse, and until when it may be attacked."""

    folder: Path
    until: float
    rng: random.Random
    lines: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def raw(self) -> Path:
        """The reports."""
        return self.folder / "raw"

    @property
    def ws(self) -> Workspace:
        """The workspace."""
        return Workspace(self.raw, self.folder / "warehouse")

    def start(self, *more: str, raw: Path | None = None, **settings: str) -> subprocess.Popen[bytes]:
        """A night that begins."""
        command = [sys.executable, __file__, "--night", str(raw or self.raw), str(self.folder / "warehouse"), *more]
        return subprocess.Popen(
            command, env={**os.environ, **settings}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def run(self, *more: str, raw: Path | None = None, **settings: str) -> int:
        """A whole night; its exit status."""
        return self.start(*more, raw=raw, **settings).wait(NIGHT_SECONDS)

    def published(self) -> Rows:
        """Every row that is published of what reports say, and of their history."""
        sql = " UNION ALL ".join(f"SELECT '{name}', t::VARCHAR FROM {name} t" for name in TABLES)
        return self.ws.warehouse.query(f"{sql} ORDER BY ALL")[1]

    def count(self, sql: str) -> int:
        """A number that is asked for."""
        return int(str(self.ws.warehouse.query(sql)[1][0][0]))


def descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that these have."""
    parents: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            parent = int(file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
            parents.setdefault(parent, []).append(int(file.parent.name))
    found = list(parents.get(pid, ()))
    for child in found:
        found += parents.get(child, ())
    return found


def alive(pids: list[int]) -> list[int]:
    """Those of the processes that run still; a dead one that nobody has asked for does not."""
    return [pid for pid in pids if (file := Path(f"/proc/{pid}/stat")).exists() and ") Z" not in file.read_text()]


# --- The attacks: each reports what it did and what was measured -------------------------------------

Attack = Callable[[Arena, argparse.Namespace], tuple[str, str]]


def kills(arena: Arena, asked: argparse.Namespace) -> tuple[str, str]:
    """Kill workers and the main process at random moments of nights that read everything again."""
    before = arena.published()
    began = time.monotonic()
    assert arena.run("--again") == 0
    takes = time.monotonic() - began
    workers = mains = late = 0
    while workers + mains < asked.kills and time.monotonic() < arena.until - 2 * takes:
        process = arena.start("--again")
        time.sleep(arena.rng.uniform(0.1, 1.0) * takes)
        below = descendants(process.pid)
        if arena.rng.random() < 0.5 and below:
            os.kill(arena.rng.choice(below), signal.SIGKILL)
            workers += 1
            process.wait(NIGHT_SECONDS)
        elif process.poll() is None:
            process.kill()
            process.wait()
            mains += 1
            time.sleep(10)
            late += len(alive(below))
        expect(arena, before, "after a kill")
    if not workers + mains:
        return "kills of workers and of the main process", "not tried, no time was left"
    assert arena.run() == 0
    expect(arena, before, "after the night that heals")
    return (
        f"{workers} kills of workers and {mains} of the main process at random moments",
        f"0 of {arena.count('SELECT count(*) FROM reports')} reports lost; "
        f"{late} processes alive ten seconds after their main one",
    )


def folders(arena: Arena, asked: argparse.Namespace) -> tuple[str, str]:
    """Name a wrong folder, an empty one, and take away most of the files."""
    before, refused = arena.published(), 0
    other, hollow, away = (arena.folder / name for name in ("other", "hollow", "away"))
    other.mkdir()
    hollow.mkdir()
    shutil.copyfile(next(f for f in sorted(arena.raw.rglob("*")) if f.is_file()), other / "one.txt")
    for raw in (other, hollow):
        refused += arena.run(raw=raw) == REFUSED
        expect(arena, before, f"after a night over {raw.name}")
    away.mkdir()
    kept = next(path for path in sorted(arena.raw.iterdir()))
    for path in sorted(arena.raw.iterdir()):
        if path != kept:
            path.rename(away / path.name)
    refused += arena.run() == REFUSED
    expect(arena, before, "after most files were away")
    for path in sorted(away.iterdir()):
        path.rename(arena.raw / path.name)
    assert arena.run() == 0
    expect(arena, before, "after they came back")
    return "another folder with one file, an empty one, and most files away", f"{refused} of 3 nights refused"


def links(arena: Arena, asked: argparse.Namespace) -> tuple[str, str]:
    """Put a district's reports behind a link, as on another disk, and let the disk go."""
    before = arena.published()
    folder = next(path for path in sorted(arena.raw.iterdir()) if path.is_dir())
    disk = arena.folder / "disk"
    folder.rename(disk)
    folder.symlink_to(disk)
    assert arena.run() == 0
    expect(arena, before, "behind a link that is not followed")
    assert arena.run(DISCLOSURE_FOLLOW_LINKS="1") == 0
    expect(arena, before, "behind a link that is followed")
    disk.rename(arena.folder / "gone")
    assert arena.run(DISCLOSURE_FOLLOW_LINKS="1") == 0
    expect(arena, before, "behind a link that leads nowhere")
    folder.unlink()
    (arena.folder / "gone").rename(folder)
    assert arena.run() == 0
    expect(arena, before, "without the link again")
    return "a folder of reports moved behind a link, and the link dangling", "0 rows changed"


def garbage(arena: Arena, asked: argparse.Namespace) -> tuple[str, str]:
    """Overwrite files with garbage, and put the reports back."""
    before = arena.published()
    files = [f for f in sorted(arena.raw.rglob("*")) if f.is_file()][:5]
    good = {file: file.read_bytes() for file in files}
    bad = (b"", bytes(range(256)) * 9, b"<html><body>502 Bad Gateway</body></html>", b"%PDF-1.7 cut", b"PK\3\4 cut")
    for file, content in zip(files, bad, strict=False):
        file.write_bytes(content)
    assert arena.run() == 0
    expect(arena, before, "under garbage")
    kept = arena.count("SELECT count(*) FROM quarantine WHERE kept_since NOTNULL")
    for file, content in good.items():
        file.write_bytes(content)
    assert arena.run() == 0
    expect(arena, before, "after the repair")
    return (
        f"{len(files)} files overwritten with garbage and put back",
        f"{kept} marked as kept, {arena.count('SELECT count(*) FROM restatements')} restatements",
    )


def notes(arena: Arena, asked: argparse.Namespace) -> tuple[str, str]:
    """Leave `work/state.json` empty, cut, and full of zeros, as a power cut does."""
    before = arena.published()
    for left in (b"", b'{"batch": "1', bytes(64)):
        (arena.ws.work / "state.json").write_bytes(left)
        assert arena.run() == 0
        expect(arena, before, "after a broken state.json")
    return "state.json empty, cut, and full of zeros", "3 of 3 nights healed it"


def slow(arena: Arena, asked: argparse.Namespace) -> tuple[str, str]:
    """Let a night find many files that take long, and new reports behind them."""
    before = arena.count("SELECT count(*) FROM reports")
    made = synthetic.reports(replace(synthetic_settings(asked), reports=asked.reports + 9))
    new = [report for report in made if not report.fault and not (arena.raw / report.path).exists()][:5]
    for report in new:
        file = arena.raw / "zz" / report.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(report.data)
    folder = arena.raw / "slow"
    folder.mkdir()
    for number in range(asked.slow):
        (folder / f"{number:04}.pdf").write_bytes(_endless(number))
    began = time.monotonic()
    assert arena.run(DISCLOSURE_SLOW_SECONDS="20") == 0
    took = time.monotonic() - began
    loaded = arena.count("SELECT count(*) FROM reports")
    aside = arena.count("SELECT count(*) FROM quarantine WHERE path LIKE 'slow/%'")
    shutil.rmtree(folder)
    shutil.rmtree(arena.raw / "zz")
    assert (loaded, aside) == (before + len(new), asked.slow)
    assert arena.run("--accept-removals") == 0  # more than half of all files go with them
    what = f"{asked.slow} PDF files that ask for endless work, and {len(new)} new reports behind them"
    return what, f"{aside} put aside in {took:,.0f} s, {len(new)} of {len(new)} loaded, nothing else lost"


def synthetic_settings(asked: argparse.Namespace) -> synthetic.Settings:
    """The settings of the reports that are attacked."""
    return synthetic.Settings(reports=asked.reports, seed=asked.seed, publishers=1)


def _endless(number: int) -> bytes:
    """A small PDF with a circle of references, states saved without end, or operators without end."""
    content = zlib.compress((b"q " * 3_000_000, b"n " * 12_000_000)[number % 2] + b"%d" % number, 9)
    pages = b"5 0 R" if number % 3 == 0 else b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        pages,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
        b"2 0 R",
    )
    body, places = b"%PDF-1.4\n", []
    for position, made in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (position, made)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return body + head + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)


ATTACKS: tuple[Attack, ...] = (folders, links, garbage, notes, slow, kills)


def expect(arena: Arena, before: Rows, when: str) -> None:
    """End the script where the published rows have changed."""
    now = arena.published()
    if now != before:
        lost, new = len(set(before) - set(now)), len(set(now) - set(before))
        raise SystemExit(f"{when}: {lost} rows are gone, {new} are new")


def attack(arena: Arena, asked: argparse.Namespace) -> Iterator[tuple[str, str, str]]:
    """Each attack with what was measured, and how long it took."""
    for each in ATTACKS:
        if time.monotonic() > arena.until:
            yield f"{each.__name__}: {(each.__doc__ or '').splitlines()[0]}", "not tried, no time was left", ""
            continue
        began = time.monotonic()
        what, measured = each(arena, asked)
        yield what, measured, f"{time.monotonic() - began:,.0f} s"


def main() -> None:
    """Attack, print the table, and write it into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=30)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--slow", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--night", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--again", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--accept-removals", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.night:
        try:
            night(*asked.night, again=asked.again, accept_removals=asked.accept_removals)
        except StageError as error:
            print(error, file=sys.stderr)
            raise SystemExit(REFUSED) from None
        return
    with tempfile.TemporaryDirectory(prefix="disclosure-attack-") as folder:
        arena = Arena(Path(folder), time.monotonic() + asked.seconds, random.Random(asked.seed))
        for _ in synthetic.write(arena.raw, synthetic_settings(asked)):
            pass
        assert arena.run() == 0
        lines = []
        for line in attack(arena, asked):
            print(" | ".join(line), flush=True)
            lines.append(f"| {' | '.join(line)} |")
    head = f"{asked.reports} synthetic reports, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores.\n\n"
    table = "\n".join(["| attack | what came of it | took |", "|---|---|---:|", *lines])
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda _: f"\n{head}{table}\n\n", text), encoding="utf-8")


if __name__ == "__main__":
    main()
