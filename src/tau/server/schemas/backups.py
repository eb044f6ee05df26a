"""Copies of the database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackupOut:
    """A copy of the database in Tau's home; `at` is when it was made, in seconds since 1970.

    Tau made those whose names begin with `before-` itself, before it changed or replaced the
    database.
    """

    name: str
    at: float
    bytes: int
