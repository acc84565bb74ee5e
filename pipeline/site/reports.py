"""What the page of a publisher shows of its reports: tables as printed, checks, issues, proposals and text.

A report's cells are written by their numbers in the form: a list of texts as printed, and a string with a letter for
each cell that says what it is (see MARKS). They are JSON from the query to the file, since they are the most of it.
What does *not* belong here: figures of measures (`figures`).
"""

# ruff: noqa: S608 -- the texts put into statements are this package's own, values are literals or parameters

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from pipeline.forms.loading import forms
from pipeline.forms.model import Equation
from pipeline.site.folder import as_json, json_object
from pipeline.site.spans import Part
from pipeline.warehouse import Snapshot, view_sql

Row = tuple[Any, ...]
Found = dict[str, list[list[Any]]]

# What the letters of a report's cells mean. Capital letters: a person decided.
MARKS: Mapping[str, str] = {
    "p": "number, proven by an identity",
    "u": "number, about which no identity says anything",
    "w": "number, withheld as doubtful",
    "b": "blank",
    "s": "slash",
    "d": "dash",
    "t": "word",
    "x": "unread: a picture, or what a script fills in",
    "C": "number, confirmed by a person",
    "M": "misread, a person gave the value",
    "I": "ignored by a person",
}
_MARK = """
    CASE
        WHEN verdict = 'confirmed' THEN 'C' WHEN verdict = 'misread' THEN 'M' WHEN verdict = 'ignore' THEN 'I'
        WHEN value_kind = 'withheld' THEN 'w'
        WHEN value_kind = 'number' THEN if(trust = 'proven', 'p', 'u')
        WHEN value_kind = 'word' THEN 't'
        WHEN value_kind = 'unread' THEN 'x'
        ELSE left(value_kind, 1)
    END"""
_REPORTS = """
    SELECT c.report_id, h.home, h.publisher_id, h.publisher_name, c.publisher, c.year, c.title, c.level, c.scope,
        r.form, c.grade, r.grade_reasons, c.published_on::VARCHAR, c.deadline::VARCHAR, c.on_time, r.file_path,
        r.file_format, r.version, r.all_zero, c.tables_found, c.sections_found, r.routes_compared, r.routes_agreeing,
        c.district_code, c.district_name
    FROM reports_checked AS c
    JOIN reports AS r USING (report_id, district_code, year)
    JOIN homes AS h USING (report_id, district_code, year)
    WHERE c.district_code {within} ORDER BY h.home, h.publisher_id, c.year, c.report_id"""
REPORT = (
    "id", "home", "organ", "name", "publisher", "year", "title", "level", "scope", "form", "grade", "reasons",
    "published", "deadline", "on_time", "file", "format", "version", "all_zero", "tables", "sections", "compared",
    "agreeing", "district", "district_name",
)  # fmt: skip
# The numbers of the cells only where the form has others too.
_FACTS = f"""
    SELECT report_id, form, CASE WHEN len(cells) < size THEN list_transform(cells, lambda c: c.n) END,
        list_transform(cells, lambda c: c.v)::JSON::VARCHAR, array_to_string(list_transform(cells, lambda c: c.m), '')
    FROM (
        SELECT f.report_id, f.form, s.size,
            list({{{{n: c.cell_no, v: f.value_raw, m: {_MARK}}}}} ORDER BY c.cell_no) AS cells
        FROM facts_trusted AS f JOIN cells AS c USING (form, table_no, row_code, col_code)
        JOIN (SELECT form, count(*) AS size FROM cells GROUP BY form) AS s USING (form)
        WHERE f.district_code {{within}} GROUP BY f.report_id, f.form, s.size
    )"""
_OTHER_FACTS = """
    SELECT f.report_id, f.table_no, f.row_code, f.col_code, f.label_raw, f.value_raw
    FROM facts AS f ANTI JOIN cells AS c USING (form, table_no, row_code, col_code)
    WHERE f.district_code {within} ORDER BY f.report_id, f.grid, f.row, f.col"""
# A figure with something to say: by it a person finds the place on paper and what is meant.
_PLACES = """
    SELECT f.report_id, f.table_no, f.row_code, f.col_code, f.page, f.grid, f.row, f.col, f.line, t.value, t.verdict_by,
        t.value_kind
    FROM facts_trusted AS t JOIN facts AS f USING (report_id, district_code, year, table_no, row_code, col_code)
    WHERE t.district_code {within} AND (t.trust = 'doubtful' OR t.verdict IS NOT NULL)
    ORDER BY ALL"""
_TABLES = """
    SELECT report_id, table_no, form, expected, matched, left_over, page, grid FROM report_tables
    WHERE district_code {within} ORDER BY report_id, table_no"""
