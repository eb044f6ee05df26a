"""Training samples of the floor that no benchmark has: small talk, and short lives.

Nearly all questions of the benchmarks name a speaker or say "I", and none is Chinese. The short
lives are made of `asked.toml`, whose questions share hardly a word with what they ask for.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path

from floor_training import FloorSample

from tau.bench.vectors import CachedEmbedder
from tau.memory import Memory
from tau.memory.indexes import text_to_embed

FOLDER = Path(__file__).resolve().parent
SMALL_TALK: dict[str, list[str]] = {
    part: texts
    for name in ("small_talk.toml", "small_talk_unseen.toml")
    for part, texts in tomllib.loads((FOLDER / name).read_text("utf-8")).items()
}
"""Messages that ask for nothing out of memory, by part."""
_ASKED = tomllib.loads((FOLDER / "asked.toml").read_text("utf-8"))
MENTIONS: list[str] = _ASKED["mentions"]
"""Statements that come back to one of the memories of `PAIRS`."""
PAIRS: list[tuple[str, str]] = _ASKED["pair"]
"""Memories, each with a question that asks for it: 30 in Chinese, then 20 in English."""
SHORT_LIVES = (
    PAIRS,
    PAIRS[:30],
    PAIRS[30:],
    PAIRS[:15],
    PAIRS[15:30],
    PAIRS[30:40],
    PAIRS[40:],
    PAIRS[::3],
)
DAY_SECONDS = 86_400.0


async def small_talk_samples(
    data: str, home: str, memory: Memory, embedder: CachedEmbedder | None, now: float
) -> list[FloorSample]:
    """Return samples of all small talk in a memory."""
    return [
        FloorSample(data, home, part, features)
        for part, texts in SMALL_TALK.items()
        for features in await _features_of(texts, memory, embedder, now)
    ]


async def short_life_samples(embedder: CachedEmbedder | None) -> list[FloorSample]:
    """Return samples of short lives, in which each thing is said once."""
    made = []
    for number, pairs in enumerate(SHORT_LIVES):
        memory, home, now = Memory(), f"short life {number}", len(pairs) * DAY_SECONDS
        for day, (text, _) in enumerate(pairs):
            memory.remember(text, at=day * DAY_SECONDS, conversation=str(day))
        if embedder is not None:
            waiting = memory.messages_to_embed(embedder.model, len(memory))
            vectors = await embedder.of([text_to_embed(message) for message in waiting])
            memory.add_vectors(embedder.model, [message.id for message in waiting], vectors)
        asked = await _features_of([asked for _, asked in pairs], memory, embedder, now)
        made += [FloorSample("short lives", home, "question", features) for features in asked]
        if pairs is PAIRS:
            found = await _features_of(MENTIONS, memory, embedder, now)
            made += [FloorSample("mentions", home, "question", features) for features in found]
        made += await small_talk_samples("short lives", home, memory, embedder, now)
    return made


async def _features_of(
    texts: Sequence[str], memory: Memory, embedder: CachedEmbedder | None, now: float
) -> list[dict[str, float]]:
    vectors = [None] * len(texts) if embedder is None else await embedder.queries(texts)
    return [
        memory.relevance_features(text, vector=vector, now=now)
        for text, vector in zip(texts, vectors, strict=True)
    ]
