"""Preferences of a person: votes on pairs of answers to examples outside the test, cast blind.

The frozen test is never learned from, so its votes make no preferences. Here two methods answer
examples that may be learned from. They learn from the other ones first: no answer is copied from
the example itself, except what a trained model remembers of it.
"""

import hashlib
import random
import time
from collections.abc import Sequence

import msgspec

from tau.errors import BadInput, Conflict, ModelError, NotFound
from tau.ids import new_id
from tau.models import Models
from tau.people import Unlocked
from tau.studio.events import AnswerPair, PairsCollected
from tau.studio.examples.example import Example
from tau.studio.methods.choice import choose_methods
from tau.studio.methods.method import Method
from tau.studio.project import Project
from tau.studio.project_log import ProjectLog
from tau.studio.projects import Projects
from tau.studio.releases.release_events import ReviewStarted
from tau.studio.releases.release_state import BlindReview
from tau.studio.serving.model_names import is_studio_name
from tau.studio.serving.served_models import ServedModels
from tau.studio.serving.tuned_methods import tuned_methods
from tau.studio.tuning.preference_planning import Preference

_ASKED_PER_PAIR = 3
"""Examples that are asked at most for each pair: where both answer the same, there's nothing to
prefer."""
_FAILURES_IN_A_ROW = 3


class PreferencePairs:
    """Collects pairs of answers that people judge blind."""

    def __init__(self, projects: Projects, served: ServedModels, models: Models) -> None:
        self._projects = projects
        self._served = served
        self._models = models

    async def start(
        self, unlocked: Unlocked, project_id: str, first: str, second: str, count: int
    ) -> BlindReview:
        """Let two methods answer examples outside the test, and start a blind review of them.

        Raises `NotFound`, `BadInput`, `Conflict` before the test is frozen and where the methods
        answer alike, `UnknownModel`, and `ModelError` if a model can't answer.
        """
        log = await self._projects.open(unlocked, project_id)
        if first == second:
            raise BadInput("Choose two different methods to compare.")
        if log.project.split is None:
            raise Conflict("Freeze a test first: what isn't in it may be learned from.")
        methods = [await self._method(unlocked, log.project, each) for each in (first, second)]
        pairs = await _collect(methods, log.project, count)
        await log.refresh()
        pairs = [each for each in pairs if each.example in log.project.examples]
        if not pairs:
            raise Conflict("Both methods answer these examples alike: there's nothing to prefer.")
        started = ReviewStarted(
            at=time.time(),
            id=new_id(),
            comparison="",
            first=first,
            second=second,
            examples=tuple(each.example for each in pairs),
        )
        collected = PairsCollected(at=started.at, review=started.id, pairs=tuple(pairs))
        await log.append(started, collected)
        return log.releases.reviews[started.id]

    async def _method(self, unlocked: Unlocked, project: Project, name: str) -> Method:
        if is_studio_name(name):
            return (await tuned_methods(unlocked, project, self._served, self._models, [name]))[0]
        for each in choose_methods(self._models):
            if each.name == name:
                return each
        raise NotFound(f"There is no method called {name!r}.")


def preferences_of(log: ProjectLog) -> tuple[Preference, ...]:
    """Return what a person preferred, oldest first; of the same two answers, what was said last.

    What was withdrawn, left out or frozen as a test since is none, nor is a changed request.
    """
    found: dict[tuple[str, frozenset[str]], Preference] = {}
    usable = {each.id: each for each in log.project.train}
    for review in log.releases.reviews.values():
        pairs = log.project.pairs_of(review.event.id)
        for example, choice in review.votes.items():
            pair, known = pairs.get(example), usable.get(example)
            if pair is None or known is None or pair.request_sha256 != _request_sha256(known):
                continue
            answers = (pair.first, pair.second)
            found.pop((example, frozenset(answers)), None)
            if choice != "neither":
                preferred, other = answers if choice == "first" else reversed(answers)
                found[example, frozenset(answers)] = Preference(
                    example=known, preferred=preferred, other=other
                )
    return tuple(found.values())


async def _collect(methods: Sequence[Method], project: Project, count: int) -> list[AnswerPair]:
    """Return pairs of answers that differ. Raises `Conflict` and `ModelError`."""
    shuffled = project.train
    random.Random(new_id()).shuffle(shuffled)  # noqa: S311 - an order
    most = min(count * _ASKED_PER_PAIR, len(shuffled) // 2)
    asked, rest = shuffled[:most], shuffled[most:]
    for method in methods:
        if refused := await method.prepare(rest):
            raise Conflict(refused)
    pairs: list[AnswerPair] = []
    failures = 0
    for example in asked:
        try:
            first, second = [(await each.answer(example)).text.strip() for each in methods]
        except ModelError:
            failures += 1
            if failures == _FAILURES_IN_A_ROW:
                raise
            continue
        failures = 0
        if first and second and first != second:
            sha256 = _request_sha256(example)
            pairs.append(AnswerPair(example.id, first, second, sha256))
        if len(pairs) == count:
            break
    return pairs


def _request_sha256(example: Example) -> str:
    return hashlib.sha256(msgspec.json.encode(example.request)).hexdigest()
