"""A person's life with Tau: an append-only, sealed event log on SQLite or PostgreSQL."""
