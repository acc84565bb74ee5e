"""The folder of the site: data as scripts, links to the files that have not changed, and the swap.

    site                   link to the newest version, which people open
    versions/site-…        the version shown and the one before it; unchanged files are one file under both names
    versions/districts/…   the data of a district, written once; the versions that show them have a link to the folder

A night changes a few of some thousand districts, each with files by the dozen: so what stays costs a link a district.

A page opened from the disk may not fetch, so data are scripts that hand a value over by name. What does *not* belong
here: what is in the files.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import count
from pathlib import Path
from threading import Lock

NAME = "site"
VERSION = "site-"
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
UNFINISHED = ".unfinished"
DISTRICTS = "districts"
_OF_DISTRICTS = "data/d"


class SiteFolder:
    """A version of the site that is being made below `versions`, of what has not changed in the one before."""

    def __init__(self, root: Path, name: str) -> None:
        """`root` is the folder of the warehouse, `name` that of the version; one that is there already stays."""
        self._root = root
        self._versions = root / "versions"
        self._final = next(f for f in _named(self._versions / f"{VERSION}{name}") if not f.exists())
        self.path = self._final.with_name(f"{self._final.name}{UNFINISHED}")
        self.written = 0
        self.bytes = 0
        self._counting = Lock()

    @property
    def shown(self) -> Path:
        """The link that people open."""
        return self._root / NAME

    def begin(self, is_kept: Callable[[str], bool] | None) -> None:
        """Make the folder, with the files of the version shown that are kept; with none of them without `is_kept`."""
        for left in self._versions.glob(f"{VERSION}*{UNFINISHED}"):
            shutil.rmtree(left)
        self._forget_districts()
        self.path.mkdir(parents=True)
        if is_kept is None or not self.shown.exists():
            return
        before, after = str(self.shown.resolve()), str(self.path)
        for folder, folders, names in os.walk(before):  # thousands of files: as texts, which cost least
            below = folder[len(before) + 1 :].replace(os.sep, "/")
            found = [*names, *folders] if below == _OF_DISTRICTS else names
            kept = [name for name in found if is_kept(f"{below}/{name}" if below else name)]
            if kept:
                target = os.path.join(after, below)  # noqa: PTH118 -- see above
                os.makedirs(target, exist_ok=True)  # noqa: PTH103
                again = _point if below == _OF_DISTRICTS else _link
                for name in kept:
                    again(f"{folder}{os.sep}{name}", f"{target}{os.sep}{name}")

    def renew(self, home: str) -> None:
        """Give a district an empty folder, `data/d/<home>`, in the place of any that it had in an older version."""
        stored = self._versions / DISTRICTS / f"{home}-{self._final.name.removeprefix(VERSION)}"
        stored.mkdir(parents=True)
        link = self.path / _OF_DISTRICTS / home
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.relpath(stored, link.parent), target_is_directory=True)

    def data(self, name: str, value: object) -> None:
        """Write a value as the script `data/<name>.js`; a file that holds the same already stays."""
        self.script(name, as_json(value))

    def script(self, name: str, text: str) -> None:
        """Write a value that is JSON already as `data` does."""
        self.text(f"data/{name}.js", f"atlas.put({json.dumps(name)},{text});\n")

    def text(self, name: str, text: str) -> None:
        """Write a text file, unless it is there with the same text."""
        self.binary(name, text.encode())

    def binary(self, name: str, content: bytes) -> None:
        """Write a file, unless it is there with the same content. Never into a file that an older version shares."""
        file = self.path / name
        if file.exists():
            if file.stat().st_size == len(content) and file.read_bytes() == content:
                return
            file.unlink()
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self._count(len(content))

    def fresh(self, name: str) -> Path:
        """A path for a file that something else writes; what an older version shares is let go of first."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        self._count(0)
        return file

    def _count(self, size: int) -> None:
        with self._counting:
            self.written += 1
            self.bytes += size

    def link(self, name: str, file: Path) -> None:
        """Give a file that is kept elsewhere a name here too."""
        target = self.path / name
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(file, target)

    def reuse(self, name: str) -> bool:
        """Whether a file whose name says what is in it is there, of this version or of the one shown."""
        file, before = self.path / name, self.shown.resolve() / name
        if not file.exists() and before.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _link(before, file)
        return file.exists()

    def keep_only(self, kind: str, names: Collection[str]) -> None:
        """Remove the scripts `data/<kind>/<name>.js` of other names, which the version shown had."""
        for file in (self.path / "data" / kind).glob("*.js"):
            if file.stem not in names:
                file.unlink()

    def show(self) -> Path:
        """Put the folder in the place of the version shown, in one step, and remove what is older than that."""
        before = self.shown.resolve() if self.shown.exists() else None
        self.path.rename(self._final)
        link = self._root / f".{NAME}.new"
        link.unlink(missing_ok=True)
        link.symlink_to(self._final.relative_to(self._root), target_is_directory=True)
        link.replace(self.shown)
        for old in self._versions.glob(f"{VERSION}*"):
            if old not in (self._final, before):
                shutil.rmtree(old)
        self._forget_districts()
        return self.shown

    def _forget_districts(self) -> None:
        """Remove the folders of districts that no version has a link to: of older ones, and of interrupted writings."""
        links = (link for version in self._versions.glob(f"{VERSION}*") for link in (version / _OF_DISTRICTS).glob("*"))
        used = {link.readlink().name for link in links if link.is_symlink()}
        for stored in (self._versions / DISTRICTS).glob("*"):
            if stored.name not in used:
                shutil.rmtree(stored)


def as_json(value: object) -> str:
    """A value as JSON without spaces."""
    return _ENCODER.encode(value)


def json_object(members: Mapping[str, str]) -> str:
    """An object as JSON, of members that are JSON already."""
    return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in members.items()) + "}"


def _named(folder: Path) -> Iterator[Path]:
    """The folder, and others named after it, without end."""
    yield folder
    yield from (folder.with_name(f"{folder.name}-{n}") for n in count(2))


def _point(link: str, target: str) -> None:
    """Another link to the same folder, as far below the root."""
    os.symlink(os.readlink(link), target, target_is_directory=True)  # noqa: PTH115, PTH211 -- as above


def _link(file: Path | str, target: Path | str) -> None:
    """One file under both names; a copy where the disk knows no such links."""
    try:
        os.link(file, target)
    except OSError:
        shutil.copyfile(file, target)
