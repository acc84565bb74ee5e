"""Write drawn Word documents as one XML file: the package written flat, or in the words of Word 2003."""

from __future__ import annotations

import io
import re
import zipfile

from pipeline.forms.model import Form
from tests.readers.draw_docx import DocxStyle, docx_report
from tests.render import Figures

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<?mso-application progid="Word.Document"?>\n'
PACKAGE = "http://schemas.microsoft.com/office/2006/xmlPackage"
_NAMESPACES = (
    'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" '
    'xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" '
    'xmlns:aml="http://schemas.microsoft.com/aml/2001/core" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)
_PICTURE = "iVBORw0KGgo=" * 99
# Names of elements that Word 2003 writes otherwise.
_OLD_NAMES = {"vMerge": "vmerge", "hMerge": "hmerge", "numPr": "listPr", "numId": "ilfo", "abstractNum": "listDef",
              "abstractNumId": "ilst", "num": "list"}  # fmt: skip
_NUMERALS = {"decimal": "0", "chineseCountingThousand": "39", "chineseCounting": "37", "bullet": "23"}


def flat_report(form: Form, figures: Figures, style: DocxStyle | None = None) -> bytes:
    """A whole report; a figure that is missing from `figures` is printed as a blank."""
    return as_flat(docx_report(form, figures, style))


def word_2003_report(form: Form, figures: Figures, style: DocxStyle | None = None) -> bytes:
    """The same in the XML of Word 2003."""
    return as_2003(docx_report(form, figures, style))


def as_flat(docx: bytes) -> bytes:
    """The package of a document as one XML file, with a picture."""
    parts = []
    for name, content in _parts(docx).items():
        if name != "[Content_Types].xml":
            inside = re.sub(r"<\?xml[^>]*\?>", "", content)
            parts.append(f'<pkg:part pkg:name="/{name}"><pkg:xmlData>{inside}</pkg:xmlData></pkg:part>')
    parts.append(f'<pkg:part pkg:name="/word/media/a.png"><pkg:binaryData>{_PICTURE}</pkg:binaryData></pkg:part>')
    return f'{HEAD}<pkg:package xmlns:pkg="{PACKAGE}">{"".join(parts)}</pkg:package>'.encode()


def as_2003(docx: bytes) -> bytes:
    """A document in the XML of Word 2003: its body in a section, its lists before it."""
    parts = _parts(docx)
    body = _inside(next(content for content in parts.values() if "<w:document" in content), "body")
    lists = _inside(parts.get("word/numbering.xml", ""), "numbering")
    lists = re.sub(r'w:abstractNumId="(\d+)"', r'w:listDefId="\1"', lists)
    lists = re.sub(r'w:numId="(\d+)"', r'w:ilfo="\1"', lists)
    lists = re.sub(r'<w:numFmt w:val="(\w+)"/>', lambda m: f'<w:nfc w:val="{_NUMERALS[m[1]]}"/>', lists)
    styles = _inside(parts.get("word/styles.xml", ""), "styles")
    inside = f"<w:lists>{_old(lists)}</w:lists><w:styles>{_old(styles)}</w:styles><w:body><wx:sect>{_old(body)}</wx:sect></w:body>"
    return f"{HEAD}<w:wordDocument {_NAMESPACES}>{inside}</w:wordDocument>".encode()


def _parts(docx: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _inside(content: str, name: str) -> str:
    found = re.search(rf"<w:{name}\b[^>]*>(.*)</w:{name}>", content, re.DOTALL)
    return found[1] if found else ""


def _old(content: str) -> str:
    names = "|".join(_OLD_NAMES)
    return re.sub(rf"(</?w:)({names})\b(?=[ />])", lambda m: m[1] + _OLD_NAMES[m[2]], content)
