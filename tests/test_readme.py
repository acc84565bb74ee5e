"""The two READMEs: short, the same in both languages, and every link and command in them is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from assets.command import cli

ROOT = Path(__file__).resolve().parents[1]
TEXTS = {name: (ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh.md")}
OTHER = {"README.md": "README.zh.md", "README.zh.md": "README.md"}


def links(text: str) -> list[str]:
    return sorted(set(re.findall(r"\]\(([^)]+)\)", text)) - set(TEXTS))


def code(text: str) -> list[list[str]]:
    """The blocks without what people read in them: comments, and the note of a person's decision."""
    blocks = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    return [[re.sub(r"\s+#.*|(?<=,,,,).*", "", line) for line in block.splitlines()] for block in blocks]


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_short_and_its_links_lead_somewhere(name: str) -> None:
    assert len(TEXTS[name].splitlines()) < 100
    found = [link.split("#")[0] for link in links(TEXTS[name]) if "://" not in link]
    assert len(found) > 10
    assert [link for link in found if not (ROOT / link).exists()] == []
    assert OTHER[name] in TEXTS[name]


def test_both_say_the_same() -> None:
    english, chinese = TEXTS.values()
    assert links(english) == links(chinese)
    assert code(english) == code(chinese)
    for mark in (r"^## ", r"^- \*\*", r"^- \[", r"^\|"):  # headings, promises, pointers, rows
        assert len(re.findall(mark, english, re.MULTILINE)) == len(re.findall(mark, chinese, re.MULTILINE)), mark


@pytest.mark.parametrize("name", TEXTS)
def test_the_commands_are_there(name: str) -> None:
    verbs = set(re.findall(r"`(?:\.venv/bin/)?disclosure (\w+)", TEXTS[name]))
    assert {"run", "status", "explain", "sql", "export"} <= verbs
    assert [verb for verb in verbs if CliRunner().invoke(cli, [verb, "--help"]).exit_code] == []
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"\bmake (\w+)", TEXTS[name]))
    assert [target for target in targets if f"\n{target}:" not in makefile] == []
