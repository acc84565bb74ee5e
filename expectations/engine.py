"""Great Expectations at work: rules become suites, frames are judged, results become pages.

Importing this module imports Great Expectations, which takes seconds: import it inside the function
that validates. What does *not* belong here: rules, and what their failures mean for a report.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# Read on import: nothing is reported to anyone.
os.environ["GX_ANALYTICS_ENABLED"] = "false"

import numpy as np
import numpy.typing as npt
import pandas as pd

from expectations.deferred import deferred, left_out
from expectations.shared_fields import fields_shared

# For an expectation that no rule uses; for databases and clouds, where no frame lies.
with deferred("altair", "scipy.stats"), left_out("sqlalchemy", "boto3", "botocore"), fields_shared():
    import great_expectations as gx
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from tqdm import tqdm

from expectations.asked_once import asked_once
from expectations.custom import references
from expectations.pages import cut_ties
from expectations.rules import Check, Rule, Suite, for_table, row_text
from pipeline.schema import TABLES

logging.getLogger("great_expectations").setLevel(logging.ERROR)
# Great Expectations makes bars also where they are switched off, and with the first comes a lock between processes,
# of which a process that ends leaves a warning to whoever started it.
tqdm.set_lock(threading.RLock())

EXAMPLES = 20  # failing rows shown by a page and expectation
SITE = "docs"
# Positions of rows are asked for, not copies of them: the frame is at hand and a bad night may have millions.
RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "include_unexpected_rows": False,
    "return_unexpected_index_query": False,
    "partial_unexpected_count": 0,
}
SEVERITY_TEXTS = {
    "critical": "critical: the report is not loaded 严重：不入库",
    "warning": "warning: the report is loaded 警告：照常入库",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one check found: whether it passed, and the positions of the rows that failed."""

    rule: Rule
    check: Check
    passed: bool
    failed: npt.NDArray[np.int64]


