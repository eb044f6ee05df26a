"""The people who use this Tau: listing, renaming and removing them."""

from fastapi import APIRouter

from tau.errors import Conflict, NotFound
from tau.people import Person, Unlocked
from tau.server.auth import AccountCredentialDep, AppStateDep, OwnerCredentialDep
from tau.server.requests.people import UpdatePersonRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.people import PersonList, PersonOut
from tau.server.state import AppState

router = APIRouter(tags=["people"], responses=ERROR_RESPONSES)


@router.get("/api/people", operation_id="listPeople")
async def list_people(_owner: OwnerCredentialDep, app_state: AppStateDep) -> PersonList:
    """List the people who use this Tau (owner only)."""
    return PersonList(people=[_person_out(person) for person in await app_state.people.list()])


@router.patch("/api/people/{person_id}", operation_id="renamePerson")
async def rename_person(
    person_id: PathId,
    change: UpdatePersonRequest,
    opened: AccountCredentialDep,
    app_state: AppStateDep,
) -> PersonOut:
    """Rename a person (the owner: anyone; others: themselves)."""
    await _find_person(app_state, opened.unlocked, person_id)
    await app_state.people.rename(person_id, change.name)
    return await _find_person(app_state, opened.unlocked, person_id)


@router.delete("/api/people/{person_id}", operation_id="removePerson", status_code=204)
async def remove_person(
    person_id: PathId, opened: AccountCredentialDep, app_state: AppStateDep
) -> None:
    """Remove a person and erase their data (the owner: others; others: themselves)."""
    person = await _find_person(app_state, opened.unlocked, person_id)
    if person.owner:
        raise Conflict("The owner cannot be removed from their own Tau.")
    await app_state.remove_person(person_id)


async def _find_person(app_state: AppState, asking: Unlocked, person_id: str) -> PersonOut:
    """Return the person if they are the asker or the asker is the owner. Raises `NotFound`."""
    if asking.person.owner or asking.person.id == person_id:
        for person in await app_state.people.list():
            if person.id == person_id:
                return _person_out(person)
    raise NotFound("There is no such person.")


def _person_out(person: Person) -> PersonOut:
    return PersonOut(
        id=person.id, name=person.name, owner=person.owner, created_at=person.created_at
    )
