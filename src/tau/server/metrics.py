"""Metrics for Prometheus. No label ever names a person or contains what they said."""

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
from tau.life.lives import Lives
from tau.server.turn_metrics import SECONDS_BUCKETS, TurnMetrics
from tau.server.usage_metrics import UsageMetrics
from tau.usage.usage import UsageAccounting


class Metrics:
    """The metrics of one application."""

    def __init__(self, companion: Companion, lives: Lives, usage: UsageAccounting) -> None:
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
            buckets=SECONDS_BUCKETS,
            registry=self.registry,
        )
        self.turns = TurnMetrics(self.registry)
        usage.listeners.append(UsageMetrics(self.registry).count)
        for name, about, count in (
            ("tau_live_turns", "Replies in progress.", lambda: companion.active_turn_count),
            ("tau_open_lives", "Memories held open.", lambda: len(lives)),
        ):
            Gauge(name, about, registry=self.registry).set_function(count)

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        return generate_latest(self.registry)


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
