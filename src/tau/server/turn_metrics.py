"""Metrics of turns: how they end, how long they take, and the tokens they use."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence

from prometheus_client import CollectorRegistry, Counter, Histogram

from tau.companion.events import Delta, Done, Event, Failed, HelpOffered
from tau.companion.turn import Turn

SECONDS_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class TurnMetrics:
    """Metrics of turns, taken from their events."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.ended = Counter(
            "tau_turns", "Turns that ended, by how.", ("outcome",), registry=registry
        )
        self.seconds = Histogram(
            "tau_turn_seconds", "Duration of a turn.", buckets=SECONDS_BUCKETS, registry=registry
        )
        self.first_token_seconds = Histogram(
            "tau_turn_first_token_seconds",
            "Time from the person's words to the first piece of the reply.",
            buckets=SECONDS_BUCKETS,
            registry=registry,
        )
        self.tokens = Counter("tau_tokens", "Tokens of replies.", ("kind",), registry=registry)
        self.help_offered = Counter(
            "tau_help_offered",
            "Turns in which help was offered, by level and kind.",
            ("level", "kind"),
            registry=registry,
        )
        self._observers: dict[str, asyncio.Task[None]] = {}
        self._measured: set[str] = set()

    def measure(self, turn: Turn) -> None:
        """Measure a turn in the background, unless it is measured already."""
        self._measure(turn, TurnTimer(self))

    def batches(self, turn: Turn) -> AsyncGenerator[Sequence[Event], None]:
        """Yield the events of a turn that has just begun, and measure it on the way.

        So a watched turn is read once. If its reader leaves, it is measured in the background.
        Whether it has ended is checked now, so that a turn that fails before its reader starts to
        read counts too.
        """
        return self._batches(turn, ended=turn.finished)

    async def close(self) -> None:
        """Stop measuring."""
        observers = list(self._observers.values())
        for observer in observers:
            observer.cancel()
        await asyncio.gather(*observers, return_exceptions=True)

    async def wait_until_idle(self) -> None:
        """Return once every turn that is measured in the background has ended."""
        await asyncio.gather(*self._observers.values())

    def _measure(self, turn: Turn, timer: "TurnTimer") -> None:
        if turn.finished or turn.id in self._observers or turn.id in self._measured:
            return
        task = asyncio.create_task(_observe(turn, timer))
        self._observers[turn.id] = task
        task.add_done_callback(lambda _: self._observers.pop(turn.id, None))

    async def _batches(self, turn: Turn, *, ended: bool) -> AsyncGenerator[Sequence[Event], None]:
        if ended or turn.id in self._observers or turn.id in self._measured:
            async for batch in turn.batches():
                yield batch
            return
        timer = TurnTimer(self)
        self._measured.add(turn.id)
        try:
            async for batch in turn.batches():
                timer.record(batch)
                yield batch
        finally:
            self._measured.discard(turn.id)
            self._measure(turn, timer)


class TurnTimer:
    """Timer of one turn, from its beginning, driven by its events."""

    def __init__(self, metrics: TurnMetrics) -> None:
        self._metrics = metrics
        self._began = time.perf_counter()
        self._is_first_token_pending = True
        self._is_help_pending = True
        self._ended = False

    def record(self, batch: Sequence[Event]) -> None:
        """Record events; events that were recorded before count once."""
        if self._is_first_token_pending and any(isinstance(event, Delta) for event in batch):
            self._is_first_token_pending = False
            self._metrics.first_token_seconds.observe(time.perf_counter() - self._began)
        for event in batch:
            if isinstance(event, HelpOffered) and self._is_help_pending:
                self._is_help_pending = False
                self._metrics.help_offered.labels(str(event.level), event.kind).inc()
        last = batch[-1]
        if isinstance(last, Done | Failed) and not self._ended:
            self._ended = True
            self._count_end(last)

    def _count_end(self, event: Done | Failed) -> None:
        metrics = self._metrics
        metrics.seconds.observe(time.perf_counter() - self._began)
        metrics.ended.labels(event.status if isinstance(event, Done) else "failed").inc()
        if isinstance(event, Done) and event.usage is not None:
            metrics.tokens.labels("prompt").inc(event.usage.prompt_tokens)
            metrics.tokens.labels("completion").inc(event.usage.completion_tokens)


async def _observe(turn: Turn, timer: TurnTimer) -> None:
    async for batch in turn.batches():
        timer.record(batch)
