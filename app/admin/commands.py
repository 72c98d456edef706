"""Commands that touch several features: preparing an installation, loading the demo."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from app.admin.demo import loader
from app.admin.demo.people import ACCOUNTS
from app.core import clock, migrations
from app.core.errors import Refusal
from app.learning.commands import publish
from config import Settings


@click.command("prepare")
@click.pass_context
@with_appcontext
def prepare(context: click.Context) -> None:
    """Migrate the database, publish the courses, load the demo organisation the first time."""
    settings: Settings = current_app.config["SETTINGS"]
    migrations.upgrade()
    _publish(context, settings)
    if not settings.production and loader.is_empty():
        click.echo("Loading the demo organisation …")
        loader.load(clock.today(), base_url=settings.base_url)
    _say_where(settings)


def _publish(context: click.Context, settings: Settings) -> None:
    try:
        context.invoke(publish, paths=(settings.courses,))
    except click.exceptions.Exit:
        # A course with an error leaves its last good revision and the site alone.
        click.secho("Not every course could be published; see above.", fg="yellow")


def _say_where(settings: Settings) -> None:
    click.echo(f"\nCadre serves on {settings.base_url}")
    if not settings.production and loader.is_loaded():
        click.echo(f"Demo accounts, all with the password {loader.PASSWORD}:")
        for account in ACCOUNTS:
            roles = ", ".join(account.roles)
            click.echo(f"  {account.email:24} {account.name} ({roles})")
    click.echo("")


@click.group("demo")
def demo() -> None:
    """The demo organisation."""


@demo.command("load")
@with_appcontext
def load() -> None:
    """Load it into an empty database, with dates counted from today."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production:
        raise click.ClickException("CADRE_ENV is production: the demo is never loaded there.")
    try:
        loader.load(clock.today(), base_url=settings.base_url)
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    _say_where(settings)
