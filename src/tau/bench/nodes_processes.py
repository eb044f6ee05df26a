"""Nodes under measurement: several real `tau run` that share one PostgreSQL database.

Each has a home and a port of its own, which stays the same over restarts; all have one server key.
They listen on loopback and never outlive the measurement.
"""

import asyncio
import base64
import os
import re
import secrets
import signal
import socket
import sys
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp

from tau.bench.processes import plain_environ
from tau.errors import ModelError

_START_SECONDS = 120.0
_STOP_SECONDS = 60.0
_POLL_SECONDS = 0.05
_LINES_SHOWN = 20
_WELCOMED = "Press Ctrl-C"  # the last line of the start
_KEY = re.compile(r"/welcome#key=(\S+)")


class ServingNode:
    """A `tau run` process that can be killed, stopped and started again at the same address.

    `environ` may be changed between two starts, for instance to run another version of Tau.
    """

    def __init__(self, number: int, home: Path, environ: Mapping[str, str]) -> None:
        self.number = number
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.node_port = free_port()
        """Where other nodes reach it."""
        self.environ = {
            "TAU_HOME": str(home),
            **environ,
            "TAU_PORT": str(self.port),
            "TAU_NODE_PORT": str(self.node_port),
        }
        self.log = home.with_suffix(".log")
        self._process: Process | None = None
        self._starts = 0

    @property
    def pid(self) -> int:
        """The process id. Raises `ModelError` if the node doesn't run."""
        if self._process is None:
            raise ModelError(f"Node {self.number} doesn't run.")
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether the process was started and hasn't ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the node and wait until it answers. Raises `ModelError` if it doesn't."""
        await self.launch()
        await self.wait_until_ready()

    async def launch(self) -> None:
        """Start the process without waiting for it."""
        self._starts += 1
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tau",
                "run",
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environ,
                start_new_session=True,
            )

    async def wait_until_ready(self) -> None:
        """Wait until the node answers that it's up. Raises `ModelError` if it ends before."""
        deadline = time.monotonic() + _START_SECONDS
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            while time.monotonic() < deadline:
                if not self.runs:
                    raise ModelError(f"Node {self.number} ended too early.{self.last_lines()}")
                if await self._is_up(session):
                    return
                await asyncio.sleep(_POLL_SECONDS)
        raise ModelError(f"Node {self.number} did not start.{self.last_lines()}")

    async def _is_up(self, session: aiohttp.ClientSession) -> bool:
        if self._printed().count(_WELCOMED) < self._starts:
            return False
        try:
            async with session.get(f"{self.url}/status") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def kill(self) -> None:
        """End it at once, as a power cut does."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        await self._end(signal.SIGTERM)

    def ask_to_stop(self) -> None:
        """Send the signal that asks it to end, without waiting."""
        os.kill(self.pid, signal.SIGTERM)

    def freeze(self) -> None:
        """Stop its execution, as a machine that hangs does."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after `freeze`."""
        os.kill(self.pid, signal.SIGCONT)

    async def wait_until_ended(self) -> int:
        """Return the exit status, once there is one."""
        if self._process is None:
            return 0
        async with asyncio.timeout(_STOP_SECONDS):
            return await self._process.wait()

    def link_key(self) -> str:
        """Return the key of the one-time link that the first node prints."""
        found = _KEY.search(self._printed())
        if found is None:
            raise ModelError(f"Node {self.number} printed no link.{self.last_lines()}")
        return found[1]

    def last_lines(self) -> str:
        """Return the end of what it printed, for an error."""
        lines = self._printed().splitlines()[-_LINES_SHOWN:]
        return "".join(f"\n  {line}" for line in lines)

    def _printed(self) -> str:
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    async def _end(self, number: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError):
            if process.returncode is None:
                os.kill(process.pid, signal.SIGCONT)  # one that is frozen wouldn't end
                os.kill(process.pid, number)
        try:
            await self.wait_until_ended()
        except TimeoutError:
            process.kill()
            await process.wait()


def free_port() -> int:
    """Return a port on loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def node_environ(database_url: str, server_key: str) -> dict[str, str]:
    """Return the environment of a node: scripted models, and none of the person's settings."""
    return {
        **plain_environ(),
        "PYTHONUNBUFFERED": "1",
        "TAU_DATABASE_URL": database_url,
        "TAU_SERVER_KEY": server_key,
        "TAU_MODEL": "scripted",
        "TAU_EMBEDDER": "scripted-embedder",
        "TAU_OFFLINE": "1",
        "TAU_LOG_LEVEL": "warning",
    }


@asynccontextmanager
async def serving_nodes(
    folder: Path,
    database_urls: Sequence[str],
    more: Sequence[Mapping[str, str]] = (),
) -> AsyncIterator[list[ServingNode]]:
    """Run a node for each of `database_urls` while the context lasts, with homes in `folder`.

    The addresses are of one database, perhaps by different ways. `more` is more environment for
    each. The first node starts alone and creates the owner.
    """
    server_key = base64.b64encode(secrets.token_bytes(32)).decode()
    nodes = [
        ServingNode(
            number,
            folder / f"node-{number}",
            {**node_environ(url, server_key), **(more[number] if more else {})},
        )
        for number, url in enumerate(database_urls)
    ]
    try:
        await nodes[0].start()
        async with asyncio.TaskGroup() as group:
            for node in nodes[1:]:
                group.create_task(node.start())
        yield nodes
    finally:
        await asyncio.shield(_end_all(nodes))


async def _end_all(nodes: Sequence[ServingNode]) -> None:
    for node in nodes:
        await node.kill()
