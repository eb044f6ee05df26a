"""A project: the fold of its events.

Knows nothing of storage. `apply` takes the events in their order; all else only reads.
"""

import itertools
from collections.abc import Callable, Set
from itertools import pairwise

from tau.studio.events import (
    AnswerPair,
    ComparisonFinished,
    ExampleEdited,
    ExamplesAdded,
    ExamplesDecided,
    ExamplesWithdrawn,
    FindingDecision,
    GraderChosen,
    PairsCollected,
    ProjectNamed,
    SourceAdded,
    SplitFrozen,
    StudioEvent,
)
from tau.studio.examples.example import Example, ExampleSource, Problem


class Project:
    """The state of a project: its examples, the frozen test, the grader and the comparisons."""

    def __init__(self, project_id: str) -> None:
        self.id = project_id
        self.name = "Unnamed project"
        self.sources: dict[str, ExampleSource] = {}
        self.problems: dict[str, tuple[Problem, ...]] = {}
        """By source: the lines that could not be read."""
        self.examples: dict[str, Example] = {}
        """All examples by id, in the order in which they were added."""
        self.decisions: dict[str, FindingDecision] = {}
        """By example: what a person decided after a check found something."""
        self.withdrawn: set[str] = set()
        self.split: SplitFrozen | None = None
        self.grader: GraderChosen | None = None
        self._answers: dict[int, ComparisonFinished | PairsCollected] = {}
        """The events with what methods answered."""
        self.changed_at = 0.0
        self._mentions: dict[int, tuple[str, ...]] = {}

    def apply(self, event: StudioEvent, seq: int) -> None:
        """Take the next event, whose number in the log is `seq`."""
        self.changed_at = max(self.changed_at, event.at)
        match event:
            case ProjectNamed():
                self.name = event.name
            case SourceAdded():
                self.sources[event.source.id] = event.source
                self.problems[event.source.id] = event.problems
            case ExamplesAdded():
                self._add(event.examples, seq)
            case ExampleEdited():
                self._edit(event, seq)
            case ExamplesDecided():
                self._decide(event)
            case ExamplesWithdrawn():
                self._withdraw(event)
            case SplitFrozen():
                self.split = event
            case GraderChosen():
                self.grader = event
            case ComparisonFinished() | PairsCollected():
                self._take_answers(event, seq)

    @property
    def left_out(self) -> set[str]:
        """The examples that a person decided to leave out."""
        return {each for each, decision in self.decisions.items() if decision == "leave out"}

    @property
    def waiting(self) -> set[str]:
        """The examples that a model wrote and no person has decided about yet."""
        return {each.id for each in self.examples.values() if self.is_waiting(each)}

    def is_waiting(self, example: Example) -> bool:
        """Return whether a model wrote an example and no person has decided about it yet."""
        return example.trust == "synthetic" and example.id not in self.decisions

    @property
    def test_ids(self) -> frozenset[str]:
        """The examples of the frozen test that haven't been withdrawn."""
        return (
            frozenset() if self.split is None else frozenset(self.split.examples) - self.withdrawn
        )

    @property
    def test(self) -> list[Example]:
        """The examples of the frozen test, in the order of the split."""
        ids = () if self.split is None else self.split.examples
        return [self.examples[each] for each in ids if each in self.examples]

    @property
    def train(self) -> list[Example]:
        """The examples that may be learned from: not in the test, not left out, not waiting."""
        hidden = self.test_ids | self.left_out | self.waiting
        return [each for each in self.examples.values() if each.id not in hidden]

    @property
    def comparisons(self) -> list[ComparisonFinished]:
        """All comparisons, oldest first."""
        found = [each for each in self._answers.values() if isinstance(each, ComparisonFinished)]
        return sorted(found, key=lambda one: (one.at, one.id))

    def pairs_of(self, review: str) -> dict[str, AnswerPair]:
        """Return the pairs of answers of a blind review outside the test, by example."""
        return {
            pair.example: pair
            for each in self._answers.values()
            if isinstance(each, PairsCollected) and each.review == review
            for pair in each.pairs
        }

    def mentions(self, examples: Set[str]) -> dict[int, tuple[str, ...]]:
        """Return the events that repeat what these examples say: their numbers and examples."""
        return {
            seq: mentioned
            for seq, mentioned in self._mentions.items()
            if not examples.isdisjoint(mentioned)
        }

    def answers_at(self, seq: int) -> ComparisonFinished | PairsCollected | None:
        """Return the event `seq` if it has what methods answered."""
        return self._answers.get(seq)

    def _add(self, examples: tuple[Example, ...], seq: int) -> None:
        before = list(itertools.islice(reversed(self.examples.values()), 1))
        for example in examples:
            if example.id not in self.withdrawn:
                self.examples.setdefault(example.id, example)
        self._mentions[seq] = tuple(example.id for example in examples)
        place = self._place()
        if any(place(a) > place(b) for a, b in pairwise([*before, *examples])):
            self.examples = {each.id: each for each in sorted(self.examples.values(), key=place)}

    def _place(self) -> Callable[[Example], tuple[int, int]]:
        """Return where examples stand: a batch that was written again keeps its place."""
        order = {source: place for place, source in enumerate(self.sources)}
        return lambda example: (order.get(example.source, len(order)), example.line or 0)

    def _edit(self, event: ExampleEdited, seq: int) -> None:
        known = self.examples.get(event.example)
        if known is not None:  # if not, its batch was written again, with this change
            self.examples[event.example] = event.change(known)
        self._mentions[seq] = (event.example,)

    def _decide(self, event: ExamplesDecided) -> None:
        for example in set(event.examples) - self.withdrawn:
            self.decisions[example] = event.decision

    def _take_answers(self, event: ComparisonFinished | PairsCollected, seq: int) -> None:
        self._answers[seq] = event
        if isinstance(event, PairsCollected):
            self._mentions[seq] = tuple(each.example for each in event.pairs)
        else:
            self._mentions[seq] = event.result.examples()

    def _withdraw(self, event: ExamplesWithdrawn) -> None:
        self.withdrawn.update(event.examples)
        for example in event.examples:
            self.examples.pop(example, None)
            self.decisions.pop(example, None)
        for seq in self.mentions(set(event.examples)):
            del self._mentions[seq]
            self._answers.pop(seq, None)
