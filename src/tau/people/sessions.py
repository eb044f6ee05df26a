"""Signing in and out: passwords, recovery codes, links and tokens in, an unlocked person out.

Knows nothing of HTTP or cookies. The data key that a credential opens is returned in `Unlocked`
and kept nowhere else, except for seconds in the cache of verified tokens.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace

import msgspec
import sqlalchemy as sa

from tau.errors import BadInput, JournalError, NotFound, NotSignedIn
from tau.people import recovery, registry, slots
from tau.people.names import name_key
from tau.people.passwords import password_bytes
from tau.people.signin_attempts import SignInAttempts
from tau.people.slot_factory import SlotFactory
from tau.people.slot_owners import SlotOwners
from tau.people.slots import PasswordSlots, SealedSlot
from tau.people.token_cache import TokenCache
from tau.people.tokens import Token, parse_token
from tau.people.types import Person, Slot, SlotKind, Unlocked
from tau.storage.database import Database
from tau.storage.notifications import Notification
from tau.storage.sealing import UnsealError

logger = logging.getLogger(__name__)

_TOUCH_SECONDS = 60 * 60
_RECHECK_SECONDS = 10.0
_NOT_SIGNED_IN = "You aren't signed in, or your session has ended."
_EXPIRED_KEY = "This API key has expired; create a new one."
_USED_LINK = "This link is invalid, has expired or was already used; create a new one."
_WRONG_PASSWORD = "The name or password is wrong."  # noqa: S105 - a sentence
_WRONG_CODE = "The name or recovery code is wrong."
_NO_SERVER_SLOT = (
    "Tau can't open this person's data while they are away; they need to sign in first."
)
_OTHER_SERVER_KEY = (
    "The server key has changed, so Tau can't open this person's data; restore the old key, or "
    "sign in and turn learning while away on again."
)


class Sessions:
    """Everything that opens a person's data key, and the sessions that follow from it."""

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
        self._owners = SlotOwners(database)
        self._recovery_decoy = slots.secret_decoy("recovery")
        self._password_attempts = SignInAttempts(database, factory, "password")
        self._recovery_attempts = SignInAttempts(database, factory, "recovery")

    async def unlock(self, token: str) -> Unlocked:
        """Return the person that a session token or an API key opens. Raises `NotSignedIn`.

        Called for every request. The result is cached for seconds; another process that ends the
        session notifies this one.
        """
        parsed = parse_token(token)
        cached = self._token_cache.get(token)
        if cached is not None:
            return cached
        generation = self._token_cache.generation
        kind: SlotKind = "api_key" if parsed.api_key else "session"
        opened = await self._open_token(parsed, kind, _NOT_SIGNED_IN)
        unlocked = replace(opened, slot=await self._record_use(opened.slot))
        self._token_cache.put(token, unlocked, generation=generation)
        return unlocked

    async def person_of(self, token: str) -> str | None:
        """Return whose session token or API key this seems to be, without opening it; or `None`.

        It proves nothing: it only says which node should be asked. Raises `StoreUnavailable`.
        """
        try:
            return await self._owners.person_of(parse_token(token).id)
        except NotSignedIn:
            return None

    async def wait_until_ended(self, token: str) -> None:
        """Return once a session token or an API key opens nothing any more.

        What this process ends is noticed at once, what others end as soon as they notify this one,
        or else after seconds.
        """
        while True:
            invalidated = self._token_cache.invalidated
            try:
                await self.unlock(token)
            except NotSignedIn:
                return
            except JournalError as error:  # a database that doesn't answer ends nothing
                logger.warning("a credential was not checked again: %s", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(_RECHECK_SECONDS):
                    await invalidated.wait()

    async def redeem(self, token: str, label: str) -> tuple[str, Unlocked]:
        """Exchange a one-time link for a session; return its token. Raises `NotSignedIn`."""
        link = await self._open_token(parse_token(token), "link", _USED_LINK)
        return await self._start(link, label, single_use=_USED_LINK)

    async def sign_in(self, name: str, password: str, label: str) -> tuple[str, Unlocked]:
        """Start a session with a password; return its token.

        Raises `NotSignedIn`, in the same time and words for unknown names as for known ones, and
        `TooManyRequests` after repeated failures.
        """
        typed = password_bytes(password)
        async with self._password_attempts.attempt(name_key(name)):
            person, sealed = await self._find_by_name(name, "password", self._passwords.decoy)
            try:
                data_key = await self._passwords.open(sealed, typed)
            except UnsealError:
                logger.info("a sign-in with a password failed")
                raise NotSignedIn(_WRONG_PASSWORD) from None
        signed_in = await self._start(await self._unlocked(person, sealed, data_key), label)
        await self._raise_cost(sealed, data_key, typed)
        return signed_in

    async def recover(self, name: str, code: str, label: str) -> tuple[str, Unlocked]:
        """Start a session with a recovery code; return its token.

        Raises `BadInput` for a code with a typing mistake, otherwise what `sign_in` raises.
        """
        secret = recovery.parse_code(code)
        async with self._recovery_attempts.attempt(name_key(name)):
            person, sealed = await self._find_by_name(name, "recovery", self._recovery_decoy)
            try:
                data_key = slots.open_with_secret(sealed, secret)
            except UnsealError:
                logger.info("a sign-in with a recovery code failed")
                raise NotSignedIn(_WRONG_CODE) from None
        return await self._start(await self._unlocked(person, sealed, data_key), label)

    async def unlock_with_server_slot(self, person_id: str) -> Unlocked:
        """Open a person's data with the server's slot, for work done while they are away.

        Raises `NotSignedIn` if they have turned it off, `NotFound` if there is no such person.
        """

        def work(connection: sa.Connection) -> tuple[Person | None, SealedSlot | None]:
            return (
                registry.find_person(connection, person_id),
                registry.find_sealed_slot(connection, person_id, "server"),
            )

        person, sealed = await self._database.run(work, read_only=True)
        if person is None:
            raise NotFound(registry.NO_PERSON)
        if sealed is None or self._factory.server_key is None:
            raise NotSignedIn(_NO_SERVER_SLOT)
        try:
            data_key = slots.open_with_secret(sealed, self._factory.server_key)
        except UnsealError:
            raise NotSignedIn(_OTHER_SERVER_KEY) from None
        return await self._unlocked(person, sealed, data_key)

    async def sign_out(self, token: str) -> None:
        """End a session; it is no error if it has ended already."""
        try:
            parsed = parse_token(token)
            if parsed.api_key:
                raise BadInput("An API key has no session to end; revoke it instead.")
            unlocked = await self._open_token(parsed, "session", _NOT_SIGNED_IN)
        except NotSignedIn:
            return

        def work(connection: sa.Connection) -> None:
            registry.delete_slot(connection, unlocked.slot.id)
            ended = Notification("slot", unlocked.person.id, unlocked.slot.id)
            self._database.notifications.notify(connection, ended)

        await self._database.run_revoking(work)
        self._token_cache.invalidate_slot(unlocked.slot.id)

    async def _open_token(self, token: Token, kind: SlotKind, refusal: str) -> Unlocked:
        found = await self._database.run(
            lambda connection: registry.find_slot_and_person(connection, token.id), read_only=True
        )
        if found is None:
            raise NotSignedIn(refusal)
        sealed, person = found
        if sealed.slot.kind != kind:
            raise NotSignedIn(refusal)
        if sealed.slot.has_expired(self._factory.now()):
            raise NotSignedIn(_EXPIRED_KEY if kind == "api_key" else refusal)
        try:
            data_key = slots.open_with_secret(sealed, token.secret)
        except UnsealError:
            raise NotSignedIn(refusal) from None
        return await self._unlocked(person, sealed, data_key)

    async def _unlocked(self, person: Person, sealed: SealedSlot, data_key: bytes) -> Unlocked:
        """Return an opened person, with the data keys they had before."""
        earlier = await self._database.run(
            lambda connection: registry.find_earlier_keys(connection, person.id), read_only=True
        )
        keys = tuple(key for _, key in slots.open_earlier_keys(earlier, data_key))
        return Unlocked(person, sealed.slot, data_key, keys)

    async def _find_by_name(
        self, name: str, kind: SlotKind, decoy: SealedSlot
    ) -> tuple[Person, SealedSlot]:
        """Return the person of that name and their slot, or decoys if one is missing."""

        def work(connection: sa.Connection) -> tuple[Person, SealedSlot]:
            person = registry.find_by_name(connection, name) or _unknown_person(decoy)
            sealed = registry.find_sealed_slot(connection, person.id, kind)
            return person, sealed or decoy

        return await self._database.run(work, read_only=True)

    async def _start(
        self, used: Unlocked, label: str, *, single_use: str | None = None
    ) -> tuple[str, Unlocked]:
        """Start a session with what `used` opened; a `single_use` slot works once."""
        token, session = self._factory.session(used.person.id, used.data_key, label)

        def work(connection: sa.Connection) -> None:
            registry.lock_unlocked(connection, used)
            if single_use is not None and not registry.delete_slot(connection, used.slot.id):
                raise NotSignedIn(single_use)
            registry.add_slot(connection, session)

        await self._database.run_revoking(work)
        return token, replace(used, slot=session.slot)

    async def _record_use(self, slot: Slot) -> Slot:
        """Record that a slot was used, once an hour; a session is extended from then."""
        now = self._factory.now()
        since = now - _TOUCH_SECONDS
        if slot.used_at is not None and slot.used_at > since:
            return slot
        is_session = slot.kind == "session"
        until = now + self._factory.session_seconds if is_session else None
        try:
            await self._database.run(
                lambda connection: registry.touch_slot(
                    connection, slot.id, now=now, unless_since=since, until=until
                )
            )
        except JournalError as error:  # a full disk must not keep people from reading
            logger.warning("the use of a slot was not recorded: %s", error)
            return slot
        return msgspec.structs.replace(slot, used_at=now, expires_at=until or slot.expires_at)

    async def _raise_cost(self, sealed: SealedSlot, data_key: bytes, password: bytes) -> None:
        if not self._passwords.is_outdated(sealed):
            return
        fresh = await self._passwords.seal(sealed.slot, sealed.person, data_key, password)
        await self._database.run_revoking(
            lambda connection: registry.reseal_slot(connection, sealed, fresh)
        )


def _unknown_person(decoy: SealedSlot) -> Person:
    return Person(decoy.person, "", owner=False, created_at=0.0)
