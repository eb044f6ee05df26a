"""Sandbox for graders in Python.

A program runs in `pydantic-monty`: an interpreter of its own, in a child process with an empty
environment, which has no files, network, processes or other packages, and bounds on time and
memory. Each grade gets a new session, so that nothing is kept from one answer to the next. Programs
may use `rapidfuzz.fuzz`, which runs here on texts of bounded length.

The pool is the synchronous one, in threads: the asynchronous one of 1.4 can abort the process when
it ends. This module knows nothing of graders.
"""

import math
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import ModuleType
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread

from tau.studio.graders.grade import GradingFailed

if TYPE_CHECKING:
    import pydantic_monty

LIMIT_SECONDS = 2.0
LIMIT_BYTES = 128 * 2**20
LIMIT_DEPTH = 200
LIMIT_CALLS = 200
"""Calls of `rapidfuzz`."""
LIMIT_OUTPUT_BYTES = 16_384
"""Of what is printed, which is thrown away."""
LIMIT_COMPARED_CHARACTERS = 10_000
_GRACE_SECONDS = 0.5
"""How long an operation that can't be interrupted may run on before its process is killed."""
_MAX_DETAILS = 300

_MISSING = "Graders in Python need the extra: pip install 'tau-companion[studio]'."
_SENTENCES = {
    "TimeoutError": f"The program took longer than {LIMIT_SECONDS:g} seconds.",
    "MemoryError": "The program needed too much memory, or printed too much.",
}
_COMPARED = ("ratio", "partial_ratio", "token_sort_ratio", "token_set_ratio", "QRatio", "WRatio")


class PythonSandbox:
    """Pool of interpreter processes. It starts with the first program; end it with `close`."""

    def __init__(self, processes: int = 2) -> None:
        self._processes = processes
        self._limiter = anyio.CapacityLimiter(processes)
        self._opening = anyio.Lock()
        self._stack = ExitStack()
        self._pool: pydantic_monty.Monty | None = None

    async def __aenter__(self) -> "PythonSandbox":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def run(self, source: str, sample: Mapping[str, Any], item: Mapping[str, Any]) -> float:
        """Return what the function `grade(sample, item)` of a program returns.

        Raises `GradingFailed`, within about three seconds whatever the program does.
        """
        pool = await self._open()
        return await anyio.to_thread.run_sync(
            _grade, pool, source, dict(sample), dict(item), limiter=self._limiter
        )

    async def close(self) -> None:
        """End the processes."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await anyio.to_thread.run_sync(self._stack.close)

    async def _open(self) -> "pydantic_monty.Monty":
        async with self._opening:
            if self._pool is None:
                self._pool = await anyio.to_thread.run_sync(_start, self._stack, self._processes)
            return self._pool


def _library() -> ModuleType:
    try:
        import pydantic_monty  # an extra: 42 MB that only graders in Python need
    except ModuleNotFoundError:
        raise GradingFailed("python_server", _MISSING) from None
    return pydantic_monty


def _start(stack: ExitStack, processes: int) -> "pydantic_monty.Monty":
    library = _library()
    try:
        pool = library.Monty(
            max_processes=processes,
            request_timeout=LIMIT_SECONDS + 2 * _GRACE_SECONDS,
            feed_duration_limit_grace=_GRACE_SECONDS,
        )
        return stack.enter_context(pool)  # type: ignore[no-any-return]
    except (FileNotFoundError, RuntimeError):
        raise GradingFailed("python_server", "The sandbox for Python doesn't start.") from None


def _grade(
    pool: "pydantic_monty.Monty", source: str, sample: dict[str, Any], item: dict[str, Any]
) -> float:
    library = _library()
    try:
        value = _run(library, pool, source, {"sample": sample, "item": item})
    except library.MontySyntaxError as error:
        raise GradingFailed("python_runtime", _syntax_sentence(error)) from None
    except library.MontyRuntimeError as error:
        raise _failed(error) from None
    except library.MontyCrashedError as error:
        sentence = _SENTENCES["TimeoutError" if error.timed_out else "MemoryError"]
        raise GradingFailed("python_runtime", sentence) from None
    except library.MontyError:
        raise GradingFailed("python_server", "The sandbox can't take this answer.") from None
    return _number(value)


def _run(
    library: ModuleType, pool: "pydantic_monty.Monty", source: str, inputs: dict[str, Any]
) -> Any:
    printed = library.CollectString(max_bytes=LIMIT_OUTPUT_BYTES)
    session = pool.checkout(
        limits={
            "max_feed_duration_secs": LIMIT_SECONDS,
            "max_memory": LIMIT_BYTES,
            "max_recursion_depth": LIMIT_DEPTH,
            "max_suspensions": LIMIT_CALLS,
            "max_total_sleep_secs": 0.0,
        },
        os_policy={"sleep": "zero"},
        external_modules={"rapidfuzz": _compared_module(library)},
    )
    with session:
        session.feed_run(f"{source}\nNone", print_callback=printed)
        return session.feed_run("grade(sample, item)", inputs=inputs, print_callback=printed)


def _compared_module(library: ModuleType) -> Any:
    from rapidfuzz import fuzz

    functions = {name: _bounded(getattr(fuzz, name)) for name in _COMPARED}
    return library.ExternalModule({"fuzz": library.ExternalModule(functions)})


def _bounded(compare: Callable[[str, str], float]) -> Callable[[str, str], float]:
    def compare_bounded(one: str, other: str) -> float:
        if not (isinstance(one, str) and isinstance(other, str)):
            raise TypeError("only texts can be compared")
        if max(len(one), len(other)) > LIMIT_COMPARED_CHARACTERS:
            raise ValueError("the texts are too long to be compared")
        return float(compare(one, other))

    return compare_bounded


def _number(value: Any) -> float:
    """Check the type first: a value from the sandbox may be large, and is never printed."""
    if type(value) not in {int, float, bool}:
        raise GradingFailed("python_runtime", "The function `grade` didn't return a number.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise GradingFailed("python_runtime", "The function `grade` didn't return a finite number.")
    return number


def _failed(error: "pydantic_monty.MontyRuntimeError") -> GradingFailed:
    kind, _, message = error.display("type-msg").partition(":")
    if kind in _SENTENCES:
        return GradingFailed("python_runtime", _SENTENCES[kind])
    frames = [frame for frame in error.traceback() if frame.filename.endswith("-0>")]
    where = f" in line {frames[-1].line}" if frames else ""
    sentence = f"The program raised {kind.strip()[:60]}{where}."
    return GradingFailed("python_runtime", sentence, message.strip()[:_MAX_DETAILS])


def _syntax_sentence(error: "pydantic_monty.MontySyntaxError") -> str:
    frames = error.traceback()
    where = f" in line {frames[-1].line}" if frames else ""
    return f"The program isn't Python that the sandbox understands{where}."
