"""Health check of a model: one tiny request, and how it went."""

import time
from contextlib import aclosing

from tau.models.errors import BackendUnavailable
from tau.models.types import Backend, HealthCheck

_REQUEST = {
    "messages": [{"role": "user", "content": "Say good morning."}],
    "max_tokens": 24,
    "temperature": 0.0,
}


async def check_health(backend: Backend) -> HealthCheck:
    """Make a model chat, or embed if that is what it does. Raises `ModelError` if it fails."""
    if "chat" in backend.info.capabilities:
        return await _check_chat(backend)
    began = time.perf_counter()
    vectors = await backend.embed(["Good morning."])
    seconds = time.perf_counter() - began
    sentence = f"{backend.info.name} embeds in {vectors.shape[1]} dimensions."
    return HealthCheck(
        model=backend.info.name, ok=True, sentence=sentence, first_token_seconds=seconds
    )


async def _check_chat(backend: Backend) -> HealthCheck:
    began = time.perf_counter()
    first: float | None = None
    pieces, tokens = 0, 0
    async with aclosing(backend.stream(dict(_REQUEST))) as chunks:
        async for chunk in chunks:
            first = first or time.perf_counter() - began
            pieces += bool(chunk.text)
            tokens = chunk.completion_tokens or tokens
    seconds = time.perf_counter() - began
    if first is None:
        raise BackendUnavailable(backend.info.name, "sent an empty answer")
    rate = (tokens or pieces) / max(seconds - first, 1e-3) if pieces > 1 else None
    sentence = f"{backend.info.name} answers after {first:.1f} s"
    if rate is not None:
        sentence += f", then {rate:.0f} tokens a second"
    return HealthCheck(
        model=backend.info.name,
        ok=True,
        sentence=f"{sentence}.",
        first_token_seconds=first,
        tokens_per_second=rate,
    )
