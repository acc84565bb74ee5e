"""Reads the words around a figure: its metric, year, scope and basis. The words themselves are in words.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from pipeline.narrative.amounts import UNITS, Figure
from pipeline.narrative.metrics import Rule, knowledge, rules_of

_BEFORE = 90  # characters of a sentence that are looked at before a figure
_WIDE = 240  # and of all the text before it
_AFTER = 48
_IDLE = "共总合累计为是有了的:各分别均约近逾超过达量数“”次类条已"  # lead from the words to the figure
_ITEMS = frozenset({"条", "篇", "件", "份", "个", "项", None})
_NEW_MEDIA = frozenset({"wechat", "weibo", "video", "newmedia"})
_UNNAMED = frozenset({"other", "column"})  # channels without a metric


def _words() -> Mapping[str, re.Pattern[str]]:
    """The patterns of words.toml by name, their parts put in."""
    data = tomllib.loads((files("pipeline.narrative") / "words.toml").read_text("utf-8"))
    parts = data["parts"] | {"unit": "|".join(UNITS)}
    return {name: re.compile(_filled(text, parts), re.VERBOSE) for name, text in data["words"].items()}


def _filled(text: str, parts: Mapping[str, str]) -> str:
    for name, part in parts.items():
        text = text.replace(f"<{name}>", part)
    return text


_WORDS = _words()


@dataclass(frozen=True, slots=True)
class Mention:
    """A figure in its text: `text[start:end]`, and the ends of its sentence.

    `lead` is its sentence up to it without brackets, `clause` its own clause, `behind` what follows it.
    """

    text: str
    heading: str
    sentence: int
    start: int
    end: int
    stop: int
    lead: str = field(init=False)
    clause: str = field(init=False)
    behind: str = field(init=False)

    def __post_init__(self) -> None:
        """Cut, once, as many words before and after the figure as are looked at."""
        lead = _without_brackets(self.text[max(self.sentence, self.start - _BEFORE) : self.start])
        object.__setattr__(self, "lead", lead)
        object.__setattr__(self, "clause", _last_clause(lead))
        object.__setattr__(self, "behind", self.text[self.end : min(self.stop, self.end + _AFTER)])

    @property
    def context(self) -> str:
        """The section's heading and the text before the figure, sentences before its own included."""
        return self.heading + "\n" + self.text[max(0, self.start - _WIDE) : self.start]

    @property
    def is_part(self) -> bool:
        """True behind 其中: a part of something counted before."""
        return bool(_WORDS["part"].search(self.lead))


def _without_brackets(text: str) -> str:
    """Closed brackets are left out; within an open one, only its content counts."""
    text = _WORDS["brackets"].sub("", text)
    return text[text.rfind("(") + 1 :] if "(" in text else text


def _last_clause(lead: str) -> str:
    """The words of the figure's own clause, without those that only lead to the figure."""
    words = lead.rstrip(_IDLE).removesuffix("情况").rstrip(_IDLE)
    ends = [m.end() for m in _WORDS["break"].finditer(words)]
    return _WORDS["numbering"].sub("", words[ends[-1] if ends else 0 :])


def metrics_of(place: Mention, figure: Figure) -> tuple[str, ...]:
    """The metric that a figure counts; none where that is not clear, two where both are said to be none."""
    if _WORDS["compare"].search(place.clause):
        return ()
    if figure.value == 0 and _WORDS["both_none"].search(place.clause):
        return ("nar_review", "nar_litigation")
    for rule in rules_of(figure.unit):
        if rule.before.search(place.clause) and _fits(rule, place):
            return (rule.metric,)
    return tuple(_disclosed(place)) if _counts_items(place, figure) else ()


def _fits(rule: Rule, place: Mention) -> bool:
    """Whether a rule fits beyond the words before the figure."""
    return (
        not (rule.after and not rule.after.match(place.behind))
        and not (rule.context and not rule.context.search(place.context))
        and not (rule.unless and rule.unless.search(place.clause))
    )


def _counts_items(place: Mention, figure: Figure) -> bool:
    if figure.unit not in _ITEMS or _WORDS["not_disclosed"].search(place.clause):
        return False
    return figure.unit is not None or place.clause.endswith("信息")


