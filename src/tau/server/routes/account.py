"""The person who is signed in: coming in, going out, credentials and devices."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from tau.people import Person, Slot, Unlocked
from tau.server.auth import (
    COOKIE,
    ACredential,
    AHouse,
    AKeeper,
    AnOwner,
    clear_cookie,
    device_label,
    set_cookie,
)
from tau.server.responses import FAILURES, OPEN
from tau.server.schemas.shapes import (
    Acceptance,
    IdInPath,
    KeyMade,
    Link,
    Me,
    MeChange,
    NewKey,
    NewPassword,
    Recover,
    RecoveryCode,
    SignIn,
    SlotList,
    SlotOut,
    Welcome,
)
from tau.server.state import House

router = APIRouter(tags=["account"], responses=FAILURES)
_LINK_SECONDS = 600
_INVITATION_SECONDS = 7 * 86_400


async def _me(house: House, person: Person) -> Me:
    kinds = {slot.kind for slot in await house.people.slots(person.id)}
    return Me(
        id=person.id,
        name=person.name,
        owner=person.owner,
        created_at=person.created_at,
        has_password="password" in kinds,
        has_recovery_code="recovery" in kinds,
        learns_while_away="server" in kinds,
    )


async def _let_in(
    request: Request, response: Response, house: House, opened: tuple[str, Unlocked]
) -> Me:
    token, unlocked = opened
    set_cookie(request, response, house, token)
    return await _me(house, unlocked.person)


@router.get("/api/me", operation_id="getMe")
async def get_me(request: Request, response: Response, opened: ACredential, house: AHouse) -> Me:
    """Tell who is signed in; a browser's cookie is renewed with its session."""
    if request.cookies.get(COOKIE) == opened.token:
        set_cookie(request, response, house, opened.token)
    return await _me(house, opened.unlocked.person)


@router.patch("/api/me", operation_id="changeMe")
async def change_me(change: MeChange, opened: AKeeper, house: AHouse) -> Me:
    """Change one's name, or whether the server keeps a key slot to work while one is away."""
    person = opened.unlocked.person
    if change.name is not None:
        await house.people.rename(person.id, change.name)
    if change.learns_while_away is not None:
        await house.people.set_server_slot(opened.unlocked, change.learns_while_away)
    return await _me(house, (await house.people.unlock(opened.token)).person)


@router.post("/api/sign-in", operation_id="signIn", openapi_extra=OPEN)
async def sign_in(asked: SignIn, request: Request, response: Response, house: AHouse) -> Me:
    """Sign in with a name and a password; sets the session cookie."""
    label = device_label(request)
    opened = await house.people.sign_in(asked.name, asked.password, label)
    return await _let_in(request, response, house, opened)


@router.post("/api/recover", operation_id="recover", openapi_extra=OPEN)
async def recover(asked: Recover, request: Request, response: Response, house: AHouse) -> Me:
    """Sign in with a name and the recovery code; sets the session cookie."""
    opened = await house.people.recover(asked.name, asked.code, device_label(request))
    return await _let_in(request, response, house, opened)


@router.post("/api/welcome", operation_id="redeemLink", openapi_extra=OPEN)
async def redeem_link(asked: Welcome, request: Request, response: Response, house: AHouse) -> Me:
    """Sign in with the key of a one-time link; sets the session cookie and uses the link up."""
    opened = await house.people.redeem(asked.key, device_label(request))
    return await _let_in(request, response, house, opened)


@router.post("/api/sign-out", operation_id="signOut", status_code=204)
async def sign_out(
    request: Request, response: Response, opened: ACredential, house: AHouse
) -> None:
    """End this session and clear its cookie."""
    await house.people.sign_out(opened.token)
    clear_cookie(request, response, house)


