"""Decisions on people for a role, and what they say of it

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_opt_out",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_plan_opt_out_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_plan_opt_out")),
    )
    op.create_table(
        "must_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "granted",
                "refused",
                name="overridestate",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("rules", sa.JSON(), nullable=False),
        sa.Column("broken", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("second_name", sa.String(length=200), nullable=True),
        sa.Column("second_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("second_note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (second_at IS NULL)",
            name=op.f("ck_must_override_decided_or_waiting"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_must_override_has_a_reason")),
        sa.CheckConstraint(
            "second_id IS NULL OR second_id <> asked_by_id",
            name=op.f("ck_must_override_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_must_override_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_must_override_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["person.id"], name=op.f("fk_must_override_second_id")
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["role_slot.id"], name=op.f("fk_must_override_slot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_must_override")),
    )
    with op.batch_alter_table("must_override", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_must_override_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_must_override_slot_id"), ["slot_id"], unique=False)
        batch_op.create_index(
            "uq_must_override_waiting",
            ["slot_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_by_name", sa.String(length=200), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("message <> ''", name=op.f("ck_objection_says_something")),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_objection_answered_whole")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["person.id"], name=op.f("fk_objection_answered_by_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_objection_person_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["role_slot.id"], name=op.f("fk_objection_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_slot_id"), ["slot_id"], unique=False)

    op.create_table(
        "role_weights",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_role_weights_by_id")),
        sa.ForeignKeyConstraint(
            ["slot_id"], ["role_slot.id"], name=op.f("fk_role_weights_slot_id")
        ),
        sa.PrimaryKeyConstraint("slot_id", name=op.f("pk_role_weights")),
    )
    op.create_table(
        "role_wish",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column(
            "wish",
            sa.Enum(
                "gladly",
                "rather-not",
                name="wish",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_wish_person_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["role_slot.id"], name=op.f("fk_role_wish_slot_id")),
        sa.PrimaryKeyConstraint("person_id", "slot_id", name=op.f("pk_role_wish")),
    )
    with op.batch_alter_table("role_wish", schema=None) as batch_op:
        batch_op.create_index("ix_role_wish_slot_id", ["slot_id"], unique=False)

    op.create_table(
        "shortlisted",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_shortlisted_added_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_shortlisted_person_id")
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["role_slot.id"], name=op.f("fk_shortlisted_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlisted")),
    )
    with op.batch_alter_table("shortlisted", schema=None) as batch_op:
        batch_op.create_index(
            "uq_shortlisted_standing",
            ["slot_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("removed_at IS NULL"),
            postgresql_where=sa.text("removed_at IS NULL"),
        )

    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column(
            "choice",
            sa.Enum(
                "first",
                "departure",
                "override",
                name="choice",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("pool", sa.JSON(), nullable=False),
        sa.Column("considered", sa.Integer(), nullable=False),
        sa.Column("qualified", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("override_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(choice = 'override') = (override_id IS NOT NULL)",
            name=op.f("ck_decision_override_is_seconded"),
        ),
        sa.CheckConstraint(
            "choice = 'first' OR reason <> ''", name=op.f("ck_decision_departure_has_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["booking.id"], name=op.f("fk_decision_booking_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id")),
        sa.ForeignKeyConstraint(
            ["override_id"], ["must_override.id"], name=op.f("fk_decision_override_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_decision_person_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["role_slot.id"], name=op.f("fk_decision_slot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    with op.batch_alter_table("decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decision_booking_id"), ["booking_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decision_slot_id"), ["slot_id"], unique=False)


def downgrade() -> None:
    for table in (
        "decision",
        "shortlisted",
        "role_wish",
        "role_weights",
        "objection",
        "must_override",
        "plan_opt_out",
    ):
        op.drop_table(table)
