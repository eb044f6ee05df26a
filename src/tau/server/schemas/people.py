"""The people who use this Tau."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonOut:
    """A person who uses this Tau."""

    id: str
    name: str
    owner: bool
    created_at: float


@dataclass(frozen=True, slots=True)
class PersonList:
    """Everybody who uses this Tau."""

    people: list[PersonOut]
