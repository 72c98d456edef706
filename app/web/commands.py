"""Commands of the ground floor: the database, the worker, the server."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from app.core import catalogues, migrations, queue
from config import Settings


@click.group("db")
def database() -> None:
    """Migrations."""


@database.command("upgrade")
@click.argument("revision", default="head")
@with_appcontext
def upgrade(revision: str) -> None:
    """Move the database to the tables of this code."""
    migrations.upgrade(revision)


@database.command("downgrade")
@click.argument("revision")
@with_appcontext
def downgrade(revision: str) -> None:
    """Move the database back to REVISION (`base` leaves no table)."""
    migrations.downgrade(revision)


@click.group("jobs")
def jobs_group() -> None:
    """Work in the background."""


@jobs_group.command("work")
@with_appcontext
def work() -> None:
    """Work until told to stop."""
    settings: Settings = current_app.config["SETTINGS"]
    queue.work(queue.open_queue(settings.jobs_url))


@click.command("serve")
@click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True)
@click.option("--port", envvar="PORT", default=8000, show_default=True)
@click.option("--threads", default=8, show_default=True)
@with_appcontext
def serve(host: str, port: int, threads: int) -> None:
    """Serve with Waitress: what `./cadre run` starts beside a worker."""
    from waitress import serve as waitress  # slow to import, and only this command needs it

    app = current_app._get_current_object()  # type: ignore[attr-defined]
    waitress(app, host=host, port=port, threads=threads, ident="Cadre", channel_timeout=60)


@click.group("translations")
def translations() -> None:
    """Texts in other languages."""


@translations.command("update")
def update_translations() -> None:
    """Bring the catalogues in step with the code; exits with 1 while a text is missing."""
    missing = catalogues.update()
    for language, count in missing.items():
        click.echo(f"{language}: {count} texts to translate in {catalogues.path_of(language)}")
    if any(missing.values()):
        raise click.exceptions.Exit(1)


COMMANDS = (database, jobs_group, serve, translations)
