"""Layers of a PDF (optional content): which of them are off as the file opens, so that what is on them is not seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pdfminer.pdftypes import PDFObjRef, dict_value, list_value, resolve1
from pdfminer.psparser import PSLiteral, literal_name

Groups = frozenset[int]  # the numbers of the objects that stand for layers


def layers_off(catalog: Mapping[str, Any]) -> Groups:
    """The layers that are off by the file's own setting."""
    properties = dict_value(catalog.get("OCProperties", {}))
    setting = dict_value(properties.get("D", {}))
    off = _numbers(setting.get("OFF"))
    if _name(setting.get("BaseState")) == "OFF":
        off |= _numbers(properties.get("OCGs")) - _numbers(setting.get("ON"))
    return off


def is_off(content: object, off: Groups) -> bool:
    """True for content on a layer that is off, or on several of which it takes one that is on."""
    if isinstance(content, PDFObjRef) and content.objid in off:
        return True
    found = resolve1(content)
    if not isinstance(found, dict) or "OCGs" not in found:
        return False
    held = found["OCGs"]
    groups = [held] if isinstance(resolve1(held), dict) else list_value(held)
    states = [isinstance(g, PDFObjRef) and g.objid in off for g in groups]
    policy = _name(found.get("P")) or "AnyOn"
    if not states:
        return False
    return {
        "AllOn": any(states),
        "AnyOff": not any(states),
        "AllOff": not all(states),
    }.get(policy, all(states))


def _numbers(groups: object) -> Groups:
    return frozenset(g.objid for g in list_value(groups or []) if isinstance(g, PDFObjRef))


def _name(value: object) -> str:
    found = resolve1(value)
    return literal_name(found) if isinstance(found, PSLiteral) else ""
