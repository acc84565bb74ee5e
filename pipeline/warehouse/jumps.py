"""SQL of the macro `is_jump`: whether two figures are far apart. Limits of the rule in `forms/years.toml`."""

from __future__ import annotations

from pipeline.forms.year_rules import year_rules
from pipeline.warehouse.ddl import comment_on


def macro_source() -> str:
    """CREATE MACRO and its comment, from the limits of the rule between years that compares."""
    (limit,) = (rule.jump for rule in year_rules() if rule.jump)
    larger, smaller = "greatest(abs(a), abs(b))", "least(abs(a), abs(b))"
    meaning = (
        f"True where the larger of two figures is above {limit.above} and more than {limit.factor} times the smaller; "
        "NULL is not compared; after ATTACH … AS w, USE w first"
    )
    return (
        "CREATE MACRO is_jump(a, b) AS\n"
        "a IS NOT NULL AND b IS NOT NULL\n"
        f"AND {larger} > {limit.above:d}\nAND {larger} > {limit.factor:d} * {smaller};\n\n"
        f"{comment_on('MACRO is_jump', meaning, '是否突变')}\n"
    )
