"""Runs of training that wait or run."""

import sqlalchemy as sa
from alembic import op

revision = "0006_runs"
down_revision = "0005_studio"


def upgrade() -> None:
    op.create_table(
        "studio_jobs",
        sa.Column(
            "run",
            sa.String(32),
            sa.ForeignKey("studio_projects.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column(
            "person",
            sa.String(32),
            sa.ForeignKey("people.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("holder", sa.String(64), nullable=True),
        sa.Column("lease_until", sa.Float(53), nullable=True),
    )
