"""The data of provinces and of the country: what reports add up to, who publishes, quality and coverage.

    index.js              the country's figures, the divisions, the measures: what every page reads first
    m/<province>.js       what the reports of each area of a province add up to, every measure and year
    n/<measure>.js        the same of provinces and prefectures, one measure
    o/<province>/<year>.js  each organ's figures of a year
    names/<province>.js   the organs by name, for the search
    quality.js, quarantine.js, forms.js

A province is named by its first two digits; 00 are central bodies.
"""

# ruff: noqa: S608 -- the texts put into statements are this package's own, values are literals or parameters

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from pipeline.schema import GRADES
from pipeline.site.areas import COUNTRY, Area
from pipeline.site.exports import LAYOUTS, VIEWS
from pipeline.site.figures import BY_REPORT
from pipeline.site.folder import SiteFolder, as_json, json_object
from pipeline.site.measures import Measures
from pipeline.site.reports import describe_forms, plain
from pipeline.warehouse import Snapshot
from pipeline.warehouse.ddl import literal

CENTRAL = "00"
MOST_QUARANTINED = 5_000
# Year, number, denominator, reports, withheld, first form of the segment, scope; as JSON.
_SUMS = """
    SELECT area, basis, measure, regexp_replace('[' || string_agg(
        json_array(year, round(num, 6), round(den, 6), reports, withheld, segment, scope)::VARCHAR, ',' ORDER BY year
    ) || ']', '\\.0([,\\]])', '\\1', 'g')
    FROM sums WHERE area {within} GROUP BY area, basis, measure ORDER BY area, basis, measure"""
_ORGANS = """
    SELECT h.year, h.publisher_id, h.home, h.publisher_name, h.level, h.scope, r.grade, h.report_id, f.figures
    FROM ({figures}) AS f(report_id, figures) JOIN homes AS h USING (report_id)
    JOIN reports AS r USING (report_id, year)
    ORDER BY h.year, h.home, h.publisher_id, h.report_id"""
_NAMES = """
    SELECT arg_max(publisher_name, year), arg_max(home, year), publisher_id, arg_max(level, year),
        list_sort(list_distinct(list(year)))
    FROM homes WHERE left(home, 2) = ? GROUP BY publisher_id ORDER BY ALL"""
_TOTALS = """
    SELECT count(*), count(DISTINCT publisher_id), count(DISTINCT home), min(year), max(year) FROM homes"""
_COVERAGE = "SELECT year, status, count(*) FROM coverage_kept GROUP BY ALL ORDER BY ALL"
_GRADES = "SELECT home, year, grade, count(*) FROM homes JOIN reports USING (report_id, year) GROUP BY ALL ORDER BY ALL"
_RUN = """
    SELECT run, started_at, outcome, files, files_loaded, files_quarantined, partitions, rows_loaded, seconds
    FROM runs ORDER BY started_at DESC LIMIT 1"""
_ISSUES = """
    SELECT code, severity, sum(issues)::BIGINT, sum(reports)::BIGINT, min(year), max(year),
        arg_min(example, example_report_id), min(example_report_id)
    FROM issues_by_code GROUP BY code, severity
    ORDER BY array_position(['error', 'warning', 'info'], severity), sum(reports) DESC, code"""
_RULES = """
    SELECT rule, count(*), count(DISTINCT report_id), count(*) FILTER (blame = 'source'),
        count(*) FILTER (blame = 'misread'), count(*) FILTER (blame = 'undecided'), min(report_id)
    FROM balances WHERE state = 'fail' GROUP BY rule ORDER BY rule"""
_QUARANTINE = f"""
    SELECT path, stage, reason, sentence, title, publisher, year, candidates FROM quarantine
    ORDER BY year DESC NULLS LAST, path LIMIT {MOST_QUARANTINED}"""
_REASONS = "SELECT reason, count(*), min(sentence) FROM quarantine GROUP BY reason ORDER BY count(*) DESC, reason"
_COPIES = """
    SELECT c.shared, c.digest, c.reports_sharing, c.publishers_sharing, c.years_sharing,
        list([h.home, h.publisher_id, h.publisher_name, h.year::VARCHAR] ORDER BY h.home, h.publisher_name, h.year)[:6]
    FROM copies AS c JOIN homes AS h USING (report_id) GROUP BY ALL
    ORDER BY c.publishers_sharing DESC, c.reports_sharing DESC, c.shared, c.digest LIMIT 200"""
_ALL_ZERO = """
    SELECT h.year, count(*) FILTER (r.all_zero), count(*) FROM homes AS h JOIN reports AS r USING (report_id, year)
    GROUP BY h.year ORDER BY h.year"""


def levels_of(areas: Iterable[Area]) -> list[tuple[str, str, str]]:
    """Each area with the level of its government and the level that its reports are counted at."""
    found = [(a.code, a.level, "district" if a.level == "county" else a.level) for a in areas]
    return [*found, (COUNTRY, "ministry", "country")]


def write_national(
    snapshot: Snapshot, folder: SiteFolder, shown: Measures, areas: Mapping[str, Area], provinces: Collection[str]
) -> None:
    """Write what every publication changes, and the files of `provinces`, by their first two digits.

    Needs the table `sums` (see `figures.SumFile`).
    """
    _write_measures(snapshot, folder, shown, areas)
    for province in sorted(provinces):
        _write_sums(snapshot, folder, province)
        _write_organs(snapshot, folder, province)
        folder.data(f"names/{province}", snapshot.query(_NAMES, [province]))
    folder.data("forms", describe_forms(snapshot))
    folder.data("dictionary", {"tables": _dictionary(snapshot), "exports": VIEWS, "layouts": LAYOUTS})
    folder.data("quality", _quality(snapshot))
    quarantined = snapshot.query("SELECT count(*) FROM quarantine")[0][0]
    folder.data("quarantine", {"files": quarantined, "rows": snapshot.query(_QUARANTINE)})


