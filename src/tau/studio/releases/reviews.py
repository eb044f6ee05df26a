"""Blind reviews: a person judges pairs of answers without knowing whose they are.

The answers are those of a comparison on the frozen test, whose votes are never learned from, or
they were collected outside it (`tau.studio.releases.preferences`). Which one is shown first is
decided by a hash, so it's the same each time and says nothing.
"""

import hashlib
import random
import time
from collections.abc import Sequence

import msgspec

from tau.errors import BadInput, Conflict, NotFound
from tau.ids import new_id
from tau.people import Unlocked
from tau.studio.events import ComparisonFinished
from tau.studio.examples.example import Example
from tau.studio.project import Project
from tau.studio.project_log import ProjectLog
from tau.studio.projects import Projects
from tau.studio.releases.release_events import (
    AnswersReviewed,
    Reader,
    ReviewRevealed,
    ReviewStarted,
    VoteCast,
    VoteChoice,
)
from tau.studio.releases.release_state import BlindReview
from tau.studio.results import MethodResult
from tau.studio.statistics import sign_test

DEFAULT_PAIRS = 12
_CHOICES: dict[str, tuple[VoteChoice, VoteChoice]] = {
    "left": ("first", "second"),
    "right": ("second", "first"),
    "neither": ("neither", "neither"),
}
"""What a choice means where the first method is on the left, and where it's on the right."""


class BlindPair(msgspec.Struct, frozen=True, kw_only=True):
    """Two answers to an example, with nothing that says whose they are."""

    example: Example
    left: str
    right: str


class RevealedReview(msgspec.Struct, frozen=True, kw_only=True):
    """Who was preferred, and how often by chance alone it would be so clear."""

    first: str
    second: str
    preferred_first: int
    preferred_second: int
    neither: int
    p: float


class Reviews:
    """The blind reviews of everybody's projects."""

    def __init__(self, projects: Projects) -> None:
        self._projects = projects

    async def start(
        self,
        unlocked: Unlocked,
        project_id: str,
        first: str,
        second: str,
        count: int = DEFAULT_PAIRS,
    ) -> BlindReview:
        """Start to compare two methods blind, by the newest comparison that has both.

        Examples that they answer differently come first. Raises `NotFound` and `BadInput`.
        """
        log = await self._projects.open(unlocked, project_id)
        if first == second:
            raise BadInput("Choose two different methods to compare.")
        finished, ours, theirs = _find_both(log.project, first, second)
        event = ReviewStarted(
            at=time.time(),
            id=new_id(),
            comparison=finished.id,
            first=ours.name,
            second=theirs.name,
            examples=_chosen(log.project, ours, theirs, count),
        )
        await log.append(event)
        return log.releases.reviews[event.id]

    async def find(
        self, unlocked: Unlocked, project_id: str, review_id: str
    ) -> tuple[ProjectLog, BlindReview]:
        """Return a review and its project. Raises `NotFound`."""
        log = await self._projects.open(unlocked, project_id)
        if review_id not in log.releases.reviews:
            raise NotFound("There is no such review.")
        return log, log.releases.reviews[review_id]

    async def vote(
        self, unlocked: Unlocked, project_id: str, review_id: str, example: str, choice: str
    ) -> BlindReview:
        """Say which answer is better: `left`, `right` or `neither`. A later vote replaces it.

        Raises `NotFound`, and `Conflict` once it's revealed whose they are.
        """
        log, review = await self.find(unlocked, project_id, review_id)
        if review.revealed:
            raise Conflict("It's revealed whose answers these are, so votes no longer count.")
        if pair_of(log.project, review, example) is None:
            raise NotFound("There is no such pair in this review.")
        is_first_left = _is_first_left(review, example)
        meant = _CHOICES[choice][0 if is_first_left else 1]
        await log.append(VoteCast(at=time.time(), review=review_id, example=example, choice=meant))
        return review

    async def reveal(self, unlocked: Unlocked, project_id: str, review_id: str) -> RevealedReview:
        """Tell whose answers were preferred. Raises `NotFound`, and `Conflict` before any vote."""
        log, review = await self.find(unlocked, project_id, review_id)
        if not review.votes:
            raise Conflict("Judge at least one pair first.")
        if not review.revealed:
            await log.append(ReviewRevealed(at=time.time(), review=review_id))
        return revealed(review)

    async def read(
        self,
        unlocked: Unlocked,
        project_id: str,
        model: str,
        examples: Sequence[str],
        by: Reader = "person",
    ) -> None:
        """Note that a model's answers to examples of the test were read. Raises `NotFound`."""
        log = await self._projects.open(unlocked, project_id)
        if not set(examples) <= log.project.test_ids:
            raise NotFound("There is no such example in the test.")
        read = AnswersReviewed(at=time.time(), model=model, examples=tuple(examples), by=by)
        await log.append(read)


