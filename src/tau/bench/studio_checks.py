"""Check benchmark: how long it takes to check the examples of a project.

The examples are made up, with a share of exact and near duplicates and contradictions; their
vectors are random directions, since embedding takes the embedder's time.
"""

import random
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from tau.bench import machine
from tau.bench.progress import Progress
from tau.bench.sample_text import TextGenerator
from tau.models.types import Vectors
from tau.studio.examples.checks import CheckInput, check_examples
from tau.studio.examples.example import Example, ExampleMessage, ExampleSource

_DIMENSION = 384
_SHARE_REPEATED = 0.1
_ANSWERS = ("billing", "delivery", "returns", "account", "other")


def measure(count: int, progress: Progress) -> dict[str, Any]:
    """Return the seconds and CPU seconds of checking `count` examples, and what was found."""
    progress(f"Writing {count:,} examples ...")
    examples = list(_examples(count))
    vectors = _vectors(examples)
    given = CheckInput(
        sources=(ExampleSource(id="bench", name="bench.jsonl"),),
        vectors=vectors,
        count_tokens=lambda example: len(example.input) // 4,
        window=2048,
    )
    progress("Checking them ...")
    began, cpu_began = time.perf_counter(), time.process_time()
    report = check_examples(examples, given)
    return {
        "examples": count,
        "seconds": round(time.perf_counter() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu_began, 2),
        "findings": len(report.findings),
        "machine": machine.describe(),
    }


def _examples(count: int) -> Iterator[Example]:
    writer = TextGenerator(seed=5)
    chosen = random.Random(5)  # noqa: S311 - the same examples each time
    said: list[str] = []
    for number in range(count):
        repeats = bool(said) and chosen.random() < _SHARE_REPEATED
        said.append(chosen.choice(said) if repeats else writer.message())
        yield Example(
            id=f"e{number}",
            source="bench",
            line=number + 1,
            messages=(
                ExampleMessage("user", said[-1]),
                ExampleMessage("assistant", chosen.choice(_ANSWERS)),
            ),
        )


def _vectors(examples: list[Example]) -> dict[str, Vectors]:
    """Return a random direction for each request, equal ones for equal requests."""
    directions: dict[str, Vectors] = {}
    made = np.random.default_rng(5)
    for example in examples:
        if example.input not in directions:
            vector = made.standard_normal(_DIMENSION).astype(np.float32)
            directions[example.input] = vector / np.linalg.norm(vector)
    return {example.id: directions[example.input] for example in examples}
