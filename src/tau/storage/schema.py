"""The schema: every table of the database.

`entries` and `snapshots` contain the data of people and of their studio projects, sealed. The other
tables list people, credentials, projects, models and jobs; nothing that a person said is in them
unsealed. Migrations are Alembic's (`migrations/`); a test checks that they lead to this schema.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)

metadata = MetaData()

entries = Table(
    "entries",
    metadata,
    Column("person", String(32), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=True),  # NULL: erased for good
    Column("at", Float(53), nullable=False),
    Index(
        "entries_erased",
        "person",
        sqlite_where=text("sealed IS NULL"),
        postgresql_where=text("sealed IS NULL"),
    ),
    sqlite_with_rowid=False,
    postgresql_partition_by="HASH (person)",
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("person", String(32), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

oldest_user = Table("oldest_user", metadata, Column("version", String(32), primary_key=True))
"""One row: the oldest version of the tables whose Tau can still use them."""

people = Table(
    "people",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", Text, nullable=False),
    Column("owner", Boolean, nullable=False),
    Column("created_at", Float(53), nullable=False),
)

slots = Table(
    "slots",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("label", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),  # the person's data key, sealed
    Column("created_at", Float(53), nullable=False),
    Column("expires_at", Float(53), nullable=True),
    Column("used_at", Float(53), nullable=True),
    Index("slots_of_person", "person", "kind"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("invited_by", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("created_at", Float(53), nullable=False),
    Column("expires_at", Float(53), nullable=False),
)

identities = Table(
    "identities",
    metadata,
    Column("id", String(32), primary_key=True),  # a keyed digest of the account
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("created_at", Float(53), nullable=False),
    Index("identities_of_person", "person"),
)
"""Accounts elsewhere that sign people in."""

endpoints = Table(
    "endpoints",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("url", Text, nullable=False),
    Column("model", Text, nullable=False),  # the endpoint's own name for it
    Column("sealed_key", LargeBinary, nullable=True),  # sealed with the server's key
    Column("details", LargeBinary, nullable=False),  # JSON: capabilities, context_tokens, size
)

aliases = Table(
    "aliases",
    metadata,
    Column("alias", String(64), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("model", String(128), nullable=False),
    Column("share", Integer, nullable=False, server_default="0"),  # percent of callers; 0: the rest
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=True),
    Column("kind", String(32), nullable=False),
    Column("created_at", Float(53), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # with the owner's key, or else the server's
    Index("jobs_of_owner", "owner", "kind"),
)
"""Jobs that have not ended, so that a restart finds what was interrupted."""

studio_projects = Table(
    "studio_projects",
    metadata,
    Column("id", String(32), primary_key=True),  # also the `person` of its rows in `entries`
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False, server_default="project"),
    Column("wrapped", LargeBinary, nullable=False),  # the project's key, sealed with the person's
    Column("created_at", Float(53), nullable=False),
    Index("studio_projects_of_person", "person"),
)
"""Logs of the studio: projects, a person's evals, runs of them. Each is sealed with its own key."""

studio_files = Table(
    "studio_files",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("upload", String(32), nullable=True),  # the upload that a part belongs to
    Column("sealed", LargeBinary, nullable=False),  # its name, size and key, with the person's key
    Column("created_at", Float(53), nullable=False),
    Column("expires_at", Float(53), nullable=True),
    Index("studio_files_of_person", "person"),
)
"""Files, uploads in parts, and their parts. The contents lie in a folder, sealed."""

