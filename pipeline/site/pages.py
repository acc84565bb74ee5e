"""The pages, their scripts and styles, the borders, and the chart library out of the package that ships it.

What does *not* belong here: data.
"""

from __future__ import annotations

import csv
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import jinja2

from pipeline.issues import CATALOGUE, REASONS, Flaw, Reason
from pipeline.site.folder import SiteFolder

PAGES = ("index", "area", "publisher", "compare", "rank", "quality", "data")
# The bundle has Vega within its embedder only.
_EMBED = "window.vegaEmbed = vegaEmbed;"


def write_pages(folder: SiteFolder) -> None:
    """Write all pages and what they load, except data."""
    templates = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.site", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    vega = f"static/vega-{version('vl-convert-python')}.js"
    for page in PAGES:
        folder.text(f"{page}.html", templates.get_template(f"{page}.html").render(page=page, vega=vega))
    for file in (files("pipeline.site") / "static").iterdir():
        folder.binary(f"static/{file.name}", file.read_bytes())
    for file in (f for f in (files("pipeline.site") / "borders").iterdir() if f.name.endswith(".json")):
        name = file.name.removesuffix(".json")
        folder.script(f"borders/{name}", file.read_text("utf-8").strip())
    folder.data("words", words())
    names = (files("pipeline.site") / "place_names.csv").read_text("utf-8").splitlines()
    folder.data("english", {row["name"]: row["english"] for row in csv.DictReader(names)})
    if not folder.reuse(vega):
        folder.text(vega, _vega())


def words() -> dict[str, dict[str, dict[str, str]]]:
    """What codes are called, by kind and code, in `zh` and `en`: words.toml, and titles of the catalogue of issues."""
    titles: dict[str, Mapping[str, Flaw] | Mapping[str, Reason]] = {"issue": CATALOGUE, "quarantine": REASONS}
    named = {kind: {code: asdict(entry.title) for code, entry in found.items()} for kind, found in titles.items()}
    return {**tomllib.loads((files("pipeline.site") / "words.toml").read_text("utf-8")), **named}


def _vega() -> str:
    """Vega, from the user's cache where it was made before: making one file of it takes some seconds."""
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    cached = Path(home) / "disclosure" / f"vega-{version('vl-convert-python')}.js"
    try:
        return cached.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        made = _make_vega()
    with suppress(OSError):  # a disk that cannot be written to costs the seconds again
        cached.parent.mkdir(parents=True, exist_ok=True)
        part = cached.with_suffix(f".{os.getpid()}")
        part.write_text(made, encoding="utf-8")
        part.replace(cached)
    return made


def _make_vega() -> str:
    """Vega with all that it needs, as `vl-convert-python` ships it, its thousands of names within a function."""
    import vl_convert

    told = f"/* Vega {vl_convert.get_vega_version()}, from vl-convert-python {version('vl-convert-python')} */"
    return f"{told}\n(() => {{\n{vl_convert.javascript_bundle(_EMBED)}\n}})();\n"
