"""How the tests here speak of upstreams."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

from tau.models.http import GuardedClient
from tau.models.remote import RemoteModel
from tau.models.types import ModelInfo

Answer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]
Raw = Callable[[Answer], AbstractAsyncContextManager[str]]
LOOPBACK = "localhost,127.0.0.1,::1"


def remote(
    client: GuardedClient, url: str, *, key: str | None = None, timeout: float = 20.0
) -> RemoteModel:
    """The model `far` at an address."""
    info = ModelInfo(name="far", origin="endpoint", capabilities=frozenset({"chat", "embed"}))
    return RemoteModel(info, client, url=url, model="m", key=key, timeout_seconds=timeout)


def asking(words: str) -> dict[str, object]:
    """A chat request with these words of a person."""
    return {"messages": [{"role": "user", "content": words}]}
