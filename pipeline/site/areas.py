"""The divisions of today as the pages know them, and which of them an ended division is shown under."""

# ruff: noqa: S608 -- the texts put into statements are this package's own, values are literals or parameters

from __future__ import annotations

from dataclasses import dataclass

from pipeline.warehouse import Snapshot

COUNTRY = "000000"
# A page counts up to so many other reports that share something; what more share is a template.
MANY_SHARING = 100

# The code that a report's district is shown under: that of today, or its own where it was split among several.
HOME = "coalesce(r.district_code_current, r.district_code)"

_TODAY = """
    SELECT district_code, name, level, prefecture_code, province_code FROM districts
    WHERE end_year IS NULL AND level <> 'centre' ORDER BY district_code"""
_ENDED = """
    SELECT r.home, any_value(r.district_name), any_value(r.prefecture_code), any_value(r.province_code)
    FROM homes AS r ANTI JOIN (SELECT district_code FROM districts WHERE end_year IS NULL) AS d
    ON d.district_code = r.home GROUP BY r.home ORDER BY r.home"""


@dataclass(frozen=True, slots=True)
class Area:
    """A division: its code and name, its level, and the codes of the prefecture and province it belongs to."""

    code: str
    name: str
    level: str
    prefecture: str | None
    province: str | None

    @property
    def parent(self) -> str:
        """The code of the division above it."""
        if self.level == "province":
            return COUNTRY
        return (self.prefecture if self.level != "prefecture" else None) or self.province or COUNTRY


def read_areas(snapshot: Snapshot) -> dict[str, Area]:
    """The divisions of today by code, and those that ended without one successor but have reports.

    Needs the table `homes` (see `keep_homes`).
    """
    found = {code: _area(code, name, level, above, province) for code, name, level, above, province in _today(snapshot)}
    for code, name, above, province in snapshot.query(_ENDED):
        found[code] = _area(code, name, "county" if not code.endswith("00") else "prefecture", above, province)
    return found


def _today(snapshot: Snapshot) -> list[tuple[str, str, str, str | None, str | None]]:
    return snapshot.query(_TODAY)


def _area(code: str, name: str, level: str, above: str | None, province: str | None) -> Area:
    prefecture = above if above and level == "county" else None
    return Area(code, name, level, prefecture, None if level == "province" else province)


def keep_coverage(snapshot: Snapshot) -> None:
    """Make the table `coverage_kept` of the view `coverage`, which is asked five times and works out each due date."""
    snapshot.keep("coverage_kept", "SELECT * FROM coverage")


def keep_copies(snapshot: Snapshot) -> None:
    """Make the table `copies_shown` of the view `copies`, whose counts end at one more than `MANY_SHARING`.

    A template of a province is shared by hundreds of reports: each further one would change the pages of them all.
    """
    snapshot.keep(
        "copies_shown",
        f"""
        SELECT district_code, year, report_id, shared, least(reports_sharing, {MANY_SHARING + 1}) AS reports_sharing,
            least(publishers_sharing, {MANY_SHARING + 1}) AS publishers_sharing, years_sharing FROM copies""",
    )


def keep_homes(snapshot: Snapshot) -> None:
    """Make the table `homes`: each report with the district that it is shown under, and what that belongs to today.

    A report of a central body has no district of a province: it is shown under the country.
    """
    snapshot.keep(
        "homes",
        f"""
        SELECT r.report_id, r.district_code, r.year, r.publisher_id, r.publisher, r.publisher_name, r.level, r.scope,
            r.district_name, {HOME} AS home,
            CASE
                WHEN d.level = 'prefecture' THEN d.district_code
                WHEN d.level = 'county' THEN d.prefecture_code
                WHEN d.level IS NULL THEN r.prefecture_code
            END AS prefecture_code,
            coalesce(d.province_code, r.province_code) AS province_code
        FROM yearly_reports AS r
        LEFT JOIN (SELECT * FROM districts WHERE end_year IS NULL) AS d ON d.district_code = {HOME}
        """,
    )
