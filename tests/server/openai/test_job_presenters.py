"""Jobs, events and checkpoints as OpenAI's API shows a run, from its log alone."""

import csv
import io
from typing import Any

import pytest
from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent
from openai.types.fine_tuning.jobs import FineTuningJobCheckpoint

from tau.server.openai.job_events import events_out
from tau.server.openai.job_history import history_of
from tau.server.openai.job_presenters import checkpoints_out, job_out, result_csv
from tau.studio.tuning.log_events import RunLogEvent
from tau.studio.tuning.run_spec import PreferenceMethod
from tau.studio.tuning.run_state import RunState

from .made_jobs import (
    BASE,
    CHECKPOINT,
    MODEL,
    created,
    history,
    moved,
    planned,
    reported,
    whole_log,
)

LENGTHS = range(1, len(whole_log()) + 1)


@pytest.mark.parametrize("length", LENGTHS)
def test_at_any_moment_a_job_has_the_clients_shape(length: int) -> None:
    shown = history(whole_log()[:length])
    value = job_out(shown, ["file-r"]).model_dump()
    FineTuningJob.model_validate(value)
    for event in events_out(shown):
        FineTuningJobEvent.model_validate(event.model_dump())
    for checkpoint in checkpoints_out(shown):
        FineTuningJobCheckpoint.model_validate(checkpoint.model_dump())
    has_ended = value["status"] == "succeeded"
    assert (value["finished_at"], value["trained_tokens"], value["fine_tuned_model"]) == (
        (135, 200, MODEL) if has_ended else (None, None, None)
    )


