"""Models that a studio made, their gate, releases, cards and blind reviews."""

from dataclasses import dataclass
from typing import Any

from tau.server.schemas.studio import ExampleOut
from tau.studio.releases.release_events import GateKind
from tau.studio.releases.release_state import Standing
from tau.studio.tuning.log_events import ModelKind


@dataclass(frozen=True, slots=True)
class MadeModelOut:
    """A model that was made from a project. `alias` is what it's released as, if it is.

    `comparison` and `method` are what it was kept of; empty if it was trained.
    `withdrawn` counts examples that it learned from and that were withdrawn since.
    """

    name: str
    kind: ModelKind
    base: str
    project: str
    run: str
    made_at: float
    step: int
    examples: int
    withdrawn: int
    alias: str | None
    comparison: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class MadeModelList:
    """Models, oldest first."""

    models: list[MadeModelOut]


@dataclass(frozen=True, slots=True)
class GateConditionOut:
    """A condition of a release, with its figure and a sentence.

    `examples` are those it's about, such as answers that were right before and are wrong now.
    """

    kind: GateKind
    passed: bool
    figure: str
    sentence: str
    examples: list[str]


@dataclass(frozen=True, slots=True)
class GateOut:
    """Whether a model may be released, condition by condition."""

    model: str
    passed: bool
    conditions: list[GateConditionOut]


@dataclass(frozen=True, slots=True)
class ReleaseOut:
    """A release of a model. `share` is its share of the callers now, 0 for all or none of them.

    `reason` says why it was taken back, and `automatic` whether Tau did so.
    """

    model: str
    alias: str
    project: str
    at: float
    share: int
    standing: Standing
    withdrawn: int
    reason: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class AliasOut:
    """What an alias means: its models in order, and the shares of those on trial, in percent."""

    alias: str
    models: list[str]
    shares: dict[str, int]
    sentence: str


@dataclass(frozen=True, slots=True)
class ReleaseList:
    """Releases, newest first, and what their aliases mean now."""

    releases: list[ReleaseOut]
    aliases: list[AliasOut]


@dataclass(frozen=True, slots=True)
class ModelCardOut:
    """A model card, as data and as Markdown."""

    card: dict[str, Any]
    markdown: str


@dataclass(frozen=True, slots=True)
class BlindPairOut:
    """Two answers to an example, with nothing that says whose they are."""

    example: ExampleOut
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class RevealedOut:
    """Who was preferred, and the p-value of the sign test; ties are left out of it."""

    first: str
    second: str
    preferred_first: int
    preferred_second: int
    neither: int
    p: float


@dataclass(frozen=True, slots=True)
class ReviewOut:
    """A blind review: the next pair without a vote, and whose answers they were once revealed."""

    id: str
    pairs: int
    voted: int
    next: BlindPairOut | None
    revealed: RevealedOut | None
    outside_test: bool = False
    """Whether its examples are outside the test, so that votes can be trained on."""
