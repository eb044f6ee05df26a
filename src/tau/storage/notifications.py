"""Notifications between the processes that share a database: what changed, without its content.

PostgreSQL delivers them (NOTIFY and LISTEN): one that's sent in a transaction arrives if and when
it's committed. Processes that share a SQLite file have a relay, if one process started the others.
A notification names people, rows and nodes, and never says anything of what they contain.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Literal, get_args

import msgspec
import sqlalchemy as sa

from tau.ids import new_id
from tau.storage.postgres_connection import connect, connection_errors

if TYPE_CHECKING:
    import asyncpg

logger = logging.getLogger(__name__)

CHANNEL = "tau"
What = Literal["journal", "home", "slot", "person", "removed", "models", "resync"]
_CONNECT_SECONDS = 5.0
_CHECK_SECONDS = 5.0  # how long a connection that died in silence may stay unnoticed
_FIRST_RETRY_SECONDS = 0.1
_LONGEST_RETRY_SECONDS = 5.0
_UNSENT = "tau notifications"  # in `Connection.info`


class Notification(msgspec.Struct, frozen=True, omit_defaults=True):
    """What another process should know.

    `journal`: something was appended for `person`, up to entry `number`. `home`: `name` lost the
    home of `person`. `slot`: the key slot `name` of `person` was deleted or changed. `person`:
    anything else about `person`. `removed`: `person` was removed. `models`: models, aliases or
    releases changed. `resync`: notifications may have been missed. `node` sent it.
    """

    what: What
    person: str = ""
    name: str = ""
    node: str = ""
    number: int = 0


Listener = Callable[[Notification], None]
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Notification)


def encode(notification: Notification) -> str:
    """Return a notification as text."""
    return _encoder.encode(notification).decode()


class Notifications:
    """Sends notifications, and calls the listeners for those of other processes.

    Listeners are called on the event loop of `start`, or of whoever calls `deliver`.
    """

    def __init__(self, address: sa.URL | None = None) -> None:
        """`address` is that of a PostgreSQL database; without one, only `relay` sends."""
        self.node = new_id()
        """The random id of this process."""
        self.relay: Callable[[str], None] | None = None
        """Sends a text to the other processes of a SQLite file; called in any thread."""
        self._address = address
        self._listeners: dict[str, list[Listener]] = {what: [] for what in get_args(What)}
        self._task: asyncio.Task[None] | None = None

    def subscribe(self, what: What, listener: Listener) -> None:
        """Call `listener` for every notification `what` of another process, and for a `resync`."""
        self._listeners[what].append(listener)

    def notify(self, connection: sa.Connection, notification: Notification) -> None:
        """Send a notification if and when the transaction of `connection` is committed."""
        text = encode(msgspec.structs.replace(notification, node=self.node))
        if self._address is not None:
            connection.execute(sa.select(sa.func.pg_notify(CHANNEL, text)))
        elif self.relay is not None:
            connection.info.setdefault(_UNSENT, []).append(text)

    @contextmanager
    def sent_after(self, connection: sa.Connection) -> Iterator[None]:
        """Send what the transaction in the block notified of, after it; nothing if it fails."""
        try:
            yield
        except BaseException:
            connection.info.pop(_UNSENT, None)
            raise
        if self.relay is not None:
            for text in connection.info.pop(_UNSENT, ()):
                self.relay(text)

    def deliver(self, text: str) -> None:
        """Call the listeners for a notification of another process.

        One that can't be read is ignored: a newer Tau may send others than this one knows.
        """
        try:
            notification = _decoder.decode(text)
        except msgspec.MsgspecError:
            logger.debug("a notification of an unknown kind was ignored")
            return
        if notification.node == self.node:
            return
        if notification.what == "resync":
            self._resync(notification)
            return
        _call(self._listeners[notification.what], notification)

    async def start(self) -> None:
        """Listen from now on, if this is PostgreSQL; if it can't be reached, once it can."""
        if self._address is None or self._task is not None:
            return
        tried = asyncio.Event()
        errors = connection_errors()
        self._task = asyncio.create_task(
            self._listen_forever(self._address, tried, errors), name="tau-notifications"
        )
        await tried.wait()

    async def close(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def _listen_forever(
        self, address: sa.URL, tried: asyncio.Event, errors: tuple[type[Exception], ...]
    ) -> None:
        retry_seconds = _FIRST_RETRY_SECONDS
        missed = False
        while True:
            connection = None
            try:
                connection = await connect(address, timeout_seconds=_CONNECT_SECONDS)
                lost = asyncio.Event()
                connection.add_termination_listener(lambda _, lost=lost: lost.set())
                await connection.add_listener(CHANNEL, self._received)
                if missed:
                    self._resync(Notification("resync"))
                tried.set()
                retry_seconds = _FIRST_RETRY_SECONDS
                await _wait_until_lost(connection, lost)
            except errors as error:
                logger.warning("notifications can't be received: %s", type(error).__name__)
            finally:
                if connection is not None:
                    connection.terminate()
            missed = True
            tried.set()
            await asyncio.sleep(retry_seconds)
            retry_seconds = min(2 * retry_seconds, _LONGEST_RETRY_SECONDS)

    def _received(self, _connection: Any, _process: int, _channel: str, payload: Any) -> None:
        self.deliver(str(payload))

    def _resync(self, notification: Notification) -> None:
        every = [each for listeners in self._listeners.values() for each in listeners]
        _call(list(dict.fromkeys(every)), notification)


async def _wait_until_lost(connection: "asyncpg.Connection", lost: asyncio.Event) -> None:
    """Return once a connection is lost, or answers no more."""
    while not lost.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(_CHECK_SECONDS):
                await lost.wait()
                return
        await connection.execute("SELECT 1", timeout=_CONNECT_SECONDS)


def _call(listeners: list[Listener], notification: Notification) -> None:
    for listener in listeners:
        try:
            listener(notification)
        except Exception as error:  # the boundary of a listener: recorded
            logger.exception("a notification wasn't handled: %s", type(error).__name__)
