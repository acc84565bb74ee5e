"""Odd documents of every kind in every format: no figure is silently wrong or lost."""

from __future__ import annotations

import pytest

from tests.conftest import pairings, parse_bytes
from tests.odd.all_kinds import ALL_KINDS
from tests.odd.kinds import KINDS
from tests.odd.office import OFFICE
from tests.odd.page import HANDS, LOOSE, UPRIGHTS
from tests.odd.prints import UNITS
from tests.odd.scoring import score
from tests.odd.special import SPECIAL
from tests.odd.tables import OUTCOMES, WAYS, figures, report, table2, table3, table4

RULED = ("html", "docx", "xlsx", "tabs", "pipes", "csv")
# What a person reads at a glance in a table with lines, and these formats give whole.
WHOLE = (
    "as_issued",
    "header3_joined_by_dash",
    "header3_in_brackets",
    "header3_whole_path",
    "header3_torn_over_rows",
    "header3_with_subtotal",
    "serial_numbers",
    "remarks_with_numbers3",
    "years_above_columns3",
    "years_as_rows4",
    "disputes_in_three_tables",
    "disputes_flat_header",
    "disputes_two_tables",
    "disputes_header_repeated_below",
    "total_of_suits4",
    "outcomes_as_rows_with_subtotal4",
    "groups_as_rows_with_total4",
    "header_in_brackets4",
    "numbered_lines_and_columns3",
    "numbered_columns_and_lines3",
    "groups_before_labels3",
    "groups_before_labels_and_dashes3",
)


# `make test-long` draws each kind in each format, `make test` each in one or two of them.
PAIRS = pairings(list(ALL_KINDS), list(HANDS), one_in=9)


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "hand"), PAIRS)
def test_nothing_is_silently_wrong(kind: str, hand: str) -> None:
    odd = ALL_KINDS[kind]()
    ending, draw = HANDS[hand]
    found = parse_bytes(draw(odd.page), f"report.{ending}")
    assert not score(found, odd.truth).silent


# A kind in each of these formats takes as long as in those above; `make test` draws one pair in 24.
IN_OFFICE = pairings(list(ALL_KINDS), list(OFFICE), one_in=24)


@pytest.mark.each_value
@pytest.mark.parametrize(("kind", "hand"), IN_OFFICE)
def test_nothing_is_silently_wrong_in_other_formats(kind: str, hand: str) -> None:
    odd = ALL_KINDS[kind]()
    ending, draw = OFFICE[hand]
    assert not score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth).silent


@pytest.mark.parametrize("hand", OFFICE)
def test_what_offices_issue_is_whole(hand: str) -> None:
    odd = KINDS["as_issued"]()
    ending, draw = OFFICE[hand]
    assert str(score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth)) == "whole"


@pytest.mark.each_value
@pytest.mark.parametrize("hand", RULED)
@pytest.mark.parametrize("kind", WHOLE)
def test_what_a_person_reads_is_read(kind: str, hand: str) -> None:
    odd = ALL_KINDS[kind]()
    ending, draw = HANDS[hand]
    found = score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth)
    assert str(found) == "whole"


UNRULED = ("as_issued", "header3_flat", "header3_torn_in_cell", "header3_joined_by_dash", "units_in_cells")


@pytest.mark.one_case
@pytest.mark.parametrize("hand", LOOSE)
@pytest.mark.parametrize("kind", [*UNRULED, "zeros_left_blank", "remarks_with_numbers3", "two_publishers"])
def test_tables_without_upright_lines_and_spreads(kind: str, hand: str) -> None:
    odd = KINDS[kind]()
    ending, draw = LOOSE[hand]
    parsed = parse_bytes(draw(odd.page), f"report.{ending}")
    found = score(parsed, odd.truth)
    assert not found.silent
    if kind in UNRULED:
        assert str(found) == "whole"
        assert ("table-unruled" in {i.code for i in parsed.issues}) is (hand != "spread")


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["html", "pdf", "lines", "spaces", "pipes", "bare", "spread"])
@pytest.mark.parametrize("kind", ["two_publishers", "two_years", "two_years_older_first"])
def test_each_report_of_a_file_is_read(kind: str, hand: str) -> None:
    odd = KINDS[kind]()
    ending, draw = {**HANDS, **LOOSE}[hand]
    parsed = parse_bytes(draw(odd.page), f"report.{ending}")
    assert [str(score(p, t)) for p, t in zip((parsed, *parsed.more), (odd.truth, *odd.others), strict=True)] == [
        "whole"
    ] * 2


