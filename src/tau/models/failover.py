"""Who is asked first, who next, and whom to leave alone for a while.

A model that failed lately is passed over until its rest is over; then one request at a time may try
it again (a half-open circuit), and the first success makes it whole. When nobody else answers,
those who rest are asked nevertheless: a late answer is better than none.
"""

import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, TypeVar

from tau.errors import ModelError, ModelInterrupted, ModelNonsense, ModelUnavailable
from tau.models.errors import Nonsense, Unavailable
from tau.models.types import Backend, Chunk

T = TypeVar("T")
FIRST_REST_SECONDS = 10.0
LONGEST_REST_SECONDS = 300.0
_log = logging.getLogger(__name__)


class Failover:
    """Asks an ordered list of backends until one answers, and remembers who did not."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}
        self._on_trial: set[str] = set()

    async def stream(
        self, name: str, backends: Sequence[Backend], body: dict[str, Any]
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the answer of the first backend that begins one.

        Raises `ModelInterrupted` when one fails after that, `ModelUnavailable` when none begins.
        """
        faults: list[ModelError] = []
        for backend in self._in_order(backends):
            with self._watched(backend, faults):
                async with aclosing(self._heard(backend, body)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
        raise nobody_answered(name, faults)

    async def _heard(self, backend: Backend, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        begun = False
        async with aclosing(backend.stream(body)) as chunks:
            async for chunk in chunks:
                if not begun:
                    begun = True
                    self._worked(backend.info.name)
                yield chunk

    async def ask(
        self, name: str, backends: Sequence[Backend], question: Callable[[Backend], Awaitable[T]]
    ) -> T:
        """Return the first backend's answer to a question that is answered whole or not at all."""
        faults: list[ModelError] = []
        for backend in self._in_order(backends):
            with self._watched(backend, faults):
                answer = await question(backend)
                self._worked(backend.info.name)
                return answer
        raise nobody_answered(name, faults)

    def _in_order(self, backends: Sequence[Backend]) -> Iterator[Backend]:
        """Yield those to ask in their order; those who rest or are on trial come last."""
        willing = [backend for backend in backends if self._may_ask(backend.info.name)]
        yield from willing
        yield from (backend for backend in backends if backend not in willing)

    def _may_ask(self, name: str) -> bool:
        if name not in self._failures:
            return True
        return self._clock() >= self._rests_until[name] and name not in self._on_trial

    @contextmanager
    def _watched(self, backend: Backend, faults: list[ModelError]) -> Iterator[None]:
        """Note how the backend did; a fault before the first piece goes to `faults`."""
        name = backend.info.name
        trial = name in self._failures
        if trial:
            self._on_trial.add(name)
        try:
            yield
        except ModelInterrupted:
            self._failed(name)
            raise
        except (ModelUnavailable, ModelNonsense) as fault:
            if not isinstance(fault, Unavailable) or fault.lasting:
                self._failed(name)
            _log.warning("%s", fault)
            faults.append(fault)
        finally:
            if trial:
                self._on_trial.discard(name)

    def _worked(self, name: str) -> None:
        self._failures.pop(name, None)
        self._rests_until.pop(name, None)

    def _failed(self, name: str) -> None:
        count = self._failures.get(name, 0) + 1
        rest = min(FIRST_REST_SECONDS * 2 ** min(count - 1, 10), LONGEST_REST_SECONDS)
        self._failures[name] = count
        self._rests_until[name] = self._clock() + rest


def nobody_answered(name: str, faults: Sequence[ModelError]) -> ModelError:
    """Return one error that names who was asked and how to mend it."""
    if not faults:
        return ModelUnavailable(
            f"No model stands behind {name!r}; choose one with `tau models use {name} MODEL`."
        )
    if len(faults) == 1:
        return faults[0]
    tried = ", ".join(_told(fault) for fault in faults)
    mends = [fault.mend for fault in faults if isinstance(fault, Unavailable) and fault.mend]
    mend = mends[0] if mends else "`tau doctor` says more"
    return ModelUnavailable(f"No model behind {name!r} could answer: {tried}; {mend}.")


def _told(fault: ModelError) -> str:
    if isinstance(fault, Unavailable | Nonsense):
        return f"{fault.model!r} {fault.reason}"
    return str(fault).rstrip(".")
