"""Pictures of the places where an identity fails: cut out of the pages of PDFs and scans, each made once.

    crops/<picture>.png   named by a digest of the file's content, the cell's place in it, and what draws it
    c/<district>.js       by report: each cell that has a picture, its page, and the picture

Pictures are kept beside the warehouse in `work/crops`, an empty file for a place that cannot be drawn; the site has
links to them. Files are read again for them by processes with limits, those of the newest years first; what is left
when a writing has spent its time is made by the next one. What does *not* belong here: how a place is drawn
(`explain.crop`).
"""

# ruff: noqa: S608 -- the number put into the statement is this module's own

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from pipeline.document import RawFile, file_of
from pipeline.parsed import Refusal
from pipeline.raw.folder import Folder
from pipeline.raw.overrides import Pin, pin_of, read_overrides
from pipeline.raw.scan import read_bytes
from pipeline.readers.kept import keeping
from pipeline.runs.code_digest import fingerprint_of
from pipeline.runs.limits import Limits
from pipeline.runs.page_cache import Caching
from pipeline.runs.workers import Task, parse_beside, work_all
from pipeline.site.folder import SiteFolder
from pipeline.trust.second_reading import CellKey
from pipeline.warehouse import Snapshot

CROPS = "crops"
_DRAWER = Path(__file__).parents[1] / "explain" / "crop.py"
DOCUMENTS = "documents"
# The cells that proposals name, and those that the failing identities are about; at most this many of a report.
CELLS_OF_A_REPORT = 6
_WANTED = f"""
    WITH pointed AS (
        SELECT report_id, table_no, row_code, col_code, min(set_no) AS rank FROM proposals GROUP BY ALL
        UNION ALL
        SELECT report_id, table_no, row_code, col_code, 1000 FROM balances WHERE state = 'fail'
    ),
    placed AS (
        SELECT report_id, table_no, row_code, col_code, f.page, f.grid, f.row, f.col, min(p.rank) AS rank
        FROM pointed AS p JOIN facts AS f USING (report_id, table_no, row_code, col_code)
        WHERE f.page IS NOT NULL GROUP BY ALL
    )
    SELECT h.home, report_id, r.file_path, r.file_sha256, table_no, row_code, col_code, page, grid, "row", col
    FROM placed JOIN reports AS r USING (report_id) JOIN homes AS h USING (report_id)
    WHERE r.file_format = 'pdf'
    QUALIFY row_number() OVER (PARTITION BY report_id ORDER BY table_no, rank, row_code, col_code)
        <= {CELLS_OF_A_REPORT}
    ORDER BY r.year DESC, h.home, report_id, table_no, rank, row_code, col_code"""


@dataclass(frozen=True, slots=True)
class Effort:
    """What one writing may spend on new pictures: seconds on the clock, files, and what a worker may take for one."""

    seconds: float = 60.0
    files: int = 500
    limits: Limits = field(default_factory=lambda: Limits(seconds=60.0, wall_seconds=180.0))


@dataclass(frozen=True, slots=True)
class Crops:
    """The districts that have pictures, how many were made, and how many files are left for the next writing."""

    homes: tuple[str, ...]
    made: int
    left: int


@dataclass(frozen=True, slots=True)
class Place:
    """A cell that is wanted, where it is printed, and the name of its picture."""

    home: str
    report: str
    path: str
    sha256: str
    key: CellKey
    page: int
    picture: str


