"""Moving the database to the tables of this code, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from app.core import db

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def upgrade(revision: str = "head") -> None:
    """Migrate forwards."""
    _run(lambda config: command.upgrade(config, revision))


def downgrade(revision: str) -> None:
    """Migrate back; `base` leaves no table."""
    _run(lambda config: command.downgrade(config, revision))


def pending() -> bool:
    """Whether the database is not where this code expects it."""
    with db.engine().connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current != ScriptDirectory(str(FOLDER)).get_current_head()


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def _run(step: Callable[[Config], None]) -> None:
    db.session.remove()
    engine = db.make_engine(db.engine().url.render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            step(configuration(connection))
    finally:
        engine.dispose()
