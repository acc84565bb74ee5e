"""What several tests need: the form of 2021, the sample reports, the real reports where they are at hand."""

from __future__ import annotations

import csv
import gc
import hashlib
import os
import tempfile
from collections import Counter
from collections.abc import Generator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from pipeline.collecting import not_collecting
from pipeline.document import RawFile
from pipeline.forms.loading import form
from pipeline.forms.model import Form
from pipeline.parse import parse
from pipeline.parsed import Parsed
from tests.made_once import FOLDER

# `make test-long` searches with all examples, `make test` with a fifth of them.
LONG = os.environ.get("TESTS") == "long"

# Folders whose tests start processes, open warehouses or read pictures: they go first.
SLOW_FOLDERS = {"assets", "clients", "expectations", "raw", "runs", "same_report", "site", "views", "warehouse"}

# Packages of which the forge leaves the long tests to be run by hand: those of whole commands, and few others.
BY_HAND = {"assets", "clients", "expectations", "explain", "raw"}

# Of so many combinations of one test the forge tries every second; the others are left to `make test-long`.
MANY = 30

# Whose files all go to one process.
TOGETHER = "tests/expectations/"


def examples(number: int) -> int:
    """How many examples of `number` a property is tried on."""
    return number if LONG else max(10, number // 5)


# A change is judged on the same examples each time; the search for new ones goes on wherever the tests are run by hand.
# No deadline: the time an example takes depends more on the machine's load than on the code.
settings.register_profile("by hand", deadline=None, max_examples=examples(100))
settings.register_profile("ci", settings.get_profile("by hand"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "by hand")


def pairings(*axes: Sequence[Any], one_in: int) -> list[tuple[Any, ...]]:
    """The values of the axes in every combination, for a test of many formats, forms and styles.

    `make test` tries one combination in so many, each value about as often as the others; `make test-long` tries all.
    """
    found = product(*(enumerate(axis) for axis in axes))
    return [tuple(v for _, v in case) for case in found if LONG or sum(n for n, _ in case) % one_in == 0]


def pytest_configure(config: pytest.Config) -> None:
    """Give all processes of a test run one folder for what is made once."""
    if FOLDER not in os.environ:
        shared = tempfile.TemporaryDirectory(prefix="made-once-")
        os.environ[FOLDER] = shared.name
        config.add_cleanup(lambda: os.environ.pop(FOLDER))
        config.add_cleanup(shared.cleanup)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Look for no garbage among what is imported and collected: all of it stays until the end.

    It was a third of what collecting costs, in each of the processes.
    """
    with not_collecting():
        found = yield
    gc.freeze()
    session.config.add_cleanup(gc.unfreeze)
    return found


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Give each process whole files, and one of them those that need Great Expectations: importing it takes seconds."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = str(super()._split_scope(nodeid))
            return TOGETHER if file.startswith(TOGETHER) else file

    return ByFile(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the properties and what is left to `make test-rest` and `make test-long`, and put long files first.

    `make test-long` searches properties again, with all their examples. Files go whole to the processes that test, so
    that the quick ones, which come last, fill the end evenly.
    """
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("sampled")
    seen: set[str] = set()
    for item in items:
        test = item.nodeid.partition("[")[0]
        if item.get_closest_marker("one_case") and test in seen:
            item.add_marker("longest")
        seen.add(test)
    for cases in _matrices(items).values():
        left = _left_out(cases)
        for number, item in enumerate(left):
            item.add_marker("long" if number % 2 or len(left) < MANY else "longest")
    for item in items:
        if item.get_closest_marker("long") and item.path.relative_to(TESTS).parts[0] in BY_HAND:
            item.add_marker("by_hand")
    items.sort(key=lambda item: item.path.parent.name not in SLOW_FOLDERS)


def _matrices(items: Sequence[pytest.Item]) -> dict[str, list[pytest.Function]]:
    """The cases of each test of which a few show each value of each parameter."""
    found: dict[str, list[pytest.Function]] = {}
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("each_value"):
            found.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return found


def _left_out(cases: Sequence[pytest.Function]) -> list[pytest.Function]:
    """The cases that are not needed to show each value once; those that are show each about equally often.

    Where `make test-long` tries more of them, these are others than `make test` has tried: it tries all.
    """
    if LONG:
        return list(cases)
    shown = {case: {(name, id(value)) for name, value in case.callspec.params.items()} for case in cases}
    left, unseen = list(cases), set().union(*shown.values())
    often: Counter[tuple[str, int]] = Counter()
    while unseen:
        best = max(left, key=lambda case: (len(shown[case] & unseen), -sum(often[value] for value in shown[case])))
        left.remove(best)
        unseen -= shown[best]
        often.update(shown[best])
    return left


TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
SAMPLES = sorted((ROOT / "data" / "raw").glob("*.txt"))
SHARED = ROOT.parent / "shared" / "reports"


@pytest.fixture(scope="session")
def form_2021() -> Form:
    return form("2021")


def parse_text(text: str, path: str = "report.txt", encoding: str = "utf-8") -> Parsed:
    return parse_bytes(text.encode(encoding), path)


def parse_bytes(data: bytes, path: str = "report.txt") -> Parsed:
    return parse(RawFile(path, len(data), 0, hashlib.sha256(data).hexdigest()), data)


def printed(parsed: Parsed) -> dict[tuple[int, str, str], str]:
    """What each fact prints, by table, row and column."""
    return {f.key: f.printed.text.strip() for f in parsed.facts}


def true_cells(path: Path) -> dict[tuple[int, str, str], str]:
    """A file of true cells, by table, row and column."""
    with path.open(encoding="utf-8", newline="") as handle:
        return {(int(r["table"]), r["row_code"], r["col_code"]): r["value"] for r in csv.DictReader(handle)}


def assert_accounted(parsed: Parsed) -> None:
    """Every printed body cell is in exactly one fact or one issue."""
    facts = [f.printed for f in parsed.facts if not f.printed.is_blank]
    issues = [c for i in parsed.issues for c in i.cells]
    assert len(facts) == len(set(facts))
    assert len(issues) == len(set(issues))
    assert not set(facts) & set(issues)
    assert len(facts) + len(issues) == parsed.found.body_cells
