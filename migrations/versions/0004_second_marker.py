"""Marks of essays, each kept, and the wish for a second marker

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "essay_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Numeric(precision=8, scale=3), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("points >= 0", name=op.f("ck_essay_mark_points_not_negative")),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["attempt_slot.id"], name=op.f("fk_essay_mark_slot_id_attempt_slot")
        ),
        sa.ForeignKeyConstraint(
            ["marker_id"], ["person.id"], name=op.f("fk_essay_mark_marker_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_essay_mark")),
        sa.UniqueConstraint("slot_id", "marker_id", name=op.f("uq_essay_mark_slot_id_marker_id")),
    )
    op.add_column(
        "attempt_slot",
        sa.Column("second_wanted", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def downgrade() -> None:
    op.drop_column("attempt_slot", "second_wanted")
    op.drop_table("essay_mark")
