"""What working on runs needs: where they are, what trains them, and what follows."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from tau.models import Models
from tau.models.locks import locked
from tau.people import Unlocked
from tau.studio.sealed_logs import SealedLogs
from tau.studio.tuning.base_hashes import BaseHashes
from tau.studio.tuning.job_table import JobTable
from tau.studio.tuning.run_folder import RunFolder
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.worker_process import FindProgram

AfterMade = Callable[[RunLog, RunFolder], Awaitable[None]]
"""Called when a run has succeeded, before its row is deleted; perhaps once more after a crash."""


@dataclass
class RunParts:
    """What working on runs needs."""

    logs: SealedLogs[RunLog]
    table: JobTable
    models: Models
    models_path: Path
    root: Path
    """The folder of all runs."""
    find_program: FindProgram
    hashes: BaseHashes
    after_made: list[AfterMade] = field(default_factory=list)
    grace_seconds: float = 2.0
    """From a new run to its start: a command that ends at once leaves it to a Tau that runs."""
    poll_seconds: float = 0.25
    """Between two looks at what the program reports, at first; they become rarer."""

    @property
    def measured(self) -> Path:
        """The folder of what is measured now; whoever holds the machine's lock may use it."""
        return self.root.with_name("measured")

    def folders_lock(self, *, shared: bool) -> AbstractAsyncContextManager[None]:
        """Hold the lock of the runs' folders. Raises `OSError`.

        Whoever creates a run shares it until the run's log names the folder; whoever deletes
        folders that no log names holds it alone. The kernel takes it from a process that's killed.
        """
        self.root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return locked(self.root.with_suffix(".lock"), shared=shared)

    async def create_log(self, unlocked: Unlocked) -> RunLog:
        """Create an empty log for a run."""
        return (await self.logs.create(unlocked))[1]

    def folder_of(self, log: RunLog) -> RunFolder:
        """Return the folder of a run."""
        return RunFolder(self.root / log.id, log.folder_key)
