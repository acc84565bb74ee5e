"""The data of districts: who publishes there, each organ's reports, and their text.

    d/<district>.js           organs, their figures by year, and what became of each report that is expected
    p/<district>/<organ>.js   the reports of an organ, without text
    t/<district>/<year>.js    the text of a year's reports

What does *not* belong here: what is added up over organs (`national`).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from pipeline.site.figures import BY_REPORT, FigureFiles
from pipeline.site.folder import SiteFolder
from pipeline.site.reports import keep_identities, plain, read_reports, read_texts
from pipeline.site.spans import Part, parts
from pipeline.warehouse import Snapshot
from pipeline.warehouse.ddl import literal

_COVERAGE = """
    SELECT district_code, publisher_id, publisher, level, year, status, due_on::VARCHAR, published_on::VARCHAR,
        days_late, reason, file_path, report_id
    FROM coverage WHERE district_code IN ({codes}) ORDER BY publisher, publisher_id, year"""


def write_districts(
    snapshot: Snapshot, folder: SiteFolder, files: FigureFiles, homes: Mapping[str, Sequence[str]]
) -> None:
    """Write the files of some districts, and their figures."""
    keep_identities(snapshot)
    counts = dict(snapshot.query("SELECT district_code, count(*) FROM homes GROUP BY ALL"))
    for part in parts(homes, counts):
        figures = _figures(snapshot, files.add(part))
        reports = read_reports(snapshot, part)
        texts = read_texts(snapshot, part)
        for report in reports:
            report["text"] = int(report["id"] in texts)
        _write_organs(folder, reports)
        _write_texts(folder, reports, texts)
        _write_overviews(snapshot, folder, part, homes, reports, figures)


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
    part: Part,
    homes: Mapping[str, Sequence[str]],
    reports: Sequence[dict[str, Any]],
    figures: Mapping[str, dict[str, Any]],
) -> None:
    codes = {code: home for home in part.homes for code in homes[home]}
    coverage: dict[str, list[list[object]]] = defaultdict(list)
    for code, *row in snapshot.query(_COVERAGE.format(codes=", ".join(map(literal, codes)))):
        coverage[codes[code]].append([plain(value) for value in row])
    of_home: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for report in reports:
        of_home[report["home"]].append(report)
    for home in part.homes:
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


def _organ(reports: Sequence[dict[str, Any]], figures: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
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


def _figures(snapshot: Snapshot, source: str) -> dict[str, dict[str, Any]]:
    """By report and measure: the figure, its denominator, and 1 where it is withheld."""
    return {report: json.loads(text) for report, text in snapshot.query(BY_REPORT.format(source=source))}
