"""A range brought up to date through Dagster: from the command, and from runs as its page launches them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import dagster as dg
import pytest
from click.testing import CliRunner
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin

from assets import resources
from assets.code import ROOTS, code_version, sources_of
from assets.command import cli
from assets.definitions import define, defs
from assets.partitions import range_tags
from pipeline.runs import planning, publication, run_report, validation
from pipeline.runs.workspace import Workspace, state
from tests.workspace import (
    CODES,
    HAIDIAN,
    HERE,
    SHIJIAZHUANG,
    XINHUA,
    dagster_home,
    first_run,
    put,
    report,
    rows,
    spoil,
    tree,
)

KEY = dg.AssetKey("loaded_reports")
PROJECT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "Workspace", partial(Workspace, limits=HERE))


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    ws = Workspace(tmp_path / "raw", tmp_path / "warehouse")
    put(ws, "a.txt", report(XINHUA, 2023))
    put(ws, "b.txt", report(HAIDIAN, 2022, seed=2))
    put(ws, "c.txt", report(SHIJIAZHUANG, 2022, seed=3))
    return ws


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = dagster_home(tmp_path / "home")
    monkeypatch.setenv("DAGSTER_HOME", str(folder))
    return folder


@pytest.fixture
def instance(home: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.get() as found:
        yield found


def call(ws: Workspace, *arguments: str) -> tuple[int, str, str]:
    places = ["--raw", str(ws.raw), "--warehouse", str(ws.root)]
    found = CliRunner().invoke(cli, ["backfill", *arguments, *places])
    return found.exit_code, found.stdout, found.stderr


def launch(instance: dg.DagsterInstance, ws: Workspace, span: dict[str, str], **config: object) -> bool:
    """A run over a range of partitions, as a backfill of Dagster's page launches it."""
    ops = {"loaded_reports": {"config": config}}
    job = define(ws.raw, ws.root).resolve_job_def("load")
    return job.execute_in_process({"ops": ops}, instance=instance, tags=span, raise_on_error=False).success


def span(first: str, last: str, year: int = 2022, **tags: str) -> dict[str, str]:
    """The tags of a run over the districts from one code to another."""
    return {**range_tags([(first, year), (last, year)]), **tags}


def materializations(instance: dg.DagsterInstance) -> Sequence[dg.EventLogRecord]:
    return instance.fetch_materializations(KEY, limit=100).records


# --- The command -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--years", "2007"), 2, "2007 is not within 2008 to 2030"),
        (("--years", "2022", "--districts", "99"), 2, "no district code begins with 99"),
        ((), 2, "Missing option '--years'"),
    ],
)
def test_usage(ws: Workspace, arguments: tuple[str, ...], code: int, said: str) -> None:
    status, out, err = call(ws, *arguments)
    assert (status, out) == (code, "")
    assert said in err
    assert not ws.root.exists()


def test_a_dry_run_for_machines_writes_nothing(ws: Workspace, home: Path) -> None:
    before = tree(ws.root.parent)
    status, out, _ = call(ws, "--years", "2022", "--districts", "11", "--dry-run", "--format", "json")
    told = json.loads(out)
    assert status == 0
    assert tree(ws.root.parent) == before
    nothing = {"changed": 0, "removed": 0}
    assert told["partitions"] == [
        {
            "district_code": CODES[HAIDIAN],
            "year": 2022,
            "reports": {"added": 1, **nothing},
            "facts": {"added": 200, **nothing},
        }
    ]
    assert (told["files"], told["outside"], told["quarantine"]) == (1, 2, [])


