"""Extract and validate: from the files to tidy frames, and from these to the ones that may be loaded."""

import dagster as dg

from assets.checks import Judge, contract_result, quality_result, specs
from assets.describe import OWNERS, counted, preview, schemas
from assets.raw import raw_files
from assets.resources import WRITER_POOL, WorkspaceResource, progress
from pipeline import stages
from pipeline.schema import EXTRACTED, FACTS, QUARANTINE, REPORTS, VALIDATIONS


@dg.asset(
    deps=[raw_files],
    group_name="extract",
    kinds={"python", "pandas", "parquet"},
    owners=OWNERS,
    tags={"stage": "extract"},
    pool=WRITER_POOL,
    description="Reads every file of the batch into tidy frames: reports, facts, sections, balances, issues. "
    "A file that cannot be used is put into quarantine with its reason; the others go on.",
    metadata=schemas(FACTS, (t for t in (*EXTRACTED, QUARANTINE) if t is not FACTS)),
)
def extracted_reports(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """The frames of the batch, under work/extracted."""
    ws = workspace.open()
    extracted = stages.extract(ws, progress.get())
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": extracted.rows[FACTS.name],
            **counted(extracted.files, "files "),
            **counted(extracted.reasons, "quarantined as "),
            **counted(extracted.rows, "rows of "),
            "preview of reports": preview(stages.read(ws, "extracted", REPORTS)),
            "preview of facts": preview(stages.read(ws, "extracted", FACTS)),
            "preview of quarantine": preview(stages.read(ws, "extracted", QUARANTINE)),
        }
    )


@dg.asset(
    deps=[extracted_reports],
    check_specs=specs("validated_reports"),
    group_name="validate",
    kinds={"greatexpectations", "pandas", "parquet"},
    owners=OWNERS,
    tags={"stage": "validate"},
    pool=WRITER_POOL,
    description="Holds the frames against the expectations. A report that breaks the contract is put into "
    "quarantine; one that fails a rule of quality is loaded, and the failure stored with it.",
    metadata=schemas(VALIDATIONS, (*EXTRACTED, QUARANTINE)),
)
def validated_reports(workspace: WorkspaceResource) -> dg.MaterializeResult:  # type: ignore[type-arg]  # with checks, Dagster wants it so
    """The frames that may be loaded, under work/validated, and the Data Docs."""
    ws, judge = workspace.open(), Judge()
    validated = stages.validate(ws, judge)
    judge.write_docs(ws.root / "docs")
    return dg.MaterializeResult(
        check_results=[contract_result(validated, judge.results), quality_result(validated, judge.results)],
        metadata={
            "dagster/row_count": len(stages.read(ws, "validated", VALIDATIONS)),
            "reports": validated.reports,
            "rejected": len(validated.rejected),
            "partitions touched": len(validated.keys),
            "Data Docs": dg.MetadataValue.path(ws.root / "docs" / "index.html"),
            "preview of validations": preview(stages.read(ws, "validated", VALIDATIONS)),
        },
    )
