"""The vocabulary of the app's API: what its requests and responses hold."""

import math
import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from tau.journal.entries import Author, Status
from tau.life.fact_editing import FactState

_SURROGATE = re.compile("[\ud800-\udfff]")
_LATEST = 253_402_300_799.0  # the last second of the year 9999
_EARLIEST = -62_135_596_800.0  # the first of the year 1
_OUT_OF_RANGE = "this moment lies outside the calendar"


def parse_timestamp(value: Any) -> float:
    """Return a moment as seconds since 1970; takes seconds, milliseconds or an ISO date-time.

    A date-time without a zone is UTC. Numbers beyond the year 5138 are milliseconds.
    """
    if isinstance(value, str):
        return _check_range(_parse_date_time(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("seconds since 1970 or a date-time are needed")  # noqa: TRY004 (pydantic)
    if abs(value) > _LATEST * 1000:  # before it is divided: a whole number may be too long for that
        raise ValueError(_OUT_OF_RANGE)
    return _check_range(value / 1000 if abs(value) > 1e11 else value)


def parse_query_timestamp(value: Any) -> float:
    """Return a moment out of an address, where numbers are written as text."""
    try:
        return parse_timestamp(float(value))
    except (TypeError, ValueError):
        return parse_timestamp(value)


def _parse_date_time(text: str) -> float:
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("a date-time like 2024-05-31T09:30:00Z is needed") from None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _check_range(seconds: float) -> float:
    if not math.isfinite(seconds) or not _EARLIEST <= seconds <= _LATEST:
        raise ValueError(_OUT_OF_RANGE)
    return float(seconds)


def _check_characters(text: str) -> str:
    if "\0" in text or (not text.isascii() and _SURROGATE.search(text)):
        raise ValueError("it holds a character that no text has")
    return text


def _check_not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return _check_characters(text)


Timestamp = Annotated[
    float,
    BeforeValidator(parse_timestamp, json_schema_input_type=float | str),
]
QueryTimestamp = Annotated[
    float,
    BeforeValidator(parse_query_timestamp, json_schema_input_type=float | str),
]
NonEmptyText = Annotated[str, AfterValidator(_check_not_blank), Field(min_length=1)]
ShortText = Annotated[str, AfterValidator(_check_not_blank), Field(min_length=1, max_length=200)]
Secret = Annotated[str, AfterValidator(_check_characters), Field(min_length=1, max_length=1000)]
Id = Annotated[str, AfterValidator(_check_characters), Field(min_length=1, max_length=128)]
PathId = Annotated[str, Path(max_length=128)]
Limit = Annotated[int, Query(ge=1, le=200)]


class Schema(BaseModel):
    """The base of every request and response of the app's API."""

    model_config = ConfigDict(protected_namespaces=(), hide_input_in_errors=True)


class ErrorDetail(Schema):
    """What went wrong: a code for programs, one plain sentence for people."""

    code: str
    sentence: str


class ErrorBody(Schema):
    """The body of every failure of the app's API."""

    error: ErrorDetail


class RecalledMessageOut(Schema):
    """A message that was recalled for a reply."""

    message: str
    conversation: str
    by: Author
    speaker: str | None
    text: str
    at: float


class FactSummaryOut(Schema):
    """Something that is held to be true now; `revision` goes back with a change."""

    id: str
    text: str
    state: FactState
    revision: int


class MessageOut(Schema):
    """One message of either side; `at` is in seconds since 1970.

    `recalled` is what came to mind for a reply, as far as it is still there, and `facts` what is
    known now by those messages, so that the person can say what of it is wrong.
    """

    id: str
    conversation: str
    by: Author
    speaker: str | None
    text: str
    at: float
    parent: str | None
    turn: str | None
    status: Status
    model: str | None
    recalled: list[RecalledMessageOut]
    facts: list[FactSummaryOut]
    origin: str | None = None
    """The format of the file that brought it (`chatgpt`, ...); none where it was said here."""
    imported: str | None = None
    """The import that brought it."""


class ConversationOut(Schema):
    """One conversation; a private one is held in memory only and is gone when Tau stops."""

    id: str
    title: str | None
    started_at: float
    updated_at: float
    archived: bool
    count: int
    private: bool
    live_turn: str | None = None
    """The turn that is in the making there, to be watched at `/api/turns/{id}/events`."""


class ConversationPage(Schema):
    """Conversations, newest first; `next` goes into `after` to read on."""

    conversations: list[ConversationOut]
    next: str | None


class MessagePage(Schema):
    """Messages of the visible thread, oldest first.

    `earlier` goes into `before` to read what stands above them, `later` into `after` to read what
    follows; none where the thread ends.
    """

    messages: list[MessageOut]
    earlier: str | None
    later: str | None


class CreateConversationRequest(Schema):
    """A conversation to begin."""

    title: ShortText | None = None
    private: bool = False


class UpdateConversationRequest(Schema):
    """What is to change; what is left out stays."""

    title: ShortText | None = None
    archived: bool | None = None


class AddMessageRequest(Schema):
    """A message to write down without a reply, for instance one from another place."""

    text: NonEmptyText
    by: Author = "person"
    at: Timestamp | None = None
    """When it was said: an ISO date-time, or seconds since 1970; now if left out."""
    speaker: ShortText | None = None


class MessageIdsRequest(Schema):
    """Messages to forget, all in one conversation or in several."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]


class TurnRequest(Schema):
    """The person's words; `turn` makes a repeated request be answered once."""

    words: NonEmptyText
    turn: Id | None = None
    edits: Id | None = None
    """The message of the person's that these words replace."""
    model: Id | None = None


class RetryRequest(Schema):
    """Another reply to the same words."""

    turn: Id | None = None
    model: Id | None = None


class TurnOut(Schema):
    """A turn: its identifier, where it happens, and the message it answers."""

    turn: str
    conversation: str
    message: str
    finished: bool


class TurnList(Schema):
    """The turns in the making."""

    turns: list[TurnOut]


class SearchRequest(Schema):
    """What to look for, in the words one would ask with."""

    query: NonEmptyText
    limit: Annotated[int, Field(ge=1, le=100)] = 10


class PassageOut(Schema):
    """A found message, why it was found, and what stood around it."""

    message: MessageOut
    score: float
    reasons: list[str]
    before: MessageOut | None
    after: MessageOut | None


class SearchResult(Schema):
    """What was found, best first."""

    passages: list[PassageOut]


class PersonOut(Schema):
    """Somebody who lives with this Tau."""

    id: str
    name: str
    owner: bool
    created_at: float


class MeOut(PersonOut):
    """The person who is signed in, and what else opens their life besides this credential.

    `learns_while_away`: the server keeps a key slot of its own, to work while they are away.
    """

    has_password: bool
    has_recovery_code: bool
    learns_while_away: bool


class LifeOut(Schema):
    """How much a life holds.

    `conversations` counts archived ones too, `messages` those of both sides with the versions that
    others took the place of, `facts` what is held to be true now.
    """

    conversations: int
    messages: int
    facts: int


class UpdateMeRequest(Schema):
    """What is to change of the person; what is left out stays."""

    name: ShortText | None = None
    learns_while_away: bool | None = None
    """Whether the server keeps a key slot of its own, to work while the person is away."""


class SignInRequest(Schema):
    """A name and its password."""

    name: ShortText
    password: Secret


class RecoverRequest(Schema):
    """A name and its recovery code."""

    name: ShortText
    code: Secret


class RedeemLinkRequest(Schema):
    """The key of a one-time link."""

    key: Secret


class SetPasswordRequest(Schema):
    """The password to use from now on; `sign_out_others` ends the other sessions."""

    password: Secret
    sign_out_others: bool = False


class RecoveryCodeOut(Schema):
    """A recovery code, shown this once; the one before it opens nothing any more."""

    code: str


class LinkOut(Schema):
    """A one-time address, shown this once."""

    url: str
    key: str
    expires_in_seconds: int


class AcceptInvitationRequest(Schema):
    """An invitation taken up."""

    key: Secret
    name: ShortText
    password: Secret


class PersonList(Schema):
    """Everybody who lives with this Tau."""

    people: list[PersonOut]


class UpdatePersonRequest(Schema):
    """A person's new name."""

    name: ShortText


class SlotOut(Schema):
    """A device that is signed in, or an API key."""

    id: str
    label: str
    created_at: float
    expires_at: float | None
    used_at: float | None
    current: bool
    """Whether it is the one this very request came with."""


class SlotList(Schema):
    """Devices, or API keys."""

    items: list[SlotOut]


class CreateKeyRequest(Schema):
    """What an API key is for."""

    label: ShortText


class NewKeyOut(Schema):
    """A new API key; `key` is shown this once."""

    key: str
    item: SlotOut


class ModelOut(Schema):
    """What Tau knows of one model."""

    name: str
    origin: Literal["pack", "endpoint", "found", "scripted"]
    capabilities: list[str]
    size: Literal["small", "capable"]
    context_tokens: int
    ready: bool
    about: str
    licence: str
    bytes: int


class ModelList(Schema):
    """The models, and the aliases with the models behind each, in the order they are tried."""

    models: list[ModelOut]
    aliases: dict[str, list[str]]


class DiscoveredModels(Schema):
    """Models of servers that run on this machine."""

    models: list[ModelOut]


class SetAliasRequest(Schema):
    """The models behind an alias, in the order they are tried."""

    names: Annotated[list[ShortText], Field(max_length=20)]
    """None: what the alias means at first, which for `learner` is nobody."""


class AddModelRequest(Schema):
    """An OpenAI-shaped endpoint to answer under `name`."""

    name: Annotated[ShortText, Field(max_length=128)]
    url: Annotated[ShortText, Field(max_length=2000)]
    model: ShortText
    key: Secret | None = None
    capabilities: list[Literal["chat", "embed", "learn", "tools"]] | None = None
    size: Literal["small", "capable"] | None = None
    context_tokens: Annotated[int, Field(ge=256, le=100_000_000)] | None = None


class HealthCheckOut(Schema):
    """What one tiny request to a model showed."""

    ok: bool
    first_token_seconds: float | None
    tokens_per_second: float | None
    sentence: str


class ProbeRequest(Schema):
    """An OpenAI-shaped endpoint to try; nothing of it is kept."""

    url: Annotated[ShortText, Field(max_length=2000)]
    key: Secret | None = None
    model: ShortText | None = None
    """Which of its models to ask; if it has one only, that one is asked anyway."""


class ProbeOut(HealthCheckOut):
    """What an endpoint answered.

    `models` are those that it lists; `model` is the one that was asked a tiny question, and none
    where there are several to choose from: then `ok` says no more than that it lists them.
    """

    models: list[str]
    model: str | None


class DownloadOut(Schema):
    """How far the download of a model is; `none` where none was asked for since Tau started."""

    name: str
    state: Literal["none", "running", "done", "failed"]
    bytes_done: int
    bytes_total: int
    sentence: str


class HealthOut(Schema):
    """Whether Tau answers."""

    status: Literal["ok"]
    version: str
    uptime_seconds: float
