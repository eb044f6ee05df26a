"""Failover between models, with a circuit breaker for each.

A model that failed is skipped until its cooldown is over; then one request at a time may try it
again (a half-open circuit), and a success closes the circuit. If no other model answers, those in
cooldown are asked too: a late answer is better than none. A model that asked to be left alone
(`Retry-After`) isn't asked before that time; if there is no other, the caller learns how long.
"""

import logging
import math
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, TypeVar

from tau.errors import (
    ModelBusy,
    ModelError,
    ModelInterrupted,
    ModelInvalidAnswer,
    ModelUnavailable,
)
from tau.models.errors import (
    BackendUnavailable,
    InputTooLong,
    InvalidAnswer,
    PicturesRejected,
    RequestRejected,
)
from tau.models.pictures import has_pictures, without_vision
from tau.models.types import Backend, Chunk, RequestBuilder

T = TypeVar("T")
OutcomeListener = Callable[[str, str, bool], None]
"""Takes a name or alias that was asked for, the model that was asked, and whether it answered."""
BlindListener = Callable[[str], Awaitable[None]]
"""Takes the name of a model that turned out to take no pictures."""
FIRST_COOLDOWN_SECONDS = 10.0
MAX_COOLDOWN_SECONDS = 300.0
RESTING = "asks to be left alone for a while"
_log = logging.getLogger(__name__)


