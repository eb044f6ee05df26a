"""A PostgreSQL that accepts connections and doesn't answer: what callers of the API hear."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tau.settings import Settings
from tests.patience import patient
from tests.postgres_server import PostgresServer, postgres_server
from tests.server.conftest import Person, text_of

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, server: PostgresServer) -> Settings:
    return Settings(
        home=tmp_path / "home",
        model="scripted",
        embedder="scripted-embedder",
        database_url=server.url,
    )


async def test_every_request_is_answered_while_the_database_is_frozen(
    owner: Person, anonymous: httpx.AsyncClient, server: PostgresServer
) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, "Remember the lighthouse.")
    turns = f"/api/conversations/{conversation}/turns"
    server.freeze()
    try:
        async with asyncio.timeout(patient(60)):
            answers = await asyncio.gather(
                anonymous.get("/status"),
                anonymous.post("/api/sign-in", json={"name": "You", "password": "a long guess"}),
                owner.client.post(turns, json={"words": "Are you there?"}),
                *(owner.client.get("/api/models") for _ in range(20)),
            )
            later = [await anonymous.get("/status") for _ in range(20)]
    finally:
        server.thaw()
    assert {answer.status_code for answer in (*answers, *later)} == {503}
    sentences = {answer.json()["error"]["sentence"] for answer in (*answers, *later)}
    assert sentences <= {
        "The database doesn't answer at the moment. Try again shortly.",
        "Tau's database isn't answering.",
    }

    await until_it_answers(anonymous)
    assert text_of(await owner.say(conversation, "Do you hear me again?"))
    kept = str(await owner.get(f"/api/conversations/{conversation}/messages"))
    assert "Remember the lighthouse." in kept
    assert "Do you hear me again?" in kept


async def until_it_answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(patient(60)):
        status = 0
        while status != 200:
            await asyncio.sleep(0.05)
            status = (await client.get("/status")).status_code
