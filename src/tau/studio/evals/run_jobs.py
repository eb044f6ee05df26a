"""Runs of evals as background jobs: a few at a time, the others wait in their order."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from tau.errors import UNEXPECTED, TauError, TooManyRequests
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.life.life import LifeListener
from tau.people import Unlocked
from tau.storage.sealing import SecretBox
from tau.studio.evals.eval_events import EvalRunEnded, RunEnd
from tau.studio.evals.eval_logs import EvalLog
from tau.studio.evals.eval_state import EvalRun
from tau.studio.evals.output_item import RunFigures
from tau.studio.evals.running import EvalRunner

KIND = "eval run"
MAX_WAITING = 20
"""Runs of one person that wait or run."""
_AT_A_TIME = 2
_STOPPED = "The run was canceled."
INTERRUPTED = "Tau stopped before the run was finished. Start it again."


@dataclass
class _ActiveRun:
    """A run that waits or runs in this process."""

    job: Job
    runner: EvalRunner
    has_begun: bool = False


class EvalRunJobs(LifeListener):
    """Starts runs and reports how far they are; their results are in their logs."""

    def __init__(self, runner: JobRunner) -> None:
        self._jobs = runner
        self._turns = asyncio.Semaphore(_AT_A_TIME)
        self._active: dict[str, _ActiveRun] = {}
        self._recovered: set[str] = set()

    def start(self, unlocked: Unlocked, log: EvalLog, run: EvalRun, work: EvalRunner) -> None:
        """Start a run that was written down."""
        job = Job(
            kind=KIND, owner=unlocked.person.id, subject=run.created.name, created_at=time.time()
        )
        active = self._active[run.id] = _ActiveRun(job, work)

        async def do(job: Job) -> str:
            async with self._turns:
                active.has_begun = True
                await _run_to_end(log, run.id, work, self._progress(job))
            return ""

        self._jobs.start(job, do, stopped=_STOPPED, box=SecretBox(unlocked.data_key))

    def require_room(self, unlocked: Unlocked) -> None:
        """Raise `TooManyRequests` if too many runs of this person wait."""
        owner = unlocked.person.id
        self._forget_ended()
        waiting = sum(each.job.owner == owner for each in self._active.values())
        if waiting >= MAX_WAITING:
            raise TooManyRequests(f"{waiting} runs are waiting. Try again later.", 30.0)

    def progress_of(self, run: EvalRun) -> tuple[bool, RunFigures] | None:
        """Return whether a run has begun, and its figures; `None` if it isn't active here."""
        self._forget_ended()
        active = self._active.get(run.id)
        return None if active is None else (active.has_begun, active.runner.figures)

    async def stop(self, run: EvalRun) -> RunFigures | None:
        """Stop a run and return its figures; `None` if it isn't active here."""
        self._forget_ended()
        active = self._active.get(run.id)
        if active is None:
            return None
        await self._jobs.stop(active.job)
        return active.runner.figures

    async def recover(self, unlocked: Unlocked, log: EvalLog) -> None:
        """Write down once that runs were cut off when Tau stopped."""
        person = unlocked.person.id
        if person in self._recovered:
            return
        self._recovered.add(person)
        box = SecretBox(unlocked.data_key)
        await self._jobs.remove(*await self._jobs.interrupted(KIND, person, box))
        for each in log.state.evals.values():
            for run in each.runs.values():
                if run.ended is None and run.id not in self._active:
                    figures = RunFigures(total=run.created.total)
                    await log.append(ended(run.id, "failed", figures, "interrupted", INTERRUPTED))

    async def removed(self, person: str) -> None:
        """Stop what runs for a person who is being removed."""
        await self._jobs.remove(*self._jobs.jobs(KIND, person))

    def _progress(self, job: Job) -> Callable[[int, int], None]:
        def report(done: int, total: int) -> None:
            job.done, job.total = done, total

        return report

    def _forget_ended(self) -> None:
        over = [each for each, active in self._active.items() if active.job.state != "running"]
        for run_id in over:
            del self._active[run_id]


def ended(
    run_id: str, status: RunEnd, figures: RunFigures, code: str = "", sentence: str = ""
) -> EvalRunEnded:
    """Return the event of a run's end."""
    return EvalRunEnded(
        at=time.time(), id=run_id, status=status, figures=figures, error_code=code, error=sentence
    )


async def _run_to_end(
    log: EvalLog, run_id: str, work: EvalRunner, progress: Callable[[int, int], None]
) -> None:
    """Do a run and write down how it ended, unless it's stopped."""
    try:
        figures = await work.run(progress)
    except TauError as error:
        await log.append(ended(run_id, "failed", work.figures, error.code, str(error)))
        raise
    except Exception:  # the boundary of a run: written down as its end, and raised
        await log.append(ended(run_id, "failed", work.figures, "internal", UNEXPECTED))
        raise
    await log.append(ended(run_id, "completed", figures))
