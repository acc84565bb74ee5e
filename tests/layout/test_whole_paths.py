"""Labels of rows are known with their groups in the same cell, whatever stands between them."""

from __future__ import annotations

import random
import re

import pytest

from pipeline.forms.loading import form, forms
from pipeline.parsed import Parsed
from tests.conftest import assert_accounted, parse_bytes, printed
from tests.render import TITLE, Figures, balanced_figures

MARKS = ("", "-", " - ", "/", "—", "·", "：", "、", "→", ">>", "\n")
_ORDINAL = re.compile(r"^(?:（[一二三四五六七]）|[一二三四]、|[1-9]\.)")


def without_ordinals(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_ORDINAL.sub("", text) for text in path)


WORDED = {
    "whole": lambda path: path,
    "without ordinals": without_ordinals,
    "last ordinal only": lambda path: (*without_ordinals(path[:-1]), path[-1]),
    "last group only": lambda path: path[-2:],
    "first group only": lambda path: (*path[:1], *path[-1:]) if len(path) > 1 else path,
}


def parsed(of: Figures, name: str, number: int, wording: str, mark: str) -> Parsed:
    """A report with one table, whose rows have their groups in one cell with the label."""
    table = form(name).table(number)
    rows = []
    for block in table.blocks:
        rows.append(["信息内容" if number == 2 else "项目", *(c.path[-1] for c in block.columns)])
        rows += [
            [mark.join(WORDED[wording](r.path)), *(of[number, r.code, c.code] for c in block.columns)]
            for r in block.rows
        ]
    drawn = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in r)}</tr>".replace("\n", "<br>") for r in rows)
    return parse_bytes(f"<h1>{TITLE}</h1><table>{drawn}</table>".encode(), "report.html")


@pytest.mark.each_value
@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("wording", WORDED)
@pytest.mark.parametrize("number", [2, 3])
@pytest.mark.parametrize("name", ["2019", "2021"])
def test_groups_in_the_cell_of_a_label_are_no_part_of_it(name: str, number: int, wording: str, mark: str) -> None:
    of = balanced_figures(form(name), random.Random(3))
    found = parsed(of, name, number, wording, mark)
    assert printed(found) == {k: v for k, v in of.items() if k[0] == number}
    assert_accounted(found)


@pytest.mark.parametrize("mark", ["", "-"])
@pytest.mark.parametrize("name", ["2019", "2021"])
def test_a_label_below_a_group_of_others_is_not_guessed(name: str, mark: str) -> None:
    of = balanced_figures(form(name), random.Random(3))
    text = parse_text(of, name, mark)
    found = parse_bytes(text.encode(), "report.html")
    assert not {k for k in printed(found) if k[1] == "3.3.1"}
    assert "row-unbound" in {i.code for i in found.issues if i.table_no == 3}


def parse_text(of: Figures, name: str, mark: str) -> str:
    """A table in which 属于国家秘密 stands below （四）无法提供."""
    table = form(name).table(3)
    rows = [["项目", *(c.path[-1] for c in table.blocks[0].columns)]]
    rows += [
        [
            mark.join(r.path).replace("（三）不予公开", "（四）无法提供") if r.code == "3.3.1" else mark.join(r.path),
            *(of[3, r.code, c.code] for c in table.blocks[0].columns),
        ]
        for r in table.rows
    ]
    drawn = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in r)}</tr>" for r in rows)
    return f"<h1>{TITLE}</h1><table>{drawn}</table>"


def test_no_label_is_written_in_ascii_alone() -> None:
    """Such texts are taken for figures, and not looked at."""
    assert not [text for f in forms() for text in f.labels if text.isascii()]
