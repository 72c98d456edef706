"""Scenarios of plans, and questions about them

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("staffing_plan") as batch:
        batch.add_column(
            sa.Column("title", sa.String(length=120), nullable=False, server_default="")
        )
        batch.add_column(sa.Column("scenario", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "plan_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["staffing_plan.id"], name=op.f("fk_plan_question_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_question")),
        sa.UniqueConstraint(
            "plan_id", "role", "person", name=op.f("uq_plan_question_plan_id_role_person")
        ),
    )


def downgrade() -> None:
    op.drop_table("plan_question")
    with op.batch_alter_table("staffing_plan") as batch:
        batch.drop_column("scenario")
        batch.drop_column("title")
