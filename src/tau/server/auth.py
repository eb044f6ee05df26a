"""Authentication: the dependencies that turn a request into a signed-in person with their data.

Routes look up every object through the `Life` found here, so that another person's ids find
nothing. Browsers send a session cookie; programs send an API key in the header
`Authorization: Bearer tau-...`.
"""

import time
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

from fastapi import Depends, Request, Response

from tau.attachments.attachment_store import AttachmentStore
from tau.companion.care_step import CareStep
from tau.companion.location import ClientLocation, client_location
from tau.companion.turn import Turn
from tau.errors import NotFound, NotPermitted, NotSignedIn
from tau.life.life import Life
from tau.memory import Conversation, Memory, Message
from tau.models.caller import Caller, current_caller
from tau.people import Unlocked
from tau.server.revocation import end_with_credential
from tau.server.state import AppState, get_app_state

SESSION_COOKIE = "tau_session"
PERSON_HEADER = "x-tau-person"
"""Header in which the web app names its person: another tab may have signed in someone else."""
TIME_ZONE_HEADER = "x-tau-time-zone"
"""Header with the time zone of the person's device, e.g. `Europe/Berlin`."""
_UNCOUNTED = frozenset({"GET", "HEAD", "DELETE", "OPTIONS"})
"""Methods of requests that use no model."""
_BROWSERS = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "Linux": "Linux",
}


@dataclass(frozen=True, slots=True)
class Credential:
    """The credential of a request, unlocked; `__repr__` leaves out its `token`."""

    unlocked: Unlocked
    token: str

    def __repr__(self) -> str:
        return f"Credential({self.unlocked.person.id})"


@dataclass(frozen=True, slots=True)
class CurrentPerson:
    """The signed-in person of a request. Whatever they name by an id is looked up in their life.

    A private conversation exists only for the credential that began it, and is in no list.
    """

    unlocked: Unlocked
    life: Life
    care: CareStep
    files: AttachmentStore
    arrived_at: float = field(default_factory=time.time)
    """When the request came, in seconds since 1970."""

    def conversation(self, conversation_id: str) -> Conversation:
        """Return one conversation. Raises `NotFound`."""
        return self.memory_of(conversation_id).conversation(conversation_id)

    def memory_of(self, conversation_id: str) -> Memory:
        """Return the memory that holds a conversation. Raises `NotFound`."""
        self.require_visible(conversation_id)
        return self.life.memory_of(conversation_id)

    def require_visible(self, conversation_id: str) -> None:
        """Raise `NotFound` for a private conversation that another credential began."""
        if not self.can_see(conversation_id):
            raise NotFound("This private conversation has ended, or it was started elsewhere.")

    def can_see(self, conversation_id: str) -> bool:
        """Return whether a conversation, if it exists, is visible to this credential."""
        return self.life.private.is_visible(conversation_id, self.unlocked.slot.id)

    def thread(self, conversation_id: str) -> list[Message]:
        """Return the visible messages of a conversation, oldest first. Raises `NotFound`."""
        return self.memory_of(conversation_id).conversations.thread(conversation_id)

    def message(self, message_id: str) -> Message:
        """Return one message, private ones included. Raises `NotFound`."""
        message = self.life.message(message_id)
        if not self.can_see(message.conversation):
            raise NotFound("There is no such message.")
        return message

    def visible_turn(self, turn: Turn) -> Turn:
        """Return `turn` if its conversation is visible to this credential. Raises `NotFound`."""
        if not self.can_see(turn.conversation):
            raise NotFound("There is no such turn.")
        return turn


AppStateDep = Annotated[AppState, Depends(get_app_state)]


def read_token(request: Request) -> str:
    """Return the credential that a request carries. Raises `NotSignedIn` if it has none."""
    header = request.headers.get("authorization")
    if header is None:
        token = request.cookies.get(SESSION_COOKIE, "")
    else:
        scheme, _, token = header.partition(" ")
        token = token.strip() if scheme.lower() == "bearer" else ""
    if not token or not token.isascii() or len(token) > 500:
        raise NotSignedIn("Sign in first, or send an API key as `Authorization: Bearer tau-...`.")
    return token


