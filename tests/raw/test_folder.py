"""The folder of the reports in a remote store: what lies there, what is read of it, and what goes wrong."""

from __future__ import annotations

import functools
import hashlib
import http.server
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import fsspec
import pytest
from upath import UPath

from pipeline.document import RawFile
from pipeline.raw import folder as module
from pipeline.raw import scan
from pipeline.raw.folder import Folder, InputError, content, digests, holds, listing, raw_folder
from pipeline.raw.pictured import unpacked
from pipeline.raw.scan import read_bytes, scan_folder
from pipeline.runs import extraction, planning
from pipeline.runs.limits import Limits
from pipeline.runs.workspace import StageError, Workspace, state
from tests.conftest import SAMPLES
from tests.raw.test_archives import zipped
from tests.workspace import HERE, run

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("a.txt", "河南/平顶山/2024 年报.html", "b[1].txt", "c*.txt", "d?.txt", "e#1%20.txt", "dir/f.txt")


class Bucket:
    """A bucket of its own, as whoever fills it sees it."""

    def __init__(self, name: str, endpoint: str) -> None:
        import boto3  # takes a while, as does moto: not for whoever only collects

        self.name, self._client = name, boto3.client("s3", endpoint_url=endpoint)
        self._client.create_bucket(Bucket=name)

    @property
    def url(self) -> str:
        return f"s3://{self.name}/reports"

    def put(self, name: str, data: bytes | str) -> None:
        body = data.encode() if isinstance(data, str) else data
        self._client.put_object(Bucket=self.name, Key=f"reports/{name}", Body=body)

    def remove(self, name: str) -> None:
        self._client.delete_object(Bucket=self.name, Key=f"reports/{name}")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Where an S3 of this machine answers; the environment says so to whoever uses one."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        yield settings["AWS_ENDPOINT_URL"]
    server.stop()


@pytest.fixture
def bucket(endpoint: str, request: pytest.FixtureRequest) -> Bucket:
    digest = hashlib.sha256(request.node.name.encode()).hexdigest()[:16]
    return Bucket(f"b{digest}", endpoint)


# --- What lies there -------------------------------------------------------------------------------


def test_names_are_names_and_no_patterns_and_temporary_ones_are_left_out(bucket: Bucket) -> None:
    for name in (*NAMES, ".hidden", "~$a.txt", "__MACOSX/g.txt", "dir/.git/h.txt", "i.tmp"):
        bucket.put(name, f"of {name}")
    folder = raw_folder(bucket.url)
    listed = listing(folder)
    assert [raw.path for raw in listed.files] == sorted(NAMES)
    assert {raw.size_bytes for raw in listed.files} == {len(f"of {name}".encode()) for name in NAMES}
    assert {raw.path: sha for raw, sha in digests(folder, listed.files)} == {
        name: hashlib.sha256(f"of {name}".encode()).hexdigest() for name in NAMES
    }
    assert {name: content(folder, name).decode() for name in NAMES} == {name: f"of {name}" for name in NAMES}
    assert holds(folder, "b[1].txt")
    assert not holds(folder, "b1.txt")


def test_a_folder_of_numbered_pictures_is_one_report(bucket: Bucket) -> None:
    for name in ("报告/1.jpg", "报告/2.jpg", "报告/原件/x.pdf", "1.jpg", "2.jpg"):
        bucket.put(name, f"of {name}")
    folder = raw_folder(bucket.url)
    found = scan_folder(folder, {}).files
    assert [raw.path for raw in found] == ["1.jpg", "2.jpg", "报告/1.jpg", "报告/原件/x.pdf"]
    assert [*unpacked(read_bytes(folder, found[2]))] == ["of 报告/1.jpg".encode(), "of 报告/2.jpg".encode()]


def test_what_another_prefix_holds_is_not_of_the_folder(bucket: Bucket) -> None:
    bucket.put("a.txt", "a")
    bucket.put("../reports2/b.txt", "b")
    assert [raw.path for raw in listing(raw_folder(bucket.url)).files] == ["a.txt"]
    assert [raw.path for raw in listing(raw_folder(bucket.url + "/")).files] == ["a.txt"]


