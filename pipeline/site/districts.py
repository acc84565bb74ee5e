"""The data of districts: who publishes there, each organ's reports, and their text.

    d/<district>.js           organs, their figures by year, and what became of each report that is expected
    p/<district>/<organ>.js   the reports of an organ, without text
    t/<district>/<year>.js    the text of a year's reports

What does *not* belong here: what is added up over organs (`national`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pipeline.site.figures import add_figures
from pipeline.site.folder import SiteFolder
from pipeline.site.measures import Measures
from pipeline.site.reports import YEAR_FAILURES, Found, by_report, plain, read_reports, read_texts
from pipeline.warehouse import Snapshot
from pipeline.warehouse.ddl import literal

# So many reports are read at once that they fit into DuckDB's memory.
REPORTS_AT_ONCE = 1_200
# For a few districts their own year balances are asked for one by one; for more, all at once.
FEW = 20
_OWN_FIGURES = """
    SELECT home, report_id, measure, num, den, withheld FROM figures WHERE home IN ({homes})
    ORDER BY home, report_id, measure, num IS NULL, segment DESC, derived"""
_COVERAGE = """
    SELECT district_code, publisher_id, publisher, level, year, status, due_on::VARCHAR, published_on::VARCHAR,
        days_late, reason, file_path, report_id
    FROM coverage WHERE district_code IN ({codes}) ORDER BY publisher, publisher_id, year"""


def year_failures(snapshot: Snapshot, codes: Sequence[str], several: bool) -> Found:
    """The rules between two years that fail, by report: of some districts, or of all of them at once."""
    if several:
        return by_report(snapshot.query(YEAR_FAILURES.format(only="")))
    found: Found = {}
    for code in codes:
        found |= by_report(snapshot.query(YEAR_FAILURES.format(only=f"AND district_code = {literal(code)}")))
    return found


def write_districts(
    snapshot: Snapshot, folder: SiteFolder, shown: Measures, homes: Mapping[str, Sequence[str]]
) -> None:
    """Write the files of some districts, and add their figures to the table `figures`."""
    failures = year_failures(snapshot, [c for codes in homes.values() for c in codes], len(homes) > FEW)
    for some in _portions(snapshot, homes):
        codes = [code for home in some for code in homes[home]]
        add_figures(snapshot, shown, codes)
        reports = read_reports(snapshot, codes, failures)
        _write_organs(folder, reports)
        _write_texts(folder, reports, read_texts(snapshot, codes))
        _write_overviews(snapshot, folder, some, homes, reports)


def _portions(snapshot: Snapshot, homes: Mapping[str, Sequence[str]]) -> Iterator[list[str]]:
    """The districts in portions of so many reports as fit into memory."""
    counts = dict(snapshot.query("SELECT home, count(*) FROM homes GROUP BY home"))
    portion: list[str] = []
    reports = 0
    for home in homes:
        if portion and reports + counts.get(home, 0) > REPORTS_AT_ONCE:
            yield portion
            portion, reports = [], 0
        portion.append(home)
        reports += counts.get(home, 0)
    if portion:
        yield portion


def _write_organs(folder: SiteFolder, reports: Sequence[dict[str, Any]]) -> None:
    for (home, organ), found in groupby(reports, key=lambda r: (r["home"], r["organ"])):
        years = [{k: v for k, v in report.items() if k not in ("home", "organ", "name")} for report in found]
        folder.data(
            f"p/{home}/{organ}", {"home": home, "organ": organ, "name": _name(reports, organ), "reports": years}
        )


def _name(reports: Sequence[dict[str, Any]], organ: str) -> str:
    return str(next(r["name"] for r in reversed(reports) if r["organ"] == organ))


def _write_texts(
    folder: SiteFolder, reports: Sequence[dict[str, Any]], texts: Mapping[str, dict[str, list[list[Any]]]]
) -> None:
    found: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
    for report in reports:
        if report["id"] in texts:
            found[report["home"], report["year"]][report["id"]] = texts[report["id"]]
    for (home, year), by_id in sorted(found.items()):
        folder.data(f"t/{home}/{year}", by_id)


def _write_overviews(
    snapshot: Snapshot,
    folder: SiteFolder,
    some: Sequence[str],
    homes: Mapping[str, Sequence[str]],
    reports: Sequence[dict[str, Any]],
) -> None:
    figures = _figures(snapshot, some)
    codes = {code: home for home in some for code in homes[home]}
    coverage: dict[str, list[list[object]]] = defaultdict(list)
    for code, *row in snapshot.query(_COVERAGE.format(codes=", ".join(map(literal, codes)))):
        coverage[codes[code]].append([plain(value) for value in row])
    of_home: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for report in reports:
        of_home[report["home"]].append(report)
    for home in some:
        organs = [list(found) for _, found in groupby(of_home[home], key=lambda r: r["organ"])]
        folder.data(
            f"d/{home}",
            {
                "code": home,
                "codes": list(homes[home]),
                "organs": [_organ(found, figures) for found in organs],
                "coverage": coverage.get(home, []),
            },
        )


def _organ(reports: Sequence[dict[str, Any]], figures: Mapping[str, dict[str, list[object]]]) -> dict[str, Any]:
    last = reports[-1]
    return {
        "id": last["organ"],
        "name": last["name"],
        "level": last["level"],
        "years": [
            [r["year"], r["id"], r["grade"], r["reasons"], r["scope"], r["all_zero"], figures.get(r["id"], {})]
            for r in reports
        ],
    }


def _figures(snapshot: Snapshot, homes: Sequence[str]) -> dict[str, dict[str, list[object]]]:
    """By report and measure: the figure, its denominator, and 1 where it is withheld."""
    found: dict[str, dict[str, list[object]]] = defaultdict(dict)
    sql = _OWN_FIGURES.format(homes=", ".join(map(literal, homes)))
    for _, report, measure, number, below, withheld in snapshot.query(sql):
        if measure not in found[report]:
            found[report][measure] = short(number, below, withheld)
    return found


def short(number: float | None, below: float | None, withheld: bool) -> list[object]:
    """A figure as the pages read it: the number, its denominator if any, and 1 where it is withheld."""
    if withheld:
        return [plain(number), plain(below), 1]
    return [plain(number)] if below is None else [plain(number), plain(below)]
