"""A stolen database, swapped rows, many at once, and guessing."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import anyio
import pytest
import sqlalchemy as sa

from tau.errors import (
    BadInput,
    NotFound,
    NotSignedIn,
    SequenceConflict,
    TauError,
    TooManyRequests,
)
from tau.journal.store import SealedSnapshot, Store, Write
from tau.people import registry, slots
from tau.people.people import People
from tau.people.signin_throttle import PER_NAME
from tau.people.tokens import parse_token
from tau.storage import schema
from tau.storage.database import Database
from tau.storage.sealing import SecretBox, UnsealError
from tests.people_rows import add_people

from .conftest import PASSWORD, SERVER_KEY, Clock, MakePeople

pytestmark = pytest.mark.anyio
T = TypeVar("T")


async def at_once(*calls: Callable[[], Awaitable[T]]) -> list[T | TauError]:
    """Return what each call returned, or the error that Tau raised from it."""
    outcomes: list[T | TauError] = []

    async def one(call: Callable[[], Awaitable[T]]) -> None:
        try:
            outcomes.append(await call())
        except TauError as error:
            outcomes.append(error)

    async with anyio.create_task_group() as group:
        for call in calls:
            group.start_soon(one, call)
    return outcomes


async def rows(database: Database, table: sa.Table) -> list[dict[str, Any]]:
    found = await database.run(lambda connection: connection.execute(sa.select(table)).all())
    return [dict(row._mapping) for row in found]


# A stolen database


async def test_no_key_and_no_secret_lies_in_any_row(people: People, database: Database) -> None:
    owner = await people.owner()
    await people.credentials.set_password(owner, PASSWORD)
    code = await people.credentials.new_recovery_code(owner)
    key, _ = await people.credentials.new_api_key(owner, "script")
    link, invitation = await people.credentials.link(owner), await people.invitations.invite(owner)
    session, _ = await people.sessions.redeem(await people.credentials.link(owner), "browser")
    accepted, ada = await people.invitations.accept(
        await people.invitations.invite(owner), "Ada", PASSWORD, ""
    )
    tokens = [key, link, invitation, session, accepted]
    secrets = [owner.data_key, ada.data_key, SERVER_KEY, PASSWORD.encode(), code.encode()]
    secrets += [code.replace("-", "").encode(), *(token.encode() for token in tokens)]
    secrets += [token[-43:].encode() for token in tokens]
    secrets += [parse_token(token).secret for token in tokens]
    everything = [
        value.encode() if isinstance(value, str) else value
        for table in schema.metadata.sorted_tables
        for row in await rows(database, table)
        for value in row.values()
        if isinstance(value, str | bytes)
    ]
    assert len(everything) > 50
    for secret in secrets:
        assert not [value for value in everything if secret in value]
        assert not [value for value in everything if secret.hex().encode() in value]


async def test_all_rows_without_a_secret_open_nothing(people: People, database: Database) -> None:
    owner = await people.owner()
    await people.credentials.set_password(owner, PASSWORD)
    await people.credentials.new_recovery_code(owner)
    await people.credentials.new_api_key(owner, "")
    await people.credentials.link(owner)
    stolen = await database.run(lambda connection: _sealed_slots(connection, owner.person.id))
    assert len(stolen) == 5
    guesses = {bytes(32), b"", owner.person.id.encode()}
    for slot in stolen:
        guesses |= {slot.salt, slot.wrapped, slot.wrapped[:32], slot.slot.id.encode()}
    for slot in stolen:
        for guess in guesses:
            with pytest.raises(UnsealError):
                slots.open_with_secret(slot, guess)
        with pytest.raises(UnsealError):
            SecretBox(bytes(32)).open(slot.wrapped, slot.place)


def _sealed_slots(connection: sa.Connection, person: str) -> list[slots.SealedSlot]:
    from tau.people import registry

    found = registry.list_slots(connection, person)
    sealed = [registry.find_slot_and_person(connection, slot.id) for slot in found]
    return [one[0] for one in sealed if one is not None]


async def test_a_slot_copied_to_another_person_opens_nobody(
    people: People, database: Database
) -> None:
    owner = await people.owner()
    _, ada = await people.invitations.accept(
        await people.invitations.invite(owner), "Ada", PASSWORD, ""
    )
    await people.credentials.set_password(owner, "the owner's password")
    owned = {row["kind"]: row for row in await rows(database, schema.slots) if _is(row, owner)}

    def swap(connection: sa.Connection) -> None:
        table = schema.slots
        for kind in ("password", "server"):
            copied = {"salt": owned[kind]["salt"], "wrapped": owned[kind]["wrapped"]}
            whose = (table.c.person == ada.person.id, table.c.kind == kind)
            connection.execute(sa.update(table).where(*whose).values(**copied))

    await database.run(swap)
    with pytest.raises(NotSignedIn):
        await people.sessions.sign_in("Ada", "the owner's password", "")
    with pytest.raises(NotSignedIn):
        await people.sessions.unlock_with_server_slot(ada.person.id)


def _is(row: dict[str, Any], unlocked: Any) -> bool:
    return bool(row["person"] == unlocked.person.id)


@pytest.mark.parametrize("change", ["person", "kind"])
async def test_a_row_given_to_another_person_or_kind_opens_nothing(
    people: People, database: Database, change: str
) -> None:
    owner = await people.owner()
    _, ada = await people.invitations.accept(
        await people.invitations.invite(owner), "Ada", PASSWORD, ""
    )
    token, browser = await people.sessions.redeem(await people.credentials.link(owner), "")
    link = await people.credentials.link(owner)
    changed = {"person": ada.person.id} if change == "person" else {"kind": "session"}
    moved = browser.slot.id if change == "person" else parse_token(link).id
    statement = sa.update(schema.slots).where(schema.slots.c.id == moved).values(**changed)
    await database.run(lambda connection: connection.execute(statement))
    with pytest.raises(NotSignedIn):
        await people.sessions.unlock(token if change == "person" else link)


async def test_a_damaged_slot_is_a_refusal_and_no_crash(people: People, database: Database) -> None:
    owner = await people.owner()
    token, _ = await people.sessions.redeem(await people.credentials.link(owner), "")
    await people.credentials.set_password(owner, PASSWORD)
    for column, value in (("salt", b"\xc1"), ("salt", b""), ("wrapped", b""), ("wrapped", b"\1")):
        statement = sa.update(schema.slots).values(**{column: value})
        await database.run(lambda connection, what=statement: connection.execute(what))
        for call in (
            people.sessions.unlock(token),
            people.sessions.sign_in("You", PASSWORD, ""),
            people.owner(),
        ):
            with pytest.raises(NotSignedIn):
                await call


# Many at once


async def test_processes_that_start_at_once_make_one_owner(make_people: MakePeople) -> None:
    outcomes = await at_once(*[make_people().owner for _ in range(6)])
    assert (
        len({outcome.person.id for outcome in outcomes if not isinstance(outcome, TauError)}) == 1
    )
    assert len(outcomes) == 6
    assert len(await make_people().list()) == 1
    assert len({outcome.data_key for outcome in outcomes if not isinstance(outcome, TauError)}) == 1


async def test_a_link_redeemed_twice_at_once_opens_once(
    people: People, make_people: MakePeople
) -> None:
    for _ in range(5):
        link = await people.credentials.link(await people.owner())
        outcomes = await at_once(
            *[partial(which.sessions.redeem, link, "") for which in (people, make_people()) * 2]
        )
        assert sum(isinstance(outcome, NotSignedIn) for outcome in outcomes) == 3
        assert sum(isinstance(outcome, tuple) for outcome in outcomes) == 1


async def test_an_invitation_accepted_twice_at_once_makes_one_person(
    people: People, make_people: MakePeople
) -> None:
    for number in range(3):
        token = await people.invitations.invite(await people.owner())
        outcomes = await at_once(
            *[
                partial(which.invitations.accept, token, f"{letter}{number}", PASSWORD, "")
                for which, letter in ((people, "a"), (make_people(), "b"), (people, "c"))
            ]
        )
        assert sum(isinstance(outcome, NotSignedIn) for outcome in outcomes) == 2
        assert len(await people.list()) == number + 2


async def test_one_name_taken_twice_at_once_is_one_persons(people: People) -> None:
    owner = await people.owner()
    first, second = await people.invitations.invite(owner), await people.invitations.invite(owner)
    outcomes = await at_once(
        partial(people.invitations.accept, first, "Ada", PASSWORD, ""),
        partial(people.invitations.accept, second, "ADA", PASSWORD, ""),
        partial(people.rename, owner.person.id, "ada"),
    )
    assert sum(isinstance(outcome, BadInput) for outcome in outcomes) == 2
    names = [person.name.casefold() for person in await people.list()]
    assert names.count("ada") == 1


async def test_two_last_ways_in_removed_at_once_leave_one(
    people: People, make_people: MakePeople
) -> None:
    owner = await people.owner()
    person = owner.person.id
    for _ in range(4):
        await people.credentials.set_password(owner, PASSWORD)
        (password,), (server,) = (
            await people.credentials.slots(person, "password"),
            await people.credentials.slots(person, "server"),
        )
        other = make_people()
        outcomes = await at_once(
            partial(people.credentials.revoke, person, password.id),
            partial(other.credentials.revoke, person, server.id),
        )
        assert sum(isinstance(outcome, BadInput) for outcome in outcomes) == 1
        kinds = [slot.kind for slot in await people.credentials.slots(person)]
        assert len(kinds) == 1
        if kinds == ["password"]:
            _, owner = await people.sessions.sign_in("You", PASSWORD, "")
            await people.credentials.set_server_slot(owner, on=True)
            owner = await people.owner()
            for slot in await people.credentials.slots(person, "session"):
                await people.credentials.revoke(person, slot.id)


async def test_passwords_set_at_once_leave_one(people: People, make_people: MakePeople) -> None:
    owner = await people.owner()
    await at_once(
        *[
            partial(which.credentials.set_password, owner, f"password {number}")
            for number, which in enumerate((people, make_people()) * 3)
        ]
    )
    assert len(await people.credentials.slots(owner.person.id, "password")) == 1


async def test_nothing_opens_after_a_revocation_that_ran_beside_it(people: People) -> None:
    owner = await people.owner()
    for _ in range(10):
        token, browser = await people.sessions.redeem(await people.credentials.link(owner), "")
        await at_once(
            partial(people.sessions.unlock, token),
            partial(people.credentials.revoke, owner.person.id, browser.slot.id),
            partial(people.sessions.unlock, token),
        )
        with pytest.raises(NotSignedIn):
            await people.sessions.unlock(token)


async def test_a_person_removed_while_they_come_in_is_gone(people: People) -> None:
    _, ada = await people.invitations.accept(
        await people.invitations.invite(await people.owner()), "Ada", PASSWORD, ""
    )
    outcomes = await at_once(
        partial(people.sessions.sign_in, "Ada", PASSWORD, ""),
        partial(people.remove, ada.person.id),
        partial(people.credentials.new_api_key, ada, ""),
    )
    assert all(
        not isinstance(one, TauError) or isinstance(one, NotFound | NotSignedIn) for one in outcomes
    )
    assert await people.credentials.slots(ada.person.id) == []


# Guessing


async def test_guessing_a_password_is_slowed_and_other_ways_stay_open(
    people: People, clock: Clock
) -> None:
    owner = await people.owner()
    await people.credentials.set_password(owner, PASSWORD)
    code = await people.credentials.new_recovery_code(owner)
    for _ in range(PER_NAME.free):
        with pytest.raises(NotSignedIn):
            await people.sessions.sign_in("You", "a wrong guess", "")
    with pytest.raises(TooManyRequests) as refusal:
        await people.sessions.sign_in("yOu", PASSWORD, "")
    assert refusal.value.retry_after_seconds > 0
    await people.sessions.recover("You", code, "")
    await people.sessions.redeem(await people.credentials.link(owner), "")
    clock.pass_seconds(refusal.value.retry_after_seconds)
    await people.sessions.sign_in("You", PASSWORD, "")


async def test_unknown_names_are_slowed_like_known_ones(people: People) -> None:
    await people.credentials.set_password(await people.owner(), PASSWORD)
    waits = []
    for name in ("You", "Nobody"):
        for _ in range(PER_NAME.free):
            with pytest.raises(NotSignedIn):
                await people.sessions.sign_in(name, "a wrong guess", "")
        with pytest.raises(TooManyRequests) as refusal:
            await people.sessions.sign_in(name, "a wrong guess", "")
        waits.append(refusal.value.retry_after_seconds)
    assert waits[0] == waits[1]


async def test_unknown_names_cost_one_stretching_like_known_ones(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.credentials.set_password(await people.owner(), PASSWORD)
    costs = []
    derive = people.sessions._passwords._key_derivation.derive

    async def counted(password: bytes, salt: bytes, cost: Any) -> bytes:
        costs.append(cost)
        return await derive(password, salt, cost)

    monkeypatch.setattr(people.sessions._passwords._key_derivation, "derive", counted)
    for name in ("You", "Nobody"):
        with pytest.raises(NotSignedIn):
            await people.sessions.sign_in(name, "a wrong guess", "")
    assert len(costs) == 2
    assert costs[0] == costs[1]


async def test_guesses_at_once_get_no_more_than_one_by_one(people: People) -> None:
    await people.credentials.set_password(await people.owner(), PASSWORD)
    outcomes = await at_once(*[partial(people.sessions.sign_in, "You", "wrong guess", "")] * 20)
    assert sum(isinstance(outcome, NotSignedIn) for outcome in outcomes) == PER_NAME.free
    assert sum(isinstance(outcome, TooManyRequests) for outcome in outcomes) == 20 - PER_NAME.free


async def test_an_old_password_lets_nobody_in_while_it_is_changed(people: People) -> None:
    owner = await people.owner()
    for number in range(5):
        await people.credentials.set_password(owner, f"old password {number}")
        await at_once(
            partial(people.sessions.sign_in, "You", f"old password {number}", ""),
            partial(people.credentials.set_password, owner, PASSWORD, sign_out_others=True),
        )
        assert await people.credentials.slots(owner.person.id, "session") == []


async def test_nothing_secret_is_logged(people: People, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    owner = await people.owner()
    await people.credentials.set_password(owner, PASSWORD)
    token, _ = await people.sessions.sign_in("You", PASSWORD, "")
    await people.sessions.unlock(token)
    with pytest.raises(NotSignedIn):
        await people.sessions.sign_in("Confided Name", "confided password", "")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("tau")]
    assert lines
    for secret in (PASSWORD, token, "onfided", owner.data_key.hex()):
        assert not [line for line in lines if secret in line]


async def test_nobody_comes_back_as_rows_while_they_write(database: Database) -> None:
    """Others keep what they write at the same moment, on this node and on another."""
    await add_people(database, "ada", "bob")
    nodes = [Store(database), Store(database)]
    begun = asyncio.Event()

    async def write(node: Store, person: str) -> int:
        count = 0
        for _ in range(60):
            last = await node.last(person)
            try:
                await node.append(Write(person=person, expected=last, sealed=[b"words"]))
            except (NotFound, SequenceConflict):
                await asyncio.sleep(0)
            else:
                count += 1
            if person == "ada" and count == 3:
                begun.set()
        return count

    async def remove() -> None:
        await begun.wait()
        await database.run(lambda connection: registry.remove_person(connection, "ada"))

    written = await asyncio.gather(
        *(write(node, person) for node in nodes for person in ("ada", "bob")), remove()
    )
    assert await nodes[0].last("ada") == 0
    assert await nodes[0].last("bob") == (written[1] or 0) + (written[3] or 0)
    part = SealedSnapshot(1, b"words")
    assert not await nodes[1].save_snapshot("ada", {"words": part}, set(), 0)
    assert await nodes[1].load_snapshot("ada") == {}
    with pytest.raises(NotFound):
        await nodes[1].append(Write(person="ada", expected=0, sealed=[b"words"]))
    for node in nodes:
        await node.close()
