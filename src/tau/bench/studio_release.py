"""Release benchmark: how long a release and a rollback take, and whether any request fails.

A classifier on the scripted embedder is released, given a share, and rolled back again and again
while callers ask for the alias. What is measured is Tau's part, without loading a base.
"""

import asyncio
import io
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tau.app import App, open_app
from tau.bench import machine
from tau.bench.percentiles import percentile
from tau.bench.progress import Progress
from tau.errors import TauError
from tau.jobs.job import Job
from tau.models.caller import Caller, current_caller
from tau.people import Unlocked
from tau.settings import Settings
from tau.studio.examples.read_context import ReadOptions
from tau.studio.releases.release_events import AnswersReviewed
from tau.studio.serving.keeping import keep_method

REQUESTS_A_SECOND = 20
LONGEST_SECONDS = 1.0
"""Aim for a release and for a rollback."""
_ALIAS = "desk"
_WORDS = {"refunds": "refund", "deliveries": "parcel", "accounts": "password"}
_FORMS = ("where is my {0} {1}", "a question about the {0} {1}", "{1} times I asked for a {0}")
_EXAMPLES, _TEST = 120, 30
_CALLERS = 50
_PAUSE_SECONDS = 0.1


async def measure(moves: int, progress: Progress) -> dict[str, Any]:
    """Return the times of releases and rollbacks, and the requests that were asked meanwhile."""
    with tempfile.TemporaryDirectory(prefix="tau-bench-") as folder:
        settings = Settings(home=Path(folder), model="scripted", embedder="scripted-embedder")
        async with open_app(settings, environ={}) as app:
            progress("A project with two models ...")
            bench = await _ReleaseBench.prepare(app)
            progress(f"{moves} releases, shares and rollbacks under requests ...")
            figures = await bench.run(moves)
    return {**figures, "machine": machine.describe()}


class _ReleaseBench:
    """A project with two models, the first of them released."""

    def __init__(self, app: App, owner: Unlocked, project: str, models: list[str]) -> None:
        self._releases = app.studio.releases
        self._app = app
        self._owner = owner
        self._project = project
        self._models = models
        self._answered: list[float] = []
        self._failed = 0

    @classmethod
    async def prepare(cls, app: App) -> "_ReleaseBench":
        owner = await app.people.owner()
        log = await app.studio.projects.create(owner, "Bench")
        project = log.project.id
        await app.studio.add_file(owner, project, "b.jsonl", io.BytesIO(_lines()), ReadOptions())
        await app.studio.freeze_test(owner, project, _TEST)
        job = await app.studio.compare(owner, project, methods=["baseline", "classifier"])
        await _ended(app, job)
        models = []
        for suffix in ("first", "second"):
            runs = app.studio.served.runs
            model = await keep_method(owner, log.project, runs, app.models, "classifier", suffix)
            read = AnswersReviewed(at=1.0, model=model.name, examples=tuple(log.project.test_ids))
            await log.append(read)
            models.append(model.name)
        await app.studio.releases.release(owner, project, models[0], _ALIAS)
        return cls(app, owner, project, models)

    async def run(self, moves: int) -> dict[str, Any]:
        """Release and roll back `moves` times while callers ask."""
        done = asyncio.Event()
        asking = asyncio.create_task(self._ask(done))
        steps: dict[str, Callable[[], Awaitable[object]]] = {
            "share": lambda: self._release(20),
            "release": lambda: self._release(0),
            "rollback": self._roll_back,
        }
        times: dict[str, list[float]] = {name: [] for name in steps}
        for _ in range(moves):
            for name, step in steps.items():
                times[name].append(await _seconds(step))
                await asyncio.sleep(_PAUSE_SECONDS)
        done.set()
        await asking
        longest = {name: round(max(values), 4) for name, values in times.items()}
        return {
            "moves": 3 * moves,
            "longest_seconds": longest,
            "requests": len(self._answered) + self._failed,
            "failed": self._failed,
            "request_seconds": {
                "p50": round(percentile(self._answered, 50), 4),
                "p99": round(percentile(self._answered, 99), 4),
            },
            "passed": not self._failed and max(longest.values()) <= LONGEST_SECONDS,
        }

    async def _release(self, share: int) -> object:
        return await self._releases.release(
            self._owner, self._project, self._models[1], _ALIAS, share
        )

    async def _roll_back(self) -> object:
        return await self._releases.roll_back(self._owner, _ALIAS)

    async def _ask(self, done: asyncio.Event) -> None:
        """Ask at a steady rate, each time as another caller."""
        began, number = time.perf_counter(), 0
        while not done.is_set():
            await self._ask_once(f"person-{number % _CALLERS}")
            number += 1
            wait = began + number / REQUESTS_A_SECOND - time.perf_counter()
            await asyncio.sleep(max(0.0, wait))

    async def _ask_once(self, person: str) -> None:
        current_caller.set(Caller(person))
        asked = {"messages": [{"role": "user", "content": "where is my parcel"}]}
        try:
            self._answered.append(await _seconds(lambda: self._app.models.complete(_ALIAS, asked)))
        except TauError:
            self._failed += 1


async def _ended(app: App, job: Job) -> None:
    """Wait until a job is over."""
    over = asyncio.Event()

    def listen(_: Job) -> None:
        if job.state != "running":
            over.set()

    app.jobs.listeners.append(listen)
    listen(job)
    await over.wait()


async def _seconds(act: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await act()
    return time.perf_counter() - began


def _lines() -> bytes:
    """Return a task that a classifier can do, as JSON Lines."""
    made = []
    for number in range(_EXAMPLES):
        desk = list(_WORDS)[number % len(_WORDS)]
        asked = _FORMS[number // 3 % len(_FORMS)].format(_WORDS[desk], number)
        messages = [
            {"role": "user", "content": asked},
            {"role": "assistant", "content": desk},
        ]
        made.append(json.dumps({"messages": messages}))
    return "\n".join(made).encode()
