"""Adapters, and reading their content for a process that loads them."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from tau.models.adapter_check import BaseFacts, check_adapter, read_base
from tau.models.errors import BackendUnavailable, InvalidAdapter


@dataclass(frozen=True, eq=False)
class Adapter:
    """An adapter by the name of the model that it makes of its base."""

    name: str
    sha256: str
    """Of its plain content, which is a GGUF file."""
    load: Callable[[], Awaitable[bytes]]
    """Returns the plain content; called whenever a process is started with it, and nothing of it
    is kept. What it raises is raised by the request."""


class AdapterReader:
    """Reads the adapters of one base, and checks that llama.cpp can apply them to it."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._facts: tuple[float, BaseFacts] | None = None
        self._reading = asyncio.Lock()

    async def read(self, adapter: Adapter) -> bytes:
        """Return the plain content of an adapter.

        Raises `InvalidAdapter`, `BackendUnavailable`, and what its `load` raises.
        """
        content = await adapter.load()
        facts = await self._base_facts(adapter)
        await asyncio.to_thread(_check, content, adapter, facts)
        return content

    async def _base_facts(self, adapter: Adapter) -> BaseFacts:
        """Return the facts of the base's file, which are read again if the file has changed."""
        async with self._reading:  # all of the file is read, so once for adapters that come at once
            try:
                changed_at = self._base.stat().st_mtime
                if self._facts is None or self._facts[0] != changed_at:
                    self._facts = changed_at, await asyncio.to_thread(read_base, self._base)
            except OSError as error:
                raise BackendUnavailable(adapter.name, "has a base that can't be read") from error
            return self._facts[1]


def _check(content: bytes, adapter: Adapter, facts: BaseFacts) -> None:
    """Check an adapter's content, which takes a while. Raises `InvalidAdapter`."""
    if hashlib.sha256(content).hexdigest() != adapter.sha256:
        raise InvalidAdapter("its file was changed")
    check_adapter(content, facts)
