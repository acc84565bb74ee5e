"""Each report's figures of the measures shown, and what they add up to by area: the numbers of maps, lines and ranks.

The figures are those of `rates_trusted` and `series_by_report_trusted`, kept from night to night in Parquet files so
that only those of changed districts are asked for again. Added up they are the rows of `rates_by_area_trusted` and
`series_by_area_trusted`, but under the districts of today; a test holds them together. What does *not* belong here:
the shape of the files that pages read.
"""

# ruff: noqa: S608 -- the texts put into statements are this package's own, values are literals or parameters

from __future__ import annotations

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.site.measures import Measures
from pipeline.site.spans import Part
from pipeline.warehouse import Snapshot
from pipeline.warehouse.ddl import literal

# The series that the measures are made of, as a table, since the view takes long to work out.
_PRINTED = """
    SELECT * FROM series_by_report_trusted WHERE district_code {within} AND series IN ({needed})"""
# Numerator and denominator of rates; a series has its value as numerator and no denominator.
_MEASURED = """
    SELECT report_id, district_code, year, rate AS measure, segment, false AS derived,
        numerator AS num, denominator AS den
    FROM rates_of_printed WHERE rate IN ({rates})
    UNION ALL
    SELECT report_id, district_code, year, series, segment, derived, value, NULL
    FROM printed WHERE breakdown = 'total' AND unit <> '项' AND series IN ({series})"""
# A figure is withheld where a number is printed in one of its cells that the trusted view does not give.
_HELD = """
    SELECT DISTINCT f.report_id, m.measure
    FROM facts_trusted AS f
    JOIN series_cells AS c USING (form, table_no, row_code, col_code)
    JOIN made_of AS m ON m.series = c.series
    WHERE f.district_code {within} AND f.value_kind = 'withheld' AND f.value_printed IS NOT NULL"""
_FIGURES = """
    SELECT h.home, h.prefecture_code, h.province_code, t.year, t.report_id, h.publisher_id, h.scope, h.level,
        t.measure, split_part(t.segment, '@', 2) AS segment, t.derived, t.num::DOUBLE AS num, t.den::DOUBLE AS den,
        p.report_id IS NOT NULL AND (t.num IS NULL OR (t.den IS NULL AND list_contains([{rates}], t.measure)))
            AS withheld
    FROM ({measured}) AS t
    JOIN homes AS h USING (report_id, district_code, year)
    LEFT JOIN held AS p USING (report_id, measure)
    WHERE h.home IN ({homes})"""


@dataclass(frozen=True, slots=True)
class StoredFigures:
    """The figures of the night before in a folder, a Parquet file for each province, by its first two digits."""

    folder: Path

    def file(self, province: str) -> Path:
        """The file of a province."""
        return self.folder / f"{province}.parquet"

    def have(self, provinces: Collection[str]) -> bool:
        """Whether there is a file for each of the provinces, and for one at least."""
        return bool(provinces) and all(self.file(province).exists() for province in provinces)


class FigureFiles:
    """The figures in Parquet files of a folder, a file for each part of the districts: too many to be in memory.

    `stored` has those of the night before; of these the homes `unchanged` are kept.
    """

    def __init__(
        self, snapshot: Snapshot, shown: Measures, folder: Path, stored: StoredFigures | None, unchanged: Sequence[str]
    ) -> None:
        """Needs the table `homes` (see `areas.keep_homes`)."""
        self._snapshot, self._folder, self._files = snapshot, folder, 0
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        made_of = [list(column) for column in zip(*shown.made_of(), strict=True)]
        snapshot.keep("made_of", "SELECT unnest($1::VARCHAR[]) AS measure, unnest($2::VARCHAR[]) AS series", made_of)
        self._rates, self._series = _listed(shown.codes("rate")), _listed(shown.codes("series"))
        self._needed = _listed(sorted({series for _, series in shown.made_of()}))
        self._keep("IS NULL")
        self._write(self._sql("''"))
        self._kept = ""
        if stored:
            files = literal(str(stored.folder / "*.parquet"))
            kept = f"SELECT * FROM read_parquet({files}) WHERE home IN ({_listed(unchanged)})"
            self._kept = f" UNION ALL {kept}"

    def add(self, part: Part) -> str:
        """Write the figures of some districts, queried anew, and return what to select them from."""
        written = []
        for within in part.conditions():
            self._keep(within)
            written.append(self._write(self._sql(part.listed_homes)))
        return f"read_parquet([{_listed(written)}])"

    def _keep(self, within: str) -> None:
        """Make the tables of the figures printed in a range of districts, and of those withheld."""
        self._snapshot.keep("printed", _PRINTED.format(within=within, needed=self._needed))
        self._snapshot.keep("rates_of_printed", f"SELECT * FROM rates_trusted WHERE district_code {within}")
        self._snapshot.keep("held", _HELD.format(within=within))

    def _sql(self, homes: str) -> str:
        measured = _MEASURED.format(rates=self._rates, series=self._series)
        return _FIGURES.format(measured=measured, homes=homes, rates=self._rates)

    def keep(self) -> None:
        """Make the view `figures` of all of them."""
        new = literal(str(self._folder / "*.parquet"))
        self._snapshot.show("figures", f"SELECT * FROM read_parquet({new}){self._kept}")

    def store(self, stored: StoredFigures, provinces: Collection[str]) -> None:
        """Put those of some provinces into files for the next night, and remove the folder."""
        stored.folder.mkdir(exist_ok=True)
        for province in sorted(provinces):
            file = stored.file(province)
            new = file.with_suffix(".new")
            within = f"home BETWEEN {literal(f'{province}0000')} AND {literal(f'{province}9999')}"
            self._snapshot.write(f"FROM figures WHERE {within}", new, "parquet")
            new.replace(file)
        shutil.rmtree(self._folder)

    def _write(self, sql: str) -> str:
        self._files += 1
        file = self._folder / f"{self._files:05d}.parquet"
        self._snapshot.write(sql, file, "parquet")
        return str(file)


