"""`disclosure alert`: a trial that shows whether alerts arrive."""

from __future__ import annotations

import click

from pipeline.alerts import MAIL, WEBHOOK, Alert, errors_of_sending, is_set_up


@click.command("alert")
@click.option("--text", default="Nothing has happened: this shows that alerts arrive.", help="What to say.")
def alert_command(text: str) -> None:
    """Send a trial alert by the webhook and the e-mail that the settings name.

    Exit status: 0; 1 if none is set up, or one could not be sent.
    """
    if not is_set_up():
        raise click.ClickException(f"no alert is set up: set {WEBHOOK} or {MAIL} (docs/alerts.md)")
    errors = errors_of_sending(Alert("trial", text))
    if errors:
        raise click.ClickException("; ".join(map(str, errors)))
    click.echo("sent")
