"""The cells, identities, proposals and tables of one file in full: each cell with its labels and its ink."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from pipeline.document import Cell
from pipeline.explain.model import Flaw, IdentityPath, ProposalPath, Shown, Spot, TablePath, name_of
from pipeline.explain.tracing import Traced
from pipeline.forms.loading import form
from pipeline.forms.model import FormCell, FormLine, FormTable
from pipeline.issues import Issue
from pipeline.trust.balances import Balance
from pipeline.trust.blame import has_failed
from pipeline.trust.proposals.model import Finding, Proposal
from pipeline.trust.second_reading import CellKey

MEANINGS: Mapping[str, str] = {
    "total-not-summed": "the total is printed as 0 or left blank, its parts are not",
    "digit-lost": "a digit is missing",
    "digit-added": "there is a digit more",
    "digits-turned": "two neighbouring digits are in each other's place",
    "digit-changed": "one digit is another",
    "blank-for-number": "nothing is printed",
    "shifted": "the figures of the row stand one column aside",
    "glued": "the figures of two neighbours stand in one cell",
    "split": "the digits of two neighbours are parted at another place",
    "swapped": "two figures are in each other's place",
    "other": "no slip of a hand that is known leads there",
}

_LABELLED = 10  # terms of a sum


def spot(cell: Cell) -> Spot:
    """Where a cell stands."""
    return Spot(cell.page, cell.grid, cell.row, cell.col, cell.line, cell.box)


class Describer:
    """Describes the identities, tables and proposals of one file in full: each cell with its labels and its ink."""

    def __init__(self, p: Traced) -> None:
        self.p = p
        self.facts = {f.key: f for f in p.facts}
        self.blames = {id(b.balance): b for b in p.judged.blames}
        self.trust = p.judged.trust

    def shown(self, form_name: str, key: CellKey) -> Shown:
        """A cell of a form, as the report prints it."""
        fact = self.facts.get(key)
        cell = fact.cell if fact else form_table(form_name, key[0]).cells[key[1:]]
        labels = " / ".join(cell.row.path), " / ".join(cell.column.path)
        if fact is None:
            return Shown(name_of(key), *labels, None, None, "absent", None)
        return Shown(name_of(key), *labels, fact.printed.text.strip(), fact.value, fact.kind, spot(fact.printed))

    def identity(self, b: Balance) -> IdentityPath:
        """An identity with every cell."""
        blamed = self.blames.get(id(b))
        left, right = (
            tuple(self.shown(b.form, (b.table_no, *c)) for c in side) for side in (b.left_cells, b.right_cells)
        )
        return IdentityPath(
            b.identity,
            b.table_no,
            in_words(form_table(b.form, b.table_no), b),
            b.is_bound,
            left,
            right,
            b.left,
            b.right,
            b.difference,
            b.state,
            b.state_blank_as_zero,
            has_failed(b),
            blamed.culprit if blamed else None,
            tuple(name_of((b.table_no, *c)) for c in blamed.cells) if blamed and blamed.culprit != "source" else (),
        )

    def proposals(self) -> Iterator[ProposalPath]:
        """What failing identities point at."""
        for finding in self._findings():
            yield from (self._proposal(p, finding) for p in finding.proposals)

    def _findings(self) -> Iterator[Finding]:
        return (f for found in self.p.judged.findings.values() for f in found)

    def _proposal(self, p: Proposal, finding: Finding) -> ProposalPath:
        return ProposalPath(
            p.set_no,
            p.size,
            self.shown(p.form, (p.table_no, p.row_code, p.col_code)),
            p.proposed,
            p.alternatives,
            p.explanation,
            MEANINGS.get(p.explanation, p.explanation),
            p.blank_as_zero,
            p.identities,
            self.p.blame_of(p.table_no, finding.identities),
        )

    def tables(self) -> Iterator[TablePath]:
        """The tables found."""
        for fit in self.p.found.fits:
            routes = {k: r for k, r in self.p.judged.agreement.routes.items() if k[0] == fit.table_no}
            counts = Counter(routes.values())
            yield TablePath(
                fit.table_no,
                form_table(fit.form, fit.table_no).caption,
                fit.form,
                fit.expected,
                fit.matched,
                fit.left_over,
                fit.mixed,
                fit.also,
                fit.grid,
                fit.page,
                len(routes),
                counts["both"] + counts["differ"],
                counts["both"],
                tuple(name_of(k) for k, r in routes.items() if r == "differ"),
                states([b for b in self.p.found.balances if b.table_no == fit.table_no]),
            )


def form_table(form_name: str, table_no: int) -> FormTable:
    """A table of a form by the names of both."""
    return form(form_name).table(table_no)


def in_words(table: FormTable, balance: Balance) -> str:
    """An identity in the labels of its cells: their common part first, then the sums, long ones in codes."""
    cells = [table.cells[k] for k in (*balance.left_cells, *balance.right_cells)]
    in_a_row = len({c.row.code for c in cells}) == 1
    lines = [c.column if in_a_row else c.row for c in cells]
    common = _common([line.path for line in lines])
    split = len(balance.left_cells)
    terms = [_term(line, common, short=n >= split and len(lines) > _LABELLED) for n, line in enumerate(lines)]
    where = " / ".join([*(_other(cells[0], in_a_row)), *lines[0].path[:common]])
    sign = "≤" if balance.is_bound else "="
    return f"{where + ': ' if where else ''}{' + '.join(terms[:split])} {sign} {' + '.join(terms[split:])}"


def _common(paths: Sequence[tuple[str, ...]]) -> int:
    """How many leading labels all paths share; the last label of each never counts."""
    alike = sum(1 for _ in takewhile(lambda labels: len(set(labels)) == 1, zip(*paths, strict=False)))
    return max(min(alike, *(len(path) - 1 for path in paths)), 0)


def _term(line: FormLine, common: int, *, short: bool) -> str:
    return line.code if short else f"{' / '.join(line.path[common:])} [{line.code}]"


def _other(cell: FormCell, in_a_row: bool) -> tuple[str, ...]:
    """The label of the row or column that an identity runs along."""
    return cell.row.path if in_a_row else cell.column.path


def states(balances: Sequence[Balance]) -> dict[str, int]:
    """How many identities hold as printed, hold with blanks as 0, fail, or say nothing."""
    counts = Counter(_state(b) for b in balances)
    return {state: counts[state] for state in ("pass", "pass_blank_as_zero", "fail", "incomplete")}


def _state(balance: Balance) -> str:
    if has_failed(balance):
        return "fail"
    return "pass_blank_as_zero" if balance.state != balance.state_blank_as_zero == "pass" else balance.state


def flaw(i: Issue) -> Flaw:
    """An issue, with its cell as far as it is about one: 3:3.3.2 is a row."""
    cell = f"{i.table_no}:{i.row_code or ''}:{i.col_code or ''}".rstrip(":") if i.table_no is not None else None
    return Flaw(i.code, i.severity, cell, i.printed, i.sentence, spot(i.at) if i.at else None)
