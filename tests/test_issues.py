"""The catalogue of flaws: whole, and strict about what it takes."""

from __future__ import annotations

import pytest

from pipeline.issues import CATALOGUE, REASONS, CatalogueError, advice, issue, parse_catalogue

FILE = """[flaw]
one = { title = { zh = "怪", en = "odd" }, severity = "info", grade = "B", because = "odd", sentence = "it is odd" }
two = { title = { zh = "更怪", en = "odder" }, severity = "error", grade = "B", because = "odd", sentence = "it is odd too" }
three = { title = { zh = "无妨", en = "no matter" }, severity = "info", sentence = "never mind" }

[reason]
lost = { title = { zh = "遗失", en = "lost" }, advice = "look", sentence = "it is lost" }

[advice]
look = "look again"
"""


def test_an_entry_says_all_that_is_known_of_a_code() -> None:
    flaws, reasons = parse_catalogue(FILE)
    assert [(f.severity, f.grade, f.because, f.doubtful) for f in flaws.values()] == [
        ("info", "B", "odd", False),
        ("error", "B", "odd", False),
        ("info", None, "", False),
    ]
    assert (flaws["one"].title.zh, flaws["one"].title.en, reasons["lost"].title.zh) == ("怪", "odd", "遗失")
    assert (reasons["lost"].sentence, reasons["lost"].advice) == ("it is lost", "look again")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('severity = "info", grade', 'severity = "note", grade', "issue one: note"),
        (
            'grade = "B", because = "odd", sentence = "it is odd" ',
            'grade = "E", because = "odd", sentence = "" ',
            "one",
        ),
        ('because = "odd", sentence = "it is odd" ', 'sentence = "it is odd" ', "issue one: info, B, ''"),
        ('"error", grade = "B"', '"error", grade = "C"', "issue two: odd means B elsewhere"),
        (', sentence = "never mind"', "", "three: .*sentence"),
        ('"never mind"', '"never mind", remedy = "none"', "three: .*remedy"),
        ('zh = "遗失", ', "", "lost: no title"),
        ('en = "no matter"', 'en = ""', "three: no title"),
        ('title = { zh = "怪", en = "odd" }, ', "", "one: no title"),
        ('en = "odder" }', 'en = "odder", fr = "" }', "two: .*fr"),
        ('advice = "look"', 'advice = "listen"', "lost: no such advice: listen"),
    ],
)
def test_a_faulty_entry_is_named(before: str, after: str, said: str) -> None:
    assert before in FILE
    with pytest.raises(CatalogueError, match=said):
        parse_catalogue(FILE.replace(before, after, 1))


def test_what_is_grave_keeps_a_report_from_the_best_grade() -> None:
    errors = [code for code, flaw in CATALOGUE.items() if flaw.severity == "error"]
    assert errors
    assert {CATALOGUE[code].grade for code in errors} == {"D"}


def test_severity_and_sentence_come_from_the_entry() -> None:
    made = issue("row-repeated", table_no=3, meant="总计")
    assert (made.severity, made.sentence) == ("info", "the row “总计” is printed again with the same figures")


def test_every_reason_comes_with_advice_also_one_of_other_code() -> None:
    assert all(advice(reason) for reason in REASONS)
    assert advice("no-year").startswith("pin what is missing")
    assert advice("unheard-of") == advice("empty")
