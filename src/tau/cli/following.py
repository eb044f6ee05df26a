"""Following a comparison in the terminal until it ends."""

import asyncio
from contextlib import suppress

from tau.cli.progress import step_progress
from tau.cli.terminal import console
from tau.client.client import Client
from tau.errors import TauError
from tau.server.schemas.studio import ComparisonJobOut, ComparisonOut

_POLL_SECONDS = 0.3


async def follow_comparison(client: Client, project: str, job: ComparisonJobOut) -> ComparisonOut:
    """Show the progress of a comparison until it ends, and return its result.

    It's stopped if the command is.
    """
    try:
        with step_progress("Comparing", "answers", console(stderr=True)) as watch:
            while job.state == "running":
                watch(job.done, job.total)
                await asyncio.sleep(_POLL_SECONDS)
                listed = await client.studio.comparisons(project)
                job = next(each for each in listed.jobs if each.id == job.id)
            watch(job.done, job.total)
    except asyncio.CancelledError:
        with suppress(TauError):  # it may be over by now
            await client.studio.stop(project, job.id)
        raise
    if job.state != "done":
        raise TauError(job.sentence)
    listed = await client.studio.comparisons(project)
    return next(each for each in listed.comparisons if each.id == job.comparison)
