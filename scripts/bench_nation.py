"""Measures a warehouse of the whole country, made of one small one by copying its rows: `make bench-scale FACTS=32`.

    python scripts/bench_nation.py --facts 2,32 [--pattern FOLDER] [--keep FOLDER] [--out FILE.json]

`--facts` are millions. Some synthetic reports are loaded by `disclosure run`; then their rows are copied in SQL, under
other ids, publishers and districts of the register and with other figures, until there are so many facts. What follows
is the product's own: the materialised tables are worked out, the file is published, questions are asked. Times are CPU
seconds of the process, since machines are shared; memory is the peak of the process that asks, each in one of its own.
What does *not* belong here: reading files and validating, whose cost by report `bench_scale.py` measures.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.schema import FACTS, MATERIALISED, PARTITIONED, REPORT_VERSIONS, TABLES, Table  # noqa: E402
from pipeline.warehouse import Warehouse, ddl  # noqa: E402
from pipeline.warehouse.database import STORAGE_VERSION  # noqa: E402

MILLION = 1_000_000
COPIES_AT_ONCE = 100
PATTERN_REPORTS, PUBLISHERS = 200, 16
# For the copying alone, which is not what is measured.
COPYING_MIB = 3072
ASKING_MIB = 256

# Where the copies are.
PLACES: Mapping[str, str] = {
    "district_code": "c.code",
    "district_code_current": "c.code",
    "district_name": "c.name",
    "prefecture_code": "c.code[:4] || '00'",
    "prefecture_name": "'市' || c.code[:4]",
    "province_code": "c.code[:2] || '0000'",
    "province_name": "'省' || c.code[:2]",
}

NATION = "area_level = 'country' AND scope = 'own_organ'"
# By name; {publisher} (its id), {name}, {code} and {year} are those of one report.
OF_PARTITION = "WHERE district_code = '{code}' AND year = {year}"
OF_PUBLISHER = "(FROM reports WHERE publisher_id = '{publisher}')"
QUESTIONS: Mapping[str, str] = {
    "rates of the nation by year": "SELECT year, rate, avg(value) FROM rates GROUP BY ALL ORDER BY ALL",
    "rates_by_area, country": f"FROM rates_by_area WHERE {NATION} ORDER BY ALL",
    "rates_by_area, country, one rate": f"FROM rates_by_area WHERE {NATION} AND rate = 'grant_rate' ORDER BY ALL",
    "rates_by_area, provinces of a year": "FROM rates_by_area WHERE area_level = 'province' AND year = {year}",
    "series_by_area, country": f"FROM series_by_area WHERE {NATION} ORDER BY ALL",
    "series_by_area, country, one series": f"FROM series_by_area WHERE {NATION} AND series = 'req_new' ORDER BY ALL",
    "series_by_area, provinces of a year": "FROM series_by_area WHERE area_level = 'province' AND year = {year}",
    "requests of a partition": f"FROM requests {OF_PARTITION}",
    "facts of a partition, added up": f"SELECT count(*), sum(value) FROM facts {OF_PARTITION}",
    "rates of a publisher": "FROM rates WHERE publisher_id = '{publisher}' ORDER BY ALL",
    "requests of a publisher": "FROM requests WHERE publisher = '{name}'",
    "series_by_report of a publisher": "FROM series_by_report WHERE publisher_id = '{publisher}'",
    "series_year_on_year of a publisher": "FROM series_year_on_year WHERE publisher_id = '{publisher}'",
    "facts of a publisher": f"FROM facts SEMI JOIN {OF_PUBLISHER} USING (report_id, district_code, year)",
    "facts of a publisher, by report alone": f"FROM facts SEMI JOIN {OF_PUBLISHER} USING (report_id)",
    "requests by province and year": "SELECT province_name, year, sum(new_requests) FROM requests GROUP BY ALL",
}


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU and wall seconds of a piece of work, and the peak memory of its process in MiB."""

    cpu: float
    wall: float
    mib: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What a warehouse holds, and what was spent on it."""

    sizes: Mapping[str, float]
    spent: Mapping[str, Spent]


def clocked(work: Callable[[], object]) -> Spent:
    """What a piece of work in this process costs."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Spent(time.process_time() - cpu, time.perf_counter() - wall, peak)


# --- The rows --------------------------------------------------------------------------------------


def load_pattern(folder: Path) -> Path:
    """A build database of some synthetic reports, by a run of its own."""
    from scripts.bench_scale import Project
    from scripts.synthetic import Settings, write

    project = Project(folder)
    project.make()
    for _ in write(project.raw, Settings(PATTERN_REPORTS, publishers=PUBLISHERS)):
        pass
    project.run()
    return Warehouse(project.warehouse).build


