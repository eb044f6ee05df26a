"""Accounts through the client, on a real Tau."""

import pytest

from tau.app import App
from tau.client.client import Client
from tau.client.http import ApiError

pytestmark = pytest.mark.anyio


async def test_an_invited_person_is_renamed_and_removed(app: App, client: Client) -> None:
    invitation = await client.accounts.invite()
    _, guest = await app.people.invitations.accept(invitation, "Guest", "a long password", "tests")
    await client.accounts.rename_person(guest.person.id, "Ada")
    assert "Ada" in [person.name for person in await app.people.list()]
    await client.accounts.remove_person(guest.person.id)
    assert "Ada" not in [person.name for person in await app.people.list()]


async def test_ones_own_credentials_are_set(app: App, client: Client) -> None:
    owner = await app.people.owner()
    await client.accounts.set_password("a long password")
    await app.people.sessions.sign_in(owner.person.name, "a long password", "tests")
    code = await client.accounts.new_recovery_code()
    await app.people.sessions.recover(owner.person.name, code, "tests")
    key = await client.accounts.new_api_key("a program")
    async with Client(client.http.url, key) as program:
        assert await program.conversations.all() == []
    (slot,) = await app.people.credentials.slots(owner.person.id, "api_key")
    await client.accounts.revoke_api_key(slot.id)
    async with Client(client.http.url, key) as program:
        with pytest.raises(ApiError):
            await program.conversations.all()
