"""What has changed is found without looking at all that is known; compared here with a comparison of everything."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.raw.archives import Archived
from pipeline.raw.overrides import Pin
from pipeline.raw.scan import scan_folder
from pipeline.runs.changes import Changes, changes
from pipeline.runs.plan import Past, Plan, joined, plan_from
from pipeline.warehouse import Known, KnownFiles
from pipeline.warehouse.ddl import build_statements

CODE = "c0de"
SECOND = 10**9
Members = tuple[tuple[str, bytes], ...]
Tree = Mapping[str, "File"]
LookingUp = Callable[[], AbstractContextManager[KnownFiles]]


@dataclass(frozen=True)
class File:
    """A file to be made: bytes, an archive by its members, or a link by its target."""

    content: bytes | Members | str
    second: int = 1

    def make(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(self.content, str):
            path.symlink_to(self.content)
            return
        path.write_bytes(self.content if isinstance(self.content, bytes) else zipped(self.content))
        os.utime(path, ns=(0, self.second * SECOND))


def zipped(members: Members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in members:
            made.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def make(folder: Path, tree: Tree) -> None:
    """The folder with exactly these files; a name that is a folder's too is left out."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, file in sorted(tree.items()):
        if not any(other.startswith(f"{name}/") for other in tree):
            file.make(folder / name)


@dataclass(frozen=True)
class Night:
    """What is known before a night, and what else decides in it."""

    known: Mapping[str, Known]
    archives: Mapping[str, Archived] = field(default_factory=dict)
    pins: Mapping[str, Pin] = field(default_factory=dict)
    unfinished: frozenset[str] = frozenset()
    again: bool = False
    hashing: bool = True


def of_all(folder: Path, night: Night) -> tuple[Plan, dict[str, Archived]]:
    """The plan by a comparison of all files with all that is known, and the archives."""
    past = Past(night.known, night.unfinished)
    found = scan_folder(folder, past.files, hashing=night.hashing, archives=night.archives)
    archives = {archive.raw.path: archive for archive in found.archives}
    return plan_from(found, past, night.pins, CODE, again=night.again), archives


