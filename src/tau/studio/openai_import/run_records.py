"""Records of imported jobs, kept as runs that are over."""

import time
from typing import Any

from tau.people import Unlocked
from tau.studio.tuning.log_events import RunCreated, RunMoved
from tau.studio.tuning.runs import Runs


class RunRecords:
    """Keeps records of jobs among the runs. Implements `JobRecords`."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    async def has_record(self, unlocked: Unlocked, job_id: str) -> bool:
        """Return whether a job with this id, there, is kept."""
        for log in await self._runs.all(unlocked):
            created = log.state.created
            imported = created.job.get("imported") if created else None
            if imported and imported["job"]["id"] == job_id:
                return True
        return False

    async def record(self, unlocked: Unlocked, record: dict[str, Any]) -> None:
        """Keep the record of a job."""
        job, now = record["job"], time.time()
        log = await self._runs.parts.create_log(unlocked)
        await log.append(
            RunCreated(at=job["created_at"] or now, base=job["model"], job={"imported": record}),
            RunMoved(at=job["finished_at"] or now, status=job["status"]),
        )
