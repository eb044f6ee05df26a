"""Fine-tuning jobs, used by OpenAI's own unmodified client over a real socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tau.app import App
from tau.models.catalog import CHAT_MODEL
from tau.settings import Settings
from tests.patience import patient
from tests.studio.tuning.made_runs import HOLDING, SHORT, put_base, scripted

from ..conftest import Person

pytestmark = pytest.mark.anyio


def chat(number: int, **changed: Any) -> dict[str, Any]:
    messages = [
        {"role": "user", "content": f"Question {number}"},
        {"role": "assistant", "content": f"Answer {number}"},
    ]
    return {"messages": messages} | changed


def pair(number: int) -> dict[str, Any]:
    return {
        "input": {"messages": [{"role": "user", "content": f"Question {number}"}]},
        "preferred_output": [{"role": "assistant", "content": "Good"}],
        "non_preferred_output": [{"role": "assistant", "content": "Bad"}],
    }


@pytest.fixture
def base(settings: Settings) -> Path:
    return put_base(settings.models_path)


@pytest.fixture
async def desk(app: App, base: Path, client: AsyncOpenAI) -> "JobDesk":
    app.studio.runs.parts.poll_seconds = 0.02
    app.studio.runs.start()
    return JobDesk(app, client)


class JobDesk:
    """Creates jobs with OpenAI's client; a scripted program trains."""

    def __init__(self, app: App, client: AsyncOpenAI) -> None:
        self.app = app
        self.client = client
        self.script(SHORT)

    def script(self, script: dict[str, Any]) -> None:
        self.app.studio.runs.parts.find_program = lambda: scripted(script)

    async def upload(self, lines: list[Any], purpose: Any = "fine-tune") -> str:
        content = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines)
        file = await self.client.files.create(file=("a.jsonl", content.encode()), purpose=purpose)
        return file.id

    async def create(self, lines: list[Any] | None = None, **asked: Any) -> Any:
        given = [chat(number) for number in range(20)] if lines is None else lines
        asked.setdefault("training_file", await self.upload(given))
        asked.setdefault("model", CHAT_MODEL)
        return await self.client.fine_tuning.jobs.create(**asked)

    async def until(self, job: Any, holds: Callable[[Any], bool]) -> Any:
        async with asyncio.timeout(patient(60)):
            while not holds(job):
                job = await self.client.fine_tuning.jobs.retrieve(job.id)
                await asyncio.sleep(0)
        return job

    async def ended(self, job: Any) -> Any:
        return await self.until(job, lambda each: each.status in {"succeeded", "failed"})

    async def messages(self, job: Any) -> list[str]:
        listed = self.client.fine_tuning.jobs.list_events(job.id, limit=7)
        return [each.message async for each in listed][::-1]


async def test_a_job_is_created_watched_and_finished(desk: JobDesk) -> None:
    validation = await desk.upload([chat(number) for number in range(50, 53)])
    job = await desk.create(
        validation_file=validation,
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}},
        suffix="My Desk!",
        seed=7,
        metadata={"team": "desk"},
    )
    assert job.id.startswith("ftjob-")
    assert job.status in {"validating_files", "queued", "running"}
    assert (job.fine_tuned_model, job.finished_at, job.result_files) == (None, None, [])
    done = await desk.ended(job)
    assert (done.status, done.error) == ("succeeded", None)
    assert done.fine_tuned_model.startswith(f"ft:{CHAT_MODEL}:tau:my-desk:")
    assert done.finished_at >= done.created_at
    assert done.trained_tokens > 0
    assert (done.seed, done.metadata, done.validation_file) == (7, {"team": "desk"}, validation)
    assert done.hyperparameters.n_epochs == 2
    assert isinstance(done.hyperparameters.batch_size, int)
    messages = await desk.messages(job)
    assert messages[0] == f"Created fine-tuning job: {job.id}"
    assert messages[-1] == "The job has successfully completed"
    steps = [each for each in messages if each.startswith("Step ")]
    assert [each.split(":")[0] for each in steps] == [f"Step {n}/12" for n in range(1, 13)]


