"""Plausibility: what is remarkable about a report as a whole, as facts for analysts rather than as errors.

Reports of nothing but zeros, copies of another report's tables or narrative, rules (规章) by a body that cannot make
any. What does *not* belong here: identities, and anything that needs another report.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.facts import Fact
from pipeline.forms.bodies import reserved_rows
from pipeline.issues import Issue, issue
from pipeline.labels import compact
from pipeline.layout.sections import Section

_DIGITS = re.compile(r"[0-9〇一二三四五六七八九十百千万]+")
_LEAST_NARRATIVE = 200  # characters; shorter texts agree by chance
_LEAST_FIGURES = 5  # fewer figures above zero may agree by chance


@dataclass(frozen=True, slots=True)
class Traits:
    """Marks of a report by which analysts find empty and copied ones.

    `all_zero` is None where no number is printed. The digests are equal for equal tables (`figures_digest`, only
    where enough figures are above zero) and for narratives that differ in names and numbers only.
    """

    all_zero: bool | None
    figures_digest: str | None
    narrative_digest: str | None


def traits(facts: Sequence[Fact], sections: Sequence[Section], names: Sequence[str]) -> Traits:
    """The traits of a report; `names` are the names of publisher and place, which a copy changes."""
    values = [f.value for f in facts if f.value is not None]
    return Traits(
        not any(values) if values else None,
        _digest(_figures(facts)) if sum(v > 0 for v in values) >= _LEAST_FIGURES else None,
        _narrative_digest(sections, names),
    )


def _figures(facts: Sequence[Fact]) -> str:
    rows = sorted((*f.key, f"{f.value.normalize():f}") for f in facts if f.value)
    return "\n".join(" ".join(map(str, row)) for row in rows)


def _narrative_digest(sections: Sequence[Section], names: Sequence[str]) -> str | None:
    text = compact("".join(s.text for s in sections if s.topic is not None))
    for name in sorted({n for n in names if n}, key=len, reverse=True):
        text = text.replace(name, "")
    text = _DIGITS.sub("#", text)
    return _digest(text) if len(text) >= _LEAST_NARRATIVE else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def implausible(facts: Sequence[Fact], level: str) -> Iterator[Issue]:
    """R30: figures above zero in rows that a publisher of this level cannot fill."""
    for f in facts:
        table_no, row_code, col_code = f.key
        reserved = reserved_rows().get((table_no, row_code))
        if reserved and f.value and level not in reserved.levels:
            yield issue(
                reserved.issue,
                table_no=table_no,
                row_code=row_code,
                col_code=col_code,
                printed=f.printed.text.strip(),
                at=f.printed,
                level=level,
            )
