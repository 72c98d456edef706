"""Migrations make the tables that the code expects, and go both ways."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect

from app.core import db, migrations
from app.models import Base


def test_the_tables_are_those_of_the_models(app: Flask):
    def ours(_object: object, name: str, kind: str, *_rest: object) -> bool:
        return kind != "table" or name in Base.metadata.tables

    with db.engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_are_those_of_the_models(app: Flask):
    inspector = inspect(db.engine())
    for table in Base.metadata.sorted_tables:
        wanted = {
            constraint.name
            for constraint in table.constraints
            if type(constraint).__name__ == "CheckConstraint"
        }
        found = {check["name"] for check in inspector.get_check_constraints(table.name)}
        assert found == wanted, table.name


def test_down_and_up_again(app: Flask):
    migrations.downgrade("base")
    left = set(inspect(db.engine()).get_table_names())
    migrations.upgrade()

    assert left <= {"alembic_version"}
    assert migrations.pending() is False
