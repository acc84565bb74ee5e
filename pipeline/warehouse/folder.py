"""The folder of the warehouse: where everything in it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass
class WarehouseFolder:
    """The places in the folder `root`."""

    root: Path

    def __post_init__(self) -> None:
        """Accepts the path as text too."""
        self.root = Path(self.root)

    @property
    def work(self) -> Path:
        """The folder of the writer."""
        return self.root / "work"

    @property
    def build(self) -> Path:
        """The database that the writer changes."""
        return self.work / "build.duckdb"

    @property
    def former(self) -> Path:
        """A build database of another schema, until the new one has taken its versions over."""
        return self.work / "build.duckdb.former"

    @property
    def ordered(self) -> Path:
        """A build database that is being put in order, until it takes the place of the old one."""
        return self.work / "build.duckdb.ordered"

    @property
    def published(self) -> Path:
        """The link to the file that everyone reads."""
        return self.root / "disclosure.duckdb"

    @property
    def versions(self) -> Path:
        """The folder of published files."""
        return self.root / "versions"

    @property
    def lake(self) -> Path:
        """The folder of the Parquet files."""
        return self.root / "lake"
