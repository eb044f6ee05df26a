"""Downloads of models as background jobs."""

import asyncio
import logging
import time
from collections.abc import Sequence

import msgspec

from tau.errors import TauError
from tau.jobs.job import Job
from tau.jobs.runner import JobRunner
from tau.models.models import Models

KIND = "download"
_AUTOMATIC = msgspec.Raw(b'{"automatic":true}')
"""Details of a download that nobody asked for: each start decides anew whether it is wanted."""
RETRY_SECONDS = (60, 300, 900, *[3600] * 24)
"""How long after each failure a download that nobody asked for is tried again; then no more."""
_STOPPED = "The download was stopped; start it again to continue."
_log = logging.getLogger(__name__)


class DownloadJobs:
    """Starts downloads of models and reports their progress."""

    def __init__(
        self, runner: JobRunner, models: Models, retry_seconds: Sequence[float] = RETRY_SECONDS
    ) -> None:
        self._runner = runner
        self._models = models
        self._retry_seconds = retry_seconds
        self._failures: dict[str, int] = {}

    def start(self, name: str) -> Job:
        """Start to download a model, or return the download that runs. Raises `UnknownModel`."""
        job = self.latest(name)
        if job is None or job.state != "running":
            job = self._start(Job(kind=KIND, subject=name, created_at=time.time()))
        return job

    async def start_better(self) -> Job | None:
        """Start to download the better built-in model, if there is one to use on this machine."""
        return self._start_automatic(await self._models.wanted_builtin())

    async def start_embedder(self) -> Job | None:
        """Start to download the built-in embedder where its predecessor is in use."""
        return self._start_automatic(await self._models.wanted_embedder())

    def _start_automatic(self, name: str | None) -> Job | None:
        if name is None:
            return None
        running = self.latest(name)
        if running is not None and running.state == "running":
            return running
        return self._start(_automatic(name))

    def latest(self, name: str) -> Job | None:
        """Return the newest download of a model since Tau started. Raises `UnknownModel`."""
        self._models.aliases.names_for(name)
        return self._latest(name)

    def _latest(self, name: str) -> Job | None:
        return next((job for job in self._runner.jobs(KIND) if job.subject == name), None)

    async def resume(self) -> None:
        """Resume the downloads that were running when Tau stopped, from their partial files."""
        try:
            for job in await self._runner.interrupted(KIND):
                try:
                    known = self.latest(job.subject)
                except TauError:  # the model is gone
                    known = job
                if known is None and job.details != _AUTOMATIC:
                    self._start(msgspec.structs.replace(job, done=0, total=0))
                else:
                    await self._runner.remove(job)
        except TauError as error:
            _log.warning("no downloads were resumed: %s", type(error).__name__)

    def _start(self, job: Job) -> Job:
        return self._runner.start(job, self._pull, stopped=_STOPPED)

    async def _pull(self, job: Job) -> str:
        def progress(done: int, total: int) -> None:
            job.done, job.total = done, total
            self._runner.notify(job)

        try:
            await self._models.pull(job.subject, progress)
        except TauError:
            if job.details == _AUTOMATIC:
                self._plan_retry(job)
            raise
        self._failures.pop(job.subject, None)
        if await self._models.promote(job.subject):
            return f"{job.subject} is ready and answers from now on."
        return "The model is ready."

    def _plan_retry(self, failed: Job) -> None:
        """Try an automatic download again later: it goes on from what is there."""
        count = self._failures[failed.subject] = self._failures.get(failed.subject, 0) + 1
        if count <= len(self._retry_seconds):
            wait = self._retry_seconds[count - 1]
            asyncio.get_running_loop().call_later(wait, self._retry, failed)

    def _retry(self, failed: Job) -> None:
        if self._latest(failed.subject) is failed and not self._runner.is_closing:
            self._start(_automatic(failed.subject))


def _automatic(name: str) -> Job:
    return Job(kind=KIND, subject=name, created_at=time.time(), details=_AUTOMATIC)
