"""The warehouse that is measured is made of copies that are reports of their own."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from pipeline.schema import DISTRICTS
from pipeline.warehouse import Warehouse
from scripts import bench_nation
from tests import warehouse_rows as rows
from tests.empty_build import begin


@pytest.mark.longest
def test_copies_have_ids_places_and_figures_of_their_own_and_every_question_has_an_answer(tmp_path: Path) -> None:
    pattern = begin(tmp_path / "pattern")
    frames = rows.together(*(rows.report("甲", year=year) for year in (2023, 2024)))
    counties = [
        rows.filled(DISTRICTS, district_code=f"4104{n:02}", name=f"区{n}", level="county", start_year=2008)
        for n in range(9)
    ]
    known = {**rows.dimensions(), **rows.knowledge(), "districts": rows.frame(DISTRICTS, counties)}
    with pattern.writer() as writer:
        writer.load(rows.keys_of(frames), frames, ())
        writer.record(rows.files([]), rows.quarantine([]), known, [], ())
    made = Warehouse(tmp_path / "made")
    bench_nation.multiply(pattern.build, made.build, 1600)
    bench_nation.work_out(made)
    bench_nation.publish(made)
    sql = "SELECT count(*), count(DISTINCT report_id), count(DISTINCT publisher_id), count(DISTINCT district_code) FROM reports"
    assert made.query(sql)[1] == [(8, 8, 4, 4)]
    assert made.query("SELECT count(DISTINCT value) > 200, count(*) FROM facts")[1] == [(True, 1600)]
    for question in bench_nation.QUESTIONS:
        assert bench_nation.ask(made, question).cpu >= 0
    bench_nation.load_one(made)
    bench_nation.publish(made)
    with closing(duckdb.connect(str(made.published.resolve()), read_only=True)) as connection:
        assert connection.execute("SELECT max(version), count(*) FROM reports").fetchall() == [(2, 8)]
