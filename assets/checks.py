"""The asset checks: what Great Expectations found, as Dagster shows it, and when it stops a run.

Single reports that break the contract are put aside, which is a warning. Only a contract that is broken
throughout is an error that blocks the load: then the mistake is in the code, not in the reports.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import dagster as dg

from assets.describe import markdown
from assets.night_before import Night, night_of, worse
from expectations.rules import RuleResult
from pipeline.runs.extraction import is_systemic
from pipeline.runs.validation import Validated
from pipeline.warehouse.vanished import Vanished

REASONS_SHOWN = 20


def specs(asset: str) -> list[dg.AssetCheckSpec]:
    """The two checks of an asset; only the contract can block what comes after."""
    return [
        dg.AssetCheckSpec(
            "contract",
            asset=asset,
            blocking=True,
            description="Types, keys, codes, and that no cell is lost. Reports that break it are put into "
            "quarantine (a warning); an error, which stops the run, when the whole batch breaks it.",
        ),
        dg.AssetCheckSpec(
            "quality",
            asset=asset,
            description="The reports' own identities (勾稽关系) and structure. A warning where a rule fails in a "
            "larger share of the reports than in the batch before: figures are loaded as printed.",
        ),
    ]


def coverage_spec(asset: str) -> dg.AssetCheckSpec:
    """The check that nothing has vanished from the published warehouse."""
    return dg.AssetCheckSpec(
        "coverage",
        asset=asset,
        description="Every year, and every district of each year, that the version published before had is still "
        "there. A warning: `coverage` in the warehouse shows what is missing.",
    )


def coverage_result(vanished: Vanished) -> dg.AssetCheckResult:
    """The check of the published version against the one before."""
    return dg.AssetCheckResult(
        check_name="coverage",
        passed=not vanished,
        severity=dg.AssetCheckSeverity.WARN,
        description=vanished.sentence[0].upper() + vanished.sentence[1:],
        metadata={
            "years": len(vanished.years),
            "districts": len(vanished.districts),
            "partitions beside these": len(vanished.partitions),
        },
    )


def contract_result(validated: Validated, results: Iterable[RuleResult]) -> dg.AssetCheckResult:
    """The contract's check: passed, a warning, or the error that blocks."""
    rules = [r for r in results if r.suite == "contract"]
    rejected = len(validated.rejected)
    blocks = is_systemic(rejected, validated.reports, validated.standing)
    severity = dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN
    sentence = f"{rejected} of {validated.reports} reports break the contract and are in quarantine: {_named(rules)}"
    return dg.AssetCheckResult(
        check_name="contract",
        passed=not rejected,
        severity=severity,
        description=sentence if rejected else f"All {validated.reports} reports keep the contract.",
        metadata={
            "reports": validated.reports,
            "reports rejected": rejected,
            **_rules(rules),
            "reasons": markdown(("report", "reason"), list(validated.rejected.items())[:REASONS_SHOWN]),
        },
    )


def quality_result(
    validated: Validated, results: Iterable[RuleResult], before: Night | None = None
) -> dg.AssetCheckResult:
    """The check of quality, which never blocks: rules worse than in the batch before, or all for a first batch."""
    rules = [r for r in results if r.suite == "quality"]
    failing = [r for r in rules if r.failed]
    news = worse(night_of(validated, rules), before) if before else tuple(r.rule for r in failing)
    if not failing:
        sentence = "Every rule holds in every report."
    elif before is None:
        sentence = f"Rules that fail: {_named(rules)}"
    elif news:
        sentence = f"Worse than the batch before ({before.reports} reports): {_named(rules, news, before)}"
    else:
        sentence = f"No worse than the batch before ({before.reports} reports): {_named(rules)}"
    return dg.AssetCheckResult(
        check_name="quality",
        passed=not news,
        severity=dg.AssetCheckSeverity.WARN,
        description=sentence,
        metadata={"reports": validated.reports, "rules that are worse": len(news), **_rules(rules)},
    )


def _named(rules: Iterable[RuleResult], only: Collection[str] | None = None, before: Night | None = None) -> str:
    """The failing rules, or those of `only`, with their counts and those of the batch before."""
    shown = (r for r in rules if r.failed and (only is None or r.rule in only))
    failing = [f"{r.rule} ({_reports(r, before)}, {r.failed} rows)" for r in shown]
    return ", ".join(failing) or "none"


def _reports(rule: RuleResult, before: Night | None) -> str:
    after = f" after {before.failed.get(rule.rule, 0)}" if before else ""
    return f"{rule.reports_failed} reports{after}"


def _rules(rules: Sequence[RuleResult]) -> dict[str, dg.MetadataValue]:
    """The number of failed rules, and a table of all rules with the failed ones first."""
    ordered = sorted(rules, key=lambda r: (not r.failed, r.rule))
    rows = [(r.rule, r.evaluated, r.failed, r.reports_failed, r.description) for r in ordered]
    return {
        "rules": dg.MetadataValue.int(len(rules)),
        "rules failed": dg.MetadataValue.int(sum(1 for r in rules if r.failed)),
        "by rule": markdown(("rule", "rows evaluated", "rows failed", "reports failed", "meaning"), rows),
    }
