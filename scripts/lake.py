"""Brings the lake up to date with the published file, shows how DuckDB reads it, and queries it.

python scripts/lake.py [FOLDER OF THE WAREHOUSE]
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.settings import place_of_warehouse
from pipeline.warehouse import Warehouse, WarehouseError
from pipeline.warehouse.lake import view_sql

SAMPLE = """SELECT year, count(DISTINCT report_id) AS reports, count(*) AS facts, count(value) AS figures
FROM facts GROUP BY year ORDER BY year DESC LIMIT 10"""


def main() -> int:
    """The exit status."""
    warehouse = Warehouse(Path(sys.argv[1]) if sys.argv[1:] else place_of_warehouse())
    try:
        written = warehouse.write_lake()
        names, rows = warehouse.query_lake(SAMPLE) if (warehouse.lake / "facts").exists() else ([], [])
    except WarehouseError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    years = ", ".join(map(str, written.years)) or "none"
    print(f"-- {warehouse.lake}: years written: {years}; {written.files} files, {written.bytes:,} bytes")
    print("-- In any DuckDB:", *(f"{statement};" for statement in view_sql(warehouse.lake)), f"{SAMPLE};", sep="\n")
    for row in (names, *rows):
        print("--", *(f"{value:>10}" for value in row))
    return 0


if __name__ == "__main__":
    sys.exit(main())
