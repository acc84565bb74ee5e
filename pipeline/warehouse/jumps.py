"""SQL of the macro `is_jump`: whether two figures are far apart. Limits of the rule in `forms/years.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from pipeline.warehouse.ddl import comment_on

# Read as data: were the forms imported, a changed form would make every load stale.
FILE = Path(__file__).parents[1] / "forms" / "years.toml"


@cache
def macro_source() -> str:
    """CREATE MACRO and its comment, from the limits of the rule between years that compares."""
    (limit,) = (rule["jump"] for rule in tomllib.loads(FILE.read_text("utf-8"))["rule"] if "jump" in rule)
    above, factor = int(limit["above"]), int(limit["factor"])
    larger, smaller = "greatest(abs(a), abs(b))", "least(abs(a), abs(b))"
    meaning = (
        f"True where the larger of two figures is above {above} and more than {factor} times the smaller; "
        "NULL is not compared; after ATTACH … AS w, USE w first"
    )
    return (
        "CREATE MACRO is_jump(a, b) AS\n"
        "a IS NOT NULL AND b IS NOT NULL\n"
        f"AND {larger} > {above}\nAND {larger} > {factor} * {smaller};\n\n"
        f"{comment_on('MACRO is_jump', meaning, '是否突变')}\n"
    )
