"""The signed-in person's account: signing in and out, credentials and devices."""

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from tau.people import Person, Slot, Unlocked
from tau.server.auth import (
    SESSION_COOKIE,
    AccountCredentialDep,
    AppStateDep,
    CredentialDep,
    OwnerActDep,
    clear_cookie,
    device_label,
    set_cookie,
)
from tau.server.requests.account import (
    AcceptInvitationRequest,
    ChangeDataKeyRequest,
    RecoverRequest,
    RedeemLinkRequest,
    SetPasswordRequest,
    SignInRequest,
    UpdateMeRequest,
)
from tau.server.responses import ERROR_RESPONSES, NO_AUTH
from tau.server.routes.parameters import PathId
from tau.server.schemas.account import (
    LinkOut,
    MeOut,
    NewDataKeyOut,
    RecoveryCodeOut,
    SlotList,
    SlotOut,
)
from tau.server.state import AppState

router = APIRouter(tags=["account"], responses=ERROR_RESPONSES)
_LINK_SECONDS = 600
_INVITATION_SECONDS = 7 * 86_400


async def _me_out(app_state: AppState, person: Person) -> MeOut:
    kinds = {slot.kind for slot in await app_state.people.credentials.slots(person.id)}
    return MeOut(
        id=person.id,
        name=person.name,
        owner=person.owner,
        created_at=person.created_at,
        has_password="password" in kinds,
        has_recovery_code="recovery" in kinds,
        learns_while_away="server" in kinds,
    )


async def _sign_in_response(
    request: Request, response: Response, app_state: AppState, opened: tuple[str, Unlocked]
) -> MeOut:
    token, unlocked = opened
    set_cookie(request, response, app_state, token)
    return await _me_out(app_state, unlocked.person)


@router.get("/api/me", operation_id="getMe")
async def get_me(
    request: Request, response: Response, opened: CredentialDep, app_state: AppStateDep
) -> MeOut:
    """Return who is signed in; renews a browser's cookie together with its session."""
    if request.cookies.get(SESSION_COOKIE) == opened.token:
        set_cookie(request, response, app_state, opened.token)
    return await _me_out(app_state, opened.unlocked.person)


@router.patch("/api/me", operation_id="changeMe")
async def change_me(
    change: UpdateMeRequest, opened: AccountCredentialDep, app_state: AppStateDep
) -> MeOut:
    """Change one's name, or whether the server has a key slot to work while one is away."""
    person = opened.unlocked.person
    if change.name is not None:
        await app_state.people.rename(person.id, change.name)
    if change.learns_while_away is not None:
        await app_state.people.credentials.set_server_slot(
            opened.unlocked, change.learns_while_away
        )
    return await _me_out(app_state, (await app_state.people.sessions.unlock(opened.token)).person)


@router.post("/api/sign-in", operation_id="signIn", openapi_extra=NO_AUTH)
async def sign_in(
    asked: SignInRequest, request: Request, response: Response, app_state: AppStateDep
) -> MeOut:
    """Sign in with a name and a password; sets the session cookie."""
    label = device_label(request)
    opened = await app_state.people.sessions.sign_in(asked.name, asked.password, label)
    return await _sign_in_response(request, response, app_state, opened)


@router.post("/api/recover", operation_id="recover", openapi_extra=NO_AUTH)
async def recover(
    asked: RecoverRequest, request: Request, response: Response, app_state: AppStateDep
) -> MeOut:
    """Sign in with a name and the recovery code; sets the session cookie."""
    opened = await app_state.people.sessions.recover(asked.name, asked.code, device_label(request))
    return await _sign_in_response(request, response, app_state, opened)


@router.post("/api/welcome", operation_id="redeemLink", openapi_extra=NO_AUTH)
async def redeem_link(
    asked: RedeemLinkRequest, request: Request, response: Response, app_state: AppStateDep
) -> MeOut:
    """Sign in with the key of a one-time link, which is then used up; sets the session cookie."""
    opened = await app_state.people.sessions.redeem(asked.key, device_label(request))
    return await _sign_in_response(request, response, app_state, opened)


@router.post("/api/sign-out", operation_id="signOut", status_code=204)
async def sign_out(
    request: Request, response: Response, opened: CredentialDep, app_state: AppStateDep
) -> None:
    """End this session and clear its cookie."""
    await app_state.people.sessions.sign_out(opened.token)
    clear_cookie(request, response, app_state)


