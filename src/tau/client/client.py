"""Tau's API as the terminal uses it: one HTTP client, whether the server runs here or elsewhere.

A turn's events are read as server-sent events; a connection that breaks is taken up again after
the last event that was seen, so that nothing is shown twice and nothing is missed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self, TypeVar
from urllib.parse import quote

import aiohttp
import msgspec

from tau.companion.events import Done, Event, Failed
from tau.errors import BadInput, TauError
from tau.ids import new_id
from tau.journal.entries import Author, Status
from tau.sse import iter_event_data

T = TypeVar("T")
_TIMEOUT = aiohttp.ClientTimeout(total=300, sock_connect=10)
NO_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10)
_STREAM_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
_MAX_ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.2
_UNEXPECTED_ANSWER = "What answered is not Tau, or a Tau of another version."
_PAGE_SIZE = 200
_MAX_REVIEWED = 1_000
_PIECE_BYTES = 256 << 10
_FACTS = "/api/memory/facts"
_events: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)
_CONNECTION_LOST = (
    "The connection to Tau was lost; what you said is kept, and the reply too when it comes."
)


class ApiError(TauError):
    """Tau's server answered with a failure; `status` is that of HTTP."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


class Recalled(msgspec.Struct, frozen=True):
    """A message that was recalled for a reply."""

    message: str
    conversation: str
    by: Author
    text: str
    at: float
    speaker: str | None = None
    reasons: list[str] = []


class Message(msgspec.Struct, frozen=True):
    """One message of either side."""

    id: str
    conversation: str
    by: Author
    text: str
    at: float
    speaker: str | None = None
    turn: str | None = None
    status: Status = "complete"
    model: str | None = None
    recalled: list[Recalled] = []


class Conversation(msgspec.Struct, frozen=True):
    """One conversation."""

    id: str
    title: str | None
    started_at: float
    updated_at: float
    archived: bool
    count: int
    private: bool
    live_turn: str | None = None


class Passage(msgspec.Struct, frozen=True):
    """A found message and why it was found."""

    message: Message
    score: float
    reasons: list[str]


class Fact(msgspec.Struct, frozen=True):
    """Something held to be true, or once held so."""

    id: str
    topic: str
    text: str
    state: str
    confirmed: bool
    said_on: float
    last_said_on: float
    learned_by: str
    revision: int
    about: str = ""
    valid_from: float | None = None
    valid_to: float | None = None
    due: float | None = None
    sources: list[str] = []


class FactDetail(msgspec.Struct, frozen=True):
    """A fact with its history and the messages that say so."""

    fact: Fact
    history: list[Fact]
    sources: list[Recalled]


class Going(msgspec.Struct, frozen=True):
    """One thing that goes when something is forgotten, or stays and may say the same."""

    what: Literal["message", "reply", "fact", "title", "elsewhere"]
    id: str
    text: str
    at: float | None = None


class Forgotten(msgspec.Struct, frozen=True):
    """What went, or would go."""

    messages: int
    replies: int
    facts: int
    titles: int
    conversations: int
    elsewhere: int
    preview: list[Going] = []


class Learning(msgspec.Struct, frozen=True):
    """Whether learning is paused, and how much is known and waits."""

    paused: bool
    current: int
    waiting: int


class PortraitLine(msgspec.Struct, frozen=True):
    """A line of the portrait and the facts it is made of."""

    text: str
    facts: list[str]


class Model(msgspec.Struct, frozen=True):
    """What Tau knows of one model."""

    name: str
    origin: str
    capabilities: list[str]
    size: str
    context_tokens: int
    ready: bool
    about: str
    licence: str
    bytes: int


class Models(msgspec.Struct, frozen=True):
    """The models and the aliases."""

    models: list[Model]
    aliases: dict[str, list[str]] = {}


class Check(msgspec.Struct, frozen=True):
    """What one tiny request to a model showed."""

    ok: bool
    sentence: str
    first_token_seconds: float | None = None
    tokens_per_second: float | None = None


class LeftOut(msgspec.Struct, frozen=True):
    """Something in a brought file that was not taken, or is to be known."""

    where: str
    reason: str


class Foreseen(msgspec.Struct, frozen=True):
    """A fact that a file would let Tau learn; `trust` is `own`, or `waiting` for a word."""

    text: str
    trust: str


