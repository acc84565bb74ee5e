"""SQL for the versions of reports: what ends and begins when partitions are replaced, as text that other modules run.

A version is a report as loaded from one file and read in one way. When another takes its place, its row in
`report_versions` gets the day and the cause, and its facts move to `facts_history`. Reports whose file and facts are
the same get no new version, however often they are loaded.

It works on temporary tables of the writer: `scope` (the partitions that are replaced), `stage_reports` and
`stage_facts` (what they will hold). What does *not* belong here: anything that runs SQL.
"""

# ruff: noqa: S608 -- the names put into statements are those of the schema, values are parameters

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipeline.schema import FACTS, FACTS_HISTORY, HISTORY, LOGS, REPORT_VERSIONS, Table
from pipeline.warehouse import ddl

# What makes two readings of one file differ: what is printed where. `series` and `additive` follow from the form,
# and a new series in it must not make a version of every report in the country.
COMPARED = (*FACTS.key[1:], "form", "value", "value_kind", "value_raw", "unit")

_IN_SCOPE = "(district_code, year) IN (SELECT district_code, year FROM scope)"
_COPIED = tuple(c for c in FACTS_HISTORY.column_names if c != "version")
_BEFORE = f"""(
    SELECT {ddl.listed(_COPIED)} FROM facts WHERE {_IN_SCOPE}
    UNION ALL
    SELECT {ddl.listed(_COPIED)} FROM internal.carried
    WHERE {_IN_SCOPE} AND report_id NOT IN (SELECT report_id FROM reports WHERE {_IN_SCOPE})
)"""
_CARRIED = f"(SELECT {ddl.listed(_COPIED)} FROM internal.carried)"


def _extents(source: str) -> str:
    """Number and hash of the facts of each report, over the columns that distinguish one reading from another."""
    return f"SELECT report_id, count(*) AS n, sum(hash({ddl.listed(COMPARED)})) AS h FROM {source} GROUP BY report_id"


_READINGS = f"""
LEFT JOIN ({_extents(_BEFORE)}) AS b USING (report_id)
LEFT JOIN ({_extents("stage_facts")}) AS a USING (report_id)
"""


def find_ending(facts_differ: bool, *, cleared: bool = False) -> str:
    """The versions that end, and why: those whose report is not staged, or from another file, or read differently.

    Reports are compared one by one only where any staged fact differs from the loaded ones.
    """
    return f"""
CREATE OR REPLACE TEMP TABLE ending AS
SELECT
    v.report_id,
    v.version,
    CASE
        WHEN r.report_id IS NULL THEN '{"cleared" if cleared else "removed"}'
        WHEN r.file_sha256 <> v.file_sha256 THEN 'republished'
        ELSE 'reparse'
    END AS cause
FROM report_versions AS v
LEFT JOIN stage_reports AS r USING (report_id)
{_READINGS if facts_differ else ""}
WHERE v.valid_to IS NULL AND (v.district_code, v.year) IN (SELECT district_code, year FROM scope)
AND (
    r.report_id IS NULL OR r.file_sha256 <> v.file_sha256
    OR {"(b.n, b.h) IS DISTINCT FROM (a.n, a.h)" if facts_differ else "false"}
)
"""


# The versions that have nothing left although every file was read again.
FIND_LOST = """
CREATE OR REPLACE TEMP TABLE ending AS
SELECT report_id, version, 'removed' AS cause
FROM report_versions ANTI JOIN reports USING (report_id)
WHERE valid_to IS NULL
"""

# The number of each staged report's version: the one that goes on, else one more than the last.
NUMBER_STAGED = f"""
UPDATE stage_reports SET version = found.version
FROM (
    SELECT r.report_id, coalesce(v.open, coalesce(v.last, 0) + 1) AS version
    FROM stage_reports AS r
    LEFT JOIN (
        SELECT report_id, max(version) AS last, max(version) FILTER (valid_to IS NULL AND e.cause IS NULL) AS open
        FROM report_versions LEFT JOIN ending AS e USING (report_id, version)
        WHERE {_IN_SCOPE}
        GROUP BY report_id
    ) AS v USING (report_id)
) AS found
WHERE stage_reports.report_id = found.report_id AND stage_reports.version IS DISTINCT FROM found.version
"""

COUNT_ENDING = "SELECT count(*) FROM ending"
COUNT_BEGINNING = "SELECT count(*) FROM stage_reports ANTI JOIN report_versions USING (report_id, version)"

