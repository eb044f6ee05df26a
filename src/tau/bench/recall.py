"""Recall benchmark: a conversation is added to a real Tau, which is killed, restarted and asked.

Everything goes through the public API of `tau run`, with the built-in models: message by message
with its date, then each question as a turn in a new private conversation, which writes nothing; its
`recalled` event is what is judged.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from tau.bench import machine
from tau.bench.datasets import DatasetMessage, DatasetQuestion, DatasetSample
from tau.bench.http_client import BenchmarkClient, signed_in_client, wait_until_idle
from tau.bench.metrics import recall
from tau.bench.processes import tau, temporary_home
from tau.bench.progress import Progress
from tau.errors import ModelError

_AT = (5, 10)


@dataclass(frozen=True, slots=True)
class RecallResult:
    """What was recalled for a question, as names of messages, best first."""

    question: DatasetQuestion
    recalled: tuple[str, ...]

    def share_at(self, most: int) -> float:
        """Return the share of the evidence that is among the first `most`."""
        return recall(self.recalled, self.question.turns, most)


async def measure(sample: DatasetSample, models_folder: str, progress: Progress) -> dict[str, Any]:
    """Return the mean share of evidence recalled at 5 and 10, over all and by category."""
    with temporary_home() as environ:
        arguments = ("--models-folder", models_folder) if models_folder else ()
        async with tau(environ, *arguments) as server:
            async with signed_in_client(server) as client:
                names = await _send_messages(client, sample, progress)
                await wait_until_idle(server)
            server.kill()
        progress("Killed; restarting ...")
        async with tau(environ, *arguments) as server, signed_in_client(server) as client:
            await client.get("/api/conversations")  # opens the memory, which embeds what is left
            await wait_until_idle(server)
            answers = [await _ask(client, question, names) for question in sample.questions]
    return _figures(sample, answers)


async def _send_messages(
    client: BenchmarkClient, sample: DatasetSample, progress: Progress
) -> dict[str, str]:
    """Add every conversation; return the file's names by Tau's message ids."""
    names: dict[str, str] = {}
    conversations = list(sample.conversations())
    for number, messages in enumerate(conversations, start=1):
        progress(f"Adding conversation {number} of {len(conversations)} ...")
        names |= await _send_conversation(client, messages)
    return names


async def _send_conversation(
    client: BenchmarkClient, messages: Sequence[DatasetMessage]
) -> dict[str, str]:
    begun = (await client.post("/api/conversations", {}))["id"]
    names: dict[str, str] = {}
    for message in messages:
        body = {
            "text": message.text,
            "at": message.at,
            "speaker": message.speaker,
            "by": message.by,
        }
        written = await client.post(f"/api/conversations/{begun}/messages", body)
        names[written["id"]] = message.name
    return names


async def _ask(
    client: BenchmarkClient, question: DatasetQuestion, names: dict[str, str]
) -> RecallResult:
    private = (await client.post("/api/conversations", {"private": True}))["id"]
    turn = await client.post(f"/api/conversations/{private}/turns", {"words": question.text})
    try:
        async with asyncio.timeout(60):
            passages = await client.recalled(turn["turn"])
    except TimeoutError:
        raise ModelError("Tau did not say what it recalled.") from None
    await client.post(f"/api/conversations/{private}/end", {})
    recalled = (names.get(passage["message"]) for passage in passages)
    return RecallResult(question, tuple(name for name in recalled if name))


def _figures(sample: DatasetSample, answers: Sequence[RecallResult]) -> dict[str, Any]:
    by_category: defaultdict[str, list[RecallResult]] = defaultdict(list)
    for answer in answers:
        by_category[answer.question.kind].append(answer)
    return {
        "conversation": sample.name,
        "messages": len(sample.messages),
        "questions": len(answers),
        "evidence_recalled_at": _shares(answers),
        "by_category": {category: _shares(some) for category, some in sorted(by_category.items())},
        "machine": machine.describe(),
    }


def _shares(answers: Sequence[RecallResult]) -> dict[str, float]:
    return {str(most): round(fmean(answer.share_at(most) for answer in answers), 4) for most in _AT}
