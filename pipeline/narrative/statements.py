"""Statements: the counted claims of the narrative, each with its metric, figure and place.

A figure whose metric is not clear gives no statement: wrong ones are worse than missing ones. What is counted, and how
reports say it, is data in metrics.toml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from pipeline.layout.sections import Section
from pipeline.narrative.amounts import Figure, figures
from pipeline.narrative.canonical import Canonical, canonical
from pipeline.narrative.metrics import Metric, knowledge
from pipeline.narrative.wording import (
    Mention,
    basis_of,
    is_cumulative,
    is_fresh,
    metrics_of,
    metrics_of_zero,
    scope_of_sentence,
    year_of,
)

__all__ = ["METRICS", "Metric", "Statement", "statements"]

METRICS: Mapping[str, Metric] = knowledge().metrics
"""Every metric by its code."""

_STOPS = "。!?\n"
_SENTENCE = 400  # characters of a sentence that are looked at before and behind a figure
_ZERO = re.compile(r"(?<![从今未有非])(?:未曾|未|没有|无|零)(?![经法效障纸缝线人形忧误偿故论锡忌])")
_SAID = re.compile(r"[:为]无(?=[,;。、\n]|$)")  # after its subject, as a figure stands
_DOUBT = re.compile(r"(?:是否|有无|有没|若|如果?|凡|对于?|因|由于|避免|确保|杜绝|绝不|从)\Z")
_PHRASE_BREAK = re.compile(r"[,;]|[0-9余多][件条宗份篇次期场个]、")
_CLAUSE_END = re.compile(r"[,;:。、(]")
_MOST = 1500  # figures of a section; no narrative has a tenth of them
_PHRASE = 120
_OF_APPLICANTS = ("nar_req_natural", "nar_req_organisation")


@dataclass(frozen=True, slots=True)
class Statement:
    """One counted claim. `value` is as meant (18万余条 is 180000; fees are in yuan), `unit` as printed.

    `phrase` is the clause as printed, `offset` the place of the figure (or of the word that says none) in the
    section's text, from 0. `year` is the year that the sentence names, None where it names none; `cumulative`
    marks counts since some earlier year. `scope` is own_organ or aggregate where the sentence says so; `basis`
    of requests is new or handled (with those carried in) where it says so.
    """

    metric: str
    value: Decimal
    unit: str | None
    approximate: bool
    in_words: bool
    phrase: str
    section_no: int
    topic: int | None
    offset: int
    year: int | None = None
    cumulative: bool = False
    scope: str | None = None
    basis: str | None = None


def statements(sections: Sequence[Section], year: int | None) -> tuple[Statement, ...]:
    """The counted claims of a report's sections, in the order of the text; `year` is the report's."""
    return tuple(s for section in sections for s in _of_section(section, year))


def _of_section(section: Section, year: int | None) -> Iterator[Statement]:
    text = canonical(section.text)
    heading = canonical(section.heading).text
    for place, figure, codes in _read(text.text, heading):
        yield from (_statement(section, text, place, figure, code, year) for code in codes)


def _read(text: str, heading: str) -> Iterator[tuple[Mention, Figure, tuple[str, ...]]]:
    """Every figure and every word for none, in the order of the text, with what it counts, which is often nothing."""
    marks = sorted([*islice(figures(text), _MOST), *islice(_zeros(text), _MOST)], key=lambda f: f.start)
    sentence, whole = -1, ""
    for figure in marks:
        start, stop = _sentence(text, figure.start)
        place = Mention(text, heading, start, figure.start, figure.end, stop)
        if start > sentence and not place.is_part:
            whole = ""
        sentence = start
        codes = metrics_of_zero(place) if figure.is_word_for_none else metrics_of(place, figure)
        if place.is_part and codes == (whole,) and not is_fresh(place):  # a part of what was just counted
            continue
        if place.is_part and whole == "nar_req_carried_in" and codes and codes[0] in _OF_APPLICANTS:
            continue  # only new requests are divided by applicant
        yield place, figure, codes
        whole = codes[0] if codes and not place.is_part else whole


def _sentence(text: str, position: int) -> tuple[int, int]:
    """The beginning and end of the sentence around a position, within the distance that is searched."""
    low = max(0, position - _SENTENCE)
    start = max(text.rfind(c, low, position) for c in _STOPS) + 1
    ends = [p for c in _STOPS if (p := text.find(c, position, position + _SENTENCE)) >= 0]
    return max(start, low), min(ends, default=position + _SENTENCE)


def _zeros(text: str) -> Iterator[Figure]:
    """The words for none."""
    for found in _ZERO.finditer(text):
        if not _DOUBT.search(text[max(0, found.start() - 3) : found.start()]):
            said = _SAID.match(text, found.start() - 1) if found.start() else None
            yield Figure(found.start(), found.end(), Decimal(0), None, False, True, is_word_for_none=not said)


def _statement(
    section: Section, text: Canonical, place: Mention, figure: Figure, metric: str, year: int | None
) -> Statement:
    return Statement(
        metric,
        figure.value,
        figure.unit,
        figure.approximate,
        figure.in_words,
        _phrase(section.text, text, place),
        section.number,
        section.topic,
        text.printed(figure.start),
        year_of(place, year),
        is_cumulative(place),
        scope_of_sentence(place),
        basis_of(place, metric),
    )


def _phrase(printed: str, text: Canonical, place: Mention) -> str:
    """The clause of a figure as printed, from the break before it to the one behind."""
    ends = _CLAUSE_END.search(text.text, place.end, min(place.stop, place.end + _PHRASE // 3))
    end = ends.start() if ends else min(place.stop, place.end + _PHRASE // 3)
    begins = [m.end() for m in _PHRASE_BREAK.finditer(text.text, place.sentence, place.start)]
    start = max(place.sentence, begins[-1] if begins else 0, end - _PHRASE)
    return printed[text.printed(start) : text.printed(max(end - 1, start)) + 1].strip()[:_PHRASE]
