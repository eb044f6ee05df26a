"""Changing a person's data key, for when a copy of the database may be in somebody's hands.

What is said from now on is sealed with a new key, which that copy doesn't contain. What was said
before stays sealed with the earlier keys. Each is kept in a slot of the kind `earlier_key`, wrapped
by the newest key. So one transaction that replaces slots is all there is to do, however much was
said; see docs/decisions/0023-changing-the-data-key.md.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa

from tau.errors import BadInput, Conflict, NotSignedIn
from tau.people import recovery, registry
from tau.people.names import name_key
from tau.people.passwords import password_bytes
from tau.people.signin_attempts import SignInAttempts
from tau.people.slot_factory import SlotFactory
from tau.people.slots import (
    PasswordSlots,
    SealedSlot,
    new_slot,
    open_earlier_keys,
    seal_with_secret,
)
from tau.people.token_cache import TokenCache
from tau.people.types import SlotKind, Unlocked
from tau.storage.database import Database
from tau.storage.notifications import Notification
from tau.storage.sealing import UnsealError, new_key

logger = logging.getLogger(__name__)

_PERMANENT: tuple[SlotKind, ...] = ("password", "recovery", "server")
_ENDING: tuple[SlotKind, ...] = (*_PERMANENT, "session", "api_key", "link")
_CHANGED = "How you sign in was changed at the same moment; please try again."
_NEEDS_PASSWORD = "Enter your password, so that it opens the new key."  # noqa: S105 - a sentence
_WRONG_PASSWORD = "This isn't your password."  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True)
class RotatedKey:
    """The result of changing a data key: what opens it, besides a password and the server's slot.

    `token` is of a new session, if one was asked for; `recovery_code` replaces an earlier one.
    """

    unlocked: Unlocked
    token: str | None = field(default=None, repr=False)
    recovery_code: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class _FreshSlots:
    """The slots of a new data key, before they are stored."""

    data_key: bytes = field(repr=False)
    slots: list[SealedSlot] = field(default_factory=list)
    token: str | None = field(default=None, repr=False)
    recovery_code: str | None = field(default=None, repr=False)


class KeyRotation:
    """Replaces people's data keys."""

    def __init__(
        self,
        database: Database,
        factory: SlotFactory,
        passwords: PasswordSlots,
        token_cache: TokenCache,
    ) -> None:
        self._database = database
        self._factory = factory
        self._passwords = passwords
        self._token_cache = token_cache
        self._attempts = SignInAttempts(database, factory, "rotation")

    async def rotate(
        self, unlocked: Unlocked, password: str | None, *, session_label: str | None = None
    ) -> RotatedKey:
        """Give a person a new data key; every session, API key and link of theirs ends.

        The password and the server's slot open the new key too, and there is a new recovery code if
        there was one. With `session_label`, a new session is started. Raises `BadInput` if the
        person has a password and `password` isn't it, `TooManyRequests` after repeated failures,
        and `Conflict` if their credentials change at the same moment.
        """
        person = unlocked.person.id
        before = await self._database.run(lambda c: _permanent_slots(c, person), read_only=True)
        typed = await self._verified(unlocked, before.get("password"), password)
        fresh = await self._fresh_slots(person, before.keys(), typed, session_label)
        earlier = await self._database.run_revoking(
            lambda connection: self._replace(connection, unlocked, before, fresh)
        )
        self._token_cache.invalidate_person(person)
        logger.info("changed the data key of the person %s", person)
        opened = Unlocked(unlocked.person, fresh.slots[-1].slot, fresh.data_key, earlier)
        return RotatedKey(opened, fresh.token, fresh.recovery_code)

    async def _verified(
        self, unlocked: Unlocked, sealed: SealedSlot | None, password: str | None
    ) -> bytes | None:
        """Return the password to wrap the new key with; `None` if the person has none."""
        if sealed is None:
            return None
        if not password:
            raise BadInput(_NEEDS_PASSWORD)
        typed = password_bytes(password)
        try:
            async with self._attempts.attempt(name_key(unlocked.person.name)):
                await self._open(sealed, typed)
        except NotSignedIn as error:  # the session itself is fine
            raise BadInput(str(error)) from None
        return typed

    async def _open(self, sealed: SealedSlot, password: bytes) -> None:
        try:
            await self._passwords.open(sealed, password)
        except UnsealError:
            raise NotSignedIn(_WRONG_PASSWORD) from None

    async def _fresh_slots(
        self,
        person: str,
        kinds: Collection[SlotKind],
        password: bytes | None,
        session_label: str | None,
    ) -> _FreshSlots:
        fresh = _FreshSlots(new_key())
        now = self._factory.now()
        if password is not None:
            slot = new_slot("password", "", now)
            fresh.slots.append(await self._passwords.seal(slot, person, fresh.data_key, password))
        if "server" in kinds and self._factory.server_key is not None:
            fresh.slots.append(self._factory.server(person, fresh.data_key))
        if "recovery" in kinds or not fresh.slots:
            secret = recovery.new_secret()
            slot = new_slot("recovery", "", now)
            fresh.slots.append(seal_with_secret(slot, person, fresh.data_key, secret))
            fresh.recovery_code = recovery.format_code(secret)
        if session_label is not None:
            fresh.token, session = self._factory.session(person, fresh.data_key, session_label)
            fresh.slots.append(session)
        return fresh

    def _replace(
        self,
        connection: sa.Connection,
        unlocked: Unlocked,
        before: dict[SlotKind, SealedSlot],
        fresh: _FreshSlots,
    ) -> tuple[bytes, ...]:
        """Replace every slot; return the earlier keys, now wrapped by the newest."""
        person = unlocked.person.id
        registry.lock_unlocked(connection, unlocked)
        if _permanent_slots(connection, person) != before:
            raise Conflict(_CHANGED)
        stored = registry.find_earlier_keys(connection, person)
        earlier = open_earlier_keys(stored, unlocked.data_key)
        registry.delete_slots(connection, person, _ENDING)
        for old, key in earlier:
            again = seal_with_secret(old.slot, person, key, fresh.data_key)
            registry.reseal_slot(connection, old, again)
        former = new_slot("earlier_key", "", self._factory.now())
        registry.add_slot(
            connection, seal_with_secret(former, person, unlocked.data_key, fresh.data_key)
        )
        for each in fresh.slots:
            registry.add_slot(connection, each)
        self._database.notifications.notify(connection, Notification("person", person))
        return (unlocked.data_key, *(key for _, key in earlier))


def _permanent_slots(connection: sa.Connection, person: str) -> dict[SlotKind, SealedSlot]:
    found = {kind: registry.find_sealed_slot(connection, person, kind) for kind in _PERMANENT}
    return {kind: sealed for kind, sealed in found.items() if sealed is not None}