def next_pair(project: Project, review: BlindReview) -> BlindPair | None:
    """Return the next pair without a vote, or `None` if all have one."""
    waiting = (each for each in review.event.examples if each not in review.votes)
    for example in waiting:
        if (found := pair_of(project, review, example)) is not None:
            return found
    return None


def pair_of(project: Project, review: BlindReview, example: str) -> BlindPair | None:
    """Return the pair of answers to an example, unless it was withdrawn or isn't in the review."""
    known = project.examples.get(example)
    if known is None or example not in review.event.examples:
        return None
    answers = _answers(project, review, example)
    if answers is None:
        return None
    left, right = answers if _is_first_left(review, example) else reversed(answers)
    return BlindPair(example=known, left=left, right=right)


def _answers(project: Project, review: BlindReview, example: str) -> tuple[str, str] | None:
    """Return the answers of both methods: of a comparison, or collected outside the test."""
    event = review.event
    if (pair := project.pairs_of(event.id).get(example)) is not None:
        return pair.first, pair.second
    for finished in project.comparisons:
        if finished.id == event.comparison:
            return _answer(finished, event.first, example), _answer(finished, event.second, example)
    return None


def revealed(review: BlindReview) -> RevealedReview:
    """Return who was preferred, with the p-value of the sign test; ties are left out of it."""
    counts = review.counts
    return RevealedReview(
        first=review.event.first,
        second=review.event.second,
        preferred_first=counts["first"],
        preferred_second=counts["second"],
        neither=counts["neither"],
        p=sign_test(counts["first"], counts["second"]),
    )


def _find_both(
    project: Project, first: str, second: str
) -> tuple[ComparisonFinished, MethodResult, MethodResult]:
    for finished in reversed(project.comparisons):
        answered = {each.name: each for each in finished.result.methods if each.answers}
        if first in answered and second in answered:
            return finished, answered[first], answered[second]
    raise NotFound(f"No comparison has answers of both {first!r} and {second!r}.")


def _chosen(
    project: Project, ours: MethodResult, theirs: MethodResult, count: int
) -> tuple[str, ...]:
    """Return examples in random order, those with different answers first."""
    other = {each.example: each.answer.strip() for each in theirs.answers}
    both = [each for each in ours.answers if each.example in other]
    known = [each for each in both if each.example in project.examples]
    random.Random(new_id()).shuffle(known)  # noqa: S311 - an order
    known.sort(key=lambda each: each.answer.strip() == other[each.example])
    return tuple(each.example for each in known[:count])


def _is_first_left(review: BlindReview, example: str) -> bool:
    named = f"{review.event.id}|{example}".encode()
    return hashlib.sha256(named).digest()[0] % 2 == 0


def _answer(finished: ComparisonFinished, method: str, example: str) -> str:
    for each in finished.result.methods:
        if each.name == method:
            return next((one.answer for one in each.answers if one.example == example), "")
    return ""
