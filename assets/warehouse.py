"""Load and publish: the build database by district and year, and the file that analysts read."""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from assets.backfills import partitions_to_run
from assets.checks import coverage_result, coverage_spec
from assets.code import code_version
from assets.describe import GROUP, OWNERS, counted, preview, schemas
from assets.judging import Judge
from assets.partitions import district_year, key_of, partition_of
from assets.reports import validated_reports
from assets.resources import WRITER_POOL, WorkspaceResource, progress
from pipeline import alerts
from pipeline.alerts import Alert
from pipeline.raw.folder import InputError
from pipeline.raw.range import Range
from pipeline.runs import extraction, loading, planning, publication, validation
from pipeline.runs.loading import Loaded
from pipeline.runs.workspace import Workspace, state
from pipeline.schema import FACTS, FILES, PARTITIONED, QUARANTINE, REPORTS, TABLES, Partition
from pipeline.terminal.status import is_above_threshold
from pipeline.warehouse import Published
from pipeline.warehouse.issue_page import write_issue_page

CODE_VERSION = "dagster/code_version"
NAMED = 5


class Load(dg.Config):
    """Which partitions of the run's range to load: keys like `410402 新华区|2024`, or `410402|2024`; none means all.

    Their files are read again first, which is what a backfill is for. Without `reparse` what the last batch holds for
    them is loaded: a night has read them already.
    """

    only: list[str] = []  # noqa: RUF012  # Dagster's configuration copies it
    reparse: bool = True


@dg.asset(
    deps=[validated_reports],
    partitions_def=district_year,
    # A run takes a range, since a run for each district and year would cost seconds each. It materializes
    # only the partitions that have changed and says so itself: nothing is yielded.
    backfill_policy=dg.BackfillPolicy.single_run(),
    output_required=False,
    group_name=GROUP,
    kinds={"duckdb", "pandas"},
    owners=OWNERS,
    code_version=code_version("loaded_reports"),
    tags={"stage": "load"},
    pool=WRITER_POOL,
    description="Replaces the partitions (district, year) of the build database whole, in one transaction. "
    "The files of the partitions are read again first; a partition that turns out to have no report is materialized "
    "with no rows. A backfill takes one run a year at most. With `reparse: false`, as a night does it, what the last "
    "batch holds is loaded, and a partition that it has nothing for is not materialized. One that cannot be loaded "
    "fails the run and keeps none of the others from being loaded.",
    metadata=schemas(FACTS, (t for t in PARTITIONED if t is not FACTS)),
)
def loaded_reports(
    context: dg.AssetExecutionContext, config: Load, workspace: WorkspaceResource
) -> Iterator[dg.Output[None]]:
    """The partitions of the range, or `only` some of it; those of a backfill's year all at once."""
    ws, only = workspace.open(), {partition_of(key) for key in config.only}
    asked = [partition_of(key) for key in partitions_to_run(context)]
    keys = [partition for partition in asked if not only or partition in only]
    empty: list[Partition] = []
    if config.reparse:
        loaded = _read_again(ws, keys)
        # A backfill of the page takes every partition without an event for failed.
        empty = [key for key in keys if key not in loaded.rows and key not in loaded.failed]
    else:
        batch = loading.loadable(ws)
        loaded = loading.load_each(ws, [key for key in keys if key in batch])
        if not batch.intersection(keys):
            context.log.warning("The last batch holds nothing for these partitions; `reparse: true` reads their files")
    for partition, rows in loaded.rows.items():
        context.log_event(_materialized(context.asset_key, partition, rows))
    for partition in empty:
        context.log_event(_materialized(context.asset_key, partition, {FACTS.name: 0}))
    if loaded.failed:
        raise dg.Failure(_failed(loaded))
    yield from ()


def _materialized(asset: dg.AssetKey, partition: Partition, rows: Mapping[str, int]) -> dg.AssetMaterialization:
    count = {"dagster/partition_row_count": dg.MetadataValue.int(rows[FACTS.name])}
    metadata = {**count, **counted(rows, "rows of ")}
    # Dagster notes this by itself only of what a step yields.
    version = {CODE_VERSION: code_version("loaded_reports")}
    return dg.AssetMaterialization(asset, partition=key_of(partition), metadata=metadata, tags=version)


