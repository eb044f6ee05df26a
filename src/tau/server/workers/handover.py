"""Hands accepted connections to another process of this machine (`SCM_RIGHTS`).

Every connection is one byte with one file descriptor, read one at a time: a stream of a Unix socket
keeps no boundaries, and not every system has packets there.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress

_BYTE = b"c"
_RECEIVED_AT_ONCE = 64


def send_connection(channel: socket.socket, connection: socket.socket) -> bool:
    """Send a connection and close it here; return whether the other process can take it."""
    try:
        socket.send_fds(channel, [_BYTE], [connection.fileno()])
    except OSError:  # it has ended, or is too busy to take more
        return False
    connection.close()
    return True


class ConnectionReceiver:
    """Calls `take` with every connection that arrives on `channel`, until the sender ends."""

    def __init__(self, channel: socket.socket, take: Callable[[socket.socket], None]) -> None:
        channel.setblocking(False)
        self._channel = channel
        self._take = take
        self._loop = asyncio.get_running_loop()
        self.ended = asyncio.Event()
        """Set when the sender has ended."""
        self._loop.add_reader(channel.fileno(), self._receive)

    def stop(self) -> None:
        """Take no more."""
        self._loop.remove_reader(self._channel.fileno())

    def _receive(self) -> None:
        for _ in range(_RECEIVED_AT_ONCE):
            received, numbers = b"", list[int]()
            try:
                received, numbers, _, _ = socket.recv_fds(self._channel, 1, 1)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                pass
            if not received:
                self.stop()
                self.ended.set()
                return
            for number in numbers:
                connection = socket.socket(fileno=number)
                with suppress(OSError):
                    connection.setblocking(False)
                self._take(connection)
