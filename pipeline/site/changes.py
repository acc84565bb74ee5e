"""Which districts differ from what was written before: a digest of all that their pages show.

What does *not* belong here: writing anything of a page.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pipeline.warehouse import Snapshot, view_sql

STATE = "site.json"
FIGURES = "site-figures"
NEW_FIGURES = "site-figures.new"
SUMS = "site-sums.parquet"
# The tables and views whose rows the pages of a district or the files to take along show.
_SHOWN = (
    "reports", "facts", "report_tables", "balances", "proposals", "issues", "sections", "statements", "comparisons",
    "verdicts_applied", "copies_shown", "coverage_kept", "data_quality",
)  # fmt: skip
_DIGEST = """
    SELECT district_code, year, sum(hash(t))::VARCHAR FROM {table} AS t
    WHERE district_code IS NOT NULL AND year IS NOT NULL GROUP BY ALL ORDER BY ALL"""
# What is shown under today's district, whatever code it had: of reports, and of reports that are only expected.
_HOMES = """
    SELECT DISTINCT district_code, home FROM homes
    UNION
    SELECT DISTINCT c.district_code, if(length(d.current_codes) = 6, d.current_codes, c.district_code)
    FROM coverage_kept AS c
    LEFT JOIN (
        SELECT district_code, arg_max(current_codes, start_year) AS current_codes FROM districts GROUP BY ALL
    ) AS d USING (district_code)
    WHERE c.district_code IS NOT NULL AND c.district_code NOT IN (SELECT district_code FROM homes)"""


@dataclass(frozen=True, slots=True)
class LastWritten:
    """The state behind the last site: the code, the published file, a digest of each district and each year.

    `copies` are digests of each year's copies, with all counts; `left` counts the files whose pictures are still to be
    made.
    """

    code: str = ""
    snapshot: str = ""
    districts: Mapping[str, str] = field(default_factory=dict)
    years: Mapping[int, str] = field(default_factory=dict)
    copies: Mapping[int, str] = field(default_factory=dict)
    left: int = 0


def codes_of_homes(snapshot: Snapshot) -> dict[str, list[str]]:
    """The district codes shown under each of today's, in order. Needs the tables `homes` and `coverage_kept`."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, home in sorted(snapshot.query(_HOMES)):
        found[home].append(code)
    return dict(sorted(found.items()))


def digests(snapshot: Snapshot, homes: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], dict[int, str]]:
    """A digest for each of today's districts of all rows that its pages show, and one for each year.

    Needs the tables `coverage_kept` and `copies_shown`.
    """
    of_codes: dict[str, list[str]] = defaultdict(list)
    of_years: dict[int, list[str]] = defaultdict(list)
    for table in _SHOWN:
        for code, year, digest in snapshot.query(_DIGEST.format(table=table)):
            of_codes[code].append(f"{table} {year} {digest}")
            of_years[year].append(f"{table} {code} {digest}")
    districts = {home: _digest(f"{code} {of_codes[code]}" for code in codes) for home, codes in homes.items()}
    return districts, {year: _digest(found) for year, found in of_years.items()}


def digests_of_copies(snapshot: Snapshot) -> dict[int, str]:
    """A digest for each year of the view `copies`."""
    return dict(snapshot.query("SELECT year, sum(hash(t))::VARCHAR FROM copies AS t GROUP BY ALL"))


def code_digest() -> str:
    """A digest of all that pages and data are made with; another one means that all is written again."""
    own = (f"{f.name} {hashlib.sha256(f.read_bytes()).hexdigest()}" for f in _sources(files("pipeline.site")))
    titles = files("pipeline").joinpath("issues.toml").read_text("utf-8")
    return _digest([*own, titles, *view_sql.published_statements()])


def _sources(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for item in sorted(folder.iterdir(), key=lambda i: i.name):
        if item.is_dir() and item.name != "__pycache__":
            found += _sources(item)
        elif item.is_file():
            found.append(item)
    return found


def _digest(parts: Iterable[str]) -> str:
    made = hashlib.sha256()
    for part in parts:
        made.update(part.encode())
    return made.hexdigest()[:16]


def read_state(work: Path) -> LastWritten:
    """What was noted last; nothing where it is missing or cannot be read, so that all is written."""
    try:
        found = json.loads((work / STATE).read_text("utf-8"))
        years, copies = ({int(y): digest for y, digest in found[name].items()} for name in ("years", "copies"))
        return LastWritten(found["code"], found["snapshot"], found["districts"], years, copies, found["left"])
    except (FileNotFoundError, ValueError, KeyError):
        return LastWritten()


def note_state(work: Path, state: LastWritten) -> None:
    """Note what the site has been written from."""
    new = work / f"{STATE}.new"
    plain = {
        "code": state.code,
        "snapshot": state.snapshot,
        "districts": dict(state.districts),
        "years": dict(state.years),
        "copies": dict(state.copies),
        "left": state.left,
    }
    new.write_text(json.dumps(plain), encoding="utf-8")
    new.replace(work / STATE)