def test_what_was_asked_for_and_what_auto_came_to() -> None:
    before = job_out(history(whole_log()[:2]), [])
    assert before.model == BASE
    assert (before.training_file, before.validation_file) == ("file-train", "file-valid")
    assert (before.seed, before.metadata, before.user_provided_suffix) == (
        42,
        {"team": "desk"},
        "Desk",
    )
    assert before.hyperparameters["n_epochs"] == "auto"
    after = job_out(history(whole_log()[:3]), [])
    numbers = {"n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 1.0}
    assert after.hyperparameters == numbers
    assert after.method == {"type": "supervised", "supervised": {"hyperparameters": numbers}}


def test_a_job_with_dpo_shows_its_beta_in_the_method_only() -> None:
    asked = {
        "n_epochs": 1,
        "batch_size": "auto",
        "learning_rate_multiplier": 0.5,
        "beta": "auto",
    }
    method = {"type": "dpo", "dpo": {"hyperparameters": asked}}
    log = [created(method=method), planned(PreferenceMethod(epochs=1, batch_size=8, beta=0.2))]
    shown = job_out(history(log), [])
    numbers = {"n_epochs": 1, "batch_size": 8, "learning_rate_multiplier": 0.5}
    assert shown.hyperparameters == numbers
    assert shown.method == {"type": "dpo", "dpo": {"hyperparameters": numbers | {"beta": 0.2}}}


def test_the_end_is_estimated_while_it_runs_only() -> None:
    log = whole_log()
    running = [job_out(history(log[:length]), []).estimated_finish for length in LENGTHS]
    assert running == [None, None, None, None, 159, 132, 132, 132, 132, None]


@pytest.mark.parametrize(
    ("why", "error"),
    [
        (
            {"message": "Line 2: no.", "code": "invalid_training_file", "param": "training_file"},
            ("invalid_training_file", "Line 2: no.", "training_file"),
        ),
        (
            {"message": "The disk is full.", "code": "no_space"},
            ("no_space", "The disk is full.", None),
        ),
    ],
)
def test_a_failed_job_says_why(why: dict[str, str], error: tuple[Any, ...]) -> None:
    shown = history([created(), moved("validating_files"), moved("failed", 130, **why)])
    failed = job_out(shown, [])
    assert (failed.status, failed.finished_at, failed.fine_tuned_model) == ("failed", 130, None)
    assert failed.error is not None
    assert (failed.error.code, failed.error.message, failed.error.param) == error
    last = events_out(shown)[0]
    assert (last.level, last.message) == ("error", error[1])


def test_events_stand_newest_first_and_never_change() -> None:
    whole = events_out(history(whole_log()))
    ids = [each.id for each in whole]
    assert len(set(ids)) == len(ids)
    for length in LENGTHS:
        shorter = events_out(history(whole_log()[:length]))
        assert [each.id for each in shorter] == ids[len(ids) - len(shorter) :]
    messages = [each.message for each in reversed(whole)]
    assert messages[:4] == [
        "Created fine-tuning job: ftjob-run1",
        "Validating training file: file-train and validation file: file-valid",
        "Files validated, moving job to queued state",
        "Fine-tuning job started",
    ]
    assert messages[-2:] == [
        f"New fine-tuned model created: {MODEL}",
        "The job has successfully completed",
    ]
    metrics = [each for each in reversed(whole) if each.type == "metrics"]
    assert [each.data["step"] for each in metrics if each.data] == list(range(1, 21))
    assert metrics[9].data == {
        "step": 10,
        "train_loss": 1.5,
        "train_mean_token_accuracy": 0.5,
        "valid_loss": 0.75,
        "valid_mean_token_accuracy": 0.8,
        "full_valid_loss": 0.75,
        "full_valid_mean_token_accuracy": 0.8,
        "total_steps": 20,
    }
    assert metrics[9].message == "Step 10/20: training loss=1.50, validation loss=0.75"


def test_a_job_that_goes_on_is_not_validated_or_started_again() -> None:
    moves = [moved(each) for each in ("queued", "running", "paused", "queued", "running")]
    shown = [each.message for each in events_out(history([created(), planned(), *moves]))]
    assert shown[:-1] == [
        "Fine-tuning job resumed",
        "Moving job to queued state",
        "Fine-tuning job paused",
        "Fine-tuning job started",
        "Files validated, moving job to queued state",
    ]


def test_checkpoints_stand_newest_first_with_their_figures() -> None:
    last, before = checkpoints_out(history(whole_log()))
    assert (last.step_number, last.fine_tuned_model_checkpoint) == (20, MODEL)
    assert (before.step_number, before.fine_tuned_model_checkpoint) == (10, CHECKPOINT)
    assert before.fine_tuning_job_id == "ftjob-run1"
    assert before.metrics["full_valid_loss"] == 0.75
    assert "valid_loss" not in last.metrics


def test_the_file_with_results_has_a_row_for_every_step() -> None:
    rows = list(csv.DictReader(io.StringIO(result_csv(history(whole_log())).decode())))
    assert [row["step"] for row in rows] == [str(number) for number in range(1, 21)]
    assert rows[9] == {
        "step": "10",
        "train_loss": "1.5",
        "train_accuracy": "0.5",
        "valid_loss": "0.75",
        "valid_mean_token_accuracy": "0.8",
    }
    assert rows[0]["valid_loss"] == ""


def test_steps_that_were_done_again_count_once() -> None:
    begin, end = reported()
    log: list[RunLogEvent] = [created(), planned(), begin, begin, end]
    assert result_csv(history(log)) == result_csv(history([created(), planned(), begin, end]))


def test_an_imported_job_is_shown_as_it_was() -> None:
    past = job_out(history(whole_log()), ["file-r"]).model_dump() | {"id": "ftjob-theirs"}
    events = [each.model_dump() for each in events_out(history(whole_log()))]
    record = {
        "from": "https://host/v1",
        "job": past,
        "events": events,
        "checkpoints": [],
    }
    shown = history([created(imported=record), moved("succeeded")])
    assert job_out(shown, []).model_dump() == past | {"imported_from": "https://host/v1"}
    assert [each.model_dump() for each in events_out(shown)] == events
    assert checkpoints_out(shown) == []


def test_a_log_of_something_else_has_no_history() -> None:
    state = RunState("x")
    state.apply(moved("queued"), 0)
    assert history_of(state) is None
