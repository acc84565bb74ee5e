"""Text from files that a terminal, a log and Markdown show as it is, and obey nothing of."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from assets.describe import markdown
from pipeline.terminal.plain import escape, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("河南/甲.pdf", "河南/甲.pdf"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\x9b31mb", "a\\x9b31mb"),
        ("a\rb\tc\x07\x00", "a\\x0db\\x09c\\x07\\x00"),
        ("cod.\u202efdp", "cod.\\u202efdp"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_signs_that_a_terminal_obeys_are_spelt_out(text: str, shown: str) -> None:
    assert plain(text) == shown
    out = io.StringIO()
    Console(file=out, width=200).print(escape(text))
    assert out.getvalue() == shown + "\n"


def test_marks_of_rich_are_text() -> None:
    out = io.StringIO()
    Console(file=out, width=200).print(escape("[bold]甲[/] [link=x]"))
    assert out.getvalue() == "[bold]甲[/] [link=x]\n"


def test_markdown_shows_text_as_it_is() -> None:
    text = markdown(("path",), [("![x](http://e.com/a.png)",), ("a|b\\\n<script>",), ("*b*\u202e",)]).value
    assert text is not None
    assert text.splitlines()[2:] == [
        "| \\!\\[x\\]\\(http://e.com/a.png\\) |",
        "| a\\|b\\\\ \\<script\\> |",
        "| \\*b\\*\\\\u202e |",
    ]
