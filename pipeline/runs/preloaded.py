"""What the worker processes begin with: imported once, by the process that all of them are forked from.

A process pays a quarter of a second at its first file for imports, the register of places, the forms, patterns and
labels. Here that is paid once for all, and for those that take the place of a worn-out one too: pages that print each
form are parsed, since nothing else brings all that a report needs. What has been made is then left out of the garbage
collector's rounds: it lives as long as the process. What does *not* belong here: anything that is opened or started,
which a forked process must not share.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import suppress
from html import escape
from importlib import import_module

from pipeline.document import RawFile
from pipeline.forms.loading import forms
from pipeline.forms.model import Form, FormError, FormTable
from pipeline.parse import parse

_READERS = ("html", "mhtml", "text", "word.docx", "pdf")
_SECOND_READINGS = ("html", "dump", "word", "pdf")
_TITLE = "浙江省金华市武义县桐琴镇人民政府2021年政府信息公开工作年度报告"


def _page(form: Form) -> bytes:
    """A page that prints the labels of a form's tables, with a figure in each cell."""
    tables = "".join(f"<table>{''.join(_rows(table))}</table>" for table in form.tables)
    said = "<p>2021年共收到政府信息公开申请1件，主动公开政府信息20条。</p>"
    return f"<!DOCTYPE html><html><body><h1>{_TITLE}</h1>{said}{tables}</body></html>".encode()


def _rows(table: FormTable) -> Iterator[str]:
    for block in table.blocks:
        heads = ("", *(column.path[-1] for column in block.columns))
        yield f"<tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>"
        figures = "<td>0</td>" * len(block.columns)
        rows = (row for row in table.rows if table.block_of(row.code) is block)
        yield from (f"<tr><td>{escape(row.path[-1] if row.path else '')}</td>{figures}</tr>" for row in rows)


def _make_ready() -> None:
    for package, names in (("pipeline.readers", _READERS), ("pipeline.trust.second_reading", _SECOND_READINGS)):
        for name in names:
            import_module(f"{package}.{name}")
    for form in forms():
        page = _page(form)
        parse(RawFile("ready.html", len(page), 0, ""), page)
    gc.collect()
    gc.freeze()


with suppress(FormError):  # the reading of each file says what is wrong with a form
    _make_ready()
