"""Probe of an endpoint before it is added: which models it has, and whether one answers."""

import asyncio

import msgspec

from tau.errors import ModelError
from tau.models.discovery import likely_capabilities
from tau.models.errors import BackendUnavailable, InvalidAnswer
from tau.models.health import check_health
from tau.models.http import GuardedClient
from tau.models.registry import Endpoint
from tau.models.remote import RemoteModel
from tau.models.types import ModelInfo

_NO_MODEL_LIST = "That endpoint doesn't list its models; enter the name of one."
_TOO_SLOW = "That endpoint didn't finish its answer in time."
_LISTING_SECONDS = 10.0  # for the list of models, before one of them is asked


class ProbeResult(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint answered; `sentence` is for people.

    `model` is the one that was asked; none if there are several to choose from.
    """

    ok: bool
    sentence: str
    models: list[str] = []
    model: str | None = None
    first_token_seconds: float | None = None
    tokens_per_second: float | None = None


async def probe_endpoint(
    client: GuardedClient, endpoint: Endpoint, timeout_seconds: float
) -> ProbeResult:
    """Ask for the list of models, then ask the named or only one a tiny question.

    If an endpoint does not list its models, a named one is asked anyway. All of this takes little
    longer than `timeout_seconds`, because someone is waiting.
    """
    try:
        async with asyncio.timeout(timeout_seconds + _LISTING_SECONDS):
            return await _probe(client, endpoint, timeout_seconds)
    except TimeoutError:
        return ProbeResult(ok=False, sentence=_TOO_SLOW)


async def _probe(client: GuardedClient, endpoint: Endpoint, timeout_seconds: float) -> ProbeResult:
    remote = _remote(client, endpoint, endpoint.model, timeout_seconds)
    names: list[str] = []
    try:
        names = await remote.names()
    except ModelError as error:
        if not endpoint.model:
            return ProbeResult(ok=False, sentence=_sentence(error))
    model = endpoint.model or (names[0] if len(names) == 1 else "")
    if not model:
        sentence = f"That endpoint has {len(names)} models; choose the one to ask."
        return ProbeResult(
            ok=bool(names), sentence=sentence if names else _NO_MODEL_LIST, models=names
        )
    try:
        found = await check_health(_remote(client, endpoint, model, timeout_seconds))
    except ModelError as error:
        return ProbeResult(ok=False, sentence=_sentence(error), models=names, model=model)
    return ProbeResult(
        ok=True,
        sentence=found.sentence,
        models=names,
        model=model,
        first_token_seconds=found.first_token_seconds,
        tokens_per_second=found.tokens_per_second,
    )


def _remote(
    client: GuardedClient, endpoint: Endpoint, model: str, timeout_seconds: float
) -> RemoteModel:
    info = ModelInfo(name=model, origin="endpoint", capabilities=likely_capabilities(model))
    return RemoteModel(
        info,
        client,
        url=endpoint.url,
        model=model,
        key=endpoint.key,
        timeout_seconds=timeout_seconds,
    )


def _sentence(error: ModelError) -> str:
    """Return the sentence for an error; the endpoint has no name yet."""
    if isinstance(error, BackendUnavailable):
        return f"That endpoint {error.reason}{'; ' + error.hint if error.hint else ''}."
    return f"That endpoint {error.reason}." if isinstance(error, InvalidAnswer) else str(error)
