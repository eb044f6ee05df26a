"""Accepts connections, looks at the routing tag of each, and gives the sockets away.

The bytes are only looked at (`MSG_PEEK`), so whoever gets a socket reads all of them. A connection
that says nothing for a while is given away as it is: no connection waits for another.
"""

import asyncio
import logging
import socket
from collections.abc import Callable

from tau.server.workers.request_head import LONGEST_HEAD, routing_tag

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
"""How long a connection may take to say whose it is."""
_LOOK_SECONDS = 0.01  # between two looks at a head that is incomplete
_ACCEPTED_AT_ONCE = 64
_MOST_WAITING = 1_000
_PAUSE_SECONDS = 0.1  # after the system had no more file descriptors

GiveAway = Callable[[socket.socket, bytes], None]
"""Takes an accepted connection with its tag, which may be empty, and closes it here."""


class _Waiting:
    """A connection that hasn't said whose it is."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self.connection = connection
        self.until = until
        self.timer: asyncio.TimerHandle | None = None


class ConnectionRouter:
    """Gives every connection to `listener` away, once it's known whose it is."""

    def __init__(
        self,
        listener: socket.socket,
        give_away: GiveAway,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._listener = listener
        self._give_away = give_away
        self._patience_seconds = patience_seconds
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[int, _Waiting] = {}
        self._resuming: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Accept from now on."""
        self._listener.setblocking(False)
        self._loop.add_reader(self._listener.fileno(), self._accept)

    def stop(self) -> None:
        """Accept no more, and close what waits."""
        if self._resuming is not None:
            self._resuming.cancel()
        self._loop.remove_reader(self._listener.fileno())
        for waiting in list(self._waiting.values()):
            self._forget(waiting)
            waiting.connection.close()

    def _accept(self) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                logger.warning("connections can't be accepted: %s", error.strerror)
                self._pause()
                return
            connection.setblocking(False)
            self._look(_Waiting(connection, self._loop.time() + self._patience_seconds))

    def _pause(self) -> None:
        self._loop.remove_reader(self._listener.fileno())
        self._resuming = self._loop.call_later(_PAUSE_SECONDS, self.start)

    def _look(self, waiting: _Waiting) -> None:
        """Give a connection away if it's known whose it is; else look again later."""
        self._forget(waiting)
        received = b""
        try:
            received = waiting.connection.recv(LONGEST_HEAD, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            tag = None
        except OSError:
            waiting.connection.close()
            return
        else:
            if not received:  # the client has left
                waiting.connection.close()
                return
            tag = routing_tag(received)
        is_late = self._loop.time() >= waiting.until or len(self._waiting) >= _MOST_WAITING
        if tag is not None or is_late:
            self._give_away(waiting.connection, tag or b"")
            return
        self._look_later(waiting, is_silent=not received)

    def _look_later(self, waiting: _Waiting, *, is_silent: bool) -> None:
        number = waiting.connection.fileno()
        self._waiting[number] = waiting
        left = waiting.until - self._loop.time()
        if is_silent:
            self._loop.add_reader(number, self._look, waiting)
        # what was only looked at keeps a socket readable: it's looked at again after a while
        pause = left if is_silent else min(left, _LOOK_SECONDS)
        waiting.timer = self._loop.call_later(pause, self._look, waiting)

    def _forget(self, waiting: _Waiting) -> None:
        number = waiting.connection.fileno()
        if self._waiting.pop(number, None) is None:
            return
        self._loop.remove_reader(number)
        if waiting.timer is not None:
            waiting.timer.cancel()