studio_jobs = Table(
    "studio_jobs",
    metadata,
    Column(
        "run", String(32), ForeignKey("studio_projects.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(16), nullable=False),  # queued or running
    Column("sealed_key", LargeBinary, nullable=False),  # the run's key, with the server's
    Column("created_at", Float(53), nullable=False),
    Column("holder", String(64), nullable=True),  # the process that works on it
    Column("lease_until", Float(53), nullable=True),
)
"""Runs of training that wait or run, so that they go on while nobody is signed in."""

studio_models = Table(
    "studio_models",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("project", String(32), nullable=False),
    Column("alias", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the key of its run, with the server's key
    Column("created_at", Float(53), nullable=False),
    Index("studio_models_of_person", "person"),
)
"""Models of the studio that are released: they answer while their owner is away."""

attachments = Table(
    "attachments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # its key and what it says, with the person's
    Column("created_at", Float(53), nullable=False),
    Column("expires_at", Float(53), nullable=True),  # until a message names it
    Index("attachments_of_person", "person"),
)
"""Files that are attached to messages. The contents lie in a folder, sealed."""

key_limits = Table(
    "key_limits",
    metadata,
    Column("slot", String(32), ForeignKey("slots.id", ondelete="CASCADE"), primary_key=True),
    Column("requests_per_minute", Integer, nullable=True),
    Column("tokens_per_minute", BigInteger, nullable=True),
    Column("tokens_per_month", BigInteger, nullable=True),
    Column("micros_per_month", BigInteger, nullable=True),  # millionths of cost
    Column("models", Text, nullable=True),  # JSON: the names it may use; NULL: all
    Column("requests_until", Float(53), nullable=False, server_default="0"),
    Column("tokens_until", Float(53), nullable=False, server_default="0"),
    Column("month", Integer, nullable=False, server_default="0"),  # of the two sums: 202611
    Column("month_tokens", BigInteger, nullable=False, server_default="0"),
    Column("month_micros", BigInteger, nullable=False, server_default="0"),
)
"""Limits of API keys, and what is used of them; the times say when an allowance is full again."""

usage_days = Table(
    "usage_days",
    metadata,
    Column("day", String(10), primary_key=True),  # in UTC
    Column("person", String(32), primary_key=True),  # empty: Tau's own work
    Column("key", String(32), primary_key=True),  # the slot of an API key; empty: a device
    Column("model", String(128), primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Column("micros", BigInteger, nullable=False),  # millionths of cost
    Column("unpriced", BigInteger, nullable=False),  # requests whose cost isn't known
    Index("usage_of_person", "person", "day"),
)
"""What each person and each API key used of each model, by day."""

model_prices = Table(
    "model_prices",
    metadata,
    Column("model", String(128), primary_key=True),
    Column("prompt", Float(53), nullable=False),  # of a million tokens
    Column("completion", Float(53), nullable=False),
    Column("cached", Float(53), nullable=True),
)
"""What a million tokens of a model cost."""

erasures = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", String(32), nullable=True),  # who was removed; NULL: nobody
    Column("slots", Boolean, nullable=False, server_default=false()),  # only key slots were
)
"""Erasures whose bytes may still be in SQLite's files, written in the erasing transaction."""

nodes = Table(
    "nodes",
    metadata,
    Column("id", String(32), primary_key=True),  # random: of a process
    Column("url", Text, nullable=False),  # where other nodes reach it
    Column("version", String(64), nullable=False),
    Column("until", Float(53), nullable=False),  # by the database's clock
    Column("draining", Boolean, nullable=False, server_default=false()),
)
"""Server processes that share this database, each valid for seconds after its last refresh."""

homes = Table(
    "homes",
    metadata,
    Column("person", String(32), ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("node", String(32), nullable=False),  # empty: none
    Column("epoch", BigInteger, nullable=False),  # grows with every change of the node
)
"""Which node serves a person, while the node is valid."""

signin_failures = Table(
    "signin_failures",
    metadata,
    Column("key", String(64), primary_key=True),  # a keyed digest of what was tried, and how
    Column("level", Float(53), nullable=False),
    Column("updated_at", Float(53), nullable=False),
    Column("blocked_until", Float(53), nullable=False),
)
"""Failed sign-ins, counted over all processes; not used with SQLite."""
