"""`tau run --workers N`: several processes that serve people, started and watched by this one.

This process listens and gives each connection to the worker of its person. A worker is a node of
its own, so whatever arrives at the wrong one is forwarded. A worker that dies is started again.
"""

import asyncio
import logging
import signal
import socket
import sys
import zlib
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import msgspec

from tau.errors import BadInput, TauError
from tau.server.workers.handover import send_connection
from tau.settings import Settings

logger = logging.getLogger(__name__)

READY = b"ready\n"
_PROGRAM = ("-m", "tau.cli.worker")
_START_SECONDS = 120.0
_STOP_SECONDS = 20.0  # beyond what a worker may take to end its replies
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 30.0
_SOUND_SECONDS = 60.0  # a worker that ran so long was no failed start
_MOST_FAILURES = 5  # in a row


def require_shared_database(settings: Settings) -> None:
    """Raise `BadInput` if several processes can't share the database."""
    if not settings.database_url.startswith("postgresql"):
        raise BadInput(
            "Several workers need PostgreSQL (the setting `database_url`); with a SQLite file Tau "
            "runs in one process."
        )


class Worker:
    """A worker process. Create one with `start`."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        channel: socket.socket,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        self._process = process
        self._channel = channel
        self._reader, self._writer = streams
        self.is_ready = False

    @classmethod
    async def start(cls, settings: Settings) -> "Worker":
        """Start a worker and wait until it serves. Raises `TauError` if it doesn't."""
        channel, its_channel = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        control, its_control = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        numbers = (its_channel.fileno(), its_control.fileno())
        with its_channel, its_control:
            try:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", *_PROGRAM, *map(str, numbers)),
                    stdin=asyncio.subprocess.DEVNULL,
                    pass_fds=numbers,
                    start_new_session=True,  # Ctrl-C reaches it through this process
                )
            except OSError as error:  # no memory or no more processes: perhaps later
                channel.close()
                control.close()
                raise TauError(f"A worker of Tau couldn't start: {error.strerror}.") from error
        channel.setblocking(False)
        worker = None
        try:
            worker = cls(process, channel, await asyncio.open_unix_connection(sock=control))
            await worker._wait_until_ready(settings)
        except BaseException:
            await _finish(worker.kill() if worker else _end(process))
            channel.close()
            control.close()
            raise
        return worker

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def take(self, connection: socket.socket) -> bool:
        """Give a connection to it; return whether it takes it."""
        return self.is_ready and send_connection(self._channel, connection)

    def signal(self, number: int) -> None:
        """Send a signal to it, unless it has ended."""
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    async def ended(self) -> int:
        """Return the exit status once it has ended."""
        status = await self._process.wait()
        self.is_ready = False
        self._writer.close()
        self._channel.close()
        return status

    async def kill(self) -> None:
        """End it at once."""
        await _end(self._process)
        await self.ended()

    async def _wait_until_ready(self, settings: Settings) -> None:
        self._writer.write(msgspec.json.encode(settings, enc_hook=str) + b"\n")
        answer = b""
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(_START_SECONDS):
                answer = await self._reader.readline()
        if answer != READY:
            raise TauError("A worker of Tau couldn't start; see the log above.")
        self.is_ready = True


class Workers:
    """The workers of this machine: started, watched, and ended together."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._workers: list[Worker | None] = [None] * settings.workers
        self._watching: list[asyncio.Task[None]] = []
        self._next = 0
        self._stopping = asyncio.Event()

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers that run."""
        return [worker.pid for worker in self._workers if worker is not None]

    async def start(self) -> None:
        """Start all workers. Raises `TauError` if one can't be started; the others then end."""
        count = len(self._workers)
        starting = [asyncio.create_task(Worker.start(self._settings)) for _ in range(count)]
        try:
            self._workers = list(await asyncio.gather(*starting))
        except BaseException:
            for task in starting:
                if not task.cancelling():  # the second time would cut its cleaning up short
                    task.cancel()
            started = await asyncio.gather(*starting, return_exceptions=True)
            await asyncio.gather(*(one.kill() for one in started if isinstance(one, Worker)))
            raise
        self._watching = [asyncio.create_task(self._watch(number)) for number in range(count)]

    def give(self, connection: socket.socket, tag: bytes) -> None:
        """Give a connection to the worker of its tag; to the next one if that doesn't run."""
        if tag:
            first = zlib.crc32(tag)
        else:
            first = self._next = self._next + 1
        for number in range(first, first + len(self._workers)):
            worker = self._workers[number % len(self._workers)]
            if worker is not None and worker.take(connection):
                return
        logger.warning("a connection was refused: no worker can take it")
        connection.close()

    def signal(self, number: int) -> None:
        """Send a signal to every worker; none is started again from now on."""
        self._stopping.set()
        for worker in self._workers:
            if worker is not None:
                worker.signal(number)

    async def ended(self) -> None:
        """Return once all have ended. Raises `TauError` if one fails again and again."""
        await asyncio.gather(*self._watching)

    async def close(self) -> None:
        """End the workers that are left: they get some time, and are then killed."""
        self.signal(signal.SIGTERM)
        patience = self._settings.drain_seconds + _STOP_SECONDS
        if self._watching:
            _, running = await asyncio.wait(self._watching, timeout=patience)
            for worker in filter(None, self._workers if running else []):
                await worker.kill()
        for task in self._watching:
            task.cancel()
        await asyncio.gather(*self._watching, return_exceptions=True)

    async def _watch(self, number: int) -> None:
        """Wait until a worker ends, and start another in its place unless all are to end."""
        loop = asyncio.get_running_loop()
        failures = 0
        worker = self._workers[number]
        while worker is not None:
            began = loop.time()
            status = await worker.ended()
            self._workers[number] = worker = None
            failures = 0 if loop.time() - began > _SOUND_SECONDS else failures
            while worker is None and not self._stopping.is_set():
                failures += 1
                if failures > _MOST_FAILURES:
                    raise TauError("Tau stops: a worker ended again and again; see the log above.")
                logger.error("a worker ended with status %d; it is started again", status)
                await self._pause(_pause_seconds(failures))
                if not self._stopping.is_set():
                    worker = self._workers[number] = await self._restart()

    async def _pause(self, seconds: float) -> None:
        """Wait so long, or until all workers are to end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _restart(self) -> Worker | None:
        try:
            worker = await Worker.start(self._settings)
        except TauError as error:
            logger.error("%s", error)  # noqa: TRY400 - a sentence says it
            return None
        if self._stopping.is_set():
            worker.signal(signal.SIGTERM)
        return worker


async def _finish(work: Coroutine[Any, Any, None]) -> None:
    """Do `work` to its end, even if the task that waits for it is cancelled meanwhile."""
    working = asyncio.create_task(work)
    while not working.done():
        with suppress(asyncio.CancelledError):
            await asyncio.shield(working)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


def _pause_seconds(failures: int) -> float:
    """Return how long to wait before a worker is started again."""
    if failures == 1:
        return 0.0
    return min(_FIRST_PAUSE_SECONDS * 2.0 ** (failures - 2), _LONGEST_PAUSE_SECONDS)
