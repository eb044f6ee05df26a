"""Who is who: people, their credentials, key slots, sessions, API keys and invitations."""

from tau.people.people import People
from tau.people.serverkey import load_or_make
from tau.people.types import WAYS_IN, Person, Slot, SlotKind, Unlocked

__all__ = ["WAYS_IN", "People", "Person", "Slot", "SlotKind", "Unlocked", "load_or_make"]
