"""The pages, their scripts and styles, the borders, and the chart library out of the package that ships it.

What does *not* belong here: data.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files

import jinja2

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
    for file in (files("pipeline.site") / "borders").iterdir():
        name = file.name.removesuffix(".json")
        folder.script(f"borders/{name}", file.read_text("utf-8").strip())
    folder.data("words", tomllib.loads((files("pipeline.site") / "words.toml").read_text("utf-8")))
    if not folder.reuse(vega):
        folder.text(vega, _vega())


@lru_cache(maxsize=1)
def _vega() -> str:
    """Vega with all that it needs, as `vl-convert-python` ships it; making one file of it takes some seconds.

    Its thousands of names are kept within a function of their own.
    """
    import vl_convert

    told = f"/* Vega {vl_convert.get_vega_version()}, from vl-convert-python {version('vl-convert-python')} */"
    return f"{told}\n(() => {{\n{vl_convert.javascript_bundle(_EMBED)}\n}})();\n"
