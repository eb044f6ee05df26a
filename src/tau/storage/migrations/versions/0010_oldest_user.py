"""The oldest version of the tables whose Tau may still use the database."""

import sqlalchemy as sa
from alembic import op

revision = "0010_oldest_user"
down_revision = "0009_nodes"
oldest_user = "0010_oldest_user"


def upgrade() -> None:
    op.create_table("oldest_user", sa.Column("version", sa.String(32), primary_key=True))
