"""Text from files and their names for rich, which has marks of its own."""

from __future__ import annotations

from rich.markup import escape as without_markup

from pipeline.plain import plain


def escape(text: str) -> str:
    """The plain text for rich, whose own marks in it are text too."""
    return without_markup(plain(text))
