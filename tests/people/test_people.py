"""People: signing in and out, credentials, invitations, and what each person may do."""

import pytest
import sqlalchemy as sa

from tau.errors import BadInput, NotFound, NotPermitted, NotSignedIn, SettingsError, StoreFull
from tau.people.credentials import LINK_SECONDS
from tau.people.invitations import INVITATION_SECONDS
from tau.people.passwords import Cost
from tau.people.people import People
from tau.people.recovery import format_code
from tau.people.types import Unlocked
from tau.storage import schema
from tau.storage.database import Database

from .conftest import PASSWORD, Clock, MakePeople

pytestmark = pytest.mark.anyio
HOUR = 3600


async def invited(people: People, name: str = "Ada") -> tuple[str, Unlocked]:
    token = await people.invitations.invite(await people.owner())
    return await people.invitations.accept(token, name, PASSWORD, "laptop")


async def session(people: People) -> tuple[str, Unlocked]:
    return await people.sessions.redeem(
        await people.credentials.link(await people.owner()), "browser"
    )


# The owner


async def test_the_first_call_makes_the_owner_and_later_ones_find_them(people: People) -> None:
    owner = await people.owner()
    assert (owner.person.name, owner.person.owner, owner.slot.kind) == ("You", True, "server")
    assert await people.owner() == owner
    assert await people.list() == [owner.person]
    assert len(owner.data_key) == 32


async def test_another_process_finds_the_same_owner(
    people: People, make_people: MakePeople
) -> None:
    assert await make_people().owner() == await people.owner()


async def test_another_server_key_opens_nothing_and_says_so(
    people: People, make_people: MakePeople
) -> None:
    await people.owner()
    with pytest.raises(NotSignedIn, match="server key has changed"):
        await make_people(server_key=bytes(32)).owner()


async def test_no_owner_is_made_whom_nothing_could_open(make_people: MakePeople) -> None:
    people = make_people(server_key=None)
    with pytest.raises(SettingsError):
        await people.owner()
    assert await people.list() == []


async def test_without_a_server_slot_setting_it_goes_with_the_first_password(
    make_people: MakePeople,
) -> None:
    people = make_people(server_slot=False)
    _, browser = await session(people)
    await people.credentials.set_password(browser, PASSWORD)
    assert await people.credentials.slots(browser.person.id, "server") == []
    with pytest.raises(NotSignedIn):
        await people.owner()
    assert (await people.sessions.sign_in("You", PASSWORD, ""))[1].data_key == browser.data_key


async def test_a_data_key_does_not_show(people: People) -> None:
    owner = await people.owner()
    assert "data_key" not in repr(owner)
    assert repr(owner.data_key) not in repr(owner)


# Names


async def test_renaming(people: People) -> None:
    token, ada = await invited(people)
    await people.sessions.unlock(token)
    await people.rename(ada.person.id, "  李小龙 ")
    assert [person.name for person in await people.list()] == ["You", "李小龙"]
    assert (await people.sessions.unlock(token)).person.name == "李小龙"
    await people.rename(ada.person.id, "李小龙")
    with pytest.raises(BadInput, match="already taken"):
        await people.rename(ada.person.id, "YOU")
    with pytest.raises(BadInput, match="looks like"):
        await people.rename(ada.person.id, "Y0u")
    with pytest.raises(NotFound):
        await people.rename("nobody", "Grace")


# Links and sessions


async def test_a_link_opens_once(people: People) -> None:
    owner = await people.owner()
    link = await people.credentials.link(owner)
    token, browser = await people.sessions.redeem(link, "Firefox\non Linux\x00")
    assert browser.data_key == owner.data_key
    assert browser.slot.kind == "session"
    assert browser.slot.label == "Firefox on Linux"
    assert await people.sessions.unlock(token) == browser
    with pytest.raises(NotSignedIn, match="already used"):
        await people.sessions.redeem(link, "")


async def test_a_link_lasts_ten_minutes(people: People, clock: Clock) -> None:
    owner = await people.owner()
    early, late = await people.credentials.link(owner), await people.credentials.link(owner)
    clock.pass_seconds(LINK_SECONDS - 1)
    await people.sessions.redeem(early, "")
    clock.pass_seconds(1)
    with pytest.raises(NotSignedIn, match="expired"):
        await people.sessions.redeem(late, "")
    assert await people.credentials.slots(owner.person.id, "link") == []


