"""Run by Alembic: migrates through the connection it was handed.

On SQLite a table is changed by copying it, which must not cascade: foreign keys are off while a
migration runs and every one of them is checked before it is kept.
"""

from typing import Any, Literal

from alembic import context

from app.core.db import Instant
from app.models import Base

connection = context.config.attributes["connection"]
sqlite = connection.dialect.name == "sqlite"


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations speak of the database's own types, so that they outlive ours."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


if sqlite:
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.commit()

context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=sqlite,
    transactional_ddl=True,
    render_item=render_item,
    include_name=lambda name, kind, parents: kind != "table" or name in Base.metadata.tables,
)

with context.begin_transaction():
    context.run_migrations()
    if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"the migration would break foreign keys: {broken[:5]}")
connection.commit()
