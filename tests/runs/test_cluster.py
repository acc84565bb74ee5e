"""A real cluster: a scheduler of Dask and workers, as their commands start them, each watched by its nanny."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from pipeline.document import RawFile
from pipeline.raw.folder import Folder, digests, listing, raw_folder
from pipeline.runs.limits import Limits
from pipeline.runs.workers import EXECUTOR, _refused, read_and_parse, work_all
from scripts import synthetic

# Looked for, not imported, as moto and boto3 are where they are needed: they take a while, for whoever only collects too.
pytestmark = [
    pytest.mark.longest,
    pytest.mark.skipif(find_spec("distributed") is None, reason="no dask.distributed: pip install -e '.[dask]'"),
]

DASK = Path(sys.executable).with_name("dask")
FILES = 120
ENDS_WITHIN = 60


@dataclass
class Cluster:
    """The processes of a cluster, and where its scheduler is."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


def start(*line: str | Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    return subprocess.Popen([DASK, *line], stderr=subprocess.DEVNULL, env=environment, start_new_session=True)


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """Where an S3 of this machine answers; the environment says so to the workers too."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    keys = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "none")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"AWS_ENDPOINT_URL": address, "AWS_DEFAULT_REGION": "us-east-1", **keys}.items():
            patch.setenv(name, value)
        yield address
    server.stop()


@pytest.fixture
def cluster(store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    file = tmp_path / "scheduler.json"
    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", file)
    latest = time.monotonic() + 60
    while not (file.exists() and file.read_text("utf-8").endswith("}")):
        assert time.monotonic() < latest
        time.sleep(0.2)
    address = json.loads(file.read_text("utf-8"))["address"]
    more = ("--nthreads", "1", "--no-dashboard", "--local-directory")
    workers = [start("worker", address, *more, tmp_path / f"worker-{number}") for number in range(2)]
    monkeypatch.setenv(EXECUTOR, f"dask:{address}")
    yield Cluster(address, scheduler, workers)
    for process in (*workers, scheduler):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "raw"
    for _ in synthetic.write(folder, synthetic.Settings(reports=FILES, seed=3)):
        pass
    return folder


def read(folder: Folder) -> Iterator[tuple[str, str]]:
    """Each file with all that is found in it."""
    for raw, found in work_all(folder, tasks(folder), read_and_parse, _refused, Limits()):
        assert not isinstance(found, OSError)
        assert found.facts or found.refusal
        yield raw.path, repr(found)


def tasks(folder: Folder) -> list[tuple[RawFile, None]]:
    """The files with their digests, as a scan finds them."""
    found = digests(folder, listing(folder).files)
    return [(replace(raw, sha256=sha256), None) for raw, sha256 in found if isinstance(sha256, str)]


def read_here(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    with monkeypatch.context() as here:
        here.setenv(EXECUTOR, "local")
        return list(read(folder))


def test_workers_with_nannies_give_the_same_and_end_when_they_are_told(
    cluster: Cluster, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(read(raw)) == read_here(raw, monkeypatch)
    for process in (*cluster.workers, cluster.scheduler):
        process.terminate()
        process.wait(ENDS_WITHIN)


def test_a_worker_that_is_killed_in_the_middle_costs_no_file(
    cluster: Cluster, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for number, each in enumerate(read(raw)):
        if number == FILES // 10:
            os.killpg(cluster.workers[0].pid, signal.SIGKILL)
        found.append(each)
    assert found == read_here(raw, monkeypatch)


def test_workers_read_from_a_store_by_its_url(
    cluster: Cluster, store: str, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto3

    client = boto3.client("s3", endpoint_url=store)
    client.create_bucket(Bucket="reports")
    for file in listing(raw).files[:20]:
        client.put_object(Bucket="reports", Key=file.path, Body=(raw / file.path).read_bytes())
    bucket = raw_folder("s3://reports")
    found = list(read(bucket))
    assert len(found) == 20
    assert found == read_here(bucket, monkeypatch)