def multiply(pattern: Path, target: Path, facts: int) -> None:
    """A build database with the rows of another, copied until it has so many facts; its notes have to be made anew."""
    target.parent.mkdir(parents=True)
    with closing(duckdb.connect(str(target), config={"storage_compatibility_version": STORAGE_VERSION})) as new:
        new.execute(f"SET memory_limit = '{COPYING_MIB}MiB'")
        new.execute("SET enable_progress_bar = false")
        new.execute(f"ATTACH {ddl.literal(str(pattern))} AS pattern (READ_ONLY)")
        for statement in ddl.build_statements():
            new.execute(statement)
        [(have,)] = new.execute("SELECT count(*) FROM pattern.facts").fetchall()
        new.execute(_copies_sql(-(-facts // have)))
        for name, table in TABLES.items():
            if table in PARTITIONED or table is REPORT_VERSIONS:
                _copy_rows(new, table)
            elif table not in MATERIALISED:
                new.execute(f"INSERT INTO {name} FROM pattern.{name}")
        new.execute("INSERT INTO internal.meta FROM pattern.internal.meta WHERE key = 'structure'")
        new.execute("CHECKPOINT")


def _copies_sql(number: int) -> str:
    """A table of the copies: number, and the county of the register that each is put into, in order of their codes."""
    return f"""
    CREATE TEMP TABLE copies AS
    WITH counties AS (
        SELECT code, name, row_number() OVER (ORDER BY code) - 1 AS n, count(*) OVER () AS of_all
        FROM (
            SELECT district_code AS code, any_value(name) AS name
            FROM pattern.districts WHERE level = 'county' GROUP BY ALL
        )
    )
    SELECT c.copy, d.code, d.name
    FROM (SELECT range AS copy FROM range({number})) AS c
    JOIN counties AS d ON d.n = c.copy * greatest(d.of_all // {number}, 1) % d.of_all"""


def _copy_rows(new: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Copies the rows of a table in storage order, some districts at a time, so that no sort is large."""
    columns = ", ".join(f"{_copied(table, name)} AS {ddl.quoted(name)}" for name in table.column_names)
    [(number,)] = new.execute("SELECT count(*) FROM copies").fetchall()
    for first in range(0, number, COPIES_AT_ONCE):
        some = f"(FROM copies ORDER BY code, copy LIMIT {COPIES_AT_ONCE} OFFSET {first})"
        new.execute(
            f"""INSERT INTO {table.name} SELECT {columns} FROM pattern.{table.name} AS p, {some} AS c
                ORDER BY {ddl.storage_order(table)}"""
        )


def _copied(table: Table, column: str) -> str:
    """A column of the copy `c` of a row `p`: ids, places and figures of its own."""
    if column in ("report_id", "publisher_id"):
        return f"md5(p.{column} || '/' || c.copy)[:16]"
    if column in ("publisher", "publisher_name", "file_path"):
        return f"p.{column} || c.copy"
    if table is FACTS and column == "value":  # nearly half of what is printed is 0, and stays so
        return "CASE WHEN p.value > 0 THEN p.value + hash(c.copy, p.report_id, p.row_code) % 7 ELSE p.value END"
    return PLACES.get(column, f"p.{ddl.quoted(column)}")


# --- What is measured ------------------------------------------------------------------------------


def work_out(warehouse: Warehouse) -> Spent:
    """What it costs that a warehouse of older code is opened: the materialised tables, and the extents of all."""

    def opened() -> None:
        with warehouse.writer():
            pass

    return clocked(opened)


def publish(warehouse: Warehouse) -> Spent:
    """A publication."""
    return clocked(warehouse.publish)


def load_one(warehouse: Warehouse) -> Spent:
    """A load of one report that prints other figures than before."""
    with tempfile.TemporaryDirectory() as folder, closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH {ddl.literal(str(warehouse.published.resolve()))} AS w (READ_ONLY)")
        one = "SELECT report_id, district_code, year FROM w.reports ORDER BY report_id LIMIT 1"
        [(report, code, year)] = connection.execute(one).fetchall()
        files = {t.name: [Path(folder, f"{t.name}.parquet")] for t in PARTITIONED}
        changed = {
            "facts": "* REPLACE (value + 1 AS value)",
            "reports": "* REPLACE (md5(file_sha256) || md5(title) AS file_sha256)",
        }
        for name, (file,) in files.items():
            of_report = f"FROM w.{name} WHERE report_id = '{report}' AND district_code = '{code}' AND year = {year}"
            connection.execute(f"COPY (SELECT {changed.get(name, '*')} {of_report}) TO '{file}' (FORMAT parquet)")

        def load() -> None:
            with warehouse.writer() as writer:
                writer.load([(code, year)], files, ())

        return clocked(load)


def ask(warehouse: Warehouse, question: str) -> Spent:
    """The median of three times that a question is asked, after a first that is not counted, and the memory."""
    with closing(duckdb.connect(str(warehouse.published.resolve()), read_only=True)) as connection:
        for setting in (f"memory_limit = '{ASKING_MIB}MiB'", "threads = 2", "enable_progress_bar = false"):
            connection.execute(f"SET {setting}")
        one = """SELECT publisher_id, any_value(publisher), any_value(district_code), any_value(year) FROM reports
                 GROUP BY publisher_id ORDER BY count(*) DESC, publisher_id LIMIT 1"""
        [(publisher, name, code, year)] = connection.execute(one).fetchall()
        sql = QUESTIONS[question].format(publisher=publisher, name=name, code=code, year=year)
        found = [clocked(lambda: connection.execute(sql).fetchall()) for _ in range(4)][1:]
    return sorted(found, key=lambda spent: spent.cpu)[1]


def apart(*arguments: str) -> Spent:
    """The same in a process of its own, so that its memory is its own. Raises `CalledProcessError`."""
    command = [sys.executable, str(Path(__file__).resolve()), "--alone", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return Spent(**json.loads(done.stdout.splitlines()[-1]))


def alone(root: str, what: str) -> None:
    """Does one thing and prints what it cost."""
    warehouse = Warehouse(Path(root))
    works = {"work out": work_out, "publish": publish, "load one": load_one}
    print(json.dumps(asdict(works[what](warehouse) if what in works else ask(warehouse, what))))


def measure(pattern: Path, facts: int, folder: Path, say: Callable[[str], None]) -> Measured:
    """All figures of a warehouse of so many facts."""
    warehouse = Warehouse(folder)
    say("copying rows")
    multiply(pattern, warehouse.build, facts)
    say("working out the materialised tables")
    found = {"tables worked out anew, and all rows counted": apart(str(folder), "work out")}
    say("publishing")
    found["first publication"] = apart(str(folder), "publish")
    say("one changed report")
    found["load of one changed report"] = apart(str(folder), "load one")
    found["publication after it"] = apart(str(folder), "publish")
    for question in QUESTIONS:
        say(question)
        found[question] = apart(str(folder), question)
    return Measured(_sizes(warehouse), found)


def _sizes(warehouse: Warehouse) -> Mapping[str, float]:
    with closing(duckdb.connect(str(warehouse.published.resolve()), read_only=True)) as connection:
        rows = {name: connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name in TABLES}
    return {
        "reports": rows["reports"],
        "facts": rows["facts"],
        "materialised rows a report": sum(rows[t.name] for t in MATERIALISED) / rows["reports"],
        "published file, MiB": warehouse.published.stat().st_size / 2**20,
    }


def table(found: Sequence[Measured]) -> Iterator[str]:
    """The figures as Markdown, a column for each size."""
    yield f"| | {' | '.join(format(m.sizes['facts'] / MILLION, ',.1f') + ' M facts' for m in found)} |"
    yield f"|---|{'---:|' * len(found)}"
    for name in found[0].sizes:
        yield f"| {name} | {' | '.join(f'{m.sizes[name]:,.0f}' for m in found)} |"
    for name in found[0].spent:
        yield f"| {name}: CPU s, wall s, MiB | {' | '.join(_cell(m.spent[name]) for m in found)} |"


def _cell(spent: Spent) -> str:
    return f"{spent.cpu:,.3f}, {spent.wall:,.3f}, {spent.mib:,.0f}"


def main(arguments: Sequence[str]) -> None:
    """Measure, print the table, and write the figures to a file where one is given."""
    parser = argparse.ArgumentParser(description="Measure a warehouse of the whole country.")
    parser.add_argument("--facts", default="2", help="millions of facts, with commas between")
    parser.add_argument("--pattern", type=Path, help="a build database to copy rows of, in place of a run")
    parser.add_argument("--out", type=Path, help="a JSON file for the figures")
    parser.add_argument("--keep", type=Path, help="an empty folder to keep the warehouses in")
    given = parser.parse_args(arguments)
    began = time.perf_counter()

    def say(what: str) -> None:
        print(f"{time.perf_counter() - began:7.0f} s  {what}", file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory(prefix="disclosure-nation-") as temporary:
        folder = given.keep or Path(temporary)
        say("a run over synthetic reports")
        pattern = given.pattern or load_pattern(folder / "pattern")
        sizes = [float(size) for size in given.facts.split(",")]
        found = [measure(pattern, int(size * MILLION), folder / f"{size:g}", say) for size in sizes]
    print("\n".join(table(found)))
    if given.out:
        given.out.write_text(json.dumps([asdict(m) for m in found], indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--alone"]:
        alone(*sys.argv[2:])
    else:
        main(sys.argv[1:])