SURPLUS = ("header3_with_subtotal", "remarks_with_numbers3", "serial_numbers")


@pytest.mark.parametrize("hand", ["lines", "spaces"])
@pytest.mark.parametrize("kind", SURPLUS)
def test_figures_beside_those_of_the_form_are_told_apart_in_dumps(kind: str, hand: str) -> None:
    odd = KINDS[kind]()
    ending, draw = HANDS[hand]
    assert str(score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth)) == "whole"


READ = (
    *("suits_before_reviews4", "totals_first4", "other_columns2_first", "attached_tables_of_last_year"),
    *("attached_tables_of_last_year_by_words", "attached_tables_of_a_bureau", "quarters_as_tables3"),
    *("tables_of_last_year_to_compare", "tables_of_last_year_to_compare_in_brackets"),
    *("only_last_years_disputes4", "only_last_years_requests3", "only_last_years_figures_in_words2"),
    *("share_of_total3", "change_on_last_year3", "labels_on_both_sides3"),
    *(
        "serial_numbers2",
        "total_of_suits4",
        "last_year_below4",
        "numbered_columns4",
        "transposed3",
        "breadcrumb_and_lists",
    ),
)


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["html", "pdf", "csv"])
@pytest.mark.parametrize("kind", READ)
def test_what_stands_around_and_in_another_order_is_read(kind: str, hand: str) -> None:
    odd = ALL_KINDS[kind]()
    ending, draw = HANDS[hand]
    parsed = parse_bytes(draw(odd.page), f"report.{ending}")
    assert str(score(parsed, odd.truth)) == "whole"
    assert parsed.report is not None
    assert parsed.report.year == 2024


@pytest.mark.parametrize("kind", ["word_over_all_figures4", "words_for_figures"])
def test_a_table_without_figures_says_nothing_against_the_others_in_markdown(kind: str) -> None:
    odd = ALL_KINDS[kind]()
    assert str(score(parse_bytes(HANDS["pipes"][1](odd.page), "report.md"), odd.truth)) == "whole"


@pytest.mark.parametrize("hand", UPRIGHTS)
@pytest.mark.parametrize("kind", ["as_issued", "suits_before_reviews4", "other_columns2_first", "zeros_left_blank"])
def test_tables_between_uprights_of_any_kind(kind: str, hand: str) -> None:
    odd = ALL_KINDS[kind]()
    found = score(parse_bytes(UPRIGHTS[hand](odd.page), "report.txt"), odd.truth)
    assert not found.silent
    assert str(found) == "whole" or kind == "zeros_left_blank"


@pytest.mark.parametrize("hand", UPRIGHTS)
def test_noughts_between_uprights_have_their_columns(hand: str) -> None:
    """Blank fields of merged labels stand before figures that no identity tells from noughts."""
    of = figures(3, 0.95)
    page = report([table2(of)], [table3(of)], [table4(of)])
    assert str(score(parse_bytes(UPRIGHTS[hand](page), "report.txt"), of)) == "whole"


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["lines", "spaces"])
@pytest.mark.parametrize(
    "kind",
    [
        *("suits_before_reviews4", "totals_first4", "other_columns2_first", "share_of_total3"),
        *("header3_joined_by_dash", "longer_heads"),
    ],
)
def test_dumps_follow_the_order_of_their_header(kind: str, hand: str) -> None:
    odd = ALL_KINDS[kind]()
    ending, draw = HANDS[hand]
    assert str(score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth)) == "whole"


def test_heads_of_several_heights_that_a_dump_mixes_up_move_no_figure() -> None:
    """自然人 is merged over two rows: what makes a text of a page may print it behind the group beside it."""
    odd = KINDS["as_issued"]()
    text = HANDS["lines"][1](odd.page).decode()
    mixed = text.replace("自然人\n法人或其他组织\n", "法人或其他组织\n自然人\n")
    assert mixed != text
    found = parse_bytes(mixed.encode(), "report.txt")
    assert str(score(found, odd.truth)) == "whole"
    assert "columns-order-unclear" in {i.code for i in found.issues}  # the table may have been made so


