"""Passes that no longer hold, each for a decision

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pass_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("regrade_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "open",
                "stands",
                "withdrawn",
                name="passoutcome",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (outcome = 'open')",
            name=op.f("ck_pass_decision_decided_or_open"),
        ),
        sa.CheckConstraint(
            "(reason IS NULL) = (outcome = 'open')",
            name=op.f("ck_pass_decision_decided_has_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], name=op.f("fk_pass_decision_attempt_id")
        ),
        sa.ForeignKeyConstraint(
            ["regrade_id"], ["regrade.id"], name=op.f("fk_pass_decision_regrade_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_pass_decision_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pass_decision")),
    )
    op.create_index(
        "uq_pass_decision_open",
        "pass_decision",
        ["attempt_id"],
        unique=True,
        sqlite_where=sa.text("outcome = 'open'"),
        postgresql_where=sa.text("outcome = 'open'"),
    )

    # Passes that were taken before there was this list.
    op.execute(
        "INSERT INTO pass_decision (attempt_id, regrade_id, opened_at, outcome)"
        " SELECT o.attempt_id, max(o.regrade_id), max(r.at), 'open' FROM regrade_outcome o"
        " JOIN regrade r ON r.id = o.regrade_id JOIN attempt a ON a.id = o.attempt_id"
        " WHERE o.passed_before AND NOT o.passed_after AND NOT a.passed AND a.state = 'graded'"
        " GROUP BY o.attempt_id"
    )
    op.execute(
        "INSERT INTO pass_decision (attempt_id, opened_at, outcome)"
        " SELECT a.id, a.submitted_at, 'open' FROM attempt a"
        " WHERE a.state = 'void' AND a.id IN (SELECT attempt_id FROM certificate)"
    )


def downgrade() -> None:
    op.drop_table("pass_decision")
