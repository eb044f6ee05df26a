"""The types that the modules of this package share."""

from dataclasses import dataclass, field
from typing import Literal

import msgspec

SlotKind = Literal["password", "recovery", "session", "api_key", "link", "server", "earlier_key"]

PRIMARY_SLOT_KINDS: tuple[SlotKind, ...] = ("password", "recovery", "server")
"""Slots that last: a person who lost the last of them would lose all their data."""


class Person(msgspec.Struct, frozen=True):
    """A user of this Tau."""

    id: str
    name: str
    owner: bool
    created_at: float


class Slot(msgspec.Struct, frozen=True):
    """A key slot without its key, as it may be shown. Times are seconds since 1970."""

    id: str
    kind: SlotKind
    label: str
    created_at: float
    expires_at: float | None = None
    used_at: float | None = None

    def has_expired(self, now: float) -> bool:
        """Return whether the slot opens nothing any more."""
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A person with their opened data key, and the slot that opened it."""

    person: Person
    slot: Slot
    data_key: bytes = field(repr=False)
    earlier_keys: tuple[bytes, ...] = field(default=(), repr=False)
    """The data keys that this one replaced; what they sealed can still be read."""
