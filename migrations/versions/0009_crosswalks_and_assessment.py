"""Crosswalks, role profiles, goals, assessment by people

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_profile",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_role_profile")),
    )
    op.create_table(
        "framework_terms",
        sa.Column("framework_code", sa.String(length=64), nullable=False),
        sa.Column(
            "policy",
            sa.Enum(
                "best",
                "latest",
                name="policy",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("half_life", sa.String(length=20), nullable=True),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column("ceiling", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "ceiling BETWEEN 1 AND 5", name=op.f("ck_framework_terms_ceiling_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["framework_code"], ["framework.code"], name=op.f("fk_framework_terms_framework_code")
        ),
        sa.PrimaryKeyConstraint("framework_code", name=op.f("pk_framework_terms")),
    )
    op.create_table(
        "framework_version",
        sa.Column("framework_code", sa.String(length=64), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework_code"], ["framework.code"], name=op.f("fk_framework_version_framework_code")
        ),
        sa.PrimaryKeyConstraint(
            "framework_code", "content_hash", name=op.f("pk_framework_version")
        ),
    )
    op.create_table(
        "assessment_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("competency_code", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "in_review",
                "second_review",
                "awarded",
                "refused",
                "appealed",
                "withdrawn",
                name="requeststate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("assessor_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("request_key", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (state IN ('asked', 'in_review', 'second_review', 'appealed'))",
            name=op.f("ck_assessment_request_ended_or_open"),
        ),
        sa.CheckConstraint(
            "(appealed_at IS NULL) = (appeal IS NULL)",
            name=op.f("ck_assessment_request_appeal_has_reason"),
        ),
        sa.CheckConstraint(
            "level BETWEEN 1 AND 5", name=op.f("ck_assessment_request_level_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["assessor_id"], ["person.id"], name=op.f("fk_assessment_request_assessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["competency_code"],
            ["competency.code"],
            name=op.f("fk_assessment_request_competency_code"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_assessment_request_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_request")),
        sa.UniqueConstraint("request_key", name=op.f("uq_assessment_request_request_key")),
    )
    with op.batch_alter_table("assessment_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_assessment_request_assessor_id"), ["assessor_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_assessment_request_competency_code"), ["competency_code"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_assessment_request_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            "uq_assessment_request_open",
            ["person_id", "competency_code"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'in_review', 'second_review', 'appealed')"),
            postgresql_where=sa.text(
                "state IN ('asked', 'in_review', 'second_review', 'appealed')"
            ),
        )

    op.create_table(
        "crosswalk_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_code", sa.String(length=64), nullable=False),
        sa.Column("target_code", sa.String(length=64), nullable=False),
        sa.Column(
            "relation",
            sa.Enum(
                "same",
                "broader",
                "narrower",
                name="relation",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "source_code <> target_code", name=op.f("ck_crosswalk_link_leads_elsewhere")
        ),
        sa.ForeignKeyConstraint(
            ["source_code"], ["competency.code"], name=op.f("fk_crosswalk_link_source_code")
        ),
        sa.ForeignKeyConstraint(
            ["target_code"], ["competency.code"], name=op.f("fk_crosswalk_link_target_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crosswalk_link")),
        sa.UniqueConstraint(
            "source_code", "target_code", name=op.f("uq_crosswalk_link_source_code_target_code")
        ),
    )
    op.create_table(
        "goal",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("competency_code", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 5", name=op.f("ck_goal_level_in_range")),
        sa.ForeignKeyConstraint(
            ["competency_code"], ["competency.code"], name=op.f("fk_goal_competency_code")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_goal_person_id")),
        sa.PrimaryKeyConstraint("person_id", "competency_code", name=op.f("pk_goal")),
    )
    op.create_table(
        "role_profile_need",
        sa.Column("profile_code", sa.String(length=64), nullable=False),
        sa.Column("competency_code", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "level BETWEEN 1 AND 5", name=op.f("ck_role_profile_need_level_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["competency_code"],
            ["competency.code"],
            name=op.f("fk_role_profile_need_competency_code"),
        ),
        sa.ForeignKeyConstraint(
            ["profile_code"], ["role_profile.code"], name=op.f("fk_role_profile_need_profile_code")
        ),
        sa.PrimaryKeyConstraint(
            "profile_code", "competency_code", name=op.f("pk_role_profile_need")
        ),
    )
    op.create_table(
        "assessment_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column(
            "turn",
            sa.Enum(
                "first",
                "second",
                "appeal",
                name="turn",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("assessor_id", sa.Integer(), nullable=False),
        sa.Column("assessor_name", sa.String(length=200), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "level BETWEEN 0 AND 5", name=op.f("ck_assessment_decision_level_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["assessor_id"], ["person.id"], name=op.f("fk_assessment_decision_assessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["assessment_request.id"],
            name=op.f("fk_assessment_decision_request_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_decision")),
        sa.UniqueConstraint(
            "request_id", "turn", name=op.f("uq_assessment_decision_request_id_turn")
        ),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(evidence_id IS NULL) <> (request_id IS NULL)",
            name=op.f("ck_attachment_of_evidence_or_request"),
        ),
        sa.CheckConstraint("size > 0", name=op.f("ck_attachment_size_positive")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_attachment_by_id")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_attachment_evidence_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assessment_request.id"], name=op.f("fk_attachment_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attachment_evidence_id"), ["evidence_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_attachment_request_id"), ["request_id"], unique=False)

    op.create_table(
        "work_record",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_work_record_booking_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_work_record_by_id")),
        sa.PrimaryKeyConstraint("booking_id", name=op.f("pk_work_record")),
    )
    # What was published before there were terms counts as it did, and is its own first version.
    op.execute(
        "INSERT INTO framework_terms (framework_code, policy, four_eyes)"
        " SELECT code, 'best', false FROM framework"
    )
    op.execute(
        "INSERT INTO framework_version"
        " (framework_code, content_hash, version, document, published_at)"
        " SELECT code, content_hash, version, document, published_at FROM framework"
    )


def downgrade() -> None:
    op.drop_table("work_record")
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachment_request_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_evidence_id"))

    op.drop_table("attachment")
    op.drop_table("assessment_decision")
    op.drop_table("role_profile_need")
    op.drop_table("goal")
    op.drop_table("crosswalk_link")
    with op.batch_alter_table("assessment_request", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assessment_request_open",
            sqlite_where=sa.text("state IN ('asked', 'in_review', 'second_review', 'appealed')"),
            postgresql_where=sa.text(
                "state IN ('asked', 'in_review', 'second_review', 'appealed')"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_assessment_request_person_id"))
        batch_op.drop_index(batch_op.f("ix_assessment_request_competency_code"))
        batch_op.drop_index(batch_op.f("ix_assessment_request_assessor_id"))

    op.drop_table("assessment_request")
    op.drop_table("framework_version")
    op.drop_table("framework_terms")
    op.drop_table("role_profile")
