"""Certificates carry a credential, are signed, designed, issued in batches, and shown in public

What was drawn before keeps its PDF without a credential; a new drawing adds it.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("certificate", sa.Column("design", sa.String(60), nullable=True))
    op.add_column("certificate_drawing", sa.Column("credential", sa.Text(), nullable=True))
    op.add_column("certificate_drawing", sa.Column("key_id", sa.String(60), nullable=True))
    op.add_column("certificate_drawing", sa.Column("design", sa.String(60), nullable=True))
    op.create_table(
        "certificate_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act", _words("batchact", "issue", "revoke", "redraw"), nullable=False),
        sa.Column("course_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("state", _words("batchstate", "running", "stopped", "done"), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_certificate_batch_course_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_certificate_batch_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batch")),
    )
    op.create_table(
        "certificate_batch_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(300), nullable=True),
        sa.CheckConstraint(
            "(done_at IS NULL) = (outcome IS NULL)",
            name=op.f("ck_certificate_batch_item_done_with_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["certificate_batch.id"], name=op.f("fk_certificate_batch_item_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_certificate_batch_item_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_certificate_batch_item_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batch_item")),
        sa.UniqueConstraint(
            "batch_id",
            "person_id",
            "certificate_id",
            name=op.f("uq_certificate_batch_item_batch_id_person_id_certificate_id"),
        ),
    )
    op.create_table(
        "public_profile",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(40), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_public_profile_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_public_profile")),
        sa.UniqueConstraint("address", name=op.f("uq_public_profile_address")),
    )
    op.create_table(
        "public_profile_item",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["public_profile.person_id"],
            name=op.f("fk_public_profile_item_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificate.id"],
            name=op.f("fk_public_profile_item_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("person_id", "certificate_id", name=op.f("pk_public_profile_item")),
    )


def downgrade() -> None:
    for table in (
        "public_profile_item",
        "public_profile",
        "certificate_batch_item",
        "certificate_batch",
    ):
        op.drop_table(table)
    for column in ("design", "key_id", "credential"):
        op.drop_column("certificate_drawing", column)
    op.drop_column("certificate", "design")


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=20)
