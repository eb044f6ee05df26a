"""The file with the figures of a job: written when its person first sees that it succeeded.

Files are sealed with the person's key, which isn't there when a job ends at night.
"""

import time
from collections.abc import AsyncIterator, Callable, Sequence

from tau.people import Unlocked
from tau.studio.files.files import StudioFiles
from tau.studio.tuning.log_events import ResultsWritten, RunLogEvent
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_state import RunState

PURPOSE = "fine-tune-results"
FILENAME = "step_metrics.csv"


async def result_file(
    files: StudioFiles, unlocked: Unlocked, log: RunLog, content: Callable[[], bytes]
) -> str:
    """Return the id of the file with a job's results, which is written once.

    One that a person deleted stays deleted.
    """
    if known := _written(log.state):
        return known
    async with files.receive(_pieces(content())) as received:
        record = await files.keep(unlocked, received, FILENAME, PURPOSE)

    def decide(state: RunState) -> Sequence[RunLogEvent]:
        return [] if _written(state) else [ResultsWritten(at=time.time(), file=record.id)]

    await log.decide(decide)
    known = _written(log.state)
    if known != record.id:  # another request was faster
        await files.remove(unlocked, record.id)
    return known


def _written(state: RunState) -> str:
    entries = (event for _, event in state.entries if isinstance(event, ResultsWritten))
    return next((each.file for each in entries), "")


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content