def test_heads_that_a_dump_prints_on_one_line_are_not_mixed_up() -> None:
    odd = KINDS["bodies_first3"]()
    for hand in ("spaces", "padded"):
        ending, draw = {**HANDS, **OFFICE}[hand]
        found = parse_bytes(draw(odd.page), f"report.{ending}")
        assert str(score(found, odd.truth)) == "whole"
        assert not found.issues


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["html", "docx", "pdf", "xlsx", "tabs", "csv"])
@pytest.mark.parametrize("kind", UNITS)
def test_units_beside_an_amount_are_its_unit(kind: str, hand: str) -> None:
    page, unit = UNITS[kind]
    ending, draw = HANDS[hand]
    facts = {f.key: f for f in parse_bytes(draw(page), f"report.{ending}").facts}
    assert facts[2, "8.fee", "amount"].unit == unit


LOST = ("docx_embedded_sheet_absent", "docx_table_as_picture")  # where nothing can be read


@pytest.mark.parametrize("kind", SPECIAL)
def test_kinds_of_one_format(kind: str) -> None:
    ending, data, truth = SPECIAL[kind]()
    found = score(parse_bytes(data, f"report.{ending}"), truth)
    assert not found.silent
    assert str(found) == ("refused" if kind in LOST else "whole")


OTHERS = ("tables_of_last_year_first", "tables_of_last_year_behind", "tables_of_another_publisher", "old_and_corrected")


@pytest.mark.each_value
@pytest.mark.parametrize("hand", ["html", "pdf", "lines", "spaces", "csv"])
@pytest.mark.parametrize("kind", OTHERS)
def test_tables_of_others_fill_none_of_the_report(kind: str, hand: str) -> None:
    odd = KINDS[kind]()
    ending, draw = HANDS[hand]
    parsed = parse_bytes(draw(odd.page), f"report.{ending}")
    assert str(score(parsed, odd.truth)) == "whole"
    assert {i.table_no for i in parsed.issues if i.code == "table-elsewhere"} == {2, 3, 4}


@pytest.mark.parametrize(
    ("kind", "hand"),
    [
        ("header3_total_first", "lines"),
        ("header3_total_first", "spaces"),
        *(("row_cut_from_header4", hand) for hand in RULED),
    ],
)
def test_labels_and_identities_tell_the_order(kind: str, hand: str) -> None:
    odd = KINDS[kind]()
    ending, draw = HANDS[hand]
    assert str(score(parse_bytes(draw(odd.page), f"report.{ending}"), odd.truth)) == "whole"


@pytest.mark.parametrize("hand", ["tabs", "pipes", "csv"])
def test_a_figure_before_blank_fields_is_in_doubt_unless_the_identities_bear_it_out(hand: str) -> None:
    ending, draw = HANDS[hand]
    merged = parse_bytes(draw(ALL_KINDS["figure_over_three_columns2"]().page), f"report.{ending}")
    told = {(i.row_code, i.col_code) for i in merged.issues if i.code == "figure-maybe-merged"}
    assert told == {("1.doc", "made")}
    blank = parse_bytes(draw(KINDS["zeros_left_blank"]().page), f"report.{ending}")
    assert not {i.code for i in blank.issues} & {"figure-maybe-merged", "blank-maybe-merged"}


def test_a_row_that_only_its_sums_move_is_told() -> None:
    """A field too many stands before the total: its sum also holds where all figures stand one field to the left."""
    odd = KINDS["as_issued"]()
    ways = {"review": [""] * 5, "direct": ["", "", "103", "", "", "103"], "after": [""] * 5}
    fields = [text for way in ways.values() for text in way]
    row = "\t".join(odd.truth[4, "1", f"{way}.{o}"] for way in WAYS for o in OUTCOMES)
    text = HANDS["tabs"][1](odd.page).decode()
    assert row in text
    found = parse_bytes(text.replace(row, "\t".join(fields)).encode(), "report.txt")
    assert ("figures-beside", "1") in {(i.code, i.row_code) for i in found.issues if i.table_no == 4}
