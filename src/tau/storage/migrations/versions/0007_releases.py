"""Shares of aliases, and the models of the studio that answer while their owner is away."""

import sqlalchemy as sa
from alembic import op

revision = "0007_releases"
down_revision = "0006_runs"


def upgrade() -> None:
    op.add_column("aliases", sa.Column("share", sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "studio_models",
        sa.Column("name", sa.String(128), primary_key=True),
        sa.Column(
            "person",
            sa.String(32),
            sa.ForeignKey("people.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("project", sa.String(32), nullable=False),
        sa.Column("alias", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
    )
    op.create_index("studio_models_of_person", "studio_models", ["person"])