def _write_measures(snapshot: Snapshot, folder: SiteFolder, shown: Measures, areas: Mapping[str, Area]) -> None:
    national = ", ".join(literal(code) for code in (COUNTRY, *areas) if _is_national(areas.get(code)))
    found: dict[str, dict[str, dict[str, str]]] = {measure.code: {} for measure in shown.all}
    for area, basis, measure, rows in snapshot.stream(_SUMS.format(within=f"IN ({national})")):
        found[measure].setdefault(area, {})[basis] = rows
    for measure, by_area in found.items():
        folder.script(f"n/{measure}", json_object({area: json_object(rows) for area, rows in by_area.items()}))


def _write_sums(snapshot: Snapshot, folder: SiteFolder, province: str) -> None:
    found: dict[str, dict[str, dict[str, str]]] = {}
    for area, basis, measure, rows in snapshot.stream(_SUMS.format(within=f"LIKE '{province}%'")):
        found.setdefault(area, {}).setdefault(basis, {})[measure] = rows
    of_areas = {a: json_object({b: json_object(rows) for b, rows in bases.items()}) for a, bases in found.items()}
    folder.script(f"m/{province}", json_object(of_areas))


def _is_national(area: Area | None) -> bool:
    """Whether an area is drawn on the map of the country: a county only where no prefecture is above it."""
    return area is None or area.level != "county" or area.prefecture is None


def _write_organs(snapshot: Snapshot, folder: SiteFolder, province: str) -> None:
    years: dict[int, list[str]] = defaultdict(list)
    source = f"(SELECT * FROM figures WHERE home LIKE '{province}%' AND (num IS NOT NULL OR withheld))"
    for year, *row, figures in snapshot.query(_ORGANS.format(figures=BY_REPORT.format(source=source))):
        years[year].append(f"{as_json(row)[:-1]},{figures}]")
    for year, organs in sorted(years.items()):
        folder.script(f"o/{province}/{year}", f"[{','.join(organs)}]")


def write_index(
    snapshot: Snapshot,
    folder: SiteFolder,
    shown: Measures,
    areas: Mapping[str, Area],
    homes: Collection[str],
    given: Mapping[str, object],
) -> None:
    """Write what every page reads first; `homes` have a file of their own, `given` is about this writing."""
    reports, organs, districts, first, last = snapshot.query(_TOTALS)[0]
    run = snapshot.query(_RUN)
    years = [year for (year,) in snapshot.query("SELECT DISTINCT year FROM homes ORDER BY year")]
    folder.data(
        "index",
        {
            **given,
            "snapshot": snapshot.path.name,
            "totals": {"reports": reports, "organs": organs, "districts": districts, "first": first, "last": last},
            "years": years,
            "parts": sorted(
                {(home[:2], year) for home, year in snapshot.query("SELECT DISTINCT home, year FROM homes")}
            ),
            "areas": [[a.code, a.name, a.level, a.parent, int(a.code in homes)] for a in areas.values()],
            "measures": shown.plain(),
            "coverage": snapshot.query(_COVERAGE),
            "grades": _grades(snapshot),
            "run": [plain(v) for v in run[0]] if run else None,
            "quarantined": snapshot.query("SELECT count(*) FROM quarantine")[0][0],
        },
    )


def _dictionary(snapshot: Snapshot) -> list[list[object]]:
    """Each table and view: its name, whether it is a view, its comment, and its columns with types and comments."""
    columns: dict[str, list[list[object]]] = defaultdict(list)
    for table, *column in snapshot.query(
        """SELECT table_name, column_name, data_type, coalesce(comment, '') FROM duckdb_columns()
           WHERE schema_name = 'main' AND NOT internal AND database_name = current_database()
           ORDER BY table_name, column_index"""
    ):
        columns[table].append(column)
    named = snapshot.query(
        """SELECT table_name, false, coalesce(comment, '') FROM duckdb_tables()
           WHERE schema_name = 'main' AND NOT internal AND NOT temporary
           UNION ALL SELECT view_name, true, coalesce(comment, '') FROM duckdb_views()
           WHERE schema_name = 'main' AND NOT internal AND NOT temporary ORDER BY ALL"""
    )
    return [[name, int(is_view), comment, columns[name]] for name, is_view, comment in named]


def _grades(snapshot: Snapshot) -> dict[str, dict[int, list[int]]]:
    """By district and year: how many reports have each grade, from A to none."""
    found: dict[str, dict[int, list[int]]] = defaultdict(dict)
    for home, year, grade, reports in snapshot.query(_GRADES):
        found[home].setdefault(year, [0] * len(GRADES))[GRADES.index(grade)] = reports
    return found


def _quality(snapshot: Snapshot) -> dict[str, object]:
    return {
        "issues": snapshot.query(_ISSUES),
        "rules": snapshot.query(_RULES),
        "reasons": snapshot.query(_REASONS),
        "copies": snapshot.query(_COPIES),
        "all_zero": snapshot.query(_ALL_ZERO),
        "mutations": _mutation_score(),
    }


def _mutation_score() -> object:
    """What `scripts/mutation_score.py` measured last; nothing where the tests are not beside the package."""
    file = Path(__file__).resolve().parents[2] / "tests" / "mutation_scores.json"
    return json.loads(file.read_text("utf-8")) if file.is_file() else None


def provinces_of(homes: Iterable[str]) -> set[str]:
    """The first two digits of the districts."""
    return {home[:2] for home in homes}
