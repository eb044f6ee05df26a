"""Processes under measurement: a scripted upstream, and the real `tau run`.

Each runs in a session of its own, so that Ctrl-C reaches the benchmark alone, which then stops
them: they never outlive it.
"""

import asyncio
import os
import re
import signal
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tau.errors import ModelError

_START_SECONDS = 60.0
_STOP_SECONDS = 15.0
_ADDRESS = re.compile(r"https?://[^\s]+")
_KEY = re.compile(r"https?://[^\s]+/welcome#key=(\S+)")
_LINES_SHOWN = 8


class MeasuredProcess:
    """A child process, and what it has printed so far."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._printed: list[str] = []

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    async def first(self, pattern: re.Pattern[str]) -> re.Match[str]:
        """Return the first match in a line it prints. Raises `ModelError` if it ends before."""
        try:
            async with asyncio.timeout(_START_SECONDS):
                return await self._match(pattern)
        except TimeoutError:
            raise ModelError(
                f"A process under measurement did not start.{self._last_lines()}"
            ) from None

    async def drain(self) -> None:
        """Keep reading, so that the process never blocks on its output."""
        stdout = self._process.stdout
        while stdout is not None and await stdout.read(65_536):
            pass

    async def stop(self) -> None:
        """Stop the process: terminate, then kill."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def _match(self, pattern: re.Pattern[str]) -> re.Match[str]:
        stdout = self._process.stdout
        while stdout is not None and (line := (await stdout.readline()).decode("utf-8", "replace")):
            self._printed.append(line.rstrip())
            if found := pattern.search(line):
                return found
        raise ModelError(f"A process under measurement ended too early.{self._last_lines()}")

    def _last_lines(self) -> str:
        return "".join(f"\n  {line}" for line in self._printed[-_LINES_SHOWN:])


@asynccontextmanager
async def run_module(
    arguments: Sequence[str], environ: Mapping[str, str]
) -> AsyncIterator[MeasuredProcess]:
    """Run `python -m` with `arguments` while the context lasts."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        *arguments,
        stdin=PIPE,  # closes with this process, even when it is killed: the upstream then ends
        stdout=PIPE,
        stderr=STDOUT,
        env=dict(environ),
        start_new_session=True,
    )
    started = MeasuredProcess(process)
    try:
        yield started
    finally:
        await asyncio.shield(started.stop())


@asynccontextmanager
async def drain_output(process: MeasuredProcess) -> AsyncIterator[None]:
    """Read and discard what `process` prints while the context lasts."""
    reading = asyncio.create_task(process.drain())
    try:
        yield
    finally:
        reading.cancel()
        await asyncio.wait([reading])


@asynccontextmanager
async def upstream(environ: Mapping[str, str], *, tokens: int) -> AsyncIterator[str]:
    """Serve the scripted model with answers of `tokens` tokens; yields its address."""
    arguments = ["tau.models.scripted_server", "--port", "0", "--tokens", str(tokens)]
    async with run_module([*arguments, "--until-stdin-closes"], environ) as process:
        address = (await process.first(_ADDRESS))[0]
        async with drain_output(process):
            yield address


@dataclass(frozen=True, slots=True)
class TauProcess:
    """A running server; `started` is its start, by `time.perf_counter`."""

    pid: int
    url: str
    link_key: str
    started: float

    def kill(self) -> None:
        """Kill it, as a power cut does: nothing is saved or closed."""
        os.kill(self.pid, signal.SIGKILL)


@asynccontextmanager
async def tau(environ: Mapping[str, str], *arguments: str) -> AsyncIterator[TauProcess]:
    """Run `tau run` on a free port with `arguments`, in the home that `environ` names."""
    started = time.perf_counter()
    command = ["tau", "run", "--port", "0", "--log-level", "warning", *arguments]
    async with run_module(command, environ) as process:
        url = (await process.first(_ADDRESS))[0]
        key = (await process.first(_KEY))[1]
        async with drain_output(process):
            yield TauProcess(process.pid, url, key, started)


def plain_environ() -> dict[str, str]:
    """Return the environment without the person's settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("TAU_")}


@contextmanager
def temporary_home() -> Iterator[dict[str, str]]:
    """Yield an environment with an empty home folder, without the person's settings."""
    with tempfile.TemporaryDirectory(prefix="tau-bench-") as folder:
        yield {**plain_environ(), "TAU_HOME": str(Path(folder) / "home"), "PYTHONUNBUFFERED": "1"}
