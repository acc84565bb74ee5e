"""Extract and validate: from the files to tidy frames, and from these to the ones that may be loaded."""

from typing import Literal

import dagster as dg

from assets.checks import contract_result, quality_result, specs
from assets.code import code_version
from assets.describe import OWNERS, PREVIEW_ROWS, counted, preview, schemas
from assets.judging import Judge
from assets.raw import raw_files
from assets.resources import WRITER_POOL, Told, WorkspaceResource, progress
from pipeline.runs import extraction, stage_parts, validation
from pipeline.runs.workspace import Workspace
from pipeline.schema import EXTRACTED, FACTS, QUARANTINE, REPORTS, VALIDATIONS, Table


@dg.asset(
    deps=[raw_files],
    group_name="extract",
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


@dg.asset(
    deps=[extracted_reports],
    check_specs=specs("validated_reports"),
    group_name="validate",
    kinds={"greatexpectations", "pandas", "parquet"},
    owners=OWNERS,
    code_version=code_version("validated_reports"),
    tags={"stage": "validate"},
    pool=WRITER_POOL,
    description="Holds the frames against the expectations. A report that breaks the contract is put into "
    "quarantine; one that fails a rule of quality is loaded, and the failure stored with it.",
    metadata=schemas(VALIDATIONS, (*EXTRACTED, QUARANTINE)),
)
def validated_reports(workspace: WorkspaceResource) -> dg.MaterializeResult:  # type: ignore[type-arg]  # with checks, Dagster wants it so
    """The frames that may be loaded, under work/validated, and the Data Docs."""
    ws = workspace.open()
    with Judge(ws.root / "docs") as judge:
        validated = validation.validate(ws, judge)
    return dg.MaterializeResult(
        check_results=[contract_result(validated, judge.results), quality_result(validated, judge.results)],
        metadata={
            "dagster/row_count": stage_parts.count(ws, "validated", VALIDATIONS),
            "reports": validated.reports,
            "rejected": len(validated.rejected),
            "partitions touched": len(validated.keys),
            "Data Docs": dg.MetadataValue.path(ws.root / "docs" / "index.html"),
            "preview of validations": _preview(ws, "validated", VALIDATIONS),
        },
    )


def _preview(ws: Workspace, stage: Literal["extracted", "validated"], table: Table) -> dg.MarkdownMetadataValue:
    return preview(stage_parts.sample(ws, stage, table, PREVIEW_ROWS))
