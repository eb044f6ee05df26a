"""Who lives with this Tau: the owner's list, and the way out for everybody."""

from fastapi import APIRouter

from tau.errors import Conflict, NotFound
from tau.people import Person, Unlocked
from tau.server.auth import ACredential, AHouse, AKeeper, AnOwner
from tau.server.responses import FAILURES
from tau.server.schemas.shapes import IdInPath, PersonChange, PersonList, PersonOut
from tau.server.state import House

router = APIRouter(tags=["people"], responses=FAILURES)


@router.get("/api/people", operation_id="listPeople")
async def list_people(_owner: AnOwner, house: AHouse) -> PersonList:
    """List the people of this Tau (owner only)."""
    return PersonList(people=[_person_out(person) for person in await house.people.list()])


@router.patch("/api/people/{person_id}", operation_id="renamePerson")
async def rename_person(
    person_id: IdInPath, change: PersonChange, opened: ACredential, house: AHouse
) -> PersonOut:
    """Rename a person (the owner anybody, others themselves)."""
    await _reachable(house, opened.unlocked, person_id)
    await house.people.rename(person_id, change.name)
    return await _reachable(house, opened.unlocked, person_id)


@router.delete("/api/people/{person_id}", operation_id="removePerson", status_code=204)
async def remove_person(person_id: IdInPath, opened: AKeeper, house: AHouse) -> None:
    """Remove a person and erase everything they ever said (the owner others, others themselves)."""
    person = await _reachable(house, opened.unlocked, person_id)
    if person.owner:
        raise Conflict("The owner cannot be removed from their own Tau.")
    await house.imports.leave(person_id)
    await house.companion.put_away(person_id)
    await house.people.remove(person_id)


async def _reachable(house: House, asking: Unlocked, person_id: str) -> PersonOut:
    """Return the person if they are the asker, or the asker is the owner. Raises `NotFound`."""
    if asking.person.owner or asking.person.id == person_id:
        for person in await house.people.list():
            if person.id == person_id:
                return _person_out(person)
    raise NotFound("There is no such person.")


def _person_out(person: Person) -> PersonOut:
    return PersonOut(
        id=person.id, name=person.name, owner=person.owner, created_at=person.created_at
    )
