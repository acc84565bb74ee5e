"""Asks a published warehouse by whatever DuckDB comes first on the path; stands alone, without the project."""

import json
import sys

import duckdb

given = json.load(sys.stdin)
connection = duckdb.connect()
connection.execute("SET enable_progress_bar = false")
connection.execute(f"ATTACH '{given['warehouse']}' AS w (READ_ONLY)")
connection.execute("USE w")
answers = {}
for question in given["questions"]:
    try:
        answers[question] = [[str(value) for value in row] for row in connection.execute(question).fetchall()]
    except duckdb.Error as error:
        answers[question] = f"{type(error).__name__}: {error}"
json.dump({"version": duckdb.__version__, "answers": answers}, sys.stdout)