@pytest.mark.parametrize("limit", [module._TOGETHER_BYTES, 25, 1])
def test_files_are_hashed_in_runs_or_as_a_stream_all_the_same(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    texts = {f"{number:03}.txt": f"report {number}" for number in range(module._TOGETHER + 6)}
    for name, text in texts.items():
        bucket.put(name, text)
    monkeypatch.setattr(module, "_TOGETHER_BYTES", limit)
    folder = raw_folder(bucket.url)
    found = {raw.path: sha for raw, sha in digests(folder, listing(folder).files)}
    assert found == {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}


@pytest.mark.parametrize("limit", [module._TOGETHER_BYTES, 1])
def test_a_file_that_has_just_gone_is_left_out(bucket: Bucket, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        bucket.put(name, name)
    monkeypatch.setattr(module, "_TOGETHER_BYTES", limit)
    folder = raw_folder(bucket.url)
    files = listing(folder).files
    bucket.remove("b.txt")
    found = {raw.path: type(sha) for raw, sha in digests(folder, files)}
    assert found == {"a.txt": str, "b.txt": FileNotFoundError, "c.txt": str}


def test_a_scan_sees_what_is_new_changed_moved_and_gone(bucket: Bucket) -> None:
    for name, text in {"same.txt": "1", "changed.txt": "2", "moved.txt": "3", "gone.txt": "4"}.items():
        bucket.put(name, text)
    folder = raw_folder(bucket.url)
    before = {raw.path: raw for raw in scan_folder(folder, {}).files}
    assert scan_folder(folder, before).unchanged == before.keys()
    bucket.put("changed.txt", "5")  # as long as before, and within the same second
    for name in ("moved.txt", "gone.txt"):
        bucket.remove(name)
    bucket.put("dir/moved.txt", "3")
    bucket.put("overrides.csv", "file,year\n")
    looked, found = scan_folder(folder, before, hashing=False), scan_folder(folder, before)
    for seen in (looked, found):
        assert (seen.new, seen.changed) == ({"dir/moved.txt"}, {"changed.txt"})
        assert (seen.gone, seen.unchanged) == ({"moved.txt", "gone.txt"}, {"same.txt"})
    assert {raw.path: raw.sha256 for raw in found.files}["dir/moved.txt"] == before["moved.txt"].sha256


def test_a_scan_reads_only_what_is_new(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    bucket.put("a.txt", "a")
    folder = raw_folder(bucket.url)
    before = {raw.path: raw for raw in scan_folder(folder, {}).files}
    bucket.put("b.txt", "b")
    read: list[str] = []

    def noting(folder: Folder, files: Sequence[RawFile]) -> Iterator[tuple[RawFile, str | OSError]]:
        read.extend(raw.path for raw in files)
        return digests(folder, files)

    monkeypatch.setattr(scan, "digests", noting)
    scan_folder(folder, before)
    assert read == ["b.txt"]


def test_members_of_an_archive_are_files(bucket: Bucket) -> None:
    bucket.put("x/all.zip", zipped({"甲/a.txt": b"1", "b.txt": b"2" * 99}))
    folder = raw_folder(bucket.url)
    found = scan_folder(folder, {})
    assert [f.path for f in found.files] == ["x/all.zip!b.txt", "x/all.zip!甲/a.txt"]
    assert [read_bytes(folder, f) for f in found.files] == [b"2" * 99, b"1"]
    assert holds(folder, "x/all.zip!b.txt")
    assert not holds(folder, "x/all.zip!c.txt")
    with pytest.raises(FileNotFoundError):
        content(folder, "x/all.zip!c.txt")


def test_the_folder_of_this_machine_has_a_url_too(tmp_path: Path) -> None:
    assert raw_folder(f"file://{tmp_path}") == tmp_path
    assert raw_folder(str(tmp_path)) == tmp_path


def test_a_store_that_tells_times_alone_will_do() -> None:
    store = fsspec.filesystem("memory")
    store.pipe("/times/reports/a.txt", b"a")
    folder = raw_folder("memory://times/reports")
    [raw] = listing(folder).files
    assert (raw.path, raw.size_bytes) == ("a.txt", 1)
    assert raw.mtime_ns > 0
    assert list(digests(folder, [raw])) == [(raw, hashlib.sha256(b"a").hexdigest())]


# --- What goes wrong -------------------------------------------------------------------------------


def test_a_folder_that_is_not_there_is_an_error_and_no_empty_one(bucket: Bucket) -> None:
    with pytest.raises(InputError, match=r"There is no folder s3://.*/reports"):
        listing(raw_folder(bucket.url))
    with pytest.raises(InputError, match=r"There is no folder s3://nowhere-at-all/reports"):
        listing(raw_folder("s3://nowhere-at-all/reports"))


def test_a_store_of_an_unknown_kind_is_told() -> None:
    with pytest.raises(InputError, match="abcd://x/y"):
        raw_folder("abcd://x/y")


def test_a_store_that_does_not_tell_changes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a", encoding="utf-8")
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(InputError, match=r"does not record when .*a\.txt was changed"):
            listing(raw_folder(f"http://127.0.0.1:{server.server_port}/"))
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_an_outage_stops_the_run_and_costs_nothing_that_is_loaded(
    tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for sample in SAMPLES:
        bucket.put(sample.name, sample.read_bytes())
    ws = Workspace(raw_folder(bucket.url), tmp_path, limits=Limits(workers=0))  # where what a test changes is seen
    planning.ingest(ws)

    def unplugged(folder: Folder, path: str) -> bytes:
        raise ConnectionError(f"{path} cannot be read: the line is dead")

    monkeypatch.setattr(scan, "content_of", unplugged)
    with pytest.raises(StageError, match="the line is dead; nothing was loaded"):
        extraction.extract(ws)
    assert state(ws).stage == "ingested"
    monkeypatch.undo()
    assert extraction.extract(ws).files["loaded"] == len(SAMPLES)


def test_a_store_that_does_not_answer_is_told() -> None:
    dead = UPath(
        "s3://bucket/reports",
        endpoint_url="http://127.0.0.1:9",
        key="key",
        secret="secret",
        config_kwargs={"retries": {"max_attempts": 1}, "connect_timeout": 1},
    )
    with pytest.raises(InputError, match=r"s3://bucket/reports cannot be read: .*127\.0\.0\.1:9"):
        listing(dead)
    with pytest.raises(ConnectionError, match=r"a\.txt cannot be read"):
        content(dead, "a.txt")


# --- The whole way ---------------------------------------------------------------------------------


@pytest.mark.longest
def test_a_run_over_a_bucket_loads_what_one_over_a_folder_does(tmp_path: Path, bucket: Bucket) -> None:
    for sample in SAMPLES:
        bucket.put(f"河南/{sample.name}", sample.read_bytes())
        (tmp_path / "raw" / "河南").mkdir(parents=True, exist_ok=True)
        (tmp_path / "raw" / "河南" / sample.name).write_bytes(sample.read_bytes())
    run(Workspace(tmp_path / "raw", tmp_path / "local", limits=HERE))
    assert "2 reports" in disclosure(tmp_path, "remote", "run", "--raw", bucket.url)
    assert facts(tmp_path / "remote") == facts(tmp_path / "local")
    assert len(facts(tmp_path / "remote")) == 400
    assert "Nothing has changed" in disclosure(tmp_path, "remote", "run", "--raw", bucket.url)
    first = f"河南/{SAMPLES[0].name}"
    assert first in disclosure(tmp_path, "remote", "explain", first, "--raw", bucket.url)
    bucket.remove(first)
    disclosure(tmp_path, "remote", "run", "--raw", bucket.url)
    assert len(facts(tmp_path / "remote")) == 200


def disclosure(tmp_path: Path, name: str, *arguments: str) -> str:
    """What the command says, in a process of its own."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "DAGSTER_HOME": str(tmp_path / f"home-{name}"), "COLUMNS": "200"}
    command = [sys.executable, "-c", "from assets.command import main; main()", *arguments]
    command += ["--warehouse", str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, env=settings, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def facts(warehouse: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str((warehouse / "disclosure.duckdb").resolve()), read_only=True) as connection:
        return connection.execute("SELECT * FROM facts ORDER BY ALL").fetchall()
