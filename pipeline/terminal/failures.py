"""Warnings and errors as people see them: one line each, with the traces in a file beside the warehouse."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from pipeline.plain import plain
from pipeline.raw.folder import InputError
from pipeline.runs.workspace import StageError, Workspace
from pipeline.terminal.screen import Screen
from pipeline.warehouse import WarehouseError

LINES_SHOWN = 20
_OUR_LOGGERS = ("pipeline", "expectations", "assets")
_OURS = (InputError, StageError, WarehouseError)
# Errors of a full or read-only disk: a person has to see to them.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


@contextmanager
def for_people(screen: Screen) -> Iterator[None]:
    """Show warnings as lines, and errors that a person can mend as one line with exit status 1."""
    handler = _Lines(screen)
    for name in _OUR_LOGGERS:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False
    try:
        yield
    except _OURS as error:
        raise click.ClickException(plain(str(error))) from None
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise click.ClickException(no_room(error)) from None
    finally:
        for name in _OUR_LOGGERS:
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).propagate = True


@contextmanager
def traces(ws: Workspace) -> Iterator[None]:
    """Keep what is logged, with its traces, in `work/log.txt`; no file where there is nothing."""
    file = ws.work / "log.txt"
    file.unlink(missing_ok=True)
    handler = _Kept(file, encoding="utf-8", delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_Plain())
    for name in _OUR_LOGGERS:
        logging.getLogger(name).addHandler(handler)
    try:
        yield
    finally:
        for name in _OUR_LOGGERS:
            logging.getLogger(name).removeHandler(handler)
        handler.close()


def no_room(error: OSError) -> str:
    """A sentence for a person that something could not be written."""
    where = f" ({error.filename})" if error.filename else ""
    why = (error.strerror or str(error)).lower()
    return plain(f"nothing can be written{where}: {why}. Make room and run again; what is published is as it was")


class _Kept(logging.FileHandler):
    """Keeps what is logged; a lack of room for it is not reported."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the library's own name
        """Leave the record out."""

    def close(self) -> None:
        """Close the file; what it has no room for is lost."""
        with suppress(OSError):
            super().close()


class _Plain(logging.Formatter):
    """What is logged, with names and texts from files made harmless for any program that shows the log."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as plain text."""
        return plain(super().format(record))


class _Lines(logging.Handler):
    """Shows what the library logs, without the traces."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(logging.WARNING)
        self._screen = screen
        self._shown = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Show one line, but only the first few: a reader that fails may fail on every file."""
        self._shown += 1
        if self._shown <= LINES_SHOWN:
            self._screen.warn(record.getMessage())
