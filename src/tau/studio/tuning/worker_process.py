"""The training program as a child process: started, followed, asked to stop, killed.

It gets a clean environment, a session of its own, low priority, no network where the system allows
that, and the run's key by standard input. When that ends, because Tau ended, it stops by itself.
"""

import asyncio
import json
import os
import re
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import anyio.to_thread

from tau.environments.restrictions import restrictions
from tau.studio.tuning.run_events import RunEvent, decode_reports, whole_lines
from tau.studio.tuning.run_folder import EVENTS

_LAST_WORDS_BYTES = 4_000
_ERROR_NAME = re.compile(rb"^([A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt))\b", re.MULTILINE)


class TrainingProgram(NamedTuple):
    """How the training program is started: its interpreter, arguments and environment."""

    python: Path
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = {}


FindProgram = Callable[[], TrainingProgram]
"""Returns the training program. Raises `BadInput` if it isn't there."""


class WorkerExit(NamedTuple):
    """How the training program ended."""

    code: int
    """Its exit code; negative for a signal."""
    error: str = ""
    """The name of the exception that it ended with, if it said one."""


class WorkerProcess:
    """A training program that runs. Start one with `start`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._last_words = asyncio.create_task(_read_last(process.stderr))
        self.ended = asyncio.create_task(self._wait())
        """Done when it has ended."""

    @classmethod
    async def start(
        cls,
        program: TrainingProgram,
        arguments: Sequence[str],
        key: bytes | None,
        lock: int,
    ) -> "WorkerProcess":
        """Start the program, which inherits the descriptor `lock`. Raises `OSError`."""
        process = await asyncio.create_subprocess_exec(
            *await anyio.to_thread.run_sync(restrictions),
            str(program.python),
            *program.arguments,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env=program_environment(program),
            start_new_session=True,
            pass_fds=[lock],
        )
        started = cls(process)
        line = json.dumps({"key": key.hex() if key else None})
        with suppress(OSError):  # it ended already
            assert process.stdin is not None  # noqa: S101 - it's a pipe
            process.stdin.write(line.encode() + b"\n")
            await process.stdin.drain()
        return started

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def ask_to_stop(self) -> None:
        """Let it write a checkpoint and stop."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._signal(signal.SIGKILL)

    def hang_up(self) -> None:
        """End its standard input, as when Tau ends: it writes a checkpoint and stops."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    async def _wait(self) -> WorkerExit:
        code = await self._process.wait()
        last = await self._last_words
        found = _ERROR_NAME.findall(last)
        return WorkerExit(code, found[-1].decode().rpartition(".")[2] if found else "")

    def _signal(self, number: signal.Signals) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)


async def _read_last(stream: asyncio.StreamReader | None) -> bytes:
    """Read a stream to its end and return the last of it: it may quote examples, so no log."""
    last = b""
    while stream is not None and (piece := await stream.read(65_536)):
        last = (last + piece)[-_LAST_WORDS_BYTES:]
    return last


def program_environment(program: TrainingProgram) -> dict[str, str]:
    """Return the variables of the program: nothing of Tau's own."""
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "PYTHONUNBUFFERED": "1",
        **program.environment,
    }


class EventReader:
    """Reads what the training program reported since `read_bytes`, whole lines only; blocking."""

    def __init__(self, folder: Path, read_bytes: int) -> None:
        self._path = folder / EVENTS
        self.read_bytes = read_bytes

    def read(self) -> tuple[list[RunEvent], int]:
        """Return the next events, and where the file has been read to with them."""
        try:
            with self._path.open("rb") as file:
                file.seek(self.read_bytes)
                text = file.read()
        except FileNotFoundError:
            return [], self.read_bytes
        return decode_reports(text), self.read_bytes + len(whole_lines(text))
