"""The atlas: pages that people look at, written beside the published file."""

import dagster as dg

from assets.code import code_version
from assets.describe import GROUP, OWNERS
from assets.resources import WRITER_POOL, WorkspaceResource
from assets.warehouse import published_warehouse
from pipeline.site import write_site


@dg.asset(
    deps=[published_warehouse],
    group_name=GROUP,
    kinds={"html", "javascript"},
    owners=OWNERS,
    code_version=code_version("published_site"),
    tags={"stage": "publish"},
    pool=WRITER_POOL,
    description="Writes the site data/warehouse/site of what is published: maps, areas, organs, ranks, quality, data. "
    "Pages and data of districts that have not changed are linked from the version before; the link to the site is "
    "swapped in one step.",
)
def published_site(workspace: WorkspaceResource) -> dg.MaterializeResult:  # type: ignore[type-arg]  # as Dagster wants it
    """The pages that people open."""
    ws = workspace.open()
    written = write_site(ws.warehouse, ws.raw)
    return dg.MaterializeResult(
        metadata={
            "dagster/uri": dg.MetadataValue.path(written.path / "index.html"),
            "districts": written.districts,
            "districts written": written.renewed,
            "files written": written.files,
            "bytes written": written.bytes,
            "pictures made": written.pictures,
            "files left without pictures": written.left,
            "seconds": round(written.seconds, 1),
        }
    )
