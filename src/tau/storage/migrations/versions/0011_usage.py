"""Limits of API keys, what was used of models by day, and what models cost."""

import sqlalchemy as sa
from alembic import op

revision = "0011_usage"
down_revision = "0010_oldest_user"
oldest_user = "0010_oldest_user"


def upgrade() -> None:
    op.create_table(
        "key_limits",
        sa.Column(
            "slot", sa.String(32), sa.ForeignKey("slots.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("requests_per_minute", sa.Integer, nullable=True),
        sa.Column("tokens_per_minute", sa.BigInteger, nullable=True),
        sa.Column("tokens_per_month", sa.BigInteger, nullable=True),
        sa.Column("micros_per_month", sa.BigInteger, nullable=True),
        sa.Column("models", sa.Text, nullable=True),
        sa.Column("requests_until", sa.Float(53), nullable=False, server_default="0"),
        sa.Column("tokens_until", sa.Float(53), nullable=False, server_default="0"),
        sa.Column("month", sa.Integer, nullable=False, server_default="0"),
        sa.Column("month_tokens", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("month_micros", sa.BigInteger, nullable=False, server_default="0"),
    )
    op.create_table(
        "usage_days",
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("person", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("model", sa.String(128), primary_key=True),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger, nullable=False),
        sa.Column("completion_tokens", sa.BigInteger, nullable=False),
        sa.Column("cached_tokens", sa.BigInteger, nullable=False),
        sa.Column("micros", sa.BigInteger, nullable=False),
        sa.Column("unpriced", sa.BigInteger, nullable=False),
    )
    op.create_index("usage_of_person", "usage_days", ["person", "day"])
    op.create_table(
        "model_prices",
        sa.Column("model", sa.String(128), primary_key=True),
        sa.Column("prompt", sa.Float(53), nullable=False),
        sa.Column("completion", sa.Float(53), nullable=False),
        sa.Column("cached", sa.Float(53), nullable=True),
    )
