"""Client of a Tau under measurement: signs in, gets an API key and adds messages.

Everything goes through the public API, as with any client.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tau.bench import machine
from tau.bench.processes import TauProcess
from tau.bench.sample_text import TextGenerator
from tau.errors import ModelError
from tau.sse import iter_event_data

_CONVERSATIONS_AT_ONCE = 40
_IDLE_SHARE = 0.05  # of a core
_POLL_SECONDS = 0.5
_QUIET_POLLS = 4
_TIMEOUT_SECONDS = 600.0
_FALLBACK_WAIT_SECONDS = 3.0  # where the system does not report CPU time


class BenchmarkClient:
    """Signed-in client of Tau's own API."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def get(self, path: str) -> Any:
        """Return the JSON of `path`."""
        return await self._ask("GET", path, None)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Return the answer to `body`. Raises `ModelError` if it is an error."""
        return await self._ask("POST", path, body)

    async def new_key(self) -> str:
        """Return a fresh API key."""
        return str((await self.post("/api/keys", {"label": "benchmark"}))["key"])

    async def invite(self) -> str:
        """Return the key of an invitation for one more person; only the owner may."""
        return str((await self.post("/api/invitations", {}))["key"])

    async def send_messages(self, writer: TextGenerator, messages: int) -> None:
        """Add `messages` messages of both sides, in several conversations."""
        shares = [
            messages // _CONVERSATIONS_AT_ONCE + (number < messages % _CONVERSATIONS_AT_ONCE)
            for number in range(_CONVERSATIONS_AT_ONCE)
        ]
        texts = [[writer.message() for _ in range(share)] for share in shares if share]
        async with asyncio.TaskGroup() as group:
            for share in texts:
                group.create_task(self._send_conversation(share))

    async def recalled(self, turn: str) -> list[dict[str, Any]]:
        """Return the passages that a turn recalls, best first, as soon as they are known.

        Raises `ModelError` if the turn ends without recalling any.
        """
        try:
            async with self._session.get(f"/api/turns/{turn}/events") as events:
                async for data in iter_event_data(events.content.iter_any()):
                    event = json.loads(data)
                    if event.get("type") == "recalled":
                        return list(event["passages"])
        except aiohttp.ClientError as error:
            raise ModelError("Tau ended the events of a turn early.") from error
        raise ModelError("Tau ended a turn without saying what it recalled.")

    async def _send_conversation(self, texts: list[str]) -> None:
        conversation = (await self.post("/api/conversations", {}))["id"]
        for number, text in enumerate(texts):
            by = "tau" if number % 2 else "person"
            await self.post(f"/api/conversations/{conversation}/messages", {"text": text, "by": by})

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        try:
            async with self._session.request(method, path, json=body) as answer:
                if answer.status >= 400:
                    raise ModelError(f"Tau refused {path} with status {answer.status}.")
                return None if answer.status == 204 else await answer.json()
        except aiohttp.ClientError as error:
            raise ModelError(f"Tau did not answer {path}.") from error


@asynccontextmanager
async def signed_in_client(tau: TauProcess) -> AsyncIterator[BenchmarkClient]:
    """Come to `tau` through its one-time link; yields a client who is signed in."""
    async with _client(tau) as client:
        await client.post("/api/welcome", {"key": tau.link_key})
        yield client


@asynccontextmanager
async def invited_client(
    tau: TauProcess, invitation: str, name: str
) -> AsyncIterator[BenchmarkClient]:
    """Come to `tau` as a new person called `name`; yields a client who is signed in."""
    async with _client(tau) as client:
        accepting = {"key": invitation, "name": name, "password": secrets.token_urlsafe()}
        await client.post("/api/invitations/accept", accepting)
        yield client


@asynccontextmanager
async def _client(tau: TauProcess) -> AsyncIterator[BenchmarkClient]:
    async with aiohttp.ClientSession(
        tau.url,
        headers={"Origin": tau.url},
        cookie_jar=aiohttp.CookieJar(unsafe=True),  # takes cookies from a bare address too
        connector=aiohttp.TCPConnector(limit=_CONVERSATIONS_AT_ONCE),
    ) as session:
        yield BenchmarkClient(session)


async def wait_until_idle(tau: TauProcess) -> None:
    """Wait until `tau` is idle, with nothing left to embed.

    One quiet moment is no sign of that: on a busy machine its processes may just have to wait.
    """
    used = machine.cpu_seconds(tau.pid)
    if used is None:
        await asyncio.sleep(_FALLBACK_WAIT_SECONDS)
        return
    async with asyncio.timeout(_TIMEOUT_SECONDS):
        quiet = 0
        while quiet < _QUIET_POLLS:
            await asyncio.sleep(_POLL_SECONDS)
            now = machine.cpu_seconds(tau.pid) or used
            share, used = abs(now - used) / _POLL_SECONDS, now
            quiet = quiet + 1 if share <= _IDLE_SHARE else 0