@router.put("/api/password", operation_id="setPassword", status_code=204)
async def set_password(asked: NewPassword, opened: AKeeper, house: AHouse) -> None:
    """Set the password that signs in from other devices."""
    await house.people.set_password(
        opened.unlocked, asked.password, sign_out_others=asked.sign_out_others
    )


@router.post("/api/recovery-code", operation_id="makeRecoveryCode", status_code=201)
async def make_recovery_code(opened: AKeeper, house: AHouse) -> RecoveryCode:
    """Make a new recovery code; it is shown this once."""
    return RecoveryCode(code=await house.people.new_recovery_code(opened.unlocked))


def _address(request: Request, house: House) -> str:
    return house.public_url or str(request.base_url).rstrip("/")


@router.post("/api/links", operation_id="makeLink", status_code=201)
async def make_link(request: Request, opened: AKeeper, house: AHouse) -> Link:
    """Make a one-time address that signs another device of one's own in."""
    key = await house.people.link(opened.unlocked)
    url = f"{_address(request, house)}/welcome#key={key}"
    return Link(url=url, key=key, expires_in_seconds=_LINK_SECONDS)


@router.post("/api/invitations", operation_id="invite", status_code=201)
async def invite(request: Request, opened: AnOwner, _keeper: AKeeper, house: AHouse) -> Link:
    """Invite one more person (owner only)."""
    key = await house.people.invite(opened.unlocked)
    url = f"{_address(request, house)}/welcome#invitation={key}"
    return Link(url=url, key=key, expires_in_seconds=_INVITATION_SECONDS)


@router.post(
    "/api/invitations/accept",
    operation_id="acceptInvitation",
    status_code=201,
    openapi_extra=OPEN,
)
async def accept_invitation(
    asked: Acceptance, request: Request, response: Response, house: AHouse
) -> Me:
    """Become a person of this Tau with an invitation's key; sets the session cookie."""
    opened = await house.people.accept(asked.key, asked.name, asked.password, device_label(request))
    return await _let_in(request, response, house, opened)


def _slots_out(slots: Sequence[Slot], opened: ACredential) -> SlotList:
    return SlotList(items=[_slot_out(slot, opened) for slot in slots])


def _slot_out(slot: Slot, opened: ACredential) -> SlotOut:
    return SlotOut(
        id=slot.id,
        label=slot.label,
        created_at=slot.created_at,
        expires_at=slot.expires_at,
        used_at=slot.used_at,
        current=slot.id == opened.unlocked.slot.id,
    )


@router.get("/api/sessions", operation_id="listSessions")
async def list_sessions(opened: ACredential, house: AHouse) -> SlotList:
    """List the devices that are signed in."""
    slots = await house.people.slots(opened.unlocked.person.id, "session")
    return _slots_out(slots, opened)


@router.delete("/api/sessions/{session_id}", operation_id="revokeSession", status_code=204)
async def revoke_session(session_id: IdInPath, opened: AKeeper, house: AHouse) -> None:
    """Sign a device out."""
    await house.people.revoke(opened.unlocked.person.id, session_id)


@router.get("/api/keys", operation_id="listKeys")
async def list_keys(opened: ACredential, house: AHouse) -> SlotList:
    """List the API keys; the keys themselves are never shown again."""
    slots = await house.people.slots(opened.unlocked.person.id, "api_key")
    return _slots_out(slots, opened)


@router.post("/api/keys", operation_id="makeKey", status_code=201)
async def make_key(asked: NewKey, opened: AKeeper, house: AHouse) -> KeyMade:
    """Make an API key for a program; it is shown this once."""
    key, slot = await house.people.new_api_key(opened.unlocked, asked.label)
    return KeyMade(key=key, item=_slot_out(slot, opened))


@router.delete("/api/keys/{key_id}", operation_id="revokeKey", status_code=204)
async def revoke_key(key_id: IdInPath, opened: AKeeper, house: AHouse) -> None:
    """Revoke an API key."""
    await house.people.revoke(opened.unlocked.person.id, key_id)
