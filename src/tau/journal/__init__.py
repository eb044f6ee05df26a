"""The append-only, sealed event log of each person, on SQLite or PostgreSQL."""
