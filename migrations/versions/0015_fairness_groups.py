"""Groups for rates of selection

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fairness_group",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_fairness_group_has_a_name")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_fairness_group_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_fairness_group")),
    )


def downgrade() -> None:
    op.drop_table("fairness_group")
