"""The better built-in model, which is downloaded while people chat, as the terminal reports it."""

from collections.abc import Callable

from tau.app import App
from tau.cli.terminal import format_size
from tau.jobs.downloads import DownloadJobs
from tau.jobs.job import Job

_STEPS = 4  # lines of progress: after each quarter


async def begin(app: App, say: Callable[[str], None]) -> None:
    """Start to download the better built-in model if it fits this machine; `say` how it goes.

    The small one answers meanwhile, and goes on if the download fails. The same for the embedder,
    of which nothing is said: nobody has to wait for it.
    """
    downloads = DownloadJobs(app.jobs, app.models)
    await downloads.start_embedder()
    job = await downloads.start_better()
    if job is None:
        return
    size = format_size(app.models.directory.backend(job.subject).info.bytes)
    say(f"Downloading a better model, {job.subject} ({size}), while the small one answers.")
    report = ProgressReport(job, say)
    app.jobs.listeners.append(report)
    report(job)


class ProgressReport:
    """Says how far a download is: a line for each quarter, for its first failure and its end."""

    def __init__(self, job: Job, say: Callable[[str], None]) -> None:
        self._job = job
        self._say = say
        self._reached = 0
        self._failed = False
        self._ended = False

    def __call__(self, job: Job) -> None:
        """Look at a job that changed."""
        if self._ended or (job.kind, job.subject) != (self._job.kind, self._job.subject):
            return
        reached = job.done * _STEPS // job.total if job.total else 0
        if job.state == "running" and self._reached < reached < _STEPS:
            self._reached = reached
            self._say(f"{job.subject}: {100 * reached // _STEPS} % downloaded.")
        if job.state == "done":
            self._ended = True
            self._say(job.message)
        if job.state == "failed" and not self._failed:  # once, however often it is tried again
            self._failed = True
            self._say(_failure(job))


def _failure(job: Job) -> str:
    return (
        f"The better model can't be used yet. {job.message} The small one goes on answering, and "
        "Tau tries again later."
    )
