"""Processes with pipes of their own: killed at any moment they cost the call they made, and nobody waits for ever."""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from pipeline.runs.processes import Bounds, Call, OutOfTimeError, ProcessDiedError, Processes

KILLS = int(os.environ.get("DISCLOSURE_KILLS", "200"))


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def spin() -> None:
    """Busy in C without ever letting another thread run."""
    sum(range(10**12))


def eat(size: int) -> int:
    return len(bytearray(size))


def die(exitcode: int) -> None:
    os._exit(exitcode)


class OddError(Exception):
    """Cannot be made again from what it says of itself."""

    def __init__(self, a: int, b: int) -> None:
        super().__init__(f"{a} {b}")


def fail(kind: str) -> None:
    raise OddError(1, 2) if kind == "odd" else ValueError("a sentence")


def not_portable() -> Any:
    return lambda: None


def made(calls: list[Call], bounds: Bounds | None = None, number: int = 2, **how: Any) -> list[Any]:
    with Processes(number, bounds or Bounds(), **how) as processes:
        return [ended.error or ended.value for ended in processes.in_order(calls, len(calls) or 1)]


def test_results_come_in_the_order_of_the_calls() -> None:
    seconds = [0.2, 0.0, 0.1, 0.0, 0.0]
    assert made([(nap, (s,)) for s in seconds]) == seconds


def test_no_calls_start_no_process() -> None:
    before = multiprocessing.active_children()
    with Processes(2, Bounds()) as processes:
        assert list(processes.each([])) == []
        assert multiprocessing.active_children() == before


def test_a_slow_call_does_not_idle_the_others_until_too_many_wait() -> None:
    taken: list[int] = []

    def calls() -> Iterator[Call]:
        for number in range(30):
            taken.append(number)
            yield nap, (1.0 if number == 0 else 0.0,)

    with Processes(2, Bounds()) as processes:
        first = next(processes.in_order(calls(), 10))
    assert first.value == 1.0
    assert len(taken) in (11, 12)  # the slow one, nine behind it, and one or two looked at since


@pytest.mark.parametrize(
    ("call", "bounds", "error", "says"),
    [
        ((nap, (60.0,)), Bounds(wall_seconds=0.3), OutOfTimeError, r"0\.3 seconds"),
        ((spin, ()), Bounds(cpu_seconds=1), OutOfTimeError, "1 seconds of CPU time"),
        ((die, (7,)), Bounds(), ProcessDiedError, "code 7"),
        ((eat, (2**31,)), Bounds(memory_bytes=2**30), MemoryError, ""),
        ((fail, ("plain",)), Bounds(), ValueError, "a sentence"),
        ((fail, ("odd",)), Bounds(), RuntimeError, "OddError: 1 2"),
        ((not_portable, ()), Bounds(), RuntimeError, "cannot be handed over"),
    ],
)
def test_what_ends_a_call_is_told_and_the_next_is_made(
    call: Call, bounds: Bounds, error: type[Exception], says: str
) -> None:
    first, second, third = made([call, (nap, (0.0,)), (nap, (0.01,))], bounds, number=1)
    assert isinstance(first, error)
    assert re.search(says, str(first))
    assert (second, third) == (0.0, 0.01)


def test_a_process_is_replaced_after_its_calls() -> None:
    pids = made([(os.getpid, ())] * 5, number=1, calls_each=2)
    assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [2, 2, 1]


def test_an_iteration_that_is_given_up_leaves_nothing_for_the_next() -> None:
    with Processes(2, Bounds()) as processes:
        assert next(processes.in_order([(nap, (0.0,)), (nap, (5.0,)), (nap, (6.0,))], 3)).value == 0.0
        assert [ended.value for ended in processes.in_order([(nap, (0.01,))], 1)] == [0.01]


def test_a_process_that_died_idle_costs_no_call() -> None:
    with Processes(2, Bounds()) as processes:
        processes.start()
        assert list(processes.each([])) == []  # they are there now
        for process in multiprocessing.active_children():
            os.kill(process.pid or os.getpid(), signal.SIGKILL)
            process.join(5)
        assert [ended.value for ended in processes.in_order([(nap, (0.0,))] * 4, 4)] == [0.0] * 4


def test_what_keeps_them_from_starting_is_raised_by_the_first_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_: Processes) -> None:
        raise OSError("too many open files")

    monkeypatch.setattr(Processes, "_new", no_room)
    with Processes(2, Bounds()) as processes:
        processes.start()
        with pytest.raises(OSError, match="too many open files"):
            list(processes.each([(nap, (0.0,))]))
    with Processes(2, Bounds()) as unused:
        unused.start()


@contextmanager
def killing(gap_seconds: float, most: int) -> Iterator[list[int]]:
    """Kills a process of this one every so often, at moments by chance."""
    done = threading.Event()
    killed: list[int] = []
    chance = random.Random(5)

    def kill() -> None:
        while len(killed) < most and not done.wait(chance.random() * gap_seconds):
            for process in multiprocessing.active_children()[:1]:
                with suppress(ProcessLookupError):  # another kill came first
                    os.kill(process.pid or os.getpid(), signal.SIGKILL)
                    killed.append(1)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield killed
    finally:
        done.set()
        killer.join()


def test_killed_again_and_again_every_call_ends() -> None:
    """While they start, are given a call, make it, hand over its result or are idle."""
    calls = [(nap, (0.001,))] * (3 * KILLS)
    with killing(0.01, KILLS) as killed:
        results = made(calls)
    assert len(results) == len(calls)
    assert len(killed) > KILLS / 20
    died = [one for one in results if isinstance(one, ProcessDiedError)]
    assert len(died) <= len(killed)
    assert {one for one in results if not isinstance(one, ProcessDiedError)} == {0.001}


ORPHANS = """
import os, sys
from pipeline.runs.processes import Bounds, Processes
from tests.runs.test_processes import nap, spin
with Processes(3, Bounds()) as processes:
    processes.start()
    list(processes.each([]))  # they are there
    print(*[p.pid for p in __import__("multiprocessing").active_children()], flush=True)
    list(processes.each([(spin, ()), (nap, (600.0,))]))
"""


def test_no_process_outlives_the_one_that_started_it(tmp_path: Path) -> None:
    """Not even one that is busy in C, nor an idle one."""
    here = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, cwd=here, text=True) as main:
        assert main.stdout
        pids = [int(pid) for pid in main.stdout.readline().split()]
        time.sleep(1)
        main.kill()
    assert len(pids) == 3
    until = time.monotonic() + 60  # on a machine that is busy otherwise
    while time.monotonic() < until and (left := [pid for pid in pids if _lives(pid)]):
        time.sleep(0.1)
    assert not left, [Path(f"/proc/{pid}/stat").read_text() for pid in left]


def _lives(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
