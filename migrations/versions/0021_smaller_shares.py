"""Weeks in which a role takes a smaller share

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_share",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.CheckConstraint("percent BETWEEN 0 AND 99", name=op.f("ck_role_share_percent_in_range")),
        sa.CheckConstraint("last >= first", name=op.f("ck_role_share_ends_after_start")),
        sa.ForeignKeyConstraint(["slot_id"], ["role_slot.id"], name=op.f("fk_role_share_slot_id")),
        sa.PrimaryKeyConstraint("slot_id", "first", name=op.f("pk_role_share")),
    )


def downgrade() -> None:
    op.drop_table("role_share")
