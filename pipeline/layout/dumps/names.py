"""The names that the forms' rows and columns may have in a dump."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from pipeline.forms.model import Form
from pipeline.layout.dumps.model import LEAST_PREFIX, Name


def has_indicator_table(forms: Sequence[Form]) -> bool:
    """Whether one of the forms is a table of indicators, with several figures beside each label."""
    return any(t.beside for f in forms for t in f.tables)


@lru_cache(maxsize=8)
def indicator_rows(forms: tuple[Form, ...]) -> frozenset[str]:
    """The labels of the rows of indicator tables."""
    tables = (t for f in forms for t in f.tables if t.beside)
    return frozenset(n for t in tables for r in t.rows for n in r.names | r.damaged_names) - {""}


@lru_cache(maxsize=8)
def indicator_starts(forms: tuple[Form, ...]) -> frozenset[str]:
    """How those labels begin."""
    return frozenset(name[:LEAST_PREFIX] for name in indicator_rows(forms))


@lru_cache(maxsize=8)
def indicator_heads(forms: tuple[Form, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The labels that head columns of indicator tables, and those of them that head figures."""
    tables = [t for f in forms for t in f.tables if t.beside]
    columns = {n for t in tables for b in t.blocks for c in b.columns for n in (*c.names, *c.damaged_names)}
    return frozenset(n for t in tables for n in t.headers) - {""}, frozenset(columns) - {""}


@lru_cache(maxsize=8)
def row_stubs(forms: tuple[Form, ...]) -> frozenset[str]:
    """The labels of rows and of their groups."""
    return frozenset(n for f in forms for t in f.tables for n in t.stubs) - {""}


@lru_cache(maxsize=8)
def table_sizes(forms: tuple[Form, ...]) -> dict[str, frozenset[int]]:
    """How many figures the rows of each name have; under '' those of rows without a label."""
    sizes: dict[str, set[int]] = {}
    for block in (b for f in forms for t in f.tables for b in t.blocks):
        for name in (n for r in block.rows for n in (r.names if r.path else ("",))):
            sizes.setdefault(name, set()).add(len(block.columns))
    sizes.setdefault("", set())
    return {name: frozenset(found) for name, found in sizes.items()}


@lru_cache(maxsize=8)
def row_sizes(forms: tuple[Form, ...]) -> tuple[int, ...]:
    """The numbers of figures that rows have, the smallest first."""
    return tuple(sorted({n for found in table_sizes(forms).values() for n in found}))


@lru_cache(maxsize=8)
def names_of_forms(forms: tuple[Form, ...]) -> dict[str, Name]:
    """Every label of the forms by its canonical text."""
    tables: dict[str, set[int]] = {}
    rows: dict[str, set[tuple[int, str]]] = {}
    columns: set[str] = set()
    heads: set[str] = set()
    groups: set[str] = set()
    for table in (t for f in forms for t in f.tables):
        for text in (table.headers | table.stubs) - {""}:
            tables.setdefault(text, set()).add(table.number)
        for row in table.rows:
            for text in (row.names | row.damaged_names) - {""}:
                rows.setdefault(text, set()).add((table.number, row.code))
        columns |= {n for b in table.blocks for c in b.columns for n in (*c.names, *c.damaged_names)}
        heads |= table.headers if table.beside else frozenset()
        groups |= {p for row in table.rows for p in row.parents}
    return {
        text: Name(
            text, frozenset(found), frozenset(rows.get(text, ())), text in columns, text in heads, text in groups
        )
        for text, found in tables.items()
    }


@lru_cache(maxsize=8)
def tables_with_rows(forms: tuple[Form, ...]) -> frozenset[int]:
    """The tables with a row whose label names nothing else."""
    return frozenset(table for name in names_of_forms(forms).values() if not name.vague for table, _ in name.rows)
