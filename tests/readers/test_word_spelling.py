"""However a Word document spells its XML, its text looks as it does in Word's own spelling."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from pipeline.readers import read
from tests.readers.draw_docx import docx, paragraph
from tests.readers.test_word_looks import LOOKS, W, run, with_parts

_TAG = re.compile(r"<(?![?!/])[^<>]+>")


def in_tags(change: Callable[[str], str]) -> Callable[[str], bytes]:
    return lambda part: _TAG.sub(lambda tag: change(tag[0]), part).encode()


SPELLINGS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "single quotes": in_tags(lambda tag: tag.replace('"', "'")),
    "spaces around the sign": in_tags(lambda tag: re.sub(r"=(?=[\"'])", " = ", tag)),
    "a space behind the sign": in_tags(lambda tag: re.sub(r"=(?=[\"'])", "= ", tag)),
    "two spaces": in_tags(lambda tag: re.sub(r" (?=w:)", "  ", tag)),
    "a line for each attribute": in_tags(lambda tag: re.sub(r" (?=[\w:]+=)", "\n ", tag)),
    "another prefix": lambda part: re.sub(r"\bw:|(?<=:)w(?==)", lambda m: m[0].replace("w", "ns0"), part).encode(),
    "sixteen bits": lambda part: re.sub(r"<\?[^<>]*\?>", "", part).encode("utf-16"),
}


def respelled(document: bytes, spell: Callable[[str], bytes]) -> bytes:
    with zipfile.ZipFile(BytesIO(document)) as source:
        names = [n for n in source.namelist() if n in ("word/document.xml", "word/styles.xml")]
        return with_parts(document, {n: spell(source.read(n).decode()) for n in names})


@pytest.mark.each_value
@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS.keys())
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS.keys())
@pytest.mark.parametrize("by_style", [False, True])
def test_any_spelling(look: str, spell: Callable[[str], bytes], by_style: bool) -> None:
    style = f'<w:style w:type="character" w:styleId="Old"><w:rPr>{look}</w:rPr></w:style>'
    odd = run("12", '<w:rStyle w:val="Old"/>' if by_style else look)
    rows = f"<w:tr><w:tc>{paragraph('行政许可')}</w:tc><w:tc><w:p>{run('61')}{odd}</w:p></w:tc></w:tr>" * 2
    made = with_parts(docx(f"<w:tbl>{rows}</w:tbl>"), {"word/styles.xml": f"<w:styles {W}>{style}</w:styles>".encode()})
    (grid,) = read(respelled(made, spell)).grids
    assert (grid.cells[-1].text, grid.cells[-1].left_out) == ("61", "12")
