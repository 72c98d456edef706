"""What projects need of their teams

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Integer(), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "at-least",
                "share",
                "essential",
                "together",
                "apart",
                name="teamrule",
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
        sa.CheckConstraint(
            "(rule IN ('at-least', 'share')) = (amount IS NOT NULL AND code IS NOT NULL)",
            name=op.f("ck_team_need_amount_of_a_demand"),
        ),
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
    )
    op.create_index(op.f("ix_team_need_project_id"), "team_need", ["project_id"])


def downgrade() -> None:
    op.drop_table("team_need")
