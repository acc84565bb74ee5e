"""Which code decides the rows of a file, and so makes it be read again when it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

import pipeline
from pipeline.runs.code_digest import DECIDING, KINDS, fingerprint, fingerprint_of, sources

HERE = Path(pipeline.__file__).parents[1]


def put(folder: Path, name: str, text: str) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def decides(file: Path) -> bool:
    return file in sources(DECIDING)


def test_a_digest_follows_names_and_contents_of_what_decides(tmp_path: Path) -> None:
    def digest() -> str:
        return fingerprint_of(file for file in tmp_path.rglob("*") if file.is_file())

    put(tmp_path, "parse.py", "x = 1\n")
    put(tmp_path, "forms/2021.toml", "a = 1\n")
    first = digest()
    put(tmp_path, "views/requests.sql", "SELECT 1")
    put(tmp_path, "__pycache__/parse.pyc", "bytes")
    assert digest() == first
    put(tmp_path, "forms/2021.toml", "a = 2\n")
    second = digest()
    (tmp_path / "parse.py").rename(tmp_path / "read.py")
    assert len({first, second, digest()}) == 3


def test_that_of_the_project_is_stable() -> None:
    assert fingerprint() == fingerprint.__wrapped__()


@pytest.mark.parametrize(
    ("name", "decides_rows"),
    [
        ("pipeline/readers/html/tables.py", True),
        ("pipeline/matching/stubs.py", True),
        ("pipeline/forms/2019.toml", True),
        ("pipeline/places/townships.csv.gz", True),
        ("pipeline/narrative/text_and_tables.toml", True),
        ("pipeline/parse.py", True),
        ("pipeline/frames.py", True),
        ("pipeline/dimensions.py", True),
        ("pipeline/schema.py", True),
        ("pipeline/runs/same_report/claims.py", True),
        ("pipeline/runs/same_report/rivals.py", True),
        ("pipeline/runs/rejection.py", True),
        ("pipeline/trust/grades.py", True),
        ("expectations/validate.py", True),
        ("pipeline/warehouse/store.py", False),
        ("pipeline/warehouse/lake.py", False),
        ("pipeline/warehouse/history.py", False),
        ("pipeline/runs/backfill.py", False),
        ("pipeline/runs/run_report.py", False),
        ("pipeline/settings.py", False),
        ("pipeline/runs/loading.py", False),
        ("pipeline/terminal/extract.py", False),
        ("pipeline/explain/figure.py", False),
        ("pipeline/warehouse/views/coverage.sql", False),
        ("pipeline/forms/views/proactive.toml", False),
        ("assets/command.py", False),
    ],
)
def test_what_decides_rows_makes_files_be_read_again(name: str, decides_rows: bool) -> None:
    """What only loads, publishes or shows them does not."""
    assert (HERE / name).is_file()
    assert decides(HERE / name) is decides_rows


def test_a_module_that_is_named_at_run_time_may_be_any_of_its_package() -> None:
    found = sources(["pipeline.readers"])
    assert HERE / "pipeline/readers/xlsx.py" in found


def test_no_data_are_forgotten() -> None:
    """Data are found by their place alone; no import tells who reads them. Those of site, views and macros decide what is shown."""
    data = [
        file
        for folder in ("pipeline", "expectations")
        for file in (HERE / folder).rglob("*")
        if file.suffix in KINDS and file.suffix != ".py" and not {"site", "views", "macros"} & {*file.parts}
    ]
    assert len(data) > 5
    assert [file for file in data if not decides(file)] == []
