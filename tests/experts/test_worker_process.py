"""The child of specialists' heavy work: bounded, alone with its work, and gone when idle."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tau.environments.restrictions import restrictions
from tau.errors import BadInput, TooManyRequests, WorkerError, WorkerMissing, WorkerTimedOut
from tau.experts import worker_process
from tau.experts.environment import ExpertProgram, installed_expert_program
from tau.experts.worker_process import ExpertWorker
from tests.experts import faulty_program
from tests.experts.expert_environment import expert_program, use_expert_environment
from tests.processes import is_running

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("expert_packages")]
SECONDS = 20.0


@pytest.fixture
async def worker(tmp_path: Path) -> AsyncIterator[ExpertWorker]:
    """A worker whose program has faulty calls."""
    real = expert_program(tmp_path)
    faulty = real._replace(arguments=("-P", "-B", faulty_program.__file__))
    worker = ExpertWorker(lambda: faulty)
    yield worker
    await worker.close()


async def has_ended(pid: int) -> None:
    async with asyncio.timeout(30):
        while is_running(pid):  # noqa: ASYNC110 - the system announces nothing
            await asyncio.sleep(0.01)


async def test_nothing_runs_before_the_first_call_and_one_child_answers_many(
    worker: ExpertWorker,
) -> None:
    assert worker.process_id is None
    first = await worker.call("echo", {"words": "über 你好"}, seconds=SECONDS)
    second = await worker.call("echo", {"n": [1, 2.5, None]}, seconds=SECONDS)
    assert first["words"] == "über 你好"
    assert second["n"] == [1, 2.5, None]
    assert first["pid"] == second["pid"] == worker.process_id


async def test_two_callers_at_once_each_get_their_own_result(worker: ExpertWorker) -> None:
    numbers = range(6)
    found = await asyncio.gather(
        *(worker.call("echo", {"n": number}, seconds=SECONDS) for number in numbers)
    )
    assert [each["n"] for each in found] == list(numbers)
    assert len({each["pid"] for each in found}) == 1


async def test_who_would_wait_too_long_is_told_to_come_back(
    worker: ExpertWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_process, "MOST_WAITING", 1)
    calls = [worker.call("echo", {}, seconds=SECONDS) for _ in range(4)]
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert [isinstance(each, TooManyRequests) for each in found] == [False, False, True, True]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("die", "ended unexpectedly"),
        ("eat_memory", "more memory than it may"),
        ("overflow", "too large"),
        ("flood", "too large"),
        ("fail", "couldn't be worked out"),
    ],
)
async def test_what_goes_wrong_is_a_plain_sentence_and_the_next_call_works(
    worker: ExpertWorker, caplog: pytest.LogCaptureFixture, call: str, sentence: str
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(WorkerError, match=sentence) as raised:
        await worker.call(call, {"secret": "meine Worte"}, seconds=SECONDS)
    assert "meine Worte" not in f"{raised.value} {caplog.text}"
    assert (await worker.call("echo", {"n": 1}, seconds=SECONDS))["n"] == 1


async def test_a_call_that_hangs_is_killed_at_its_limit(worker: ExpertWorker) -> None:
    pid = (await worker.call("echo", {}, seconds=SECONDS))["pid"]
    with pytest.raises(WorkerTimedOut, match="longer than 1 seconds"):
        await worker.call("hang", {}, seconds=1)
    await has_ended(pid)
    assert (await worker.call("echo", {"n": 1}, seconds=SECONDS))["n"] == 1


async def test_a_call_that_nobody_waits_for_any_more_is_killed(worker: ExpertWorker) -> None:
    pid = (await worker.call("echo", {}, seconds=SECONDS))["pid"]
    waiting = asyncio.create_task(worker.call("hang", {}, seconds=SECONDS))
    following = asyncio.create_task(worker.call("echo", {"n": 2}, seconds=SECONDS))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await following)["n"] == 2
    await has_ended(pid)


async def test_a_child_that_somebody_killed_is_replaced(worker: ExpertWorker) -> None:
    pid = (await worker.call("echo", {}, seconds=SECONDS))["pid"]
    os.kill(pid, signal.SIGKILL)
    async with asyncio.timeout(30):
        while worker.process_id is not None:  # noqa: ASYNC110 - nor here
            await asyncio.sleep(0.01)
    assert (await worker.call("echo", {}, seconds=SECONDS))["pid"] != pid


async def test_an_idle_child_ends(tmp_path: Path) -> None:
    worker = ExpertWorker(lambda: expert_program(tmp_path), idle_seconds=0.05)
    await worker.call("worker.describe", {}, seconds=SECONDS)
    pid = worker.process_id
    assert pid is not None
    await has_ended(pid)
    assert worker.process_id is None
    assert "python" in await worker.call("worker.describe", {}, seconds=SECONDS)
    await worker.close()


async def test_a_child_ends_with_its_input_whatever_it_does(worker: ExpertWorker) -> None:
    pid = (await worker.call("echo", {}, seconds=SECONDS))["pid"]
    waiting = asyncio.create_task(worker.call("hang", {}, seconds=SECONDS))
    await asyncio.sleep(0)
    child = worker._child
    assert child is not None
    child.hang_up()  # as when Tau is killed
    with pytest.raises(WorkerError):
        await waiting
    await has_ended(pid)


async def test_refusals_and_missing_packages_are_told_apart(worker: ExpertWorker) -> None:
    with pytest.raises(BadInput, match="Ten rooms"):
        await worker.call("refuse", {}, seconds=SECONDS)
    pid = worker.process_id
    with pytest.raises(WorkerMissing, match="tau experts setup"):
        await worker.call("lack", {}, seconds=SECONDS)
    assert worker.process_id == pid, "neither ends the child"
    with pytest.raises(BadInput, match="too large"):
        await worker.call("echo", {"text": "x" * (33 << 20)}, seconds=SECONDS)


async def test_it_writes_no_file_and_knows_nothing_of_tau_s_own(
    worker: ExpertWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAU_SERVER_KEY", "secret")
    with pytest.raises(WorkerError):
        await worker.call("write_file", {}, seconds=SECONDS)
    found = await worker.call("surroundings", {}, seconds=SECONDS)
    assert set(found["variables"]) <= {"PATH", "LANG", "LC_CTYPE", "PYTHONPATH", "OMP_NUM_THREADS"}
    assert all(name.startswith(("tau.experts.worker", "tau")) for name in found["modules"])
    assert {name.split(".")[1] for name in found["modules"] if "." in name} == {"experts"}
    if any(word.endswith("unshare") for word in restrictions()):
        assert found["interfaces"] == ["lo"]


async def test_without_its_environment_the_way_to_make_it_is_named(tmp_path: Path) -> None:
    worker = ExpertWorker(lambda: installed_expert_program(tmp_path))
    with pytest.raises(WorkerMissing, match="tau experts setup"):
        await worker.call("worker.describe", {}, seconds=SECONDS)
    use_expert_environment(tmp_path)
    assert (await worker.call("worker.describe", {"packages": ["msgspec"]}, seconds=SECONDS))[
        "packages"
    ]["msgspec"]
    await worker.close()


async def test_a_program_that_cannot_be_started_is_a_plain_sentence(tmp_path: Path) -> None:
    program = ExpertProgram(tmp_path / "no-python", tmp_path / "archive.zip")
    worker = ExpertWorker(lambda: program)
    with pytest.raises(WorkerError, match=r"can't be started|ended unexpectedly"):
        await worker.call("worker.describe", {}, seconds=SECONDS)
