"""The people of this Tau: listed, renamed and removed; their sessions, credentials, invitations."""

import logging
import time
from collections.abc import Callable

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tau.errors import SettingsError, StoreUnavailable
from tau.ids import new_id
from tau.people import registry
from tau.people.credentials import Credentials
from tau.people.identities import Identities
from tau.people.invitations import Invitations
from tau.people.names import clean_name
from tau.people.passwords import Cost
from tau.people.rotation import KeyRotation
from tau.people.sessions import Sessions
from tau.people.signin_attempts import forget_old_failures
from tau.people.slot_factory import SlotFactory
from tau.people.slots import PasswordSlots
from tau.people.token_cache import TokenCache
from tau.people.types import Person, Unlocked
from tau.settings import Settings
from tau.storage.database import LONG_SECONDS, Database
from tau.storage.notifications import Notification, Notifications
from tau.storage.sealing import KEY_BYTES, new_key

logger = logging.getLogger(__name__)

FIRST_OWNER = "You"


class People:
    """Everybody who uses this Tau.

    `sessions` opens a person's data, `credentials` changes what opens it, `rotation` changes the
    data key itself, `invitations` adds more people, and `identities` are their accounts elsewhere.
    """

    def __init__(
        self,
        database: Database,
        server_key: bytes | None,
        settings: Settings,
        *,
        now: Callable[[], float] = time.time,
        cost: Cost | None = None,
    ) -> None:
        """`now` is the clock; `cost` is the cost of deriving a key from a password."""
        passwords = PasswordSlots(cost or Cost())
        self.database = database
        """What holds the accounts."""
        self._factory = SlotFactory(settings, server_key, now)
        self._token_cache = TokenCache(now)
        _follow(database.notifications, self._token_cache)
        self.sessions = Sessions(database, self._factory, passwords, self._token_cache)
        self.credentials = Credentials(database, self._factory, passwords, self._token_cache)
        self.rotation = KeyRotation(database, self._factory, passwords, self._token_cache)
        self.invitations = Invitations(database, self._factory, passwords)
        self.identities = Identities(database, self._factory, self.sessions, self.invitations)

    async def owner(self) -> Unlocked:
        """Return the owner, opened with the server's slot; the first call creates them.

        Raises `NotSignedIn` when the owner has turned the server's slot off, and `SettingsError`
        when there is neither an owner nor a server key to create one with.
        """
        person = await self.database.run(registry.find_owner, read_only=True)
        if person is None:
            person = await self._create_owner()
        return await self.sessions.unlock_with_server_slot(person.id)

    def key_for(self, purpose: bytes) -> bytes:
        """Return 32 bytes derived from the server key for one purpose, the same ones every time.

        Raises `SettingsError` if there is no server key.
        """
        if self._factory.server_key is None:
            raise SettingsError("There is no server key.")
        return HKDF(SHA256(), KEY_BYTES, None, purpose).derive(self._factory.server_key)

    async def list(self) -> list[Person]:
        """Return everybody: the owner first, then the others in the order they were added."""
        return await self.database.run(registry.list_people, read_only=True)

    async def rename(self, person_id: str, name: str) -> None:
        """Change a person's name. Raises `BadInput` if it is taken or cannot be a name."""
        cleaned = clean_name(name)

        def work(connection: sa.Connection) -> None:
            registry.lock_people(connection)
            registry.rename(connection, person_id, cleaned)
            self.database.notifications.notify(connection, Notification("person", person_id))

        await self.database.run(work)
        self._token_cache.invalidate_person(person_id)

    async def remove(self, person_id: str) -> None:
        """Erase a person and all their data. Raises `BadInput` for the last owner."""

        def work(connection: sa.Connection) -> None:
            registry.lock_people(connection)
            registry.remove_person(connection, person_id)
            self.database.notifications.notify(connection, Notification("removed", person_id))

        await self.database.run(work, seconds=LONG_SECONDS)
        self._token_cache.invalidate_person(person_id)
        logger.info("removed the person %s", person_id)
        try:
            await self.database.scrub()
        except StoreUnavailable as error:
            logger.warning("%s", error)

    async def delete_expired(self) -> None:
        """Delete everybody's expired credentials, from Tau's files too."""
        now = self._factory.now()

        def work(connection: sa.Connection) -> None:
            registry.delete_expired_slots(connection, now)
            forget_old_failures(connection, now)

        await self.database.run_revoking(work)

    async def _create_owner(self) -> Person:
        if self._factory.server_key is None:
            raise SettingsError("Tau can't create its owner without a server key.")
        person = Person(new_id(), FIRST_OWNER, owner=True, created_at=self._factory.now())
        sealed = self._factory.server(person.id, new_key())

        def work(connection: sa.Connection) -> Person:
            registry.lock_people(connection)
            earlier = registry.find_owner(connection)
            if earlier is not None:
                return earlier
            registry.add_person(connection, person)
            registry.add_slot(connection, sealed)
            return person

        return await self.database.run(work)


def _follow(notifications: Notifications, token_cache: TokenCache) -> None:
    """Forget verified tokens as soon as another process ends what they open."""

    def ended(notification: Notification) -> None:
        if notification.what == "resync":
            token_cache.invalidate_all()
        elif notification.what == "slot":
            token_cache.invalidate_slot(notification.name)
        else:
            token_cache.invalidate_person(notification.person)

    notifications.subscribe("slot", ended)
    notifications.subscribe("person", ended)
    notifications.subscribe("removed", ended)
