"""Renewal, proof and points of certifications; reminders; who finished which revision of a course

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_round",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_reminder_round")),
    )
    op.create_table(
        "calendar_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feed_token_hash")),
    )
    op.create_index(
        op.f("ix_calendar_feed_person_id"), "calendar_feed", ["person_id"], unique=False
    )
    op.create_table(
        "cpd_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("certification_code", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("points", sa.Numeric(precision=6, scale=2), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)",
            name=op.f("ck_cpd_entry_withdrawn_has_reason"),
        ),
        sa.CheckConstraint(
            "points > 0 AND points <= 1000", name=op.f("ck_cpd_entry_points_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["certification_code"],
            ["certification_type.code"],
            name=op.f("fk_cpd_entry_certification_code"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_cpd_entry_person_id")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_cpd_entry_recorded_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cpd_entry")),
    )
    op.create_index(op.f("ix_cpd_entry_person_id"), "cpd_entry", ["person_id"], unique=False)
    op.create_table(
        "lapse_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("lapses_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("mark IN (90, 30, 7, 0)", name=op.f("ck_lapse_reminder_known_mark")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_lapse_reminder_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lapse_reminder")),
        sa.UniqueConstraint("subject", "mark", name=op.f("uq_lapse_reminder_subject_mark")),
    )
    op.create_index(
        op.f("ix_lapse_reminder_person_id"), "lapse_reminder", ["person_id"], unique=False
    )
    op.create_table(
        "holding_renewal",
        sa.Column("holding_id", sa.Integer(), nullable=False),
        sa.Column("renews_id", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "exam",
                "suite",
                "points",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("by_holding_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_holding_id"], ["holding.id"], name=op.f("fk_holding_renewal_by_holding_id")
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_renewal_holding_id")
        ),
        sa.ForeignKeyConstraint(
            ["renews_id"], ["holding.id"], name=op.f("fk_holding_renewal_renews_id")
        ),
        sa.PrimaryKeyConstraint("holding_id", name=op.f("pk_holding_renewal")),
    )
    op.create_index(
        op.f("ix_holding_renewal_renews_id"), "holding_renewal", ["renews_id"], unique=False
    )
    op.create_table(
        "holding_verification",
        sa.Column("holding_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["person.id"], name=op.f("fk_holding_verification_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["holding.id"], name=op.f("fk_holding_verification_holding_id")
        ),
        sa.PrimaryKeyConstraint("holding_id", name=op.f("pk_holding_verification")),
    )
    op.create_table(
        "proof",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("holding_id", sa.Integer(), nullable=True),
        sa.Column("cpd_entry_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(holding_id IS NULL) <> (cpd_entry_id IS NULL)",
            name=op.f("ck_proof_of_a_holding_or_an_entry"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_proof_size_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_proof_by_id")),
        sa.ForeignKeyConstraint(
            ["cpd_entry_id"], ["cpd_entry.id"], name=op.f("fk_proof_cpd_entry_id")
        ),
        sa.ForeignKeyConstraint(["holding_id"], ["holding.id"], name=op.f("fk_proof_holding_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof")),
    )
    op.create_index(op.f("ix_proof_cpd_entry_id"), "proof", ["cpd_entry_id"], unique=False)
    op.create_index(op.f("ix_proof_holding_id"), "proof", ["holding_id"], unique=False)
    op.create_table(
        "course_completion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.String(length=64), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_completion_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_course_completion_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_course_completion_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_completion")),
        sa.UniqueConstraint(
            "person_id", "revision_id", name=op.f("uq_course_completion_person_id_revision_id")
        ),
    )
    op.create_index(
        op.f("ix_course_completion_course_id"), "course_completion", ["course_id"], unique=False
    )
    op.create_index(
        op.f("ix_course_completion_revision_id"), "course_completion", ["revision_id"], unique=False
    )
    op.add_column(
        "attempt", sa.Column("short", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("certificate", sa.Column("grace_to", sa.Date(), nullable=True))
    op.add_column(
        "certification_type", sa.Column("renewal", sa.JSON(), nullable=False, server_default="{}")
    )


def downgrade() -> None:
    op.drop_column("certification_type", "renewal")
    op.drop_column("certificate", "grace_to")
    op.drop_column("attempt", "short")
    op.drop_index(op.f("ix_course_completion_revision_id"), table_name="course_completion")
    op.drop_index(op.f("ix_course_completion_course_id"), table_name="course_completion")
    op.drop_table("course_completion")
    op.drop_index(op.f("ix_proof_holding_id"), table_name="proof")
    op.drop_index(op.f("ix_proof_cpd_entry_id"), table_name="proof")
    op.drop_table("proof")
    op.drop_table("holding_verification")
    op.drop_index(op.f("ix_holding_renewal_renews_id"), table_name="holding_renewal")
    op.drop_table("holding_renewal")
    op.drop_index(op.f("ix_lapse_reminder_person_id"), table_name="lapse_reminder")
    op.drop_table("lapse_reminder")
    op.drop_index(op.f("ix_cpd_entry_person_id"), table_name="cpd_entry")
    op.drop_table("cpd_entry")
    op.drop_index(op.f("ix_calendar_feed_person_id"), table_name="calendar_feed")
    op.drop_table("calendar_feed")
    op.drop_table("reminder_round")