@router.put("/api/password", operation_id="setPassword", status_code=204)
async def set_password(
    asked: SetPasswordRequest, opened: AccountCredentialDep, app_state: AppStateDep
) -> None:
    """Set the password that signs in from other devices."""
    await app_state.people.credentials.set_password(
        opened.unlocked, asked.password, sign_out_others=asked.sign_out_others
    )


@router.post("/api/recovery-code", operation_id="makeRecoveryCode", status_code=201)
async def make_recovery_code(
    opened: AccountCredentialDep, app_state: AppStateDep
) -> RecoveryCodeOut:
    """Create a recovery code; it is shown only once."""
    return RecoveryCodeOut(
        code=await app_state.people.credentials.new_recovery_code(opened.unlocked)
    )


@router.post("/api/data-key", operation_id="changeDataKey", status_code=201)
async def change_data_key(
    asked: ChangeDataKeyRequest,
    request: Request,
    response: Response,
    opened: AccountCredentialDep,
    app_state: AppStateDep,
) -> NewDataKeyOut:
    """Seal what is said from now on with a new key.

    Every session, API key and link ends; a browser's session is replaced, and its cookie set. A
    recovery code is replaced too.
    """
    in_browser = request.cookies.get(SESSION_COOKIE) == opened.token
    rotated = await app_state.people.rotation.rotate(
        opened.unlocked,
        asked.password,
        session_label=opened.unlocked.slot.label if in_browser else None,
    )
    await app_state.lives.open(rotated.unlocked)  # it writes with the new key from now on
    if rotated.token is not None:
        set_cookie(request, response, app_state, rotated.token)
    return NewDataKeyOut(recovery_code=rotated.recovery_code)


def base_url(request: Request, app_state: AppState) -> str:
    """Return the address that people open, without a trailing slash."""
    return app_state.public_url or str(request.base_url).rstrip("/")


@router.post("/api/links", operation_id="makeLink", status_code=201)
async def make_link(
    request: Request, opened: AccountCredentialDep, app_state: AppStateDep
) -> LinkOut:
    """Create a one-time link that signs in another device of the same person."""
    key = await app_state.people.credentials.link(opened.unlocked)
    url = f"{base_url(request, app_state)}/welcome#key={key}"
    return LinkOut(url=url, key=key, expires_in_seconds=_LINK_SECONDS)


@router.post("/api/invitations", operation_id="invite", status_code=201)
async def invite(
    request: Request,
    opened: OwnerActDep,
    app_state: AppStateDep,
) -> LinkOut:
    """Invite another person (owner only)."""
    key = await app_state.people.invitations.invite(opened.unlocked)
    url = f"{base_url(request, app_state)}/welcome#invitation={key}"
    return LinkOut(url=url, key=key, expires_in_seconds=_INVITATION_SECONDS)


@router.post(
    "/api/invitations/accept",
    operation_id="acceptInvitation",
    status_code=201,
    openapi_extra=NO_AUTH,
)
async def accept_invitation(
    asked: AcceptInvitationRequest, request: Request, response: Response, app_state: AppStateDep
) -> MeOut:
    """Create an account with an invitation's key; sets the session cookie."""
    opened = await app_state.people.invitations.accept(
        asked.key, asked.name, asked.password, device_label(request)
    )
    return await _sign_in_response(request, response, app_state, opened)


def _slots_out(slots: Sequence[Slot], opened: CredentialDep) -> SlotList:
    return SlotList(items=[_slot_out(slot, opened) for slot in slots])


def _slot_out(slot: Slot, opened: CredentialDep) -> SlotOut:
    return SlotOut(
        id=slot.id,
        label=slot.label,
        created_at=slot.created_at,
        expires_at=slot.expires_at,
        used_at=slot.used_at,
        current=slot.id == opened.unlocked.slot.id,
    )


@router.get("/api/sessions", operation_id="listSessions")
async def list_sessions(opened: CredentialDep, app_state: AppStateDep) -> SlotList:
    """List the devices that are signed in."""
    slots = await app_state.people.credentials.slots(opened.unlocked.person.id, "session")
    return _slots_out(slots, opened)


@router.delete("/api/sessions/{session_id}", operation_id="revokeSession", status_code=204)
async def revoke_session(
    session_id: PathId, opened: AccountCredentialDep, app_state: AppStateDep
) -> None:
    """Sign a device out."""
    await app_state.people.credentials.revoke(opened.unlocked.person.id, session_id)