class Engine:
    """One ephemeral context with a suite for each kind of rule and table that has rules."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False}
        self._source = self._context.data_sources.add_pandas("frames")
        self._rules = {key: for_table(rules, *key) for key in dict.fromkeys((r.suite, r.table) for r in rules)}
        self._suites = {key: self._add_suite(*key) for key in self._rules}
        self._batches = {key: self._add_batch(".".join(key)) for key in self._rules}
        self._pages: list[ValidationResultIdentifier] = []
        # Pages are made of the results themselves: nothing else reads them, so they need not become JSON in between.
        store = self._context.validation_results_store
        store.serialize = store.deserialize = _as_it_is

    def judge(
        self, suite: Suite, table: str, frame: pd.DataFrame, part: int | None, known: Mapping[str, pd.DataFrame]
    ) -> list[Judgement]:
        """Every check of the suite on the table's frame, in the order of the rules.

        `known` are the frames that rules refer to by name; `part` numbers the batch in the pages, for which the
        result is kept; without it none is.

        Raises:
            RuntimeError: an expectation crashed, or the table as a whole is not as stated.
        """
        key = (suite, table)
        batch = self._batches[key].get_batch({"dataframe": frame})
        with references(known), asked_once():
            result = batch.validate(self._suites[key], result_format=RESULT_FORMAT)
        self._let_go()
        by_label = {r.expectation_config.meta["label"]: r for r in result.results}
        checks = [(rule, check, by_label[label]) for label, rule, check in _labelled(self._rules[key])]
        judgements = [_judgement(rule, check, found) for rule, check, found in checks]
        _raise_faults(judgements, checks)
        if part is not None:
            for judgement, (*_, found) in zip(judgements, checks, strict=True):
                _shorten(found, judgement, frame, table)
            self._keep(result, key, part)
        return judgements

    def forget(self) -> None:
        """Drop the results kept for pages."""
        for page in self._pages:
            self._context.validation_results_store.remove_key(page)
        self._pages.clear()

    def write_results(self, folder: Path) -> None:
        """Write a static page for each result that is kept, below a new folder, and drop them."""
        self._write(folder, self._pages)
        self.forget()

    def write_suites(self, folder: Path) -> None:
        """Write a static page for each suite, below a new folder."""
        self._write(folder, [ExpectationSuiteIdentifier(name) for name in map(".".join, self._suites)])

    def _write(self, folder: Path, resources: Sequence[Any]) -> None:
        self._context.add_data_docs_site(site_name=SITE, site_config=_site(folder))
        self._context.build_data_docs(site_names=[SITE], resource_identifiers=list(resources), build_index=False)
        self._context.delete_data_docs_site(SITE)
        written = cut_ties(folder)
        if written != len(resources):
            raise RuntimeError(f"{len(resources) - written} pages could not be written")

    def _add_suite(self, suite: Suite, table: str) -> Any:
        expectations = [_expectation(label, rule, check) for label, rule, check in _labelled(self._rules[suite, table])]
        label, meaning = TABLES[table].label, TABLES[table].meaning
        notes = f"{meaning}. {label}. {SEVERITY_TEXTS[self._rules[suite, table][0].severity]}."
        return self._context.suites.add(
            gx.ExpectationSuite(name=f"{suite}.{table}", expectations=expectations, notes=notes)
        )

    def _let_go(self) -> None:
        """Drop the last frame of every table, which Great Expectations keeps: more than 100 MiB for a part."""
        kept = self._source.get_execution_engine().batch_manager
        kept.batch_data_cache.clear()
        kept.reset_batch_cache()

    def _add_batch(self, name: str) -> Any:
        return self._source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")

    def _keep(self, result: Any, key: tuple[Suite, str], part: int) -> None:
        run = RunIdentifier(run_name=f"part-{part:05}", run_time=datetime.now(UTC))
        suite = ExpectationSuiteIdentifier(name=".".join(key))
        page = ValidationResultIdentifier(suite, run, "-".join(key))
        result.meta["run_id"] = run
        self._context.validation_results_store.store_validation_results(
            suite_validation_result=result, suite_validation_result_identifier=page
        )
        self._pages.append(page)


def _as_it_is(result: Any) -> Any:
    return result


def _labelled(rules: Sequence[Rule]) -> Iterator[tuple[str, Rule, Check]]:
    """Each check with a label that is unique in its suite."""
    for rule in rules:
        for number, check in enumerate(rule.checks, start=1):
            yield f"{rule.name}#{number}", rule, check


def _expectation(label: str, rule: Rule, check: Check) -> dict[str, object]:
    return {
        "type": check.expectation,
        "kwargs": dict(check.kwargs),
        "severity": rule.severity,
        "meta": {"label": label},
        "description": f"{rule.name}: {rule.description}",
    }


def _judgement(rule: Rule, check: Check, found: Any) -> Judgement:
    failed = np.asarray(found.result.get("unexpected_index_list") or [], dtype=np.int64)
    return Judgement(rule, check, bool(found.success), failed)


def _raise_faults(judgements: Sequence[Judgement], checks: Sequence[tuple[Rule, Check, Any]]) -> None:
    """Raise where the fault is ours; a table of the wrong shape comes first, since it crashes the rest."""
    for judgement, (rule, check, found) in zip(judgements, checks, strict=True):
        if check.judged == "table" and not judgement.passed and not _crash(found):
            observed = found.result.get("observed_value")
            raise RuntimeError(f"{rule.name}: {rule.english} Found: {observed}")
    crashes = [f"{rule.name} ({check.expectation}): {_crash(found)}" for rule, check, found in checks if _crash(found)]
    if crashes:
        raise RuntimeError(f"expectations crashed, so nothing is known of the data: {'; '.join(crashes)}")


def _crash(found: Any) -> str:
    """The message of an expectation that crashed, else an empty text."""
    info: Mapping[str, Any] = found.exception_info or {}
    for part in (info, *(v for v in info.values() if isinstance(v, dict))):
        if part.get("raised_exception"):
            return str(part.get("exception_message") or "unknown")
    return ""


def _shorten(found: Any, judgement: Judgement, frame: pd.DataFrame, table: str) -> None:
    """Keep the parts of a result that a page shows: the counts, and some failing rows in words."""
    for name in ("unexpected_index_list", "unexpected_list", "partial_unexpected_counts"):
        found.result.pop(name, None)
    if judgement.failed.size:
        rows = frame.iloc[judgement.failed[:EXAMPLES]]
        found.result["partial_unexpected_list"] = [row_text(row, table, judgement.check) for _, row in rows.iterrows()]


def _site(folder: Path) -> dict[str, object]:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "show_how_to_buttons": False},
        "store_backend": {
            "class_name": "TupleFilesystemStoreBackend",
            "base_directory": str(folder.resolve()),
        },
        "show_how_to_buttons": False,
    }