# Where each row of a table is printed: its line, or its page where the table goes on over a page's end.
_LINES = """
    WITH spots AS (
        SELECT report_id, table_no, row_code, min(page) AS page, min(line) AS line FROM facts
        WHERE district_code {within} AND (page IS NOT NULL OR line IS NOT NULL) GROUP BY ALL
    )
    SELECT report_id, table_no, min(line), max(line),
        string_agg(row_code || ' ' || coalesce(line, page), ',' ORDER BY coalesce(line, page), row_code)
    FROM spots GROUP BY report_id, table_no HAVING count(line) > 0 OR max(page) > min(page)
    ORDER BY report_id, table_no"""
_BALANCES = """
    SELECT b.report_id, b.form, string_agg(left(b.state, 1), '' ORDER BY i.number),
        CASE WHEN count(*) < i.identities THEN list(i.number ORDER BY i.number) END
    FROM balances AS b JOIN identities AS i USING (form, table_no, rule, row_code, col_code)
    WHERE b.district_code {within} GROUP BY b.report_id, b.form, i.identities"""
_FAILED = """
    SELECT report_id, form, table_no, rule, row_code, col_code, left(state, 1), left_value, right_value, blame,
        cells_used
    FROM balances WHERE district_code {within} AND (state = 'fail' OR state_blank_as_zero = 'fail')
    ORDER BY report_id, table_no, rule, row_code, col_code"""
_ISSUES = """
    SELECT report_id, code, severity, table_no, row_code, col_code, printed, sentence, page, line FROM issues
    WHERE district_code {within}
    ORDER BY report_id, array_position(['error', 'warning', 'info'], severity), issue_no"""
_PROPOSALS = """
    SELECT report_id, table_no, set_no, row_code, col_code, printed, proposed, size, alternatives, explanation, blame
    FROM proposals WHERE district_code {within} ORDER BY report_id, table_no, set_no, row_code, col_code"""
_COPIES = """
    SELECT report_id, shared, reports_sharing, publishers_sharing, years_sharing FROM copies_shown
    WHERE district_code {within} ORDER BY report_id, shared"""
_VERDICTS = """
    SELECT report_id, table_no, row_code, col_code, verdict, value, printed_then, status, who, decided_on, why
    FROM verdicts_applied WHERE district_code {within} ORDER BY report_id, line_no"""
_COMPARISONS = """
    SELECT report_id, statement_no, rule, stated_value::DOUBLE, table_value::DOUBLE, state, cause, cells_used
    FROM comparisons
    WHERE district_code {within} AND state <> 'uncertain' ORDER BY report_id, comparison_no"""
_YEAR_FAILURES = """
    SELECT report_id, rule, table_no, left_value, right_value, cells_used FROM year_balances_shown
    WHERE state = 'fail' AND district_code {within}
    ORDER BY report_id, rule, cells_used"""
_SECTIONS = """
    SELECT report_id, section_no, topic, heading, "text" FROM sections
    WHERE district_code {within} ORDER BY report_id, section_no"""
_STATEMENTS = """
    SELECT report_id, section_no, char_offset, statement_no, m.label, s.value::DOUBLE, s.unit, s.phrase,
        s.approximate, s.cumulative
    FROM statements AS s LEFT JOIN metrics AS m USING (metric)
    WHERE district_code {within} ORDER BY report_id, section_no, char_offset"""
# Lists by report that go into its organ's file as they are, and the queries that give them.
LISTS: Mapping[str, str] = {
    "tables": _TABLES,
    "lines": _LINES,
    "places": _PLACES,
    "others": _OTHER_FACTS,
    "issues": _ISSUES,
    "proposals": _PROPOSALS,
    "copies": _COPIES,
    "verdicts": _VERDICTS,
    "comparisons": _COMPARISONS,
    "years_apart": _YEAR_FAILURES,
}


def read_reports(snapshot: Snapshot, part: Part) -> list[dict[str, Any]]:
    """The reports of some districts with all that the publisher's page shows but the text, by home, organ and year.

    Their `cells` are JSON already.
    """
    lists = {name: by_report(part.ask(snapshot, sql)) for name, sql in LISTS.items()}
    facts = _facts(snapshot, part)
    balances = _balances(snapshot, part)
    found = []
    for row in part.ask(snapshot, _REPORTS):
        report = dict(zip(REPORT, row, strict=True))
        if report["home"] not in part.homes:
            continue
        name = report["id"]
        report["cells"] = json_object(facts.get(name, {}))
        report["checks"] = balances.get(name, {})
        report.update({key: rows[name] for key, rows in lists.items() if name in rows})
        found.append(report)
    return sorted(found, key=lambda r: (r["home"], r["organ"], r["year"], r["id"]))


