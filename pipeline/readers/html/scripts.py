"""Finds the tables that a script in the page may change: what a person sees in them is not in the file.

Nothing is run. A script counts where it names a cell, or something in one, and changes what that shows; scripts for
counters, sharing, printing and sizes of letters name other things, or change only how these look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from pipeline.readers.html.doubts import doubt
from pipeline.readers.html.rules import content_of
from pipeline.readers.html.sheets import Sheets

CHANGED = "a script in the page may change what it shows"

_LONGEST = 2_000  # characters of one statement
_MOST_USES = 200  # of a variable
_LIBRARY = 50_000  # characters: so long a script is no page's own
_OTHER_LANGUAGE = re.compile(r"json|template|html|x-|vbscript|importmap|speculation", re.IGNORECASE)
_ASSIGNED = r"\s*\+?=(?![=>])"
_CHANGE = re.compile(
    rf"(?:inner|outer)HTML{_ASSIGNED}|(?:inner|outer)Text{_ASSIGNED}|(?:textContent|nodeValue|\.data|\.value|\.hidden){_ASSIGNED}"
    rf"|\.style\.(?:display|visibility|opacity|textDecoration){_ASSIGNED}|\.(?:html|text|val|replaceWith|append|prepend|load)\(\s*[^)\s]"
    r"|\.(?:remove|hide|toggle|empty|detach)\(|(?:remove|replace|append|insert)(?:Child|Before|Children)\("
    r"|insertAdjacent(?:HTML|Text)\(|(?:insert|delete)(?:Row|Cell)\(|\.css\(\s*[\"'](?:display|visibility)"
    r"|setAttribute\(\s*[\"'](?:style|hidden|value)"
)
# A text put back between tags is the same text.
_TAGS = r"(?:\"(?:<[^<>\"]*>)*\"|'(?:<[^<>']*>)*'|`(?:<[^<>`]*>)*`)"
_DECORATES = re.compile(
    rf"(?P<what>[\w$.\[\]]+)\.innerHTML\s*=\s*(?:{_TAGS}\s*\+\s*)?(?P=what)\.(?:textContent|inner(?:Text|HTML))"
    rf"(?:\s*\+\s*{_TAGS})?\s*(?=[;}}\n]|$)"
)
# What puts something else in the place of all that a larger part of the page holds.
_REPLACED = re.compile(
    rf"^\s*\)?(?:\[0\])?\.(?:(?:inner|outer)HTML{_ASSIGNED}|(?:html|replaceWith|load)\(\s*[^)\s]|(?:remove|empty)\()"
)
_SELECTION = re.compile(
    r"(?:(?P<name>[\w$]+)\s*=\s*)?(?:(?P<of>[\w$.]+)\.)?"
    r"(?P<by>getElementById|getElementsByClassName|getElementsByTagName|getElementsByName|querySelector(?:All)?|\$|jQuery)"
    r"\(\s*(?P<quote>[\"'`])(?P<what>(?:(?!(?P=quote))[^\n]){1,200})(?P=quote)"
)
_OF_CELLS = re.compile(
    rf"(?:\.(?:rows|cells)\s*\[[^;]{{0,200}}?(?:{_CHANGE.pattern}))|\.(?:insert|delete)(?:Row|Cell)\("
)
_OF_PAGE = re.compile(rf"document\.(?:body|documentElement)\.innerHTML{_ASSIGNED}")
_WRITES = re.compile(r"document\.write(?:ln)?\(")
_WRITES_CELLS = re.compile(r"<t[dr]\b", re.IGNORECASE)
_OF_REPORT = re.compile(
    r"规章|规范性文件|行政许可|行政处罚|行政强制|行政事业性收费|予以公开|行政复议|行政诉讼|\\u89c4\\u7ae0"
)
_ENDS = re.compile(r"[;{}]")
_WORD = re.compile(r"[\w$-]+")


def mark_scripted(root: etree._Element, sheets: Sheets) -> None:
    """Note at each table that a script may change that it does so."""
    ids: dict[str, etree._Element] = {}
    for written in _scripts(root):
        script = _DECORATES.sub("", written)
        if not _CHANGE.search(script) and not _WRITES.search(script):
            continue
        ids = ids or _ids(root)
        for element in _changed(root, script, sheets, ids):
            doubt(element, CHANGED)


def _scripts(root: etree._Element) -> Iterator[str]:
    """The scripts that run when the page is opened."""
    for script in root.iter("script"):
        if (
            _OTHER_LANGUAGE.search(script.get("type") or "") is None
            or "javascript" in (script.get("type") or "").lower()
        ):
            source = script.get("src")
            yield (script.text or "") if source is None else content_of(source)
    for element in root.iter("body", "img", "svg", "iframe"):
        yield from (element.get(name, "") for name in ("onload", "onerror") if element.get(name))


def _ids(root: etree._Element) -> dict[str, etree._Element]:
    """What has an id and is a row or cell, or stands in a cell."""
    return {
        e.get("id", ""): e
        for table in root.iter("table")
        for e in table.iterdescendants(etree.Element)
        if e.get("id") and e.tag != "table" and e.find(".//table") is None
    }


def _changed(
    root: etree._Element, script: str, sheets: Sheets, ids: dict[str, etree._Element]
) -> Iterator[etree._Element]:
    """What a script may change, or a table in it."""
    if _writes_report(script) or _OF_CELLS.search(script) or (_OF_PAGE.search(script) and "print" not in script):
        yield from root.iter("table")
    if not _CHANGE.search(script):
        return
    for name in ids.keys() & set(_WORD.findall(script)):
        if re.search(rf"[\"'`#]{re.escape(name)}(?![\w-])|\b{re.escape(name)}\s*[.:]\s*", script):
            yield ids[name]
    for found in _SELECTION.finditer(script):
        if len(script) < _LIBRARY or found["of"] == "document" or found["by"] in ("$", "jQuery"):
            yield from _selected(found, script, sheets)


def _writes_report(script: str) -> bool:
    """True for a script that writes cells of a report."""
    return bool(_WRITES_CELLS.search(script) and _OF_REPORT.search(script))


def _selected(found: re.Match[str], script: str, sheets: Sheets) -> Iterator[etree._Element]:
    """What a script selects at one place and changes there, or where it uses the name that it gives to that."""
    elements = sheets.chosen(_selector(found["by"], found["what"]))
    if not elements:
        return
    uses = [found.end(), *_uses(found["name"], script)]
    in_cells = [e for e in elements if _is_in_table(e)]
    if in_cells and any(_CHANGE.search(_statement(script, at)) for at in uses):
        yield from in_cells
    around = [t for e in elements if e not in in_cells for t in e.iter("table")]
    if around and "print" not in script and any(_REPLACED.match(script[at : at + _LONGEST]) for at in uses):
        yield from around


def _selector(by: str, what: str) -> str:
    if by == "getElementById":
        return f'[id="{what}"]'
    if by == "getElementsByClassName":
        return "." + ".".join(what.split())
    return f'[name="{what}"]' if by == "getElementsByName" else what


def _is_in_table(element: etree._Element) -> bool:
    """True for a table or what stands in one, if it is no larger part of the page."""
    if element.find(".//table") is not None:
        return False
    return element.tag == "table" or next(element.iterancestors("table"), None) is not None


def _uses(name: str | None, script: str) -> list[int]:
    if not name:
        return []
    places = (m.end() for m in re.finditer(rf"(?<![\w$.]){re.escape(name)}(?![\w$])", script))
    return [at for at, _ in zip(places, range(_MOST_USES), strict=False)]


def _statement(script: str, at: int) -> str:
    """The rest of a statement, with the block that it opens."""
    text = script[at : at + _LONGEST]
    depth = 0
    for sign in _ENDS.finditer(text):
        depth += (sign[0] == "{") - (sign[0] == "}")
        if depth < 0 or (depth == 0 and sign[0] != "{"):
            return text[: sign.start()]
    return text
