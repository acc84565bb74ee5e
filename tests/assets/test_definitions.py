"""The graph as a Dagster engineer expects it: loadable, grouped, described, with columns and partitions."""

from __future__ import annotations

import json
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from assets.definitions import defs
from assets.partitions import DISTRICTS, by_year, district_year, key_of, list_keys, partition_of, range_tags
from pipeline.raw.range import YEARS
from pipeline.runs.workspace import district_codes
from pipeline.schema import FACTS, PARTITIONED

STAGES = {
    "raw_files": "ingest",
    "extracted_reports": "extract",
    "validated_reports": "validate",
    "loaded_reports": "load",
    "published_warehouse": "publish",
    "published_site": "publish",
}
ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def spec(name: str) -> dg.AssetSpec:
    return next(s for s in defs.resolve_all_asset_specs() if s.key == dg.AssetKey(name))


def test_definitions_are_loadable() -> None:
    dg.Definitions.validate_loadable(defs)


@pytest.mark.long
@pytest.mark.parametrize("call", [("check", "defs"), ("list", "defs", "--json")])
def test_dg_knows_the_project(call: tuple[str, ...]) -> None:
    done = subprocess.run([BIN / "dg", *call], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    if call[0] == "list":
        assert {asset["asset_key"] for asset in json.loads(done.stdout)["assets"]} == set(STAGES)


@pytest.mark.long
def test_owners_are_a_setting() -> None:
    code = "import assets.definitions as d; print([s.owners for s in d.defs.resolve_all_asset_specs()][0])"
    env = {**os.environ, "DISCLOSURE_OWNERS": "team:data, a@example.org"}
    found = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['team:data', 'a@example.org']"


@pytest.mark.long
def test_loading_them_warns_of_nothing() -> None:
    code = "import assets.definitions as d; d.defs.resolve_job_def('load')"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Warning" not in found.stderr


def test_the_graph_shows_the_stages_in_order() -> None:
    assert {s.key.to_user_string(): s.tags["stage"] for s in defs.resolve_all_asset_specs()} == STAGES
    assert {s.group_name for s in defs.resolve_all_asset_specs()} == {"disclosure"}  # one graph, opened at once
    for before, after in zip(list(STAGES), list(STAGES)[1:], strict=False):
        assert [d.asset_key for d in spec(after).deps] == [dg.AssetKey(before)]


@pytest.mark.parametrize("name", list(STAGES))
def test_every_asset_says_what_it_is(name: str) -> None:
    found = spec(name)
    assert found.description
    assert found.owners
    assert found.kinds
    if name == "published_site":  # pages, not a table
        return
    columns = found.metadata["dagster/column_schema"].columns
    assert all(" · " in column.description for column in columns)


def test_only_the_loading_asset_has_partitions() -> None:
    partitioned = {name for name in STAGES if spec(name).partitions_def is not None}
    assert partitioned == {"loaded_reports"}
    schema = spec("loaded_reports").metadata["dagster/column_schema"]
    assert [column.name for column in schema.columns] == list(FACTS.column_names)
    assert {f"columns of {t.name}" for t in PARTITIONED if t is not FACTS} <= set(spec("loaded_reports").metadata)


def test_partitions_are_districts_by_years() -> None:
    codes = [district[:6] for district in DISTRICTS]
    assert codes == sorted(district_codes())
    # More than this is where Dagster advises against it.
    assert len(DISTRICTS) * len(YEARS) < 100_000
    assert district_year.has_partition_key(dg.MultiPartitionKey({"district": "410402 新华区", "year": "2024"}))
    assert key_of(("130502", 2024)) == "130502 襄都区|2024"  # 桥东区 until 2019
    assert partition_of(key_of(("410402", 2024))) == partition_of("410402|2024") == ("410402", 2024)


def test_no_key_has_a_sign_that_dagster_forbids() -> None:
    assert [district for district in DISTRICTS if re.search(r"[|,\[\]]|\s$", district)] == []


def test_a_range_for_each_year() -> None:
    years = by_year([("410502", 2024), ("110108", 2022), ("410402", 2024)])
    assert years == {2022: (("110108", 2022),), 2024: (("410402", 2024), ("410502", 2024))}
    assert list(range_tags(years[2024]).values()) == ["410402 新华区|2024", "410502 文峰区|2024"]


def test_one_pool_for_all_that_write() -> None:
    pools = {op.pool for name in STAGES for op in [defs.resolve_assets_def(name).op]}
    assert len(pools) == 1
    assert None not in pools


def test_the_schedule_has_the_time_zone_of_the_reports() -> None:
    schedule = defs.resolve_schedule_def("nightly")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("0 2 * * *", "Asia/Shanghai")


def test_keys_are_listed_as_dagster_lists_them() -> None:
    districts, years = ("410402 新华区", "410403 卫东区"), ("2023", "2024")
    parts = {"district": dg.StaticPartitionsDefinition(districts), "year": dg.StaticPartitionsDefinition(years)}
    listed = list_keys(districts, years)
    expected = dg.MultiPartitionsDefinition(parts).get_partition_keys()
    assert [*listed] == [*expected]
    assert [key.keys_by_dimension for key in listed] == [key.keys_by_dimension for key in expected]
    assert pickle.loads(pickle.dumps(listed)) == listed
    assert district_year.get_partition_keys()[-1] == f"{DISTRICTS[-1]}|{YEARS[-1]}"
