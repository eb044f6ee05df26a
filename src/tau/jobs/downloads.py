"""Downloads of models: asked for by one request, watched by others."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Literal

from tau.errors import UNEXPECTED, TauError
from tau.models import Models

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Download:
    """The progress of a model's download; `none` if none was started."""

    name: str
    state: Literal["none", "running", "done", "failed"]
    bytes_done: int = 0
    bytes_total: int = 0
    sentence: str = ""


class Downloads:
    """The downloads that were asked for; each goes on whoever watches."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._downloads: dict[str, Download] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, name: str) -> Download:
        """Begin to download a model; one that is under way already goes on. `UnknownModel`."""
        self._models.names_for(name)
        if name not in self._tasks:
            self._downloads[name] = Download(
                name=name, state="running", bytes_done=0, bytes_total=0, sentence=""
            )
            self._tasks[name] = asyncio.create_task(self._run(name))
        return self._downloads[name]

    def progress_of(self, name: str) -> Download:
        """Return how far a download is; `none` if none was asked for. Raises `UnknownModel`."""
        self._models.names_for(name)
        nothing = Download(name=name, state="none", bytes_done=0, bytes_total=0, sentence="")
        return self._downloads.get(name, nothing)

    async def _run(self, name: str) -> None:
        download = self._downloads[name]

        def progress(done: int, total: int) -> None:
            download.bytes_done, download.bytes_total = done, total

        try:
            await self._models.pull(name, progress)
            download.state, download.sentence = "done", "The model is ready."
        except TauError as error:
            download.state, download.sentence = "failed", str(error)
        except Exception:  # the boundary of a job: recorded, and told to who watches
            log.exception("A download failed")
            download.state, download.sentence = "failed", UNEXPECTED
        finally:
            del self._tasks[name]

    async def close(self) -> None:
        """Stop all downloads; they resume where they were when asked for again."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
