"""What is known of a file once it has been parsed: figures, text, how far they can be trusted, and its report.

What does *not* belong here: how any of it is found (`parse`). It imports nothing that reads a report, since those who
only hand results on, as the process of a run does, should not wait for all that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.document import RawFile
    from pipeline.facts import Fact
    from pipeline.issues import Issue
    from pipeline.layout.sections import Section
    from pipeline.matching import TableFit
    from pipeline.narrative.publication_date import Publication
    from pipeline.narrative.statements import Statement
    from pipeline.narrative.text_and_tables import Comparison
    from pipeline.places import Place, Publisher
    from pipeline.schema import Culprit, Period, Scope, Trust
    from pipeline.trust.balances import Balance
    from pipeline.trust.blame import Agreement, Blame
    from pipeline.trust.grades import Grade
    from pipeline.trust.plausibility import Traits
    from pipeline.trust.proposals.model import Finding
    from pipeline.trust.second_reading import CellKey, Reading


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a file is quarantined: the stage that refused it, a code of `issues.REASONS`, and the sentence."""

    stage: str
    reason: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Report:
    """One publisher's report of one year, or a part of it, located. Codes and names are those in force in that year."""

    report_id: str
    district_code: str
    year: int
    publisher: str
    level: str
    period: Period
    scope: Scope
    title: str
    form: str | None
    place: Place
    body: Publisher
    publication: Publication | None
    grade: Grade
    traits: Traits


@dataclass(frozen=True)
class Found:
    """What the tables of a file give. `body_cells` counts the printed cells of their bodies; `fits` say how well each
    table fits its form. `balances` are the forms' identities, worked out on the facts.
    """

    facts: tuple[Fact, ...] = ()
    balances: tuple[Balance, ...] = ()
    body_cells: int = 0
    fits: tuple[TableFit, ...] = ()


def _nothing_compared() -> Agreement:
    from pipeline.trust.blame import Agreement

    return Agreement({})


@dataclass(frozen=True)
class Judged:
    """How far the figures can be trusted.

    `readings` are the figures by the second way of reading, `agreement` how the two ways compare, `findings` what
    failing identities point at, by table number, `blames` whose error each failure is, `trust` how far
    each figure can be relied on.
    """

    readings: Mapping[CellKey, Reading] = field(default_factory=dict)
    agreement: Agreement = field(default_factory=_nothing_compared)
    findings: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)
    blames: tuple[Blame, ...] = ()
    trust: Mapping[CellKey, Trust] = field(default_factory=dict)


@dataclass(frozen=True)
class Narrative:
    """What the text says: its sections, its counted claims, and how these compare with the tables."""

    sections: tuple[Section, ...] = ()
    statements: tuple[Statement, ...] = ()
    comparisons: tuple[Comparison, ...] = ()


@dataclass(frozen=True)
class Parsed:
    """All that a file gave. With a refusal it is quarantined; what was read until then is there all the same.

    Each printed cell of a table's body is in exactly one fact or one issue. `more` are the further reports of a file
    that holds several, by path `name#2` and so on.
    """

    raw: RawFile
    format: str
    title: str = ""
    found: Found = field(default_factory=Found)
    narrative: Narrative = field(default_factory=Narrative)
    judged: Judged = field(default_factory=Judged)
    issues: tuple[Issue, ...] = ()
    place: Place | None = None
    report: Report | None = None
    refusal: Refusal | None = None
    more: tuple[Parsed, ...] = ()

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The figures of all tables."""
        return self.found.facts

    @property
    def reports(self) -> tuple[Parsed, ...]:
        """What each report of the file gave, in the order of the file."""
        return (self, *self.more)

    @property
    def fact_cells(self) -> int:
        """How many printed cells became facts."""
        return len({f.printed for f in self.facts if not f.printed.is_blank})

    @property
    def issue_cells(self) -> int:
        """How many printed cells became issues instead."""
        return len({c for i in self.issues for c in i.cells})

    def blame_of(self, table_no: int, identities: Collection[str]) -> Culprit:
        """Whose error it is that these identities fail: one answer for them together."""
        culprits = {
            b.culprit for b in self.judged.blames if b.balance.table_no == table_no and b.balance.identity in identities
        }
        return "misread" if "misread" in culprits else "source" if culprits == {"source"} else "undecided"
