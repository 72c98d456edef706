"""Cards of practice and the answers to them

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _rating() -> sa.Enum:
    return sa.Enum(
        "again",
        "hard",
        "good",
        name="rating",
        native_enum=False,
        create_constraint=True,
        length=20,
    )


def _source() -> sa.Enum:
    return sa.Enum(
        "lesson",
        "attempt",
        "practice",
        name="source",
        native_enum=False,
        create_constraint=True,
        length=20,
    )


def upgrade() -> None:
    op.create_table(
        "practice_card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("item_id", sa.String(length=64), nullable=False),
        sa.Column("question_id", sa.String(length=64), nullable=False),
        sa.Column("question_hash", sa.String(length=64), nullable=False),
        sa.Column("stability", sa.Double(), nullable=False),
        sa.Column("difficulty", sa.Double(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rating", _rating(), nullable=False),
        sa.Column("credit", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "credit >= 0 AND credit <= 1", name=op.f("ck_practice_card_credit_in_range")
        ),
        sa.CheckConstraint("tries >= 0 AND hints >= 0", name=op.f("ck_practice_card_not_negative")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_practice_card_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_practice_card_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_card")),
        sa.UniqueConstraint(
            "person_id",
            "course_id",
            "item_id",
            "question_id",
            name=op.f("uq_practice_card_person_id_course_id_item_id_question_id"),
        ),
    )
    with op.batch_alter_table("practice_card", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_practice_card_course_id"), ["course_id"], unique=False)
        batch_op.create_index("ix_practice_card_person_due", ["person_id", "due_on"], unique=False)

    op.create_table(
        "practice_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", _source(), nullable=False),
        sa.Column("question_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("credit", sa.Numeric(precision=7, scale=6), nullable=False),
        sa.Column("rating", _rating(), nullable=True),
        sa.Column("request_key", sa.String(length=64), nullable=True),
        sa.Column("check_answer_id", sa.Integer(), nullable=True),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(source = 'attempt') = (slot_id IS NOT NULL)",
            name=op.f("ck_practice_answer_attempt_has_slot"),
        ),
        sa.CheckConstraint(
            "(source = 'lesson') = (check_answer_id IS NOT NULL)",
            name=op.f("ck_practice_answer_lesson_has_answer"),
        ),
        sa.CheckConstraint(
            "(source = 'practice') = (request_key IS NOT NULL)",
            name=op.f("ck_practice_answer_practice_has_key"),
        ),
        sa.CheckConstraint(
            "credit >= 0 AND credit <= 1", name=op.f("ck_practice_answer_credit_in_range")
        ),
        sa.CheckConstraint(
            "tries >= 1 AND hints >= 0", name=op.f("ck_practice_answer_tries_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["card_id"], ["practice_card.id"], name=op.f("fk_practice_answer_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["check_answer_id"],
            ["check_answer.id"],
            name=op.f("fk_practice_answer_check_answer_id"),
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["attempt_slot.id"], name=op.f("fk_practice_answer_slot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_answer")),
        sa.UniqueConstraint(
            "card_id", "request_key", name=op.f("uq_practice_answer_card_id_request_key")
        ),
        sa.UniqueConstraint("check_answer_id", name=op.f("uq_practice_answer_check_answer_id")),
        sa.UniqueConstraint("slot_id", name=op.f("uq_practice_answer_slot_id")),
    )


def downgrade() -> None:
    op.drop_table("practice_answer")
    with op.batch_alter_table("practice_card", schema=None) as batch_op:
        batch_op.drop_index("ix_practice_card_person_due")
        batch_op.drop_index(batch_op.f("ix_practice_card_course_id"))

    op.drop_table("practice_card")
