"""What a person does, through any node."""

from typing import Any

from tau.bench.nodes_client import RetryingClient
from tau.ids import new_id


async def say(client: RetryingClient, words: str, conversation: str = "") -> dict[str, Any]:
    """Send words and wait for the reply; return the acknowledgement."""
    there = conversation or await client.conversation()
    answer = await client.send(there, words, new_id())
    assert answer.status == 201, answer
    assert (await client.outcome(answer.body["turn"]))["type"] == "done"
    return dict(answer.body)


async def found(client: RetryingClient, words: str) -> list[str]:
    """Return the messages that a search finds."""
    passages = (await client.post("/api/search", {"query": words}))["passages"]
    return [passage["message"]["text"] for passage in passages]
