"""A project may let people learn beside a mentor

Revision: 0023, after 0022. Going back, nobody learns beside a mentor.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OLD = ("at-least", "share", "essential", "together", "apart")
NEW = (*OLD, "stretch")

OLD_DEMAND = "(rule IN ('at-least', 'share')) = (amount IS NOT NULL AND code IS NOT NULL)"
NEW_DEMAND = (
    "(rule IN ('at-least', 'share')) = (amount IS NOT NULL)"
    " AND (rule IN ('at-least', 'share', 'stretch')) = (code IS NOT NULL)"
    " AND (rule <> 'stretch' OR level IS NOT NULL)"
)


def upgrade() -> None:
    _allow(NEW, NEW_DEMAND)


def downgrade() -> None:
    op.execute("DELETE FROM team_need WHERE rule = 'stretch'")
    _allow(OLD, OLD_DEMAND)


def _allow(words: Sequence[str], demand: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        table = _table(words, demand)
        with op.batch_alter_table("team_need", copy_from=table, recreate="always"):
            pass
        return
    quoted = ", ".join(f"'{word}'" for word in words)
    rules = {"teamrule": f"rule IN ({quoted})", "amount_of_a_demand": demand}
    for name, rule in rules.items():
        op.drop_constraint(op.f(f"ck_team_need_{name}"), "team_need", type_="check")
        op.create_check_constraint(op.f(f"ck_team_need_{name}"), "team_need", rule)


def _table(words: Sequence[str], demand: str) -> sa.Table:
    """The whole table, since SQLite changes a check by copying it."""
    return sa.Table(
        "team_need",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                *words,
                name=op.f("ck_team_need_teamrule"),
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("first_id", sa.Integer(), nullable=True),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(demand, name=op.f("ck_team_need_amount_of_a_demand")),
        sa.CheckConstraint(
            "amount IS NULL OR amount BETWEEN 1 AND 100", name=op.f("ck_team_need_amount_in_range")
        ),
        sa.CheckConstraint(
            "level IS NULL OR level BETWEEN 1 AND 5", name=op.f("ck_team_need_level_in_range")
        ),
        sa.CheckConstraint(
            "(rule IN ('together', 'apart')) = (first_id IS NOT NULL AND second_id IS NOT NULL)",
            name=op.f("ck_team_need_pair_of_people"),
        ),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_team_need_two_people")),
        sa.CheckConstraint(
            "(rule = 'essential') = (slot_id IS NOT NULL)",
            name=op.f("ck_team_need_role_of_essential"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_team_need_project_id")
        ),
        sa.ForeignKeyConstraint(["first_id"], ["person.id"], name=op.f("fk_team_need_first_id")),
        sa.ForeignKeyConstraint(["second_id"], ["person.id"], name=op.f("fk_team_need_second_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["role_slot.id"], name=op.f("fk_team_need_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_need")),
        sa.Index(op.f("ix_team_need_project_id"), "project_id"),
    )
