"""Checks of a form as read, so that a faulty form file raises an error before any report is read."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.forms.model import Form, FormError, FormTable
from pipeline.rules import rules_of


def check_form(name: str, made: Form) -> None:
    """Raise `FormError` where a form contradicts itself or its file name."""
    if made.name != name:
        raise FormError(f"form {name}: the file says its name is {made.name}")
    _once(name, "table", [t.number for t in made.tables])
    _once(name, "section", [h.topic for h in made.headings])
    for table in made.tables:
        where = f"table {table.number}"
        _check_flags(name, table)
        _once(name, f"{where}: row", [r.code for r in table.rows])
        for block in table.blocks:
            _once(name, f"{where}: column", [c.code for c in block.columns])
            _once(name, f"{where}: header", [c.path for c in block.columns])
        _check_names(name, table)
        _check_identities(name, table)


def _once(name: str, what: str, keys: Sequence[object]) -> None:
    twice = {k for k in keys if keys.count(k) > 1}
    if twice:
        raise FormError(f"form {name}: {what} given twice: {sorted(map(str, twice))}")


def _check_names(name: str, table: FormTable) -> None:
    """Raise for two rows of one name under the same parents: nothing could distinguish them."""
    seen: dict[tuple[tuple[str, ...], str], str] = {}
    for row in table.rows:
        for text in row.names | row.damaged_names:
            other = seen.setdefault((row.parents, text), row.code)
            if other != row.code:
                raise FormError(f"form {name}: table {table.number}: rows {other} and {row.code} share {text}")


def _check_identities(name: str, table: FormTable) -> None:
    rows = {r.code for r in table.rows}
    columns = {c.code for b in table.blocks for c in b.columns}
    for identity in (*table.identities, *table.bounds):
        unknown = {*identity.left, *identity.right} - (rows if identity.over == "rows" else columns)
        if unknown:
            raise FormError(
                f"form {name}: table {table.number}: {identity.rule} names unknown {identity.over}: {sorted(unknown)}"
            )


def _check_flags(name: str, table: FormTable) -> None:
    """Raise for a switch that is neither true nor false: it would be taken for true."""
    flags = (table.open, *(f for line in table.lines for f in (line.total, line.signed, line.recalled)))
    if any(not isinstance(f, bool) for f in flags):
        raise FormError(f"form {name}: table {table.number}: open, total, signed and recalled are true or false")


def check_rules(known: Sequence[Form]) -> None:
    """Raise `FormError` for an identity whose rule is not listed: its failures would never become a warning."""
    listed = {rule.code for rule in rules_of("balances")}
    for made in known:
        for table in made.tables:
            for identity in (*table.identities, *table.bounds):
                if identity.rule not in listed:
                    where = f"form {made.name}: table {table.number}"
                    raise FormError(f"{where}: the rule {identity.rule} is not in rules.toml")


def check_variants(known: Sequence[Form]) -> None:
    """Raise `FormError` where a local variant gives a code another meaning than the form it varies."""
    by_name = {f.name: f for f in known}
    for made in known:
        if made.variant_of is not None:
            base = by_name.get(made.variant_of)
            if base is None or base.variant_of is not None:
                raise FormError(f"form {made.name}: it varies {made.variant_of}, which is not a form of its own")
            _check_variant(made, base)


def _check_variant(made: Form, base: Form) -> None:
    shared = {t.number: t for t in base.tables}
    for table in made.tables:
        if table.number not in shared:
            continue
        issued = shared[table.number]
        for key in table.cells.keys() & issued.cells.keys():
            ours, theirs = table.cells[key], issued.cells[key]
            where = f"form {made.name}: table {table.number}"
            if ours.unit != theirs.unit:
                raise FormError(f"{where}: {key} has the unit {ours.unit}, not {theirs.unit}")
            for line, meant in ((ours.row, theirs.row), (ours.column, theirs.column)):
                if not meant.names <= line.names:
                    raise FormError(f"{where}: {line.code} is not called {meant.leaf.text}")
