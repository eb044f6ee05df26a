"""What can happen to the models of a project that people use: entries of the project's log.

Kinds and fields are only ever added. This module knows nothing of storage.
"""

from typing import Literal

import msgspec

GateKind = Literal[
    "tested",
    "better",
    "regressions",
    "parity",
    "differs",
    "safety",
    "permitted",
    "reviewed",
]
VoteChoice = Literal["first", "second", "neither"]
Reader = Literal["person", "example"]
"""Who vouches that answers were read: `example` is `tau studio example`, where nobody can."""


class GateCondition(msgspec.Struct, frozen=True):
    """A condition of the gate: whether it holds, its figure, and a sentence for people."""

    kind: GateKind
    passed: bool
    figure: str
    sentence: str
    examples: tuple[str, ...] = ()
    """The examples that it's about."""


class AliasModels(msgspec.Struct, frozen=True, omit_defaults=True):
    """The models behind an alias, and the percentage of callers that those on trial answer."""

    models: tuple[str, ...] = ()
    shares: dict[str, int] = {}

    def without(self, model: str) -> "AliasModels":
        """Return it without a model; if only trials are left, the first answers everybody."""
        models = tuple(each for each in self.models if each != model)
        shares = {name: share for name, share in self.shares.items() if name != model}
        if models and len(shares) == len(models):
            shares = {name: share for name, share in shares.items() if name != models[0]}
        return AliasModels(models, shares)


class _ReleaseEvent(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"
):
    at: float
    """When it happened, in seconds since 1970."""
    version: int = 1


class ModelProbed(_ReleaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="model_probed"):
    """A model was asked to complete personal data of its training examples from what precedes it.

    `completed` lists the examples of which it repeated some.
    """

    model: str
    probes: int
    completed: tuple[str, ...] = ()


class AnswersReviewed(
    _ReleaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="answers_reviewed"
):
    """A person read what a model answered to these examples, or somebody else attests it."""

    model: str
    examples: tuple[str, ...]
    by: Reader = "person"


class ReviewStarted(
    _ReleaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="review_started"
):
    """A person began to compare two methods blind, by their answers in a comparison."""

    id: str
    comparison: str
    first: str
    second: str
    examples: tuple[str, ...]
    """In the order in which they're shown."""


class VoteCast(_ReleaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="vote_cast"):
    """A person preferred one of two answers without knowing whose they were."""

    review: str
    example: str
    choice: VoteChoice


class ReviewRevealed(
    _ReleaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="review_revealed"
):
    """The person learned which answers were whose; later votes don't count."""

    review: str


class ModelReleased(
    _ReleaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="model_released"
):
    """A model answers under an alias from now on, for everybody or for a share of the callers."""

    model: str
    alias: str
    share: int = 0
    """In percent; 0 for everybody."""
    before: AliasModels = AliasModels()
    after: AliasModels = AliasModels()
    gate: tuple[GateCondition, ...] = ()


class ShareChanged(
    _ReleaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="share_changed"
):
    """A released model answers another share of the callers; 0 for everybody."""

    model: str
    alias: str
    share: int
    after: AliasModels = AliasModels()


class ReleaseRolledBack(
    _ReleaseEvent, frozen=True, kw_only=True, omit_defaults=True, tag="release_rolled_back"
):
    """A model no longer answers under an alias."""

    model: str
    alias: str
    after: AliasModels = AliasModels()
    reason: str = ""
    automatic: bool = False
    """Whether Tau decided it, because the model failed too often or was shown to be worse."""


ReleaseEvent = (
    ModelProbed
    | AnswersReviewed
    | ReviewStarted
    | VoteCast
    | ReviewRevealed
    | ModelReleased
    | ShareChanged
    | ReleaseRolledBack
)
