"""Heavy work of specialists, in one child process that is there only while it's needed.

Calls are answered one at a time. The child starts with the first call and ends when it has been
idle for a while; it's killed if a call takes too long or nobody waits for its result any more. It
gets a clean environment, low priority, no network where the system allows that, and limits of its
own (`tau.experts.worker.limits`).
"""

import asyncio
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anyio.to_thread
import msgspec

from tau.environments.restrictions import restrictions
from tau.errors import BadInput, TooManyRequests, WorkerError, WorkerMissing, WorkerTimedOut
from tau.experts.environment import ExpertProgram
from tau.experts.worker.program import MAX_LINE_BYTES, CallAnswer, CallError, CallRequest

logger = logging.getLogger(__name__)

IDLE_SECONDS = 60.0
MOST_WAITING = 8
_START_SECONDS = 20.0
"""What the first call of a child may take longer: Python starts, and packages are loaded."""
_ENDED = "The program that works this out ended unexpectedly. Try again."
_TOO_LARGE = "The result is too large."
_NO_MEMORY = "Working this out takes more memory than it may."

FindExpertProgram = Callable[[], ExpertProgram]
"""Returns the program. Blocks. Raises `WorkerMissing`."""


class ExpertWorker:
    """Answers calls of the table in `tau.experts.worker.calls`. Nothing runs until the first."""

    def __init__(
        self, find_program: FindExpertProgram, *, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._find_program = find_program
        self._idle_seconds = idle_seconds
        self._turn = asyncio.Lock()
        self._calls = 0
        self._count = 0
        self._child: _Child | None = None
        self._idle: asyncio.TimerHandle | None = None

    @property
    def process_id(self) -> int | None:
        """The id of the child, while there is one."""
        return self._child.pid if self._child is not None and self._child.is_alive else None

    async def call(self, name: str, arguments: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """Return the result of a call that may take so long once it's its turn.

        Raises `BadInput` if the call refuses its arguments, `TooManyRequests` if others wait
        already, and `WorkerError` if there's no result for another reason.
        """
        if self._calls > MOST_WAITING:
            raise TooManyRequests("Tau is busy with other work of this kind. Try again soon.", 5.0)
        self._calls += 1
        try:
            async with self._turn:
                return _result(name, await self._answer(name, arguments, seconds))
        finally:
            self._calls -= 1

    async def close(self) -> None:
        """End the child."""
        self._forget_idle()
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            await child.ended()

    async def _answer(self, name: str, arguments: dict[str, Any], seconds: float) -> CallAnswer:
        self._count += 1
        request = CallRequest(self._count, name, arguments, seconds)
        line = msgspec.json.encode(request) + b"\n"
        if len(line) > MAX_LINE_BYTES:
            raise BadInput("This is too large to work on.")
        self._forget_idle()
        is_new = self.process_id is None
        child = await self._started()
        try:
            async with asyncio.timeout(seconds + (_START_SECONDS if is_new else 0)):
                answer = await child.answer(line)
        except TimeoutError:
            raise self._given_up(child, WorkerTimedOut(_too_slow(seconds))) from None
        except BaseException:
            self._given_up(child)
            raise
        self._idle = asyncio.get_running_loop().call_later(self._idle_seconds, self._end_idle)
        return answer

    async def _started(self) -> "_Child":
        if self._child is None or not self._child.is_alive:
            program = await anyio.to_thread.run_sync(self._find_program)
            words = await anyio.to_thread.run_sync(restrictions)
            self._child = await _Child.start(program, words)
        return self._child

    def _given_up(self, child: "_Child", error: WorkerError | None = None) -> WorkerError:
        child.kill()
        self._child = None
        return error or WorkerError(_ENDED)

    def _forget_idle(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _end_idle(self) -> None:
        self._idle = None
        if self._child is not None:
            self._child.hang_up()
            self._child = None


class _Child:
    """The program as it runs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, program: ExpertProgram, words: tuple[str, ...]) -> "_Child":
        """Start the program. Raises `WorkerError`."""
        try:
            process = await asyncio.create_subprocess_exec(
                *words,
                str(program.python),
                *program.arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={
                    "PATH": os.defpath,
                    "LANG": "C.UTF-8",
                    "PYTHONPATH": str(program.archive),
                    "OMP_NUM_THREADS": "2",
                },
                limit=MAX_LINE_BYTES,
                start_new_session=True,
                cwd="/",
            )
        except OSError as error:
            logger.warning("the experts' program can't be started: %s", type(error).__name__)
            raise WorkerError("The program that works this out can't be started.") from error
        return cls(process)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it hasn't ended."""
        return self._process.returncode is None

    async def answer(self, line: bytes) -> CallAnswer:
        """Send a call and return its answer. Raises `WorkerError`."""
        source, sink = self._process.stdout, self._process.stdin
        assert source is not None and sink is not None  # noqa: S101, PT018 - both are pipes
        try:
            with suppress(ConnectionError):  # it ended; its answer is missing too
                sink.write(line)
                await sink.drain()
            said = await source.readline()
            answer = msgspec.json.decode(said, type=CallAnswer) if said else None
        except ValueError as error:  # a line beyond the limit, or no JSON
            raise WorkerError(_TOO_LARGE) from error
        if answer is None:
            logger.warning("the experts' program ended with %s", await self._process.wait())
            raise WorkerError(_ENDED)
        return answer

    def hang_up(self) -> None:
        """End its standard input: it ends."""
        if self._process.stdin is not None:
            self._process.stdin.close()

    def kill(self) -> None:
        """End it at once."""
        if self.is_alive:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def ended(self) -> None:
        """Wait until it has ended."""
        await self._process.wait()


def _too_slow(seconds: float) -> str:
    return f"Working this out took longer than {seconds:.0f} seconds and was stopped."


def _result(name: str, answer: CallAnswer) -> dict[str, Any]:
    if answer.error is None:
        return answer.result or {}
    raise _raised(name, answer.error)


def _raised(name: str, error: CallError) -> Exception:
    """Return the error to raise for an answer without a result."""
    if error.code == "memory":
        return WorkerError(_NO_MEMORY)
    if error.code == "large":
        return WorkerError(_TOO_LARGE)
    if error.code == "missing":
        logger.warning("%s lacks the package %s", name, error.message)
        return WorkerMissing("A package is missing. Install it on the server: tau experts setup")
    if error.code == "failed":
        logger.warning("%s failed: %s", name, error.message)
        return WorkerError("This couldn't be worked out; the log names the kind of error.")
    return BadInput(error.message)
