"""The people of one Tau, and who may see or remove whom."""

import pytest

from ..conftest import Person

pytestmark = pytest.mark.anyio


async def test_the_owner_sees_everybody_and_others_do_not(owner: Person, guest: Person) -> None:
    people = (await owner.get("/api/people"))["people"]
    assert {one["id"] for one in people} == {owner.unlocked.person.id, guest.unlocked.person.id}
    assert (await guest.client.get("/api/people")).status_code == 403


async def test_everybody_may_rename_themselves_and_the_owner_anybody(
    owner: Person, guest: Person
) -> None:
    path = f"/api/people/{guest.unlocked.person.id}"
    assert (await guest.client.patch(path, json={"name": "Gast"})).json()["name"] == "Gast"
    assert (await owner.client.patch(path, json={"name": "Gustav"})).json()["name"] == "Gustav"


async def test_another_person_does_not_exist_for_a_guest(owner: Person, guest: Person) -> None:
    path = f"/api/people/{owner.unlocked.person.id}"
    assert (await guest.client.patch(path, json={"name": "Mine"})).status_code == 404
    assert (await guest.client.delete(path)).status_code == 404


async def test_who_is_removed_is_gone_with_all_they_said(owner: Person, guest: Person) -> None:
    await guest.say(await guest.begin(), "I will be gone")
    path = f"/api/people/{guest.unlocked.person.id}"
    assert (await owner.client.delete(path)).status_code == 204
    assert (await guest.client.get("/api/me")).status_code == 401
    assert (await owner.client.delete(path)).status_code == 404


async def test_a_guest_may_leave(owner: Person, guest: Person) -> None:
    path = f"/api/people/{guest.unlocked.person.id}"
    assert (await guest.client.delete(path)).status_code == 204


async def test_the_owner_stays(owner: Person) -> None:
    path = f"/api/people/{owner.unlocked.person.id}"
    assert (await owner.client.delete(path)).status_code == 409
