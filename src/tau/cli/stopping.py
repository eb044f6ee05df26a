"""How the running server is stopped: SIGTERM lets replies end, Ctrl-C and a second signal don't."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


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
