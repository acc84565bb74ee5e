"""Checks executed without their assets, a contract that blocks, and whom it is told; on one small folder, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import dagster as dg
import pytest

from assets import reports, resources
from assets.alerting import run_failed
from assets.automation import refresh
from assets.definitions import define
from expectations.rules import RuleResult
from pipeline import alerts
from pipeline.runs import loading
from pipeline.runs.rejection import Judged
from pipeline.runs.workspace import Workspace, state
from pipeline.terminal.status import QUARANTINE_PERCENT
from tests.test_alerts import Hook, serving
from tests.workspace import HAIDIAN, HERE, XINHUA, accept, put, report, tree

QUALITY = RuleResult("quality", "R01", "warning", 10, 1, 1, "it adds up")


class Accepting:
    """Judges without Great Expectations; `broken` puts every report aside, as a fault of the code would."""

    broken = False
    results = (QUALITY,)

    def __init__(self, docs: Path | None = None) -> None:
        self.docs = docs

    def __enter__(self) -> Accepting:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __call__(self, parts: Sequence[tuple[Path, Path]]) -> Iterator[Judged]:
        for judged in accept(parts):
            aside = {f"{number:016x}": "a key comes twice" for number in range(judged.reports)}
            yield Judged(judged.reports, aside if self.broken else {})


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    ws = Workspace(tmp_path_factory.mktemp("raw"), tmp_path_factory.mktemp("warehouse"))
    put(ws, "a.txt", report(XINHUA, 2023))
    put(ws, "b.txt", report(HAIDIAN, 2022))
    return ws


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    home = str(tmp_path_factory.mktemp("home"))
    with dg.DagsterInstance.local_temp(home, overrides={"telemetry": {"enabled": False}}) as found:
        yield found


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "Workspace", partial(Workspace, limits=HERE))
    monkeypatch.setattr(reports, "Judge", Accepting)


def execute(
    instance: dg.DagsterInstance, ws: Workspace, job: str, selection: dg.AssetSelection | None = None
) -> dg.ExecuteInProcessResult:
    defs = define(ws.raw, ws.root)
    if selection:
        only = dg.define_asset_job(job, selection=selection, executor_def=dg.in_process_executor)
        defs = dg.Definitions.merge(defs, dg.Definitions(jobs=[only]))
    return defs.resolve_job_def(job).execute_in_process(instance=instance, raise_on_error=False)


def checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {found.check_name: found for found in result.get_asset_check_evaluations()}


def alone(asset: str, *names: str) -> dg.AssetSelection:
    return dg.AssetSelection.checks(*(dg.AssetCheckKey(dg.AssetKey(asset), name) for name in names))


def test_the_checks_of_a_batch_are_made_with_it(instance: dg.DagsterInstance, ws: Workspace) -> None:
    found = execute(instance, ws, refresh.name)
    assert found.success
    assert {name: check.passed for name, check in checks(found).items()} == {"contract": True, "quality": False}
    assert state(ws).stage == "validated"
    # What a run of Dagster prints is kept; tests/assets/test_command.py holds that the command's is not.
    storage = Path(instance.storage_directory())
    assert list(storage.glob(f"{found.run_id}/compute_logs/*.err"))


def test_a_check_alone_judges_again_and_changes_nothing(instance: dg.DagsterInstance, ws: Workspace) -> None:
    before, runs = tree(ws.root), instance.fetch_materializations(dg.AssetKey("validated_reports"), limit=9).records
    found = execute(instance, ws, "only", alone("validated_reports", "quality"))
    assert found.success
    assert set(checks(found)) == {"quality"}
    assert checks(found)["quality"].metadata["reports"].value == 2
    assert tree(ws.root) == before
    assert len(instance.fetch_materializations(dg.AssetKey("validated_reports"), limit=9).records) == len(runs)


def test_what_vanished_is_told_at_once_and_by_the_check_alone(
    instance: dg.DagsterInstance, ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    loading.load(ws, state(ws).pending)
    hook = Hook()
    monkeypatch.setenv(alerts.WEBHOOK, hook.url)
    published = dg.AssetSelection.assets("published_warehouse")
    with serving(hook):
        monkeypatch.setenv(QUARANTINE_PERCENT, "some")  # all is published by then: no run fails of it
        assert checks(execute(instance, ws, "first", published))["coverage"].passed
        monkeypatch.delenv(QUARANTINE_PERCENT)
        (ws.raw / "a.txt").unlink()
        put(ws, "c.txt", "no report")
        assert execute(instance, ws, refresh.name).success
        loading.load(ws, state(ws).pending)
        found = execute(instance, ws, "second", published)
    assert not checks(found)["coverage"].passed
    told = [(body["kind"], body["text"]) for _, body in hook.posted if isinstance(body, dict)]
    assert [kind for kind, _ in told] == ["quarantine", "vanished"]
    assert told[0][1].startswith("1 of 2 files are in quarantine")
    assert "no report is left of the year 2023; district 410402" in told[1][1]
    coverage = checks(execute(instance, ws, "third", alone("published_warehouse", "coverage")))["coverage"]
    assert (coverage.passed, coverage.description) == (False, checks(found)["coverage"].description)


def test_a_contract_that_is_broken_throughout_stops_the_run_and_is_told(
    instance: dg.DagsterInstance, ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Accepting, "broken", True)
    put(ws, "b.txt", report(HAIDIAN, 2022, seed=5))
    found = execute(instance, ws, refresh.name)
    assert not found.success
    assert checks(found)["contract"].severity == dg.AssetCheckSeverity.ERROR
    hook = Hook()
    context = dg.build_run_status_sensor_context(
        sensor_name=run_failed.name,
        dagster_instance=instance,
        dagster_run=found.dagster_run,
        dagster_event=found.get_run_failure_event(),
    ).for_run_failure()
    assert run_failed(context) == dg.SkipReason("no alert is set up")
    monkeypatch.setenv(alerts.WEBHOOK, hook.url)
    with serving(hook):
        run_failed(context)
    ((_, body),) = hook.posted
    assert isinstance(body, dict)
    assert body["kind"] == "check-blocked"
    assert body["text"].startswith("refresh: ")
