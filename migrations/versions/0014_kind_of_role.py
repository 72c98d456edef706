"""Which role profile a role is of

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("role_slot") as batch:
        batch.add_column(sa.Column("profile_code", sa.String(length=64), nullable=True))
        batch.create_foreign_key(
            op.f("fk_role_slot_profile_code"), "role_profile", ["profile_code"], ["code"]
        )
        batch.create_index(op.f("ix_role_slot_profile_code"), ["profile_code"])


def downgrade() -> None:
    with op.batch_alter_table("role_slot") as batch:
        batch.drop_index(op.f("ix_role_slot_profile_code"))
        batch.drop_constraint(op.f("fk_role_slot_profile_code"), type_="foreignkey")
        batch.drop_column("profile_code")
