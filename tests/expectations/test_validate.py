"""What is our fault in a validation: it raises, and blames no report."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import weakref
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from expectations.contract import contract_rules
from expectations.pages import join_site, offline
from expectations.quality import quality_rules
from expectations.rules import Check, Rule, RuleResult
from expectations.validate import Validator
from pipeline.schema import EXTRACTED
from tests.expectations import batches
from tests.expectations.conftest import Judge

PAGES = len(EXTRACTED) + 4  # the contract judges each table, quality four of them


def test_importing_costs_no_great_expectations() -> None:
    code = "import sys, expectations.validate; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.long
def test_no_lock_between_processes_is_taken() -> None:
    """A process that ends while it has one leaves a warning on the terminal of whoever started it."""
    code = """
import multiprocessing
from multiprocessing import resource_tracker
import pandas as pd
multiprocessing.set_start_method("forkserver")
taken = []
resource_tracker.register = lambda name, kind: taken.append((name, kind))
from expectations.engine import Engine
from expectations.rules import Check, Rule
check = Check("expect_column_values_to_not_be_null", ("name",), {"column": "name"})
rule = Rule("quality", "R99", "reports", "warning", "Names are given.", "有名称。", (check,))
Engine([rule]).judge("quality", "reports", pd.DataFrame({"report_id": ["a"], "name": ["甲"]}), 1, {})
print(taken)
"""
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout == "[]\n"


def test_a_crashed_expectation_is_our_fault() -> None:
    from expectations.engine import Engine  # imports Great Expectations

    figures = {"column": "name", "min_value": 0}
    check = Check("expect_column_values_to_be_between", ("name",), figures)
    rule = Rule("quality", "R99", "reports", "warning", "Names are numbers.", "名称为数字。", (check,))
    frame = pd.DataFrame({"report_id": ["a"], "name": ["甲"]})
    with pytest.raises(RuntimeError, match=r"R99 \(expect_column_values_to_be_between\)"):
        Engine([rule]).judge("quality", "reports", frame, 1, {})


@pytest.mark.parametrize("table", ["reports", "issues"])
def test_a_missing_column_is_our_fault(judge: Judge, table: str) -> None:
    frames = batches.batch()
    frames[table] = frames[table].drop(columns="year")
    with pytest.raises(RuntimeError, match=rf"{table}\.columns"):
        judge(frames)


def test_columns_out_of_order_are_our_fault(judge: Judge) -> None:
    frames = batches.batch()
    frames["facts"] = frames["facts"][frames["facts"].columns[::-1]]
    with pytest.raises(RuntimeError, match=r"facts\.columns"):
        judge(frames)


@pytest.mark.parametrize(("column", "dtype"), [("year", "int64"), ("value", "str"), ("report_id", "object")])
def test_a_wrong_dtype_is_our_fault(judge: Judge, column: str, dtype: str) -> None:
    frames = batches.batch()
    frames["facts"] = frames["facts"].astype({column: dtype})
    with pytest.raises(RuntimeError, match=rf"facts\.columns.*{column}"):
        judge(frames)


def test_a_row_that_names_no_report_is_our_fault(judge: Judge) -> None:
    frames = batches.batch()
    frames["facts"].loc[3, "report_id"] = None
    with pytest.raises(RuntimeError, match="facts: rows without a report_id"):
        judge(frames)


def test_rows_may_be_numbered_anyhow_and_lie_in_pieces_and_no_frame_is_kept(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Great Expectations would keep the last frame of each table for good."""
    from expectations.engine import Engine

    seen: list[weakref.ref[pd.DataFrame]] = []
    given = Engine.judge

    def noting(engine: Engine, suite: Any, table: str, frame: pd.DataFrame, *others: Any) -> Any:
        seen.append(weakref.ref(frame))
        return given(engine, suite, table, frame, *others)

    monkeypatch.setattr(Engine, "judge", noting)
    parts = [batches.batch([place]) for place in batches.PLACES]
    frames = {name: pd.concat([p[name] for p in parts]) for name in parts[0]}
    frames["facts"].iloc[20, frames["facts"].columns.get_loc("row_code")] = "9.9"
    assert list(judge(frames).rejected) == [batches.PLACES[1].report_id]
    gc.collect()
    assert len(seen) == PAGES
    assert [frame() for frame in seen if frame() is not None] == []


