"""Text from files that a terminal, a log, JSON, Markdown and spreadsheets show as it is, and obey nothing of."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from assets.describe import markdown
from pipeline.plain import inert, plain, plain_json
from pipeline.terminal.markup import escape


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


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_json_says_the_same_and_shows_no_sign_that_a_terminal_obeys(value: dict[str, object]) -> None:
    for indent in (None, 2):
        text = plain_json(value, indent)
        assert json.loads(text) == value
        assert plain(text) == text


def test_json_spells_bidirectional_signs_out() -> None:
    assert plain_json({"甲": "cod.\u202efdp\x7f\n"}) == '{"甲": "cod.\\u202efdp\\u007f\\n"}'


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "＝1+1",
        "＋1＋1",
        "－a",
        "＠x",
        "-12 件",
    ],
)
def test_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("value", ["-12", "+3.5", "-", "－", "12", "甲=乙", "", None, -12, 3.5, True])
def test_what_is_no_formula_stays(value: object) -> None:
    assert inert(value) == value
