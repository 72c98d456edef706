"""What every test can ask for: a migrated database of each kind, the application, visitors.

A test that takes `app` (or anything built on it) runs once on SQLite and once on PostgreSQL;
`--database sqlite` narrows that while one is working.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import settings
from sqlalchemy import Connection, text

from app.core import db, fulltext, jobs, migrations
from app.factory import create_app
from app.models import Base
from config import read_settings
from tests.cluster import Cluster
from tests.visitor import Visitor

KINDS = ("sqlite", "postgresql")

# No test depends on the clock of a busy machine: what is slow, benchmarks tell.
settings.register_profile("cadre", deadline=None)
settings.load_profile("cadre")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=[*KINDS, "both"], default="both")


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once for all workers of this run."""
    if hasattr(config, "workerinput") or config.getoption("--database") == "sqlite":
        return
    if config.option.collectonly or config.getoption("help", False):
        return
    cluster = Cluster()
    cluster.start()
    os.environ["CADRE_TEST_POSTGRES"] = cluster.url
    config.add_cleanup(cluster.stop)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = KINDS if chosen == "both" else (chosen,)
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def database_url(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database of this kind, one for each worker."""
    if database_kind == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'cadre.db'}"
    name = f"cadre_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    server = os.environ["CADRE_TEST_POSTGRES"]
    engine = db.make_engine(f"{server}/postgres")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture(scope="session")
def migrated_app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application over a migrated database. Use `app`, which is empty for each test."""
    data = tmp_path_factory.mktemp("data")
    settings = read_settings(
        {"CADRE_ENV": "test", "DATABASE_URL": database_url, "CADRE_DATA": str(data)}
    )
    app = create_app(settings)
    migrations.upgrade()
    return app


@pytest.fixture
def app(migrated_app: Flask) -> Iterator[Flask]:
    """The application over a database without rows.

    No application context is left open: each request makes its own, as it does in a server.
    """
    db.connect(migrated_app.config["SETTINGS"].database_url)
    yield migrated_app
    db.session.rollback()
    empty_database()


@pytest.fixture
def outbox(app: Flask) -> Path:
    """The folder that mail is sent into once `jobs.run_due()` has run."""
    folder = Path(app.config["SETTINGS"].data) / "outbox"
    for letter in folder.glob("*.eml"):
        letter.unlink()
    return folder


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody with a browser, not logged in."""
    return Visitor(app)


def empty_database() -> None:
    """Delete every row; tables and migrations stay."""
    jobs.send_through(None)
    tables = [table.name for table in Base.metadata.sorted_tables] + [fulltext.TABLE]
    with db.transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            names = ", ".join(f'"{name}"' for name in tables)
            session.connection().exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        else:
            connection = session.connection()
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
            stand = _what_refuses_deletion(connection)
            for name in stand:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            for name in tables:
                connection.exec_driver_sql(f'DELETE FROM "{name}"')
            for made in stand.values():
                connection.exec_driver_sql(made)
    db.session.remove()


def _what_refuses_deletion(connection: Connection) -> dict[str, str]:
    """Triggers that let no row go, by name, as they were made."""
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE%'"
    )
    return dict(connection.exec_driver_sql(query).all())