class Brought(msgspec.Struct, frozen=True):
    """An import, and how far it is."""

    id: str
    origin: str
    state: str
    sentence: str
    bytes_done: int
    bytes_total: int
    conversations: int
    messages: int
    facts: int
    known: int
    skipped_count: int
    skipped: list[LeftOut]
    notes: list[LeftOut]
    restored: bool
    forgotten: int = 0
    name: str = ""
    at: float = 0.0
    dry_run: bool = False
    learned: list[Foreseen] = []


class Turn(msgspec.Struct, frozen=True):
    """A reply in the making."""

    turn: str
    conversation: str
    message: str
    finished: bool


class _Page(msgspec.Struct, frozen=True):
    conversations: list[Conversation]
    next: str | None


class _Thread(msgspec.Struct, frozen=True):
    messages: list[Message]
    earlier: str | None


class _Found(msgspec.Struct, frozen=True):
    passages: list[Passage]


class _Facts(msgspec.Struct, frozen=True):
    facts: list[Fact]
    next: str | None = None


class _Undone(msgspec.Struct, frozen=True):
    fact: Fact | None


class _Portrait(msgspec.Struct, frozen=True):
    lines: list[PortraitLine]


class _Imports(msgspec.Struct, frozen=True):
    imports: list[Brought]


class _Download(msgspec.Struct, frozen=True):
    state: str
    bytes_done: int
    bytes_total: int
    sentence: str


