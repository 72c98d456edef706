"""The index of full-text search; it is filled when courses are published

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.create_table(
            "search_entry",
            sa.Column("scope", sa.Text(), nullable=False),
            sa.Column("key", sa.Text(), nullable=False),
            sa.Column("title", sa.Text(), nullable=False),
            sa.Column("summary", sa.Text(), nullable=False),
            sa.Column("body", sa.Text(), nullable=False),
            sa.Column("vector", TSVECTOR(), nullable=False),
            sa.PrimaryKeyConstraint("scope", "key", name="pk_search_entry"),
        )
        op.create_index(
            "ix_search_entry_vector", "search_entry", ["vector"], postgresql_using="gin"
        )
    else:
        op.execute(
            "CREATE VIRTUAL TABLE search_entry USING fts5("
            "scope UNINDEXED, key UNINDEXED, title UNINDEXED, summary UNINDEXED, body UNINDEXED,"
            " title_words, summary_words, body_words, prefix='2 3')"
        )


def downgrade() -> None:
    op.drop_table("search_entry")
