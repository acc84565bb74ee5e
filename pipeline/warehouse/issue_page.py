"""The page *issues by code*: what is amiss in the published reports, one line per kind, however many there are.

It is made from the view `issues_by_code` and needs no network. What does *not* belong here: judging reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

from pipeline.warehouse import Warehouse

FILE = "issues.html"
TITLE = "Issues by code 问题汇总"
_STYLE = """<style>
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 1.5rem; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
td, th { border: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
.error { color: #b00020; font-weight: 600; }
</style>"""
_REPORTS = "SELECT count(*), count(*) FILTER (grade = 'A') FROM reports"
_CODES = """
    SELECT code, severity, sum(issues)::BIGINT, sum(reports)::BIGINT, min(year), max(year),
           arg_min(example, example_report_id), min(example_report_id)
    FROM issues_by_code GROUP BY code, severity
    ORDER BY array_position(['error', 'warning', 'info'], severity), sum(reports) DESC, code"""
_REASONS = "SELECT reason, count(*), min(sentence) FROM quarantine GROUP BY reason ORDER BY count(*) DESC, reason"
_QUERY = "SELECT * FROM issues WHERE code = '…' ORDER BY district_code, year"


def write_issue_page(warehouse: Warehouse, folder: Path) -> Path:
    """Write the page of the published warehouse into the folder and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / FILE
    page.write_text("\n".join(_page(warehouse)), encoding="utf-8")
    return page


def _page(warehouse: Warehouse) -> Iterator[str]:
    ((reports, best),) = warehouse.query(_REPORTS)[1]
    yield f'<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>{TITLE}</title>{_STYLE}</head>'
    yield f"<body><h1>{TITLE}</h1><p>{reports:,} reports, {best:,} of grade A. Single issues: <code>{_QUERY}</code>;"
    yield "a report from ink to warehouse: <code>disclosure explain REPORT_ID</code>.</p>"
    heads = (
        "Code 代码",
        "Severity",
        "Issues 问题",
        "Reports 报告",
        "Years 年度",
        "Example 示例",
        "Its report 报告编号",
    )
    yield from _table(heads, map(_code_cells, warehouse.query(_CODES)[1]))
    yield "<h2>Files in quarantine 隔离区</h2>"
    yield from _table(("Reason 原因", "Files 文件", "Example 示例"), map(_reason_cells, warehouse.query(_REASONS)[1]))
    yield "</body></html>"


def _code_cells(row: Sequence[Any]) -> Iterator[str]:
    code, severity, issues, reports, first, last, example, report = row
    yield _cell(code)
    yield _cell(severity, severity)
    yield _cell(f"{issues:,}", "n")
    yield _cell(f"{reports:,}", "n")
    yield _cell(str(first) if first == last else f"{first}–{last}")
    yield _cell(example)
    yield _cell(report)


def _reason_cells(row: Sequence[Any]) -> Iterator[str]:
    reason, files, sentence = row
    yield _cell(reason)
    yield _cell(f"{files:,}", "n")
    yield _cell(sentence)


def _cell(text: str, kind: str = "") -> str:
    return f'<td class="{kind}">{escape(text)}</td>' if kind else f"<td>{escape(text)}</td>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield f"<table><tr>{''.join(f'<th>{escape(h)}</th>' for h in heads)}</tr>"
    yield from (f"<tr>{''.join(row)}</tr>" for row in rows)
    yield "</table>"
