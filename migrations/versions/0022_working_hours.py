"""Working hours of people, and roles that ask for hours in common

Revision: 0022, after 0021. Going back, roles ask for hours no more.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OLD = ("competency", "certification", "language", "location")
NEW = (*OLD, "hours")

OLD_CHECKS = {
    "level_of_competency": "(demand = 'competency') = (level IS NOT NULL)",
    "level_in_range": "level IS NULL OR level BETWEEN 1 AND 5",
}
NEW_CHECKS = {
    "level_of_competency": "(demand IN ('competency', 'hours')) = (level IS NOT NULL)",
    "level_in_range": (
        "level IS NULL OR level BETWEEN 1 AND CASE WHEN demand = 'hours' THEN 40 ELSE 5 END"
    ),
}


def upgrade() -> None:
    op.create_table(
        "working_week",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("days", sa.String(length=7), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "begins >= 0 AND begins < ends AND ends <= 1440",
            name=op.f("ck_working_week_ends_after_beginning"),
        ),
        sa.CheckConstraint("days <> ''", name=op.f("ck_working_week_has_days")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_working_week_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_working_week_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "from_on", name=op.f("pk_working_week")),
    )
    _allow(NEW, NEW_CHECKS)


def downgrade() -> None:
    op.execute("DELETE FROM requirement WHERE demand = 'hours'")
    _allow(OLD, OLD_CHECKS)
    op.drop_table("working_week")


def _allow(words: Sequence[str], checks: dict[str, str]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        table = _table(words, checks)
        with op.batch_alter_table("requirement", copy_from=table, recreate="always"):
            pass
        return
    quoted = ", ".join(f"'{word}'" for word in words)
    for name, rule in {"demand": f"demand IN ({quoted})", **checks}.items():
        op.drop_constraint(op.f(f"ck_requirement_{name}"), "requirement", type_="check")
        op.create_check_constraint(op.f(f"ck_requirement_{name}"), "requirement", rule)


def _table(words: Sequence[str], checks: dict[str, str]) -> sa.Table:
    """The whole table, since SQLite changes a check by copying it."""
    return sa.Table(
        "requirement",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        _words("strength", ("must", "want")),
        _words("demand", words),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("weight", sa.Numeric(precision=6, scale=2), nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_requirement_{name}"))
            for name, rule in checks.items()
        ),
        sa.CheckConstraint("weight > 0", name=op.f("ck_requirement_weight_positive")),
        sa.ForeignKeyConstraint(["slot_id"], ["role_slot.id"], name=op.f("fk_requirement_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
        sa.Index(op.f("ix_requirement_slot_id"), "slot_id"),
    )


def _words(name: str, words: Sequence[str]) -> sa.Column[str]:
    kind = sa.Enum(
        *words,
        name=op.f(f"ck_requirement_{name}"),
        native_enum=False,
        create_constraint=True,
        length=20,
    )
    return sa.Column(name, kind, nullable=False)
