"""Metrics of models: requests and tokens. No label names a person or a key."""

from prometheus_client import CollectorRegistry, Counter

from tau.usage.ledger import TokenSums


class UsageMetrics:
    """Counters by model; a model that only its owner knows by name has no name here either."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._requests = Counter(
            "tau_model_requests", "Requests that models answered.", ("model",), registry=registry
        )
        self._tokens = Counter(
            "tau_model_tokens",
            "Tokens of answered requests; the cached ones are part of the prompt.",
            ("model", "kind"),
            registry=registry,
        )

    def count(self, model: str, used: TokenSums) -> None:
        """Count a request."""
        self._requests.labels(model).inc(used.requests)
        for kind, tokens in (
            ("prompt", used.prompt_tokens),
            ("cached", used.cached_tokens),
            ("completion", used.completion_tokens),
        ):
            self._tokens.labels(model, kind).inc(tokens)
