"""Models whose answers a test decides, and examples of two small tasks."""

from collections.abc import Callable, Sequence
from typing import Any

from tau.models.scripted import hashed_vectors
from tau.models.types import Embedded, EmbeddingKind, ModelInfo
from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.graders.grade import Grade

INFO = ModelInfo(name="local", origin="pack", size="small", context_tokens=2048)
EMBEDDER = "embedder"
QUEUES = {
    "card": ("my card is lost", "the card was stolen", "i need a new card", "card broken again"),
    "rate": ("what is the exchange rate", "rate of the euro", "is the rate fair", "euro rate now"),
    "close": ("close my account", "delete the account", "i want to leave, account", "end account"),
}


class ScriptedModels:
    """Answers chats with `respond` and embeds by the words that texts share. `ModelCaller`."""

    def __init__(self, respond: Callable[[dict[str, Any]], str] = lambda _: "yes") -> None:
        self.respond = respond
        self.bodies: list[dict[str, Any]] = []
        self.embedded: list[tuple[tuple[str, ...], EmbeddingKind]] = []
        self.embedder = EMBEDDER

    async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        self.bodies.append(body)
        text = self.respond(body)
        return {
            "model": name,
            "choices": [{"message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
        }

    async def embed(
        self, name: str, texts: Sequence[str], kind: EmbeddingKind = "passage"
    ) -> Embedded:
        self.embedded.append((tuple(texts), kind))
        return Embedded(self.embedder, hashed_vectors(texts))


def example(said: str, answer: str, instructions: str = "Route it.", name: str = "") -> Example:
    """An example of one question and its answer."""
    messages = [ExampleMessage("user", said), ExampleMessage("assistant", answer)]
    if instructions:
        messages.insert(0, ExampleMessage("system", instructions))
    return Example(id=name or f"{said}={answer}", messages=tuple(messages))


def routing(rounds: int = 3) -> list[Example]:
    """Messages for three queues, which their words give away."""
    return [
        example(f"{said} number {round_}", queue)
        for round_ in range(rounds)
        for queue, texts in QUEUES.items()
        for said in texts
    ]


async def grade_exactly(given: Example, answer: str) -> Grade:
    """Full marks for the very answer."""
    right = answer == given.answer
    return Grade(score=float(right), passed=right)
