"""A release is rolled out node by node, and taken back, while people go on talking."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tau.bench.nodes_client import RetryingClient
from tau.bench.nodes_processes import ServingNode
from tau.ids import new_id
from tau.storage.migrating import newest_version
from tests.nodes.releases import NEXT_TABLES, next_release, python_path
from tests.nodes.several import Nodes, until
from tests.nodes.talking import found, say

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


class Talk:
    """Somebody who goes on talking, and sends each message until it's acknowledged."""

    def __init__(self, client: RetryingClient, conversation: str) -> None:
        self._client = client
        self.conversation = conversation
        self.acknowledged: list[str] = []
        self._leaving = asyncio.Event()

    async def go_on(self) -> None:
        """Talk until `leave`."""
        while not self._leaving.is_set():
            words, turn = f"[[pace 100]] still there? {len(self.acknowledged)}", new_id()
            answer = await self._client.send(self.conversation, words, turn)
            assert answer.status == 201, answer
            self.acknowledged.append(words)
            end = await self._client.outcome(turn)
            assert end["type"] == "done" or end["code"] == "interrupted", end

    async def goes_on(self) -> None:
        """Return once two more messages were acknowledged: one began after this was asked."""
        wanted = len(self.acknowledged) + 2

        async def enough() -> bool:
            return len(self.acknowledged) >= wanted

        await until(enough, "the talk went on", 60)

    def leave(self) -> None:
        """End after the message that is being sent."""
        self._leaving.set()


@asynccontextmanager
async def talking(client: RetryingClient) -> AsyncIterator[Talk]:
    """Talk while the context lasts; then check that every word was kept once."""
    talk = Talk(client, await client.conversation())
    going_on = asyncio.create_task(talk.go_on())
    try:
        yield talk
    finally:
        talk.leave()
        await going_on
    kept = await client.messages(talk.conversation)
    said = Counter(message["text"] for message in kept if message["by"] == "person")
    assert said == Counter(talk.acknowledged)


def tables(nodes: Nodes) -> str:
    (row,) = nodes.query("SELECT version_num FROM alembic_version")
    return str(row.version_num)


async def replace(node: ServingNode, release: str | None) -> None:
    """Stop a node and start it as another release."""
    await node.stop()
    node.environ.pop("PYTHONPATH", None)
    if release is not None:
        node.environ["PYTHONPATH"] = release
    await node.start()


async def each_sees_the_other(one: RetryingClient, other: RetryingClient, words: str) -> None:
    """Check that what is said and forgotten at one node is so at the other."""
    for number, (here, there) in enumerate(((one, other), (other, one))):
        word = f"{words}{number}"
        said = await say(here, f"A word: {word}")
        assert any(word in text for text in await found(there, word))
        await there.post("/api/memory/forget", {"messages": [said["message"]]})
        assert not any(word in text for text in await found(here, word))


async def test_nodes_of_two_releases_are_one_tau_and_a_release_is_taken_back(
    nodes: Nodes,
    one: RetryingClient,
    other: RetryingClient,
    balanced: RetryingClient,
    tmp_path: Path,
) -> None:
    older, newer = nodes[0].environ.get("PYTHONPATH"), python_path(next_release(tmp_path))
    async with talking(balanced) as talk:
        await talk.goes_on()
        assert tables(nodes) == newest_version()
        await replace(nodes[1], newer)
        assert tables(nodes) == NEXT_TABLES
        await talk.goes_on()
        await each_sees_the_other(one, other, "beside")
        await nodes[0].kill()
        await nodes[0].start()  # an older one, beside a newer one, after its tables changed
        await talk.goes_on()
        await each_sees_the_other(one, other, "again")
        await replace(nodes[1], older)  # taken back
        assert tables(nodes) == NEXT_TABLES
        await talk.goes_on()
        await each_sees_the_other(one, other, "back")
