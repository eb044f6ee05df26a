"""Background jobs that a restart finds again."""

import sqlalchemy as sa
from alembic import op

revision = "0002_jobs"
down_revision = "0001_first"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "owner", sa.String(32), sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=True
        ),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("jobs_of_owner", "jobs", ["owner", "kind"])