def read_texts(snapshot: Snapshot, part: Part) -> dict[str, dict[str, list[list[Any]]]]:
    """The sections and counted statements of the reports of some districts, by report."""
    sections = by_report(part.ask(snapshot, _SECTIONS))
    statements = by_report(part.ask(snapshot, _STATEMENTS))
    return {name: {"sections": rows, "statements": statements.get(name, [])} for name, rows in sections.items()}


_PLAIN = frozenset({str, int, bool, type(None)})


def by_report(rows: Iterable[Row]) -> Found:
    """Rows by the report that their first column names, without it, as JSON takes them."""
    found: Found = defaultdict(list)
    for row in rows:
        found[row[0]].append([value if type(value) in _PLAIN else plain(value) for value in row[1:]])
    return found


def plain(value: object) -> object:
    """A value as JSON has it: whole numbers without a fraction."""
    if isinstance(value, Decimal | float):
        number = float(value)
        return int(number) if number.is_integer() else round(number, 6)
    return value


def _facts(snapshot: Snapshot, part: Part) -> dict[str, dict[str, str]]:
    """By report and form, as JSON: the cells as printed and their marks, and their numbers where it has others too."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for report, form, numbers, texts, marks in part.ask(snapshot, _FACTS):
        cells = {"v": texts, "m": as_json(marks)}
        if numbers is not None:
            cells["n"] = as_json(numbers)
        found[report][form] = json_object(cells)
    return found


def _balances(snapshot: Snapshot, part: Part) -> dict[str, dict[str, Any]]:
    """By report: for each form a letter for each of its identities (pass, fail, incomplete; `.` for one that is not
    worked out), and what stands on both sides of those that fail.
    """
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"states": {}, "failed": []})
    sizes = {form: len(keys) for form, keys in _identity_keys().items()}
    for report, form, letters, numbers in part.ask(snapshot, _BALANCES):
        if numbers is not None:
            known = dict(zip(numbers, letters, strict=True))
            letters = "".join(known.get(n, ".") for n in range(sizes[form]))
        found[report]["states"][form] = letters
    for report, rows in by_report(part.ask(snapshot, _FAILED)).items():
        found[report]["failed"] = rows
    return found


def keep_year_rules(snapshot: Snapshot) -> None:
    """Make the view `year_balances_shown`: of rules between two years, those alone that a page shows."""
    snapshot.keep("year_rules_shown", "SELECT * FROM year_rules WHERE rule IN ('R10', 'R11', 'R12')")
    query = view_sql.query_of("year_balances", {"year_rules": "year_rules_shown"})
    snapshot.show("year_balances_shown", query)


def keep_identities(snapshot: Snapshot) -> None:
    """Make the table `identities`: those of all forms, numbered from 0 within each."""
    rows = [(form, *key, n, len(keys)) for form, keys in _identity_keys().items() for n, key in enumerate(keys)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    names = ("form", "table_no", "rule", "row_code", "col_code", "number", "identities")
    whole = ("table_no", "number", "identities")
    given = (
        f"unnest(${n}::{'INTEGER' if name in whole else 'VARCHAR'}[]) AS {name}" for n, name in enumerate(names, 1)
    )
    snapshot.keep("identities", f"SELECT {', '.join(given)}", columns)


def _identity_keys() -> dict[str, list[tuple[int, str, str, str]]]:
    """The identities of each form in its order, each by table, rule and the cell that names it."""
    return {
        form.name: [(t.number, e.rule, *e.left[0]) for t in form.tables for e in (*t.equations, *t.inequalities)]
        for form in forms()
    }


def describe_forms(snapshot: Snapshot) -> dict[str, Any]:
    """What pages need to draw the tables of a form again: its cells in order, and its identities as formulas."""
    rows: dict[str, list[list[Any]]] = defaultdict(list)
    for form, *cell in snapshot.query(
        """SELECT form, cell_no, table_no, row_code, col_code, row_label, col_label, unit, additive FROM cells
           ORDER BY form, cell_no"""
    ):
        rows[form].append(cell)
    formulas = {
        form.name: [
            [t.number, e.rule, *e.left[0], _formula(e, "<=" if e in t.inequalities else "=")]
            for t in form.tables
            for e in (*t.equations, *t.inequalities)
        ]
        for form in forms()
    }
    captions = {form.name: {t.number: t.caption for t in form.tables} for form in forms()}
    return {
        name: {"cells": cells, "identities": formulas.get(name, []), "captions": captions.get(name, {})}
        for name, cells in rows.items()
    }


def _formula(equation: Equation, sign: str) -> str:
    sides = (" + ".join(":".join(cell) for cell in side) for side in (equation.left, equation.right))
    return f" {sign} ".join(sides)
