"""A full disk and an unreachable database: reported over HTTP, and nothing is lost."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from tau.app import App
from tau.errors import StoreUnavailable

from .conftest import Person

pytestmark = pytest.mark.anyio


@pytest.fixture
def full(app: App) -> Callable[[bool], None]:
    """Fills the database, as a full disk does, or frees space again."""

    def fill(is_full: bool) -> None:
        def limit(connection: Any, _record: object) -> None:
            pages = connection.execute("PRAGMA page_count").fetchone()[0] if is_full else 2**30
            connection.execute(f"PRAGMA max_page_count={pages}").fetchone()

        engine = app.database.engine
        engine.dispose()
        for listener in list(filled):
            sa.event.remove(engine, "connect", listener)
            filled.remove(listener)
        filled.append(limit)
        sa.event.listen(engine, "connect", limit)

    filled: list[Any] = []
    return fill


async def test_a_full_disk_refuses_words_and_loses_none(
    owner: Person, full: Callable[[bool], None]
) -> None:
    conversation = await owner.begin(title="Kept")
    path = f"/api/conversations/{conversation}"
    await owner.say(conversation, "[[say Before]]")
    before = await owner.get(f"{path}/messages")

    full(True)
    long = "x" * 200_000  # more than what is left on the last page
    for address, body in (
        (f"{path}/messages", {"text": long}),
        (f"{path}/turns", {"words": long}),
    ):
        response = await owner.client.post(address, json=body)
        assert response.status_code == 507, response.text
        error = response.json()["error"]
        assert error["code"] == "store_full"
        assert "disk is full" in error["sentence"]
        assert "Nothing was lost" in error["sentence"]
    asked = {"model": "tau", "messages": [{"role": "user", "content": long}]}
    refused = await owner.client.post(
        "/v1/chat/completions", json=asked, headers={"X-Tau-Conversation": conversation}
    )
    assert (refused.status_code, refused.json()["error"]["type"]) == (507, "api_error")
    assert await owner.get(f"{path}/messages") == before
    assert (await owner.get("/api/turns"))["turns"] == []

    full(False)
    await owner.say(conversation, "[[say After]]")
    texts = [one["text"] for one in (await owner.get(f"{path}/messages"))["messages"]]
    assert texts == ["[[say Before]]", "Before", "[[say After]]", "After"]


async def test_a_database_that_is_away_is_told_at_every_door(
    app: App, owner: Person, monkeypatch: pytest.MonkeyPatch, anonymous: httpx.AsyncClient
) -> None:
    conversation = await owner.begin()

    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("The database does not answer (TimeoutError).")

    with monkeypatch.context() as patch:
        patch.setattr(app.database, "run", away)
        credentials = {"name": "You", "password": "a long password"}
        for response in (
            await anonymous.post("/api/sign-in", json=credentials),
            await owner.client.post("/api/invitations"),
            await owner.client.get("/api/keys"),
        ):
            assert response.status_code == 503, response.url
            assert response.json()["error"]["code"] == "store_unavailable"
        assert (await anonymous.get("/status")).status_code == 503
    assert (await anonymous.get("/status")).status_code == 200
    assert (await owner.get(f"/api/conversations/{conversation}"))["count"] == 0
