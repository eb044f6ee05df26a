"""Discovery of model servers on this machine: Ollama, LM Studio, llama.cpp and vLLM.

Only loopback ports are asked, all at the same time, with a short timeout. A server that does not
answer, or answers in another shape, is skipped: discovery never fails.
"""

import asyncio
import logging
import re
from collections.abc import Sequence
from typing import Any

import aiohttp
import msgspec

from tau.models.http import GuardedClient
from tau.models.sizes import likely_size
from tau.models.types import Capability, ModelInfo

TIMEOUT_SECONDS = 0.7
_ANSWER_LIMIT = 2_000_000  # bytes
_MODEL_LIMIT = 200  # of one server
_EMBEDDERS = ("embed", "minilm", "bge-", "gte-", "e5-", "-bert", "bert-")
_SEES = re.compile(
    r"(?:^|[-_/.\d])vl(?:[-_:.\d]|$)|vision|llava|pixtral|moondream|minicpm-?v|internvl|smolvlm|molmo"
    r"|gpt-(?:4o|4\.1|5)|claude-|gemini|gemma-?[34]|llama-?4|mistral-small-?3\.[1-9]"
)
"""In the names of models that take pictures."""
_log = logging.getLogger(__name__)


class ServerKind(msgspec.Struct, frozen=True):
    """A kind of model server, and the port it usually listens on."""

    server: str
    prefix: str
    port: int
    tags: bool = False
    """Whether it has Ollama's `/api/tags`, which says more than `/v1/models`."""


class DiscoveredModel(msgspec.Struct, frozen=True):
    """A model that a server on this machine offers."""

    info: ModelInfo
    url: str
    model: str


SERVER_KINDS = (
    ServerKind("Ollama", "ollama", 11434, tags=True),
    ServerKind("LM Studio", "lmstudio", 1234),
    ServerKind("llama.cpp", "llamacpp", 8080),
    ServerKind("vLLM", "vllm", 8000),
)


async def discover(
    places: Sequence[ServerKind] = SERVER_KINDS, timeout_seconds: float = TIMEOUT_SECONDS
) -> list[DiscoveredModel]:
    """Return the models of the servers that answer."""
    client = GuardedClient(None)
    try:
        answers = await asyncio.gather(
            *(_list_models(client, place, timeout_seconds) for place in places)
        )
    finally:
        await client.close()
    return [found for answer in answers for found in answer]


async def _list_models(
    client: GuardedClient, place: ServerKind, seconds: float
) -> list[DiscoveredModel]:
    base = f"http://127.0.0.1:{place.port}"
    if place.tags:
        tags = await _get(client, f"{base}/api/tags", seconds)
        models = _objects(tags, "models")
        if models:
            return _discovered(place, base, [(_string(m, "name"), m) for m in models])
    listed = await _get(client, f"{base}/v1/models", seconds)
    return _discovered(place, base, [(_string(m, "id"), m) for m in _objects(listed, "data")])


async def _get(client: GuardedClient, url: str, seconds: float) -> Any:
    timeout = aiohttp.ClientTimeout(total=seconds)
    try:
        async with client.request("GET", url, timeout=timeout, follow="none") as response:
            if response.status != 200:
                return None
            data = await response.content.read(_ANSWER_LIMIT)
            while not response.content.at_eof() and len(data) < _ANSWER_LIMIT:
                data += await response.content.read(_ANSWER_LIMIT)
        return msgspec.json.decode(data)
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        _log.debug("nothing at %s: %s", url, type(error).__name__)
        return None


def _objects(answer: Any, name: str) -> list[dict[str, Any]]:
    listed = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        return []
    return [item for item in listed if isinstance(item, dict)][:_MODEL_LIMIT]


def _string(item: dict[str, Any], name: str) -> str:
    word = item.get(name)
    return word if isinstance(word, str) and len(word) <= 200 else ""


def _discovered(
    place: ServerKind, base: str, named: list[tuple[str, dict[str, Any]]]
) -> list[DiscoveredModel]:
    discovered = []
    for model, item in named:
        if not model:
            continue
        short = model.rsplit("/", 1)[-1].removesuffix(".gguf") if model[0] in "/." else model
        info = ModelInfo(
            name=f"{place.prefix}/{short}",
            origin="found",
            capabilities=likely_capabilities(model),
            size=likely_size(model),
            context_tokens=_context_tokens(item),
            about=f"{place.server} on this machine (port {place.port})",
        )
        discovered.append(DiscoveredModel(info, f"{base}/v1", model))
    return discovered


def likely_capabilities(model: str) -> frozenset[Capability]:
    """Guess the capabilities of a model from its name."""
    name = model.lower()
    if any(sign in name for sign in _EMBEDDERS):
        return frozenset({"embed"})
    return frozenset({"chat", "vision"} if _SEES.search(name) else {"chat"})


def _context_tokens(item: dict[str, Any]) -> int:
    meta = item.get("meta")
    window = (meta.get("n_ctx_train") if isinstance(meta, dict) else None) or item.get(
        "max_model_len"
    )
    return window if isinstance(window, int) and 256 <= window <= 10_000_000 else 8192