class Notes:
    """A database of what is known, that notes how many rows were taken out of it."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("CREATE SCHEMA internal")
        table = next(sql for sql in build_statements() if "internal.known" in sql)
        self.connection.execute(table)

    @contextmanager
    def looking_up(self) -> Iterator[KnownFiles]:
        yield KnownFiles(self.connection)

    def note(self, known: Mapping[str, Known]) -> None:
        self.connection.execute("DELETE FROM internal.known")
        for seen in known.values():
            raw = seen.raw
            row = (raw.path, raw.size_bytes, raw.mtime_ns, raw.sha256, seen.fingerprint, seen.pin)
            self.connection.execute("INSERT INTO internal.known VALUES (?, ?, ?, ?, ?, ?)", row)

    def changes(self, folder: Path, night: Night) -> Changes:
        self.note(night.known)
        pins, archives = night.pins, night.archives
        return changes(
            folder,
            self.looking_up,
            pins,
            CODE,
            night.unfinished,
            archives,
            again=night.again,
            hashing=night.hashing,
        )


@pytest.fixture(scope="module")
def notes() -> Iterator[Notes]:
    made = Notes()
    with closing(made.connection):
        yield made


def recorded(folder: Path) -> Night:
    """What is known once all files of a folder were processed."""
    found = scan_folder(folder, {})
    archives = {archive.raw.path: archive for archive in found.archives}
    return Night({raw.path: Known(raw, CODE) for raw in found.files}, archives)


# --- One change each -------------------------------------------------------------------------------

REPORT = "2/page_files/inner.files/report.pdf"
BEFORE: Tree = {
    "a.txt": File(b"one"),
    "expected.csv": File(b"district_code,year\n"),
    "1/b.txt": File(b"two"),
    "1/c.txt": File(b"three"),
    "1/d/e.txt": File(b"two"),
    "2/page.html": File(b"page"),
    "2/page_files/style.css": File(b"style"),
    "2/page_files/table.html": File(b"table"),
    REPORT: File(b"report"),
    "3/z.zip": File((("m.txt", b"one"), ("in/n.txt", b"four"))),
    "3/f.txt": File(b"five"),
    "4/1.png": File(b"first"),
    "4/2.png": File(b"second"),
    "5/g!h.txt": File(b"six"),
    "6/inside": File("../4/1.png"),
    "7/空 报告.txt": File(b"seven"),
}
ARCHIVED = ("3/z.zip!m.txt", "3/z.zip!in/n.txt")

CHANGES: dict[str, tuple[dict[str, File | None], set[str]]] = {
    "nothing": ({}, set()),
    "replaced in place, of equal size": ({"1/b.txt": File(b"TWO", 2)}, {"1/b.txt", "1/c.txt", "1/d/e.txt"}),
    "another time alone": ({"1/c.txt": File(b"three", 2)}, {"1/b.txt", "1/c.txt", "1/d/e.txt"}),
    "another size alone": ({"7/空 报告.txt": File(b"seven and more")}, {"7/空 报告.txt"}),
    "a file gone": ({"1/d/e.txt": None}, {"1/b.txt", "1/d/e.txt"}),
    "a folder gone": ({"1/b.txt": None, "1/c.txt": None}, {"1/b.txt", "1/c.txt", "1/d/e.txt"}),
    "a file in a new folder": ({"8/new/x.txt": File(b"new")}, set()),
    "moved to another folder": (
        {"1/c.txt": None, "7/c.txt": File(b"three")},
        {"1/b.txt", "1/c.txt", "1/d/e.txt", "7/空 报告.txt"},
    ),
    "a part of a page": ({"2/page_files/style.css": File(b"other", 2)}, {"2/page.html", REPORT}),
    "a member": ({"3/z.zip": File((("m.txt", b"ONE"), ("in/n.txt", b"four")), 2)}, {*ARCHIVED, "3/f.txt", "a.txt"}),
    "a page in pictures": ({"4/2.png": File(b"SECOND", 2)}, {"4/1.png"}),
    "a further page": ({"4/3.png": File(b"third")}, {"4/1.png"}),
    "other case": ({"7/空 报告.txt": None, "7/空 报告.TXT": File(b"seven")}, {"7/空 报告.txt"}),
    "a name like that of a report": ({"7/x.txt#2": File(b"x")}, {"7/空 报告.txt"}),
    "a name that is no UTF-8": ({os.fsdecode(b"7/\xb1.txt"): File(b"x")}, {"7/空 报告.txt"}),
    "a link to nowhere": ({"7/link": File("nowhere")}, set()),
    "a link out of the folder": ({"7/link": File("/etc/passwd")}, set()),
    "a link to a folder": ({"7/link": File("../1")}, set()),
    "a link to another file": ({"6/inside": File("../1/b.txt")}, {"6/inside", "1/b.txt", "1/d/e.txt"}),
    "an earlier copy": ({"0/x.txt": File(b"three")}, {"1/c.txt"}),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_found_by_looking_at_its_folder_and_at_copies(notes: Notes, tmp_path: Path, what: str) -> None:
    folder = tmp_path / "raw"
    make(folder, BEFORE)
    night = recorded(folder)
    change, looked_at = CHANGES[what]
    make(folder, {name: file for name, file in {**BEFORE, **change}.items() if file})
    found = notes.changes(folder, night)
    assert (found.plan(night.pins, CODE), found.archives) == of_all(folder, night)
    asked_for = set(found.past.seen) - {"5/g!h.txt"}  # might be a member of an archive `5/g`
    assert asked_for == looked_at


def test_of_a_folder_that_is_as_known_nothing_is_kept(notes: Notes, tmp_path: Path) -> None:
    make(tmp_path / "raw", {f"{i % 7}/{i}.txt": File(b"%d" % i) for i in range(100)})
    night = recorded(tmp_path / "raw")
    found = notes.changes(tmp_path / "raw", night)
    assert (found.past.seen, found.found.files, found.files, found.known) == ({}, (), 100, 100)
    assert found.plan({}, CODE).idle


REASONS: dict[str, tuple[Callable[[Known], Night], list[str]]] = {
    "half done": (lambda seen: Night({}, unfinished=frozenset({"1/c.txt"})), ["1/c.txt"]),
    "a new pin": (lambda seen: Night({}, pins={"1/c.txt": Pin("1/c.txt", "410402")}), ["1/c.txt"]),
    "a new pin by content": (lambda seen: Night({}, pins={seen.raw.sha256: Pin("", "410402")}), ["1/c.txt"]),
    "a note": (lambda seen: Night({}, pins={"1/c.txt": Pin("1/c.txt", note="seen")}), []),
    "a pin less": (lambda seen: Night({"1/c.txt": replace(seen, pin="{}")}), ["1/c.txt"]),
    "other code": (lambda seen: Night({"1/c.txt": replace(seen, fingerprint="other")}), ["1/c.txt"]),
    "to be tried again": (lambda seen: Night({"1/c.txt": replace(seen, fingerprint=f"{CODE}~1")}), ["1/c.txt"]),
    "could not be read": (
        lambda seen: Night({"1/c.txt": replace(seen, raw=replace(seen.raw, sha256=""))}),
        ["1/c.txt"],
    ),
    "stands back": (lambda seen: Night({"1/c.txt": replace(seen, fingerprint=f"{CODE}|1/b.txt")}), []),
    "stood back for a file that is gone": (
        lambda seen: Night(
            {
                "1/c.txt": replace(seen, fingerprint=f"{CODE}|8/x.txt"),
                "8/x.txt": Known(replace(seen.raw, path="8/x.txt", sha256="e" * 64), CODE),
            }
        ),
        ["1/c.txt"],
    ),
}


@pytest.mark.parametrize("why", REASONS)
def test_a_file_that_is_as_known_is_work_for_other_reasons(notes: Notes, tmp_path: Path, why: str) -> None:
    make(tmp_path / "raw", BEFORE)
    before = recorded(tmp_path / "raw")
    what, todo = REASONS[why]
    night = what(before.known["1/c.txt"])
    night = replace(night, known={**before.known, **night.known}, archives=before.archives)
    plan = notes.changes(tmp_path / "raw", night).plan(night.pins, CODE)
    assert ([raw.path for raw, _ in plan.todo], plan) == (todo, of_all(tmp_path / "raw", night)[0])


def test_an_archive_that_was_opened_and_not_loaded_is_loaded(notes: Notes, tmp_path: Path) -> None:
    """Its members are new, though a member has no time of its own and they have the size of those before."""
    make(tmp_path / "raw", {"a/z.zip": File((("m.txt", b"one"),))})
    before = recorded(tmp_path / "raw")
    make(tmp_path / "raw", {"a/z.zip": File((("m.txt", b"two"),))})
    plan = notes.changes(tmp_path / "raw", replace(before, archives=recorded(tmp_path / "raw").archives)).plan({}, CODE)
    assert [raw.path for raw, _ in plan.todo] == ["a/z.zip!m.txt"]


# --- Any changes -----------------------------------------------------------------------------------

FOLDERS = ("", "a/", "a/b/", "a-b/", "A/", "a/p_files/", "a/p_files/q.files/", "p.files/", "甲/", "x!y/", "\udcff/")
NAMES = ("p.html", "q.htm", "a.txt", "b.pdf", "1.png", "2.png", "3.png", "r.txt#2", "v!w.txt", "\udcfe.txt", "~$t.txt")
contents = st.sampled_from([b"", b"one", b"two", b"three"])
members = st.lists(st.tuples(st.sampled_from(["a.txt", "p.html", "p_files/x.css", "in/b.pdf"]), contents), max_size=3)
links = st.sampled_from(["a.txt", "../a", "nowhere", "/etc/passwd", ".."])
plain = st.builds(File, contents, st.integers(1, 3))
archived = st.builds(File, members.map(lambda some: tuple(dict(some).items())), st.integers(1, 3))
paths = st.builds("{}{}".format, st.sampled_from(FOLDERS), st.sampled_from(NAMES))
trees = st.builds(
    lambda files, zips, linked, decisions: {**files, **zips, **linked, **decisions},
    st.dictionaries(paths, plain, max_size=12),
    st.dictionaries(st.sampled_from(["z.zip", "a/z.zip", "a/b/z.zip", "a/p_files/z.zip"]), archived, max_size=2),
    st.dictionaries(st.sampled_from(["link", "a/link", "a/p_files/link"]), st.builds(File, links), max_size=1),
    st.dictionaries(st.sampled_from(["verdicts.csv", "expected.csv", "overrides.csv"]), plain, max_size=1),
)
pins = st.dictionaries(
    paths.filter(str.isprintable) | st.sampled_from(["a/z.zip!a.txt", "nowhere.txt", "a.txt#3"]),
    st.sampled_from([None, 2023, 2024]),
    max_size=2,
).map(lambda years: {name: Pin(name, year=year) for name, year in years.items()})
OUTCOMES = (CODE, CODE, CODE, "other", f"{CODE}~1", f"{CODE}|{joined(['a.txt', 'a/p.html'])}", f"{CODE}|a/z.zip!a.txt")


@st.composite
def changed(draw: st.DrawFn, tree: Tree) -> Tree:
    """The tree with some files gone, moved, replaced or new, and perhaps a folder under another name."""
    now = dict(tree)
    for name in draw(st.lists(st.sampled_from(sorted(now) or ["none"]), max_size=2)):
        now.pop(name, None)
    for name in draw(st.lists(st.sampled_from(sorted(now) or ["none"]), max_size=2)):
        if name in now:
            now[draw(paths)] = now.pop(name)
    old, new = draw(st.sampled_from(FOLDERS[1:])), draw(st.sampled_from(FOLDERS))
    if draw(st.booleans()):
        now = {new + name.removeprefix(old) if name.startswith(old) else name: file for name, file in now.items()}
    return {**now, **draw(st.dictionaries(paths, plain, max_size=2)), **draw(st.just({}) | trees)}


@st.composite
def nights(draw: st.DrawFn, before: Night, archives: Mapping[str, Archived]) -> Night:
    """What may be known of the files of the night before, with what else decides.

    The `archives` of this night are known where it was begun before and killed.
    """
    known = {
        path: replace(
            seen,
            fingerprint=draw(st.sampled_from(OUTCOMES)),
            pin=draw(st.sampled_from(["", "", "", '{"year": 2023}'])),
        )
        for path, seen in before.known.items()
        if draw(st.sampled_from([True, True, True, False]))
    }
    if draw(st.booleans()):
        known = dict(before.known)
    unfinished = draw(st.frozensets(st.sampled_from([*before.known, "a/gone.txt", "gone/x.txt"]), max_size=2))
    opened = draw(st.sampled_from([before.archives, archives, {}]))
    again, hashing = draw(st.sampled_from([(False, True), (False, True), (False, False), (True, True)]))
    return Night(known, opened, draw(pins), unfinished if draw(st.booleans()) else frozenset(), again, hashing)


@given(st.data())
def test_the_plan_is_that_of_a_comparison_of_everything(notes: Notes, data: st.DataObject) -> None:
    tree = data.draw(trees)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "raw"
        make(folder, tree)
        before = recorded(folder)
        make(folder, data.draw(changed(tree)))
        night = data.draw(nights(before, recorded(folder).archives))
        found = notes.changes(folder, night)
        plan, archives = of_all(folder, night)
        assert found.plan(night.pins, CODE, again=night.again) == plan
        assert found.archives == archives
        assert (found.files - len(found.decisions), found.known) == (plan.files, len(night.known))


@given(st.data())
def test_what_was_done_is_not_done_again(notes: Notes, data: st.DataObject) -> None:
    """Two nights in a row: the second one finds nothing in the folders that it can judge by their numbers."""
    tree = data.draw(trees)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "raw"
        make(folder, tree)
        night = recorded(folder)
        found = notes.changes(folder, night)
        assert found.plan({}, CODE) == of_all(folder, night)[0]
        assert found.found.new == found.found.changed == found.found.gone == frozenset()
