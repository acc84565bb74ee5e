"""The parts of the `disclosure` command that need no Dagster; `assets.command` adds the verbs that run the graph."""

from __future__ import annotations

import platform
from importlib import import_module, metadata

import click

# Each verb with the module of this package that has it.
_VERBS = {
    "extract": "extract",
    "locate": "locate",
    "explain": "explain",
    "status": "status",
    "export": "export",
    "sql": "export",
    "site": "site",
    "alert": "alert",
}


class _Verbs(click.Group):
    """A group whose verbs are imported when they are asked for: a run need not wait for what the others import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_VERBS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return super().get_command(ctx, cmd_name)
        found = getattr(import_module(f"{__package__}.{_VERBS[cmd_name]}"), f"{cmd_name}_command")
        assert isinstance(found, click.Command)
        return found


def _show_version(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    """Print the versions that a bug report needs."""
    if not wanted or context.resilient_parsing:
        return
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in ("duckdb", "dagster", "great-expectations"))
    click.echo(f"disclosure {metadata.version('disclosure')} (Python {platform.python_version()}, {libraries})")
    context.exit()


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the versions of this program and of its main libraries.",
)
def cli() -> None:
    """Annual reports on government information disclosure (政府信息公开工作年度报告), as a warehouse.

    Put report files under data/raw, then `disclosure run`: the reports are read, checked and loaded into
    data/warehouse/disclosure.duckdb. `extract` and `locate` show what is read from a file or a title
    without touching any warehouse.
    """