# Parameter: the day. A clock that was put back must not end a version before it began.
END_VERSIONS = """
UPDATE report_versions SET valid_to = greatest(?::DATE, valid_from), cause = ending.cause
FROM ending
WHERE report_versions.report_id = ending.report_id AND report_versions.version = ending.version
"""

# Parameter: the day.
BEGIN_VERSIONS = f"""
INSERT INTO report_versions BY NAME
SELECT
    {ddl.listed(tuple(c for c in REPORT_VERSIONS.column_names if c not in ("valid_from", "valid_to", "cause")))},
    greatest(?::DATE, ended.valid_to) AS valid_from
FROM stage_reports
LEFT JOIN (SELECT report_id, max(valid_to) AS valid_to FROM report_versions GROUP BY report_id) AS ended
    USING (report_id)
ANTI JOIN report_versions USING (report_id, version)
ORDER BY {ddl.storage_order(REPORT_VERSIONS)}
"""

_RENAMED = """
report_versions.report_id = stage_reports.report_id AND report_versions.version = stage_reports.version
AND report_versions.valid_to IS NULL
AND (report_versions.publisher, report_versions.file_path, report_versions.publisher_id, report_versions.level)
    IS DISTINCT FROM (stage_reports.publisher, stage_reports.file_path, stage_reports.publisher_id, stage_reports.level)
"""
# The same file under another name, or its publisher spelt differently: not a new version, but the row is updated.
COUNT_RENAMED = f"SELECT count(*) FROM report_versions, stage_reports WHERE {_RENAMED}"
RENAME_VERSIONS = f"""
UPDATE report_versions SET publisher = stage_reports.publisher, file_path = stage_reports.file_path,
    publisher_id = stage_reports.publisher_id, level = stage_reports.level
FROM stage_reports WHERE {_RENAMED}
"""


def ending_facts(source: str) -> str:
    """The facts of the versions that end, as rows of `facts_history`; `source` is `BEFORE` or `CARRIED`."""
    ids, rest = ddl.listed(FACTS_HISTORY.column_names[:3]), ddl.listed(FACTS_HISTORY.column_names[4:])
    return f"SELECT {ids}, version, {rest} FROM {source} JOIN ending USING (report_id)"


BEFORE, CARRIED = _BEFORE, _CARRIED
# Which rows of `report_versions` the statements above change.
OF_ENDING = "report_id IN (SELECT report_id FROM ending)"
OF_STAGED = "report_id IN (SELECT report_id FROM stage_reports)"
HISTORY_OF_ENDING = "SELECT h.* FROM facts_history AS h SEMI JOIN ending USING (report_id, version)"
FORGET_CARRIED = f"DELETE FROM internal.carried WHERE {_IN_SCOPE}"


def carry(old: str, has: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The statements that take the versions over from another database, named `old`, into an empty build database.

    `has` are its columns by table. Nothing is taken over where needed columns are missing. The facts of its reports
    wait in `internal.carried` until the reports are loaded again: only then can they be compared.
    """
    if any(not columns <= set(has.get(table, ())) for table, columns in _NEEDED.items()):
        return ()
    copied = ddl.listed(tuple(c for c in _COPIED if c in has["facts"]))
    reports = f"SELECT report_id, version FROM {old}.main.reports"
    carried = f"SELECT {copied}, version FROM {old}.main.facts JOIN ({reports}) USING (report_id)"
    if "internal.carried" in has:
        carried += f" UNION ALL BY NAME FROM {old}.internal.carried ANTI JOIN ({reports}) USING (report_id)"
    return (
        *(_copy(table, old, has[table.name]) for table in (*HISTORY, *LOGS) if table.name in has),
        f"INSERT INTO internal.carried BY NAME {carried}",
    )


def _copy(table: Table, old: str, has: Collection[str]) -> str:
    common = ddl.listed(tuple(c for c in table.column_names if c in has))
    return f"INSERT INTO {table.name} BY NAME SELECT {common} FROM {old}.main.{table.name}"


_NEEDED: Mapping[str, set[str]] = {
    **{table.name: {c.name for c in table.columns if c.required} for table in HISTORY},
    "reports": {"report_id", "version"},
    "facts": {c.name for c in FACTS_HISTORY.columns if c.required and c.name != "version"},
}
