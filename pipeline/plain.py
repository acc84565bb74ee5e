"""Text from files and their names, made harmless for a terminal, a log, JSON, Markdown and a spreadsheet.

What does *not* belong here: text of our own.
"""

from __future__ import annotations

import json
import re
from typing import Any

# Control and escape signs, those that turn the direction of writing, and what breaks lines in some programs.
_HARMFUL = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_MARKS = re.compile(r"[\\`*_{}\[\]()<>#!|~&]")
# A spreadsheet takes a text that begins with one of these for a formula, also where it came from a report; under a
# Chinese Windows also their wide forms. A number below zero is none, nor is a sign alone.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠](?=.)(?![0-9]+(?:\.[0-9]+)?$)", re.DOTALL)


def plain(text: str) -> str:
    """The text with its control, escape and bidirectional signs spelt out, so that a terminal shows and obeys none.

    The end of a line stays one.
    """
    return _HARMFUL.sub(lambda found: _spelt(found[0]), text)


def plain_json(value: object, indent: int | None = None) -> str:
    """The value as JSON that says the same and shows no such sign as it is."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _HARMFUL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain_markdown(text: str) -> str:
    """The text on one line of Markdown that shows it as it is: no link, no picture, no mark-up of its own."""
    return _MARKS.sub(r"\\\g<0>", plain(text).replace("\n", " "))


def inert(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula: a text that it would take for one begins with an apostrophe."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _spelt(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
