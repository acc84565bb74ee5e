"""SQL of the macro `body_functions`: the functions of departments. Data in `places/macros/functions.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pipeline.warehouse.ddl import comment_on, literal

FILE = Path(__file__).parents[1] / "places" / "macros" / "functions.toml"


class FunctionError(Exception):
    """The file of functions contradicts itself; the message says where."""


@cache
def macro_source() -> str:
    """CREATE MACRO and its comment. Raises `FunctionError` where the file is at fault."""
    return parse_macro(FILE.read_text("utf-8"))


def parse_macro(toml: str) -> str:
    """The macro of the text of a file. Raises `FunctionError` saying what is wrong."""
    try:
        raw = tomllib.loads(toml)
        known, meaning, label = dict(raw["function"]), raw["meaning"], raw["label"]
    except (KeyError, TypeError, tomllib.TOMLDecodeError) as e:
        raise FunctionError(f"body_functions: {type(e).__name__}: {e}") from e
    _check(known)
    rows = ",\n".join(f"    ({literal(name)}, {literal('|'.join(words))})" for name, words in known.items())
    body = f"FROM (VALUES\n{rows}\n) AS known (function, words)"
    return (
        f"CREATE MACRO body_functions() AS TABLE\n{body};\n\n"
        f"{comment_on('MACRO TABLE body_functions', meaning, label)}\n"
    )


def _check(known: Mapping[str, object]) -> None:
    if not known:
        raise FunctionError("body_functions: there is no function")
    for name, words in known.items():
        if not isinstance(words, list) or not words or not all(_is_word(word) for word in words):
            raise FunctionError(f"body_functions: {name}: words of two Chinese characters or more are needed")


def _is_word(word: object) -> bool:
    return isinstance(word, str) and re.fullmatch(r"[\u4e00-\u9fff]{2,}", word) is not None
