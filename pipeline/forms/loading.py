"""Forms read from their TOML files, one file per form.

What does *not* belong here: the rules that a form must keep (`checking`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pipeline.forms.checking import check_form, check_rules, check_variants
from pipeline.forms.model import Block, Form, FormError, FormLine, FormTable, Heading, Identity
from pipeline.labels import label

_FORM_FILE = re.compile(r"^[0-9]{4}[^/]*\.toml$")  # the folder holds other knowledge beside the forms


@lru_cache(maxsize=1)
def forms() -> tuple[Form, ...]:
    """All forms, by name. Raises `FormError` where a file contradicts itself."""
    found = sorted((f for f in files(__package__).iterdir() if _FORM_FILE.match(f.name)), key=lambda f: f.name)
    made = tuple(parse_form(f.name.removesuffix(".toml"), f.read_text("utf-8")) for f in found)
    check_variants(made)
    check_rules(made)
    return made


def form(name: str) -> Form:
    """The form of that name; raises `KeyError` where there is none."""
    for f in forms():
        if f.name == name:
            return f
    raise KeyError(f"no form {name}")


def form_in_force(year: int | None, known: Sequence[Form]) -> Form | None:
    """The form among those `known` that reports of a year have to follow; None before the first such form."""
    prescribed = [f for f in known if f.prescribed and f.name.isdecimal() and year is not None and int(f.name) <= year]
    return max(prescribed, key=lambda f: f.name, default=None)


def parse_form(name: str, toml: str) -> Form:
    """A form from the text of its file. Raises `FormError` naming the form and what is wrong."""
    try:
        raw = tomllib.loads(toml)
        prescribed = raw.get("prescribed", True)
        made = Form(
            raw["name"],
            raw["title"],
            tuple(_heading(s, prescribed=prescribed) for s in raw.get("section", [])),
            tuple(_table(t) for t in raw["table"]),
            prescribed,
            raw.get("variant_of"),
        )
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as e:
        raise FormError(f"form {name}: {type(e).__name__}: {e}") from e
    check_form(name, made)
    return made


def _heading(raw: dict[str, Any], *, prescribed: bool) -> Heading:
    names = frozenset(label(n).text for n in (raw["heading"], *raw.get("aliases", [])))
    ordinal = raw["topic"] if prescribed else 0
    return Heading(raw["topic"], names, raw["heading"], raw.get("table"), ordinal, tuple(raw.get("words", [])))


def _table(raw: dict[str, Any]) -> FormTable:
    return FormTable(
        raw["number"],
        raw["caption"],
        tuple(raw.get("corner", [])),
        tuple(_block(b) for b in raw["block"]),
        tuple(_identity(i) for i in raw.get("identity", [])),
        raw.get("open", False),
        tuple(raw.get("unit_headers", [])),
        tuple(raw.get("number_headers", [])),
        tuple(raw.get("footers", [])),
        raw.get("least", 0),
        tuple(_identity(i) for i in raw.get("bound", [])),
    )


def _block(raw: dict[str, Any]) -> Block:
    return Block(
        tuple(_line(r, r["stub"]) for r in raw["rows"]),
        tuple(_line(c, c["header"]) for c in raw["columns"]),
        raw.get("unit"),
    )


def _line(raw: dict[str, Any], path: Sequence[str]) -> FormLine:
    return FormLine(
        raw["code"],
        tuple(path),
        tuple(raw.get("aliases", [])),
        tuple(raw.get("misprints", [])),
        raw.get("total", False),
        raw.get("unit"),
        raw.get("signed", False),
        raw.get("recalled", False),
    )


def _identity(raw: dict[str, Any]) -> Identity:
    over = "rows" if "rows" in raw else "columns"
    return Identity(raw["rule"], over, tuple(raw[over]["left"]), tuple(raw[over]["right"]))
