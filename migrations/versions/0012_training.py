"""Study time, fees, assigned courses, and looks at what training unlocks

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "study_time",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("hours BETWEEN 1 AND 40", name=op.f("ck_study_time_hours_in_range")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_study_time_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_study_time")),
    )
    op.create_table(
        "training_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "portfolio",
                "bench",
                name="lookkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (outcome IS NULL)",
            name=op.f("ck_training_look_finished_or_not"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_training_look_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_look")),
    )
    op.create_table(
        "course_fee",
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("minor", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minor > 0", name=op.f("ck_course_fee_is_positive")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_fee_course_id")),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_fee")),
    )
    op.create_table(
        "training_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_training_assignment_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_training_assignment_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["role_slot.id"], name=op.f("fk_training_assignment_slot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_assignment")),
    )
    with op.batch_alter_table("training_assignment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_assignment_course_id"), ["course_id"], unique=False
        )
        batch_op.create_index(
            "ix_training_assignment_person_course", ["person_id", "course_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_training_assignment_slot_id"), ["slot_id"], unique=False
        )
        batch_op.create_index(
            "uq_training_assignment_standing",
            ["slot_id", "person_id", "course_id"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "training_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "assigned",
                "moved",
                "withdrawn",
                name="stepkind",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assignment_id"],
            ["training_assignment.id"],
            name=op.f("fk_training_step_assignment_id"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_training_step_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_step")),
    )
    with op.batch_alter_table("training_step", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_training_step_assignment_id"), ["assignment_id"], unique=False
        )


def downgrade() -> None:
    for table in (
        "training_step",
        "training_assignment",
        "course_fee",
        "training_look",
        "study_time",
    ):
        op.drop_table(table)
