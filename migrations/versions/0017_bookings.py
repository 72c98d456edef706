"""Line managers, requests that expire, calendars of bookings, time that changes on a day

Revision: 0017, after 0016. Requests that wait already have no last day: they wait on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as batch:
        batch.add_column(sa.Column("line_manager_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_person_line_manager_id"), "person", ["line_manager_id"], ["id"]
        )
        batch.create_index(op.f("ix_person_line_manager_id"), ["line_manager_id"])
        batch.create_check_constraint(op.f("ck_person_not_own_manager"), "line_manager_id <> id")
    op.add_column("booking", sa.Column("answer_by", sa.Date(), nullable=True))
    op.create_index("ix_booking_state_answer_by", "booking", ["state", "answer_by"])
    op.create_table(
        "booking_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_booking_feed_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_booking_feed_token_hash")),
    )
    op.create_index(
        "uq_booking_feed_standing",
        "booking_feed",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "capacity_change",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "percent BETWEEN 0 AND 100", name=op.f("ck_capacity_change_percent_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_capacity_change_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_capacity_change_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "from_on", name=op.f("pk_capacity_change")),
    )


def downgrade() -> None:
    op.drop_table("capacity_change")
    op.drop_table("booking_feed")
    op.drop_index("ix_booking_state_answer_by", "booking")
    op.drop_column("booking", "answer_by")
    with op.batch_alter_table("person") as batch:
        batch.drop_constraint(op.f("ck_person_not_own_manager"), type_="check")
        batch.drop_index(op.f("ix_person_line_manager_id"))
        batch.drop_constraint(op.f("fk_person_line_manager_id"), type_="foreignkey")
        batch.drop_column("line_manager_id")
