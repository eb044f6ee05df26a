"""What Tau counts of itself, for Prometheus. No label ever names a person or holds their words."""

import time

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
from tau.companion.turn import Turn

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120)


class Meters:
    """The instruments of one application."""

    def __init__(self, companion: Companion) -> None:
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
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.turns = Counter(
            "tau_turns", "Turns that ended, by how.", ("outcome",), registry=self.registry
        )
        self.turn_seconds = Histogram(
            "tau_turn_seconds", "Duration of a turn.", buckets=_SECONDS, registry=self.registry
        )
        self.first_token_seconds = Histogram(
            "tau_turn_first_token_seconds",
            "Time from the person's words to the first piece of the reply.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.tokens = Counter("tau_tokens", "Tokens of replies.", ("kind",), registry=self.registry)
        for name, about, count in (
            ("tau_live_turns", "Replies in the making.", lambda: companion.turns_under_way),
            ("tau_open_lives", "Memories held open.", lambda: companion.open_lives),
        ):
            Gauge(name, about, registry=self.registry).set_function(count)

    async def observe(self, turn: Turn) -> None:
        """Measure a turn that has just begun, to its end."""
        began, silent = time.perf_counter(), True
        async for batch in turn.batches():
            if silent and any(isinstance(event, Delta) for event in batch):
                silent = False
                self.first_token_seconds.observe(time.perf_counter() - began)
            self._count_end(batch[-1], time.perf_counter() - began)

    def _count_end(self, event: Event, seconds: float) -> None:
        if not isinstance(event, Done | Failed):
            return
        self.turn_seconds.observe(seconds)
        self.turns.labels(event.status if isinstance(event, Done) else "failed").inc()
        if isinstance(event, Done) and event.usage is not None:
            self.tokens.labels("prompt").inc(event.usage.prompt_tokens)
            self.tokens.labels("completion").inc(event.usage.completion_tokens)

    def exposition(self) -> bytes:
        """Return everything counted, in Prometheus' text format."""
        return generate_latest(self.registry)


class Metered:
    """ASGI middleware: counts requests by route template and status."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self._app = app
        self._meters = meters

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
                self._meters.requests.labels(method, route, str(message["status"])).inc()
                self._meters.request_seconds.observe(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, sending)
