"""A second, independent way from a file's bytes to its figures, which separates our misreadings from a report's errors.

It shares with the first way only the decoding of a file (characters, glyphs, parts of an archive) and the forms: no
grid is laid out, no header is bound to a column. A figure's row is the label that stands before it, its column the
ordinal position in a row that has all its figures, or for drawn figures the place among those above and below.
Anything that this leaves uncertain has no reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from pipeline.document import Document
from pipeline.forms.model import FormTable
from pipeline.readers import MAX_BYTES, Refused
from pipeline.trust.second_reading.model import CellKey, Reading, Wanted

__all__ = ["CellKey", "Reading", "second_readings"]

_MODULES = {
    "pdf": "pdf",
    "ofd": "pdf",
    "image": "pdf",
    "html": "html",
    "mhtml": "html",
    "docx": "word",
    "doc": "word",
    "flat_opc": "word",
    "word2003xml": "word",
    "xlsx": "xlsx",
    "xlsb": "xlsx",
    "xls": "xlsx",
    "spreadsheetml": "xlsx",
    "rtf": "rtf",
    "odt": "odf",
    "ods": "odf",
    "text": "dump",
}


def second_readings(data: bytes, document: Document, tables: Mapping[int, FormTable]) -> Mapping[CellKey, Reading]:
    """The second readings of some tables, each by its form, by table number, row and column code.

    Only the document's format is used. A file that cannot be read in this way gives nothing.
    """
    wanted = Wanted(tables)
    if document.format not in _MODULES or not tables or len(data) > MAX_BYTES:
        return {}
    module = import_module(f"pipeline.trust.second_reading.{_MODULES[document.format]}")
    route: Callable[[bytes, Wanted], Mapping[CellKey, Reading]] = getattr(module, f"read_{document.format}")
    try:
        return route(data, wanted)
    except Refused:
        return {}
