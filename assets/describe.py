"""Describes tables for Dagster's page: schemas with the dictionary's texts, counts, previews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from pipeline.plain import plain_markdown
from pipeline.schema import DUCKDB_TYPES, Column, Table
from pipeline.settings import owners

if TYPE_CHECKING:
    import pandas as pd

# One group, so that Dagster's page opens on the whole graph; a tag says which stage an asset is.
GROUP = "disclosure"
OWNERS = owners()
PREVIEW_ROWS = 5


def column_schema(table: Table) -> dg.TableSchema:
    """The table's columns with their meanings in English and their labels in Chinese."""
    return dg.TableSchema(columns=[_column(column) for column in table.columns])


def _column(column: Column) -> dg.TableColumn:
    asked = [f"one of {', '.join(column.values)}"] if column.values else []
    asked += [f"pattern {column.pattern}"] if column.pattern else []
    return dg.TableColumn(
        column.name,
        DUCKDB_TYPES[column.type],
        description=f"{column.meaning} · {column.label}",
        constraints=dg.TableColumnConstraints(nullable=not column.required, other=asked),
    )


def schemas(main: Table, others: Iterable[Table]) -> dict[str, dg.TableSchema]:
    """Metadata with the schema of the main table, and one entry for each other table."""
    named = {f"columns of {t.name}": column_schema(t) for t in others}
    return {"dagster/column_schema": column_schema(main), **named}


def counted(counts: Mapping[str, int], prefix: str = "") -> dict[str, dg.MetadataValue]:
    """Metadata with a number for each name."""
    return {f"{prefix}{name}": dg.MetadataValue.int(number) for name, number in sorted(counts.items())}


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.MarkdownMetadataValue:
    """A table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return dg.MetadataValue.md(
        "\n".join("| " + " | ".join(plain_markdown(str(value)) for value in line) + " |" for line in lines)
    )


def preview(frame: pd.DataFrame) -> dg.MarkdownMetadataValue:
    """The first rows of a frame in Markdown; what is missing stays empty."""
    rows = frame.head(PREVIEW_ROWS).astype(object).where(frame.head(PREVIEW_ROWS).notna(), "")
    return markdown([str(name) for name in frame.columns], rows.to_numpy().tolist())
