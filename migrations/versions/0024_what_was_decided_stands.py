"""What was decided stands, in the database too; a role is filled once

Revision: 0024, after 0023. Decisions are neither changed nor deleted, nor are overrides once they
are decided; no override is asked by or agreed to by the person whom it is about. Rows that are
there stay as they are. Going back, only the program holds this.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

# Name of the rule: its table, when it is held against a row, on what condition, what it says.
RULES = {
    "decision_unchanged": ("decision", "UPDATE", "", "a decision stands as it was made"),
    "decision_undeleted": ("decision", "DELETE", "", "a decision stands as it was made"),
    "override_unchanged": (
        "must_override",
        "UPDATE",
        "OLD.state <> 'waiting'",
        "an override stands as it was decided",
    ),
    "override_undeleted": (
        "must_override",
        "DELETE",
        "",
        "an override stands as it was asked",
    ),
    "override_unasked": (
        "must_override",
        "INSERT",
        "NEW.asked_by_id = NEW.person_id",
        "nobody asks for an override that concerns them",
    ),
    "override_unsigned": (
        "must_override",
        "UPDATE",
        "NEW.second_id = NEW.person_id",
        "nobody agrees to an override that concerns them",
    ),
}


def upgrade() -> None:
    filled = sa.text("state = 'confirmed'")
    op.create_index(
        "uq_booking_filled",
        "booking",
        ["slot_id"],
        unique=True,
        sqlite_where=filled,
        postgresql_where=filled,
    )
    make = _on_sqlite if op.get_bind().dialect.name == "sqlite" else _on_postgresql
    for name, rule in RULES.items():
        make(name, *rule)


def _on_sqlite(name: str, table: str, event: str, when: str, says: str) -> None:
    condition = f"WHEN {when} " if when else ""
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
    )


def _on_postgresql(name: str, table: str, event: str, when: str, says: str) -> None:
    condition = f"WHEN ({when}) " if when else ""
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW {condition}"
        f"EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, (table, *_rest) in RULES.items():
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    op.drop_index("uq_booking_filled", table_name="booking")
