"""How the command ends before its time: on a signal, and where nobody reads on what it prints.

On Ctrl-C (exit status 130) and SIGTERM (143) with one sentence, at any time: while libraries are imported, while C code
works, and while Dagster puts signals off. Nothing needs to be cleaned up, since the next run repairs a killed one.

Where the reader of a pipe is gone, as `head` after its lines: in silence, with the status of a program that SIGPIPE
ends (141), since the rest of the answer is of use to nobody. Runs go on instead, and only print no more: a night's work
must not hang on who looks on. SIGPIPE itself stays ignored, since the pipe of a worker or a server that is gone must
not end anything. Imports nothing that takes time.

Also where it has done all of its work, it ends at once: see `leave`.
"""

from __future__ import annotations

import atexit
import io
import os
import signal
import sys
import threading
from collections.abc import Set
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

_NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}
_RUNS = ("run", "backfill")
_SHOW_CURSOR = "\r\x1b[K\x1b[?25h"  # a bar that was shown has hidden it


def end_in_a_sentence() -> None:
    """Make the two signals end this process with a sentence; a signal that is ignored stays ignored.

    That too by a handler of ours: Dagster makes SIGTERM what Ctrl-C is, and a shell's command in the background ignores
    Ctrl-C.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    heard = frozenset(number for number in _NAMES if signal.getsignal(number) is not signal.SIG_IGN)
    for number in _NAMES:
        signal.signal(number, _nothing)
    threading.Thread(target=_wait, args=(reading, heard), daemon=True).start()


def mind_readers() -> None:
    """Make standard output and standard error notice where nobody reads on: see above."""
    if sys.stdout is not None:
        sys.stdout = _minding(sys.stdout)
    if sys.stderr is not None:
        sys.stderr = _minding(sys.stderr)


def say_the_rest() -> None:
    """Print what waits to be printed, while an end in silence is still possible."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def leave(status: object) -> None:
    """End the process with this status, and leave its memory to the system; a status in words is left to Python.

    To free one by one what imports and a run have made takes most of a second. What is registered for the end is done
    as ever. Returns where a thread is still at work, for which an end of the usual kind waits.
    """
    waits = any(not thread.daemon for thread in threading.enumerate() if thread is not threading.main_thread())
    if waits or not (status is None or isinstance(status, int)):
        return
    atexit._run_exitfuncs()
    say_the_rest()
    os._exit((status or 0) & 0xFF)


def _minding(stream: TextIO) -> TextIO:
    stream.flush()
    lines = stream.isatty() or stream is sys.stderr
    raw = io.BufferedWriter(_Minded(stream.fileno(), "wb", closefd=False))
    return io.TextIOWrapper(raw, stream.encoding, stream.errors, line_buffering=lines)


class _Minded(io.FileIO):
    """A file whose reader may go."""

    def write(self, data: Buffer, /) -> int:
        """Write it; where nobody reads on, end the command, or go on in silence."""
        try:
            return super().write(data)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            if _is_a_run():
                return memoryview(data).nbytes
            raise SystemExit(128 + signal.SIGPIPE) from None


def _is_a_run() -> bool:
    return len(sys.argv) > 1 and sys.argv[1] in _RUNS


def _nothing(number: int, frame: FrameType | None) -> None:
    """Do nothing: Python notes the signal in the pipe whatever its handler does; see `_wait`."""


def _wait(reading: int, heard: Set[int]) -> None:
    """End the process at the first signal heard; in a thread, which works even while the main one is in C code."""
    while True:
        for number in os.read(reading, 1):
            if number in heard:
                _end(number)


def _end(number: int) -> None:
    sentence = f"Ended by {_NAMES[signal.Signals(number)]}."
    if _is_a_run():
        sentence += " What is published stays as it was; the next run does what is left."
    cursor = _SHOW_CURSOR if os.isatty(2) else ""
    with suppress(OSError):  # nobody may read it
        os.write(2, f"{cursor}{sentence}\n".encode())
    os._exit(128 + number)
