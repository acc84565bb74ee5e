"""What the worker processes begin with: imported once, by the process that all of them are forked from.

A process pays a quarter of a second at its first file for imports, the register of places, the forms, patterns and
labels. Here that is paid once for all, and for those that take the place of a worn-out one too: pages that print each
form are parsed, since nothing else brings all that a report needs. What has been made is then left out of the garbage
collector's rounds: it lives as long as the process. What does *not* belong here: anything that is opened or started,
which a forked process must not share.
"""

from __future__ import annotations

import gc
from contextlib import suppress
from importlib import import_module

from pipeline.forms.loading import forms
from pipeline.forms.model import FormError
from pipeline.runs.form_pages import read_page_of, read_page_of_a_street

_READERS = ("html", "mhtml", "text", "word.docx", "pdf")
_SECOND_READINGS = ("html", "dump", "word", "pdf")


def _make_ready() -> None:
    for package, names in (("pipeline.readers", _READERS), ("pipeline.trust.second_reading", _SECOND_READINGS)):
        for name in names:
            import_module(f"{package}.{name}")
    for form in forms():
        read_page_of(form)
    read_page_of_a_street()
    gc.collect()
    gc.freeze()


with suppress(FormError):  # the reading of each file says what is wrong with a form
    _make_ready()
