"""Reading many files at once, each in a worker process with limits on time and memory.

A file that breaks a limit, hangs or kills its worker comes back refused with that reason; the pool goes on. The
results come in the order of the files, whatever order the workers finish in.

Where the workers are is a setting, `DISCLOSURE_EXECUTOR`:

    local                   on this machine, one for each core; the default
    dask:local              on this machine, as a cluster of dask.distributed: to try it
    dask:tcp://HOST:PORT    the workers of a cluster that runs already

A cluster's workers, with or without a nanny, need this package in the same version and see the reports under the same
path or URL. Each starts processes of its own, in which the limits hold.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, wait
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pipeline.document import RawFile
from pipeline.issues import reason_sentence
from pipeline.parsed import Parsed, Refusal
from pipeline.raw.companions import companion
from pipeline.raw.folder import Folder, InputError, content
from pipeline.raw.overrides import Pin
from pipeline.raw.scan import read_bytes
from pipeline.readers.beside import reading_beside
from pipeline.runs.limits import Limits
from pipeline.runs.processes import Bounds, Call, Ended, OutOfTimeError, ProcessDiedError, Processes

Task = tuple[RawFile, Pin | None]
Made = TypeVar("Made")
Work = Callable[[Folder, RawFile, Pin | None], Made]
EXECUTOR = "DISCLOSURE_EXECUTOR"


# While a file takes long, this many behind it are read and wait for it: few enough to hold in memory.
_AHEAD = 500
# This many files for each worker of a cluster are under way at once.
_AHEAD_ON_CLUSTER = 4
_LOOK_SECONDS = 5.0
_CALLS_EACH = 500  # then a fresh process takes the place of one, because libraries leak memory
# Imported once for all workers. Validators and readers share the modules imported beforehand, so these are named once.
PRELOADED = ("pipeline.runs.page_cache", "pipeline.runs.preloaded")
# To read a page of every form beforehand takes as long as reading this many files without.
_FEW_FILES = 3


def preloaded_for(files: int) -> tuple[str, ...]:
    """The modules that are imported once for all workers, where this many files are to be read."""
    return PRELOADED if files > _FEW_FILES else PRELOADED[:1]


def read_and_parse(raw_dir: Folder, raw: RawFile, pin: Pin | None) -> Parsed:
    """Read and parse one file. Raises `OSError` where it cannot be read."""
    return parse_beside(raw_dir, raw, read_bytes(raw_dir, raw), pin)


def parse_beside(folder: Folder, raw: RawFile, data: bytes, pin: Pin | None) -> Parsed:
    """Parse the content of a file, with the parts of a saved page that lie beside it at hand."""
    from pipeline.parse import parse  # a fifth of a second, which the process that hands out the files need not wait

    with reading_beside(partial(_beside, folder, raw.path)):
        return parse(raw, data, pin)


def _beside(folder: Folder, path: str, address: str) -> bytes | None:
    """The part of a page at an address, None where there is none; a link may not lead out of the folder."""
    part = companion(path, address)
    if part is None:
        return None
    if isinstance(folder, Path) and not (folder / part).resolve().is_relative_to(folder.resolve()):
        return None
    try:
        return content(folder, part)
    except OSError:
        return None


def parse_all(
    raw_dir: Folder, tasks: Iterable[Task], limits: Limits | None = None, work: Work[Parsed] = read_and_parse
) -> Iterator[tuple[RawFile, Parsed | OSError]]:
    """Each file with its content, in the order given, or with the error that kept it from being read.

    Raises nothing for a bad file: the limit that it breaks becomes its refusal.
    """
    return work_all(raw_dir, tasks, work, _refused, limits)


def work_all(
    raw_dir: Folder,
    tasks: Iterable[Task],
    work: Work[Made],
    refused: Callable[[RawFile, Refusal], Made],
    limits: Limits | None = None,
) -> Iterator[tuple[RawFile, Made | OSError]]:
    """Each file with the result of `work`, in the order given, or with the error that kept it from being read.

    `refused` makes the result for a file that broke a limit or its worker. Raises `InputError` where the setting
    of the executor cannot be used.
    """
    limits = limits or Limits()
    if not limits.workers:
        yield from ((raw, _here(work, raw_dir, raw, pin)) for raw, pin in tasks)
        return
    raws: deque[RawFile] = deque()
    calls = ((work, (raw_dir, *_noted(task, raws))) for task in tasks)
    for ended in _executor()(calls, limits):
        raw, found = raws.popleft(), _outcome(ended, limits)
        yield raw, refused(raw, found) if isinstance(found, Refusal) else found


def _noted(task: Task, raws: deque[RawFile]) -> Task:
    """The task, whose file is noted as the next one under way."""
    raws.append(task[0])
    return task


def _here(work: Work[Made], raw_dir: Folder, raw: RawFile, pin: Pin | None) -> Made | OSError:
    try:
        return work(raw_dir, raw, pin)
    except OSError as e:
        return e


def _outcome(ended: Ended, limits: Limits) -> Any:
    """The result of a file, the error that kept it from being read, or its refusal."""
    match ended.error:
        case None:
            return ended.value
        case OutOfTimeError() as error:
            return _refusal("too-slow", str(error))
        case MemoryError():
            return _refusal("too-much-memory", f"{limits.memory_bytes / 2**30:g} GiB")
        case ProcessDiedError() as error:
            return _refusal("reader-failed", str(error))
        case OSError() as error:
            return error
        case error:
            raise error


def _refusal(reason: str, detail: str) -> Refusal:
    return Refusal("read", reason, reason_sentence(reason, detail))


def _refused(raw: RawFile, refusal: Refusal) -> Parsed:
    return Parsed(raw, "unknown", refusal=refusal)


# --- Where the workers are -------------------------------------------------------------------------


def _executor() -> Callable[[Iterable[Call], Limits], Iterator[Ended]]:
    """Make calls where the setting says, and return their outcomes in order."""
    kind, _, address = (os.environ.get(EXECUTOR) or "local").partition(":")
    if kind == "dask" and address:
        return partial(_on_cluster, address)
    if kind == "local" and not address:
        return _on_this_machine
    raise InputError(f"{EXECUTOR} is {os.environ[EXECUTOR]!r}; use local, dask:local or dask:tcp://HOST:PORT")


_ready: ContextVar[list[tuple[Limits, Processes]] | None] = ContextVar("workers that get ready", default=None)


@contextmanager
def workers_ready(files: int, limits: Limits) -> Iterator[None]:
    """Workers that get ready at once for the first files that are read within, for as many files; they end with these.

    For a few files only: for more, the modules imported beforehand have made all workers ready.
    """
    is_here = (os.environ.get(EXECUTOR) or "local") == "local"
    if not 0 < files <= _FEW_FILES or not limits.workers or not is_here:
        yield
        return
    with _processes(limits, limits.workers, preloaded_for(files), get_ready) as processes:
        token = _ready.set([(limits, processes)])
        try:
            processes.start(files)
            yield
        finally:
            _ready.reset(token)


def _on_this_machine(calls: Iterable[Call], limits: Limits) -> Iterator[Ended]:
    with _taken(limits) or _processes(limits, limits.workers) as processes:
        yield from processes.in_order(calls, _AHEAD)


def get_ready() -> None:
    """In a worker: read a page of the newest form, since most files are of it."""
    from pipeline.forms.loading import forms
    from pipeline.forms.model import FormError
    from pipeline.runs.form_pages import read_page_of

    with suppress(FormError):  # the reading of each file says what is wrong with a form
        read_page_of(forms()[-1])


def _taken(limits: Limits) -> Processes | None:
    """The workers that were to get ready, where they have these limits and nobody has taken them."""
    ready = _ready.get()
    return ready.pop()[1] if ready and ready[-1][0] == limits else None


def _processes(
    limits: Limits,
    number: int,
    preload: Sequence[str] = PRELOADED,
    prepare: Callable[[], object] | None = None,
) -> Processes:
    bounds = Bounds(limits.seconds, limits.wall_seconds, limits.memory_bytes)
    return Processes(number, bounds, preload=preload, prepare=prepare, calls_each=_CALLS_EACH)


def _on_cluster(address: str, calls: Iterable[Call], limits: Limits) -> Iterator[Ended]:
    """Each call on a worker of the cluster; `ConnectionError` for all that is left once its scheduler is gone."""
    with _cluster(address) as client:
        executor = client.get_executor(pure=False)
        number = _AHEAD_ON_CLUSTER * max(1, sum(client.ncores().values()))
        todo = iter(calls)
        running: deque[Future[Ended]] = deque()
        while True:
            for call in islice(todo, number - len(running)):
                running.append(executor.submit(_within_limits, limits, call))
            if not running:
                return
            yield _awaited(running.popleft(), client)


def _awaited(future: Future[Ended], client: Any) -> Ended:
    """The outcome of a call on a cluster, as long as there is one."""
    while not wait([future], timeout=_LOOK_SECONDS).done:
        if client.status not in ("running", "connecting"):
            return Ended(error=ConnectionError("The cluster's scheduler is gone"))
    try:
        return future.result()
    except CancelledError:
        return Ended(error=ConnectionError("The cluster's scheduler is gone"))


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    """A client of the cluster at an address, or of one of this machine."""
    try:
        dask, distributed = (importlib.import_module(name) for name in ("dask", "distributed"))
    except ImportError:
        raise InputError(f"{EXECUTOR} asks for dask, which is not installed: pip install 'disclosure[dask]'") from None
    with ExitStack() as stack:
        if address == "local":
            stack.enter_context(dask.config.set({"distributed.worker.daemon": False}))
            address = stack.enter_context(distributed.LocalCluster(threads_per_worker=1, dashboard_address=None))
        yield stack.enter_context(distributed.Client(address))


_of_thread = threading.local()


def _within_limits(limits: Limits, call: Call) -> Ended:
    """On a worker of a cluster: make the call in a process of its own, so that what kills it leaves the worker alive.

    Each thread of the worker keeps such a process.
    """
    if not hasattr(_of_thread, "processes"):
        # Where a nanny watches the worker, it started it as a daemon, and a daemon may have no processes of its own.
        multiprocessing.current_process().daemon = False
        _of_thread.processes = _processes(limits, 1)
    ((_, ended),) = _of_thread.processes.each([call])
    return ended  # type: ignore[no-any-return]  # thread-local values have no types
