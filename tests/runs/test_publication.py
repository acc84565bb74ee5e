"""Loading and publication: nothing half done is seen, and what is missing is published again."""

from __future__ import annotations

import pytest

from pipeline.runs import extraction, loading, planning, publication, validation
from pipeline.runs.workspace import StageError, Workspace
from pipeline.warehouse.dictionary import JOINS
from tests.workspace import (
    CODES,
    HAIDIAN,
    SHIJIAZHUANG,
    XINHUA,
    accept,
    everything,
    is_idle,
    put,
    report,
    rows,
    run,
)


def test_a_file_published_in_part_is_never_seen(loaded: Workspace) -> None:
    put(loaded, "a.txt", report(XINHUA, 2023, seed=9))
    put(loaded, "c.txt", report(SHIJIAZHUANG, 2022))
    before = everything(loaded)
    planning.ingest(loaded)
    extraction.extract(loaded)
    validation.validate(loaded, accept)
    loading.load(loaded, [(CODES[XINHUA], 2023)])
    with pytest.raises(StageError, match="1 partitions to load"):
        publication.publish(loaded)
    assert everything(loaded) == before


@pytest.mark.long
def test_a_missing_published_file_is_published_again(loaded: Workspace) -> None:
    before = everything(loaded)
    loaded.warehouse.published.unlink()
    assert planning.plan(loaded).idle
    assert not is_idle(loaded)
    run(loaded)
    assert everything(loaded) == before


def test_a_partition_without_new_reports_stays_as_it_is(loaded: Workspace) -> None:
    before = everything(loaded)
    counts = loading.load(loaded, [(CODES[XINHUA], 2023), (CODES[HAIDIAN], 2008)])
    assert counts[CODES[XINHUA], 2023]["reports"] == 1
    assert counts[CODES[HAIDIAN], 2008]["reports"] == 0
    publication.publish(loaded)
    assert everything(loaded) == before


def test_every_report_finds_its_file(loaded: Workspace) -> None:
    """The join that the dictionary tells of."""
    assert (("reports",), "file_path", "files", "path") in JOINS
    assert rows(loaded, "SELECT count(*) FROM reports JOIN files ON file_path = path") == [(2,)]