def _failed(loaded: Loaded) -> str:
    """A sentence that names the partitions that could not be loaded, and the reason of the first."""
    names = [key_of(partition) for partition in loaded.failed]
    first = next(iter(loaded.failed.values()))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    of = len(loaded.failed) + len(loaded.rows)
    return f"{len(names)} of {of} partitions could not be loaded: {', '.join(names[:NAMED])}{more}: {first}"


def _read_again(ws: Workspace, keys: Sequence[Partition]) -> Loaded:
    """All stages up to the load for the partitions, as a batch of its own that is finished here."""
    if state(ws).stage == "validated" and not state(ws).pending:
        publication.finish(ws)
    wanted = Range(tuple(sorted({year for _, year in keys})), tuple(sorted({code for code, _ in keys})))
    planning.ingest(ws, again=True, wanted=wanted, unplaced=False)
    extraction.extract(ws, progress.get())
    with Judge() as judge:
        validated = validation.validate(ws, judge)
    if extraction.is_systemic(len(validated.rejected), validated.reports, validated.standing):
        raise dg.Failure(f"{len(validated.rejected)} of {validated.reports} reports break the contract")
    loaded = loading.load_each(ws, validated.keys)
    loading.leave_out(ws)
    publication.finish(ws)
    return loaded


@dg.multi_asset(
    name="published_warehouse",
    specs=[
        dg.AssetSpec(
            "published_warehouse",
            deps=[loaded_reports],
            group_name=GROUP,
            kinds={"duckdb"},
            owners=OWNERS,
            code_version=code_version("published_warehouse"),
            tags={"stage": "publish"},
            description="Copies the build database into a new read-only file, checks the copy, and points the link "
            "data/warehouse/disclosure.duckdb to it in one step. Who has the old file open goes on reading it.",
            metadata=schemas(FACTS, (t for t in TABLES.values() if t is not FACTS)),
            skippable=True,
        )
    ],
    check_specs=[coverage_spec("published_warehouse")],
    can_subset=True,
    pool=WRITER_POOL,
)
def published_warehouse(
    context: dg.AssetExecutionContext, workspace: WorkspaceResource
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """The file that analysts read; or only whether something has vanished from it since the version before."""
    ws = workspace.open()
    if context.selected_asset_keys:
        published = publication.publish(ws)
        if published.renewed and alerts.is_set_up():
            _tell_people(context, published)
        yield dg.MaterializeResult(asset_key="published_warehouse", metadata=_described(ws, published))
        vanished = published.vanished
    else:
        vanished = publication.compare_with_version_before(ws)
    if context.selected_asset_check_keys:
        yield coverage_result(vanished)


def _tell_people(context: dg.AssetExecutionContext, published: Published) -> None:
    """Send the alerts; a threshold that is not a number is only a warning, since all is published by now."""
    try:
        alerts.send_all(list(about_publication(published)))
    except InputError as error:
        context.log.warning(str(error))


def about_publication(published: Published) -> Iterator[Alert]:
    """The alerts about a new version."""
    quarantined, files = published.rows[QUARANTINE.name], published.rows[FILES.name]
    if is_above_threshold(quarantined, files):
        yield Alert(
            "quarantine", f"{quarantined:,} of {files:,} files are in quarantine: `disclosure status` lists them."
        )
    if published.vanished:
        yield Alert("vanished", f"In {published.path.name} {published.vanished.sentence}.")


def _described(ws: Workspace, published: Published) -> dict[str, dg.MetadataValue | int | str | bool]:
    """The metadata of a publication on Dagster's page."""
    sample = f"FROM {REPORTS.name} ORDER BY district_code, year LIMIT 5"
    with ws.warehouse.kept_open():
        page = write_issue_page(ws.warehouse, ws.root / "docs")
        reports = preview(ws.warehouse.read_frame(sample))
    return {
        "dagster/row_count": published.rows[FACTS.name],
        "dagster/uri": dg.MetadataValue.path(ws.warehouse.published),
        "version": published.path.name,
        "bytes": published.size_bytes,
        "renewed": published.renewed,
        "issues by code": dg.MetadataValue.path(page),
        **counted(published.rows, "rows of "),
        "preview of reports": reports,
    }
