"""Warnings and errors as people see them: one line each, with the traces in a file beside the warehouse."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import click

from pipeline.explain import ExplainError
from pipeline.raw.folder import InputError
from pipeline.runs.workspace import StageError, Workspace
from pipeline.terminal.plain import plain
from pipeline.terminal.screen import Screen
from pipeline.warehouse import WarehouseError

LINES_SHOWN = 20
_OUR_LOGGERS = ("pipeline", "expectations", "assets")
_OURS = (ExplainError, InputError, StageError, WarehouseError)


@contextmanager
def for_people(screen: Screen) -> Iterator[None]:
    """Warnings as lines; errors that a person can do something about as one line and exit status 1."""
    handler = _Lines(screen)
    for name in _OUR_LOGGERS:
        logging.getLogger(name).addHandler(handler)
        logging.getLogger(name).propagate = False
    try:
        yield
    except _OURS as error:
        raise click.ClickException(plain(str(error))) from None
    finally:
        for name in _OUR_LOGGERS:
            logging.getLogger(name).removeHandler(handler)
            logging.getLogger(name).propagate = True


@contextmanager
def traces(ws: Workspace) -> Iterator[None]:
    """Keep what is logged, with its traces, in `work/log.txt`; no file where there is nothing."""
    file = ws.work / "log.txt"
    file.unlink(missing_ok=True)
    handler = logging.FileHandler(file, encoding="utf-8", delay=True)
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


class _Plain(logging.Formatter):
    """What is logged, with names and texts of files made harmless for whoever shows the log."""

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
        """Show one line, of the first lines only: a reader that fails may fail on every file."""
        self._shown += 1
        if self._shown <= LINES_SHOWN:
            self._screen.warn(record.getMessage())
