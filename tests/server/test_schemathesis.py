"""Requests generated from the OpenAPI description, valid and invalid: never a 5xx."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tau.app import open_app
from tau.server.api import create_api
from tau.settings import Settings

pytestmark = pytest.mark.slow
ENDLESS = "/api/changes"
EXAMPLES = 12
EXAMPLES_PER_PARAMETER = 3
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


class Server(threading.Thread):
    """A whole Tau on a free port, in a thread and an event loop of its own."""

    def __init__(self, home: Path) -> None:
        super().__init__(name="tau-under-test")
        self.address = self.key = ""
        self._home = home
        self._up = threading.Event()
        self._server: uvicorn.Server | None = None

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        chosen = Settings(
            home=self._home, model="scripted", embedder="scripted-embedder", offline=True
        )
        async with open_app(chosen, environ={}) as app:
            link = await app.people.credentials.link(await app.people.owner())
            self.key, _ = await app.people.sessions.redeem(link, "tests")
            listener = socket.create_server(("127.0.0.1", 0))  # who comes early waits there
            self.address = f"http://127.0.0.1:{listener.getsockname()[1]}"
            config = uvicorn.Config(create_api(app), http="httptools", ws="none", log_config=None)
            self._server = uvicorn.Server(config)
            self._up.set()
            await self._server.serve(sockets=[listener])

    def __enter__(self) -> "Server":
        self.start()
        assert self._up.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.should_exit = True
        self.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("tau")) as running:
        yield running


@pytest.fixture(scope="module")
def schema(server: Server) -> Any:
    loaded = schemathesis.openapi.from_url(f"{server.address}/openapi.json")
    return loaded.exclude(path=ENDLESS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.timeout(600)
def test_no_request_brings_the_server_down(
    server: Server, schema: Any, mode: GenerationMode
) -> None:
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        _try(server, operation, mode)
        tried += 1
    assert tried > 40


def _examples(operation: Any) -> int:
    """Return how many requests an operation gets: fewer where little of one can differ."""
    if operation.body:
        return EXAMPLES
    parameters = len(operation.path_parameters) + len(operation.query)
    return min(EXAMPLES, EXAMPLES_PER_PARAMETER * (1 + parameters))


def _try(server: Server, operation: Any, mode: GenerationMode) -> None:
    @settings(
        max_examples=_examples(operation),
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        response = case.call(headers={"Authorization": f"Bearer {server.key}"}, timeout=30)
        case.validate_response(response, checks=CHECKS)

    with suppress(Unsatisfiable):  # nothing can be wrong with a request that has no parts
        holds()
