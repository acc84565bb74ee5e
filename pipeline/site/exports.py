"""The views as files for other programs: CSV, XLSX and Parquet, one file per view and year.

A year without changes is not written again. What does *not* belong here: what the views mean.
"""

# ruff: noqa: S608 -- the names put into statements are those of views and their columns

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from pipeline.site.folder import SiteFolder
from pipeline.warehouse import Snapshot
from pipeline.warehouse.ddl import literal, quoted

# Those with a row or some for each report or area, which a spreadsheet can hold; what each is, their comments say.
VIEWS = (
    "requests_trusted", "proactive_trusted", "proceedings_trusted", "reports_2014", "reports_checked", "data_quality",
    "coverage", "copies",
)  # fmt: skip
# That of copies, whose rows may change in all years where one report does, and the others.
OF_COPIES = ("copies",)
OF_YEARS = tuple(view for view in VIEWS if view not in OF_COPIES)
# Those of figures, which take longest to work out. Their rows are of reports, which all have a district.
OF_FIGURES = ("requests_trusted", "proactive_trusted", "proceedings_trusted", "reports_2014")
# Views that are there as tables already (`areas.keep_coverage`).
KEPT = {"coverage": "coverage_kept"}
LAYOUTS = ("csv", "xlsx", "parquet")
# So many rows are the most that a sheet may have, its header among them; what is more goes into further sheets.
SHEET_ROWS = 1_048_576
ROWS_AT_ONCE = 500
# The years that are queried together have at most this many reports, unless one has more.
REPORTS_AT_ONCE = 50_000
Columns = Sequence[tuple[str, str]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# A spreadsheet takes a text that begins with one of these for a formula.
_FORMULA = "'=', '+', '-', '@', '\t', '\r'"
_NUMBERS = ("INTEGER", "BIGINT", "DOUBLE", "HUGEINT", "DECIMAL")
# What XML forbids is left out; a text that a program would take for a formula stays a text, since cells say their type.
_ESCAPED = (
    r"replace(replace(replace(regexp_replace({0}, '[\x00-\x08\x0b\x0c\x0e-\x1f]', '', 'g'), "
    "'&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
)


def file_name(view: str, year: int, layout: str) -> str:
    """The name of a file below the site."""
    return f"exports/{view}/{year}.{layout}"


@dataclass(frozen=True, slots=True)
class Former:
    """What may be taken from the files of the version before: its folder, the district codes whose rows are the same,
    and conditions on `district_code` that the reports of all others meet.
    """

    site: Path
    codes: Sequence[str]
    others: Sequence[str]


def write_exports(
    snapshot: Snapshot,
    folder: SiteFolder,
    reports: Mapping[int, int],
    former: Former | None = None,
    views: Sequence[str] = VIEWS,
) -> None:
    """Write the files of some years; `reports` counts those of each.

    With `former`, figures of changed districts alone are asked for again, and put among the others.
    """
    for view in views:
        columns = snapshot.query(f"SELECT column_name, column_type FROM (DESCRIBE {view})")
        for years in _together(reports):
            rows = _rows_of(snapshot, view, years, columns, former)
            snapshot.keep("exported", f"SELECT * FROM ({rows}) ORDER BY ALL")
            plain = _plain(snapshot, columns)
            for year in years:
                # A table of its own, since what Parquet notes of a column is of all that is in its table.
                snapshot.keep("exported_year", f"FROM exported WHERE year = {year}")
                snapshot.write("FROM exported_year", folder.fresh(file_name(view, year, "parquet")), "parquet")
                _write_csv(folder.fresh(file_name(view, year, "csv")), snapshot, plain)
            files = {year: folder.fresh(file_name(view, year, "xlsx")) for year in years}
            _write_workbooks(files, snapshot, columns)


def _rows_of(snapshot: Snapshot, view: str, years: Sequence[int], columns: Columns, former: Former | None) -> str:
    """A query for the rows of a view in some years, of the files of the version before where these have its columns."""
    whole = f"SELECT * FROM {KEPT.get(view, view)} WHERE year IN ({', '.join(map(str, years))})"
    if former is None or view not in OF_FIGURES:
        return whole
    files = [former.site / file_name(view, year, "parquet") for year in years]
    if not all(file.exists() for file in files):
        return whole
    before = f"SELECT * FROM read_parquet([{', '.join(literal(str(file)) for file in files)}])"
    if snapshot.query(f"SELECT column_name, column_type FROM (DESCRIBE {before})") != columns:
        return whole
    kept = f"{before} WHERE district_code IN ({', '.join(map(literal, former.codes))})"
    return " UNION ALL ".join([kept, *(f"{whole} AND district_code {others}" for others in former.others)])


def _together(reports: Mapping[int, int]) -> Iterator[list[int]]:
    """The years in groups whose rows are asked for at once: a view costs as much to plan as some thousand rows."""
    some: list[int] = []
    for year in sorted(reports):
        if some and sum(reports[y] for y in (*some, year)) > REPORTS_AT_ONCE:
            yield some
            some = []
        some.append(year)
    if some:
        yield some


def _write_csv(file: Path, snapshot: Snapshot, plain: str) -> None:
    """UTF-8 with a byte-order mark, by which Excel knows it."""
    snapshot.write(f"{plain} FROM exported_year", file, "csv")
    file.write_bytes(codecs.BOM_UTF8 + file.read_bytes())


def _plain(snapshot: Snapshot, columns: Columns) -> str:
    """What to select for CSV files of what is exported: a text that would be a formula has an apostrophe in front."""
    texts = [quoted(name) for name, kind in columns if kind == "VARCHAR"]
    found = snapshot.query(
        f"SELECT {', '.join(f'bool_or(left({t}, 1) IN ({_FORMULA}))' for t in texts)} FROM exported"
    )[0]
    shown = (
        f"CASE WHEN left({t}, 1) IN ({_FORMULA}) THEN '''' || {t} ELSE {t} END AS {t}"
        for t, is_risky in zip(texts, found, strict=True)
        if is_risky
    )
    replaced = ", ".join(shown)
    return f"SELECT * REPLACE ({replaced})" if replaced else "SELECT *"


def _write_workbooks(files: Mapping[int, Path], snapshot: Snapshot, columns: Columns) -> None:
    """A workbook a year of what is exported; a year without a row has its header alone."""
    left = dict(files)
    rows = dict(snapshot.query("SELECT year, count(*) FROM exported GROUP BY year"))
    for year, blocks in groupby(_rows(snapshot, columns), key=itemgetter(0)):
        _write_workbook(left.pop(year), columns, -(-rows[year] // (SHEET_ROWS - 1)), blocks)
    for file in left.values():
        _write_workbook(file, columns, 1, ())


def _write_workbook(file: Path, columns: Columns, sheets: int, blocks: Iterable[tuple[int, int, str]]) -> None:
    """A workbook of as many sheets as the rows need; equal rows give equal bytes."""
    heads = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name, _ in columns)
    of_sheets = groupby(blocks, key=itemgetter(1))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in _parts(sheets).items():
            book.writestr(_entry(name), _HEAD + text)
        for number in range(1, sheets + 1):
            _, some = next(of_sheets, (number, ()))
            with book.open(_entry(f"xl/worksheets/sheet{number}.xml"), "w") as out:
                out.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData><row>{heads}</row>'.encode())
                for _, _, text in some:
                    out.write(text.encode())
                out.write(b"</sheetData></worksheet>")


def _parts(sheets: int) -> Mapping[str, str]:
    """What a workbook has beside its sheets."""
    numbers = range(1, sheets + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    named = "".join(f'<sheet name="data{n if n > 1 else ""}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    leading = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{_TYPE}.sheet.main+xml"/>{kinds}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{leading}</Relationships>',
    }


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _rows(snapshot: Snapshot, columns: Columns) -> Iterator[tuple[int, int, str]]:
    """The rows of the sheets, some at a time with their year and sheet; DuckDB makes them, since there are many."""
    cells = " || ".join(_cell(name, kind) for name, kind in columns)
    sql = f"""
        SELECT year, number // {SHEET_ROWS - 1} AS sheet, string_agg('<row>' || {cells} || '</row>', '' ORDER BY number)
        FROM (
            SELECT e.*, e.rowid - f.first AS number
            FROM exported AS e JOIN (SELECT year, min(rowid) AS first FROM exported GROUP BY year) AS f USING (year)
        )
        GROUP BY year, sheet, number // {ROWS_AT_ONCE} ORDER BY year, min(number)"""
    yield from snapshot.stream(sql)


def _cell(name: str, kind: str) -> str:
    """An SQL expression for a cell: a number, or a text; an empty cell for NULL, never 0."""
    column = quoted(name)
    if kind.startswith(_NUMBERS):
        return f"coalesce('<c><v>' || {column} || '</v></c>', '<c/>')"
    text = _ESCAPED.format(f"{column}::VARCHAR")
    return f"coalesce('<c t=\"inlineStr\"><is><t xml:space=\"preserve\">' || {text} || '</t></is></c>', '<c/>')"
