"""Routing tags: every token of a person begins alike, and says whose it is before it is opened."""

import pytest

from tau.errors import NotSignedIn
from tau.people import registry
from tau.people.people import People
from tau.people.slots import new_slot, seal_with_secret
from tau.people.tokens import Token, format_token, new_secret, parse_token
from tau.storage.database import Database

from .test_people import invited, session

pytestmark = pytest.mark.anyio


async def test_every_token_of_a_person_begins_alike(people: People) -> None:
    token, ada = await invited(people)
    key, _ = await people.credentials.new_api_key(ada, "script")
    link = await people.credentials.link(ada)
    other, _ = await session(people)
    tags = {parse_token(each).id[:3] for each in (token, key, link)}
    assert len(tags) == 1
    assert parse_token(other).id[:3] not in tags


async def test_a_token_says_whose_it_is_before_it_is_opened(people: People) -> None:
    token, ada = await invited(people)
    key, slot = await people.credentials.new_api_key(ada, "script")
    assert await people.sessions.person_of(token) == ada.person.id
    assert await people.sessions.person_of(key) == ada.person.id
    await people.credentials.revoke(ada.person.id, slot.id)
    with pytest.raises(NotSignedIn):  # whoever is asked opens it themselves
        await people.sessions.unlock(key)
    assert await people.sessions.person_of("nonsense") is None
    unknown = format_token(Token("A" * 16, new_secret()))
    assert await people.sessions.person_of(unknown) is None


async def test_a_token_from_before_tags_still_opens(people: People, database: Database) -> None:
    _, ada = await invited(people)
    slot, secret = new_slot("api_key", "old", 0.0, slot_id="_" * 16), new_secret()
    sealed = seal_with_secret(slot, ada.person.id, ada.data_key, secret)
    await database.run(lambda connection: registry.add_slot(connection, sealed))
    old = format_token(Token(slot.id, secret, api_key=True))
    assert (await people.sessions.unlock(old)).person == ada.person
    assert await people.sessions.person_of(old) == ada.person.id
