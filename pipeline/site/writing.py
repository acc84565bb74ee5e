"""The flow: what has changed, what is written, and the folder that takes the place of the old one."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline.raw.folder import Folder
from pipeline.site import changes
from pipeline.site.areas import keep_copies, keep_coverage, keep_homes, read_areas
from pipeline.site.changes import LastWritten
from pipeline.site.crops import CROPS, Effort, write_crops
from pipeline.site.districts import write_districts
from pipeline.site.exports import OF_COPIES, OF_YEARS, Former, write_exports
from pipeline.site.figures import FigureFiles, StoredFigures, SumFile
from pipeline.site.folder import SiteFolder
from pipeline.site.measures import measures
from pipeline.site.national import levels_of, provinces_of, write_index, write_national
from pipeline.site.pages import write_pages
from pipeline.site.spans import parts
from pipeline.warehouse import Snapshot, Warehouse
from pipeline.warehouse.ddl import literal

# The views join reports of several years, with all of their figures.
MEMORY_MIB = 512
# Up to so many changed districts for each unchanged one, exports take the rows of these from the version before.
MOST_CHANGED = 0.1
# Of so many reports exports and pages are made at once: a view has some 30 KiB of each in memory.
MOST_AT_ONCE = 2_000
_OF_PROVINCES = ("m", "o", "names")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Written:
    """The site's folder, how many districts it shows and how many of them were written, and the files written.

    `pictures` were made of places in reports; those of `left` files are made by the next writing.
    """

    path: Path
    districts: int
    renewed: int = 0
    files: int = 0
    bytes: int = 0
    pictures: int = 0
    left: int = 0
    seconds: float = 0.0


def write_site(
    warehouse: Warehouse, raw: Folder | None = None, *, again: bool = False, effort: Effort | None = None
) -> Written:
    """Bring the site up to what is published, and show it in one step. Raises WarehouseError and InputError.

    Data of districts that show the same as before are not written again; with `again` everything is, except pictures
    of the same places. `raw` is where the reports are, for links to them and for these pictures, on which `effort` is
    spent.
    """
    began = time.monotonic()
    before = LastWritten() if again else changes.read_state(warehouse.work)
    folder = SiteFolder(warehouse.root, "")
    with warehouse.snapshot(MEMORY_MIB) as snapshot:
        code = changes.code_digest()
        folder = SiteFolder(warehouse.root, f"{snapshot.path.stem.removeprefix('disclosure-')}-{code[:8]}")
        is_same = folder.shown.exists() and (before.code, before.snapshot) == (code, snapshot.path.name)
        if is_same and not (before.left and raw):
            return Written(folder.shown, len(before.districts), left=before.left, seconds=time.monotonic() - began)
        known = before if before.code == code else LastWritten()
        state, pictures = _write(snapshot, folder, warehouse.work, known, code, raw, effort or Effort())
    renewed = sum(before.districts.get(home) != digest for home, digest in state.districts.items())
    changes.note_state(warehouse.work, LastWritten())  # whatever is interrupted from here on is written again
    shown = folder.show()
    changes.note_state(warehouse.work, state)
    seconds = time.monotonic() - began
    return Written(shown, len(state.districts), renewed, folder.written, folder.bytes, pictures, state.left, seconds)


def _write(
    snapshot: Snapshot,
    folder: SiteFolder,
    work: Path,
    before: LastWritten,
    code: str,
    raw: Folder | None,
    effort: Effort,
) -> tuple[LastWritten, int]:
    """Write a version of the site; return the state that it was written from, and how many pictures were made."""
    shown = measures()
    keep_homes(snapshot)
    keep_coverage(snapshot)
    keep_copies(snapshot)
    areas = read_areas(snapshot)
    homes = changes.codes_of_homes(snapshot)
    digests, years = changes.digests(snapshot, homes)
    copies = changes.digests_of_copies(snapshot)
    stored, summed = StoredFigures(work / changes.FIGURES), work / changes.SUMS
    usable = stored.have(provinces_of(before.districts)) and summed.exists() and folder.shown.exists()
    unchanged = [home for home, digest in digests.items() if usable and before.districts.get(home) == digest]
    gone = set(before.districts) - set(digests)
    changed = {home: codes for home, codes in homes.items() if home not in set(unchanged)}
    provinces = provinces_of([*changed, *gone])
    folder.begin(_keeping(set(unchanged), provinces) if usable else None)
    reported = dict(snapshot.query("SELECT year, count(*) FROM homes GROUP BY year"))
    stale = {y: n for y, n in reported.items() if not usable or before.years.get(y) != years[y]}
    # One report more or less may change what is said of the copies of all years.
    of_copies = {y: n for y, n in reported.items() if y in stale or before.copies.get(y) != copies.get(y)}
    former = _former(snapshot, folder, homes, unchanged)
    exports = deque([*((view, stale, former) for view in OF_YEARS), *((view, of_copies, None) for view in OF_COPIES)])

    def export(asked: Snapshot) -> None:
        for view, of_years, taken in _left(exports):
            write_exports(asked, folder, of_years, taken, (view,))

    with _beside(snapshot, export, exports, sum(reported.values())):
        files = FigureFiles(snapshot, shown, work / changes.NEW_FIGURES, stored if usable else None, unchanged)
        write_districts(snapshot, folder, files, changed)
        files.keep()
        sums = SumFile(snapshot, shown, summed)
        sums.keep(levels_of(areas.values()), provinces if usable else None)
        write_national(snapshot, folder, shown, areas, provinces)
        crops = write_crops(snapshot, folder, work, raw, effort)
        given = {"raw": _raw_link(folder, raw), "crops": crops.homes}
        write_index(snapshot, folder, shown, areas, homes, given)
        write_pages(folder)
        export(snapshot)
    files.store(stored, provinces)
    sums.store()
    return LastWritten(code, snapshot.path.name, digests, years, copies, crops.left), crops.made


def _left(todo: deque[Item]) -> Iterator[Item]:
    """What is left of a list that several threads work off, each item for one of them."""
    while True:
        try:
            yield todo.popleft()
        except IndexError:
            return


@contextmanager
def _beside(snapshot: Snapshot, export: Callable[[Snapshot], None], todo: deque[Item], reports: int) -> Iterator[None]:
    """Export what is to be done in a thread beside the body; of many reports nothing: both would need the memory."""

    def in_thread() -> None:
        with snapshot.beside() as own:
            keep_coverage(own)
            export(own)

    if reports > MOST_AT_ONCE:
        yield
        return
    with ThreadPoolExecutor(1, thread_name_prefix="exports") as thread:
        exported = thread.submit(in_thread)
        try:
            yield
        finally:
            todo.clear()  # of a body that failed nobody needs the rest
        exported.result()


def _former(
    snapshot: Snapshot, folder: SiteFolder, homes: Mapping[str, Sequence[str]], unchanged: Sequence[str]
) -> Former | None:
    """What exports take from the version before; nothing where so much has changed that asking again costs less."""
    changed = {home: codes for home, codes in homes.items() if home not in set(unchanged)}
    if len(changed) > len(unchanged) * MOST_CHANGED:
        return None
    counts = dict(snapshot.query("SELECT district_code, count(*) FROM homes GROUP BY ALL"))
    others = [
        f"{within} AND district_code IN ({', '.join(map(literal, part.codes))})"
        for part in parts(changed, counts)
        for within in part.conditions()
    ]
    codes = [code for home in unchanged for code in homes[home]]
    return Former(folder.shown.resolve(), codes, others)


def _keeping(unchanged: Collection[str], provinces: Collection[str]) -> Callable[[str], bool]:
    """Whether a file of the version before is still right, or will be compared before it is written."""

    def is_kept(name: str) -> bool:
        kind, _, rest = name.removeprefix("data/").partition("/")
        if kind == CROPS:  # links to what is kept elsewhere
            return False
        if not name.startswith("data/") or not rest:
            return True
        if kind == "d":
            return rest in unchanged
        return kind not in _OF_PROVINCES or rest[:2] not in provinces

    return is_kept


def _raw_link(folder: SiteFolder, raw: Folder | None) -> str | None:
    """How a page names the folder of the reports; None where they are not on this machine's disk."""
    if not isinstance(raw, Path):
        return None
    return Path(os.path.relpath(raw.resolve(), folder.shown)).as_posix()