# By report: the figures of its measures as JSON, [number], [number, denominator] or with a 1 behind where withheld. Of
# several segments, as of a report that mixes forms, the one with a number stands.
BY_REPORT = """
    SELECT report_id, regexp_replace(json_group_object(measure,
        CASE
            WHEN withheld THEN json_array(num, den, 1) WHEN den IS NULL THEN json_array(num) ELSE json_array(num, den)
        END)::VARCHAR, '\\.0([,\\]])', '\\1', 'g')
    FROM (
        SELECT DISTINCT ON (report_id, measure) * FROM {source}
        ORDER BY report_id, measure, num IS NULL, segment DESC, derived
    )
    GROUP BY report_id"""


def _listed(texts: Sequence[str]) -> str:
    return ", ".join(map(literal, texts)) or "''"


# What the reports of an area add up to, in the two ways that never mix: `g` as the area's own government reports it
# for itself and those below it, `o` the sum of organs that report for themselves alone. Where several segments or
# scopes of a year answer, the one with most reports stands, an aggregate before one that does not say what it is.
_AREAS = """
    SELECT 'district' AS area_level, home AS area, * FROM figures WHERE {changed}
    UNION ALL SELECT 'prefecture', prefecture_code, * FROM figures WHERE prefecture_code IS NOT NULL AND {changed}
    UNION ALL SELECT 'province', province_code, * FROM figures WHERE province_code IS NOT NULL AND {changed}
    UNION ALL SELECT 'country', '000000', * FROM figures"""
# One key orders them: DISTINCT ON would make it again for each column.
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
        FROM (SELECT *, list_contains([{{rates}}], measure) AS is_rate FROM own WHERE basis IS NOT NULL)
        GROUP BY area, year, basis, scope, measure, segment, derived, is_rate
    )
    SELECT area, basis, measure, year, unnest(arg_min(
        {{{{num: num, den: den, reports: reports, withheld: withheld, segment: segment, scope: scope}}}},
        create_sort_key(
            scope = 'aggregate', 'DESC NULLS LAST', reports, 'DESC NULLS LAST', segment, 'DESC NULLS LAST',
            derived, 'ASC NULLS LAST', scope, 'ASC NULLS LAST'
        )
    ))
    FROM sums GROUP BY area, basis, measure, year ORDER BY area, basis, measure, year"""


class SumFile:
    """What areas add up to, kept from night to night in a Parquet file: unchanged provinces stay as they are."""

    def __init__(self, snapshot: Snapshot, shown: Measures, file: Path) -> None:
        """Needs the view `figures` (see `FigureFiles.keep`) for all that is added up."""
        self._snapshot, self._shown, self._file = snapshot, shown, file

    def keep(self, levels: Sequence[tuple[str, str, str]], provinces: Collection[str] | None) -> None:
        """Make the table `sums`; `levels` are areas, each with the level of its government and as what it is counted.

        With `provinces`, by their first two digits, only these and the country are added up.
        """
        columns = [list(column) for column in zip(*levels, strict=True)] or [[], [], []]
        given = ("area", "own_level", "counted_as")
        named = ", ".join(f"unnest(${n}::VARCHAR[]) AS {name}" for n, name in enumerate(given, 1))
        self._snapshot.keep("area_levels", f"SELECT {named}", columns)
        listed = _listed(sorted(provinces or ()))
        changed = "true" if provinces is None else f"left(home, 2) IN ({listed})"
        sums = _SUMS.format(rates=_listed(self._shown.codes("rate")), changed=changed)
        kept = ""
        if provinces is not None:
            stays = f"area <> '000000' AND left(area, 2) NOT IN ({listed}) AND area IN (SELECT area FROM area_levels)"
            kept = f" UNION ALL SELECT * FROM read_parquet({literal(str(self._file))}) WHERE {stays}"
        self._snapshot.keep("sums", f"SELECT * FROM ({sums}){kept}")

    def store(self) -> None:
        """Keep them for the next night."""
        new = self._file.with_suffix(".new")
        self._snapshot.write("FROM sums", new, "parquet")
        new.replace(self._file)