class Failover:
    """Asks an ordered list of backends until one answers, and remembers which failed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.listeners: list[OutcomeListener] = []
        self.on_blind: BlindListener | None = None
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._cooldown_until: dict[str, float] = {}
        self._resting_until: dict[str, float] = {}
        self._probing: set[str] = set()

    async def stream(
        self, name: str, backends: Sequence[Backend], build: RequestBuilder
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the answer of the first backend that starts one; each gets a request of its own.

        Raises `ModelInterrupted` if it fails after that, `ModelUnavailable` if none starts.
        """
        faults = self._resting(backends)
        for backend in self._ordered(backends):
            with self._record_outcome(name, backend, faults):
                async with aclosing(self._stream_seeing(backend, build)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
        raise no_answer_error(name, faults)

    async def _stream_seeing(
        self, backend: Backend, build: RequestBuilder
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the answer; where pictures are refused, to the request without them.

        A model that says that it takes none, and then answers, is reported to `on_blind`.
        """
        body = build(backend.info)
        try:
            async with aclosing(self._stream_from(backend, body)) as chunks:
                async for chunk in chunks:
                    yield chunk
        except RequestRejected as fault:
            if not has_pictures(body):
                raise
            rejected = fault
        else:
            return
        without = build(without_vision(backend.info))
        if has_pictures(without):
            raise rejected
        is_blind = isinstance(rejected, PicturesRejected)
        async with aclosing(self._stream_from(backend, without)) as chunks:
            async for chunk in chunks:
                if is_blind and self.on_blind is not None:
                    await self.on_blind(backend.info.name)
                is_blind = False
                yield chunk

    async def _stream_from(
        self, backend: Backend, body: dict[str, Any]
    ) -> AsyncGenerator[Chunk, None]:
        begun = False
        async with aclosing(backend.stream(body)) as chunks:
            async for chunk in chunks:
                if not begun:
                    begun = True
                    self._record_success(backend.info.name)
                yield chunk

    async def ask(
        self, name: str, backends: Sequence[Backend], question: Callable[[Backend], Awaitable[T]]
    ) -> T:
        """Return the first backend's answer to a question that is not streamed."""
        faults = self._resting(backends)
        for backend in self._ordered(backends):
            with self._record_outcome(name, backend, faults):
                answer = await question(backend)
                self._record_success(backend.info.name)
                return answer
        raise no_answer_error(name, faults)

    def _ordered(self, backends: Sequence[Backend]) -> Iterator[Backend]:
        """Yield the backends in order; those in cooldown or being probed come last.

        Those that asked to be left alone are left out.
        """
        unavailable = []
        for backend in backends:
            if self._rest_of(backend.info.name) > 0:
                continue
            if self._is_available(backend.info.name):
                yield backend
            else:
                unavailable.append(backend)
        yield from unavailable

    def _resting(self, backends: Sequence[Backend]) -> list[ModelError]:
        """Return a fault for each backend that asked to be left alone."""
        rests = ((backend.info.name, self._rest_of(backend.info.name)) for backend in backends)
        return [
            BackendUnavailable(name, RESTING, retry_after_seconds=rest)
            for name, rest in rests
            if rest > 0
        ]

    def _rest_of(self, name: str) -> float:
        """Return how many seconds a model still asks to be left alone."""
        return max(0.0, self._resting_until.get(name, 0.0) - self._clock())

    def _is_available(self, name: str) -> bool:
        if name not in self._failures:
            return True
        return self._clock() >= self._cooldown_until[name] and name not in self._probing

    @contextmanager
    def _record_outcome(
        self, asked: str, backend: Backend, faults: list[ModelError]
    ) -> Iterator[None]:
        """Record whether the backend worked; an error before its first chunk goes to `faults`."""
        name = backend.info.name
        trial = name in self._failures
        if trial:
            self._probing.add(name)
        try:
            yield
            self._report(asked, name, answered=True)
        except ModelInterrupted:
            self._record_failure(name)
            self._report(asked, name, answered=False)
            raise
        except (ModelUnavailable, ModelInvalidAnswer) as fault:
            if not isinstance(fault, RequestRejected | InputTooLong):  # it's the request's fault
                self._report(asked, name, answered=False)
            rest = fault.retry_after_seconds if isinstance(fault, BackendUnavailable) else None
            if rest is not None:
                self._record_rest(name, rest)
            elif not isinstance(fault, BackendUnavailable) or fault.persistent:
                self._record_failure(name)
            _log.warning("%s", fault)
            faults.append(fault)
        finally:
            if trial:
                self._probing.discard(name)

    def _report(self, asked: str, name: str, *, answered: bool) -> None:
        for listener in self.listeners:
            listener(asked, name, answered)

    def _record_success(self, name: str) -> None:
        self._failures.pop(name, None)
        self._cooldown_until.pop(name, None)
        self._resting_until.pop(name, None)

    def _record_rest(self, name: str, seconds: float) -> None:
        """Leave a model alone for as long as it asked; then one request tries it."""
        self._failures.setdefault(name, 1)
        self._cooldown_until[name] = self._resting_until[name] = self._clock() + seconds

    def _record_failure(self, name: str) -> None:
        count = self._failures.get(name, 0) + 1
        rest = min(FIRST_COOLDOWN_SECONDS * 2 ** min(count - 1, 10), MAX_COOLDOWN_SECONDS)
        self._failures[name] = count
        self._cooldown_until[name] = self._clock() + rest


def no_answer_error(name: str, faults: Sequence[ModelError]) -> ModelError:
    """Return one error that names the models that were asked and what to do about it."""
    if not faults:
        return ModelUnavailable(
            f"{name!r} has no model; choose one with `tau models use {name} MODEL`."
        )
    if busy := _busy_error(name, faults):
        return busy
    if len(faults) == 1:
        return faults[0]
    tried = ", ".join(_describe(fault) for fault in faults)
    hints = [fault.hint for fault in faults if isinstance(fault, BackendUnavailable) and fault.hint]
    hint = hints[0] if hints else "`tau doctor` says more"
    return ModelUnavailable(f"No model behind {name!r} could answer: {tried}; {hint}.")


def _busy_error(name: str, faults: Sequence[ModelError]) -> ModelBusy | None:
    """Return the error for models that all ask to be left alone, with the shortest time."""
    rests = [
        fault.retry_after_seconds
        for fault in faults
        if isinstance(fault, BackendUnavailable) and fault.retry_after_seconds is not None
    ]
    if len(rests) < len(faults):
        return None
    seconds = min(rests)
    wait = f"ask again in {max(1, math.ceil(seconds))} s"
    if len(faults) == 1:
        return ModelBusy(f"{str(faults[0]).rstrip('.')}; {wait}.", seconds)
    return ModelBusy(f"Every model behind {name!r} asks to be left alone; {wait}.", seconds)


def _describe(fault: ModelError) -> str:
    if isinstance(fault, BackendUnavailable | InvalidAnswer):
        return f"{fault.model!r} {fault.reason}"
    return str(fault).rstrip(".")
