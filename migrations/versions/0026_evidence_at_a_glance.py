"""Whether evidence of a competency lasts through a role is told from an index alone

Revision: 0026, after 0025. Going back, lists of roles take longer.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OLD, NEW = "ix_evidence_competency_code", "ix_evidence_at_a_glance"
COLUMNS = ["competency_code", "person_id", "level", "valid_from", "valid_to", "kind"]


def upgrade() -> None:
    op.create_index(NEW, "evidence", COLUMNS)
    op.drop_index(OLD, "evidence")


def downgrade() -> None:
    op.create_index(OLD, "evidence", COLUMNS[:1])
    op.drop_index(NEW, "evidence")
