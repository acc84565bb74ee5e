"""The static pages of a site of Data Docs, made fit to be opened without a network.

Great Expectations fetches styles and scripts from half a dozen hosts, and its index is empty without
them. Here the pages get one small style sheet, and an index that names every rule with its counts.
What does *not* belong here: judging data.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it imports pandas, for which the process that starts the others need not wait
    from expectations.rules import RuleResult

SITE_PARTS = ("expectations", "validations", "static")
# What the pages of suites were made of, beside them.
MADE_OF = "expectations/made-of.txt"
TITLE = "Validation results 校验结果"

_FOREIGN = re.compile(
    r"""<script[^>]*\ssrc="https?://[^>]*>\s*</script>   # scripts
      | <link\b[^>]*>                                  # styles, an icon
      | <img[^>]*\ssrc="https?://[^>]*>                 # logos
      | background:\s*url\('https?://[^;]*;             # a logo within a style
      | <(footer|form)\b.*?</\1>                        # a newsletter
    """,
    re.VERBOSE | re.DOTALL,
)
_STYLE = """<style>
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; margin: 1.5rem; color: #222; }
table { border-collapse: collapse; margin: .5rem 0 1.5rem; }
td, th { border: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top; }
th { background: #f2f2f2; }
td.n { text-align: right; font-variant-numeric: tabular-nums; }
.fa-check-circle::before { content: "✓"; } .fa-times::before { content: "✗"; }
.fa-exclamation-triangle::before { content: "⚠"; } i { font-style: normal; }
.failed, .text-danger { color: #b00020; font-weight: 600; }
.badge { background: #eee; border-radius: .3rem; padding: 0 .3rem; }
a { color: #0645ad; }
/* The pages of results: contents beside the tables; what needs a script to work is not shown. */
.modal, .ge-walkthrough-modal, .navbar-toggler, button, .btn, .card:has(.btn), [data-toggle=collapse] { display: none; }
.navbar { height: auto !important; }
.breadcrumb, .nav { list-style: none; margin: 0; padding: 0; }
.breadcrumb { display: flex; gap: .5rem; } .breadcrumb-item + .breadcrumb-item::before { content: "› "; }
h4, h5, h6 { margin: .4rem 0; } h4 { font-size: 1.3rem; } h5 { font-size: 1.15rem; } h6, .h6 { font-size: 1rem; }
.row:has(> .col-md-10) { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 2rem; }
.sticky { position: sticky; top: 1rem; }
.card-header, .alert { background: #f2f2f2; border-left: .25rem solid #bbb; margin-top: 1.5rem; padding: .4rem .8rem; }
.text-success { color: #1a7f37; } .text-warning { color: #9a6700; }
@media (max-width: 50rem) { .row:has(> .col-md-10) { display: block; } }
@media (prefers-color-scheme: dark) {
  body { background: #1b1b1b; color: #ddd; } td, th { border-color: #555; }
  th, .badge, .card-header, .alert { background: #333; }
  a { color: #8ab4f8; } .failed, .text-danger { color: #ff8a80; }
}
</style>"""


def clear_site(folder: Path, keep: Collection[str] = ()) -> None:
    """Remove the pages of an earlier site, but for some of its parts; other files in the folder stay."""
    (folder / "index.html").unlink(missing_ok=True)
    for part in SITE_PARTS:
        if part not in keep and (folder / part).is_dir():
            shutil.rmtree(folder / part)


def has_suites(folder: Path, made_of: str) -> bool:
    """Whether a site has the pages of suites that are made of this, and none of them has gone."""
    try:
        return (folder / MADE_OF).read_text(encoding="utf-8") == _note(folder, made_of)
    except (OSError, UnicodeDecodeError):
        return False


def note_suites(folder: Path, made_of: str) -> None:
    """Note what the pages of suites are made of, so that they need not be made again of the same."""
    (folder / MADE_OF).write_text(_note(folder, made_of), encoding="utf-8")


def _note(folder: Path, made_of: str) -> str:
    return f"{made_of}, {len(list(folder.glob('expectations/**/*.html')))} pages"


def cut_ties(folder: Path) -> int:
    """Cut the pages that Great Expectations has just written off from the network; returns their number."""
    pages = [*folder.glob("expectations/**/*.html"), *_result_pages(folder)]
    for page in pages:
        page.write_text(offline(page.read_text(encoding="utf-8")), encoding="utf-8")
    shutil.rmtree(folder / "static", ignore_errors=True)
    return len(pages)


def join_site(folder: Path, parts: Iterable[Path], results: Sequence[RuleResult], keep: Collection[str] = ()) -> None:
    """Make a site of the folder: the pages written below each of `parts`, which are moved, and an index of all.

    What the folder has of an earlier site goes, but for the parts of it that are to be kept.
    """
    clear_site(folder, keep)
    for part in parts:
        for page in sorted(part.rglob("*.html")):
            place = folder / page.relative_to(part)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(page, place)
    (folder / "index.html").write_text(_index(folder, results), encoding="utf-8")


def offline(html: str) -> str:
    """A page of Data Docs that fetches nothing, with a style of its own."""
    return _FOREIGN.sub("", html).replace("</head>", f"{_STYLE}</head>", 1)


def _result_pages(folder: Path) -> list[Path]:
    return sorted(folder.glob("validations/**/*.html"), key=lambda page: page.relative_to(folder).parts)


def _index(folder: Path, results: Sequence[RuleResult]) -> str:
    links = (_link(folder, page) for page in _result_pages(folder))
    return "\n".join(
        [
            f'<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>{TITLE}</title>{_STYLE}</head>',
            f"<body><h1>{TITLE}</h1>",
            '<p><a href="issues.html">Issues by code 问题汇总</a> (written when the warehouse is published)</p>',
            "<h2>Rules 规则</h2>",
            *_table(
                ("Suite", "Rule 规则", "Severity", "Rows 行", "Failed 不符", "Reports 报告", "Meaning 含义"),
                map(_rule_cells, results),
            ),
            "<h2>Pages by table and part 各表结果</h2>",
            *_table(("Table 表", "Part 批次", "Page"), links),
            "</body></html>",
        ]
    )


def _rule_cells(result: RuleResult) -> tuple[str, ...]:
    counts = (result.evaluated, result.failed, result.reports_failed)
    numbers = (f'<td class="n{" failed" if result.failed else ""}">{count:,}</td>' for count in counts)
    texts = (f"<td>{escape(text)}</td>" for text in (result.suite, result.rule, result.severity))
    return (*texts, *numbers, f"<td>{escape(result.description)}</td>")


def _link(folder: Path, page: Path) -> tuple[str, ...]:
    _, suite, table, part, *_ = page.relative_to(folder).parts
    suite_page = f"expectations/{suite}/{table}.html"
    return (
        f'<td><a href="{suite_page}">{suite}.{table}</a></td>',
        f"<td>{part}</td>",
        f'<td><a href="{page.relative_to(folder).as_posix()}">results 结果</a></td>',
    )


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> list[str]:
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    return [f"<table><tr>{head}</tr>", *(f"<tr>{''.join(row)}</tr>" for row in rows), "</table>"]
