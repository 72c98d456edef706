"""The watch over bookings

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watch_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_watch_round_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_round")),
    )
    op.create_table(
        "watch_told",
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_watch_told_booking_id")
        ),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_watch_told")),
    )
    with op.batch_alter_table("watch_told") as batch:
        batch.create_index(batch.f("ix_watch_told_booking_id"), ["booking_id"])


def downgrade() -> None:
    op.drop_table("watch_told")
    op.drop_table("watch_round")
