"""The vocabulary of the house itself: what it stands on, and the copies of its database."""

from typing import Literal

from tau.server.schemas.shapes import Schema


class BackupOut(Schema):
    """A copy of the database in Tau's home; `at` is when it was made, in seconds since 1970.

    Those that begin with `before-` Tau made itself, before it changed or replaced the database.
    """

    name: str
    at: float
    bytes: int


class ServerInfoOut(Schema):
    """What this Tau is and stands on.

    `host` and `port` are where it listens; `public_url` is what people type, empty when it was not
    set. `backups` are the newest first, and none with PostgreSQL, which has its own tools.
    """

    version: str
    home: str
    database: Literal["sqlite", "postgresql"]
    database_bytes: int
    models_folder: str
    models_bytes: int
    backups: list[BackupOut]
    host: str
    port: int
    public_url: str
    offline: bool
