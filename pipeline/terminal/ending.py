"""The command ends with one sentence on Ctrl-C (exit status 130) and on SIGTERM (143).

At any time: while libraries are imported, while C code works, and while Dagster puts signals off. Nothing needs to be
cleaned up, since the next run repairs a killed one. Imports nothing that takes time.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

_NAMES = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}
_RUNS = ("run", "backfill")
_SHOW_CURSOR = "\r\x1b[K\x1b[?25h"  # a bar that was shown has hidden it


def end_in_a_sentence() -> None:
    """Make the two signals end this process with a sentence; a signal that is ignored stays ignored."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in _NAMES:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _nothing)
    threading.Thread(target=_wait, args=(reading,), daemon=True).start()


def _nothing(number: int, frame: FrameType | None) -> None:
    """Do nothing: Python notes the signal in the pipe whatever its handler does; see `_wait`."""


def _wait(reading: int) -> None:
    """End the process at the first signal; in a thread, which works even while the main one is in C code."""
    while True:
        for number in os.read(reading, 1):
            if number in _NAMES:
                _end(number)


def _end(number: int) -> None:
    sentence = f"Ended by {_NAMES[signal.Signals(number)]}."
    if len(sys.argv) > 1 and sys.argv[1] in _RUNS:
        sentence += " What is published stays as it was; the next run does what is left."
    cursor = _SHOW_CURSOR if os.isatty(2) else ""
    os.write(2, f"{cursor}{sentence}\n".encode())
    os._exit(128 + number)
