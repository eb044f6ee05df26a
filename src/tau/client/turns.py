"""Requests that begin, watch and stop turns.

A turn's events arrive as server-sent events. A connection that breaks is resumed after the last
event received, so that nothing is shown twice and nothing is missed. A server that can't answer at
the moment is asked again, with the same turn id: it may be ending, or its place be taken.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import BinaryIO

import aiohttp
import msgspec

from tau.client.http import UNEXPECTED_ANSWER, ApiError, HttpConnection, decode, path_of
from tau.client.uploading import send_file
from tau.companion.events import Done, Event, Failed
from tau.errors import TauError
from tau.ids import new_id
from tau.server.schemas.attachments import AttachmentList, AttachmentOut
from tau.server.schemas.turns import TurnOut
from tau.sse import iter_event_data

_STREAM_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=60)
_MAX_ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.2
_CONNECTION_LOST = (
    "The connection to Tau was lost; what you said is kept, and so is the reply once it is made."
)
_events: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)


class TurnsClient:
    """The part of the API that concerns turns."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def say(
        self,
        conversation_id: str,
        words: str,
        *,
        edits: str | None = None,
        model: str | None = None,
        expert: str | None = None,
        attachments: Sequence[str] = (),
    ) -> TurnOut:
        """Say something, with files; returns once it is durable."""
        path = path_of("conversations", conversation_id, "turns")
        files = list(attachments) or None
        asked = {"words": words, "edits": edits, "model": model, "expert": expert}
        return await self._begin(path, **asked, attachments=files)

    async def attach(self, file: BinaryIO, name: str) -> AttachmentOut:
        """Send a file, and return what was read from it. Name its id with the next words."""
        answer = await send_file(self._http, "/api/attachments", file, name=name)
        return decode(answer, AttachmentOut)

    async def files(self) -> list[AttachmentOut]:
        """Return the files that messages name, oldest first."""
        return (await self._http.send("GET", "/api/attachments", AttachmentList)).attachments

    async def retry(
        self, message_id: str, *, model: str | None = None, expert: str | None = None
    ) -> TurnOut:
        """Ask for another reply to the person's message."""
        path = path_of("messages", message_id, "retry")
        return await self._begin(path, model=model, expert=expert)

    async def stop(self, turn_id: str) -> None:
        """Stop a reply; the text so far is kept."""
        await self._http.command("POST", path_of("turns", turn_id, "stop"))

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
                pass  # counted below: the stream is resumed where it broke
            except ApiError as error:
                if not error.is_passing:
                    raise
            except msgspec.MsgspecError as error:
                raise TauError(UNEXPECTED_ANSWER) from error
            failures += 1
            await asyncio.sleep(_FIRST_PAUSE_SECONDS * 2**failures)
        raise TauError(_CONNECTION_LOST)

    async def _begin(self, path: str, **asked: str | list[str] | None) -> TurnOut:
        given = {name: value for name, value in asked.items() if value is not None}
        turn = new_id()  # an idempotency key: a repeated request does not begin a second turn
        for failures in range(1, _MAX_ATTEMPTS):
            try:
                return await self._http.send("POST", path, TurnOut, turn=turn, **given)
            except ApiError as error:
                if not error.is_passing:
                    raise
                await asyncio.sleep(_FIRST_PAUSE_SECONDS * 2**failures)
            except TauError:
                if failures > 1:
                    raise
        return await self._http.send("POST", path, TurnOut, turn=turn, **given)

    async def _events_after(self, turn_id: str, seen: int) -> AsyncIterator[Event]:
        path = path_of("turns", turn_id, "events")
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(seen)}
        stream = self._http.stream(path, headers=headers, timeout=_STREAM_TIMEOUT)
        async with aclosing(stream) as pieces:
            async for data in iter_event_data(pieces):
                yield _events.decode(data)
