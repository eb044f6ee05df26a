"""Models that ask to be left alone: what clients are told."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest
from fastapi import FastAPI

from tau.models.errors import BackendUnavailable
from tau.models.types import Chunk, ModelInfo, Vectors

from ..conftest import Person

pytestmark = pytest.mark.anyio


class Busy:
    """A model that always asks to be left alone for 40 seconds."""

    info = ModelInfo(name="busy", origin="endpoint")

    def _refusal(self) -> BackendUnavailable:
        return BackendUnavailable("busy", "asks to be left alone", retry_after_seconds=40.0)

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        raise self._refusal()
        yield  # a generator that ends at once

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        raise self._refusal()

    async def embed(self, texts: Sequence[str]) -> Vectors:
        raise self._refusal()


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("model", ["busy", "tau"])
async def test_a_client_is_told_when_to_come_back(
    owner: Person, api: FastAPI, model: str, streamed: bool
) -> None:
    models = api.state.app_state.models
    models.directory.serve("busy", Busy())
    default = models.aliases.default_chat()
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}], "stream": streamed}
    if model == "tau" and not models.directory.knows(default):
        await models.aliases.use(default, ["busy"])
    elif model == "tau":
        models.directory._scripted[default] = Busy()
    refused = await owner.client.post("/v1/chat/completions", json=body)
    assert refused.status_code == 429, refused.text
    assert 30 <= int(refused.headers["retry-after"]) <= 40
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"
