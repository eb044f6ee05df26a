"""Models through the client, on a real Tau."""

import pytest

from tau.client.client import Client
from tau.client.http import ApiError

pytestmark = pytest.mark.anyio


async def test_an_endpoint_is_added_used_and_removed(client: Client) -> None:
    await client.models.add("mine", "http://127.0.0.1:9/v1", "tiny", capabilities=["chat"])
    await client.models.use("companion", ["mine", "scripted"])
    known = await client.models.all()
    assert known.aliases["companion"] == ["mine", "scripted"]
    assert "mine" in [model.name for model in known.models]
    assert not (await client.models.check("mine")).ok
    assert (await client.models.check("scripted")).ok
    await client.models.remove("mine")
    assert "mine" not in [model.name for model in (await client.models.all()).models]


async def test_what_cannot_be_downloaded_is_an_error(client: Client) -> None:
    with pytest.raises(ApiError):
        await client.models.pull("no such model", lambda done, total: None)
