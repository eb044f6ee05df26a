"""Erasures that are not finished; rows of people who were removed while they were writing."""

import sqlalchemy as sa
from alembic import op

revision = "0003_erasures"
down_revision = "0002_jobs"


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("person", sa.String(32), nullable=True),
    )
    people = sa.table("people", sa.column("id", sa.String))
    erasures = sa.table("erasures", sa.column("person"))
    # Nobody can open these rows: the key slots went with the person.
    for name in ("entries", "snapshots"):
        table = sa.table(name, sa.column("person"))
        orphaned = table.c.person.not_in(sa.select(people.c.id))
        if op.get_bind().dialect.name == "sqlite":
            found = sa.select(table.c.person).where(orphaned).distinct()
            op.execute(sa.insert(erasures).from_select(["person"], found))
        op.execute(sa.delete(table).where(orphaned))