def _disclosed(place: Mention) -> Iterator[str]:
    """Items disclosed: through the one channel that is named, through several or all, or unclear."""
    words, named = _named_channels(place)
    if len(named) == 1 and not _WORDS["several"].search(words):
        if _is_given(place) or (named == {"press"} and _WORDS["press"].search(place.clause)):
            yield from (f"nar_ch_{name}" for name in named - _UNNAMED)
    elif named and named <= _NEW_MEDIA:
        if _is_given(place) and "其他" not in words:
            yield "nar_ch_newmedia"
    elif _is_total(place):
        yield "nar_disclosed_total"


def _is_given(place: Mention) -> bool:
    """True where the clause says that items were published without limiting it to one kind."""
    clause = place.clause
    return bool(
        _WORDS["given"].search(clause)
        or (_WORDS["verb"].search(clause) and _WORDS["given_after"].match(place.behind))
        or (_WORDS["channel_alone"].search(clause) and _WORDS["listed"].search(place.lead))
    )


def _is_total(place: Mention) -> bool:
    """True where the clause speaks of information at large and not of a part of it."""
    clause = place.clause
    if place.is_part and not is_fresh(place) and not _WORDS["of_all"].search(place.lead.rstrip(_IDLE)):
        return False
    said = _WORDS["total"].search(clause) or (
        _WORDS["verb"].search(clause) and _WORDS["total_after"].match(place.behind)
    )
    return bool(said and _WORDS["total_word"].search(clause))


def _named_channels(place: Mention) -> tuple[str, set[str]]:
    """The channels of a figure, and the words that name them: those of its clause, else those before it."""
    named = _channels(place.clause)
    if named and not _WORDS["several"].search(place.clause):
        return place.clause, named
    words = _since_last_figure(place)
    return words, _channels(words)


def _channels(words: str) -> set[str]:
    """The channels that are named; a column of a website is the website's."""
    named = {name for name, pattern in knowledge().channels.items() if pattern.search(words)}
    return named - {"column"} if "website" in named else named


def _since_last_figure(place: Mention) -> str:
    """The part of the sentence after the figure before."""
    ends = [m.end() for m in _WORDS["figure_end"].finditer(place.lead.rstrip(_IDLE))]
    return place.lead[ends[-1] if ends else 0 :]


def metrics_of_zero(place: Mention) -> tuple[str, ...]:
    """The metrics of which there is said to be none, in the clause that the word for none begins."""
    says = re.split("[,;。(]", place.behind, maxsplit=1)[0]
    found = (
        z.metric
        for z in knowledge().zeros
        if z.says.search(says)
        and not (z.unless and z.unless.search(says))
        and not (z.context and not z.context.search(place.lead + says))
    )
    return tuple(dict.fromkeys(found))


def year_of(place: Mention, year: int | None) -> int | None:
    """The year that the sentence names before the figure: its number, or the report's, or the one before.

    全年 behind a year means that year. A year named in an earlier clause gives way to the report's own.
    """
    found = [f for f in _WORDS["year"].finditer(place.text, place.sentence, place.start) if f.lastgroup]
    if not found:
        return None
    if found[-1]["last"]:
        return None if year is None else year - 1
    named = [int(f["named"]) for f in found if f["named"]]
    if not named:
        return year
    own_clause = not re.search("[,;]", place.text[found[-1].end() : place.start])
    return year if year in named and not own_clause else named[-1]


def is_cumulative(place: Mention) -> bool:
    """True where the count runs from an earlier year on."""
    return bool(_WORDS["cumulative"].search(place.lead)) and not is_fresh(place)


def is_fresh(place: Mention) -> bool:
    """True for what was added in the year, behind a count that runs from an earlier one on."""
    return bool(_WORDS["fresh"].search(place.lead[-24:]))


def scope_of_sentence(place: Mention) -> str | None:
    """The scope of a figure, by the last word before it that states one."""
    own = max((m.start() for m in _WORDS["own"].finditer(place.lead)), default=-1)
    whole = max((m.start() for m in _WORDS["whole"].finditer(place.lead)), default=-1)
    return None if own == whole else "own_organ" if own > whole else "aggregate"


def basis_of(place: Mention, metric: str) -> str | None:
    """Whether requests received are those new in the year or those handled in it, where that is said."""
    if metric != "nar_req_received":
        return None
    if _WORDS["handled"].search(place.clause) or _WORDS["with_carried"].search(place.behind):
        return "handled"
    return "new" if _WORDS["new"].search(place.clause) else None
