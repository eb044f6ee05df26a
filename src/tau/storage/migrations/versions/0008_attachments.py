"""Files that are attached to messages."""

import sqlalchemy as sa
from alembic import op

revision = "0008_attachments"
down_revision = "0007_releases"


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "person",
            sa.String(32),
            sa.ForeignKey("people.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("expires_at", sa.Float(53), nullable=True),
    )
    op.create_index("attachments_of_person", "attachments", ["person"])
