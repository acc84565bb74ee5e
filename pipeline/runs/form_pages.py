"""Reads a page that prints a form, so that a process has all that a report needs before its first file comes.

Nothing else brings all of it: imports, the register of places, the forms, patterns and labels. What does *not* belong
here: which processes do so, and when.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from pipeline.document import RawFile
from pipeline.forms.model import Form, FormTable
from pipeline.parse import parse

_TITLE = "浙江省金华市武义县桐琴镇人民政府2021年政府信息公开工作年度报告"
_SAID = "<p>2021年共收到政府信息公开申请1件，主动公开政府信息20条。</p>"
# Of a street in one of several districts with the same name, and in the charset of older sites: to find the first takes
# tables of all counties, to tell the second one of common characters.
_ABOUT_A_STREET = f"<!DOCTYPE html><html><body><h1>新华区曙光街街道办事处2024年政府信息公开工作年度报告</h1>{_SAID}"


def read_page_of(form: Form) -> None:
    """Parse a page that prints a form. Raises `FormError` where something is wrong with a form."""
    _read(_page(form))


def read_page_of_a_street() -> None:
    """Parse a page that takes tables which most do not."""
    _read(_ABOUT_A_STREET.encode("gb18030"))


def _read(page: bytes) -> None:
    parse(RawFile("ready.html", len(page), 0, ""), page)


def _page(form: Form) -> bytes:
    """A page that prints the labels of a form's tables, with a figure in each cell."""
    tables = "".join(f"<table>{''.join(_rows(table))}</table>" for table in form.tables)
    return f"<!DOCTYPE html><html><body><h1>{_TITLE}</h1>{_SAID}{tables}</body></html>".encode()


def _rows(table: FormTable) -> Iterator[str]:
    for block in table.blocks:
        heads = ("", *(column.path[-1] for column in block.columns))
        yield f"<tr>{''.join(f'<th>{escape(head)}</th>' for head in heads)}</tr>"
        figures = "<td>0</td>" * len(block.columns)
        rows = (row for row in table.rows if table.block_of(row.code) is block)
        yield from (f"<tr><td>{escape(row.path[-1] if row.path else '')}</td>{figures}</tr>" for row in rows)
