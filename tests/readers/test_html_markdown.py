"""Markdown with tables in HTML is read line by line, and a page of markup as the page it is."""

from __future__ import annotations

import pytest

from pipeline.readers import read
from tests.render import TITLE

TABLE = "<table><tr><td>规章</td><td>3</td></tr></table>"
LINES = f"# {TITLE}\n\n一、总体情况\n文峰区做好政府信息公开工作。\n"


def shown(text: str) -> tuple[list[str], list[list[list[str]]]]:
    document = read(text.encode())
    return [p.text for p in document.paragraphs], [[[c.text for c in row] for row in g.rows] for g in document.grids]


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "<html><body>{}</body></html>",
        '<div style="text-align: center;"><html><body>{}</body></html></div>',
        "<figure>\n{}\n</figure>",
        "<!-- 第 3 页 -->\n{}\n<!-- PageBreak -->",
    ],
)
def test_lines_between_tables_are_paragraphs(around: str) -> None:
    lines, grids = shown(f"{LINES}{around.format(TABLE)}\n二、尾\n")
    assert lines == [TITLE, "一、总体情况", "文峰区做好政府信息公开工作。", "二、尾"]
    assert grids == [[["规章", "3"]]]


def test_pipes_with_true_columns_are_tables_beside_those_in_html() -> None:
    lines, grids = shown(f"{LINES}| 项目 | 数 |\n|---|---|\n| 规章 |  |\n| 文件 | 5 |\n\n{TABLE}\n")
    assert grids == [[["项目", "数"], ["规章", ""], ["文件", "5"]], [["规章", "3"]]]
    assert len(lines) == 3


@pytest.mark.parametrize(("cell", "text"), [("$12$", "12"), ("**0**", "0"), ("12<sup>①</sup>", "12"), ("", "")])
def test_signs_and_notes_in_cells_are_no_part_of_a_figure(cell: str, text: str) -> None:
    _, grids = shown(f"{LINES}<table><tr><td>规章</td><td>{cell}</td></tr></table>\n")
    assert grids == [[["规章", text]]]


@pytest.mark.parametrize(
    "page",
    [
        f"<!DOCTYPE html><body>甲\n乙\n{TABLE}</body>",
        f"<html><head></head><body>甲\n乙\n{TABLE}</body></html>",
        f"甲<br>\n乙<br>\n{TABLE}",
        f"<p>甲\n乙</p>\n<p>丙\n丁</p>{TABLE}",
        f"<div>甲\n乙</div>\n<div>丙\n丁</div>{TABLE}",
        f"甲\n{TABLE}",
    ],
)
def test_the_lines_of_a_page_of_markup_are_not_its_paragraphs(page: str) -> None:
    lines, grids = shown(page)
    assert "".join(lines).replace(" ", "")[:2] in ("甲乙", "甲")
    assert (lines[0] == "甲") == ("<br>" in page or "乙" not in page)
    assert grids == [[["规章", "3"]]]


def test_tables_inside_tables_and_tables_that_nothing_ends_are_read_to_their_end() -> None:
    lines, grids = shown(f"{LINES}<table><tr><td>甲</td><td>{TABLE}</td></tr></table>\n尾\n<table><tr><td>乙</td><td>7")
    assert lines[-1] == "尾" or "尾" in lines
    assert [["规章", "3"]] in grids
    assert [["乙", "7"]] in grids
