"""People, and their credentials: key slots, sessions, API keys and invitations."""

from tau.people.people import People
from tau.people.server_key import load_or_create_server_key
from tau.people.types import PRIMARY_SLOT_KINDS, Person, Slot, SlotKind, Unlocked

__all__ = [
    "PRIMARY_SLOT_KINDS",
    "People",
    "Person",
    "Slot",
    "SlotKind",
    "Unlocked",
    "load_or_create_server_key",
]
