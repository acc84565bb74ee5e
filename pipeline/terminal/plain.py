"""Text from files and their names, made harmless for a terminal and for logs.

What does *not* belong here: text of our own.
"""

from __future__ import annotations

import re

from rich.markup import escape as without_markup

# Control and escape signs, those that turn the direction of writing, and what breaks lines in some programs.
_HARMFUL = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def plain(text: str) -> str:
    """The text with its control, escape and bidirectional signs spelt out, so that a terminal shows and obeys none.

    The end of a line stays one.
    """
    return _HARMFUL.sub(lambda found: _spelt(found[0]), text)


def escape(text: str) -> str:
    """The plain text for rich, whose own marks in it are text too."""
    return without_markup(plain(text))


def _spelt(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
