"""Demands may hold with a promised renewal

Revision: 0018, after 0017. Going back, roles with promised renewals ask for every day.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OLD = ("throughout", "start")
NEW = (*OLD, "renewal")


def upgrade() -> None:
    _allow(NEW)


def downgrade() -> None:
    op.execute("UPDATE role_slot SET holds = 'throughout' WHERE holds = 'renewal'")
    _allow(OLD)


def _allow(words: Sequence[str]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("role_slot", copy_from=_table(words), recreate="always"):
            pass
        return
    op.drop_constraint(op.f("ck_role_slot_holds"), "role_slot", type_="check")
    quoted = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(op.f("ck_role_slot_holds"), "role_slot", f"holds IN ({quoted})")


def _table(words: Sequence[str]) -> sa.Table:
    """The whole table, since SQLite changes a check by copying it."""
    return sa.Table(
        "role_slot",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("allocation", sa.Integer(), nullable=False),
        sa.Column("rate_cap_minor", sa.Integer(), nullable=True),
        sa.Column("rate_currency", sa.String(length=3), nullable=True),
        sa.Column(
            "holds",
            sa.Enum(
                *words,
                name=op.f("ck_role_slot_holds"),
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("profile_code", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(rate_cap_minor IS NULL) = (rate_currency IS NULL)",
            name=op.f("ck_role_slot_cap_is_money"),
        ),
        sa.CheckConstraint(
            "allocation BETWEEN 1 AND 100", name=op.f("ck_role_slot_allocation_in_range")
        ),
        sa.CheckConstraint("end_date >= start_date", name=op.f("ck_role_slot_ends_after_start")),
        sa.CheckConstraint(
            "rate_cap_minor IS NULL OR rate_cap_minor >= 0",
            name=op.f("ck_role_slot_cap_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_role_slot_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["profile_code"], ["role_profile.code"], name=op.f("fk_role_slot_profile_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_slot")),
        sa.Index(op.f("ix_role_slot_project_id"), "project_id"),
        sa.Index(op.f("ix_role_slot_profile_code"), "profile_code"),
    )
