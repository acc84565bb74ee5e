"""Measures the share of wrong figures that the checks catch, by form, table and kind of error: it may rise, not fall.

    python scripts/mutation_score.py [--write]

Takes reports that are right (drawn with a different figure in every cell; real ones where they are at hand), changes
their figures in turn, and asks which changes show: a balance that held fails, a figure becomes odd by itself, or,
beside a last year that agrees with the report as it was, a rule between years fails. A change that leaves the cell
as it was is none. It is also asked whether `localise` names just the changed cells and no other set. The scores are
in tests/mutation_scores.json; `--write` puts the new ones there.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.facts import Fact, extract
from pipeline.forms.loading import form, forms
from pipeline.forms.model import Form
from pipeline.forms.year_rules import year_equations
from pipeline.issues import Issue
from pipeline.layout.dumps import reflow
from pipeline.matching import Match, match
from pipeline.numbers import figure
from pipeline.parse import words_of
from pipeline.readers import Refused, read
from pipeline.trust.balances import balances, bounds
from pipeline.trust.proposals import findings
from scripts.year_oracle import across, counts_as
from tests.render import Figures, keys, text_report

ROOT = Path(__file__).resolve().parents[1]
SCORES = ROOT / "tests" / "mutation_scores.json"
REAL = ROOT.parent / "shared" / "reports" / "real"
DRAWN = ("2019", "2021")
# A blank for a zero is kept apart from the others: where blanks stand for zeros, nothing is changed by it.
SINGLE = ("one more", "ten times", "last digit lost", "blank", "blank for zero")
DOUBLE = ("swapped", "compensating")

Key = tuple[str, str]
Change = Mapping[Key, str]
Row = dict[str, str | int]
SHARES = (
    ("caught", "tried"),
    ("caught_with_last_year", "tried"),
    ("named_first", "numeric"),
    ("named_alone", "numeric"),
)
Place = tuple[str, str, int, str]
MEASURES = ("tried", "caught", "caught_with_last_year", "numeric", "named_first", "named_alone")


@dataclass(frozen=True)
class Subject:
    """A table of a report that is right, its facts, and those of the year before that agree with it."""

    report: str
    match: Match
    facts: tuple[Fact, ...]
    before: tuple[Fact, ...]


# ------------------------------------------------------------------------------------------------- right reports


def drawn_figures(made: Form, seed: int = 0) -> Figures:
    """A figure for each cell, no two alike, with which every identity holds."""
    rng = random.Random(seed)
    free = keys(made)
    values = dict(zip(free, rng.sample(range(2000, 9999), len(free)), strict=True))
    _fit_documents(values, rng)
    _fit_requests(made, values)
    for way in ("review", "direct", "after"):
        values[4, "1", f"{way}.total"] = sum(
            values[4, "1", f"{way}.{o}"] for o in ("upheld", "corrected", "other", "pending")
        )
    if len(set(values.values())) < len(values) or min(values.values()) <= 0:
        return drawn_figures(made, seed + 1)
    return {k: str(v) for k, v in values.items()}


def _fit_documents(values: dict[tuple[int, str, str], int], rng: random.Random) -> None:
    """More in force than was made, more items than changes: as in reports, and so that a last year can agree."""
    for row in ("1.rule", "1.doc"):
        columns = ("repealed", "made", "valid") if (2, row, "valid") in values else ("public", "made", "total_public")
        if (2, row, columns[-1]) in values:
            ordered = sorted(values[2, row, c] for c in columns)
            values.update({(2, row, c): n for c, n in zip(columns, ordered, strict=True)})
    changes = [k for k in values if k[2] == "delta"]
    values.update(zip(changes, rng.sample(range(100, 999), len(changes)), strict=True))


def _fit_requests(made: Form, values: dict[tuple[int, str, str], int]) -> None:
    table = made.table(3)
    people = [c.code for c in table.blocks[0].columns if not c.total]
    results = [r.code for r in table.rows if not r.total and r.code not in ("1", "2", "4")]
    for p in people:
        values[3, "3.7", p] = sum(values[3, r, p] for r in results)
        values[3, "1", p] = values[3, "3.7", p] + values[3, "4", p] - values[3, "2", p]
    for r in table.rows:
        values[3, r.code, "total"] = sum(values[3, r.code, p] for p in people)


def last_year(facts: Sequence[Fact], seed: int = 0) -> tuple[Fact, ...]:
    """Facts of the year before: each figure some 25 % off, and all rules between years hold where they can."""
    rng = random.Random(seed)
    numbers = {f.key: f.value for f in facts if f.value is not None}
    values = {k: Decimal(round(float(v) * rng.uniform(0.75, 1.33))) for k, v in numbers.items()}
    shown = {f.key[0]: counts_as(f.form) for f in facts}
    for e in year_equations():
        cells = [(c, 1) for c in e.left] + [(c, -1) for c in e.right]
        known = all(c[1:4] in values for c, _ in cells)
        if not e.rule.jump and known and e.form_now == e.form_before == shown[cells[0][0].table_no]:
            given, side = next((c, s) for c, s in cells if c.year == "before")
            others = [((numbers if c.year == "now" else values)[c[1:4]] * c.sign * s) for c, s in cells if c != given]
            values[given[1:4]] = -sum(others, Decimal(0)) / (given.sign * side)
    return tuple(replace(f, value=values[f.key]) if f.key in values else f for f in facts)


def subjects(report: str, data: bytes) -> Iterator[Subject]:
    """The tables of a report of which every identity holds."""
    known = forms()
    tables = match(reflow(read(data, words_of(known)), known), known)
    facts = {m.table.number: extract(m)[0] for m in tables}
    before = last_year([f for found in facts.values() for f in found])
    for m in tables:
        found = facts[m.table.number]
        worked = (*balances(m.table, m.form.name, found), *bounds(m.table, m.form.name, found))
        if any(f.kind == "number" for f in found) and all(b.state_blank_as_zero == "pass" for b in worked):
            yield Subject(report, m, found, tuple(f for f in before if f.key[0] == m.table.number))


def drawn() -> Iterator[Subject]:
    """The tables of drawn reports."""
    for name in DRAWN:
        made = form(name)
        yield from subjects("drawn", text_report(made, drawn_figures(made)).encode())


def real() -> Iterator[Subject]:
    """The tables of the real reports at hand."""
    for path in sorted(REAL.glob("*")):
        if not path.name.endswith(".cells.csv"):
            try:
                yield from subjects(path.name, path.read_bytes())
            except Refused as e:
                print(f"{path.name} is left out: {e}", file=sys.stderr)


# ----------------------------------------------------------------------------------------------------- changes


def changes(subject: Subject) -> Iterator[tuple[str, Change]]:
    """Every change, with its kind: what the cells print instead."""
    facts = {f.key[1:]: f for f in subject.facts if f.kind == "number"}
    for key, fact in facts.items():
        for kind in SINGLE:
            text = _damaged(kind, f"{fact.value:f}")
            if text is not None and figure(text).value != fact.value:
                yield kind, {key: text}
    for a, b in _neighbours(subject, facts):
        one, other = facts[a].value, facts[b].value
        assert one is not None
        assert other is not None
        if one != other:
            yield "swapped", {a: f"{other:f}", b: f"{one:f}"}
        if other >= 1:
            yield "compensating", {a: f"{one + 1:f}", b: f"{other - 1:f}"}


def _damaged(kind: str, text: str) -> str | None:
    """The figure with an error of that kind; None where it has none: of a lone digit nothing would be left."""
    match kind:
        case "one more":
            return f"{Decimal(text) + 1:f}"
        case "ten times":
            return f"{Decimal(text) * 10:f}"
        case "last digit lost":
            return text[:-1].rstrip(".") if len(text.lstrip("-")) > 1 else None
        case "blank":
            return "" if Decimal(text) else None
    return None if Decimal(text) else ""


def _neighbours(subject: Subject, known: Mapping[Key, Fact]) -> Iterator[tuple[Key, Key]]:
    for block in subject.match.table.blocks:
        for row in block.rows:
            for a, b in zip(block.columns, block.columns[1:], strict=False):
                if (row.code, a.code) in known and (row.code, b.code) in known:
                    yield (row.code, a.code), (row.code, b.code)


def damaged(subject: Subject, change: Change) -> Match:
    """The table as if those cells had printed something else."""
    bound = (
        b._replace(cell=b.cell._replace(text=change[b.row.code, b.column.code]))
        if (b.row.code, b.column.code) in change
        else b
        for b in subject.match.bound
    )
    return replace(subject.match, bound=tuple(bound))


# ------------------------------------------------------------------------------------------------------ scoring


def shown_alone(made: Match, facts: Sequence[Fact], issues: Sequence[Issue]) -> set[object]:
    """What is found amiss in a table by itself: figures odd in themselves, balances that fail."""
    worked = (*balances(made.table, made.form.name, facts), *bounds(made.table, made.form.name, facts))
    odd: set[object] = {(i.code, i.row_code, i.col_code) for i in issues}
    return odd | {b.left_cells + b.right_cells for b in worked if b.state_blank_as_zero == "fail" and b.stated}


def shown_by_years(facts: Sequence[Fact], before: Sequence[Fact]) -> set[int]:
    """The equations between years that fail, by number."""
    return {b.number for b in across(facts, before) if b.state_blank_as_zero == "fail"}


def named(subject: Subject, facts: Sequence[Fact], change: Change) -> tuple[bool, bool]:
    """Whether the changed cells with the figures that they had are the first of the smallest sets; and the only one."""
    had = {f.key[1:]: f.value for f in subject.facts}
    found = [p for f in findings(subject.match.table, subject.match.form.name, facts) for p in f.proposals]
    proposed = {(p.row_code, p.col_code): p.proposed for p in found if p.set_no == 1}
    first = proposed == {k: had[k] for k in change}
    return first, first and all(p.alternatives == 0 and p.set_no == 1 for p in found)


def score(found: Iterable[Subject]) -> list[Row]:
    """The scores by report, form, table and kind of change, in that order."""
    counts: dict[Place, Counter[str]] = {}
    for subject in found:
        alone, years = (
            shown_alone(subject.match, *extract(subject.match)),
            shown_by_years(subject.facts, subject.before),
        )
        for kind, change in changes(subject):
            place = (subject.report, counts_as(subject.match.form.name), subject.match.table.number, kind)
            counts.setdefault(place, Counter()).update(_measured(subject, change, alone, years))
    return [_row(place, counts[place]) for place in sorted(counts, key=_order)]


def summed(rows: Iterable[Row]) -> list[Row]:
    """The same over all reports."""
    counts: dict[Place, Counter[str]] = {}
    for r in rows:
        _, *place = _place(r)
        counts.setdefault(("", *place), Counter()).update({m: int(r[m]) for m in MEASURES})
    return [_row(place, counts[place]) for place in sorted(counts, key=_order)]


def _row(place: Place, counts: Mapping[str, int]) -> Row:
    report, name, table, kind = place
    measures = {m: counts[m] for m in MEASURES}
    return {"report": report, "form": name, "table": table, "kind": kind, **measures}


def _place(row: Row) -> Place:
    return str(row["report"]), str(row["form"]), int(row["table"]), str(row["kind"])


def _order(place: Place) -> tuple[str, str, int, int]:
    return (*place[:3], (*SINGLE, *DOUBLE).index(place[3]))


def _measured(subject: Subject, change: Change, alone: set[object], years: set[int]) -> dict[str, int]:
    made = damaged(subject, change)
    facts, issues = extract(made)
    caught = not shown_alone(made, facts, issues) <= alone
    numeric = any((figure(t).value or 0) != f.value for k, t in change.items() for f in subject.facts if f.key[1:] == k)
    first, only = named(subject, facts, change) if numeric else (False, False)
    return {
        "tried": 1,
        "caught": caught,
        "caught_with_last_year": caught or not shown_by_years(facts, subject.before) <= years,
        "numeric": numeric,
        "named_first": first,
        "named_alone": only,
    }


def fallen(before: Iterable[Row], now: Iterable[Row]) -> list[str]:
    """A sentence for every share that is lower than it was, and for what is no longer measured."""
    measured = {_place(r): r for r in now}
    return [text for r in before for text in _lower(r, measured.get(_place(r)))]


def _lower(was: Row, now: Row | None) -> Iterator[str]:
    where = f"{was['report']}, form {was['form']}, table {was['table']}, {was['kind']}"
    if now is None:
        yield f"{where}: no longer measured"
        return
    for measure, of in SHARES:
        if int(now[measure]) * int(was[of]) < int(was[measure]) * int(now[of]):
            yield f"{where}: {measure} {now[measure]} of {now[of]}, was {was[measure]} of {was[of]}"


def stored() -> dict[str, list[Row]]:
    """The scores as kept, drawn and real reports apart."""
    return json.loads(SCORES.read_text("utf-8")) if SCORES.exists() else {}


def _write(scores: Mapping[str, Sequence[Row]]) -> None:
    lists = (f'  "{k}": [\n' + ",\n".join(f"    {json.dumps(r)}" for r in rows) + "\n  ]" for k, rows in scores.items())
    SCORES.write_text("{\n" + ",\n".join(lists) + "\n}\n", "utf-8")


def main() -> int:
    """Print the scores and what has fallen; 1 where something has."""
    kept = stored()
    scores = {"drawn": score(drawn()), "real": score(real()) if REAL.exists() else kept.get("real", [])}
    for group, rows in scores.items():
        print(f"{group}: form, table, kind; caught alone, with last year; named first, alone; tried")
        for r in summed(rows):
            shares = (int(r[measure]) / (int(r[of]) or 1) for measure, of in SHARES)
            print(f"  {r['form']} {r['table']} {r['kind']:16}", *(f"{s:7.1%}" for s in shares), f"{r['tried']:6}")
    if "--write" in sys.argv[1:]:
        _write(scores)
        return 0
    worse = [text for group, rows in scores.items() for text in fallen(kept.get(group, []), rows)]
    print("\n".join(worse) or "nothing has fallen")
    return 1 if worse else 0


if __name__ == "__main__":
    raise SystemExit(main())
