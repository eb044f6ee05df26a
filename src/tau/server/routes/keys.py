"""API keys: making, listing, limiting and revoking them."""

from fastapi import APIRouter

from tau.people import Slot
from tau.server.auth import AccountCredentialDep, AppStateDep, Credential, CredentialDep
from tau.server.requests.account import ChangeKeyRequest, CreateKeyRequest, KeyLimitsRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.account import KeyLimitsOut, KeyList, KeyOut, NewKeyOut
from tau.server.state import AppState
from tau.usage.key_limits import MICRO, KeyLimits, KeyState

router = APIRouter(tags=["account"], responses=ERROR_RESPONSES)


@router.get("/api/keys", operation_id="listKeys")
async def list_keys(opened: CredentialDep, app_state: AppStateDep) -> KeyList:
    """List the API keys with their limits; the keys themselves are not shown again."""
    slots = await app_state.people.credentials.slots(opened.unlocked.person.id, "api_key")
    states = await app_state.usage.limits.states([slot.id for slot in slots])
    return KeyList(items=[_key_out(slot, states.get(slot.id), opened) for slot in slots])


@router.post("/api/keys", operation_id="makeKey", status_code=201)
async def make_key(
    asked: CreateKeyRequest, opened: AccountCredentialDep, app_state: AppStateDep
) -> NewKeyOut:
    """Create an API key for a program; it is shown only once."""
    limits = _limits(asked.limits)
    limits.check()
    key, slot = await app_state.people.credentials.new_api_key(
        opened.unlocked, asked.label, asked.expires_at
    )
    if not limits.is_empty:
        await app_state.usage.limits.set(slot.id, limits)
    return NewKeyOut(key=key, item=await _described(app_state, slot, opened))


@router.put("/api/keys/{key_id}", operation_id="changeKey")
async def change_key(
    key_id: PathId, asked: ChangeKeyRequest, opened: AccountCredentialDep, app_state: AppStateDep
) -> KeyOut:
    """Set the limits and the expiry of an API key; what's left out is no limit."""
    limits = _limits(asked.limits)
    limits.check()
    slot = await app_state.people.credentials.set_key_expiry(
        opened.unlocked.person.id, key_id, asked.expires_at
    )
    await app_state.usage.limits.set(slot.id, limits)
    return await _described(app_state, slot, opened)


@router.delete("/api/keys/{key_id}", operation_id="revokeKey", status_code=204)
async def revoke_key(key_id: PathId, opened: AccountCredentialDep, app_state: AppStateDep) -> None:
    """Revoke an API key."""
    await app_state.people.credentials.revoke(opened.unlocked.person.id, key_id)


async def _described(app_state: AppState, slot: Slot, opened: Credential) -> KeyOut:
    states = await app_state.usage.limits.states([slot.id])
    return _key_out(slot, states.get(slot.id), opened)


def _key_out(slot: Slot, state: KeyState | None, opened: Credential) -> KeyOut:
    state = state or KeyState(limits=KeyLimits())
    models = state.limits.models
    return KeyOut(
        id=slot.id,
        label=slot.label,
        created_at=slot.created_at,
        expires_at=slot.expires_at,
        used_at=slot.used_at,
        current=slot.id == opened.unlocked.slot.id,
        limits=KeyLimitsOut(
            requests_per_minute=state.limits.requests_per_minute,
            tokens_per_minute=state.limits.tokens_per_minute,
            tokens_per_month=state.limits.tokens_per_month,
            cost_per_month=state.limits.cost_per_month,
            models=None if models is None else list(models),
        ),
        tokens_this_month=state.month_tokens,
        cost_this_month=state.month_micros / MICRO,
    )


def _limits(asked: KeyLimitsRequest | None) -> KeyLimits:
    if asked is None:
        return KeyLimits()
    return KeyLimits(
        requests_per_minute=asked.requests_per_minute,
        tokens_per_minute=asked.tokens_per_minute,
        tokens_per_month=asked.tokens_per_month,
        cost_per_month=asked.cost_per_month,
        models=None if asked.models is None else tuple(dict.fromkeys(asked.models)),
    )
