"""What Tau counts of itself, for Prometheus. No label ever names a person or holds their words."""

import time
from collections.abc import Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tau.companion.companion import Companion
from tau.companion.events import Delta, Done, Event, Failed
from tau.life.lives import Lives

_SECONDS_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Metrics:
    """The instruments of one application."""

    def __init__(self, companion: Companion, lives: Lives) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.requests = Counter(
            "tau_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "tau_http_request_seconds",
            "Time until the response began.",
            buckets=_SECONDS_BUCKETS,
            registry=self.registry,
        )
        self.turns = Counter(
            "tau_turns", "Turns that ended, by how.", ("outcome",), registry=self.registry
        )
        self.turn_seconds = Histogram(
            "tau_turn_seconds",
            "Duration of a turn.",
            buckets=_SECONDS_BUCKETS,
            registry=self.registry,
        )
        self.first_token_seconds = Histogram(
            "tau_turn_first_token_seconds",
            "Time from the person's words to the first piece of the reply.",
            buckets=_SECONDS_BUCKETS,
            registry=self.registry,
        )
        self.tokens = Counter("tau_tokens", "Tokens of replies.", ("kind",), registry=self.registry)
        for name, about, count in (
            ("tau_live_turns", "Replies in the making.", lambda: companion.active_turn_count),
            ("tau_open_lives", "Memories held open.", lambda: len(lives)),
        ):
            Gauge(name, about, registry=self.registry).set_function(count)

    def exposition(self) -> bytes:
        """Return everything counted, in Prometheus' text format."""
        return generate_latest(self.registry)


class TurnTimer:
    """Measures one turn, from its beginning, by the events that it is shown."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._began = time.perf_counter()
        self._is_first_token_pending = True
        self._ended = False

    def record(self, batch: Sequence[Event]) -> None:
        """Take note of events; those that were shown before are counted once."""
        if self._is_first_token_pending and any(isinstance(event, Delta) for event in batch):
            self._is_first_token_pending = False
            self._metrics.first_token_seconds.observe(time.perf_counter() - self._began)
        last = batch[-1]
        if isinstance(last, Done | Failed) and not self._ended:
            self._ended = True
            self._count_end(last)

    def _count_end(self, event: Done | Failed) -> None:
        metrics = self._metrics
        metrics.turn_seconds.observe(time.perf_counter() - self._began)
        metrics.turns.labels(event.status if isinstance(event, Done) else "failed").inc()
        if isinstance(event, Done) and event.usage is not None:
            metrics.tokens.labels("prompt").inc(event.usage.prompt_tokens)
            metrics.tokens.labels("completion").inc(event.usage.completion_tokens)


class MetricsMiddleware:
    """ASGI middleware: counts requests by route template and status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", "other")
                method = scope["method"] if route != "other" else "other"
                self._metrics.requests.labels(method, route, str(message["status"])).inc()
                self._metrics.request_seconds.observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, sending)
