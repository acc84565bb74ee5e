"""The table that compares extractors: its lines, the cells right, and the shares of the stages."""

from __future__ import annotations

from itertools import islice

from scripts.bench import drawn, groups_of, printed, report, stages


def test_each_group_has_a_line_for_ours_for_the_other_and_for_the_floor() -> None:
    groups = groups_of(s for s in islice(drawn(), 4) if s.kind in ("html", "text"))
    _, *lines = report(groups)
    assert [line.split()[:2] for line in lines] == [
        ["html", "ours"], ["html", "pandas.read_html"], ["html", "floor"], ["text", "ours"], ["text", "floor"],
    ]  # fmt: skip
    assert all(line.endswith("  200 of 200") for line in lines if "ours" in line)
    assert [line.split()[0] for line in stages(groups)] == ["format", "html", "text"]


def test_prints_of_browser_and_word_processor_are_groups_of_their_own() -> None:
    assert set(groups_of(printed())) == {"pdf by Chromium", "pdf by LibreOffice"}
