"""Each report's figures of the measures shown, and what they add up to by area: the numbers of maps, lines and ranks.

The figures are those of `rates_trusted` and `series_by_report_trusted`, kept from night to night in a Parquet file so
that only those of changed districts are asked for again. Added up they are the rows of `rates_by_area_trusted` and
`series_by_area_trusted`, but under the districts of today; a test holds them together. What does *not* belong here:
the shape of the files that pages read.
"""

# ruff: noqa: S608 -- the texts put into statements are this package's own, values are literals or parameters

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.site.measures import Kind, Measures
from pipeline.warehouse import Snapshot
from pipeline.warehouse.ddl import literal

# Numerator and denominator of rates; a series has its value as numerator and no denominator.
_RATES = """
    SELECT report_id, district_code, year, rate AS measure, segment, false AS derived,
        numerator AS num, denominator AS den, value IS NOT NULL AS has_value
    FROM rates{twin} WHERE district_code IN ({codes}) AND rate IN ({shown})"""
_SERIES = """
    SELECT report_id, district_code, year, series AS measure, segment, derived,
        value AS num, NULL AS den, value IS NOT NULL AS has_value
    FROM series_by_report{twin}
    WHERE breakdown = 'total' AND unit <> '项' AND district_code IN ({codes}) AND series IN ({shown})"""
# A figure is withheld where a number is printed that the trusted view does not give; `printed` holds those in question.
_FIGURES = """
    SELECT h.home, h.prefecture_code, h.province_code, t.year, t.report_id, h.publisher_id, h.scope, h.level,
        t.measure, split_part(t.segment, '@', 2) AS segment, t.derived, t.num::DOUBLE AS num, t.den::DOUBLE AS den,
        coalesce(p.has_value AND NOT t.has_value, false) AS withheld
    FROM ({trusted}) AS t
    JOIN homes AS h USING (report_id, district_code, year)
    LEFT JOIN printed AS p USING (report_id, measure, segment, derived)"""
_DOUBTFUL = "SELECT DISTINCT report_id FROM facts_trusted WHERE value_kind = 'withheld' AND district_code IN ({codes})"


def keep_figures(snapshot: Snapshot, stored: Path | None, unchanged: Sequence[str]) -> None:
    """Make the table `figures` with those of the homes `unchanged` as they were stored; empty without a file.

    Needs the table `homes` (see `areas.keep_homes`); makes `printed` too, which `add_figures` fills.
    """
    trusted = _RATES.format(twin="_trusted", codes="''", shown="''")
    snapshot.keep("printed", trusted)
    snapshot.keep("figures", _FIGURES.format(trusted=trusted))
    if stored:
        source = f"read_parquet({literal(str(stored))})"
        snapshot.add("figures", f"SELECT * FROM {source} WHERE home IN ({_listed(unchanged)})")


def add_figures(snapshot: Snapshot, shown: Measures, codes: Sequence[str]) -> None:
    """Add the figures of some districts, asked for anew, to the table `figures`.

    The codes stand in the text of the query: DuckDB reads a district's rows alone only where it sees them.
    """
    listed = _listed(codes)
    doubtful = [row[0] for row in snapshot.query(_DOUBTFUL.format(codes=listed))]
    kinds: tuple[tuple[Kind, str], ...] = (("rate", _RATES), ("series", _SERIES))
    for kind, source in kinds:
        given = {"codes": listed, "shown": _listed(shown.codes(kind))}
        printed = f"FROM ({source.format(twin='', **given)} AND report_id IN ({_listed(doubtful)}))"
        snapshot.keep("printed", printed if doubtful else "FROM printed LIMIT 0")
        snapshot.add("figures", _FIGURES.format(trusted=source.format(twin="_trusted", **given)))


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(map(literal, texts)) or "''"


def store_figures(snapshot: Snapshot, path: Path) -> None:
    """Write the table `figures` into a Parquet file for the next night."""
    snapshot.write(
        "FROM figures ORDER BY home, publisher_id, year, report_id, measure, segment, derived", path, "parquet"
    )


# What the reports of an area add up to, in the two ways that never mix: `g` as the area's own government reports it
# for itself and those below it, `o` the sum of organs that report for themselves alone. Where several segments or
# scopes of a year answer, the one with most reports stands, an aggregate before one that does not say what it is.
_AREAS = """
    SELECT 'district' AS area_level, home AS area, * FROM figures
    UNION ALL SELECT 'prefecture', prefecture_code, * FROM figures WHERE prefecture_code IS NOT NULL
    UNION ALL SELECT 'province', province_code, * FROM figures WHERE province_code IS NOT NULL
    UNION ALL SELECT 'country', '000000', * FROM figures"""
_SUMS = f"""
    WITH of_areas AS ({_AREAS}),
    own AS (
        SELECT *, CASE WHEN scope = 'own_organ' THEN 'o' WHEN level = a.own_level THEN 'g' END AS basis
        FROM of_areas JOIN area_levels AS a USING (area)
        WHERE area_level = a.counted_as
    ),
    sums AS (
        SELECT area, year, basis, scope, measure, segment, derived,
            CASE WHEN is_rate THEN sum(num) FILTER (den IS NOT NULL) ELSE sum(num) END AS num,
            sum(den) FILTER (num IS NOT NULL) AS den,
            count(*) FILTER (num IS NOT NULL AND (den IS NOT NULL OR NOT is_rate)) AS reports,
            count(*) FILTER (withheld) AS withheld
        FROM (SELECT *, list_contains($rates, measure) AS is_rate FROM own WHERE basis IS NOT NULL)
        GROUP BY area, year, basis, scope, measure, segment, derived, is_rate
    )
    SELECT DISTINCT ON (area, basis, measure, year)
        area, basis, measure, year, num, den, reports, withheld, segment, scope
    FROM sums
    ORDER BY area, basis, measure, year, scope = 'aggregate' DESC, reports DESC, segment DESC, derived, scope"""


def keep_sums(snapshot: Snapshot, shown: Measures, levels: Sequence[tuple[str, str, str]]) -> None:
    """Make the table `sums`; `levels` are areas, each with the level of its government and as what it is counted."""
    columns = [list(column) for column in zip(*levels, strict=True)] or [[], [], []]
    snapshot.keep(
        "area_levels",
        "SELECT unnest($1::VARCHAR[]) AS area, unnest($2::VARCHAR[]) AS own_level, unnest($3::VARCHAR[]) AS counted_as",
        columns,
    )
    snapshot.keep("sums", _SUMS, {"rates": shown.codes("rate")})
