"""SQL of the view `rules`: what the rules say, in plain words. Data in `pipeline/rules.toml`."""

from __future__ import annotations

from pipeline.rules import rules
from pipeline.warehouse.ddl import comment_on, literal

_COMMENTS = {
    "VIEW rules": (
        "One row per rule that figures are checked against: what it says in plain words, and where its results are; "
        "join it by rule",
        "校验规则",
    ),
    "COLUMN rules.rule": ("Code of the rule, as in balances, year_balances and comparisons", "规则"),
    "COLUMN rules.found_in": ("Table or view that has its results", "结果所在"),
    "COLUMN rules.meaning": ("What the rule demands, in English", "含义（英文）"),
    "COLUMN rules.meaning_zh": ("What the rule demands, in Chinese", "含义"),
}


def view_source() -> str:
    """CREATE VIEW and its comments."""
    rows = ",\n".join(
        f"        ({', '.join(map(literal, (rule.code, rule.found_in, rule.meaning, rule.meaning_zh)))})"
        for rule in rules().values()
    )
    comments = "\n".join(comment_on(what, *said) for what, said in _COMMENTS.items())
    return (
        "CREATE VIEW rules AS\nSELECT *\nFROM (\n    VALUES\n"
        f"{rows}\n) AS listed (rule, found_in, meaning, meaning_zh);\n\n{comments}\n"
    )
