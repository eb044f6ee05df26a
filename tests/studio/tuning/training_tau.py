"""A Tau in a process of its own that works on its runs until it's killed: `training_tau.py HOME`.

The variable SCRIPT says how the training program behaves.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from tau.app import open_app
from tau.settings import Settings
from tests.studio.tuning.made_runs import scripted


async def main(home: Path) -> None:
    """Work on the runs."""
    settings = Settings(home=home, model="scripted", embedder="scripted-embedder")
    async with open_app(settings, environ={}) as app:
        script = json.loads(os.environ["SCRIPT"])
        app.studio.runs.parts.find_program = lambda: scripted(script)
        app.studio.runs.parts.poll_seconds = 0.02
        app.studio.runs.start()
        app.studio.runs.wake()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
