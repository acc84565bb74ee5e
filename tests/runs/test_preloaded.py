"""A worker process begins with all that a report needs: its first file loads no module and no data of the project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pipeline.runs.workers import PRELOADED

TABLES = {
    "pipeline.places.divisions": ("_counties", "_predecessors"),
    "pipeline.places.townships": ("_text", "_editions"),
    "pipeline.readers.charset": ("_common",),
}
PAGE = Path(__file__).parents[1] / "golden" / "sheet_2014" / "report.html"

TABLES_MADE = """
from importlib import import_module
for name in {preloaded}:
    import_module(name)
tables = [getattr(import_module(module), name) for module, names in {tables}.items() for name in names]
print(all(table.cache_info().currsize for table in tables))
"""

FIRST_FILE = """
import gc, sys
from importlib import import_module
from pathlib import Path
for name in {preloaded}:
    import_module(name)
from pipeline.document import RawFile
from pipeline.parse import parse

data = Path({page!r}).read_bytes()
loaded, opened = set(sys.modules), []
def note(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.append(arguments[0])
sys.addaudithook(note)
parsed = parse(RawFile("report.html", len(data), 0, ""), data)
print(len(parsed.facts) > 0, sorted(set(sys.modules) - loaded), opened, gc.get_freeze_count() > 0)
"""


def test_the_first_file_of_a_process_finds_everything_loaded() -> None:
    code = FIRST_FILE.format(preloaded=PRELOADED, page=str(PAGE))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "True [] [] True"
    assert not done.stderr  # a page that is made ready and cannot be parsed would be logged


def test_the_tables_that_files_need_have_been_made() -> None:
    code = TABLES_MADE.format(preloaded=PRELOADED, tables=TABLES)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "True"
    assert not done.stderr
