"""Who is who: the face of the people room.

A person's data key is opened here and handed on as `Unlocked`; it is kept nowhere but in key slots.
Knows nothing of HTTP, cookies or what a life holds.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace

import msgspec
import sqlalchemy as sa

from tau.errors import (
    BadInput,
    JournalError,
    NotFound,
    NotPermitted,
    NotSignedIn,
    SettingsError,
    StoreUnavailable,
)
from tau.ids import new_id
from tau.people import recovery, registry, slots, tokens
from tau.people.names import clean_label, clean_name, name_key
from tau.people.passwords import Cost, new_password, password_bytes
from tau.people.signin_throttle import SignInThrottle
from tau.people.slots import PasswordSlots, SealedSlot, new_slot
from tau.people.token_cache import TokenCache
from tau.people.tokens import Token, format_token, parse_token
from tau.people.types import Person, Slot, SlotKind, Unlocked
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.sealing import UnsealError, new_key

logger = logging.getLogger(__name__)

FIRST_OWNER = "You"
LINK_SECONDS = 10 * 60
INVITATION_SECONDS = 7 * 24 * 60 * 60
_DAY_SECONDS = 24 * 60 * 60
_TOUCH_SECONDS = 60 * 60
_NOT_SIGNED_IN = "You are not signed in, or no longer."
_USED_LINK = "This link was used already, has expired, or was never given out; make a new one."
_USED_INVITATION = (
    "This invitation was used already, has expired, or was never given out; ask for another."
)
_WRONG_PASSWORD = "The name or the password is not right."  # noqa: S105 - a sentence
_WRONG_CODE = "The name or the recovery code is not right."
_NO_SERVER_SLOT = "Tau may not open this person's life while they are away; they need to sign in."

Persons = list[Person]  # in the body of `People` the word `list` is a method
Slots = list[Slot]


class People:
    """Everybody who has a life with this Tau, and the ways in which each of them opens it."""

    def __init__(
        self,
        database: Database,
        server_key: bytes | None,
        settings: Settings,
        *,
        now: Callable[[], float] = time.time,
        cost: Cost | None = None,
    ) -> None:
        """`now` tells the time; `cost` is what a password's slot costs to open."""
        self._database = database
        self._server_key = server_key
        self._settings = settings
        self._now = now
        self._passwords = PasswordSlots(cost or Cost())
        self._recovery_decoy = slots.secret_decoy("recovery")
        self._password_throttle = SignInThrottle(now)
        self._recovery_throttle = SignInThrottle(now)
        self._token_cache = TokenCache(now)

    # Who is here

    async def owner(self) -> Unlocked:
        """Return the owner, opened with the server's slot; the first call makes them.

        Raises `NotSignedIn` when the owner has switched the server's slot off, and `SettingsError`
        when there is neither an owner nor a server's key to make one with.
        """
        person = await self._database.run(registry.find_owner, read_only=True)
        if person is None:
            person = await self._make_owner()
        return await self.unlock_with_server_slot(person.id)

    async def list(self) -> Persons:
        """Return everybody: the owner, then the others in the order in which they came."""
        return await self._database.run(registry.list_people, read_only=True)

    async def rename(self, person_id: str, name: str) -> None:
        """Call a person `name` from now on. Raises `BadInput` if it is taken or no name."""
        cleaned = clean_name(name)

        def work(connection: sa.Connection) -> None:
            registry.lock_people(connection)
            registry.rename(connection, person_id, cleaned)

        await self._database.run(work)
        self._token_cache.invalidate_person(person_id)

    async def remove(self, person_id: str) -> None:
        """Erase a person and their whole life with Tau. The last owner stays: `BadInput`."""

        def work(connection: sa.Connection) -> None:
            registry.lock_people(connection)
            registry.remove_person(connection, person_id)

        await self._database.run(work)
        self._token_cache.invalidate_person(person_id)
        logger.info("removed the person %s", person_id)
        try:
            await self._database.scrub(removed=[person_id])
        except StoreUnavailable as error:
            logger.warning("%s", error)

    # Coming in

    async def unlock(self, token: str) -> Unlocked:
        """Return whom a session or an API key opens. Raises `NotSignedIn`.

        Every request passes here. What opened is remembered for seconds, so that a session ended by
        another process may last that much longer.
        """
        read = parse_token(token)
        kept = self._token_cache.get(token)
        if kept is not None:
            return kept
        generation = self._token_cache.generation
        kind: SlotKind = "api_key" if read.api_key else "session"
        opened = await self._open_token(read, kind, _NOT_SIGNED_IN)
        unlocked = replace(opened, slot=await self._record_use(opened.slot))
        self._token_cache.put(token, unlocked, generation=generation)
        return unlocked

    async def redeem(self, token: str, label: str) -> tuple[str, Unlocked]:
        """Turn a one-time link to a session; return its token. Raises `NotSignedIn`."""
        link = await self._open_token(parse_token(token), "link", _USED_LINK)
        return await self._start_session(link, label, single_use=_USED_LINK)

    async def sign_in(self, name: str, password: str, label: str) -> tuple[str, Unlocked]:
        """Begin a session with a password; return its token.

        Raises `NotSignedIn`, in the same time and words for unknown names as for known ones, and
        `TooManyRequests` after repeated failures.
        """
        typed = password_bytes(password)
        with self._password_throttle.attempt(name_key(name)):
            person, sealed = await self._find_by_name(name, "password", self._passwords.decoy)
            try:
                data_key = await self._passwords.open(sealed, typed)
            except UnsealError:
                logger.info("a sign-in with a password failed")
                raise NotSignedIn(_WRONG_PASSWORD) from None
        signed_in = await self._start_session(Unlocked(person, sealed.slot, data_key), label)
        await self._raise_cost(sealed, data_key, typed)
        return signed_in

    async def recover(self, name: str, code: str, label: str) -> tuple[str, Unlocked]:
        """Begin a session with a recovery code; return its token.

        Raises `BadInput` for a code with a slip in it, otherwise what `sign_in` raises.
        """
        secret = recovery.parse_code(code)
        with self._recovery_throttle.attempt(name_key(name)):
            person, sealed = await self._find_by_name(name, "recovery", self._recovery_decoy)
            try:
                data_key = slots.open_with_secret(sealed, secret)
            except UnsealError:
                logger.info("a sign-in with a recovery code failed")
                raise NotSignedIn(_WRONG_CODE) from None
        return await self._start_session(Unlocked(person, sealed.slot, data_key), label)

    async def unlock_with_server_slot(self, person_id: str) -> Unlocked:
        """Open a person's life with the server's slot, for what Tau does while they are away.

        Raises `NotSignedIn` if they have switched it off, `NotFound` if there is no such person.
        """

        def work(connection: sa.Connection) -> tuple[Person | None, SealedSlot | None]:
            return (
                registry.find_person(connection, person_id),
                registry.find_sealed_slot(connection, person_id, "server"),
            )

        person, sealed = await self._database.run(work, read_only=True)
        if person is None:
            raise NotFound(registry.NO_PERSON)
        if sealed is None or self._server_key is None:
            raise NotSignedIn(_NO_SERVER_SLOT)
        try:
            data_key = slots.open_with_secret(sealed, self._server_key)
        except UnsealError:
            raise NotSignedIn(
                "The server's key is not the one that this life was left to; bring the old key "
                "back, or sign in and switch the server's slot on again."
            ) from None
        return Unlocked(person, sealed.slot, data_key)

    async def sign_out(self, token: str) -> None:
        """End a session; one that has ended already is no error."""
        try:
            read = parse_token(token)
            if read.api_key:
                raise BadInput("An API key has no session to end; revoke the key instead.")
            unlocked = await self._open_token(read, "session", _NOT_SIGNED_IN)
        except NotSignedIn:
            return
        await self._database.run(
            lambda connection: registry.delete_slot(connection, unlocked.slot.id)
        )
        self._token_cache.invalidate_slot(unlocked.slot.id)

    # Ways in

    async def set_password(
        self, unlocked: Unlocked, password: str, *, sign_out_others: bool = False
    ) -> None:
        """Give a person a password, or another one; `sign_out_others` ends their other sessions.

        API keys go on working: they are revoked one by one.
        """
        sealed = await self._passwords.seal(
            new_slot("password", "", self._now()),
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

        await self._database.run(work)
        if sign_out_others:
            self._token_cache.invalidate_person(unlocked.person.id)

    async def new_recovery_code(self, unlocked: Unlocked) -> str:
        """Return a recovery code to write down; an earlier one opens nothing any more."""
        secret = recovery.new_secret()
        sealed = self._seal(new_slot("recovery", "", self._now()), unlocked, secret)
        await self._database.run(
            lambda connection: self._add_primary_slot(connection, unlocked, sealed)
        )
        return recovery.format_code(secret)

    async def set_server_slot(self, unlocked: Unlocked, on: bool) -> None:
        """Leave a slot to the server, or take it away: then Tau rests while the person is away.

        Raises `BadInput` if there is neither a password nor a recovery code to come in with.
        """
        if on and self._server_key is None:
            raise BadInput("This Tau has no server's key, so that nothing can be left to it.")
        fresh = self._server_slot(unlocked.person.id, unlocked.data_key) if on else None

        def work(connection: sa.Connection) -> None:
            self._lock_person(connection, unlocked)
            if fresh is not None:
                registry.replace_slot(connection, fresh)
                return
            if not registry.has_slot(connection, unlocked.person.id, ("password", "recovery")):
                raise BadInput(registry.LAST_PRIMARY_SLOT)
            registry.delete_slots(connection, unlocked.person.id, ("server",))

        await self._database.run(work)

    async def link(self, unlocked: Unlocked) -> str:
        """Return the token of a link that opens this life once, within ten minutes."""
        slot = new_slot("link", "", self._now(), lifetime_seconds=LINK_SECONDS)
        return (await self._issue(unlocked, slot))[0]

    async def new_api_key(self, unlocked: Unlocked, label: str) -> tuple[str, Slot]:
        """Return a new API key, shown this once, and its slot."""
        return await self._issue(unlocked, new_slot("api_key", clean_label(label), self._now()))

    async def slots(self, person_id: str, kind: SlotKind | None = None) -> Slots:
        """Return a person's slots that have not expired, the oldest first."""
        found = await self._database.run(
            lambda connection: registry.list_slots(connection, person_id), read_only=True
        )
        return [
            slot
            for slot in found
            if kind in {None, slot.kind} and not _has_expired(slot, self._now())
        ]

    async def revoke(self, person_id: str, slot_id: str) -> None:
        """Take a slot away: what it opened, it opens no more.

        Raises `NotFound` if it is not this person's, `BadInput` if it is their last way in.
        """

        def work(connection: sa.Connection) -> None:
            registry.lock_person(connection, person_id)
            registry.delete_slot_unless_last(connection, person_id, slot_id)

        await self._database.run(work)
        self._token_cache.invalidate_slot(slot_id)

    # Invitations

    async def invite(self, unlocked: Unlocked) -> str:
        """Return the token of an invitation for one more person; it lasts seven days.

        Raises `NotPermitted` for anybody but the owner.
        """
        if not unlocked.person.owner:
            raise NotPermitted("Only the owner of this Tau can invite people.")
        token, now = Token(new_id(), tokens.new_secret()), self._now()
        invitation = registry.Invitation(
            token.id,
            unlocked.person.id,
            tokens.digest_of(token.secret),
            now,
            now + INVITATION_SECONDS,
        )

        def work(connection: sa.Connection) -> None:
            self._lock_person(connection, unlocked)
            registry.add_invitation(connection, invitation)

        await self._database.run(work)
        return format_token(token)

    async def accept(
        self, token: str, name: str, password: str, label: str
    ) -> tuple[str, Unlocked]:
        """Make the person that an invitation is for, and begin their session; return its token.

        Raises `NotSignedIn` for an invitation that is no more, `BadInput` for a name or password
        that cannot be: then the invitation lasts.
        """
        read, cleaned, typed = parse_token(token), clean_name(name), new_password(password)
        await self._database.run(
            lambda connection: self._check_invitation(connection, read, cleaned), read_only=True
        )
        now, data_key = self._now(), new_key()
        person = Person(new_id(), cleaned, owner=False, created_at=now)
        password_slot = await self._passwords.seal(
            new_slot("password", "", now), person.id, data_key, typed
        )
        session_token, session = self._session(person.id, data_key, label)
        sealed = [password_slot, session]
        if self._settings.server_slot and self._server_key is not None:
            sealed.append(self._server_slot(person.id, data_key))

        def work(connection: sa.Connection) -> None:
            registry.lock_people(connection)
            self._check_invitation(connection, read, cleaned)
            registry.delete_invitation(connection, read.id)
            registry.add_person(connection, person)
            for each in sealed:
                registry.add_slot(connection, each)

        await self._database.run(work)
        logger.info("the person %s accepted an invitation", person.id)
        return session_token, Unlocked(person, session.slot, data_key)

    # How it is done

    async def _make_owner(self) -> Person:
        if self._server_key is None:
            raise SettingsError("Without a server's key there is nothing to open the owner with.")
        person = Person(new_id(), FIRST_OWNER, owner=True, created_at=self._now())
        sealed = self._server_slot(person.id, new_key())

        def work(connection: sa.Connection) -> Person:
            registry.lock_people(connection)
            earlier = registry.find_owner(connection)
            if earlier is not None:
                return earlier
            registry.add_person(connection, person)
            registry.add_slot(connection, sealed)
            return person

        return await self._database.run(work)

    async def _open_token(self, token: Token, kind: SlotKind, refusal: str) -> Unlocked:
        found = await self._database.run(
            lambda connection: registry.find_slot_and_person(connection, token.id), read_only=True
        )
        if found is None:
            raise NotSignedIn(refusal)
        sealed, person = found
        if sealed.slot.kind != kind or _has_expired(sealed.slot, self._now()):
            raise NotSignedIn(refusal)
        try:
            data_key = slots.open_with_secret(sealed, token.secret)
        except UnsealError:
            raise NotSignedIn(refusal) from None
        return Unlocked(person, sealed.slot, data_key)

    async def _find_by_name(
        self, name: str, kind: SlotKind, decoy: SealedSlot
    ) -> tuple[Person, SealedSlot]:
        """Return who bears the name and their slot; nobody and the decoy where one is missing."""

        def work(connection: sa.Connection) -> tuple[Person, SealedSlot]:
            person = registry.find_by_name(connection, name) or _unknown_person(decoy)
            sealed = registry.find_sealed_slot(connection, person.id, kind)
            return person, sealed or decoy

        return await self._database.run(work, read_only=True)

    async def _start_session(
        self, used: Unlocked, label: str, *, single_use: str | None = None
    ) -> tuple[str, Unlocked]:
        """Begin a session with what `used` opened; of what is `single_use`, the first one wins."""
        token, session = self._session(used.person.id, used.data_key, label)

        def work(connection: sa.Connection) -> None:
            self._lock_person(connection, used)
            if single_use is not None and not registry.delete_slot(connection, used.slot.id):
                raise NotSignedIn(single_use)
            registry.add_slot(connection, session)

        await self._database.run(work)
        return token, Unlocked(used.person, session.slot, used.data_key)

    async def _record_use(self, slot: Slot) -> Slot:
        """Write down that a slot was used, once an hour; a session then lasts from now."""
        now = self._now()
        since = now - _TOUCH_SECONDS
        if slot.used_at is not None and slot.used_at > since:
            return slot
        until = now + self._session_seconds if slot.kind == "session" else slot.expires_at
        try:
            await self._database.run(
                lambda connection: registry.touch_slot(
                    connection, slot.id, now=now, unless_since=since, until=until
                )
            )
        except JournalError as error:  # a full disk must not keep people from reading
            logger.warning("the use of a slot was not written down: %s", error)
            return slot
        return msgspec.structs.replace(slot, used_at=now, expires_at=until)

    async def _raise_cost(self, sealed: SealedSlot, data_key: bytes, password: bytes) -> None:
        if not self._passwords.is_outdated(sealed):
            return
        fresh = await self._passwords.seal(sealed.slot, sealed.person, data_key, password)
        await self._database.run(lambda connection: registry.reseal_slot(connection, sealed, fresh))

    async def _issue(self, unlocked: Unlocked, slot: Slot) -> tuple[str, Slot]:
        token = Token(slot.id, tokens.new_secret(), api_key=slot.kind == "api_key")
        sealed = self._seal(slot, unlocked, token.secret)

        def work(connection: sa.Connection) -> None:
            self._lock_person(connection, unlocked)
            registry.add_slot(connection, sealed)

        await self._database.run(work)
        return format_token(token), slot

    def _add_primary_slot(
        self, connection: sa.Connection, unlocked: Unlocked, sealed: SealedSlot
    ) -> None:
        self._lock_person(connection, unlocked)
        first = not registry.has_slot(connection, sealed.person, ("password", "recovery"))
        registry.replace_slot(connection, sealed)
        if first and not self._settings.server_slot:
            # It was there only because a new owner has no other way in.
            registry.delete_slots(connection, sealed.person, ("server",))

    def _lock_person(self, connection: sa.Connection, unlocked: Unlocked) -> None:
        """Hold the person, and refuse what was opened by a slot that is gone by now."""
        registry.lock_person(connection, unlocked.person.id)
        registry.require_slot(connection, unlocked.slot.id)

    def _check_invitation(self, connection: sa.Connection, token: Token, name: str) -> None:
        invitation = registry.find_invitation(connection, token.id)
        known = invitation.digest if invitation else bytes(32)
        right = tokens.digests_equal(known, tokens.digest_of(token.secret))
        if not right or invitation is None or invitation.expires_at <= self._now():
            raise NotSignedIn(_USED_INVITATION)
        registry.require_free_name(connection, name)

    def _session(self, person_id: str, data_key: bytes, label: str) -> tuple[str, SealedSlot]:
        slot = new_slot(
            "session", clean_label(label), self._now(), lifetime_seconds=self._session_seconds
        )
        token = Token(slot.id, tokens.new_secret())
        return format_token(token), slots.seal_with_secret(slot, person_id, data_key, token.secret)

    def _server_slot(self, person_id: str, data_key: bytes) -> SealedSlot:
        if self._server_key is None:
            raise SettingsError("There is no server's key.")
        slot = new_slot("server", "", self._now())
        return slots.seal_with_secret(slot, person_id, data_key, self._server_key)

    def _seal(self, slot: Slot, unlocked: Unlocked, secret: bytes) -> SealedSlot:
        return slots.seal_with_secret(slot, unlocked.person.id, unlocked.data_key, secret)

    @property
    def _session_seconds(self) -> float:
        return float(self._settings.session_days * _DAY_SECONDS)


def _unknown_person(decoy: SealedSlot) -> Person:
    return Person(decoy.person, "", owner=False, created_at=0.0)


def _has_expired(slot: Slot, now: float) -> bool:
    return slot.expires_at is not None and slot.expires_at <= now
