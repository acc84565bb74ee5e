"""Answers what is known of the files that were processed, all of them or as few as a question is about.

What does *not* belong here: noting it (`recording`).
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from sys import intern

import duckdb

from pipeline.document import RawFile
from pipeline.raw.archives import SEPARATOR
from pipeline.raw.folders import BETWEEN, KnownFolders
from pipeline.warehouse import ddl

# How many rows are in memory twice while they become Python values.
ROWS_AT_ONCE = 10_000
KNOWN = "SELECT path, size_bytes, mtime_ns, sha256, fingerprint, pin FROM internal.known"
# The folder of a file, and that of its archive for a member.
_FOLDER = f"regexp_extract(path, '^(?:[^/{SEPARATOR}]*/)*')"
_CODE = "split_part(fingerprint, '|', 1)"
_WAITS = "contains(fingerprint, '|')"
# As `folders.line_of`. A file without SHA-256 could not be read; it is tried again every time.
LINES = f"""
    SELECT
        {_FOLDER},
        concat_ws({ddl.literal(BETWEEN)}, path, size_bytes, mtime_ns, if(contains(path, '{SEPARATOR}'), sha256, '')),
        sha256 <> '' AND {_CODE} = ?
    FROM internal.known"""
LISTED = "(SELECT unnest(?::VARCHAR[]))"
IN_FOLDERS = f"{KNOWN} WHERE {_FOLDER} IN {LISTED}"
PINNED = f"{KNOWN} WHERE pin <> '' OR path IN {LISTED} OR sha256 IN {LISTED}"
LIKE = f"""
    {KNOWN} WHERE sha256 IN {LISTED}
    OR sha256 <> '' AND sha256 IN (SELECT sha256 FROM internal.known WHERE {_WAITS})"""


@dataclass(frozen=True, slots=True)
class Known:
    """A file that was processed: its content, the code that did it, and the pin that applied ("": none)."""

    raw: RawFile
    fingerprint: str
    pin: str = ""


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """The files processed so far; none without a build database."""

    _connection: duckdb.DuckDBPyConnection | None

    def all(self) -> dict[str, Known]:
        """All of them, by path."""
        return self._found(KNOWN)

    def folders(self, code: str) -> KnownFolders:
        """What is known by folder; one where another code than `code` was at work on a file is unsettled."""
        if self._connection is None:
            return KnownFolders()
        sums: dict[str, int] = defaultdict(int)
        unsettled: set[str] = set()
        files = 0
        rows = self._connection.execute(LINES, [code])
        while some := rows.fetchmany(ROWS_AT_ONCE):
            files += len(some)
            for folder, line, is_settled in some:
                sums[folder] += hash(line)
                if not is_settled:
                    unsettled.add(folder)
        return KnownFolders(sums, frozenset(unsettled), files)

    def in_folders(self, folders: Collection[str]) -> dict[str, Known]:
        """Those in these folders, as `folders` names them, by path."""
        return self._found(IN_FOLDERS, [list(folders)])

    def pinned(self, names: Collection[str]) -> dict[str, Known]:
        """Those with a pin, and those with one of these paths or contents, by path."""
        return self._found(PINNED, [list(names), list(names)])

    def like(self, contents: Collection[str]) -> dict[str, Known]:
        """Those with one of these contents, those that stand back for another file, and their copies, by path."""
        return self._found(LIKE, [list(contents)])

    def _found(self, sql: str, parameters: Sequence[object] = ()) -> dict[str, Known]:
        found: dict[str, Known] = {}
        rows = self._connection.execute(sql, list(parameters)) if self._connection else None
        while rows and (some := rows.fetchmany(ROWS_AT_ONCE)):
            for path, size, time, sha256, fingerprint, pin in some:
                # Nearly all have the same one: keeping it once saves a tenth of the memory.
                found[path] = Known(RawFile(path, size, time, sha256), intern(fingerprint), pin)
        return found