async def test_results_checkpoints_and_models_belong_to_a_finished_job(desk: JobDesk) -> None:
    client = desk.client
    done = await desk.ended(await desk.create(suffix="desk"))
    [results] = done.result_files
    assert (await client.fine_tuning.jobs.retrieve(done.id)).result_files == [results]
    content = (await client.files.content(results)).text
    assert content.splitlines()[0] == (
        "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    )
    assert len(content.splitlines()) == 13
    assert (await client.files.retrieve(results)).purpose == "fine-tune-results"
    checkpoints = [
        each async for each in client.fine_tuning.jobs.checkpoints.list(done.id, limit=1)
    ]
    steps = [each.step_number for each in checkpoints]
    assert steps == sorted(steps, reverse=True)
    assert steps[0] == 12
    names = {each.fine_tuned_model_checkpoint for each in checkpoints}
    assert done.fine_tuned_model in names
    assert checkpoints[0].metrics.train_loss is not None
    listed = {each.id async for each in client.models.list()}
    assert names <= listed
    one = checkpoints[-1].fine_tuned_model_checkpoint
    assert (await client.models.retrieve(one)).id == one
    assert (await client.models.delete(one)).deleted
    with pytest.raises(openai.NotFoundError):
        await client.models.retrieve(one)
    with pytest.raises(openai.NotFoundError):
        await client.models.delete(one)
    left = [each async for each in client.fine_tuning.jobs.checkpoints.list(done.id)]
    assert one not in {each.fine_tuned_model_checkpoint for each in left}


async def test_a_deleted_result_file_stays_deleted(desk: JobDesk) -> None:
    done = await desk.ended(await desk.create())
    await desk.client.files.delete(done.result_files[0])
    again = await desk.client.fine_tuning.jobs.retrieve(done.id)
    assert again.result_files == done.result_files
    with pytest.raises(openai.NotFoundError):
        await desk.client.files.retrieve(done.result_files[0])


async def test_a_job_is_paused_killed_resumed_and_finished(desk: JobDesk) -> None:
    jobs = desk.client.fine_tuning.jobs
    desk.script(HOLDING)
    job = await desk.create()
    while not any(each.startswith("Step 5/") for each in await desk.messages(job)):
        job = await jobs.retrieve(job.id)
    paused = await desk.until(await jobs.pause(job.id), lambda each: each.status == "paused")
    assert paused.fine_tuned_model is None
    with pytest.raises(openai.ConflictError):
        await jobs.pause(job.id)
    desk.script(SHORT)
    await jobs.resume(job.id)
    done = await desk.ended(job)
    assert done.status == "succeeded"
    with pytest.raises(openai.ConflictError):
        await jobs.cancel(job.id)
    with pytest.raises(openai.ConflictError):
        await jobs.resume(job.id)
    messages = await desk.messages(job)
    for said in ("Asked to pause the job", "Asked to resume the job"):
        assert said in messages
    assert sum(each.startswith("Fine-tuning job paused") for each in messages) == 1


async def test_a_job_is_cancelled(desk: JobDesk) -> None:
    desk.script(HOLDING)
    job = await desk.create()
    cancelled = await desk.client.fine_tuning.jobs.cancel(job.id)
    cancelled = await desk.until(cancelled, lambda each: each.status == "cancelled")
    assert (cancelled.error, cancelled.fine_tuned_model) == (None, None)
    assert cancelled.finished_at is not None


async def test_preferences_are_learned_with_dpo(desk: JobDesk) -> None:
    job = await desk.create(
        [pair(number) for number in range(12)],
        method={"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.2, "n_epochs": 1}}},
    )
    done = await desk.ended(job)
    assert done.status == "succeeded", done.error
    assert done.method.dpo.hyperparameters.beta == 0.2


async def test_the_older_form_of_hyperparameters_counts(desk: JobDesk) -> None:
    job = await desk.create(hyperparameters={"n_epochs": 3, "batch_size": "auto"})
    assert job.hyperparameters.n_epochs == 3
    assert (await desk.ended(job)).hyperparameters.n_epochs == 3


BAD_FILES: list[tuple[list[Any], str]] = [
    ([chat(1)] * 9, "at least 10"),
    ([*[chat(number) for number in range(11)], "{"], "Line 12"),
    ([chat(1, tools=[{"a": 1}])] * 10, "tools"),
    ([pair(1)] * 10, "dpo"),
]


async def test_a_bad_file_fails_the_job_while_it_is_validated(desk: JobDesk) -> None:
    for lines, said in BAD_FILES:
        failed = await desk.ended(await desk.create(lines))
        assert failed.status == "failed"
        assert (failed.error.code, failed.error.param) == (
            "invalid_training_file",
            "training_file",
        )
        assert said in failed.error.message
        events = [each async for each in desk.client.fine_tuning.jobs.list_events(failed.id)]
        assert (events[0].level, events[0].message) == ("error", failed.error.message)
        assert not any(each.message == "Fine-tuning job started" for each in events)


async def test_what_is_trained_on_cannot_validate(desk: JobDesk) -> None:
    overlapping = await desk.upload([chat(90), chat(3)])
    failed = await desk.ended(await desk.create(validation_file=overlapping))
    assert (failed.error.code, failed.error.param) == (
        "invalid_validation_file",
        "validation_file",
    )
    assert "2 (line 4 there)" in failed.error.message


async def test_what_the_program_refuses_is_said(desk: JobDesk) -> None:
    desk.script({**SHORT, "refuse": {"code": "no_space", "message": "The disk is full."}})
    failed = await desk.ended(await desk.create())
    assert (failed.status, failed.error.code) == ("failed", "no_space")
    assert failed.error.message == "The disk is full."


BAD: list[tuple[dict[str, Any], str]] = [
    ({"model": "gpt-unknown"}, "model"),
    ({"training_file": "file-none"}, "training_file"),
    ({"validation_file": "file-none"}, "validation_file"),
    ({"suffix": "x" * 65}, "suffix"),
    ({"seed": -1}, "seed"),
    ({"metadata": {"k" * 65: "v"}}, "metadata"),
    ({"method": {"type": "reinforcement"}}, "method.type"),
    ({"integrations": [{"type": "wandb", "wandb": {"project": "x"}}]}, "integrations"),
    ({"hyperparameters": {"n_epochs": 0}}, "hyperparameters.n_epochs"),
    ({"hyperparameters": {"n_epochs": 10**9}}, "hyperparameters.n_epochs"),
    ({"hyperparameters": {"batch_size": 1.5}}, "hyperparameters.batch_size"),
    (
        {"hyperparameters": {"learning_rate_multiplier": -1}},
        "hyperparameters.learning_rate_multiplier",
    ),
    (
        {"method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 3}}}},
        "method.dpo.hyperparameters.beta",
    ),
]


async def test_what_cannot_be_used_is_refused_by_its_field(desk: JobDesk) -> None:
    file = await desk.upload([chat(number) for number in range(10)])
    for asked, param in BAD:
        with pytest.raises(openai.BadRequestError) as refused:
            await desk.create(**{"training_file": file, **asked})
        assert str(refused.value.param).startswith(param)
    assert [each async for each in desk.client.fine_tuning.jobs.list()] == []


async def test_a_number_that_is_none_is_refused(desk: JobDesk, owner: Person) -> None:
    file = await desk.upload([chat(number) for number in range(10)])
    for text in ("NaN", "Infinity", "1e999", "true"):
        body = (
            f'{{"model": "{CHAT_MODEL}", "training_file": "{file}", '
            f'"hyperparameters": {{"learning_rate_multiplier": {text}}}}}'
        )
        kind = {"Content-Type": "application/json"}
        answer = await owner.client.post("/v1/fine_tuning/jobs", content=body, headers=kind)
        assert answer.status_code == 400
        error = answer.json()["error"]
        assert error["param"] == "hyperparameters.learning_rate_multiplier"


async def test_an_unknown_model_names_what_there_is(desk: JobDesk) -> None:
    with pytest.raises(openai.BadRequestError, match=CHAT_MODEL):
        await desk.create(model="gpt-4o-mini-2024-07-18")


async def test_files_are_fine_tune_files_of_the_person(
    desk: JobDesk, guest_client: AsyncOpenAI
) -> None:
    with pytest.raises(openai.BadRequestError, match="purpose"):
        await desk.create(training_file=await desk.upload([chat(1)], "evals"))
    theirs = await JobDesk(desk.app, guest_client).upload([chat(1)] * 10)
    with pytest.raises(openai.BadRequestError) as refused:
        await desk.create(training_file=theirs)
    assert refused.value.param == "training_file"
    same = await desk.upload([chat(1)] * 10)
    with pytest.raises(openai.BadRequestError) as refused:
        await desk.create(training_file=same, validation_file=same)
    assert refused.value.param == "validation_file"


async def test_nobody_sees_somebody_elses_job(desk: JobDesk, guest_client: AsyncOpenAI) -> None:
    job = await desk.ended(await desk.create())
    theirs = guest_client.fine_tuning.jobs
    assert [each async for each in theirs.list()] == []
    for ask in (theirs.retrieve, theirs.cancel, theirs.pause, theirs.resume):
        with pytest.raises(openai.NotFoundError):
            await ask(job.id)
    for listed in (theirs.list_events(job.id), theirs.checkpoints.list(job.id)):
        with pytest.raises(openai.NotFoundError):
            await listed
    with pytest.raises(openai.NotFoundError):
        await guest_client.models.delete(job.fine_tuned_model)
    assert job.fine_tuned_model not in {each.id async for each in guest_client.models.list()}


async def test_jobs_are_listed_by_page_and_metadata(desk: JobDesk) -> None:
    jobs = desk.client.fine_tuning.jobs
    file = await desk.upload([chat(number) for number in range(10)])
    made = [
        await desk.create(training_file=file, metadata=metadata)
        for metadata in ({"team": "a"}, {"team": "b", "note": ""}, None, {"team": "a"})
    ]
    ids = [each.id for each in reversed(made)]
    assert [each.id async for each in jobs.list(limit=3)] == ids
    assert [each.id async for each in jobs.list(metadata={"team": "a"})] == [ids[0], ids[3]]
    assert [each.id async for each in jobs.list(metadata={"note": ""})] == [ids[2]]
    none = jobs.list(extra_query={"metadata": "null"})
    assert [each.id async for each in none] == [ids[1]]
    with pytest.raises(openai.NotFoundError):
        await jobs.list(after="ftjob-none")
    for each in made:
        await desk.ended(each)


async def test_checkpoints_are_shared_with_nobody(desk: JobDesk, guest_client: AsyncOpenAI) -> None:
    job = await desk.ended(await desk.create())
    permissions = desk.client.fine_tuning.checkpoints.permissions
    assert [each async for each in permissions.list(job.fine_tuned_model)] == []
    with pytest.raises(openai.BadRequestError) as refused:
        await permissions.create(job.fine_tuned_model, project_ids=["proj_1"])
    assert refused.value.param == "project_ids"
    with pytest.raises(openai.NotFoundError):
        await permissions.delete("cp_1", fine_tuned_model_checkpoint=job.fine_tuned_model)
    with pytest.raises(openai.NotFoundError):
        await guest_client.fine_tuning.checkpoints.permissions.list(job.fine_tuned_model)


@pytest.fixture
async def named(settings: Settings) -> AsyncIterator[None]:
    object.__setattr__(settings, "studio_models", f"gpt-4o-mini-2024-07-18 = {CHAT_MODEL}")
    yield
    object.__setattr__(settings, "studio_models", "")


async def test_names_of_other_models_are_set(named: None, desk: JobDesk) -> None:
    job = await desk.create(model="gpt-4o-mini-2024-07-18")
    assert job.model == CHAT_MODEL
    assert (await desk.ended(job)).fine_tuned_model.startswith(f"ft:{CHAT_MODEL}:")
