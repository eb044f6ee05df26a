"""The shared vocabulary of the people room."""

from dataclasses import dataclass, field
from typing import Literal

import msgspec

SlotKind = Literal["password", "recovery", "session", "api_key", "link", "server"]

PRIMARY_SLOT_KINDS: tuple[SlotKind, ...] = ("password", "recovery", "server")
"""Slots that last: a person who lost the last of them would lose their whole life with Tau."""


class Person(msgspec.Struct, frozen=True):
    """Somebody who has a life with Tau."""

    id: str
    name: str
    owner: bool
    created_at: float


class Slot(msgspec.Struct, frozen=True):
    """What may be shown of one key slot: everything but its key. Times are seconds since 1970."""

    id: str
    kind: SlotKind
    label: str
    created_at: float
    expires_at: float | None = None
    used_at: float | None = None


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A person whose data key was opened, and the slot that opened it."""

    person: Person
    slot: Slot
    data_key: bytes = field(repr=False)