@pytest.mark.longest
def test_one_bad_partition_is_told_and_the_others_are_published(
    ws: Workspace, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows of one partition are made such that the warehouse refuses them, between two stages."""
    first_run(ws)
    for name, publisher in (("b.txt", HAIDIAN), ("c.txt", SHIJIAZHUANG)):
        put(ws, name, report(publisher, 2022, seed=7))
    validate = validation.validate

    def spoilt(ws: Workspace, judge: object) -> validation.Validated:
        found = validate(ws, judge)  # type: ignore[arg-type]
        spoil(ws, (CODES[HAIDIAN], 2022))
        return found

    monkeypatch.setattr(validation, "validate", spoilt)
    status, out, err = call(ws, "--years", "2022-2023")
    assert status == 1
    assert "1 of 2 partitions could not be loaded: 110108 海淀区|2022" in err.splitlines()[-1]
    assert "Last run:  incomplete" in out
    versions = dict(rows(ws, "SELECT district_code, version FROM reports"))  # type: ignore[arg-type]
    assert versions == {CODES[XINHUA]: 1, CODES[HAIDIAN]: 1, CODES[SHIJIAZHUANG]: 2}
    monkeypatch.undo()
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    assert call(ws, "--years", "2022")[0] == 0
    assert rows(ws, "SELECT max(version), count(*) FROM reports WHERE year = 2022") == [(2, 2)]
    assert rows(ws, "SELECT outcome FROM runs ORDER BY run") == [("done",), ("incomplete",), ("done",)]
    last = run_report.last(ws.work)
    assert last is not None
    assert last.outcome == "done"


# --- Dagster's page --------------------------------------------------------------------------------


@pytest.mark.long
def test_a_range_materializes_what_the_batch_holds(instance: dg.DagsterInstance, ws: Workspace) -> None:
    first_run(ws)
    assert launch(instance, ws, span("110000", "110105"), reparse=False)
    assert instance.get_materialized_partitions(KEY) == set()
    assert launch(instance, ws, span("110105", "110108"), reparse=False)
    assert instance.get_materialized_partitions(KEY) == {"110108 海淀区|2022"}


@pytest.mark.long
def test_a_backfill_reads_again_in_one_run_a_year(instance: dg.DagsterInstance, ws: Workspace) -> None:
    """Three scattered ranges of a year and one of another; all but the first still wait in the queue."""
    first_run(ws)
    for name, publisher, year in (("a.txt", XINHUA, 2023), ("b.txt", HAIDIAN, 2022), ("c.txt", SHIJIAZHUANG, 2022)):
        put(ws, name, report(publisher, year, seed=8))
    job, ours = define(ws.raw, ws.root).resolve_job_def("load"), {"dagster/backfill": "asked"}
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(RegisteredCodeLocationOrigin("here"), "__repository__"), job.name)
    waiting = [
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.QUEUED, tags=tags, remote_job_origin=origin)
        for tags in (
            span(CODES[SHIJIAZHUANG], CODES[SHIJIAZHUANG], **ours),
            span("110111", "110111", **ours),
            span(CODES[XINHUA], CODES[XINHUA], 2023, **ours),
            span("110112", "110112", **{"dagster/backfill": "another"}),
        )
    ]
    assert launch(instance, ws, span("110106", "110108", **ours))
    assert [instance.has_run(one.run_id) for one in waiting] == [False, False, True, True]
    counts = {str(r.partition_key): r.asset_materialization for r in materializations(instance)}
    rows_of = {key: event.metadata["dagster/partition_row_count"].value for key, event in counts.items() if event}
    assert rows_of == {
        "110106 丰台区|2022": 0,
        "110107 石景山区|2022": 0,
        "110108 海淀区|2022": 200,
        "110111 房山区|2022": 0,
        f"{CODES[SHIJIAZHUANG]} 新华区|2022": 200,
    }
    event = instance.get_latest_materialization_event(KEY)
    assert event is not None
    assert event.asset_materialization is not None
    assert event.asset_materialization.tags is not None
    assert event.asset_materialization.tags["dagster/code_version"] == code_version("loaded_reports")
    assert state(ws).stage == "done"
    publication.publish(ws)
    assert rows(ws, "SELECT year, max(version) FROM reports GROUP BY ALL ORDER BY ALL") == [(2022, 2), (2023, 1)]
    assert [raw.path for raw, _ in planning.plan(ws).todo] == ["a.txt"]


# --- What is stale ---------------------------------------------------------------------------------

# The site reads reports again, to draw the places where an identity fails.
READING = {"extracted_reports", "published_site"}
PARTS = {
    "forms/2019.toml": READING,
    "readers/html/__init__.py": READING,
    "matching/stubs.py": READING,
    "trust/second_reading/pdf.py": READING,
    "frames.py": READING,
    "warehouse/history.py": {"loaded_reports", "published_warehouse", "published_site"},
    "site/measures.toml": {"published_site"},
    "site/static/map.js": {"published_site"},
    "warehouse/views/coverage.sql": {"published_warehouse"},
    "forms/views/proactive.toml": {"published_warehouse"},
    "warehouse/macros/facts_as_of.sql": {"published_warehouse"},
    "forms/macros/due_on.toml": {"published_warehouse"},
    "schema.py": set(ROOTS),
    "terminal/extract.py": set(),
    "runs/backfill.py": set(),
    "runs/run_report.py": set(),
    "explain/__init__.py": {"published_site"},
}


@pytest.mark.parametrize("part", PARTS)
def test_a_changed_file_makes_stale_what_it_decides(part: str) -> None:
    file = PROJECT / "pipeline" / part
    assert file.exists()
    assert {name for name in ROOTS if file in sources_of(name)} == PARTS[part]


def test_the_suites_make_the_validation_stale_and_nothing_else() -> None:
    suites = PROJECT / "expectations"
    assert {name for name in ROOTS if suites / "rules.py" in sources_of(name)} == {"validated_reports"}


@pytest.mark.parametrize("name", list(ROOTS))
def test_every_asset_has_its_version(name: str) -> None:
    spec = next(s for s in defs.resolve_all_asset_specs() if s.key == dg.AssetKey(name))
    assert spec.code_version == code_version(name)
    assert len({code_version(other) for other in ROOTS}) == len(ROOTS)
