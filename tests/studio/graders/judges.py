"""A model for tests of graders: it answers what a test says and keeps what it was asked."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from tau.models.types import Embedded, EmbeddingKind


class Judge:
    """Answers each request with the next of its answers, or raises it; the last one stays."""

    def __init__(self, *answers: str | Exception, refuses_schemas: Exception | None = None) -> None:
        self.answers = list(answers)
        self.refuses_schemas = refuses_schemas
        self.requests: list[dict[str, Any]] = []
        self.busy = 0
        self.most_busy = 0

    async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(body)
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        await asyncio.sleep(0)
        self.busy -= 1
        if self.refuses_schemas and "response_format" in body:
            raise self.refuses_schemas
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return {
            "model": f"the model behind {name}",
            "choices": [{"message": {"role": "assistant", "content": answer}}],
            "usage": {"total_tokens": 10},
        }

    async def embed(
        self, name: str, texts: Sequence[str], kind: EmbeddingKind = "passage"
    ) -> Embedded:
        vectors = np.zeros((len(texts), 128), np.float32)
        for row, text in enumerate(texts):
            for letter in text:
                vectors[row, ord(letter) % 128] += 1
        lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return Embedded(f"the embedder behind {name}", (vectors / lengths).astype(np.float32))


def judgement(**fields: object) -> str:
    return json.dumps(fields)