@dataclass(frozen=True)
class Drawing:
    """In a worker: pictures of cells of a file by the pictures' names; None for a cell that cannot be drawn.

    The cells are `wanted` by the path of the file.
    """

    documents: Path
    wanted: Mapping[str, Sequence[Place]]

    def __call__(self, folder: Folder, raw: RawFile, pin: Pin | None) -> dict[str, bytes | None]:
        """Raises `OSError` where the file cannot be read, or is another by now."""
        from pipeline.explain.crop import CropError, crop  # with all that reads a PDF: only where a file is opened

        data = read_bytes(folder, raw)
        with keeping(Caching(self.documents, adding=False).pages):
            reports = parse_beside(folder, raw, data, pin).reports
        printed = {(report.raw.path, fact.key): fact.printed for report in reports for fact in report.facts}
        found: dict[str, bytes | None] = {}
        for place in self.wanted[raw.path]:
            cell = printed.get((place.path, place.key))
            found[place.picture] = None
            if cell is not None and cell.page is not None and cell.box is not None:
                try:
                    found[place.picture] = crop(data, cell.page, cell.box)
                except CropError:  # the page is there as text, but not for this library
                    continue
        return found


def write_crops(snapshot: Snapshot, folder: SiteFolder, work: Path, raw: Folder | None, effort: Effort) -> Crops:
    """Make the pictures that are missing, as far as the effort goes, and link to all. Needs the table `homes`."""
    store = work / CROPS
    store.mkdir(parents=True, exist_ok=True)
    places = list(_wanted(snapshot))
    made, left = _make(places, store, work / DOCUMENTS, raw, effort) if raw is not None else (0, 0)
    _forget(store, {place.picture for place in places})
    shown = sorted((p for p in places if _is_drawn(store / p.picture)), key=lambda p: (p.home, p.report))
    homes = []
    for home, found in groupby(shown, key=lambda p: p.home):
        reports = {
            report: [[":".join(map(str, p.key)), p.page, p.picture] for p in some]
            for report, some in groupby(found, key=lambda p: p.report)
        }
        folder.data(f"c/{home}", reports)
        homes.append(home)
    folder.keep_only("c", homes)
    for name in {place.picture for place in shown}:
        folder.link(f"{CROPS}/{name}", store / name)
    return Crops(tuple(homes), made, left)


def _wanted(snapshot: Snapshot) -> Iterator[Place]:
    drawer = fingerprint_of([_DRAWER])
    for home, report, path, sha256, table, row, col, page, *cell in snapshot.query(_WANTED):
        named = hashlib.sha256(f"{drawer} {sha256} {page} {cell}".encode()).hexdigest()
        yield Place(home, report, path, sha256, (table, row, col), page, f"{named[:32]}.png")


def _make(places: Sequence[Place], store: Path, documents: Path, raw: Folder, effort: Effort) -> tuple[int, int]:
    """Draw the missing pictures; return how many were made, and how many files are left."""
    todo: dict[str, list[Place]] = {}
    for place in places:
        if not (store / place.picture).exists():
            todo.setdefault(file_of(place.path), []).append(place)
    now = {path: todo[path] for path in list(todo)[: effort.files]}
    until = time.monotonic() + effort.seconds
    pins = read_overrides(raw) if now else {}
    begun = 0

    def tasks() -> Iterator[Task]:
        nonlocal begun
        for path, found in now.items():
            if time.monotonic() >= until:
                return
            begun += 1
            file = RawFile(path, 0, 0, found[0].sha256)
            yield file, pin_of(file, pins)

    work = Drawing(documents, now)
    made = 0
    for file, found in work_all(raw, tasks(), work, _none, effort.limits) if now else ():
        if isinstance(found, OSError):  # it is gone or another by now: the next run says so, with its reason
            continue
        for place in now[file.path]:
            _keep(store / place.picture, found.get(place.picture) or b"")
        made += sum(picture is not None for picture in found.values())
    return made, len(todo) - begun


def _none(_: RawFile, __: Refusal) -> dict[str, bytes | None]:
    """What there is of a file that broke a limit: nothing, and it is not tried again."""
    return {}


def _keep(file: Path, picture: bytes) -> None:
    new = file.with_suffix(".new")
    new.write_bytes(picture)
    new.replace(file)


def _is_drawn(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _forget(store: Path, names: Collection[str]) -> None:
    """Remove the pictures of cells that are no longer shown."""
    for file in store.iterdir():
        if file.name not in names:
            file.unlink()
