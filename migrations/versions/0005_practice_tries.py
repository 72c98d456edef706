"""Tries and hints within an attempt, points for each criterion of a rubric, papers drawn ahead

Revision: 0005, after 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OLD_OPEN = ("in_progress", "overdue")
NEW_OPEN = ("created", *OLD_OPEN)
ENDED = ("submitted", "graded", "abandoned", "void")


def upgrade() -> None:
    op.add_column(
        "attempt_slot", sa.Column("tries", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "attempt_slot", sa.Column("hints", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("essay_mark", sa.Column("by_criterion", sa.JSON(), nullable=True))
    op.create_table(
        "answer_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("credit", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_answer_try_number_from_one")),
        sa.CheckConstraint(
            "credit >= 0 AND credit <= 1", name=op.f("ck_answer_try_credit_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["attempt_slot.id"], name=op.f("fk_answer_try_slot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_try")),
        sa.UniqueConstraint("slot_id", "number", name=op.f("uq_answer_try_slot_id_number")),
    )
    _allow(OLD_OPEN, NEW_OPEN)


def downgrade() -> None:
    # A paper that nobody has opened has nothing to lose.
    op.execute(
        "DELETE FROM attempt_slot WHERE attempt_id IN"
        " (SELECT id FROM attempt WHERE state = 'created')"
    )
    op.execute("DELETE FROM attempt WHERE state = 'created'")
    _allow(NEW_OPEN, OLD_OPEN)
    op.drop_table("answer_try")
    op.drop_column("essay_mark", "by_criterion")
    op.drop_column("attempt_slot", "hints")
    op.drop_column("attempt_slot", "tries")


def _allow(before: Sequence[str], after: Sequence[str]) -> None:
    """Let an attempt have the states `after` while it is open, instead of `before`."""
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("attempt", copy_from=_table(after), recreate="always"):
            pass
        return
    op.drop_index("uq_attempt_open", "attempt")
    op.drop_constraint(op.f("ck_attempt_submitted_or_open"), "attempt", type_="check")
    op.drop_constraint(op.f("ck_attempt_attemptstate"), "attempt", type_="check")
    op.create_check_constraint(
        op.f("ck_attempt_attemptstate"), "attempt", f"state IN ({_quoted((*after, *ENDED))})"
    )
    op.create_check_constraint(
        op.f("ck_attempt_submitted_or_open"), "attempt", _submitted_or_open(after)
    )
    op.create_index(
        "uq_attempt_open",
        "attempt",
        ["person_id", "course_id", "quiz_id"],
        unique=True,
        postgresql_where=sa.text(f"state IN ({_quoted(after)})"),
    )


def _quoted(states: Sequence[str]) -> str:
    return ", ".join(f"'{state}'" for state in states)


def _submitted_or_open(states: Sequence[str]) -> str:
    return f"(submitted_at IS NULL) = (state IN ({_quoted(states)}))"


def _table(open_states: Sequence[str]) -> sa.Table:
    """The whole table, since SQLite changes a check by copying it."""
    return sa.Table(
        "attempt",
        sa.MetaData(),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("quiz_id", sa.String(length=64), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("break_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("graded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Numeric(precision=7, scale=6), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            f"state IN ({_quoted((*open_states, *ENDED))})", name="ck_attempt_attemptstate"
        ),
        sa.CheckConstraint(_submitted_or_open(open_states), name="ck_attempt_submitted_or_open"),
        sa.CheckConstraint(
            "(void_reason IS NULL) = (state <> 'void')", name="ck_attempt_void_has_reason"
        ),
        sa.CheckConstraint("number >= 1", name="ck_attempt_number_from_one"),
        sa.CheckConstraint("position >= 1", name="ck_attempt_position_from_one"),
        sa.CheckConstraint(
            "score IS NULL OR (score >= 0 AND score <= 1)", name="ck_attempt_score_in_range"
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name="fk_attempt_course_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_attempt_person_id"),
        sa.ForeignKeyConstraint(["revision_id"], ["revision.id"], name="fk_attempt_revision_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempt"),
        sa.UniqueConstraint(
            "person_id",
            "course_id",
            "quiz_id",
            "number",
            name="uq_attempt_person_id_course_id_quiz_id_number",
        ),
        sa.Index("ix_attempt_closes_at", "closes_at"),
        sa.Index("ix_attempt_course_id", "course_id"),
        sa.Index("ix_attempt_deadline", "deadline"),
        sa.Index(
            "uq_attempt_open",
            "person_id",
            "course_id",
            "quiz_id",
            unique=True,
            sqlite_where=sa.text(f"state IN ({_quoted(open_states)})"),
        ),
    )
