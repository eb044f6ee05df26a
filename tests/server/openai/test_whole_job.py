"""A whole job with OpenAI's unmodified client and the real training program, on a tiny base.

Created, watched, killed, paused, resumed, finished; its model and a checkpoint asked, then deleted.
"""

import asyncio
import json
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tau.app import App
from tau.models.catalog import CHAT_MODEL
from tau.settings import Settings
from tau.studio.tuning.environment import python_of
from tests.patience import patient
from tests.studio.training_environment import training_environment
from tests.studio.tuning.made_runs import put_base
from tests.studio.worker.tiny_base import write_tiny_base

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ASKED: Any = [{"role": "user", "content": "Question 3"}]


@pytest.fixture
def settings(settings: Settings, model_cache: Path, tmp_path: Path) -> Settings:
    """A Tau whose base is tiny, and which trains with the real program."""
    real = model_cache / CHAT_MODEL / "model.gguf"
    models = tmp_path / "models"
    put_base(models, write_tiny_base(tmp_path / "tiny.gguf", real).read_bytes())
    return replace(
        settings,
        models_folder=str(models),
        studio_python=str(python_of(training_environment())),
        studio_models=f"gpt-4o-mini-2024-07-18={CHAT_MODEL}",
    )


@pytest.fixture
async def running(app: App) -> App:
    app.studio.runs.parts.poll_seconds = 0.05
    app.studio.runs.start()
    return app


class Watcher:
    """A job, watched with OpenAI's client."""

    def __init__(self, client: AsyncOpenAI, job: Any) -> None:
        self.jobs = client.fine_tuning.jobs
        self.id = job.id

    async def steps(self) -> int:
        """Return the highest step that the newest events report."""
        page = await self.jobs.list_events(self.id, limit=50)
        return max((each.data["step"] for each in page.data if each.type == "metrics"), default=0)

    async def until_step(self, step: int) -> None:
        async with asyncio.timeout(patient(120)):
            while True:
                if await self.steps() >= step:
                    return
                await asyncio.sleep(0.05)

    async def until(self, *statuses: str) -> Any:
        async with asyncio.timeout(patient(120)):
            while True:
                job = await self.jobs.retrieve(self.id)
                if job.status in statuses:
                    return job
                await asyncio.sleep(0.05)


def kill_trainers(folder: Path) -> int:
    """Kill the training programs that work in a folder, as a crash would; return how many."""
    killed = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            words = (entry / "cmdline").read_bytes()
        except OSError:  # it has ended
            continue
        if b"tau.studio.worker" in words and str(folder).encode() in words:
            os.kill(int(entry.name), signal.SIGKILL)
            killed += 1
    return killed


async def test_from_a_file_to_a_model_that_answers_and_is_deleted(
    running: App, client: AsyncOpenAI, guest_client: AsyncOpenAI
) -> None:
    lines = [
        {
            "messages": [
                {"role": "user", "content": f"Question {number}"},
                {"role": "assistant", "content": "queue"},
            ]
        }
        for number in range(12)
    ]
    content = "\n".join(map(json.dumps, lines)).encode()
    file = await client.files.create(file=("queues.jsonl", content), purpose="fine-tune")
    numbers: Any = {"n_epochs": 20, "batch_size": 4, "learning_rate_multiplier": 5}
    job = await client.fine_tuning.jobs.create(
        model="gpt-4o-mini-2024-07-18",
        training_file=file.id,
        suffix="queues",
        seed=1,
        method={"type": "supervised", "supervised": {"hyperparameters": numbers}},
    )
    watcher = Watcher(client, job)
    await watcher.until_step(6)
    assert kill_trainers(running.studio.runs.parts.root) > 0
    await watcher.until_step(20)
    await client.fine_tuning.jobs.pause(job.id)
    await watcher.until("paused")
    assert kill_trainers(running.studio.runs.parts.root) == 0
    await client.fine_tuning.jobs.resume(job.id)
    done = await watcher.until("succeeded", "failed")
    assert (done.status, done.error) == ("succeeded", None)
    assert done.trained_tokens > 0
    checkpoints = [each async for each in client.fine_tuning.jobs.checkpoints.list(job.id)]
    assert checkpoints[0].step_number == 60
    assert checkpoints[0].metrics.train_mean_token_accuracy == 1
    results = (await client.files.content(done.result_files[0])).text
    assert [line.split(",")[0] for line in results.splitlines()[1:]] == [
        str(step) for step in range(1, 61)
    ]

    names = [done.fine_tuned_model, checkpoints[-1].fine_tuned_model_checkpoint]
    for name in names:
        answer = await client.chat.completions.create(
            model=name, messages=ASKED, max_tokens=4, temperature=0
        )
        assert answer.model == name
        if name == done.fine_tuned_model:
            assert answer.choices[0].message.content == "queue"
        with pytest.raises(openai.NotFoundError):
            await guest_client.chat.completions.create(model=name, messages=ASKED)
    for name in names:
        assert (await client.models.delete(name)).deleted
        with pytest.raises(openai.NotFoundError):
            await client.chat.completions.create(model=name, messages=ASKED)
    assert (await client.fine_tuning.jobs.retrieve(job.id)).fine_tuned_model == names[0]
