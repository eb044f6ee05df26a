"""Erasures of key slots; what earlier versions revoked is erased once, with everything else."""

import sqlalchemy as sa
from alembic import op

revision = "0004_revocations"
down_revision = "0003_erasures"


def upgrade() -> None:
    op.add_column(
        "erasures",
        sa.Column("slots", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    if op.get_bind().dialect.name != "sqlite":
        return
    # Revoked slots are still in backups and in parts of pages that aren't used any more.
    slots = sa.select(sa.null()).where(sa.exists().select_from(sa.table("slots")))
    erasures = sa.table("erasures", sa.column("person"))
    op.execute(sa.insert(erasures).from_select(["person"], slots))
