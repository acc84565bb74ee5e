"""The parts of the `disclosure` command that need no Dagster; `assets.command` adds the verbs that run the graph."""

from __future__ import annotations

import platform
from importlib import metadata

import click

from pipeline.terminal.alert import alert_command
from pipeline.terminal.explain import explain_command
from pipeline.terminal.export import export_command, sql_command
from pipeline.terminal.extract import extract_command
from pipeline.terminal.locate import locate_command
from pipeline.terminal.site import site_command
from pipeline.terminal.status import status_command


def _show_version(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    """Print the versions that a bug report needs."""
    if not wanted or context.resilient_parsing:
        return
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in ("duckdb", "dagster", "great-expectations"))
    click.echo(f"disclosure {metadata.version('disclosure')} (Python {platform.python_version()}, {libraries})")
    context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


_VERBS = (
    extract_command,
    locate_command,
    explain_command,
    status_command,
    export_command,
    sql_command,
    site_command,
    alert_command,
)
for _verb in _VERBS:
    cli.add_command(_verb)
