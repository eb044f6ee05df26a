"""Changes to accounts, made so that no running Tau contradicts them from its memory.

A running server makes the change itself, through its API. Where none runs, the change is made in
the database, which no other process may have open at the same time.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from tau.cli import server_file
from tau.cli.accounts import open_person
from tau.people import People, Unlocked
from tau.people.opening import open_people
from tau.settings import Settings
from tau.usage.key_limits import NO_LIMITS, KeyLimits
from tau.usage.limit_store import LimitStore


class Administration(Protocol):
    """What a person may change about accounts: their own, and if they are the owner, others."""

    async def invite(self) -> str:
        """Return the token of an invitation for one more person."""
        ...

    async def rename_person(self, person_id: str, name: str) -> None:
        """Rename a person."""
        ...

    async def remove_person(self, person_id: str) -> None:
        """Erase a person and everything they ever said."""
        ...

    async def set_password(self, password: str) -> None:
        """Set the person's own password."""
        ...

    async def new_recovery_code(self) -> str:
        """Return a new recovery code; the one before becomes invalid."""
        ...

    async def change_data_key(self, password: str | None) -> str | None:
        """Change the key of the person's data; return the new recovery code, if there is one."""
        ...

    async def new_api_key(
        self, label: str, limits: KeyLimits = NO_LIMITS, expires_at: float | None = None
    ) -> str:
        """Return a new API key, shown only this once."""
        ...

    async def limit_api_key(self, key_id: str, limits: KeyLimits, expires_at: float | None) -> None:
        """Set the limits and the expiry of an API key; what's left out is no limit."""
        ...

    async def revoke_api_key(self, key_id: str) -> None:
        """Revoke an API key."""
        ...


class DatabaseAdministration:
    """Administration in the database of this process."""

    def __init__(self, people: People, unlocked: Unlocked) -> None:
        self._people = people
        self._unlocked = unlocked

    async def invite(self) -> str:
        """Return the token of an invitation for one more person."""
        return await self._people.invitations.invite(self._unlocked)

    async def rename_person(self, person_id: str, name: str) -> None:
        """Rename a person."""
        await self._people.rename(person_id, name)

    async def remove_person(self, person_id: str) -> None:
        """Erase a person and everything they ever said."""
        await self._people.remove(person_id)

    async def set_password(self, password: str) -> None:
        """Set the person's own password."""
        await self._people.credentials.set_password(self._unlocked, password)

    async def new_recovery_code(self) -> str:
        """Return a new recovery code; the one before becomes invalid."""
        return await self._people.credentials.new_recovery_code(self._unlocked)

    async def change_data_key(self, password: str | None) -> str | None:
        """Change the key of the person's data; return the new recovery code, if there is one."""
        return (await self._people.rotation.rotate(self._unlocked, password)).recovery_code

    async def new_api_key(
        self, label: str, limits: KeyLimits = NO_LIMITS, expires_at: float | None = None
    ) -> str:
        """Return a new API key, shown only this once."""
        limits.check()
        credentials = self._people.credentials
        key, slot = await credentials.new_api_key(self._unlocked, label, expires_at)
        await LimitStore(self._people.database).set(slot.id, limits)
        return key

    async def limit_api_key(self, key_id: str, limits: KeyLimits, expires_at: float | None) -> None:
        """Set the limits and the expiry of an API key; what's left out is no limit."""
        limits.check()
        person = self._unlocked.person.id
        slot = await self._people.credentials.set_key_expiry(person, key_id, expires_at)
        await LimitStore(self._people.database).set(slot.id, limits)

    async def revoke_api_key(self, key_id: str) -> None:
        """Revoke an API key."""
        await self._people.credentials.revoke(self._unlocked.person.id, key_id)


@asynccontextmanager
async def administer(
    settings: Settings, person: str | None = None
) -> AsyncIterator[Administration]:
    """Yield the administration of that person, or of the owner.

    Raises `Conflict` if no server runs and another process has the database open.
    """
    running = await server_file.find_running(settings.home)
    if running is None:
        async with (
            open_people(settings, exclusive=True) as people,
            open_person(people, person) as unlocked,
        ):
            yield DatabaseAdministration(people, unlocked)
        return
    from tau.cli.connect import connect_to

    async with connect_to(running, settings, person) as client:
        yield client.accounts
