"""A child process that runs llama.cpp for one model, and the connection to it.

llama.cpp holds Python's global lock while it loads a model, and a fault in it ends its process: so
it is not run in Tau's. The child listens on a Unix socket in a folder that only this user can open,
and ends when its standard input does, however Tau ends.
"""

import asyncio
import json
import os
import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

import msgspec

from tau.models import llama_server
from tau.models.http import GuardedClient
from tau.models.remote import RemoteModel
from tau.models.types import ModelInfo

_PROGRAM = Path(llama_server.__file__)
_LONGEST_FOLDER = 70  # the path of a Unix socket has at most 103 characters


class LoadFailed(Exception):
    """llama.cpp could not load a model, or ended while it did."""


class LlamaOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What a child process is started with. See `llama_server.start`."""

    path: str
    purpose: str
    threads: int
    context_tokens: int


class LlamaProcess:
    """A running child process with its model loaded. Create one with `start`."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, threads: int) -> None:
        self._process = process
        self._folder = folder
        self.threads = threads
        self.load_seconds = 0.0
        self.client = GuardedClient(
            None,
            unix_socket=str(folder / "llama.sock"),
            connections=llama_server.HTTP_THREADS,
        )

    @classmethod
    async def start(cls, options: LlamaOptions, adapters: Sequence[bytes] = ()) -> "LlamaProcess":
        """Start a child process and wait until its model is loaded. Raises `LoadFailed`.

        `adapters` are GGUF files; the numbers of their slots are their positions.
        """
        began = time.monotonic()
        folder = _private_folder()
        try:
            started = cls(await _run_program(), folder, options.threads)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        try:
            await started._wait_until_loaded(options, adapters)
        except BaseException:
            await asyncio.shield(started.stop())
            raise
        started.load_seconds = time.monotonic() - began
        return started

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.returncode is None

    def model(self, info: ModelInfo, timeout_seconds: float, path: str = "/v1") -> RemoteModel:
        """Return the client of its model, for which `info` has Tau's name.

        llama.cpp's own routes are at the `path` "".
        """
        return RemoteModel(
            info,
            self.client,
            url=f"http://localhost{path}",
            model=info.name,
            key=None,
            timeout_seconds=timeout_seconds,
        )

    def memory_bytes(self) -> int | None:
        """Return the resident memory of the process where the system reports it, else None."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            return None
        return pages * os.sysconf("SC_PAGE_SIZE")

    async def stop(self) -> None:
        """End the process at once; it keeps nothing that could be lost."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        if self.alive:
            with suppress(ProcessLookupError):
                self._process.kill()
        await self._process.wait()
        await self.client.close()  # last: a request that is cut off may try to connect again
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _wait_until_loaded(self, options: LlamaOptions, adapters: Sequence[bytes]) -> None:
        given, answers = self._process.stdin, self._process.stdout
        if given is None or answers is None:
            raise LoadFailed("no pipes")
        socket = str(self._folder / "llama.sock")
        sizes = [len(content) for content in adapters]
        asked = {**msgspec.structs.asdict(options), "socket": socket, "adapter_bytes": sizes}
        try:
            for content in (json.dumps(asked).encode() + b"\n", *adapters):
                given.write(content)
                await given.drain()
            answer = json.loads(await answers.readline())
        except (OSError, ValueError) as error:  # it ended without an answer
            raise LoadFailed("ended") from error
        if "error" in answer:
            raise LoadFailed(answer["error"])


async def _run_program() -> asyncio.subprocess.Process:
    try:
        # -P: the program's folder has modules named like those of the standard library
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(_PROGRAM),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise LoadFailed(type(error).__name__) from error


def _private_folder() -> Path:
    """Create a folder for a socket that only this user can open. Raises `LoadFailed`."""
    try:
        usual = gettempdir()
        parent = usual if len(usual) <= _LONGEST_FOLDER else "/tmp"  # noqa: S108 - mkdtemp is safe
        return Path(mkdtemp(prefix="tau-", dir=parent))
    except OSError as error:
        raise LoadFailed(type(error).__name__) from error
