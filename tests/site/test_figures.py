"""What the site shows of areas and organs is what the trusted views of the warehouse give."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pipeline.site.measures import measures
from pipeline.warehouse import Warehouse

NATIONAL = ("prefecture", "province", "country")


def read(site: Path, name: str) -> Any:
    """The value of a data script."""
    text = (site / "data" / f"{name}.js").read_text("utf-8")
    found = re.fullmatch(r"atlas\.put\((\"[^\"]+\"),(.*)\);\n", text, re.DOTALL)
    assert found is not None
    assert json.loads(found[1]) == name
    return json.loads(found[2])


def of_measure(measure: str, kind: str) -> str:
    """The query for a measure by area, in the columns that the site has."""
    if kind == "rate":
        return f"""SELECT area_level, area_code, scope, of_level, year, segment, numerator, denominator, reports
                   FROM rates_by_area_trusted WHERE rate = '{measure}'"""
    return f"""SELECT area_level, area_code, scope, of_level, year, segment, value, NULL, reports
               FROM series_by_area_trusted WHERE series = '{measure}' AND unit <> '项'"""


@pytest.mark.parametrize("measure", measures().all, ids=lambda m: m.code)
def test_areas_add_up_as_the_views_do(site: Path, warehouse: Warehouse, measure: Any) -> None:
    national, province = read(site, f"n/{measure.code}"), read(site, "m/41")
    compared = 0
    for level, code, scope, of_level, year, segment, above, below, reports in warehouse.query(
        of_measure(measure.code, measure.kind)
    )[1]:
        own = {"district": "county", "country": "ministry"}.get(level, level)
        basis = "o" if scope == "own_organ" else "g"
        if basis == "g" and of_level != own:
            continue
        found = national[code][basis] if level in NATIONAL else province[code][basis][measure.code]
        rows = [row for row in found if row[0] == year and row[6] == scope and row[5] == segment.partition("@")[2]]
        if not rows:  # another scope or segment of the year has more reports
            assert any(row[0] == year and row[3] >= reports for row in found)
            continue
        assert rows == [[year, above, below, reports, rows[0][4], segment.partition("@")[2], scope]]
        compared += 1
    assert compared


def test_a_report_that_adds_up_others_is_never_added_to_them(site: Path, warehouse: Warehouse) -> None:
    found = read(site, "m/41")["410402"]
    ((own,),) = warehouse.query(
        "SELECT sum(new_requests) FROM requests_trusted WHERE district_code = '410402' AND year = 2023 AND scope = 'own_organ'"
    )[1]
    assert [row[1] for row in found["o"]["req_new"] if row[0] == 2023] == [own]
    assert [row[1] for row in found["g"]["req_new"] if row[0] == 2023] == [61]


def test_organs_have_the_figures_of_the_trusted_views(site: Path, warehouse: Warehouse) -> None:
    shown = {organ[6]: organ[7] for organ in read(site, "o/41/2023")}
    for report, rate, above, below in warehouse.query(
        """SELECT report_id, rate, numerator, denominator FROM rates_trusted
           WHERE year = 2023 AND numerator IS NOT NULL AND denominator IS NOT NULL"""
    )[1]:
        assert shown[report][rate][:2] == [above, below]


def test_a_withheld_figure_is_marked_and_not_given(site: Path, warehouse: Warehouse) -> None:
    ((report,),) = warehouse.query(
        "SELECT DISTINCT report_id FROM facts_trusted WHERE value_kind = 'withheld' AND row_code = '3.1' AND col_code = 'total'"
    )[1]
    organs = {organ[6]: organ[7] for organ in read(site, "o/41/2023")}
    assert organs[report]["res_granted"] == [None, None, 1]
    assert organs[report]["grant_rate"][2] == 1
