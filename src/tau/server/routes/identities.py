"""Signing in at an OpenID provider, and the account there that a person has linked."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from tau.errors import AccountNotLinked, NotFound, TauError
from tau.server.auth import AccountCredentialDep, AppStateDep, is_secure
from tau.server.oidc import FLOW_SECONDS, OidcProvider
from tau.server.requests.account import SignInAtProviderRequest
from tau.server.responses import ERROR_RESPONSES, NO_AUTH
from tau.server.routes.account import base_url
from tau.server.schemas.identities import ProviderOut, ProviderPageOut
from tau.server.state import AppState

router = APIRouter(tags=["account"], responses=ERROR_RESPONSES)
_COOKIE = "tau_sign_in"
_PATH = "/api/provider"
_BACK = f"{_PATH}/done"


@router.get(_PATH, operation_id="getProvider", openapi_extra=NO_AUTH)
async def get_provider(app_state: AppStateDep) -> ProviderOut:
    """Return the provider that may sign people in; its name is empty if there is none."""
    return ProviderOut(name=app_state.provider.name if app_state.provider else "")


@router.get(f"{_PATH}/account", operation_id="getLinkedAccount")
async def get_linked_account(opened: AccountCredentialDep, app_state: AppStateDep) -> ProviderOut:
    """Return whether one has linked an account there, and when."""
    person = opened.unlocked.person.id
    return ProviderOut(
        name=app_state.provider.name if app_state.provider else "",
        linked_at=await app_state.people.identities.linked_at(person),
    )


@router.delete(f"{_PATH}/account", operation_id="unlinkAccount", status_code=204)
async def unlink_account(opened: AccountCredentialDep, app_state: AppStateDep) -> None:
    """Let that account sign one in no more."""
    await app_state.people.identities.unlink(opened.unlocked)


@router.post(f"{_PATH}/account", operation_id="linkAccount")
async def link_account(
    request: Request, response: Response, opened: AccountCredentialDep, app_state: AppStateDep
) -> ProviderPageOut:
    """Return the provider's page on which one links an account; a cookie belongs to it."""
    person, slot = opened.unlocked.person.id, opened.unlocked.slot.id
    url, cookie = await _provider(app_state).begin(
        _back_to(request, app_state), person=person, slot=slot
    )
    _set_cookie(request, response, app_state, cookie)
    return ProviderPageOut(url)


@router.post(f"{_PATH}/sign-in", operation_id="signInAtProvider", openapi_extra=NO_AUTH)
async def sign_in_at_provider(
    asked: SignInAtProviderRequest, request: Request, response: Response, app_state: AppStateDep
) -> ProviderPageOut:
    """Return the provider's page on which one signs in; a cookie belongs to it."""
    url, cookie = await _provider(app_state).begin(
        _back_to(request, app_state), invitation=asked.invitation
    )
    _set_cookie(request, response, app_state, cookie)
    return ProviderPageOut(url)


@router.get(
    _BACK,
    operation_id="returnFromProvider",
    status_code=303,
    response_class=RedirectResponse,
    openapi_extra=NO_AUTH,
)
async def return_from_provider(request: Request, app_state: AppStateDep) -> Response:
    """Take the browser back from the provider, and on to the page that signs it in."""
    try:
        page = await _finish(request, app_state)
    except TauError as error:
        page = f"/welcome#refused={error.code}"
    response = RedirectResponse(page, status_code=303)
    response.delete_cookie(_COOKIE, path=_PATH, httponly=True, samesite="lax")
    return response


async def _finish(request: Request, app_state: AppState) -> str:
    """Do what a sign-in was begun for; return the page that follows.

    That is one of Tau's one-time links: the page asks first where somebody else is signed in.
    """
    provider, identities = _provider(app_state), app_state.people.identities
    flow, identity = await provider.finish(
        request.cookies.get(_COOKIE, ""), request.query_params, _back_to(request, app_state)
    )
    if flow.person is not None and flow.slot is not None:
        await identities.link(flow.person, flow.slot, identity)
        return "/settings/devices"
    try:
        unlocked = await identities.find(identity)
    except AccountNotLinked:
        if flow.invitation is None and not provider.anyone_joins:
            raise
        unlocked = await identities.join(identity, invitation=flow.invitation)
    return f"/welcome#key={await app_state.people.credentials.link(unlocked)}"


def _provider(app_state: AppState) -> OidcProvider:
    if app_state.provider is None:
        raise NotFound("This Tau signs nobody in at a provider.")
    return app_state.provider


def _back_to(request: Request, app_state: AppState) -> str:
    return f"{base_url(request, app_state)}{_BACK}"


def _set_cookie(request: Request, response: Response, app_state: AppState, cookie: str) -> None:
    response.set_cookie(
        _COOKIE,
        cookie,
        max_age=FLOW_SECONDS,
        path=_PATH,
        httponly=True,
        samesite="lax",  # the browser comes back from another site
        secure=is_secure(request, app_state),
    )
