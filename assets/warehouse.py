"""Load and publish: the build database by district and year, and the file that analysts read."""

from collections.abc import Iterator

import dagster as dg

from assets.describe import OWNERS, counted, preview, schemas
from assets.partitions import district_year, key_of, partition_of
from assets.reports import validated_reports
from assets.resources import WRITER_POOL, WorkspaceResource
from pipeline import stages
from pipeline.schema import FACTS, PARTITIONED, REPORTS, TABLES


class Load(dg.Config):
    """Which partitions of the run's range to load: keys like `410402|2024`; none means all of the range."""

    only: list[str] = []  # noqa: RUF012  # Dagster's configuration copies it


@dg.asset(
    deps=[validated_reports],
    partitions_def=district_year,
    # A run takes a range, since a run for each district and year would cost seconds each. It materializes
    # only the partitions that have changed and says so itself: nothing is yielded.
    backfill_policy=dg.BackfillPolicy.single_run(),
    output_required=False,
    group_name="load",
    kinds={"duckdb", "pandas"},
    owners=OWNERS,
    tags={"stage": "load"},
    pool=WRITER_POOL,
    description="Replaces the partitions (district, year) of the build database whole, in one transaction. "
    "A partition without new reports stays as it is.",
    metadata=schemas(FACTS, (t for t in PARTITIONED if t is not FACTS)),
)
def loaded_reports(
    context: dg.AssetExecutionContext, config: Load, workspace: WorkspaceResource
) -> Iterator[dg.Output[None]]:
    """The partitions of the range, or `only` some of it."""
    wanted = set(config.only or context.partition_keys)
    keys = [partition_of(key) for key in context.partition_keys if key in wanted]
    for partition, rows in stages.load(workspace.open(), keys).items():
        count = {"dagster/partition_row_count": dg.MetadataValue.int(rows[FACTS.name])}
        metadata = {**count, **counted(rows, "rows of ")}
        context.log_event(dg.AssetMaterialization(context.asset_key, partition=key_of(partition), metadata=metadata))
    yield from ()


@dg.asset(
    deps=[loaded_reports],
    group_name="publish",
    kinds={"duckdb"},
    owners=OWNERS,
    tags={"stage": "publish"},
    pool=WRITER_POOL,
    description="Copies the build database into a new read-only file, checks the copy, and points the link "
    "data/warehouse/disclosure.duckdb to it in one step. Who has the old file open goes on reading it.",
    metadata=schemas(FACTS, (t for t in TABLES.values() if t is not FACTS)),
)
def published_warehouse(workspace: WorkspaceResource) -> dg.MaterializeResult[None]:
    """The file that analysts read."""
    ws = workspace.open()
    published = stages.publish(ws)
    sample = f"FROM {REPORTS.name} ORDER BY district_code, year LIMIT 5"
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": published.rows[FACTS.name],
            "dagster/uri": dg.MetadataValue.path(ws.warehouse.published),
            "version": published.path.name,
            "bytes": published.size_bytes,
            "renewed": published.renewed,
            **counted(published.rows, "rows of "),
            "preview of reports": preview(ws.warehouse.read_frame(sample)),
        }
    )
