"""How the running server is stopped: SIGTERM lets replies end, Ctrl-C and a second signal don't."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Stopping:
    """Whether Tau was asked to stop."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    at_once: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, with `asked`, if replies in progress aren't waited for."""

    def interrupt(self) -> None:
        """Stop at once."""
        self.at_once.set()
        self.asked.set()

    def terminate(self) -> None:
        """Stop once replies in progress have ended; the second time, at once."""
        if self.asked.is_set():
            self.at_once.set()
        self.asked.set()


@contextmanager
def stopping() -> Iterator[Stopping]:
    """Yield how Tau is asked to stop, by Ctrl-C and SIGTERM, while the context lasts."""
    stop = Stopping()
    loop = asyncio.get_running_loop()
    handlers = {signal.SIGINT: stop.interrupt, signal.SIGTERM: stop.terminate}
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        yield stop
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)


async def run_unless_stopped(stop: asyncio.Event, work: Coroutine[Any, Any, object]) -> bool:
    """Do `work` unless Tau is stopped first; return whether it was done."""
    working = asyncio.create_task(work)
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        working.cancel()
        await asyncio.wait({working})
        return False
    stopping.cancel()
    await working
    return True
