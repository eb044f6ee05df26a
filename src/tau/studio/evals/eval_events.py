"""What can happen to a person's evals: entries of their log, and of the logs of runs.

The log of evals has what lists show. What a run was given and what came out is in a log of its own,
which is removed with the run. Kinds and fields are only ever added.
"""

from typing import Any, Literal

import msgspec

from tau.studio.evals.output_item import OutputItem, RunFigures

RunEnd = Literal["completed", "failed", "canceled"]


class _EvalEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    at: float
    """When it happened, in seconds since 1970."""
    id: str
    """Of the eval or the run."""
    version: int = 1


class EvalCreated(_EvalEvent, frozen=True, kw_only=True, omit_defaults=True, tag="eval_created"):
    """An eval was created: a data source and the criteria that answers are tested by."""

    name: str = ""
    metadata: dict[str, str] = {}
    data_source_config: dict[str, Any]
    testing_criteria: tuple[dict[str, Any], ...]


class EvalChanged(_EvalEvent, frozen=True, kw_only=True, omit_defaults=True, tag="eval_changed"):
    """An eval was renamed, or got other metadata."""

    name: str | None = None
    metadata: dict[str, str] | None = None


class EvalRemoved(_EvalEvent, frozen=True, kw_only=True, omit_defaults=True, tag="eval_removed"):
    """An eval was erased, with its runs."""


class EvalRunCreated(_EvalEvent, frozen=True, kw_only=True, omit_defaults=True, tag="run_created"):
    """A run of an eval was begun."""

    eval: str
    log: str
    """The log with its items."""
    name: str = ""
    metadata: dict[str, str] = {}
    data_source: dict[str, Any]
    """As it was given; the items in it are in the run's log."""
    total: int


class EvalRunEnded(_EvalEvent, frozen=True, kw_only=True, omit_defaults=True, tag="run_ended"):
    """A run ended."""

    status: RunEnd
    error_code: str = ""
    error: str = ""
    figures: RunFigures


class EvalRunRemoved(_EvalEvent, frozen=True, kw_only=True, omit_defaults=True, tag="run_removed"):
    """A run was erased."""


EvalEvent = EvalCreated | EvalChanged | EvalRemoved | EvalRunCreated | EvalRunEnded | EvalRunRemoved


class RunGiven(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="run_given"):
    """The items that a run was given in its request."""

    content: tuple[dict[str, Any], ...]


class ItemsGraded(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="items_graded"):
    """A batch of results, in the order of the items."""

    items: tuple[OutputItem, ...]


RunEvent = RunGiven | ItemsGraded
_decoder: msgspec.msgpack.Decoder[EvalEvent] = msgspec.msgpack.Decoder(EvalEvent)
_run_decoder: msgspec.msgpack.Decoder[RunEvent] = msgspec.msgpack.Decoder(RunEvent)
_encoder = msgspec.msgpack.Encoder()


def encode_eval_event(event: EvalEvent | RunEvent) -> bytes:
    """Return the bytes of an event."""
    return _encoder.encode(event)


def decode_eval_event(raw: bytes) -> EvalEvent | None:
    """Return an event of the log of evals, or `None` if it was erased or is of a newer release."""
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def decode_run_event(raw: bytes) -> RunEvent | None:
    """Return an event of the log of a run, or `None` as above."""
    try:
        return _run_decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
