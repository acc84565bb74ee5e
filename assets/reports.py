"""Extract and validate: from the files to tidy frames, and from these to the ones that may be loaded."""

from collections.abc import Iterator
from typing import Literal

import dagster as dg

from assets.checks import contract_result, quality_result, specs
from assets.code import code_version
from assets.describe import GROUP, OWNERS, PREVIEW_ROWS, counted, preview, schemas
from assets.judging import Judge
from assets.night_before import before_last, night_of, note
from assets.raw import raw_files
from assets.resources import WRITER_POOL, Told, WorkspaceResource, progress
from pipeline.runs import extraction, stage_parts, validation
from pipeline.runs.workspace import Workspace
from pipeline.schema import EXTRACTED, FACTS, QUARANTINE, REPORTS, VALIDATIONS, Table


@dg.asset(
    deps=[raw_files],
    group_name=GROUP,
    kinds={"python", "pandas", "parquet"},
    owners=OWNERS,
    code_version=code_version("extracted_reports"),
    tags={"stage": "extract"},
    pool=WRITER_POOL,
    description="Reads every file of the batch into tidy frames: reports, facts, sections, balances, issues. "
    "A file that cannot be used is put into quarantine with its reason; the others go on.",
    metadata=schemas(FACTS, (t for t in (*EXTRACTED, QUARANTINE) if t is not FACTS)),
)
def extracted_reports(context: dg.AssetExecutionContext, workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """The frames of the batch, under work/extracted."""
    ws, show, told = workspace.open(), progress.get(), Told(context.log.info)

    def both(done: int, total: int) -> None:
        show(done, total)
        told(done, total)

    extracted = extraction.extract(ws, both)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": extracted.rows[FACTS.name],
            **counted(extracted.files, "files "),
            **counted(extracted.reasons, "quarantined as "),
            **counted(extracted.rows, "rows of "),
            **{f"preview of {t.name}": _preview(ws, "extracted", t) for t in (REPORTS, FACTS, QUARANTINE)},
        }
    )


@dg.multi_asset(
    name="validated_reports",
    specs=[
        dg.AssetSpec(
            "validated_reports",
            deps=[extracted_reports],
            group_name=GROUP,
            kinds={"greatexpectations", "pandas", "parquet"},
            owners=OWNERS,
            code_version=code_version("validated_reports"),
            tags={"stage": "validate"},
            description="Holds the frames against the expectations. A report that breaks the contract is put into "
            "quarantine; one that fails a rule of quality is loaded, and the failure stored with it. Its checks can "
            "be executed by themselves: they judge the last batch again and change nothing.",
            metadata=schemas(VALIDATIONS, (*EXTRACTED, QUARANTINE)),
            skippable=True,
        )
    ],
    check_specs=specs("validated_reports"),
    can_subset=True,
    pool=WRITER_POOL,
)
def validated_reports(
    context: dg.AssetExecutionContext, workspace: WorkspaceResource
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """The frames that may be loaded, under work/validated, and the Data Docs; or only the checks."""
    ws, loads = workspace.open(), bool(context.selected_asset_keys)
    with Judge(ws.root / "docs" if loads else None) as judge:
        validated = validation.validate(ws, judge) if loads else validation.judge_again(ws, judge)
    if loads:
        before = note(ws, night_of(validated, judge.results))
        yield dg.MaterializeResult(
            asset_key="validated_reports",
            metadata={
                "dagster/row_count": stage_parts.count(ws, "validated", VALIDATIONS),
                "reports": validated.reports,
                "rejected": len(validated.rejected),
                "partitions touched": len(validated.keys),
                "Data Docs": dg.MetadataValue.path(ws.root / "docs" / "index.html"),
                "preview of validations": _preview(ws, "validated", VALIDATIONS),
            },
        )
    else:
        before = before_last(ws)
    results = (contract_result(validated, judge.results), quality_result(validated, judge.results, before))
    wanted = {key.name for key in context.selected_asset_check_keys}
    yield from (result for result in results if result.check_name in wanted)


def _preview(ws: Workspace, stage: Literal["extracted", "validated"], table: Table) -> dg.MarkdownMetadataValue:
    return preview(stage_parts.sample(ws, stage, table, PREVIEW_ROWS))
