"""Ingest: the files under `data/raw`, and which of them are new."""

import dagster as dg

from assets.code import code_version
from assets.describe import GROUP, OWNERS, column_schema, counted, markdown
from assets.resources import WRITER_POOL, WorkspaceResource
from pipeline.raw.range import YEARS, Range
from pipeline.runs import planning
from pipeline.runs.plan import Plan
from pipeline.schema import FILES


class Ingest(dg.Config):
    """How to scan: all files or only changed ones, of all reports or of some years and districts.

    `accept_removals` says that it is meant where most files are gone, or the folder is another. `prepared` is for the
    backfill, which has looked already and goes on piece by piece.
    """

    reparse: bool = False
    accept_removals: bool = False
    years: list[int] = []  # noqa: RUF012  # Dagster's configuration copies it
    districts: list[str] = []  # noqa: RUF012
    prepared: bool = False


@dg.asset(
    group_name=GROUP,
    kinds={"file"},
    owners=OWNERS,
    code_version=code_version("raw_files"),
    tags={"stage": "ingest"},
    pool=WRITER_POOL,
    description="Looks through data/raw and notes which files are new, changed, gone, or copies of others. "
    "Sizes and times are compared first, contents only where these differ.",
    metadata={"dagster/column_schema": column_schema(FILES), "dagster/table_name": "files"},
)
def raw_files(config: Ingest, workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """The files found, and the work to do."""
    ws = workspace.open()
    wanted = Range(tuple(config.years or YEARS), tuple(config.districts))
    if config.prepared:
        plan = planning.prepared(ws)
    elif config.years or config.districts:
        plan = planning.ingest(ws, again=config.reparse, wanted=wanted, accept_removals=config.accept_removals)
    else:
        plan = planning.ingest(ws, again=config.reparse, accept_removals=config.accept_removals)
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
        "links and the like that are not read": len(plan.skipped),
    }
