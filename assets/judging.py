"""Has the parts of a batch validated, a few at once, each in a process of its own.

Great Expectations and the frames of a part take some 540 MiB, of which a process gives little back: in the process
that loads, the load would come on top of it. What does *not* belong here: the rules (`expectations`), and what their
failures mean for a run (`checks`). It knows no Dagster, since the processes import it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from assets.code import code_version
from expectations.pages import has_suites, join_site, note_suites
from pipeline.collecting import collecting_rarely
from pipeline.runs.processes import Bounds, OutOfTimeError, ProcessDiedError, Processes
from pipeline.runs.workers import PRELOADED

if TYPE_CHECKING:  # only the processes that validate pay for what it imports
    import pandas as pd

    from expectations.rules import RuleResult
    from expectations.validate import Outcome, Validator
    from pipeline.frames import Frames
    from pipeline.runs.rejection import Judged

# A part takes seconds, or minutes on a busy machine: a pool without a result for this long is stuck.
BOUNDS = Bounds(wall_seconds=1800.0)
# Each takes some 540 MiB, whatever the batch.
PROCESSES = min(2, os.cpu_count() or 1)
SUITES = "suites"

_kept: ContextVar[Processes | None] = ContextVar("validators", default=None)
# What this process does while it waits for the first parts.
_meanwhile: ContextVar[Callable[[], object] | None] = ContextVar("meanwhile", default=None)


class Judge:
    """Has parts validated and adds up the results by rule; a context, at whose end its processes end.

    With a folder `docs`, the Data Docs are made there: `index.html` is the entry. An earlier site is replaced; other
    files in the folder stay, and where nothing was validated all do.
    """

    def __init__(self, docs: Path | None = None) -> None:
        self._docs = docs
        self._results: dict[tuple[str, str], RuleResult] = {}

    def __enter__(self) -> Judge:
        """Begins; the processes start with the first part."""
        with ExitStack() as stack:
            self._pool = _kept.get() or stack.enter_context(_processes())
            self._open = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes, unless they are kept for others."""
        self._open.__exit__(kind, error, trace)

    @property
    def results(self) -> tuple[RuleResult, ...]:
        """The rules in the order in which they were evaluated, with counts over all parts."""
        return tuple(self._results.values())

    def __call__(self, parts: Sequence[tuple[Path, Path]]) -> Iterator[Judged]:
        """Writes each part, the first of a pair, to the second without the reports that break the contract.

        Reports each part, in order, and then makes the Data Docs, so that no other run comes in between. Raises
        `StageError` where a process dies, and what an expectation raises.
        """
        with _pages(self._docs) if self._docs else nullcontext() as pages, _doing_meanwhile():
            numbered = enumerate(parts, start=1)
            tasks = [(judge_in_process, part, target, number, pages) for number, (part, target) in numbered]
            for judged, results in self._done(tasks):
                for result in results:
                    key = (result.suite, result.rule)
                    self._results[key] = self._results[key] + result if key in self._results else result
                yield judged
            if self._docs and pages and self._results:
                self._make_site(self._docs, pages)

    def _make_site(self, docs: Path, pages: Path) -> None:
        """Makes the Data Docs of the pages of all parts; those of the suites stay as long as the code does."""
        made_of = f"{code_version('validated_reports')} {version('great_expectations')}"
        stay = has_suites(docs, made_of)
        if not stay:
            list(self._done([(write_suites_in_process, pages / SUITES)]))
        docs.mkdir(exist_ok=True)
        join_site(docs, sorted(pages.iterdir()), self.results, keep=("expectations",) if stay else ())
        note_suites(docs, made_of)

    def _done(self, tasks: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        """The results of the tasks, each a function with its arguments, in order."""
        calls = [(function, tuple(arguments)) for function, *arguments in tasks]
        try:
            for ended in self._pool.in_order(calls, len(calls)):
                yield ended.result()
        except (ProcessDiedError, OutOfTimeError) as ended:
            from pipeline.runs.workspace import StageError  # the processes do not need it

            raise StageError(
                "A process that validates was killed, perhaps for lack of memory; nothing was loaded, and the next run "
                f"tries again: {ended}"
            ) from ended


@contextmanager
def kept_processes(
    parts: int = PROCESSES, preload: Sequence[str] = PRELOADED, meanwhile: Callable[[], object] | None = None
) -> Iterator[None]:
    """The same processes for every `Judge` within, no more than there are parts; they get ready at once.

    That takes seconds: an idle process would take the first part before the one that is ready. `preload` are the
    modules that they, and the processes that read files, have beforehand. `meanwhile` is called once, in a thread,
    while this process waits for the first `Judge`; an error of it is of no account.
    """
    with _processes(max(1, min(PROCESSES, parts)), preload) as processes:
        tokens = _kept.set(processes), _meanwhile.set(meanwhile)
        try:
            processes.start()
            yield
        finally:
            _kept.reset(tokens[0])
            _meanwhile.reset(tokens[1])


@contextmanager
def _doing_meanwhile() -> Iterator[None]:
    """What is to be done meanwhile is done in a thread, by the end of the block."""
    task = _meanwhile.get()
    if task is None:
        yield
        return
    _meanwhile.set(None)
    with ThreadPoolExecutor(1, thread_name_prefix="meanwhile") as thread:
        thread.submit(task)
        yield


def _processes(number: int = PROCESSES, preload: Sequence[str] = PRELOADED) -> Processes:
    """The processes. They preload what file-reading processes need too: whichever start first decide it."""
    return Processes(number, BOUNDS, preload=preload, prepare=get_ready)


@contextmanager
def _pages(docs: Path) -> Iterator[Path]:
    """A folder for pages beside their final one; folders that killed runs left there are removed."""
    for left in docs.parent.glob(f"{docs.name}.*.part"):
        shutil.rmtree(left, ignore_errors=True)
    # Under a name of its own, since a process of a killed run may still write into the one of that.
    folder = Path(tempfile.mkdtemp(prefix=f"{docs.name}.", suffix=".part", dir=docs.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- In a process of its own -----------------------------------------------------------------------


@collecting_rarely()
def judge_in_process(part: Path, target: Path, number: int, pages: Path | None) -> tuple[Judged, list[RuleResult]]:
    """Validates one part and writes it without the reports that break the contract; and the results by rule."""
    from pipeline.runs.rejection import judge_part

    results: list[RuleResult] = []

    def judge(frames: Frames) -> Outcome:
        cells, codes = _known()
        below = pages / f"{number:05}" if pages else None
        outcome = _validator().validate(frames, cells, codes, number, below)
        results.extend(outcome.results)
        return outcome

    return judge_part(part, target, judge), results


@collecting_rarely()
def write_suites_in_process(folder: Path) -> None:
    """Writes the pages of the suites below a new folder."""
    _validator().write_suites(folder)


@collecting_rarely()
def get_ready() -> None:
    """Imports Great Expectations, and reads what parts are held against, before the first part comes."""
    _validator()
    _known()


@cache
def _validator() -> Validator:
    """The validator of this process; making it imports Great Expectations."""
    from expectations.validate import Validator

    return Validator()


@cache
def _known() -> tuple[pd.DataFrame, frozenset[str]]:
    """The cells of the forms, and the codes that a report may have."""
    from pipeline.dimensions import dimension_frames
    from pipeline.schema import CELLS, DISTRICTS

    dimensions = dimension_frames({CELLS, DISTRICTS})
    return dimensions[CELLS.name], frozenset(dimensions[DISTRICTS.name]["district_code"])
