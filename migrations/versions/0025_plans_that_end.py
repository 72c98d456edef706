"""Plans can be stopped, and people can have a number of roles at a time

Revision: 0025, after 0024. Going back, plans that were stopped or failed wait as lost ones do, and
nobody has a number of roles at a time.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OLD = ("waiting", "searching", "done")
NEW = (*OLD, "stopped", "failed")


def upgrade() -> None:
    _allow(NEW)
    op.create_table(
        "parallel_limit",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("most BETWEEN 1 AND 20", name=op.f("ck_parallel_limit_most_in_range")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_parallel_limit_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_parallel_limit_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_parallel_limit")),
    )


def downgrade() -> None:
    op.drop_table("parallel_limit")
    op.execute("UPDATE staffing_plan SET state = 'waiting' WHERE state IN ('stopped', 'failed')")
    _allow(OLD)


def _allow(words: Sequence[str]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("staffing_plan", copy_from=_table(words), recreate="always"):
            pass
        return
    quoted = ", ".join(f"'{word}'" for word in words)
    op.drop_constraint(op.f("ck_staffing_plan_planstate"), "staffing_plan", type_="check")
    op.create_check_constraint(
        op.f("ck_staffing_plan_planstate"), "staffing_plan", f"state IN ({quoted})"
    )


def _table(words: Sequence[str]) -> sa.Table:
    """The whole table, since SQLite changes a check by copying it."""
    return sa.Table(
        "staffing_plan",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False, server_default=""),
        sa.Column("scenario", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                *words,
                name=op.f("ck_staffing_plan_planstate"),
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (state <> 'done')",
            name=op.f("ck_staffing_plan_finished_or_not"),
        ),
        sa.CheckConstraint(
            "applied_at IS NULL OR state = 'done'",
            name=op.f("ck_staffing_plan_applied_when_done"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_staffing_plan_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["applied_by_id"], ["person.id"], name=op.f("fk_staffing_plan_applied_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staffing_plan")),
    )
