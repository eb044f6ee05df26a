"""Lives of these tests: their data key, and that no model embeds anything."""

from collections.abc import Awaitable, Callable
from typing import Any

from tau.life.life import Life

Open = Callable[..., Awaitable[Life]]
KEY = bytes(range(32))


async def nobody_embeds(query: str, model: str | None) -> Any | None:
    """Return no vector."""
    return None