class Client:
    """A signed-in client of one Tau. Every failure is a `TauError` with one sentence."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers=self._headers, timeout=_TIMEOUT)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def conversations(self, *, limit: int | None = None) -> list[Conversation]:
        """Return the conversations that are not archived, newest first."""
        kept: list[Conversation] = []
        after: str | None = None
        while limit is None or len(kept) < limit:
            asked = {"limit": str(_PAGE_SIZE), **({"after": after} if after else {})}
            page = await self._get("/api/conversations", _Page, **asked)
            kept += page.conversations
            after = page.next
            if after is None:
                break
        return kept[:limit]

    async def conversation(self, conversation_id: str) -> Conversation:
        """Return one conversation. Raises `ApiError` (404) if there is none."""
        return await self._get(f"/api/conversations/{_quote(conversation_id)}", Conversation)

    async def begin(self, *, private: bool = False) -> Conversation:
        """Begin a conversation."""
        return await self._send("POST", "/api/conversations", Conversation, private=private)

    async def rename(self, conversation_id: str, title: str) -> Conversation:
        """Give a conversation a title."""
        path = f"/api/conversations/{_quote(conversation_id)}"
        return await self._send("PATCH", path, Conversation, title=title)

    async def messages(self, conversation_id: str) -> list[Message]:
        """Return the whole visible thread of a conversation, oldest first."""
        path = f"/api/conversations/{_quote(conversation_id)}/messages"
        kept: list[Message] = []
        before: str | None = None
        while True:
            asked = {"limit": str(_PAGE_SIZE), **({"before": before} if before else {})}
            page = await self._get(path, _Thread, **asked)
            kept = page.messages + kept
            before = page.earlier
            if before is None:
                return kept

    async def say(
        self,
        conversation_id: str,
        words: str,
        *,
        edits: str | None = None,
        model: str | None = None,
    ) -> Turn:
        """Say something; returns once it cannot be lost any more."""
        path = f"/api/conversations/{_quote(conversation_id)}/turns"
        return await self._begin_turn(path, words=words, edits=edits, model=model)

    async def retry(self, message_id: str, *, model: str | None = None) -> Turn:
        """Ask for another reply to the person's message."""
        return await self._begin_turn(f"/api/messages/{_quote(message_id)}/retry", model=model)

    async def stop(self, turn_id: str) -> None:
        """Stop a reply; what was said so far is kept."""
        await self._send("POST", f"/api/turns/{_quote(turn_id)}/stop", None)

    async def events(self, turn_id: str) -> AsyncIterator[Event]:
        """Yield the events of a turn to its end, over as many connections as that takes."""
        seen, failures = 0, 0
        while failures < _MAX_ATTEMPTS:
            try:
                async for event in self._events_after(turn_id, seen):
                    seen, failures = event.id, 0
                    yield event
                    if isinstance(event, Done | Failed):
                        return
            except (aiohttp.ClientError, TimeoutError, OSError):
                pass  # counted below: the stream is taken up where it broke
            except msgspec.MsgspecError as error:
                raise TauError(_UNEXPECTED_ANSWER) from error
            failures += 1
            await asyncio.sleep(_FIRST_PAUSE_SECONDS * 2**failures)
        raise TauError(_CONNECTION_LOST)

    async def search(self, query: str, *, limit: int = 10) -> list[Passage]:
        """Search everything that was ever said, best first."""
        found = await self._send("POST", "/api/search", _Found, query=query, limit=limit)
        return found.passages

    async def facts(
        self, *, state: str = "current", topic: str = "", query: str = "", limit: int | None = None
    ) -> list[Fact]:
        """Return facts, those said last first; with `query`, those that fit best first."""
        asked = {"state": state, "limit": str(_PAGE_SIZE), "q": query, "topic": topic}
        asked = {name: value for name, value in asked.items() if value}
        kept: list[Fact] = []
        while limit is None or len(kept) < limit:
            page = await self._get(_FACTS, _Facts, **asked)
            kept += page.facts
            if page.next is None:
                break
            asked["after"] = page.next
        return kept[:limit]

    async def fact(self, fact_id: str) -> FactDetail:
        """Return a fact with its history and sources. Raises `ApiError` (404) if there is none."""
        return await self._get(f"{_FACTS}/{_quote(fact_id)}", FactDetail)

    async def tell(self, text: str) -> list[Fact]:
        """Tell memory something directly."""
        return (await self._send("POST", _FACTS, _Facts, text=text)).facts

    async def correct(self, fact: Fact, text: str) -> Fact:
        """Put `text` in the place of a fact as it was looked at."""
        path = f"{_FACTS}/{_quote(fact.id)}/correct"
        return await self._send("POST", path, Fact, text=text, revision=fact.revision)

    async def confirm(self, fact: Fact) -> Fact:
        """Say that a fact is right."""
        path = f"{_FACTS}/{_quote(fact.id)}/confirm"
        return await self._send("POST", path, Fact, revision=fact.revision)

    async def judge(self, verdict: Literal["approve", "reject"], ids: list[str]) -> list[Fact]:
        """Approve or reject facts: a thousand of them in one step."""
        judged: list[Fact] = []
        for start in range(0, len(ids), _MAX_REVIEWED):
            some = ids[start : start + _MAX_REVIEWED]
            judged += (await self._send("POST", f"{_FACTS}/{verdict}", _Facts, ids=some)).facts
        return judged

    async def undo(self, fact_id: str) -> Fact | None:
        """Take back the last thing one did to a fact; return what stands in its place."""
        return (await self._send("POST", f"{_FACTS}/{_quote(fact_id)}/undo", _Undone)).fact

    async def portrait(self) -> list[PortraitLine]:
        """Return the lines that stand first in every prompt."""
        return (await self._get("/api/memory/profile", _Portrait)).lines

    async def learning(self, *, paused: bool | None = None) -> Learning:
        """Tell whether learning is paused, or pause it or go on."""
        path = "/api/memory/learning"
        if paused is None:
            return await self._get(path, Learning)
        return await self._send("PUT", path, Learning, paused=paused)

    async def forget(self, *, dry_run: bool = False, **what: Any) -> Forgotten:
        """Forget for good, with all that repeats it; with `dry_run`, tell what would go.

        `what` is one of `messages`, `facts`, `conversation`, `import_id` and `since` (and `until`).
        """
        return await self._send("POST", "/api/memory/forget", Forgotten, dry_run=dry_run, **what)

    async def message(self, message_id: str) -> Message:
        """Return one message. Raises `ApiError` (404) if there is none."""
        return await self._get(f"/api/messages/{_quote(message_id)}", Message)

    async def bring(
        self, file: BinaryIO, name: str, watch: Callable[[int, int], None], **asked: bool
    ) -> Brought:
        """Send a file to be read, telling `watch` the bytes sent and in all.

        Returns once it is there, and reading has begun.
        """
        size = await asyncio.to_thread(file.seek, 0, 2)
        await asyncio.to_thread(file.seek, 0)
        answer = await self._answer(
            "POST",
            "/api/imports",
            params={
                "name": name[-200:],
                **{key: str(given).lower() for key, given in asked.items()},
            },
            data=_pieces(file, size, watch),
            headers={"Content-Type": "application/octet-stream", "Content-Length": str(size)},
            timeout=NO_TIMEOUT,
        )
        return _decode(answer, Brought)

    async def imports(self) -> list[Brought]:
        """Return every import, newest first."""
        return (await self._get("/api/imports", _Imports)).imports

    async def brought(self, import_id: str) -> Brought:
        """Return how far an import is."""
        return await self._get(f"/api/imports/{_quote(import_id)}", Brought)

    async def stop_import(self, import_id: str) -> None:
        """Stop an import; what it wrote stays."""
        await self._send("DELETE", f"/api/imports/{_quote(import_id)}", None)

    async def models(self) -> Models:
        """Return the models and aliases."""
        return await self._get("/api/models", Models)

    async def discover_models(self) -> list[Model]:
        """Return the models of servers that run on Tau's machine."""
        return (await self._get("/api/models/found", Models)).models

    async def add_model(self, name: str, url: str, model: str, **details: Any) -> None:
        """Add an OpenAI-shaped endpoint."""
        await self._send("POST", "/api/models", Models, name=name, url=url, model=model, **details)

    async def remove_model(self, name: str) -> None:
        """Forget an endpoint."""
        await self._send("DELETE", f"/api/models/{_quote(name)}", None)

    async def use_models(self, alias: str, names: list[str]) -> None:
        """Say which models answer to an alias, first one first."""
        await self._send("PUT", f"/api/models/aliases/{_quote(alias)}", Models, names=names)

    async def check_model(self, name: str) -> Check:
        """Send a model one tiny request."""
        return await self._send("POST", f"/api/models/{_quote(name)}/check", Check)

    async def pull_model(self, name: str, progress: Callable[[int, int], None]) -> None:
        """Download a model, telling `progress` the bytes done and in all. Raises `TauError`."""
        path = f"/api/models/{_quote(name)}/pull"
        download = await self._send("POST", path, _Download)
        while download.state == "running":
            progress(download.bytes_done, download.bytes_total)
            await asyncio.sleep(_FIRST_PAUSE_SECONDS)
            download = await self._get(path, _Download)
        if download.state == "failed":
            raise TauError(download.sentence)
        progress(download.bytes_done, download.bytes_total)

    async def _begin_turn(self, path: str, **asked: str | None) -> Turn:
        given = {name: value for name, value in asked.items() if value is not None}
        turn = new_id()  # the same at a second try: what arrived twice is answered once
        try:
            return await self._send("POST", path, Turn, turn=turn, **given)
        except ApiError:
            raise
        except TauError:
            return await self._send("POST", path, Turn, turn=turn, **given)

    async def _events_after(self, turn_id: str, seen: int) -> AsyncIterator[Event]:
        path = f"{self.url}/api/turns/{_quote(turn_id)}/events"
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(seen)}
        async with self._http.get(path, headers=headers, timeout=_STREAM_TIMEOUT) as response:
            if response.status >= 400:
                raise error_from(response.status, await response.read())
            async for data in iter_event_data(response.content.iter_any()):
                yield _events.decode(data)

    async def _get(self, path: str, kind: type[T], **query: str) -> T:
        return _decode(await self._answer("GET", path, params=query), kind)

    async def _send(self, method: str, path: str, kind: type[T] | None, **body: Any) -> T:
        answer = await self._answer(method, path, json=body if method != "DELETE" else None)
        return _decode(answer, kind) if kind is not None else None  # type: ignore[return-value]

    async def _answer(self, method: str, path: str, **rest: Any) -> bytes:
        try:
            async with self._http.request(method, self.url + path, **rest) as response:
                body = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if isinstance(error.__cause__, BadInput):  # of what was to be sent
                raise error.__cause__ from None
            raise TauError("Tau's server does not answer; `tau doctor` may know why.") from error
        if response.status >= 400:
            raise error_from(response.status, body)
        return body

    @property
    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("a Client is used as a context manager")
        return self._session


async def _pieces(
    file: BinaryIO, size: int, watch: Callable[[int, int], None]
) -> AsyncIterator[bytes]:
    """Yield a file of `size` bytes, and no more if it grows. Raises `BadInput` if it shrinks."""
    sent = 0
    while sent < size and (
        piece := await asyncio.to_thread(file.read, min(_PIECE_BYTES, size - sent))
    ):
        yield piece
        sent += len(piece)
        watch(sent, size)
    if sent < size:
        raise BadInput("The file became shorter while it was sent; try again.")


class _Detail(msgspec.Struct):
    sentence: str


class _Failure(msgspec.Struct):
    error: _Detail


def _decode(answer: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(answer, type=kind)
    except msgspec.MsgspecError as error:
        raise TauError(_UNEXPECTED_ANSWER) from error


def error_from(status: int, body: bytes) -> ApiError:
    """Return the error that an answer with that status stands for."""
    try:
        sentence = msgspec.json.decode(body, type=_Failure).error.sentence
    except msgspec.MsgspecError:
        sentence = f"Tau's server answered with status {status}."
    return ApiError(sentence, status)


def _quote(text: str) -> str:
    return quote(text, safe="")
