"""Accounts elsewhere that sign people in."""

import sqlalchemy as sa
from alembic import op

revision = "0012_identities"
down_revision = "0011_usage"
oldest_user = "0010_oldest_user"


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "person",
            sa.String(32),
            sa.ForeignKey("people.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("created_at", sa.Float(53), nullable=False),
    )
    op.create_index("identities_of_person", "identities", ["person"])
