"""The data of districts: who publishes there, each organ's reports, and their text.

    d/<district>.js           organs, their figures by year, and what became of each report that is expected
    p/<district>/<organ>.js   the reports of an organ, without text
    t/<district>/<year>.js    the text of a year's reports

What does *not* belong here: what is added up over organs (`national`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from pipeline.site.figures import BY_REPORT, FigureFiles
from pipeline.site.folder import SiteFolder, as_json, json_object
from pipeline.site.reports import keep_identities, keep_year_rules, plain, read_reports, read_texts
from pipeline.site.spans import Part, parts
from pipeline.warehouse import Snapshot
from pipeline.warehouse.ddl import literal

_COVERAGE = """
    SELECT district_code, publisher_id, publisher, level, year, status, due_on::VARCHAR, published_on::VARCHAR,
        days_late, reason, file_path, report_id
    FROM coverage_kept WHERE district_code IN ({codes}) ORDER BY publisher, publisher_id, year"""


def write_districts(
    snapshot: Snapshot, folder: SiteFolder, files: FigureFiles, homes: Mapping[str, Sequence[str]]
) -> None:
    """Write the files of some districts, and their figures."""
    keep_identities(snapshot)
    keep_year_rules(snapshot)
    counts = dict(snapshot.query("SELECT district_code, count(*) FROM homes GROUP BY ALL"))
    for home in homes:
        folder.renew(home)
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
        years = ",".join(_report(report) for report in found)
        head = as_json({"home": home, "organ": organ, "name": _name(reports, organ)})
        folder.script(f"d/{home}/p/{organ}", f'{head[:-1]},"reports":[{years}]}}')


def _report(report: Mapping[str, Any]) -> str:
    rest = as_json({k: v for k, v in report.items() if k not in ("home", "organ", "name", "cells")})
    return f'{rest[:-1]},"cells":{report["cells"]}}}'


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
        folder.data(f"d/{home}/t/{year}", by_id)


def _write_overviews(
    snapshot: Snapshot,
    folder: SiteFolder,
    part: Part,
    homes: Mapping[str, Sequence[str]],
    reports: Sequence[dict[str, Any]],
    figures: Mapping[str, str],
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
        shown = {
            "code": as_json(home),
            "codes": as_json(list(homes[home])),
            "organs": f"[{','.join(_organ(found, figures) for found in organs)}]",
            "coverage": as_json(coverage.get(home, [])),
        }
        folder.script(f"d/{home}/index", json_object(shown))


def _organ(reports: Sequence[dict[str, Any]], figures: Mapping[str, str]) -> str:
    last = reports[-1]
    head = as_json({"id": last["organ"], "name": last["name"], "level": last["level"]})
    years = ",".join(_year(report, figures.get(report["id"], "{}")) for report in reports)
    return f'{head[:-1]},"years":[{years}]}}'


def _year(report: Mapping[str, Any], figures: str) -> str:
    shown = as_json([report[key] for key in ("year", "id", "grade", "reasons", "scope", "all_zero")])
    return f"{shown[:-1]},{figures}]"


def _figures(snapshot: Snapshot, source: str) -> dict[str, str]:
    """By report, as JSON by measure: the figure, its denominator, and 1 where it is withheld."""
    return dict(snapshot.query(BY_REPORT.format(source=source)))
