"""The version, storage and address of this server."""

from dataclasses import dataclass
from typing import Literal

from tau.server.schemas.backups import BackupOut


@dataclass(frozen=True, slots=True)
class ServerInfoOut:
    """The version, storage and address of this server.

    `host` and `port` are where it listens; `public_url` is the address people type, empty if it is
    not set. `backups` come newest first; there are none with PostgreSQL, which has its own tools.
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
