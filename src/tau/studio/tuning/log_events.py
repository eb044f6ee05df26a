"""What can happen to a run and to the models it made: the entries of its log.

A run is how a model was made: by the training program, or by fitting a classifier at once. Its log
is sealed with a key of its own, which also seals the run's folder; so a model needs no other key
than its run. Kinds and fields are only ever added. This module knows nothing of storage.
"""

from typing import Any, Literal

import msgspec

from tau.studio.tuning.run_events import RunEvent
from tau.studio.tuning.run_spec import RunSpec

ModelKind = Literal["adapter", "classifier", "prompt"]
RunStatus = Literal[
    "validating_files", "queued", "running", "paused", "succeeded", "failed", "cancelled"
]
RunRequest = Literal["pause", "resume", "cancel"]
CHECKPOINT_MARK = ":ckpt-step-"
"""In the name of a model that is a checkpoint before the last."""


class _LogEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    at: float
    """When it happened, in seconds since 1970."""
    version: int = 1


class RunCreated(_LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="run_created"):
    """A run was asked for."""

    project: str = ""
    """The project it learns from; empty for a job that names files."""
    suffix: str = ""
    """The part of the model's name that the person chose."""
    base: str
    """The base's name at Tau."""
    examples: tuple[str, ...] = ()
    """The project's examples that it learns from."""
    validation: tuple[str, ...] = ()
    """The project's examples that it's validated with."""
    instructions: str = ""
    """The system message that all examples have, if they have the same."""
    job: dict[str, Any] = {}
    """What OpenAI's API was given for it, for answers in its shape."""
    comparison: str = ""
    """For what was kept of a comparison, without training: the comparison's id."""
    method: str = ""
    """The method of the comparison that was kept."""


class RunPlanned(_LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="run_planned"):
    """Its files were checked and its folder is written."""

    spec: RunSpec
    estimated_seconds: float = 0.0
    estimated_memory_bytes: int = 0
    warnings: tuple[str, ...] = ()
    """Sentences about the examples, for the person."""


class RunRequested(_LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="run_requested"):
    """A person asked to pause, resume or cancel it."""

    request: RunRequest


class RunMoved(_LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="run_moved"):
    """It has another status now; `message`, `code` and `param` say why it failed."""

    status: RunStatus
    message: str = ""
    code: str = ""
    param: str = ""


class RunReported(_LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="run_reported"):
    """What the training program reported, in order."""

    events: tuple[RunEvent, ...]
    read_bytes: int = 0
    """How much of `events.jsonl` has been read with these."""


class CheckpointGraded(
    _LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="checkpoint_graded"
):
    """The answers of a checkpoint to validation examples were graded."""

    step: int
    graded: int
    passed: int
    score: float
    """Mean, from 0 to 1."""


class ModelMade(_LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="model_made"):
    """A model can be asked under its name, which is never used for another one."""

    name: str
    """`ft:BASE:tau:SUFFIX:HASH`, with `:ckpt-step-N` for a checkpoint before the last."""
    model_kind: ModelKind
    base: str
    base_sha256: str
    content_sha256: str
    step: int = 0
    file: str = ""
    """The file in the run's folder with the adapter."""
    content: bytes = b""
    """A classifier, as `AnswerClassifier.to_bytes` writes it, or a prompt."""

    @property
    def is_checkpoint(self) -> bool:
        """Whether it's a checkpoint before the last, not what the run was for."""
        return CHECKPOINT_MARK in self.name


class ModelMeasured(_LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="model_measured"):
    """A model was checked on the engine that serves it (parity), with figures by name."""

    name: str
    engine: str
    figures: dict[str, float]
    passed: bool
    sentence: str = ""
    """What failed."""


class ModelDeleted(_LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="model_deleted"):
    """A model was deleted; its name answers 404 from now on."""

    name: str


class RunWithdrawn(_LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="run_withdrawn"):
    """Examples that it learned from were withdrawn; its models should be trained again."""

    examples: tuple[str, ...]


class ResultsWritten(
    _LogEvent, frozen=True, kw_only=True, omit_defaults=True, tag="results_written"
):
    """The figures of a job that names files were written into a file of its person."""

    file: str


RunLogEvent = (
    RunCreated
    | RunPlanned
    | RunRequested
    | RunMoved
    | RunReported
    | CheckpointGraded
    | ModelMade
    | ModelMeasured
    | ModelDeleted
    | RunWithdrawn
    | ResultsWritten
)
_decoder: msgspec.msgpack.Decoder[RunLogEvent] = msgspec.msgpack.Decoder(RunLogEvent)
_encoder = msgspec.msgpack.Encoder()


def encode_run_event(event: RunLogEvent) -> bytes:
    """Return the bytes of an event."""
    return _encoder.encode(event)


def decode_run_event(raw: bytes) -> RunLogEvent | None:
    """Return an event, or `None` if it was erased or a newer release wrote it."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
