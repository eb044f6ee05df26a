"""A person's credentials: password, recovery code, one-time links, API keys, the server's slot."""

from collections.abc import Collection

import msgspec
import sqlalchemy as sa

from tau.errors import BadInput, NotFound
from tau.people import recovery, registry
from tau.people.passwords import new_password
from tau.people.slot_factory import SlotFactory
from tau.people.slots import PasswordSlots, SealedSlot, new_slot, seal_with_secret
from tau.people.token_cache import TokenCache
from tau.people.types import Slot, SlotKind, Unlocked
from tau.storage.database import Database
from tau.storage.notifications import Notification

LINK_SECONDS = 10 * 60


class Credentials:
    """Adds, lists and revokes the key slots of people."""

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

    async def set_password(
        self, unlocked: Unlocked, password: str, *, sign_out_others: bool = False
    ) -> None:
        """Set or change a person's password; `sign_out_others` ends their other sessions.

        API keys keep working: they are revoked one by one.
        """
        sealed = await self._passwords.seal(
            new_slot("password", "", self._factory.now()),
            unlocked.person.id,
            unlocked.data_key,
            new_password(password),
        )

        def work(connection: sa.Connection) -> None:
            self._add_primary_slot(connection, unlocked, sealed)
            if sign_out_others:
                registry.delete_slots(
                    connection,
                    unlocked.person.id,
                    ("session", "link"),
                    except_for=unlocked.slot.id,
                )
                changed = Notification("person", unlocked.person.id)
                self._database.notifications.notify(connection, changed)

        await self._database.run_revoking(work)
        if sign_out_others:
            self._token_cache.invalidate_person(unlocked.person.id)

    async def new_recovery_code(self, unlocked: Unlocked) -> str:
        """Return a recovery code to write down; it replaces an earlier one."""
        secret = recovery.new_secret()
        sealed = seal_with_secret(
            new_slot("recovery", "", self._factory.now()),
            unlocked.person.id,
            unlocked.data_key,
            secret,
        )
        await self._database.run_revoking(
            lambda connection: self._add_primary_slot(connection, unlocked, sealed)
        )
        return recovery.format_code(secret)

    async def set_server_slot(self, unlocked: Unlocked, on: bool) -> None:
        """Add or delete the server's slot; without it Tau does nothing while the person is away.

        Raises `BadInput` if there is neither a password nor a recovery code to sign in with.
        """
        if on and self._factory.server_key is None:
            raise BadInput("Tau has no server key, so it can't work while you are away.")
        fresh = self._factory.server(unlocked.person.id, unlocked.data_key) if on else None

        def work(connection: sa.Connection) -> None:
            registry.lock_unlocked(connection, unlocked)
            if fresh is not None:
                registry.replace_slot(connection, fresh)
                return
            if not registry.has_slot(connection, unlocked.person.id, ("password", "recovery")):
                raise BadInput(registry.LAST_PRIMARY_SLOT)
            registry.delete_slots(connection, unlocked.person.id, ("server",))

        await self._database.run_revoking(work)

    async def link(self, unlocked: Unlocked) -> str:
        """Return the token of a link that signs the person in once, within ten minutes."""
        person = unlocked.person.id
        slot = self._factory.slot_with_token("link", person, lifetime_seconds=LINK_SECONDS)
        return await self._add_token(unlocked, slot)

    async def new_api_key(
        self, unlocked: Unlocked, label: str, expires_at: float | None = None
    ) -> tuple[str, Slot]:
        """Return a new API key, which is shown only this once, and its slot.

        Raises `BadInput` if it would have expired already.
        """
        self._require_future(expires_at)
        slot = self._factory.slot_with_token("api_key", unlocked.person.id, label)
        slot = msgspec.structs.replace(slot, expires_at=expires_at)
        return await self._add_token(unlocked, slot), slot

    async def set_key_expiry(self, person_id: str, slot_id: str, expires_at: float | None) -> Slot:
        """Set when a person's API key expires, `None` for never; return its slot.

        Raises `NotFound` if there is no such key, `BadInput` for a time that has passed.
        """
        keys = await self.slots(person_id, "api_key")
        found = next((slot for slot in keys if slot.id == slot_id), None)
        if found is None:
            raise NotFound(registry.NO_SLOT)
        self._require_future(expires_at)

        def work(connection: sa.Connection) -> None:
            registry.set_expiry(connection, slot_id, expires_at)
            changed = Notification("slot", person_id, slot_id)
            self._database.notifications.notify(connection, changed)

        await self._database.run(work)
        self._token_cache.invalidate_slot(slot_id)
        return msgspec.structs.replace(found, expires_at=expires_at)

    async def labels(self, slot_ids: Collection[str]) -> dict[str, str]:
        """Return the labels of these slots, without those that are no longer there."""
        return await self._database.run(
            lambda connection: registry.slot_labels(connection, slot_ids), read_only=True
        )

    async def slots(self, person_id: str, kind: SlotKind | None = None) -> list[Slot]:
        """Return a person's slots that have not expired, the oldest first."""
        found = await self._database.run(
            lambda connection: registry.list_slots(connection, person_id), read_only=True
        )
        now = self._factory.now()
        shown = [slot for slot in found if slot.kind != "earlier_key" and not slot.has_expired(now)]
        return [slot for slot in shown if kind in {None, slot.kind}]

    async def revoke(self, person_id: str, slot_id: str) -> None:
        """Delete a slot.

        Raises `NotFound` if it is not this person's, `BadInput` if it is their last primary slot.
        """

        def work(connection: sa.Connection) -> None:
            registry.lock_person(connection, person_id)
            registry.delete_slot_unless_last(connection, person_id, slot_id)
            ended = Notification("slot", person_id, slot_id)
            self._database.notifications.notify(connection, ended)

        await self._database.run_revoking(work)
        self._token_cache.invalidate_slot(slot_id)

    def _require_future(self, expires_at: float | None) -> None:
        if expires_at is not None and expires_at <= self._factory.now():
            raise BadInput("A key can only expire in the future.")

    async def _add_token(self, unlocked: Unlocked, slot: Slot) -> str:
        token, sealed = self._factory.with_token(slot, unlocked)

        def work(connection: sa.Connection) -> None:
            registry.lock_unlocked(connection, unlocked)
            registry.add_slot(connection, sealed)

        await self._database.run_revoking(work)
        return token

    def _add_primary_slot(
        self, connection: sa.Connection, unlocked: Unlocked, sealed: SealedSlot
    ) -> None:
        registry.lock_unlocked(connection, unlocked)
        first = not registry.has_slot(connection, sealed.person, ("password", "recovery"))
        registry.replace_slot(connection, sealed)
        if first and not self._factory.wants_server_slot:
            # A new owner only has it because there is no other credential yet.
            registry.delete_slots(connection, sealed.person, ("server",))
