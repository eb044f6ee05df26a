"""The log of a project, opened: events in, the project out.

It is a journal like a person's, sealed with the project's own key, so that erasing, backups and
concurrent writers work as they do there.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

from tau.errors import BadInput, Conflict, NotFound
from tau.journal.entries import Record
from tau.journal.journal import Journal
from tau.studio.events import (
    ComparisonFinished,
    ExamplesAdded,
    ExamplesWithdrawn,
    SourceAdded,
    StudioEvent,
    decode_event,
    encode_event,
)
from tau.studio.examples.example import Example, ExampleSource, Problem
from tau.studio.project import Project
from tau.studio.releases.release_events import ReleaseEvent
from tau.studio.releases.release_state import ReleaseState
from tau.studio.sealed_log import SealedLog

T = TypeVar("T")
DecideEvents = Callable[[Project], Sequence[StudioEvent]]
"""Returns what to write about a project, as it is now. May refuse by raising."""
_EXAMPLES_IN_AN_EVENT = 100
MAX_EXAMPLES = 100_000


class ProjectLog(SealedLog):
    """A project and its log, open. Make one with `ProjectLog.open`."""

    def __init__(self, journal: Journal, keys: tuple[bytes, ...]) -> None:
        super().__init__(journal, keys)
        self.project = Project(journal.person)
        self.releases = ReleaseState()

    async def append(self, *events: StudioEvent, after: int | None = None) -> None:
        """Write events, all or none; with `after`, only if that is the newest entry.

        Raises `Conflict`, and `NotFound` once the project is removed.
        """
        await self._write(*map(encode_event, events), after=after)

    async def decide(self, decide: DecideEvents) -> None:
        """Write what `decide` returns; if somebody was faster, let it decide again.

        So nothing is written about examples that were withdrawn in the meantime.
        """
        while True:
            after, events = self.last, decide(self.project)
            try:
                return await self.append(*events, after=after)
            except Conflict:
                await self.refresh()

    async def add_examples(
        self, source: ExampleSource, examples: Sequence[Example], problems: Sequence[Problem] = ()
    ) -> int:
        """Add the examples of a source that aren't known yet; return how many they are.

        Raises `BadInput` if the project would have too many.
        """
        at, new = time.time(), list[Example]()

        def decide(project: Project) -> Sequence[StudioEvent]:
            new[:] = _unknown(project, examples)
            return (
                SourceAdded(at=at, source=source, problems=tuple(problems)),
                *(
                    ExamplesAdded(at=at, examples=tuple(batch))
                    for batch in _batches(new, _EXAMPLES_IN_AN_EVENT)
                ),
            )

        await self.decide(decide)
        return len(new)

    async def withdraw(self, examples: Collection[str]) -> None:
        """Erase examples for good: from the log, its backups, and results that repeat them.

        Results that were made with them are marked. Raises `NotFound` if one isn't there.
        """
        wanted = frozenset(examples)
        while True:
            await self.refresh()
            if not wanted or not wanted <= self.project.examples.keys():
                raise NotFound("There is no such example.")
            try:
                return await self._erase_examples(wanted, time.time())
            except Conflict:  # somebody was faster
                continue

    async def _erase_examples(self, wanted: frozenset[str], at: float) -> None:
        after, mentions = self.last, self.project.mentions(wanted)
        written_again = [
            event for seq, ids in mentions.items() for event in self._without(seq, ids, wanted, at)
        ]
        withdrawn = ExamplesWithdrawn(at=at, examples=tuple(sorted(wanted)))
        entries = map(encode_event, (withdrawn, *written_again))
        await self._erase(sorted(mentions), *entries, at=at, after=after)

    def _without(
        self, seq: int, ids: Sequence[str], wanted: frozenset[str], at: float
    ) -> Iterator[StudioEvent]:
        """Yield what an event is replaced by that repeats what `wanted` say."""
        answers = self.project.answers_at(seq)
        if isinstance(answers, ComparisonFinished):
            result = answers.result.without(wanted)
            yield ComparisonFinished(at=answers.at, id=answers.id, result=result)
            return
        if answers is not None:
            yield answers.without(wanted)
            return
        known = self.project.examples
        left = tuple(known[each] for each in ids if each in known and each not in wanted)
        if left:
            yield ExamplesAdded(at=at, examples=left)

    def _apply(self, record: Record) -> None:
        event = decode_event(record.raw)
        if event is None:
            return
        self.project.apply(event, record.seq)
        if isinstance(event, ReleaseEvent):
            self.releases.apply(event)


def _unknown(project: Project, examples: Sequence[Example]) -> list[Example]:
    """Return the examples that a project hasn't got. Raises `BadInput` if they're too many."""
    known = project.examples.keys() | project.withdrawn
    new = list({each.id: each for each in examples if each.id not in known}.values())
    if len(project.examples) + len(new) > MAX_EXAMPLES:
        raise BadInput(f"A project holds at most {MAX_EXAMPLES:,} examples.")
    return new


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
