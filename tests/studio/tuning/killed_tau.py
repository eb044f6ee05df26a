"""A Tau that is killed when a run's folder is there and its log is to be written.

killed_tau.py HOME PROJECT tune|render
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from tau.app import open_app
from tau.settings import Settings
from tau.studio.places.placed_runs import Placing
from tau.studio.tuning.run_creation import TuneRequest
from tau.studio.tuning.run_log import RunLog
from tests.studio.places.made_places import PLACE
from tests.studio.tuning.made_runs import SHORT, scripted


async def _killed(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main(home: Path, project: str, way: str) -> None:
    """Create a run."""
    settings = Settings(home=home, model="scripted", embedder="scripted-embedder")
    async with open_app(settings, environ={}) as app:
        app.studio.runs.parts.find_program = lambda: scripted(SHORT)
        RunLog.decide = RunLog.append = _killed  # type: ignore[assignment, method-assign]
        owner = await app.people.owner()
        if way == "tune":
            await app.studio.tune(owner, project, TuneRequest())
        else:
            placing = Placing(PLACE, "slurm", sealed=True)
            await app.studio.render_run(owner, project, TuneRequest(), placing)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
