"""What comes to mind: a past is told to a real Tau, it is killed and started again, and asked.

Everything goes through the public API of `tau run`, with the built-in models: message by message
with its date, then each question as a turn in a new private conversation, which writes nothing; its
`recalled` event is what is judged.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from tau.bench import machine
from tau.bench.datasets import DatasetMessage, DatasetQuestion, DatasetSample
from tau.bench.http_client import BenchmarkClient, signed_in_client, wait_until_idle
from tau.bench.metrics import recall
from tau.bench.processes import tau, temporary_home
from tau.errors import ModelError

_AT = (5, 10)


@dataclass(frozen=True, slots=True)
class RecallResult:
    """What came to mind for a question, as names of messages, best first."""

    question: DatasetQuestion
    recalled: tuple[str, ...]

    def share_at(self, most: int) -> float:
        """Return the share of the evidence that is among the first `most`."""
        return recall(self.recalled, self.question.turns, most)


async def measure(
    past: DatasetSample, models_folder: str, say: Callable[[str], None]
) -> dict[str, Any]:
    """Return the mean share of evidence recalled at 5 and 10, over all and by category."""
    with temporary_home() as environ:
        arguments = ("--models-folder", models_folder) if models_folder else ()
        async with tau(environ, *arguments) as server:
            async with signed_in_client(server) as visitor:
                names = await _send_messages(visitor, past, say)
                await wait_until_idle(server)
            server.kill()
        say("Killed; starting again ...")
        async with tau(environ, *arguments) as server, signed_in_client(server) as visitor:
            await visitor.get("/api/conversations")  # opens the life: it embeds what is left
            await wait_until_idle(server)
            answers = [await _ask(visitor, question, names) for question in past.questions]
    return _figures(past, answers)


async def _send_messages(
    visitor: BenchmarkClient, past: DatasetSample, say: Callable[[str], None]
) -> dict[str, str]:
    """Tell every conversation; return the file's names by Tau's message ids."""
    names: dict[str, str] = {}
    conversations = list(past.conversations())
    for number, messages in enumerate(conversations, start=1):
        say(f"Telling conversation {number} of {len(conversations)} ...")
        names |= await _send_conversation(visitor, messages)
    return names


async def _send_conversation(
    visitor: BenchmarkClient, messages: Sequence[DatasetMessage]
) -> dict[str, str]:
    begun = (await visitor.post("/api/conversations", {}))["id"]
    names: dict[str, str] = {}
    for told in messages:
        body = {"text": told.text, "at": told.at, "speaker": told.speaker, "by": told.by}
        written = await visitor.post(f"/api/conversations/{begun}/messages", body)
        names[written["id"]] = told.name
    return names


async def _ask(
    visitor: BenchmarkClient, question: DatasetQuestion, names: dict[str, str]
) -> RecallResult:
    private = (await visitor.post("/api/conversations", {"private": True}))["id"]
    turn = await visitor.post(f"/api/conversations/{private}/turns", {"words": question.text})
    try:
        async with asyncio.timeout(60):
            passages = await visitor.recalled(turn["turn"])
    except TimeoutError:
        raise ModelError("Tau did not say what it recalled.") from None
    await visitor.post(f"/api/turns/{turn['turn']}/stop", {})
    recalled = (names.get(passage["message"]) for passage in passages)
    return RecallResult(question, tuple(name for name in recalled if name))


def _figures(past: DatasetSample, answers: Sequence[RecallResult]) -> dict[str, Any]:
    by_category: defaultdict[str, list[RecallResult]] = defaultdict(list)
    for answer in answers:
        by_category[answer.question.kind].append(answer)
    return {
        "conversation": past.name,
        "messages": len(past.told),
        "questions": len(answers),
        "evidence_recalled_at": _shares(answers),
        "by_category": {category: _shares(some) for category, some in sorted(by_category.items())},
        "machine": machine.describe(),
    }


def _shares(answers: Sequence[RecallResult]) -> dict[str, float]:
    return {str(most): round(fmean(answer.share_at(most) for answer in answers), 4) for most in _AT}
