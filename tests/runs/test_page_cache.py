"""Decoded PDF pages: the same whether they come from the file or the cache, whatever lies there."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.document import RawFile
from pipeline.raw.folder import InputError
from pipeline.readers.pdf import content
from pipeline.readers.pdf.page import Char, Page, Ruling
from pipeline.runs import page_cache
from pipeline.runs.file_result import gave_up, read_and_tabulate
from pipeline.runs.limits import Limits
from pipeline.runs.page_cache import Caching, decoder_version, load, prune, store
from pipeline.runs.workers import EXECUTOR, work_all
from tests.workspace import XINHUA, report

pytest.importorskip("reportlab", reason="reportlab draws the PDF of these tests")

from reportlab.pdfgen.canvas import Canvas


@pytest.fixture(scope="module")
def raw_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PDF with a ruled table and a title, and the same report as text."""
    folder = tmp_path_factory.mktemp("raw")
    canvas = Canvas(str(folder / "a.pdf"), invariant=True)
    for number in range(40):
        canvas.drawString(72 + 100 * (number % 4), 700 - 15 * (number // 4), f"cell {number}")
    canvas.grid([70, 170, 270, 370, 470], [715 - 15 * n for n in range(11)])
    canvas.save()
    (folder / "a.txt").write_text(report(XINHUA, 2023), encoding="utf-8")
    return folder


def raw(folder: Path, name: str) -> RawFile:
    data = (folder / name).read_bytes()
    return RawFile(name, len(data), 0, hashlib.sha256(data).hexdigest())


def entry(folder: Path, file: RawFile) -> Path:
    return folder / file.sha256[:2] / f"{file.sha256}.json.gz"


def test_what_is_read_through_the_cache_is_what_is_read(raw_dir: Path, tmp_path: Path) -> None:
    file = raw(raw_dir, "a.pdf")
    without = read_and_tabulate(raw_dir, file, None)
    assert Caching(tmp_path)(raw_dir, file, None) == without
    assert load(entry(tmp_path, file)) == tuple(content.pages((raw_dir / "a.pdf").read_bytes()))
    assert Caching(tmp_path)(raw_dir, file, None) == without


def test_a_second_reading_decodes_nothing(raw_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = raw(raw_dir, "a.pdf")
    first = Caching(tmp_path)(raw_dir, file, None)
    monkeypatch.setattr(content, "pages", lambda data: 1 // 0)
    assert Caching(tmp_path)(raw_dir, file, None) == first


@pytest.mark.long
@pytest.mark.parametrize("executor", ["local", "dask:local"])
def test_workers_share_what_is_kept_wherever_they_are(
    raw_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, executor: str
) -> None:
    if executor.startswith("dask"):
        pytest.importorskip("distributed", reason="dask.distributed is not installed: pip install -e '.[dask]'")
    monkeypatch.setenv(EXECUTOR, executor)
    files = [raw(raw_dir, name) for name in ("a.pdf", "a.txt")]
    tasks = [(file, None) for file in files]
    found = [given for _, given in work_all(raw_dir, tasks, Caching(tmp_path), gave_up, Limits(workers=2))]
    assert found == [read_and_tabulate(raw_dir, file, None) for file in files]
    assert [path.name for path in tmp_path.glob("*/*")] == [f"{files[0].sha256}.json.gz"]


def test_only_pdf_files_are_kept_and_only_where_asked(raw_dir: Path, tmp_path: Path) -> None:
    Caching(tmp_path)(raw_dir, raw(raw_dir, "a.txt"), None)
    Caching(tmp_path, adding=False)(raw_dir, raw(raw_dir, "a.pdf"), None)
    assert list(tmp_path.iterdir()) == []


SPOIL: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[: len(data) // 2],
    "no gzip": lambda data: b"x" * 100,
    "no JSON": lambda data: gzip.compress(b"{"),
    "another thing": lambda data: gzip.compress(b"[1, 2]"),
    "another version": lambda data: gzip.compress(gzip.decompress(data).replace(decoder_version().encode(), b"old")),
    "a page short of a value": lambda data: gzip.compress(gzip.decompress(data).replace(b'"page": [1, ', b'"page": [')),
}


@pytest.mark.parametrize("how", SPOIL)
def test_a_spoilt_entry_counts_as_none_and_is_written_again(raw_dir: Path, tmp_path: Path, how: str) -> None:
    file = raw(raw_dir, "a.pdf")
    first = Caching(tmp_path)(raw_dir, file, None)
    whole = entry(tmp_path, file).read_bytes()
    entry(tmp_path, file).write_bytes(SPOIL[how](whole))
    assert load(entry(tmp_path, file)) is None
    assert Caching(tmp_path)(raw_dir, file, None) == first
    assert entry(tmp_path, file).read_bytes() == whole


def test_a_folder_that_cannot_be_written_stops_nothing(raw_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    file = raw(raw_dir, "a.pdf")
    assert Caching(tmp_path / "file")(raw_dir, file, None) == read_and_tabulate(raw_dir, file, None)


NUMBERS = st.floats(allow_nan=False)
CHARS = st.builds(Char, NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.text(max_size=2), NUMBERS)
RULINGS = st.builds(Ruling, NUMBERS, NUMBERS, NUMBERS)
PAGES = st.builds(
    Page,
    st.integers(1, 9),
    NUMBERS,
    NUMBERS,
    st.lists(CHARS, max_size=3),
    st.lists(CHARS, max_size=2),
    st.lists(RULINGS, max_size=2),
    st.lists(RULINGS, max_size=2),
    NUMBERS,
)


@given(pages=st.lists(PAGES, max_size=3))
def test_pages_come_back_as_they_were(pages: list[Page], tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("kept") / "a.json.gz"
    store(file, tuple(pages))
    assert [asdict(page) for page in load(file) or ()] == [asdict(page) for page in pages]


@pytest.mark.parametrize(("most", "left"), [(10_000, "0123"), (250, "23"), (100, "3"), (99, ""), (0, "")])
def test_the_oldest_go_first(tmp_path: Path, most: int, left: str) -> None:
    (tmp_path / "ab").mkdir()
    (tmp_path / "cd").mkdir()
    for number in range(4):
        file = tmp_path / "ab" / f"{number}"
        file.write_bytes(bytes(100))
        os.utime(file, ns=(number, number))
    (tmp_path / "cd" / "other").write_bytes(bytes(1000))
    (tmp_path / "ab" / "x.part").write_bytes(bytes(1000))
    removed = prune(tmp_path, ["ab12", "ab34", "ef00"], most * page_cache.SHARDS)
    assert "".join(sorted(f.name for f in (tmp_path / "ab").iterdir())) == left
    assert removed == 4 - len(left)
    assert (tmp_path / "cd" / "other").exists()


@pytest.mark.parametrize(("setting", "limit"), [("", page_cache.MAX_BYTES), ("0", 0), ("1000", 1000)])
def test_the_limit_is_a_setting(monkeypatch: pytest.MonkeyPatch, setting: str, limit: int) -> None:
    monkeypatch.setenv(page_cache.LIMIT, setting)
    assert page_cache.limit() == limit


@pytest.mark.parametrize("setting", ["much", "-1", "2.5", "5GiB"])
def test_a_limit_that_is_no_number_is_told(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv(page_cache.LIMIT, setting)
    with pytest.raises(InputError, match=f"^{page_cache.LIMIT} must be a whole number from 0 on, not '{setting}'$"):
        page_cache.limit()


def test_all_that_a_page_shows_is_kept(tmp_path: Path) -> None:
    place, char, ruling = (1.0, 2.0, 3.0, 4.0), Char(1.0, 2.0, 3.0, 4.0, "6", 9.0), Ruling(5.0, 1.0, 9.0)
    page = Page(1, 595.0, 842.0, [char], [char], [ruling], [ruling], 7.0, gutter=297.0)
    page.unseen, page.pictures, page.ink = [char], [place], [place]
    store(tmp_path / "entry", (page,))
    assert load(tmp_path / "entry") == (page,)


def test_all_modules_that_decode_are_named() -> None:
    folder = Path(content.__file__).parent
    found, waiting = set[str](), ["content", "sideways", "spreads", "struck", "tiles", "watermark"]
    while waiting:
        name = waiting.pop()
        if name not in found and (folder / f"{name}.py").is_file():
            found.add(name)
            waiting += re.findall(r"pipeline\.readers\.pdf\.(\w+) import", (folder / f"{name}.py").read_text())
    assert found == set(page_cache.DECODER)
