"""Projects, evals and files of the studio."""

import sqlalchemy as sa
from alembic import op

revision = "0005_studio"
down_revision = "0004_revocations"


def upgrade() -> None:
    op.create_table(
        "studio_projects",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "person",
            sa.String(32),
            sa.ForeignKey("people.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(16), nullable=False, server_default="project"),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
    )
    op.create_index("studio_projects_of_person", "studio_projects", ["person"])
    op.create_table(
        "studio_files",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column(
            "person",
            sa.String(32),
            sa.ForeignKey("people.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("upload", sa.String(32), nullable=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.Float(53), nullable=False),
        sa.Column("expires_at", sa.Float(53), nullable=True),
    )
    op.create_index("studio_files_of_person", "studio_files", ["person"])
