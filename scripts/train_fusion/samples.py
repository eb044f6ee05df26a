"""Training samples from benchmark data: the signals of every message, by question.

They come from a real `Memory`: there is no second implementation of a signal.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from floor_samples import small_talk_samples
from floor_training import FloorSample

from tau.bench.datasets import DatasetQuestion, DatasetSample
from tau.bench.vectors import CachedEmbedder
from tau.memory import Memory
from tau.memory.indexes import text_to_embed
from tau.memory.signals import NAMES

SIGNALS = tuple(NAMES)
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sample:
    """A question: its signals (messages, signals), which messages answer it, where they stand.

    Samples of one `group` must be on the same side of a split.
    """

    data: str
    group: str
    question: DatasetQuestion
    signals: Matrix
    wanted: npt.NDArray[np.bool_]
    names: tuple[str, ...]
    conversations: tuple[str, ...]

    @property
    def long_reply(self) -> float:
        """The mean of the signal of that name, which says what kind of chat it is."""
        return float(self.signals[:, SIGNALS.index("long_reply")].mean())


@dataclass(frozen=True)
class Material:
    """What is made of data: samples for the ranking, and samples for the floor of recall."""

    ranking: list[Sample]
    floor: list[FloorSample]


async def samples(
    data: str,
    haystacks: Iterable[DatasetSample],
    embedder: CachedEmbedder | None,
    *,
    only_kept: bool = False,
) -> Material:
    """Return a sample for every question that names the messages of its answer.

    With `only_kept` haystacks that lack a vector in the cache are left out.
    """
    made = Material([], [])
    for haystack in haystacks:
        asked = [question for question in haystack.questions if question.turns]
        memory = _build_memory(haystack)
        if not asked:
            continue
        if embedder is not None:
            waiting = memory.messages_to_embed(embedder.model, len(memory))
            texts = [text_to_embed(message) for message in waiting]
            if only_kept and not embedder.holds(texts):
                continue
            ids = [message.id for message in waiting]
            memory.add_vectors(embedder.model, ids, await embedder.of(texts))
        await _add_samples(made, data, haystack, memory, embedder)
    return made


async def _add_samples(
    made: Material,
    data: str,
    haystack: DatasetSample,
    memory: Memory,
    embedder: CachedEmbedder | None,
) -> None:
    for question in (each for each in haystack.questions if each.turns):
        vector = None if embedder is None else await embedder.now(question.text)
        found = memory.signals(question.text, vector=vector, now=question.now)
        made.ranking.append(_sample(data, haystack, question, found))
        features = memory.relevance_features(question.text, vector=vector, now=question.now)
        made.floor.append(FloorSample(data, haystack.name, "question", features))
    now = max(message.at for message in haystack.messages) + 3_600
    made.floor.extend(await small_talk_samples(data, haystack.name, memory, embedder, now))


def group_samples(made: Sequence[Sample], *, shared: bool = True) -> list[Sample]:
    """Group the questions that share a haystack or, where sessions are `shared`, one with evidence.

    They stay on one side of a split. LongMemEval puts one session into several haystacks; LoCoMo
    uses the same names of sessions in all conversations, for different ones.
    """
    leader: dict[str, str] = {}

    def first(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for sample in made:
        for session in sample.question.sessions if shared else ():
            leader[first(f"session {session}")] = first(sample.group)
    return [replace(sample, group=first(sample.group)) for sample in made]


def folds(made: Sequence[Sample], count: int) -> npt.NDArray[np.int64]:
    """Return the fold of every sample; a group is in one fold, groups are spread evenly."""
    sizes: dict[tuple[str, str], int] = {}
    for sample in made:
        where = (sample.data, sample.group)
        sizes[where] = sizes.get(where, 0) + 1
    filled: dict[tuple[str, int], int] = {}
    fold: dict[tuple[str, str], int] = {}
    for where, size in sorted(sizes.items(), key=lambda item: (-item[1], item[0])):
        emptiest = min(range(count), key=lambda i: filled.get((where[0], i), 0))
        fold[where] = emptiest
        filled[where[0], emptiest] = filled.get((where[0], emptiest), 0) + size
    return np.array([fold[sample.data, sample.group] for sample in made], np.int64)


def _build_memory(haystack: DatasetSample) -> Memory:
    memory = Memory()
    for message in haystack.messages:
        memory.remember(
            message.text,
            by=message.by,
            at=message.at,
            conversation=message.conversation,
            speaker=message.speaker,
        )
    return memory


def _sample(
    data: str, haystack: DatasetSample, question: DatasetQuestion, found: Mapping[str, Matrix]
) -> Sample:
    nothing = np.zeros(len(haystack.messages), np.float32)
    names = tuple(message.name for message in haystack.messages)
    return Sample(
        data=data,
        group=haystack.name,
        question=question,
        signals=np.stack([found.get(name, nothing) for name in SIGNALS], axis=1),
        wanted=np.isin(names, question.turns),
        names=names,
        conversations=tuple(message.conversation for message in haystack.messages),
    )
