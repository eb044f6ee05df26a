"""Logs of runs as a job writes them, for tests of what the API shows."""

from collections.abc import Iterable
from typing import Any

from tau.server.openai.job_history import JobHistory, history_of
from tau.studio.tuning.log_events import (
    ModelMade,
    RunCreated,
    RunLogEvent,
    RunMoved,
    RunPlanned,
    RunReported,
)
from tau.studio.tuning.run_events import (
    CheckpointSaved,
    RunEstimated,
    RunFinished,
    RunStarted,
    StepDone,
    StepValidated,
)
from tau.studio.tuning.run_spec import PreferenceMethod, RunBase, RunData, RunSpec, SupervisedMethod
from tau.studio.tuning.run_state import RunState

BASE = "smollm2-135m-instruct"
MODEL = f"ft:{BASE}:tau:desk:0a1b2c3d"
CHECKPOINT = f"{MODEL}:ckpt-step-10"


def job(**changed: Any) -> dict[str, Any]:
    """Return what the API was given."""
    auto = {"n_epochs": "auto", "batch_size": 4, "learning_rate_multiplier": "auto"}
    return {
        "model": "gpt-4o-mini-2024-07-18",
        "training_file": "file-train",
        "validation_file": "file-valid",
        "method": {"type": "supervised", "supervised": {"hyperparameters": auto}},
        "suffix": "Desk",
        "seed": 42,
        "metadata": {"team": "desk"},
    } | changed


def created(**changed: Any) -> RunCreated:
    return RunCreated(at=100.5, base=BASE, suffix="desk", job=job(**changed))


def planned(method: SupervisedMethod | PreferenceMethod | None = None) -> RunPlanned:
    spec = RunSpec(
        base=RunBase(name=BASE, sha256="b"),
        data=RunData(train="t", valid="v"),
        method=method or SupervisedMethod(epochs=2, batch_size=4),
    )
    return RunPlanned(at=101, spec=spec, estimated_seconds=50)


def step(number: int, loss: float = 1.5) -> StepDone:
    return StepDone(
        at=110.0 + number,
        step=number,
        epoch=number / 10,
        loss=loss,
        accuracy=0.5,
        learning_rate=1e-4,
        gradient_norm=1.0,
        tokens=100,
        seconds=1,
    )


def reported() -> list[RunReported]:
    """Return what a training of twenty steps reports, in batches."""
    begin = RunStarted(
        at=110,
        steps=20,
        train_examples=40,
        tokens_per_epoch=1000,
        trained_tokens_per_epoch=100,
        parameters=9,
        trainable_parameters=1,
        precision="float32",
        threads=1,
    )
    steps = [step(number, 2.0 - number / 20) for number in range(1, 21)]
    saved = CheckpointSaved(at=121, step=10, state="s", adapter="a", adapter_sha256="x")
    valid = StepValidated(at=121, step=10, loss=0.75, accuracy=0.8)
    done = RunFinished(
        at=132,
        step=20,
        adapter="b",
        adapter_sha256="y",
        parity="p",
        seconds=21,
        peak_memory_bytes=9,
        trained_tokens=200,
    )
    first = (begin, RunEstimated(at=112, seconds=20.5, memory_bytes=1), *steps[:10], valid, saved)
    return [RunReported(at=122, events=first), RunReported(at=133, events=(*steps[10:], done))]


def moved(status: Any, at: float = 120, **why: str) -> RunMoved:
    return RunMoved(at=at, status=status, **why)


def made(name: str, at_step: int) -> ModelMade:
    return ModelMade(
        at=134,
        name=name,
        model_kind="adapter",
        base=BASE,
        base_sha256="b",
        content_sha256="y",
        step=at_step,
        file="b",
    )


def whole_log() -> list[RunLogEvent]:
    """Return the log of a job that succeeded."""
    return [
        created(),
        moved("validating_files", 100.6),
        planned(),
        moved("queued", 102),
        moved("running", 109),
        *reported(),
        made(CHECKPOINT, 10),
        made(MODEL, 20),
        moved("succeeded", 135),
    ]


def history(events: Iterable[RunLogEvent]) -> JobHistory:
    state = RunState("run1")
    for seq, event in enumerate(events):
        state.apply(event, seq)
    found = history_of(state)
    assert found is not None
    return found
