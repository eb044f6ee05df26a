"""Imports: brought by one request, written behind it, watched by others.

An uploaded file lies in Tau's home, readable by Tau alone and under no name, so that nothing of it
is left when it was read or when Tau ends.
"""

import asyncio
import errno
import logging
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Literal

import anyio.to_thread

from tau.companion.companion import Companion
from tau.companion.importing import Progress, import_file
from tau.companion.life import Life
from tau.companion.tally import Report
from tau.errors import BadInput, Conflict, NotFound, StoreFull, TauError
from tau.ids import new_id
from tau.server.errors import UNEXPECTED

log = logging.getLogger(__name__)

_BUFFER_BYTES = 1 << 20
_STOPPED = "It was stopped; bring the file again to go on."
_MOST_REMEMBERED = 20  # of one person, once they are over

State = Literal["running", "done", "stopped", "failed"]


@dataclass(slots=True, kw_only=True)
class Bringing:
    """One import that was asked for here, and how far it is."""

    id: str
    name: str
    began_at: float
    dry_run: bool
    state: State = "running"
    sentence: str = ""
    progress: Progress = field(default_factory=lambda: Progress(0, 0, 0, 0, 0, 0))
    report: Report | None = None


class Imports:
    """The imports that were asked for; each goes on whoever watches."""

    def __init__(self, companion: Companion, home: Path) -> None:
        self._companion = companion
        self._home = home
        self._known: dict[str, dict[str, Bringing]] = {}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}

    async def receive(self, pieces: AsyncIterator[bytes]) -> BinaryIO:
        """Return an upload as a file without a name. Raises `BadInput` and `StoreFull`."""
        file: BinaryIO = await anyio.to_thread.run_sync(self._nameless)
        try:
            buffer = bytearray()
            async for piece in pieces:
                buffer += piece
                if len(buffer) >= _BUFFER_BYTES:
                    await anyio.to_thread.run_sync(file.write, bytes(buffer))
                    buffer.clear()
            await anyio.to_thread.run_sync(file.write, bytes(buffer))
        except OSError as error:
            file.close()
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StoreFull("The disk has no room for this file.") from error
            raise BadInput("This file could not be received.") from error
        except BaseException:
            file.close()
            raise
        return file

    def start(
        self,
        life: Life,
        file: BinaryIO,
        name: str,
        *,
        trust: bool,
        forgotten: bool = False,
        dry_run: bool,
    ) -> Bringing:
        """Begin to read a file, which is closed in the end. Raises `Conflict` if one is read."""
        person = life.person
        if any(running == person for running, _ in self._tasks):
            file.close()
            raise Conflict("Another file of yours is being read; wait for it, or stop it.")
        bringing = Bringing(id=new_id(), name=name, began_at=time.time(), dry_run=dry_run)
        known = self._known.setdefault(person, {})
        known[bringing.id] = bringing
        while len(known) > _MOST_REMEMBERED:
            del known[next(iter(known))]
        run = self._run(life, file, bringing, trust=trust, forgotten=forgotten)
        task = asyncio.create_task(run)
        self._tasks[person, bringing.id] = task

        def over(_: asyncio.Task[None]) -> None:
            del self._tasks[person, bringing.id]
            file.close()
            if bringing.state == "running":  # stopped before it began
                bringing.state, bringing.sentence = "stopped", _STOPPED

        task.add_done_callback(over)
        return bringing

    def of(self, person: str) -> list[Bringing]:
        """Return the imports that a person asked for since Tau was started, newest first."""
        return list(reversed(self._known.get(person, {}).values()))

    def written_as(self, person: str, import_id: str) -> str:
        """Return how the journal names an import: another name where it went on with an older."""
        asked = self._known.get(person, {}).get(import_id)
        report = asked.report if asked else None
        return (report.id if report else None) or import_id

    async def stop(self, person: str, import_id: str) -> Bringing:
        """Stop an import; what it wrote stays. Raises `NotFound`, `Conflict` if it is over."""
        bringing = self._known.get(person, {}).get(import_id)
        if bringing is None:
            raise NotFound("There is no such import.")
        if bringing.state != "running":
            raise Conflict("This import is over.")
        await self._end([self._tasks[person, import_id]])
        return bringing

    async def leave(self, person: str) -> None:
        """Stop and forget the imports of a person, as when they are removed."""
        await self._end([task for (whose, _), task in self._tasks.items() if whose == person])
        self._known.pop(person, None)

    async def close(self) -> None:
        """Stop all imports; they go on where they were when the files are brought again."""
        await self._end(list(self._tasks.values()))

    async def _run(
        self, life: Life, file: BinaryIO, bringing: Bringing, *, trust: bool, forgotten: bool
    ) -> None:
        def watch(progress: Progress) -> None:
            bringing.progress = progress

        try:
            bringing.report = await import_file(
                life,
                file,
                bringing.name,
                trust=trust,
                forgotten=forgotten,
                dry_run=bringing.dry_run,
                progress=watch,
                import_id=bringing.id,
            )
            bringing.state = "done"
        except asyncio.CancelledError:
            bringing.state, bringing.sentence = "stopped", _STOPPED
            raise
        except TauError as error:
            bringing.state, bringing.sentence = "failed", str(error)
        except Exception as error:  # noqa: BLE001 - the boundary of a job: recorded, and told
            # Its text is left out: it may quote what was said.
            log.error("an import failed: %s", type(error).__name__)  # noqa: TRY400
            bringing.state, bringing.sentence = "failed", UNEXPECTED
        finally:
            if not bringing.dry_run:
                self._companion.remember_soon(life)

    def _nameless(self) -> BinaryIO:
        try:
            return tempfile.TemporaryFile(dir=self._home)
        except OSError as error:
            raise BadInput("There is no place to receive a file in.") from error

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
