"""Ingest: what lies under `data/raw` and what of it is new."""

import dagster as dg

from assets.describe import OWNERS, column_schema, counted, markdown
from assets.resources import WRITER_POOL, WorkspaceResource
from pipeline import stages
from pipeline.register import Plan
from pipeline.schema import FILES


class Ingest(dg.Config):
    """How to look."""

    reparse: bool = False


@dg.asset(
    group_name="ingest",
    kinds={"file"},
    owners=OWNERS,
    tags={"stage": "ingest"},
    pool=WRITER_POOL,
    description="Looks through data/raw and notes which files are new, changed, gone, or copies of others. "
    "Sizes and times are compared first, contents only where these differ.",
    metadata={"dagster/column_schema": column_schema(FILES), "dagster/table_name": "files"},
)
def raw_files(config: Ingest, workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """The files found, and what has to be done."""
    plan = stages.ingest(workspace.open(), again=config.reparse)
    return dg.MaterializeResult(
        metadata={
            **counted(_counts(plan)),
            "dagster/row_count": plan.files,
            "fingerprint of the code": plan.fingerprint,
            "to extract (first 20)": markdown(
                ("path", "bytes", "pinned"),
                [(raw.path, raw.size_bytes, pin.decides if pin else "") for raw, pin in plan.todo[:20]],
            ),
        }
    )


def _counts(plan: Plan) -> dict[str, int]:
    return {
        "files": plan.files,
        "to extract": len(plan.todo),
        "copies": len(plan.copies),
        "unreadable": len(plan.unreadable),
        "gone": len(plan.gone),
        "overrides that fit no file": len(plan.unused_pins),
        "links that lead outside": len(plan.skipped),
    }
