"""Failover between models, with a circuit breaker for each.

A model that failed is skipped until its cooldown is over; then one request at a time may try it
again (a half-open circuit), and a success closes the circuit. If no other model answers, those in
cooldown are asked too: a late answer is better than none.
"""

import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Any, TypeVar

from tau.errors import ModelError, ModelInterrupted, ModelInvalidAnswer, ModelUnavailable
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
_log = logging.getLogger(__name__)


class Failover:
    """Asks an ordered list of backends until one answers, and remembers which failed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.listeners: list[OutcomeListener] = []
        self.on_blind: BlindListener | None = None
        self._clock = clock
        self._failures: dict[str, int] = {}
        self._cooldown_until: dict[str, float] = {}
        self._probing: set[str] = set()

    async def stream(
        self, name: str, backends: Sequence[Backend], build: RequestBuilder
    ) -> AsyncGenerator[Chunk, None]:
        """Yield the answer of the first backend that starts one; each gets a request of its own.

        Raises `ModelInterrupted` if it fails after that, `ModelUnavailable` if none starts.
        """
        faults: list[ModelError] = []
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
        faults: list[ModelError] = []
        for backend in self._ordered(backends):
            with self._record_outcome(name, backend, faults):
                answer = await question(backend)
                self._record_success(backend.info.name)
                return answer
        raise no_answer_error(name, faults)

    def _ordered(self, backends: Sequence[Backend]) -> Iterator[Backend]:
        """Yield the backends in order; those in cooldown or being probed come last."""
        unavailable = []
        for backend in backends:
            if self._is_available(backend.info.name):
                yield backend
            else:
                unavailable.append(backend)
        yield from unavailable

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
            if not isinstance(fault, BackendUnavailable) or fault.persistent:
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
    if len(faults) == 1:
        return faults[0]
    tried = ", ".join(_describe(fault) for fault in faults)
    hints = [fault.hint for fault in faults if isinstance(fault, BackendUnavailable) and fault.hint]
    hint = hints[0] if hints else "`tau doctor` says more"
    return ModelUnavailable(f"No model behind {name!r} could answer: {tried}; {hint}.")


def _describe(fault: ModelError) -> str:
    if isinstance(fault, BackendUnavailable | InvalidAnswer):
        return f"{fault.model!r} {fault.reason}"
    return str(fault).rstrip(".")
