"""What the published warehouse has on a report: the file it came from, or why it is missing.

What does *not* belong here: what the file says (`explain`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from pipeline.document import FURTHER, file_of
from pipeline.explain import ExplainError
from pipeline.warehouse import Warehouse

State = Literal["unpublished", "loaded", "other", "quarantined", "duplicate", "absent"]

_ID = re.compile(r"[0-9a-f]{16}")
_KEYS = re.compile(r"(?P<district>[0-9]{6})/(?P<year>(?:19|20)[0-9]{2})(?:/(?P<publisher>.+))?")
_LISTED = 10
_REPORTS = "SELECT file_path, report_id, publisher FROM reports WHERE "


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a report: `loaded` from this content, or its report from `other` content; or why it is not.

    `path`, `sha256` and `version` belong to what is loaded; `same_content` compares it with the file asked about.
    `reason` and `sentence` come from the quarantine.
    """

    state: State
    path: str | None = None
    sha256: str | None = None
    version: int | None = None
    same_content: bool | None = None
    stage: str | None = None
    reason: str | None = None
    sentence: str | None = None


def is_key(target: str) -> bool:
    """True for a report_id, and for district, year and publisher with strokes between."""
    return bool(_ID.fullmatch(target) or _KEYS.fullmatch(target))


def path_of(warehouse: Warehouse, target: str) -> str:
    """The path below data/raw of a published report by report_id, or by DISTRICT/YEAR or DISTRICT/YEAR/PUBLISHER.

    Raises `ExplainError` where there is none or more than one, and `WarehouseError`.
    """
    if not warehouse.published.exists():
        raise ExplainError(f"nothing has been published in {warehouse.root} yet; `disclosure run` does that")
    keys = _KEYS.fullmatch(target)
    if keys is None:
        found = warehouse.query(f"{_REPORTS} report_id = ?", [target])[1]
    else:
        where = f"{_REPORTS} ? IN (district_code, district_code_current) AND year = ? ORDER BY publisher, report_id"
        found = warehouse.query(where, [keys["district"], int(keys["year"])])[1]
        wanted = keys["publisher"]
        named = [row for row in found if wanted in (None, row[2])]
        if wanted and not named:
            raise ExplainError(f"the warehouse has no report of {target}; {_instead(warehouse, keys, found)}")
        found = named
    if len(found) > 1:
        raise ExplainError(f"{target} has {len(found)} reports; name one: {_names(target, found)}")
    if not found:
        raise ExplainError(
            f"the warehouse has no report {target}{f'; {_instead(warehouse, keys, [])}' if keys else ''}"
        )
    return str(found[0][0])


def _instead(warehouse: Warehouse, keys: re.Match[str], found: list[tuple[str, str, str]]) -> str:
    """The reports of the district and year, or of the district in other years."""
    if found:
        return f"there are {_names('/'.join(keys.group('district', 'year')), found)}"
    sql = "SELECT DISTINCT year FROM reports WHERE ? IN (district_code, district_code_current) ORDER BY year"
    years = [str(year) for (year,) in warehouse.query(sql, [keys["district"]])[1]]
    return f"of {keys['district']} there are {', '.join(years) or 'none in any year'}"


def _names(target: str, found: list[tuple[str, str, str]]) -> str:
    named = [f"{target}/{publisher}" for _, _, publisher in found]
    names = named if len(set(named)) == len(named) else [f"{report} ({publisher})" for _, report, publisher in found]
    return ", ".join(names[:_LISTED]) + (" …" if len(names) > _LISTED else "")


def stored(warehouse: Warehouse, path: str, sha256: str, report_id: str | None) -> Stored:
    """What the published warehouse has of a file with this path, content and report. Raises `WarehouseError`."""
    if not warehouse.published.exists():
        return Stored("unpublished")
    sql = "SELECT file_path, file_sha256, version FROM reports WHERE report_id = ?"
    loaded = warehouse.query(sql, [report_id])[1]
    sql = """SELECT stage, reason, sentence FROM quarantine
             WHERE path = ? OR (file_sha256 = ? AND regexp_replace(path, ?, '') <> ?)
             ORDER BY path = ? DESC, path LIMIT 1"""
    refused = warehouse.query(sql, [path, sha256, FURTHER, file_of(path), path])[1]
    why = refused[0] if refused else (None, None, None)
    if loaded:
        file, content, version = loaded[0]
        same = content == sha256
        return Stored("loaded" if same else "other", file, content, version, same, *why)
    if refused:
        return Stored("quarantined", None, None, None, None, *why)
    copies = warehouse.query("SELECT duplicate_of FROM files WHERE path = ? AND duplicate_of IS NOT NULL", [path])[1]
    return Stored("duplicate", copies[0][0]) if copies else Stored("absent")
