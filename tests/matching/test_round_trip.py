"""Draw a report with known figures, read it back: the same figures at the same places, or an issue that says why."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.loading import form
from pipeline.forms.model import Form
from tests.conftest import assert_accounted, examples, parse_text, printed
from tests.render import TextStyle, balanced_figures, distinct_figures, keys, text_report

FORM = form("2021")
CELLS = keys(FORM)


def label_styles() -> dict[str, TextStyle]:
    wide = str.maketrans("()", "（）")
    return {
        "plain": TextStyle(),
        "half-width brackets": TextStyle(label=lambda t: t.translate(str.maketrans("（）", "()"))),
        "full-width brackets": TextStyle(label=lambda t: t.translate(wide)),
        "ideographic comma": TextStyle(label=lambda t: t.replace(".", "、")),
        "spaces": TextStyle(label=lambda t: " ".join(t)),
        "no ordinals": TextStyle(label=lambda t: t.split(".", 1)[-1]),
        "windows lines": TextStyle(newline="\r\n"),
        "groups lost": TextStyle(keep_groups=lambda code: code not in ("3.3.5", "3.5.5", "3.6.2", "3.6.3", "3.7")),
        "no groups at all": TextStyle(keep_groups=lambda code: False),
        "figures at field 2": TextStyle(start=lambda code, labels: max(labels, 1)),
        "figures at field 4": TextStyle(start=lambda code, labels: 3),
        "note below the table": TextStyle(note="注：含上年度结转数量 17 件。"),
    }


@pytest.mark.parametrize("style", label_styles().values(), ids=label_styles().keys())
@pytest.mark.parametrize("draw", [distinct_figures, balanced_figures])
def test_full_tables_come_back_whole(style: TextStyle, draw: object, form_2021: Form) -> None:
    figures = draw(form_2021, random.Random(7))  # type: ignore[operator]
    parsed = parse_text(text_report(form_2021, figures, style))
    assert printed(parsed) == figures
    assert_accounted(parsed)


ROWS = {r.code: r for r in FORM.table(3).rows}


@st.composite
def wild_styles(draw: st.DrawFn) -> TextStyle:
    """Any start of the figures in any row, any groups lost."""
    starts = {code: draw(st.integers(0, 3)) for code in ROWS}
    lost = draw(st.frozensets(st.sampled_from(sorted(ROWS)), max_size=10))
    return TextStyle(start=lambda code, labels: max(labels, starts[code]), keep_groups=lambda code: code not in lost)


@st.composite
def ragged_styles(draw: st.DrawFn) -> TextStyle:
    """As dumps are: where the figures start hangs on the labels left in the row and its depth in the form."""
    starts = {(labels, depth): draw(st.integers(0, 3)) for labels in (1, 2, 3) for depth in (1, 2, 3)}
    lost = draw(st.frozensets(st.sampled_from(sorted(ROWS)), max_size=10))
    return TextStyle(
        start=lambda code, labels: max(labels, starts[labels, len(ROWS[code].path)]),
        keep_groups=lambda code: code not in lost,
    )


@settings(max_examples=examples(60))
@given(wild_styles(), st.integers(0, 10**6))
def test_full_rows_come_back_wherever_they_start(style: TextStyle, seed: int) -> None:
    figures = distinct_figures(FORM, random.Random(seed))
    parsed = parse_text(text_report(FORM, figures, style))
    assert printed(parsed) == figures
    assert_accounted(parsed)


@settings(max_examples=examples(150))
@given(
    ragged_styles(),
    st.integers(0, 10**6),
    st.sampled_from([0.0, 0.3, 0.9]),
    st.lists(st.tuples(st.sampled_from(CELLS), st.sampled_from(["", "/", "—", "无", "1,234", "12件"])), max_size=40),
)
def test_a_figure_is_right_or_its_row_has_an_issue(
    style: TextStyle, seed: int, zeros: float, edits: list[tuple[tuple[int, str, str], str]]
) -> None:
    """With blanks the start of a row may be open: then an issue says so, and no figure is misplaced."""
    figures = balanced_figures(FORM, random.Random(seed), zeros) | dict(edits)
    parsed = parse_text(text_report(FORM, figures, style))
    got = printed(parsed)
    named = {(i.table_no, i.row_code) for i in parsed.issues}
    for key, text in figures.items():
        if key in got:
            assert got[key] == text, key
        else:
            assert key[:2] in named, key
    assert_accounted(parsed)


@settings(max_examples=examples(40))
@given(st.integers(0, 10**6), st.floats(0.2, 0.95))
def test_blanks_for_zeros_come_back_as_blanks(seed: int, zeros: float) -> None:
    """The most common real report: balanced, zeros left blank, columns where the header has them."""
    figures = {k: "" if v == "0" else v for k, v in balanced_figures(FORM, random.Random(seed), zeros).items()}
    style = TextStyle(start=lambda code, labels: 2 if code in ("1", "2", "4") or labels < 3 else 3)
    parsed = parse_text(text_report(FORM, figures, style))
    got = printed(parsed)
    assert all(got[k] == figures[k] for k in got)
    assert_accounted(parsed)


@settings(max_examples=examples(60))
@given(st.integers(0, 10**6), st.data())
def test_damaged_text_loses_no_cell(seed: int, data: st.DataObject) -> None:
    """Lines dropped, doubled or swapped, fields cut or added, junk put in: every cell is still assert_accounted for."""
    lines = text_report(FORM, distinct_figures(FORM, random.Random(seed))).split("\n")
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["drop", "double", "swap", "cut", "tab", "junk"])):
            case "drop":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                lines[at], lines[0] = lines[0], lines[at]
            case "cut":
                lines[at] = lines[at][: len(lines[at]) // 2]
            case "tab":
                lines[at] = "\t" + lines[at]
            case "junk":
                lines.insert(at, data.draw(st.text("0123456789\t一（）.其他总计/—", max_size=20)))
    parsed = parse_text("\n".join(lines) or " ")
    assert parsed.refusal is None or parsed.refusal.reason != "reader-failed"
    assert_accounted(parsed)