async def test_a_wrong_guess_does_not_use_a_link_up(people: People) -> None:
    link = await people.credentials.link(await people.owner())
    guess = link.partition(".")[0] + "." + "A" * 43
    with pytest.raises(NotSignedIn):
        await people.sessions.redeem(guess, "")
    await people.sessions.redeem(link, "")


async def test_each_token_opens_its_own_door_only(people: People) -> None:
    owner = await people.owner()
    link, invitation = await people.credentials.link(owner), await people.invitations.invite(owner)
    key, _ = await people.credentials.new_api_key(owner, "")
    token, _ = await session(people)
    for wrong in (link, invitation, token + "x", "", "tau-" + token.replace(".", "-")):
        with pytest.raises(NotSignedIn):
            await people.sessions.unlock(wrong)
    for wrong in (token, key, invitation):
        with pytest.raises(NotSignedIn):
            await people.sessions.redeem(wrong, "")
    for wrong in (token, key, link):
        with pytest.raises(NotSignedIn):
            await people.invitations.accept(wrong, "Eve", PASSWORD, "")


async def test_a_session_slides_while_it_is_used(people: People, clock: Clock) -> None:
    token, _ = await session(people)
    for _ in range(4):
        clock.pass_days(80)
        unlocked = await people.sessions.unlock(token)
        assert unlocked.slot.expires_at == clock() + 90 * 24 * HOUR
    clock.pass_days(90)
    with pytest.raises(NotSignedIn):
        await people.sessions.unlock(token)
    assert await people.credentials.slots(unlocked.person.id, "session") == []


async def test_use_is_written_at_most_once_an_hour(
    people: People, clock: Clock, database: Database
) -> None:
    token, browser = await session(people)
    began = clock()

    async def used_at() -> float:
        statement = sa.select(schema.slots.c.used_at).where(schema.slots.c.id == browser.slot.id)
        return float(await database.run(lambda connection: connection.execute(statement).scalar()))

    clock.pass_seconds(HOUR - 1)
    await people.sessions.unlock(token)
    assert await used_at() == began
    clock.pass_seconds(11)
    await people.sessions.unlock(token)
    assert await used_at() == began + HOUR + 10


