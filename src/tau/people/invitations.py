"""Invitations: the owner creates one, and a new person signs up with it."""

import logging
from contextlib import suppress

import sqlalchemy as sa

from tau.errors import BadInput, NotPermitted, NotSignedIn
from tau.ids import new_id
from tau.people import registry, tokens
from tau.people.names import clean_name
from tau.people.passwords import new_password
from tau.people.slot_factory import SlotFactory
from tau.people.slots import PasswordSlots, new_slot
from tau.people.tokens import Token, format_token, parse_token
from tau.people.types import Person, Unlocked
from tau.storage.database import Database
from tau.storage.sealing import new_key

logger = logging.getLogger(__name__)

INVITATION_SECONDS = 7 * 24 * 60 * 60
_NO_NAME = "Guest"
_MOST_NAMESAKES = 100
_USED_INVITATION = "This invitation is invalid, has expired or was already used; ask for a new one."


class Invitations:
    """One-time invitations for more people."""

    def __init__(self, database: Database, factory: SlotFactory, passwords: PasswordSlots) -> None:
        self._database = database
        self._factory = factory
        self._passwords = passwords

    async def invite(self, unlocked: Unlocked) -> str:
        """Return the token of an invitation for one more person; it lasts seven days.

        Raises `NotPermitted` for anyone but the owner.
        """
        if not unlocked.person.owner:
            raise NotPermitted("Only the owner of this Tau can invite people.")
        token, now = Token(new_id(), tokens.new_secret()), self._factory.now()
        invitation = registry.Invitation(
            token.id,
            unlocked.person.id,
            tokens.digest_of(token.secret),
            now,
            now + INVITATION_SECONDS,
        )

        def work(connection: sa.Connection) -> None:
            registry.lock_unlocked(connection, unlocked)
            registry.add_invitation(connection, invitation)

        await self._database.run(work)
        return format_token(token)

    async def accept(
        self, token: str, name: str, password: str, label: str
    ) -> tuple[str, Unlocked]:
        """Create the person that an invitation is for and start a session; return its token.

        Raises `NotSignedIn` for an invitation that is not valid any more, and `BadInput` for a name
        or password that cannot be used: then the invitation stays valid.
        """
        parsed, cleaned, typed = parse_token(token), clean_name(name), new_password(password)

        def check(connection: sa.Connection) -> None:
            self._check(connection, parsed)
            registry.require_free_name(connection, cleaned)

        await self._database.run(check, read_only=True)
        now, data_key = self._factory.now(), new_key()
        person = Person(new_id(), cleaned, owner=False, created_at=now)
        password_slot = await self._passwords.seal(
            new_slot("password", "", now), person.id, data_key, typed
        )
        session_token, session = self._factory.session(person.id, data_key, label)
        sealed = [password_slot, session]
        if self._factory.wants_server_slot and self._factory.server_key is not None:
            sealed.append(self._factory.server(person.id, data_key))

        def work(connection: sa.Connection) -> None:
            registry.lock_people(connection)
            self._check(connection, parsed)
            registry.delete_invitation(connection, parsed.id)
            registry.add_person(connection, person)
            for each in sealed:
                registry.add_slot(connection, each)

        await self._database.run(work)
        logger.info("the person %s accepted an invitation", person.id)
        return session_token, Unlocked(person, session.slot, data_key)

    async def accept_with_identity(self, token: str | None, name: str, identity: str) -> Unlocked:
        """Create a person who signs in with an account elsewhere, whose digest is `identity`.

        Without `token` nobody has to have invited them. If `name` is taken, a number follows it.
        Raises `NotSignedIn` for an invitation that is not valid any more, and `IntegrityError` if
        the account is linked already.
        """
        parsed = None if token is None else parse_token(token)
        now, data_key, new = self._factory.now(), new_key(), new_id()
        sealed = self._factory.server(new, data_key)

        def work(connection: sa.Connection) -> Person:
            registry.lock_people(connection)
            if parsed is not None:
                self._check(connection, parsed)
                registry.delete_invitation(connection, parsed.id)
            person = Person(new, _free_name(connection, name), owner=False, created_at=now)
            registry.add_person(connection, person)
            registry.add_slot(connection, sealed)
            registry.add_identity(connection, identity, new, now)
            return person

        return Unlocked(await self._database.run(work), sealed.slot, data_key)

    def _check(self, connection: sa.Connection, token: Token) -> None:
        invitation = registry.find_invitation(connection, token.id)
        known = invitation.digest if invitation else bytes(32)
        right = tokens.digests_equal(known, tokens.digest_of(token.secret))
        if not right or invitation is None or invitation.expires_at <= self._factory.now():
            raise NotSignedIn(_USED_INVITATION)


def _free_name(connection: sa.Connection, name: str) -> str:
    """Return a name that nobody has, made from `name`. Raises `BadInput` if there is none."""
    try:
        wanted = clean_name(name)
    except BadInput:  # empty, too long or made of signs
        wanted = _NO_NAME
    for number in range(1, _MOST_NAMESAKES):
        with suppress(BadInput):
            free = wanted if number == 1 else clean_name(f"{wanted} {number}")
            registry.require_free_name(connection, free)
            return free
    raise BadInput(registry.NAME_TAKEN)
