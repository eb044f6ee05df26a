"""The releases of a project: the fold of its release events.

Knows nothing of storage. `apply` takes the events in their order; all else only reads.
"""

from collections.abc import Collection, Mapping
from typing import Literal

import msgspec

from tau.studio.releases.release_events import (
    AliasModels,
    AnswersReviewed,
    ModelProbed,
    ModelReleased,
    ReleaseEvent,
    ReleaseRolledBack,
    ReviewRevealed,
    ReviewStarted,
    ShareChanged,
    VoteCast,
    VoteChoice,
)

Standing = Literal["live", "share", "standby", "replaced", "rolled back"]
"""`live`: it answers everybody. `share`: it answers some callers. `standby`: it answers if the
one that is live fails. `replaced`: a later release took its place."""


class ModelRelease(msgspec.Struct, kw_only=True):
    """A release of a model, and how it ended if a person or Tau took it back."""

    event: ModelReleased
    ended: ReleaseRolledBack | None = None


class BlindReview(msgspec.Struct, kw_only=True):
    """Two methods compared blind."""

    event: ReviewStarted
    votes: dict[str, VoteChoice] = {}
    """By example."""
    revealed: bool = False

    @property
    def counts(self) -> dict[VoteChoice, int]:
        """How often each was preferred."""
        found: dict[VoteChoice, int] = {"first": 0, "second": 0, "neither": 0}
        for each in self.votes.values():
            found[each] += 1
        return found


class ReleaseState:
    """The releases, blind reviews and probes of a project."""

    def __init__(self) -> None:
        self.releases: list[ModelRelease] = []
        """Oldest first."""
        self.aliases: dict[str, AliasModels] = {}
        """What each alias means since the project's last event about it."""
        self.reviews: dict[str, BlindReview] = {}
        self.probes: dict[str, ModelProbed] = {}
        """By model: the last."""
        self.read: dict[str, set[str]] = {}
        """By model: the examples whose answers a person read."""
        self.attested: dict[str, set[str]] = {}
        """By model: the examples whose answers nobody read, though a command noted them as read."""
        self._history: dict[str, list[AliasModels]] = {}

    def apply(self, event: ReleaseEvent) -> None:
        """Take the next event."""
        match event:
            case ModelProbed():
                self.probes[event.model] = event
            case AnswersReviewed():
                noted = self.read if event.by == "person" else self.attested
                noted.setdefault(event.model, set()).update(event.examples)
            case ReviewStarted() | VoteCast() | ReviewRevealed():
                self._review(event)
            case ModelReleased():
                self.releases.append(ModelRelease(event=event))
                self._history.setdefault(event.alias, []).append(event.before)
                self._set(event.alias, event.after)
            case ShareChanged():
                self._set(event.alias, event.after)
            case ReleaseRolledBack():
                if (release := self.last(event.alias, event.model)) is not None:
                    release.ended = event
                self._set(event.alias, event.after)

    def last(self, alias: str, model: str) -> ModelRelease | None:
        """Return the last release of a model under an alias."""
        for each in reversed(self.releases):
            if (each.event.alias, each.event.model) == (alias, model):
                return each
        return None

    def standing(self, release: ModelRelease) -> Standing:
        """Return what became of a release."""
        alias, model = release.event.alias, release.event.model
        if release.ended is not None:
            return "rolled back"
        now = self.aliases[alias]
        if release is not self.last(alias, model) or model not in now.models:
            return "replaced"
        if model in now.shares:
            return "share"
        leading = next((name for name in now.models if name not in now.shares), "")
        return "live" if model == leading else "standby"

    def newest(self, alias: str) -> ModelRelease | None:
        """Return the release that a rollback of an alias takes back: the last that answers."""
        for each in reversed(self.releases):
            if each.event.alias == alias and self.standing(each) in ("live", "share"):
                return each
        return None

    def without(
        self, alias: str, now: AliasModels, model: str, available: Collection[str]
    ) -> AliasModels:
        """Return what an alias means once a model is gone: what is left, or what was before.

        Only `available` models count, and none that was taken back. Nothing may be left.
        """
        taken_back = {
            each.event.model
            for each in self.releases
            if each.ended and each is self.last(alias, each.event.model)
        }
        for state in (now, *reversed(self._history.get(alias, []))):
            left = state
            for name in state.models:
                if name == model or name in taken_back or name not in available:
                    left = left.without(name)
            if left.models:
                return left
        return AliasModels()

    def reviewed(self, model: str, names: Mapping[str, str]) -> set[str]:
        """Return the examples of which a person judged a model's answer.

        `names` are what it's called by comparison: in another one, the same name means other
        answers.
        """
        found = set(self.read.get(model, ()))
        for review in self.reviews.values():
            event = review.event
            if names.get(event.comparison) in (event.first, event.second):
                found |= review.votes.keys()
        return found

    def _set(self, alias: str, after: AliasModels) -> None:
        self.aliases[alias] = after
        self._history.setdefault(alias, []).append(after)

    def _review(self, event: ReviewStarted | VoteCast | ReviewRevealed) -> None:
        if isinstance(event, ReviewStarted):
            self.reviews[event.id] = BlindReview(event=event)
            return
        review = self.reviews.get(event.review)
        if review is None or review.revealed:
            return
        if isinstance(event, ReviewRevealed):
            review.revealed = True
        elif event.example in review.event.examples:
            review.votes = {**review.votes, event.example: event.choice}
