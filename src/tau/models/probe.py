"""Trying an endpoint before it is kept: which models it has, and whether one of them answers."""

import asyncio

import msgspec

from tau.errors import ModelError
from tau.models.discovery import likely_capabilities
from tau.models.errors import Nonsense, Unavailable
from tau.models.health import check
from tau.models.http import GuardedClient
from tau.models.registry import Endpoint
from tau.models.remote import RemoteModel
from tau.models.types import ModelInfo

_SILENT_OF_MODELS = "That endpoint does not tell which models it has; name the one to ask."
_TOO_SLOW = "That endpoint did not come to an end of its answer in time."
_LISTING_SECONDS = 10.0  # to tell the models, before one of them is asked


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint answered; `sentence` says it to a person.

    `model` is the one that was asked; none where there are several to choose from.
    """

    ok: bool
    sentence: str
    models: list[str] = []
    model: str | None = None
    first_token_seconds: float | None = None
    tokens_per_second: float | None = None


async def try_endpoint(client: GuardedClient, endpoint: Endpoint, timeout_seconds: float) -> Tried:
    """Ask for the models, then the named or only one of them a tiny question.

    An endpoint that keeps its models to itself is asked all the same if one is named. All of it
    together takes little longer than `timeout_seconds`: somebody waits.
    """
    try:
        async with asyncio.timeout(timeout_seconds + _LISTING_SECONDS):
            return await _try(client, endpoint, timeout_seconds)
    except TimeoutError:
        return Tried(ok=False, sentence=_TOO_SLOW)


async def _try(client: GuardedClient, endpoint: Endpoint, timeout_seconds: float) -> Tried:
    remote = _remote(client, endpoint, endpoint.model, timeout_seconds)
    names: list[str] = []
    try:
        names = await remote.names()
    except ModelError as error:
        if not endpoint.model:
            return Tried(ok=False, sentence=_told(error))
    model = endpoint.model or (names[0] if len(names) == 1 else "")
    if not model:
        sentence = f"That endpoint has {len(names)} models; choose the one to ask."
        return Tried(
            ok=bool(names), sentence=sentence if names else _SILENT_OF_MODELS, models=names
        )
    try:
        found = await check(_remote(client, endpoint, model, timeout_seconds))
    except ModelError as error:
        return Tried(ok=False, sentence=_told(error), models=names, model=model)
    return Tried(
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


def _told(error: ModelError) -> str:
    """Return the sentence of a failure: it has no name of the person's own to be told by yet."""
    if isinstance(error, Unavailable):
        return f"That endpoint {error.reason}{'; ' + error.mend if error.mend else ''}."
    return f"That endpoint {error.reason}." if isinstance(error, Nonsense) else str(error)
