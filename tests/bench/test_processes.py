"""Processes under measurement: they start, say where they are, and never outlive us."""

import os
import re
from pathlib import Path

import aiohttp
import pytest

from tau.bench.processes import (
    MeasuredProcess,
    TauProcess,
    drain_output,
    run_module,
    temporary_home,
    upstream,
)
from tau.errors import ModelError

pytestmark = pytest.mark.anyio


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_the_upstream_answers_while_it_is_needed() -> None:
    with temporary_home() as environ:
        async with (
            upstream(environ, tokens=3) as url,
            aiohttp.ClientSession() as session,
            session.get(f"{url}/models") as answer,
        ):
            assert answer.status == 200
        async with aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientConnectionError):
                await session.get(f"{url}/models")


async def test_a_process_that_ends_too_early_is_told_with_its_last_words() -> None:
    with temporary_home() as environ:
        async with run_module(["no_such_module"], environ) as process:
            with pytest.raises(ModelError, match=r"too early(.|\n)*no_such_module"):
                await process.first(re.compile("never said"))


async def test_a_process_that_was_killed_is_let_go() -> None:
    with temporary_home() as environ:
        async with run_module(["http.server", "0", "--bind", "127.0.0.1"], environ) as process:
            found = await process.first(re.compile(r"http://\S+/"))
            async with drain_output(process):
                TauProcess(process.pid, found[0], "", 0.0).kill()
    assert not _alive(process.pid)


async def test_a_failure_ends_what_was_started() -> None:
    started: list[MeasuredProcess] = []

    async def fail() -> None:
        with temporary_home() as environ:
            async with run_module(["http.server", "0", "--bind", "127.0.0.1"], environ) as process:
                started.append(process)
                await process.first(re.compile("http://"))
                raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert not _alive(started[0].pid)


async def test_what_ignores_a_gentle_end_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tau.bench.processes._STOP_SECONDS", 0.1)
    stubborn = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    (tmp_path / "stubborn.py").write_text(f"{stubborn}print('there', flush=True)\nsignal.pause()\n")
    with temporary_home() as environ:
        async with run_module(["stubborn"], {**environ, "PYTHONPATH": str(tmp_path)}) as process:
            await process.first(re.compile("there"))
    assert not _alive(process.pid)


def test_a_temporary_home_knows_none_of_the_persons_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TAU_MODEL_KEY", "secret")
    with temporary_home() as environ:
        assert "TAU_MODEL_KEY" not in environ
        home = Path(environ["TAU_HOME"])
        assert home.parent.exists()
    assert not home.parent.exists()