async def get_credential(request: Request, app_state: AppStateDep) -> Credential:
    """Return the opened credential of a request (a dependency)."""
    token = read_token(request)
    unlocked = await app_state.people.sessions.unlock(token)
    if request.headers.get(PERSON_HEADER, unlocked.person.id) != unlocked.person.id:
        raise NotSignedIn("Someone else is signed in here now; reload the page.")
    end_with_credential(request, partial(app_state.people.sessions.wait_until_ended, token))
    key = unlocked.slot.id if unlocked.slot.kind == "api_key" else ""
    current_caller.set(await _caller_of(request, app_state, unlocked.person.id, key))
    return Credential(unlocked, token)


async def _caller_of(request: Request, app_state: AppState, person: str, key: str) -> Caller:
    """Return who a request is from; one of a key with limits is counted if it's more than a read.

    Raises `RateLimited` and `QuotaExceeded`.
    """
    limits = await app_state.usage.limits.of(key) if key else None
    if limits is None:
        return Caller(person, key)
    if limits.counts and request.method not in _UNCOUNTED:
        await app_state.usage.admit(key)
    names = None if limits.models is None else frozenset(limits.models)
    return Caller(person, key, limits.counts, names)


CredentialDep = Annotated[Credential, Depends(get_credential)]


async def get_current_person(
    request: Request, opened: CredentialDep, app_state: AppStateDep
) -> CurrentPerson:
    """Return the signed-in person, with their life open (a dependency)."""
    read_location(request)
    life = await app_state.lives.open(opened.unlocked)
    arrived_at = getattr(request.state, "arrived_at", time.time())
    care, files = app_state.companion.care, app_state.attachments
    return CurrentPerson(opened.unlocked, life, care, files, arrived_at)


def read_location(request: Request) -> None:
    """Keep the time zone that a request names, for the help that is named in its country."""
    client_location.set(ClientLocation(time_zone=request.headers.get(TIME_ZONE_HEADER)))


async def require_owner(opened: CredentialDep) -> Credential:
    """Return the credential if it is the owner's (a dependency). Raises `NotPermitted`."""
    if not opened.unlocked.person.owner:
        raise NotPermitted("Only the owner of this Tau can do this.")
    return opened


async def require_not_api_key(opened: CredentialDep) -> Credential:
    """Return the credential if it may change accounts and how one signs in (a dependency).

    API keys may not: a stolen key must not lead to a password. Raises `NotPermitted`.
    """
    if opened.unlocked.slot.kind == "api_key":
        raise NotPermitted("An API key can't do this; sign in with a browser.")
    return opened


async def require_signed_in_owner(
    opened: Annotated[Credential, Depends(require_owner)],
    _signed_in: Annotated[Credential, Depends(require_not_api_key)],
) -> Credential:
    """Return the credential if it may act for everybody on this Tau (a dependency).

    The owner's API keys may not: a stolen one must not send everybody's words to another server, or
    lead to the whole database. Raises `NotPermitted`.
    """
    return opened


CurrentPersonDep = Annotated[CurrentPerson, Depends(get_current_person)]
AccountCredentialDep = Annotated[Credential, Depends(require_not_api_key)]
OwnerCredentialDep = Annotated[Credential, Depends(require_owner)]
OwnerActDep = Annotated[Credential, Depends(require_signed_in_owner)]


def set_cookie(request: Request, response: Response, app_state: AppState, token: str) -> None:
    """Set the session cookie, for as long as an unused session lasts."""
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=app_state.settings.session_days * 86_400,
        path="/",
        httponly=True,
        samesite="strict",
        secure=is_secure(request, app_state),
    )


def clear_cookie(request: Request, response: Response, app_state: AppState) -> None:
    """Delete the session cookie."""
    response.delete_cookie(
        SESSION_COOKIE,
        path="/",
        httponly=True,
        samesite="strict",
        secure=is_secure(request, app_state),
    )


def is_secure(request: Request, app_state: AppState) -> bool:
    """Return whether people reach this server by https, so that cookies are sent only there."""
    return request.url.scheme == "https" or app_state.public_url.startswith("https:")


def device_label(request: Request) -> str:
    """Return the name of a new session in the list of devices, e.g. `Firefox on Linux`."""
    agent = request.headers.get("user-agent", "")
    browser = next((name for key, name in _BROWSERS.items() if key in agent), "")
    system = next((name for key, name in _SYSTEMS.items() if key in agent), "")
    return " on ".join(filter(None, (browser, system))) or "A program"
