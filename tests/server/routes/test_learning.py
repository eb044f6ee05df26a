"""Pausing and resuming learning."""

import pytest

from ..conftest import Person

pytestmark = pytest.mark.anyio


async def test_learning_is_paused_and_resumed(owner: Person) -> None:
    path = "/api/memory/learning"
    assert (await owner.get(path))["paused"] is False
    for paused in (True, True, False):
        changed = await owner.client.put(path, json={"paused": paused})
        assert changed.json()["paused"] is paused
    assert (await owner.client.put(path, json={})).status_code == 422
