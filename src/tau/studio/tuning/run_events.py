"""What the training program reports: one JSON object a line in `events.jsonl` of the run's folder.

Only figures, names of files and fixed sentences; never words of an example. Kinds and fields are
only ever added, with defaults. The training program writes them, so this module imports nothing but
msgspec and the standard library.
"""

import msgspec

EXIT_FINISHED, EXIT_CRASHED, EXIT_REFUSED, EXIT_PAUSED = 0, 1, 65, 75
"""How the training program ends. It has reported why it refused to go on; paused, it goes on when
it's started again."""


class _RunEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    at: float
    """When it happened, in seconds since 1970."""


class RunStarted(_RunEvent, frozen=True, kw_only=True, omit_defaults=True, tag="started"):
    """The model is loaded and the examples are read; or it goes on after step `resumed_from`."""

    steps: int
    """All steps of the run, from the first to the last."""
    train_examples: int
    tokens_per_epoch: int
    trained_tokens_per_epoch: int
    """Of these, the tokens that carry a loss."""
    parameters: int
    trainable_parameters: int
    precision: str
    threads: int
    device: str = "cpu"
    resumed_from: int = 0


class RunEstimated(_RunEvent, frozen=True, kw_only=True, omit_defaults=True, tag="estimated"):
    """How long the rest will take, from the time of the first steps, and the memory."""

    seconds: float
    memory_bytes: int


class StepDone(_RunEvent, frozen=True, kw_only=True, omit_defaults=True, tag="step"):
    """A step of the optimizer: the mean loss and accuracy of its trained tokens."""

    step: int
    epoch: float
    loss: float
    accuracy: float
    """Share of the tokens that the model would have chosen itself; for `dpo`, of the pairs."""
    learning_rate: float
    gradient_norm: float
    tokens: int
    """Tokens that were computed."""
    seconds: float
    cpu_seconds: float = 0.0


class StepValidated(_RunEvent, frozen=True, kw_only=True, omit_defaults=True, tag="validated"):
    """The mean loss and accuracy on the validation examples after a step."""

    step: int
    loss: float
    accuracy: float


class CheckpointSaved(_RunEvent, frozen=True, kw_only=True, omit_defaults=True, tag="checkpoint"):
    """A checkpoint is on the disk: what resuming needs, its adapter, and its answers."""

    step: int
    state: str
    """Name of the file in the run's folder that resuming needs."""
    adapter: str
    """Name of the file with the adapter as GGUF."""
    adapter_sha256: str
    """Of the plain content."""
    answers: str = ""
    """Name of the file with answers to validation examples: lines of `{"index", "answer"}`."""


class RunPaused(_RunEvent, frozen=True, kw_only=True, omit_defaults=True, tag="paused"):
    """It stopped after a checkpoint, because it was asked to or reached a limit."""

    step: int
    reason: str = ""


class RunFinished(_RunEvent, frozen=True, kw_only=True, omit_defaults=True, tag="finished"):
    """All steps are done."""

    step: int
    adapter: str
    adapter_sha256: str
    parity: str
    """Name of the file with the reference of the parity check."""
    seconds: float
    """Of the last part, if it was resumed."""
    peak_memory_bytes: int
    trained_tokens: int


class RunFailed(_RunEvent, frozen=True, kw_only=True, omit_defaults=True, tag="failed"):
    """It can't go on. Its last checkpoint stays."""

    code: str
    message: str
    """A sentence that quotes no example."""
    line: int = 0
    """The line of `train.jsonl` or `valid.jsonl` it's about, from 1; 0 for none."""
    param: str = ""
    """The field it's about: `training_file`, `validation_file`, or one of the document."""


RunEvent = (
    RunStarted
    | RunEstimated
    | StepDone
    | StepValidated
    | CheckpointSaved
    | RunPaused
    | RunFinished
    | RunFailed
)
_decoder: msgspec.json.Decoder[RunEvent] = msgspec.json.Decoder(RunEvent)


def whole_lines(raw: bytes) -> bytes:
    """Return the lines of `events.jsonl` that are whole; a killed program leaves half of one."""
    return raw[: raw.rfind(b"\n") + 1]


def decode_reports(raw: bytes) -> list[RunEvent]:
    """Return the events in whole lines. A line that isn't an event is skipped."""
    return [event for line in whole_lines(raw).splitlines() if (event := _decoded(line))]


def _decoded(line: bytes) -> RunEvent | None:
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
