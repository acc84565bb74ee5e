"""Word documents that are one XML file are laid out as the .docx that they were written from."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.forms.model import Form
from pipeline.readers import Refused, read, sniff
from tests.readers.draw_docx import USUAL, DocxStyle, docx, docx_report, in_list, list_definition, list_use, paragraph
from tests.readers.draw_word_xml import HEAD, PACKAGE, as_2003, as_flat
from tests.readers.test_docx import STYLES
from tests.render import distinct_figures

Write = Callable[[bytes], bytes]
WRITERS: dict[str, Write] = {"flat_opc": as_flat, "word2003xml": as_2003}


@pytest.mark.each_value
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES.keys())
@pytest.mark.parametrize("name", WRITERS)
def test_it_is_laid_out_as_the_package(name: str, style: DocxStyle, form_2021: Form) -> None:
    figures = distinct_figures(form_2021, random.Random(4))
    whole = docx_report(form_2021, figures, style)
    if name == "word2003xml":  # which has no strict form, and one namespace for all that it writes
        style = replace(style, namespace=USUAL)
        whole = docx_report(form_2021, figures, style)
    data = WRITERS[name](whole)
    assert sniff(data) == name
    assert read(data).format == name
    assert read(data).blocks == read(whole).blocks


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())
def test_automatic_numbers_are_part_of_the_text(write: Write) -> None:
    definition = list_definition(0, [("chineseCountingThousand", "%1、"), ("decimal", "（%2）")])
    body = paragraph("总体情况", in_list(1)) + paragraph("公开", in_list(1, 1)) + paragraph("问题", in_list(1))
    data = write(docx(body, DocxStyle(numbering=definition + list_use(1, 0))))
    assert [p.text for p in read(data).paragraphs] == ["一、总体情况", "（1）公开", "二、问题"]


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


ASIDE = [
    (f'<w:hlink w:bookmark="n">{run("1")}</w:hlink>', "611"),
    (f'<aml:annotation aml:id="1" w:type="Word.Deletion"><aml:content>{run("7")}</aml:content></aml:annotation>', "61"),
    (f'<aml:annotation aml:id="1" w:type="Word.Insertion"><aml:content>{run("7")}</aml:content></aml:annotation>', "617"),
    (f'<aml:annotation aml:id="1" w:type="Word.Comment"><aml:content><w:p>{run("7")}</w:p></aml:content></aml:annotation>', "61"),
    ('<aml:annotation aml:id="1" w:type="Word.Bookmark.Start" w:name="a"/>', "61"),
    (f"<w:r><w:footnote><w:p>{run('7')}</w:p></w:footnote></w:r>", "61"),
    ('<w:r><w:rPr><w:vanish/></w:rPr><w:t>7</w:t></w:r>', "61"),
    ('<w:r><w:rPr><w:vanish w:val="off"/></w:rPr><w:t>7</w:t></w:r>', "617"),
    ("<w:r><w:fldChar/><w:instrText>7</w:instrText></w:r>", "61"),
    ('<w:r><w:pict><w:binData w:name="a">' + "7" * 99 + "</w:binData></w:pict></w:r>", "61"),
]  # fmt: skip


@pytest.mark.parametrize(("aside", "shown"), ASIDE)
def test_what_word_2003_writes_beside_the_text(aside: str, shown: str) -> None:
    body = docx(f"<w:p>{run('61')}{aside}</w:p>")
    (found,) = read(as_2003(body)).paragraphs
    assert found.text.replace("\ufffc", "") == shown


def test_a_link_of_word_2003_behind_a_figure_is_a_note() -> None:
    row = f'<w:tr><w:tc>{paragraph("规章")}</w:tc><w:tc><w:p>{run("61")}<w:hlink w:bookmark="n">{run("1")}</w:hlink></w:p></w:tc></w:tr>'
    (grid,) = read(as_2003(docx(f"<w:tbl>{row * 2}</w:tbl>"))).grids
    assert (grid.cells[-1].text, grid.cells[-1].left_out) == ("61", "1")


def outcome(data: str) -> str:
    with pytest.raises(Refused) as refused:
        read(data.encode())
    return refused.value.reason


def test_what_is_refused() -> None:
    flat = f'{HEAD}<pkg:package xmlns:pkg="{PACKAGE}">'
    assert outcome(flat + "</pkg:package>") == "not-a-document"
    assert outcome(flat) == "damaged"
    old = f'{HEAD}<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml">'
    assert outcome(old + "</w:wordDocument>") == "not-a-document"
    assert outcome(HEAD + '<!DOCTYPE a [<!ENTITY x "y">]>' + old.removeprefix(HEAD) + "</w:wordDocument>") == "damaged"
