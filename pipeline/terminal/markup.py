"""Text from files and their names, made safe for rich, which has markup of its own."""

from __future__ import annotations

from rich.markup import escape as without_markup

from pipeline.plain import plain


def escape(text: str) -> str:
    """The text as rich shows it unchanged: what looks like markup in it stays text."""
    return without_markup(plain(text))
