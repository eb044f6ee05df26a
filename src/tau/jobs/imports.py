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
import msgspec

from tau.companion.companion import Companion
from tau.errors import UNEXPECTED, BadInput, Conflict, NotFound, StoreFull, TauError
from tau.ids import new_id
from tau.life.life import Life
from tau.transfer.importing import Progress, import_file
from tau.transfer.report import Report

log = logging.getLogger(__name__)

_BUFFER_BYTES = 1 << 20
_STOPPED = "It was stopped; bring the file again to go on."
_MOST_REMEMBERED = 20  # of one person, once they are over
HELD_SECONDS = 15 * 60.0
"""How long the file of a dry run is held, so that it can be taken without being sent again."""
_NO_IMPORT = "There is no such import."

State = Literal["running", "done", "stopped", "failed"]


@dataclass(slots=True, kw_only=True)
class Bringing:
    """One import that was asked for here, and how far it is."""

    id: str
    name: str
    began_at: float
    dry_run: bool
    trust: bool
    forgotten: bool
    state: State = "running"
    sentence: str = ""
    progress: Progress = field(default_factory=lambda: Progress(0, 0, 0, 0, 0, 0))
    report: Report | None = None


@dataclass(slots=True)
class _Held:
    """The file of a person's last dry run, until `expiry`."""

    bringing: Bringing
    file: BinaryIO
    expiry: asyncio.TimerHandle


def _hush(bringing: Bringing) -> None:
    """Keep the counts of a report, and none of the words in it."""
    if bringing.report is not None:
        bringing.report = msgspec.structs.replace(bringing.report, skipped=(), notes=(), learned=())


class Imports:
    """The imports that were asked for; each goes on whoever watches."""

    def __init__(self, companion: Companion, home: Path) -> None:
        self._companion = companion
        self._home = home
        self._known: dict[str, dict[str, Bringing]] = {}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._held: dict[str, _Held] = {}
        companion.on_put_away = self.hush

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
        """Begin to read a file, which is closed in the end. Raises `Conflict` if one is read.

        That of a dry run is held for a while, until another file comes: see `take`.
        """
        person = life.person
        if any(whose == person and not task.done() for (whose, _), task in self._tasks.items()):
            file.close()
            raise Conflict("Another file of yours is being read; wait for it, or stop it.")
        self._let_go(person)
        bringing = Bringing(
            id=new_id(),
            name=name,
            began_at=time.time(),
            dry_run=dry_run,
            trust=trust,
            forgotten=forgotten,
        )
        known = self._known.setdefault(person, {})
        known[bringing.id] = bringing
        while len(known) > _MOST_REMEMBERED:
            del known[next(iter(known))]
        task = asyncio.create_task(self._run(life, file, bringing))
        self._tasks[person, bringing.id] = task

        def over(_: asyncio.Task[None]) -> None:
            del self._tasks[person, bringing.id]
            if not (dry_run and bringing.state == "done"):  # then it is held, or was taken
                file.close()
            if bringing.state == "running":  # stopped before it began
                bringing.state, bringing.sentence = "stopped", _STOPPED

        task.add_done_callback(over)
        return bringing

    def take(
        self,
        life: Life,
        import_id: str,
        *,
        trust: bool | None = None,
        forgotten: bool | None = None,
    ) -> Bringing:
        """Bring the file of a dry run for real; what is not said is as it was for the dry run.

        Raises `NotFound`, and `Conflict` where the file is not held (any more).
        """
        bringing = self._known.get(life.person, {}).get(import_id)
        if bringing is None:
            raise NotFound(_NO_IMPORT)
        if not bringing.dry_run:
            raise Conflict("This was no dry run: what it could bring is here.")
        if bringing.state == "running":
            raise Conflict("This file is still being read; wait for the end of the dry run.")
        if not self.holds(life.person, import_id):
            raise Conflict("The file is not held any more; bring it again.")
        held = self._held.pop(life.person)
        held.expiry.cancel()
        held.file.seek(0)
        _hush(bringing)
        return self.start(
            life,
            held.file,
            bringing.name,
            trust=bringing.trust if trust is None else trust,
            forgotten=bringing.forgotten if forgotten is None else forgotten,
            dry_run=False,
        )

    def holds(self, person: str, import_id: str) -> bool:
        """Tell whether the file of a dry run is still held."""
        held = self._held.get(person)
        return held is not None and held.bringing.id == import_id

    def of(self, person: str) -> list[Bringing]:
        """Return the imports that a person asked for since Tau was started, newest first."""
        return list(reversed(self._known.get(person, {}).values()))

    def written_as(self, person: str, import_id: str) -> str:
        """Return how the journal names an import: another name where it went on with an older."""
        asked = self._known.get(person, {}).get(import_id)
        report = asked.report if asked else None
        return (report.id if report else None) or import_id

    def forgotten(self, person: str, written: str) -> None:
        """Tell no more of the import that the journal named `written`: all it brought is gone."""
        known = self._known.get(person, {})
        for name in [name for name in known if self.written_as(person, name) == written]:
            if known[name].state != "running":
                del known[name]

    def hush(self, person: str) -> None:
        """Keep no words of files that a person brought: they may tell what was just forgotten."""
        for bringing in self._known.get(person, {}).values():
            _hush(bringing)

    async def stop(self, person: str, import_id: str) -> Bringing:
        """Stop an import; what it wrote stays. The file of a dry run that is over is let go.

        Raises `NotFound`, `Conflict` if it is over and no file of it is held.
        """
        bringing = self._known.get(person, {}).get(import_id)
        if bringing is None:
            raise NotFound(_NO_IMPORT)
        if self.holds(person, import_id):
            self._let_go(person)
            _hush(bringing)
            return bringing
        if bringing.state != "running":
            raise Conflict("This import is over.")
        await self._end([self._tasks[person, import_id]])
        return bringing

    async def leave(self, person: str) -> None:
        """Stop and forget the imports of a person, as when they are removed."""
        await self._end([task for (whose, _), task in self._tasks.items() if whose == person])
        self._let_go(person)
        self._known.pop(person, None)

    async def close(self) -> None:
        """Stop all imports; they go on where they were when the files are brought again."""
        await self._end(list(self._tasks.values()))
        for person in list(self._held):
            self._let_go(person)

    async def _run(self, life: Life, file: BinaryIO, bringing: Bringing) -> None:
        def watch(progress: Progress) -> None:
            bringing.progress = progress

        try:
            bringing.report = await import_file(
                life,
                file,
                bringing.name,
                trust=bringing.trust,
                forgotten=bringing.forgotten,
                dry_run=bringing.dry_run,
                progress=watch,
                import_id=bringing.id,
            )
            if bringing.dry_run:
                self._hold(life.person, bringing, file)
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

    def _hold(self, person: str, bringing: Bringing, file: BinaryIO) -> None:
        expiry = asyncio.get_running_loop().call_later(HELD_SECONDS, self._let_go, person)
        self._held[person] = _Held(bringing, file, expiry)

    def _let_go(self, person: str) -> None:
        held = self._held.pop(person, None)
        if held is not None:
            held.expiry.cancel()
            held.file.close()

    def _nameless(self) -> BinaryIO:
        try:
            return tempfile.TemporaryFile(dir=self._home)
        except OSError as error:
            raise BadInput("There is no place to receive a file in.") from error

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
