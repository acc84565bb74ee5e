"""The same report with the same oddities in every format gives the same facts: what a format can show, it must show."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from pipeline.forms.loading import form
from pipeline.forms.model import Form
from pipeline.numbers import figure
from tests.conftest import assert_accounted, pairings, parse_bytes, printed
from tests.readers.draw_docx import docx_report
from tests.readers.draw_html import html_report
from tests.readers.draw_mhtml import mhtml_report
from tests.readers.draw_odf import ods_report, odt_report
from tests.readers.draw_ofd import ofd_report
from tests.readers.draw_pdf import report as pdf_report
from tests.readers.draw_rtf import rtf_report
from tests.readers.draw_spreadsheetml import spreadsheetml_report
from tests.readers.draw_word_xml import flat_report, word_2003_report
from tests.readers.draw_xls import xls_report
from tests.readers.draw_xlsb import xlsb_report
from tests.readers.draw_xlsx import xlsx_report
from tests.render import Figures, balanced_figures, text_report

FORMATS: dict[str, Callable[[Form, Figures], bytes]] = {
    "pdf": pdf_report,
    "html": lambda made, figures: html_report(made, figures).encode(),
    "html in gb18030": lambda made, figures: html_report(made, figures).replace("utf-8", "gbk").encode("gb18030"),
    "mhtml": mhtml_report,
    "docx": docx_report,
    "flat opc": flat_report,
    "word 2003 xml": word_2003_report,
    "xlsx": xlsx_report,
    "xlsb": xlsb_report,
    "xls": xls_report,
    "spreadsheetml": spreadsheetml_report,
    "odt": odt_report,
    "ofd": ofd_report,
    "rtf": rtf_report,
    "ods": ods_report,
    "text": lambda made, figures: text_report(made, figures).encode(),
}
# A spreadsheet makes a number of full-width digits: the same figure, not the same text.
SHEETS = ("xlsx", "xlsb", "xls", "ods", "spreadsheetml")
ZERO_AS = {"zero": "0", "blank": "", "dash": "-", "long dash": "—", "slash": "/"}


def _odd(figures: Figures, rng: random.Random, zero: str) -> Figures:
    """Zeros as some authors print them, and a few figures in other dress."""
    found = {k: zero if v == "0" else v for k, v in figures.items()}
    dressed = [k for k, v in found.items() if v not in ("", "-", "—", "/")]
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    for k, dress in zip(
        rng.sample(dressed, 4), (_thousands, _items, lambda v: v.translate(wide), _remark), strict=True
    ):
        found[k] = dress(found[k])
    return found


def _thousands(value: str) -> str:
    return f"{int(value):,}"


def _items(value: str) -> str:
    return f"{value}件"


def _remark(value: str) -> str:
    return f"{value}（其中上年结转1件）"


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "name", "zeros"), pairings(list(FORMATS), ["2021", "2019"], list(ZERO_AS), one_in=2))
def test_every_format_gives_the_same_facts(kind: str, name: str, zeros: str) -> None:
    draw, zero = FORMATS[kind], ZERO_AS[zeros]
    made, rng = form(name), random.Random(f"{name} {zero}")
    figures = _odd(balanced_figures(made, rng, 0.6), rng, zero)
    parsed = parse_bytes(draw(made, figures))
    assert parsed.refusal is None
    got = printed(parsed)
    assert {k: v for k, v in got.items() if figure(v) != figure(figures[k])} == {}
    assert kind in SHEETS or {k: v for k, v in got.items() if v != figures[k]} == {}
    named = {(i.table_no, i.row_code) for i in parsed.issues}
    lost = {k for k, v in figures.items() if v and k not in got}
    assert {k[:2] for k in lost} <= named  # a ragged dump may leave a row open; a grid may not
    assert kind == "text" or not lost
    assert {f.form for f in parsed.facts if f.key[0] == 3} == {name}
    assert_accounted(parsed)
