"""What can happen in a project: the entries of its log.

A project is the fold of these events (`tau.studio.project`), so its history, its undo and the card
of a model come from one place. Kinds and fields are only ever added. This module knows nothing of
storage.
"""

from collections.abc import Set
from typing import Any, Literal

import msgspec

from tau.studio.examples.example import Example, ExampleMessage, ExampleSource, Problem
from tau.studio.releases.release_events import ReleaseEvent
from tau.studio.results import ComparisonResult

FindingDecision = Literal["keep", "leave out"]


class _Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    at: float
    """When it happened, in seconds since 1970."""
    version: int = 1


class ProjectNamed(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="project_named"):
    """The project got this name."""

    name: str


class SourceAdded(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="source_added"):
    """A file or another source of examples was added; its examples follow in batches."""

    source: ExampleSource
    problems: tuple[Problem, ...] = ()
    """Lines of it that could not be read as examples."""


class ExamplesAdded(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="examples_added"):
    """A batch of examples, in their order.

    When one of them is withdrawn, the event is erased and written again without it: an example that
    is known keeps its place.
    """

    examples: tuple[Example, ...]


class ExampleEdited(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="example_edited"):
    """A person changed an example; it counts as written by them from now on."""

    example: str
    messages: tuple[ExampleMessage, ...]

    def change(self, example: Example) -> Example:
        """Return `example` as it is after this change."""
        return msgspec.structs.replace(example, messages=self.messages, trust="own")


class ExamplesDecided(
    _Event, frozen=True, kw_only=True, omit_defaults=True, tag="examples_decided"
):
    """A person decided about examples that a check found: they're kept or left out."""

    examples: tuple[str, ...]
    decision: FindingDecision


class ExamplesWithdrawn(
    _Event, frozen=True, kw_only=True, omit_defaults=True, tag="examples_withdrawn"
):
    """Examples were erased. What was made with them before is marked."""

    examples: tuple[str, ...]


class SplitFrozen(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="split_frozen"):
    """Examples were put aside as the test. `sha256` identifies what they said then."""

    examples: tuple[str, ...]
    sha256: str


class GraderChosen(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="grader_chosen"):
    """How answers are judged: a grader in OpenAI's shape."""

    grader: dict[str, Any]


class ComparisonFinished(
    _Event, frozen=True, kw_only=True, omit_defaults=True, tag="comparison_finished"
):
    """Methods were compared on the frozen test."""

    id: str
    result: ComparisonResult


class AnswerPair(msgspec.Struct, frozen=True):
    """What two methods answered to an example, whose request had this SHA-256 then."""

    example: str
    first: str
    second: str
    request_sha256: str


class PairsCollected(_Event, frozen=True, kw_only=True, omit_defaults=True, tag="pairs_collected"):
    """Two methods answered examples outside the test, for a blind review.

    When one of them is withdrawn, the event is erased and written again without it.
    """

    review: str
    pairs: tuple[AnswerPair, ...]

    def without(self, withdrawn: Set[str]) -> "PairsCollected":
        """Return it without the answers to these examples."""
        left = tuple(each for each in self.pairs if each.example not in withdrawn)
        return msgspec.structs.replace(self, pairs=left)


StudioEvent = (
    ProjectNamed
    | SourceAdded
    | ExamplesAdded
    | ExampleEdited
    | ExamplesDecided
    | ExamplesWithdrawn
    | SplitFrozen
    | GraderChosen
    | ComparisonFinished
    | PairsCollected
    | ReleaseEvent
)
_decoder: msgspec.msgpack.Decoder[StudioEvent] = msgspec.msgpack.Decoder(StudioEvent)
_encoder = msgspec.msgpack.Encoder()


def encode_event(event: StudioEvent) -> bytes:
    """Return the bytes of an event."""
    return _encoder.encode(event)


def decode_event(raw: bytes) -> StudioEvent | None:
    """Return an event, or `None` if it was erased or a newer release wrote it."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):  # of another kind, or erased
        return None