@pytest.fixture(scope="module")
def site(validator: Validator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of two batches, the second with every fact of two reports failing."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "validations/contract").mkdir(parents=True)
    (folder / "validations/contract/old.html").write_text("old", encoding="utf-8")
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    bad = batches.batch()
    bad["facts"].loc[bad["facts"].index[:36], "form"] = "1998"
    write_site(validator, [batches.batch(), bad], tmp_path_factory.mktemp("parts"), folder)
    return folder


def write_site(validator: Validator, given: list[dict[str, pd.DataFrame]], parts: Path, folder: Path) -> None:
    totals: list[RuleResult] = []
    for number, frames in enumerate(given, start=1):
        found = validator.validate(frames, batches.cells(), batches.DISTRICTS, number, parts / str(number)).results
        totals = [one + other for one, other in zip(totals, found, strict=True)] if totals else list(found)
    validator.write_suites(parts / "suites")
    join_site(folder, sorted(parts.iterdir()), totals)


def texts(pages: list[Path]) -> str:
    return unescape("".join(page.read_text(encoding="utf-8") for page in pages))


@pytest.mark.long
def test_the_index_tells_every_rule_in_two_languages(site: Path) -> None:
    index = texts([site / "index.html"])
    for rule in (*contract_rules(), *quality_rules()):
        assert rule.english in index
        assert rule.chinese in index
    for page in site.glob("validations/**/*.html"):
        assert page.relative_to(site).as_posix() in index


def test_each_batch_and_table_has_a_page_with_its_rules(site: Path) -> None:
    assert len(list(site.glob("validations/**/*.html"))) == 2 * PAGES
    for table in (t.name for t in EXTRACTED):
        pages = texts(sorted(site.glob(f"validations/contract/{table}/part-00002/*/*.html")))
        for rule in contract_rules():
            assert (rule.chinese in pages) or rule.table != table


def test_pages_show_some_failing_rows_not_all(site: Path) -> None:
    from expectations.engine import EXAMPLES

    page = texts(list(site.glob("validations/contract/facts/part-00002/*/*.html")))
    assert page.count("form='1998'") == EXAMPLES
    assert "36 unexpected values" in page


def test_pages_need_no_network(site: Path) -> None:
    pages = texts(list(site.glob("**/*.html")))
    assert 'src="http' not in pages
    assert "<link" not in pages
    assert "url('http" not in pages


def test_the_style_finds_what_it_is_for(site: Path) -> None:
    """Great Expectations names the parts of its pages; with other names they would lie below each other, unstyled."""
    styled = ("navbar", "breadcrumb-item", "col-md-10", "sticky", "card-header", "alert", "text-success", "ge-section")
    (page,) = site.glob("validations/contract/reports/part-00001/*/*.html")
    text = page.read_text(encoding="utf-8")
    body = text[text.index("<body") :]
    assert [name for name in styled if not re.search(rf'class="[^"]*\b{name}\b', body)] == []
    assert 'data-toggle="collapse"' in body


def test_an_earlier_site_is_replaced_and_other_files_stay(site: Path) -> None:
    assert (site / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert not (site / "validations/contract/old.html").exists()


@pytest.mark.long
def test_a_site_has_only_its_own_pages(site: Path, judge: Judge, validator: Validator, tmp_path: Path) -> None:
    judge(batches.batch())  # without pages
    for name in ("once", "again"):
        write_site(validator, [batches.batch()], tmp_path / name, tmp_path / "docs")
    assert len(list((tmp_path / "docs").glob("validations/**/*.html"))) == PAGES
    assert not list(tmp_path.glob("once/**/*.html"))
    suites = {page.relative_to(tmp_path / "docs") for page in tmp_path.glob("docs/expectations/**/*.html")}
    assert suites == {page.relative_to(site) for page in site.glob("expectations/**/*.html")}
    assert len(suites) == PAGES


def test_the_index_has_the_counts_of_all_batches(site: Path) -> None:
    index = texts([site / "index.html"])
    [row] = [line for line in index.splitlines() if ">facts.cell</td>" in line]
    assert re.findall(r">([\d,]+)</td>", row) == ["144", "36", "2"]


def test_offline_keeps_the_page_s_own_text() -> None:
    page = '<head><script src="https://a.b/c.js"></script><link href="https://a.b/c.css"></head><p>甲</p>'
    assert offline(page).startswith("<head><style>")
    assert offline(page).endswith("</head><p>甲</p>")
