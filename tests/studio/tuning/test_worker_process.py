"""The training program as a child process."""

import asyncio
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tau.environments.restrictions import restrictions
from tau.studio.tuning.worker_process import TrainingProgram, WorkerProcess
from tests.patience import patient

pytestmark = pytest.mark.anyio


async def test_tau_answers_others_while_the_system_is_tried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, others_ran, run = threading.Event(), threading.Event(), subprocess.run

    def slow(*words: Any, **how: Any) -> Any:
        tries.set()
        assert others_ran.wait(patient(5))
        return run(*words, **how)

    async def other() -> None:
        assert await asyncio.to_thread(tries.wait, patient(5))
        others_ran.set()

    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/env")
    monkeypatch.setattr(subprocess, "run", slow)
    restrictions.cache_clear()
    try:
        program = TrainingProgram(Path(sys.executable), ("-c", "pass"))
        with (tmp_path / "lock").open("w") as lock:
            begun = asyncio.create_task(WorkerProcess.start(program, [], None, lock.fileno()))
            await asyncio.gather(begun, other())
            await begun.result().ended
    finally:
        restrictions.cache_clear()
