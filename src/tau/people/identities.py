"""Accounts elsewhere that sign people in, such as one at an OpenID provider.

Such an account proves who somebody is, but brings no secret that could open their data. So the
server's slot opens it: whoever turns that off can't sign in this way. The database holds a keyed
digest of the account, from which nobody can tell which it is.
"""

import logging

import msgspec
import sqlalchemy as sa

from tau.errors import AccountNotLinked, BadInput, Conflict, NotFound
from tau.people import registry
from tau.people.invitations import Invitations
from tau.people.sessions import Sessions
from tau.people.slot_factory import SlotFactory
from tau.people.types import Unlocked
from tau.storage.database import Database
from tau.storage.schema import identities
from tau.storage.sealing import SecretBox

logger = logging.getLogger(__name__)

_NOT_LINKED = (
    "Nobody here uses that account. Sign in the way you did before, then add it under "
    "Settings > Devices; or ask the owner of this Tau for an invitation."
)
_LINKED = "That account belongs to another person of this Tau already."
_NO_SERVER_SLOT = (
    "First turn on learning while you are away: without it, only your password opens your data."
)
_NO_SERVER_KEY = "This Tau has no server key, so accounts elsewhere can't sign anyone in."
_LAST_WAY = "Nothing else signs you in: set a password or create a recovery code first."


class Identity(msgspec.Struct, frozen=True):
    """An account elsewhere: `subject` is its lasting id at `issuer`, `name` what it's called."""

    issuer: str
    subject: str
    name: str = ""

    def __repr__(self) -> str:
        return f"Identity({self.issuer!r})"


class Identities:
    """The accounts elsewhere that people have linked."""

    def __init__(
        self,
        database: Database,
        factory: SlotFactory,
        sessions: Sessions,
        invitations: Invitations,
    ) -> None:
        self._database = database
        self._factory = factory
        self._sessions = sessions
        self._invitations = invitations

    async def find(self, identity: Identity) -> Unlocked:
        """Return the person that an account signs in, opened with the server's slot.

        Raises `AccountNotLinked` if nobody has linked it, and `NotSignedIn` if the server has no
        slot of theirs.
        """
        query = sa.select(identities.c.person).where(identities.c.id == self._digest(identity))
        person = await self._database.run(lambda c: c.execute(query).scalar(), read_only=True)
        if person is None:
            raise AccountNotLinked(_NOT_LINKED)
        try:
            return await self._sessions.unlock_with_server_slot(person)
        except NotFound:
            raise AccountNotLinked(_NOT_LINKED) from None

    async def link(self, person: str, slot: str, identity: Identity) -> None:
        """Let an account sign in `person`, who asked for it with the key slot `slot`.

        Raises `NotSignedIn` if that slot has ended, `BadInput` if the server has no slot of theirs,
        and `Conflict` if the account is another person's.
        """
        digest, now = self._digest(identity), self._factory.now()

        def work(connection: sa.Connection) -> None:
            registry.lock_person(connection, person)
            registry.require_slot(connection, slot)
            if not registry.has_slot(connection, person, ("server",)):
                raise BadInput(_NO_SERVER_SLOT)
            registry.add_identity(connection, digest, person, now)

        try:
            await self._database.run(work)
        except sa.exc.IntegrityError:
            raise Conflict(_LINKED) from None

    async def join(self, identity: Identity, *, invitation: str | None) -> Unlocked:
        """Add a new person who signs in with an account; their name is that of the account.

        `invitation` is used up by it; `None` if anybody with such an account may join. Raises
        `NotSignedIn` for an invitation that isn't valid, `Conflict` if the account has joined.
        """
        try:
            unlocked = await self._invitations.accept_with_identity(
                invitation, identity.name, self._digest(identity)
            )
        except sa.exc.IntegrityError:
            raise Conflict(_LINKED) from None
        logger.info("the person %s joined with an account elsewhere", unlocked.person.id)
        return unlocked

    async def linked_at(self, person: str) -> float | None:
        """Return when a person linked an account, or `None`."""
        query = sa.select(sa.func.max(identities.c.created_at)).where(identities.c.person == person)
        return await self._database.run(lambda c: c.execute(query).scalar(), read_only=True)

    async def unlink(self, unlocked: Unlocked) -> None:
        """Let no account sign in a person any more. Raises `BadInput` if nothing else does."""

        def work(connection: sa.Connection) -> None:
            registry.lock_unlocked(connection, unlocked)
            if not registry.has_slot(connection, unlocked.person.id, ("password", "recovery")):
                raise BadInput(_LAST_WAY)
            connection.execute(
                sa.delete(identities).where(identities.c.person == unlocked.person.id)
            )

        await self._database.run(work)

    def _digest(self, identity: Identity) -> str:
        if self._factory.server_key is None:
            raise BadInput(_NO_SERVER_KEY)
        account = msgspec.json.encode([identity.issuer, identity.subject]).decode()
        return SecretBox(self._factory.server_key).digest(f"identity|{account}")
