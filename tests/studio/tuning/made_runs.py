"""Runs for tests: a base that isn't one, a scripted program, and a project with a frozen test."""

import asyncio
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from tau.app import App
from tau.models import catalog
from tau.models.packs import MANIFEST, MODEL, PackManifest
from tau.people import Unlocked
from tau.studio.examples.read_context import ReadOptions
from tau.studio.tuning.run_creation import TuneRequest
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_state import RunState
from tau.studio.tuning.worker_process import TrainingProgram
from tests.patience import patient
from tests.studio.desk import as_lines, requests

SOURCE = Path(__file__).parents[3]
PROGRAM = Path(__file__).with_name("scripted_trainer.py")
SHORT = {"steps": 12, "every": 3}
HOLDING = {**SHORT, "hold_at": 5}


def put_base(models: Path, content: bytes = b"GGUF, a stand-in") -> Path:
    """Put a file where the smallest base is, as if it were downloaded; return its path."""
    pack = catalog.packs()[catalog.CHAT_MODEL]
    folder = models / pack.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL).write_bytes(content)
    manifest = PackManifest(pack.name, "made", pack.sha256, len(content))
    (folder / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    return folder / MODEL


def scripted(script: dict[str, Any]) -> TrainingProgram:
    """Return the scripted program, which behaves as `script` says."""
    environment = {
        "SCRIPT": json.dumps(script),
        "PYTHONPATH": str(SOURCE / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return TrainingProgram(Path(sys.executable), (str(PROGRAM),), environment)


class TuningDesk:
    """A project with 100 examples of which 20 are its test, and the runs on it."""

    def __init__(self, app: App, owner: Unlocked, project: str) -> None:
        self.app = app
        self.owner = owner
        self.project = project
        self.script(SHORT)

    @classmethod
    async def open(cls, app: App, owner: Unlocked | None = None) -> "TuningDesk":
        """Create the project, and begin to look for runs."""
        owner = owner or await app.people.owner()
        log = await app.studio.projects.create(owner, "Front desk")
        file = io.BytesIO(as_lines(requests(60)))
        await app.studio.add_file(owner, log.project.id, "desk.jsonl", file, ReadOptions())
        await app.studio.freeze_test(owner, log.project.id, 20)
        app.studio.runs.parts.poll_seconds, app.studio.runs.parts.grace_seconds = 0.02, 0.0
        app.studio.runs.start()
        return cls(app, owner, log.project.id)

    def script(self, script: dict[str, Any]) -> None:
        """Let the program behave so from its next start on."""
        self.app.studio.runs.parts.find_program = lambda: scripted(script)

    async def tune(self, **asked: Any) -> RunLog:
        """Start a run."""
        return await self.app.studio.tune(self.owner, self.project, TuneRequest(**asked))

    async def until(self, log: RunLog, holds: Callable[[RunState], bool]) -> RunState:
        """Return the state of a run once something holds of it."""
        async with asyncio.timeout(patient(30)):
            while not holds(log.state):
                await log.wait_for_change(0.2)
                await log.refresh()
        return log.state

    async def over(self, log: RunLog) -> RunState:
        """Return the state of a run once it's over, and nothing is left to do for it."""
        await self.until(log, lambda state: state.is_over)
        async with asyncio.timeout(patient(30)):
            while await self.app.studio.runs.parts.table.find(log.id) is not None:
                await log.wait_for_change(0.02)
        return log.state

    def files(self, log: RunLog) -> set[str]:
        """Return the names of the files in a run's folder."""
        root = self.app.studio.runs.folder_of(log).path
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


async def another_person(app: App) -> Unlocked:
    """Return somebody who joined this Tau."""
    token = await app.people.invitations.invite(await app.people.owner())
    _, other = await app.people.invitations.accept(token, "Grace", "a good password 42", "test")
    return other


def at_step(step: int) -> Callable[[RunState], bool]:
    """Return whether a run has done a step."""
    return lambda state: step in state.progress.steps
