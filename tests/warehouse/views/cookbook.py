"""The warehouse of `docs/sql_cookbook.md`: made-up reports of a few publishers, and the answers that it gives.

`python -m tests.warehouse.views.cookbook` writes the answers below the questions again.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipeline.raw.verdicts import Verdict
from pipeline.warehouse import Warehouse
from tests import warehouse_rows as rows
from tests.warehouse.views import publish

COOKBOOK = Path(__file__).resolve().parents[3] / "docs" / "sql_cookbook.md"
QUESTION = re.compile(r"(?P<sql>```sql\n(?P<text>.*?)```\n)(?:\n(?P<answer>(?:\|[^\n]*\n)+))?", re.DOTALL)

# Two towns whose texts differ in names and numbers only.
TOWN = {"narrative_digest": "5f1d3c0a9b7e2468", "published_on": "2024-01-30", "published_via": "published"}
DECIDED = Verdict(
    2, "410402", 2023, "乙镇人民政府", 3, "3.1", "total", "1", "misread", Decimal(2), "Li Hua", date(2026, 2, 1), "blot"
)

Printed = Mapping[rows.CellKey, float | str]


def requests(
    new: float, carried_in: float, granted: float, denied: float, not_held: float, carried_out: float
) -> Printed:
    """The column 总计 of table 3; all but the new requests of organisations are of natural persons."""
    total = granted + denied + not_held
    found = {
        "1": new,
        "2": carried_in,
        "3.1": granted,
        "3.3.4": denied,
        "3.4.1": not_held,
        "3.7": total,
        "4": carried_out,
    }
    cells: dict[rows.CellKey, float | str] = {(3, row, "total"): float(value) for row, value in found.items()}
    return {**cells, (3, "1", "natural"): float(new // 4 * 3), (3, "1", "business"): float(new - new // 4 * 3)}


def report(name: str, code: str, year: int, printed: Printed, form_name: str = "2021", **given: Any) -> rows.Frames:
    """A report that prints 0 in every cell that is not given."""
    nothing = dict.fromkeys(rows.FORMS[form_name], 0.0)
    about = {"publisher": name, "publisher_name": name, "title": f"{name}{year}年政府信息公开工作年度报告", **given}
    return rows.report(name, code, year, form_name=form_name, printed={**nothing, **printed}, **about)


def documents(made: float, repealed: float, valid: float) -> Printed:
    """Normative documents in table 2 of the form of 2021."""
    return {(2, "1.doc", "made"): made, (2, "1.doc", "repealed"): repealed, (2, "1.doc", "valid"): valid}


def reports() -> list[rows.Frames]:
    """A district over six years and three forms, two towns, a bureau, and the aggregate report of the district."""
    district = {"level": "county", "code": "410402", "name": "甲区人民政府"}
    sheet: Printed = {
        (1, "d_total", "count"): 812.0, (1, "req_received", "count"): 20.0, (1, "ans_total", "count"): 18.0,
        (1, "ans_granted", "count"): 9.0, (1, "ans_denied", "count"): 3.0, (1, "budget_amount", "count"): 2.5,
    }  # fmt: skip
    old: Printed = {
        **requests(24, 0, 12, 2, 6, 4), (2, "1.doc", "made"): 6.0, (2, "1.doc", "total_public"): 90.0,
        (2, "9.procurement", "projects"): 3.0, (3, "3.6", "total"): 0.0,
    }  # fmt: skip
    proceedings: Printed = {
        (4, "1", "review.corrected"): 1.0, (4, "1", "review.upheld"): 2.0, (4, "1", "review.pending"): 1.0,
        (4, "1", "review.total"): 4.0, (4, "1", "direct.upheld"): 2.0, (4, "1", "direct.total"): 2.0,
    }  # fmt: skip
    decided: Printed = {(2, "5.permit", "count"): 640.0, (2, "6.penalty", "count"): 96.0, (2, "8.fee", "amount"): 58.25}
    return [
        report(year=2018, printed=sheet, form_name="2014", **district),
        report(year=2020, printed=old, form_name="2019", **district),
        report(year=2021, printed={**requests(36, 4, 18, 4, 10, 8), **documents(5, 2, 40)}, **district),
        report(year=2022, printed={**requests(40, 8, 22, 4, 16, 6), **documents(7, 3, 44)}, **district),
        rows.narrative(
            report(
                year=2023,
                printed={**requests(52, 5, 26, 6, 18, 7), **documents(4, 6, 42), **proceedings, **decided},
                **district,
            ),
            52.0,
            "全年共收到政府信息公开申请52件",
        ),
        report("乙镇人民政府", "410402", 2023, requests(2, 0, 1, 0, 1, 0), level="township", **TOWN),
        report("丙镇人民政府", "410402", 2023, {}, level="township", grade="B", all_zero=True, **TOWN),
        report("丁区教育局", "410502", 2023, {**requests(8, 0, 2, 2, 4, 0), (3, "1", "legal"): ""}, level="department"),
        report("甲区（含各镇）", "410402", 2023, requests(61, 5, 30, 8, 21, 7), level="county", scope="aggregate"),
    ]


def filled(text: str, warehouse: Warehouse) -> str:
    """The text with the answer of each of its questions below it."""

    def answered(match: re.Match[str]) -> str:
        names, found = warehouse.query(match["text"])
        lines = [names, ["---"] * len(names), *([_shown(v) for v in row] for row in found)]
        return match["sql"] + "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)

    return QUESTION.sub(answered, text)


def _shown(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, float | Decimal):
        return f"{float(value):.4g}" if abs(value) < 1000 else f"{float(value):g}"
    return str(value)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made_up = publish(Path(folder), *reports(), verdicts=[DECIDED])
        COOKBOOK.write_text(filled(COOKBOOK.read_text("utf-8"), made_up), "utf-8")