async def test_a_full_disk_does_not_keep_people_out(
    people: People, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, browser = await session(people)
    clock.pass_seconds(2 * HOUR)
    run = database.run

    async def full(work: object, *, read_only: bool = False) -> object:
        if not read_only:
            raise StoreFull("The disk is full.")
        return await run(work, read_only=True)  # type: ignore[arg-type]

    monkeypatch.setattr(database, "run", full)
    assert (await people.sessions.unlock(token)).data_key == browser.data_key


async def test_unlocking_again_asks_the_database_no_more(
    people: People, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, _ = await session(people)
    first = await people.sessions.unlock(token)
    with monkeypatch.context() as patch:
        patch.delattr(Database, "run")
        clock.pass_seconds(9)
        assert await people.sessions.unlock(token) is first
    clock.pass_seconds(1)
    assert await people.sessions.unlock(token) == first


async def test_signing_out_ends_this_session_at_once_and_only_this(people: People) -> None:
    token, _ = await session(people)
    other, _ = await session(people)
    await people.sessions.unlock(token)
    await people.sessions.sign_out(token)
    with pytest.raises(NotSignedIn):
        await people.sessions.unlock(token)
    await people.sessions.sign_out(token)
    await people.sessions.sign_out("nonsense")
    await people.sessions.unlock(other)


async def test_nobody_is_signed_out_by_a_guess(people: People) -> None:
    token, browser = await session(people)
    await people.sessions.sign_out(f"{browser.slot.id}.{'A' * 43}")
    await people.sessions.unlock(token)
    key, _ = await people.credentials.new_api_key(browser, "")
    with pytest.raises(BadInput, match="revoke"):
        await people.sessions.sign_out(key)


async def test_another_process_sees_the_end_of_a_session_in_seconds(
    people: People, make_people: MakePeople, clock: Clock
) -> None:
    other_process = make_people()
    token, _ = await session(people)
    await other_process.sessions.unlock(token)
    await people.sessions.sign_out(token)
    clock.pass_seconds(10)
    with pytest.raises(NotSignedIn):
        await other_process.sessions.unlock(token)


# API keys


async def test_an_api_key_opens_until_it_is_revoked(people: People, clock: Clock) -> None:
    owner = await people.owner()
    key, slot = await people.credentials.new_api_key(owner, "notes script")
    assert key.startswith("tau-")
    assert (slot.kind, slot.label, slot.expires_at) == ("api_key", "notes script", None)
    clock.pass_days(4000)
    unlocked = await people.sessions.unlock(key)
    assert unlocked.data_key == owner.data_key
    assert unlocked.slot.used_at == clock()
    assert await people.credentials.slots(owner.person.id, "api_key") == [unlocked.slot]
    await people.credentials.revoke(owner.person.id, slot.id)
    with pytest.raises(NotSignedIn):
        await people.sessions.unlock(key)
    with pytest.raises(NotFound):
        await people.credentials.revoke(owner.person.id, slot.id)


async def test_another_persons_slot_is_not_found(people: People) -> None:
    token, ada = await invited(people)
    owner = await people.owner()
    with pytest.raises(NotFound):
        await people.credentials.revoke(owner.person.id, ada.slot.id)
    with pytest.raises(NotFound):
        await people.credentials.revoke("nobody", ada.slot.id)
    await people.sessions.unlock(token)
    assert ada.slot not in await people.credentials.slots(owner.person.id)
    assert await people.credentials.slots("nobody") == []


# Passwords and recovery


async def test_a_password_signs_in_whatever_the_case_of_the_name(people: People) -> None:
    owner = await people.owner()
    await people.credentials.set_password(owner, "pâte à choux")
    token, unlocked = await people.sessions.sign_in(" yOU ", "pa\u0302te a\u0300 choux", "phone")
    assert unlocked.data_key == owner.data_key
    assert unlocked.slot.label == "phone"
    assert await people.sessions.unlock(token) == unlocked


async def test_wrong_names_and_passwords_are_refused_in_the_same_words(people: People) -> None:
    await people.credentials.set_password(await people.owner(), PASSWORD)
    await people.rename((await people.owner()).person.id, "Ada")
    await people.credentials.set_password((await invited(people, "Grace"))[1], "quite another one")
    refusals = set()
    for name, password in (
        ("Ada", "wrong password"),
        ("Nobody", PASSWORD),
        ("Grace", PASSWORD),
        ("", PASSWORD),
        ("\x00\ud800", PASSWORD),
        ("Ada", ""),
    ):
        with pytest.raises(NotSignedIn) as refusal:
            await people.sessions.sign_in(name, password, "")
        refusals.add(str(refusal.value))
    assert len(refusals) == 1


async def test_somebody_without_a_password_is_like_nobody(people: People) -> None:
    await people.owner()
    with pytest.raises(NotSignedIn, match="name or password"):
        await people.sessions.sign_in("You", PASSWORD, "")
    with pytest.raises(NotSignedIn, match="name or recovery code"):
        await people.sessions.recover("You", format_code(bytes(16)), "")


@pytest.mark.parametrize("password", ["x" * 1_000_000, "\ud800" * 8])
async def test_an_impossible_password_is_refused_with_a_sentence(
    people: People, password: str
) -> None:
    owner = await people.owner()
    with pytest.raises(BadInput):
        await people.credentials.set_password(owner, password)
    with pytest.raises(BadInput):
        await people.sessions.sign_in("You", password, "")
    with pytest.raises(BadInput):
        await people.invitations.accept(await people.invitations.invite(owner), "Ada", password, "")


async def test_an_impossible_name_is_refused_with_a_sentence(people: People) -> None:
    with pytest.raises(BadInput):
        await people.sessions.sign_in("x" * 1_000_000, PASSWORD, "")


async def test_a_new_password_takes_the_place_of_the_old(people: People) -> None:
    owner = await people.owner()
    await people.credentials.set_password(owner, PASSWORD)
    await people.credentials.set_password(owner, "the second one")
    with pytest.raises(NotSignedIn):
        await people.sessions.sign_in("You", PASSWORD, "")
    await people.sessions.sign_in("You", "the second one", "")
    assert len(await people.credentials.slots(owner.person.id, "password")) == 1


async def test_a_new_password_may_sign_out_the_others(people: People) -> None:
    here, browser = await session(people)
    there, _ = await session(people)
    link = await people.credentials.link(browser)
    key, _ = await people.credentials.new_api_key(browser, "")
    await people.credentials.set_password(browser, PASSWORD)
    await people.sessions.unlock(there)
    await people.credentials.set_password(browser, PASSWORD, sign_out_others=True)
    with pytest.raises(NotSignedIn):
        await people.sessions.unlock(there)
    with pytest.raises(NotSignedIn):
        await people.sessions.redeem(link, "")
    await people.sessions.unlock(here)
    await people.sessions.unlock(key)


async def test_a_raised_cost_reaches_a_password_at_its_next_use(
    people: People, make_people: MakePeople, database: Database
) -> None:
    owner = await people.owner()
    await people.credentials.set_password(owner, PASSWORD)
    statement = sa.select(schema.slots.c.salt).where(schema.slots.c.kind == "password")
    before = await database.run(lambda connection: connection.execute(statement).scalar())
    dearer = make_people(cost=Cost(passes=2, memory_kib=16, lanes=1))
    for _ in range(2):
        assert (await dearer.sessions.sign_in("You", PASSWORD, ""))[1].data_key == owner.data_key
    after = await database.run(lambda connection: connection.execute(statement).scalar())
    assert before != after
    assert b"\xa6passes\x02" in after


async def test_a_recovery_code_opens_and_an_older_one_does_not(people: People) -> None:
    owner = await people.owner()
    old = await people.credentials.new_recovery_code(owner)
    code = await people.credentials.new_recovery_code(owner)
    typed = code.lower().replace("-", " ").replace("0", "o")
    token, unlocked = await people.sessions.recover("you", typed, "phone")
    assert unlocked.data_key == owner.data_key
    await people.sessions.unlock(token)
    with pytest.raises(NotSignedIn, match="recovery code is wrong"):
        await people.sessions.recover("You", old, "")
    with pytest.raises(NotSignedIn):
        await people.sessions.recover("Nobody", code, "")
    with pytest.raises(BadInput, match="typing mistake"):
        await people.sessions.recover("You", "0" * 28, "")
    assert len(await people.credentials.slots(owner.person.id, "recovery")) == 1


# The server's slot and the last way in


async def test_the_server_slot_is_switched_off_and_on(people: People) -> None:
    _, browser = await session(people)
    with pytest.raises(BadInput, match="Nothing else opens"):
        await people.credentials.set_server_slot(browser, on=False)
    await people.credentials.new_recovery_code(browser)
    await people.credentials.set_server_slot(browser, on=False)
    await people.credentials.set_server_slot(browser, on=False)
    for call in (people.owner(), people.sessions.unlock_with_server_slot(browser.person.id)):
        with pytest.raises(NotSignedIn, match="while they are away"):
            await call
    await people.credentials.set_server_slot(browser, on=True)
    await people.credentials.set_server_slot(browser, on=True)
    assert (
        await people.sessions.unlock_with_server_slot(browser.person.id)
    ).data_key == browser.data_key
    assert len(await people.credentials.slots(browser.person.id, "server")) == 1


async def test_unlocking_away_needs_a_person_and_a_key(
    people: People, make_people: MakePeople
) -> None:
    owner = await people.owner()
    with pytest.raises(NotFound):
        await people.sessions.unlock_with_server_slot("nobody")
    keyless = make_people(server_key=None)
    with pytest.raises(NotSignedIn):
        await keyless.sessions.unlock_with_server_slot(owner.person.id)
    with pytest.raises(BadInput, match="no server key"):
        await keyless.credentials.set_server_slot(owner, on=True)


async def test_the_last_way_in_is_not_removed(people: People) -> None:
    _, browser = await session(people)
    await people.credentials.new_api_key(browser, "")
    person = browser.person.id
    (server,) = await people.credentials.slots(person, "server")
    with pytest.raises(BadInput, match=r"password or create a recovery code"):
        await people.credentials.revoke(person, server.id)
    await people.credentials.set_password(browser, PASSWORD)
    await people.credentials.revoke(person, server.id)
    (password,) = await people.credentials.slots(person, "password")
    with pytest.raises(BadInput, match="Nothing else opens"):
        await people.credentials.revoke(person, password.id)
    await people.credentials.new_recovery_code(browser)
    await people.credentials.revoke(person, password.id)
    (recovery,) = await people.credentials.slots(person, "recovery")
    with pytest.raises(BadInput, match="Nothing else opens"):
        await people.credentials.revoke(person, recovery.id)
    await people.credentials.revoke(person, browser.slot.id)


async def test_what_a_gone_session_opened_hands_out_nothing(people: People) -> None:
    token, browser = await session(people)
    await people.sessions.sign_out(token)
    for call in (
        people.credentials.link(browser),
        people.credentials.new_api_key(browser, ""),
        people.credentials.new_recovery_code(browser),
        people.credentials.set_password(browser, PASSWORD),
        people.credentials.set_server_slot(browser, on=False),
        people.invitations.invite(browser),
    ):
        with pytest.raises(NotSignedIn, match="sign in again"):
            await call


# Invitations


async def test_an_invitation_makes_one_person(people: People) -> None:
    token = await people.invitations.invite(await people.owner())
    session_token, ada = await people.invitations.accept(token, " Ada ", PASSWORD, "laptop")
    assert (ada.person.name, ada.person.owner) == ("Ada", False)
    assert await people.sessions.unlock(session_token) == ada
    assert (await people.sessions.sign_in("ada", PASSWORD, ""))[1].data_key == ada.data_key
    assert (await people.sessions.unlock_with_server_slot(ada.person.id)).data_key == ada.data_key
    assert ada.data_key != (await people.owner()).data_key
    with pytest.raises(NotSignedIn, match="already used"):
        await people.invitations.accept(token, "Eve", PASSWORD, "")


async def test_an_invitation_lasts_seven_days(
    people: People, clock: Clock, database: Database
) -> None:
    token = await people.invitations.invite(await people.owner())
    clock.pass_seconds(INVITATION_SECONDS)
    with pytest.raises(NotSignedIn, match="expired"):
        await people.invitations.accept(token, "Ada", PASSWORD, "")
    await people.invitations.invite(await people.owner())
    count = sa.select(sa.func.count()).select_from(schema.invitations)
    assert await database.run(lambda connection: connection.execute(count).scalar()) == 1


async def test_only_the_owner_invites(people: People) -> None:
    _, ada = await invited(people)
    with pytest.raises(NotPermitted):
        await people.invitations.invite(ada)


async def test_a_refused_name_or_password_leaves_the_invitation(people: People) -> None:
    token = await people.invitations.invite(await people.owner())
    for name, password in (("you", PASSWORD), ("\n", PASSWORD), ("Ada", "short")):
        with pytest.raises(BadInput):
            await people.invitations.accept(token, name, password, "")
    await people.invitations.accept(token, "Ada", PASSWORD, "")


async def test_a_guessed_invitation_is_none(people: People) -> None:
    token = await people.invitations.invite(await people.owner())
    with pytest.raises(NotSignedIn):
        await people.invitations.accept(
            token.partition(".")[0] + "." + "A" * 43, "Ada", PASSWORD, ""
        )


async def test_an_invited_person_without_a_server_slot(make_people: MakePeople) -> None:
    people = make_people(server_slot=False)
    _, ada = await invited(people)
    assert {slot.kind for slot in await people.credentials.slots(ada.person.id)} == {
        "password",
        "session",
    }
    with pytest.raises(NotSignedIn):
        await people.sessions.unlock_with_server_slot(ada.person.id)


# Removal


async def test_removing_a_person_leaves_nothing_of_theirs(
    people: People, database: Database
) -> None:
    token, ada = await invited(people)
    _, grace = await invited(people, "Grace")

    def write(connection: sa.Connection) -> None:
        for person in (ada.person.id, grace.person.id):
            row = {"person": person, "seq": 1, "sealed": b"sealed"}
            connection.execute(sa.insert(schema.entries).values(**row, at=0.0))
            connection.execute(sa.insert(schema.snapshots).values(**row, name="index"))
            connection.execute(
                sa.insert(schema.invitations).values(
                    id=person, invited_by=person, digest=b"", created_at=0.0, expires_at=9e9
                )
            )

    await database.run(write)
    await people.sessions.unlock(token)
    await people.remove(ada.person.id)
    with pytest.raises(NotSignedIn):
        await people.sessions.unlock(token)

    def rows_of(connection: sa.Connection) -> dict[str, list[str]]:
        return {
            table.name: [repr(tuple(row)) for row in connection.execute(sa.select(table))]
            for table in schema.metadata.sorted_tables
        }

    left = await database.run(rows_of)
    assert not [row for rows in left.values() for row in rows if ada.person.id in row]
    for table in ("entries", "snapshots", "invitations", "slots", "people"):
        assert [row for row in left[table] if grace.person.id in row]
    with pytest.raises(NotFound):
        await people.remove(ada.person.id)
    await invited(people, "Ada")


async def test_the_last_owner_stays(people: People) -> None:
    owner = await people.owner()
    with pytest.raises(BadInput, match="owner cannot be removed"):
        await people.remove(owner.person.id)
    assert await people.owner() == owner
