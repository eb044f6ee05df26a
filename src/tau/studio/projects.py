"""The projects of everybody: created, listed, opened and removed."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from tau.errors import BadInput, NotFound
from tau.journal.store import Store
from tau.people import Unlocked
from tau.storage.database import Database
from tau.studio.events import ProjectNamed
from tau.studio.project import Project
from tau.studio.project_log import ProjectLog
from tau.studio.sealed_logs import SealedLogs
from tau.text.labels import as_line

MAX_NAME_CHARACTERS = 100
FirstOpening = Callable[[Unlocked, ProjectLog], Awaitable[None]]
_NO_PROJECT = "There is no such project."


class Projects:
    """The studio's projects in one database. Close it before the database."""

    def __init__(self, database: Database, idle_seconds: float) -> None:
        self._store = Store(database)
        self._logs = SealedLogs(
            database,
            self._store,
            "project",
            ProjectLog.open,
            idle_seconds=idle_seconds,
            missing=_NO_PROJECT,
        )
        self._naming = asyncio.Lock()
        self.on_first_open: FirstOpening | None = None
        """Is called when a project is opened for the first time in this process."""
        self._opened: set[str] = set()

    async def create(self, unlocked: Unlocked, name: str) -> ProjectLog:
        """Create a project. Raises `BadInput` if the name is empty, too long or in use."""
        async with self._naming:
            cleaned = await self._free_name(unlocked, name)
            _, log = await self._logs.create(unlocked)
            await log.append(ProjectNamed(at=time.time(), name=cleaned))
        return log

    async def rename(self, unlocked: Unlocked, project_id: str, name: str) -> ProjectLog:
        """Rename a project. Raises `NotFound`, and `BadInput` as `create` does."""
        log = await self.open(unlocked, project_id)
        async with self._naming:
            cleaned = await self._free_name(unlocked, name, except_for=project_id)
            await log.append(ProjectNamed(at=time.time(), name=cleaned))
        return log

    async def all(self, unlocked: Unlocked) -> list[Project]:
        """Return the projects of a person, the one that changed last first."""
        logs = [await self.open(unlocked, each) for each in await self._logs.ids(unlocked)]
        return sorted((log.project for log in logs), key=lambda one: -one.changed_at)

    async def find(self, unlocked: Unlocked, name: str) -> ProjectLog:
        """Return the project with this name or id. Raises `NotFound`."""
        projects = await self.all(unlocked)
        for each in projects:
            if name in {each.id, each.name} or each.name.casefold() == name.strip().casefold():
                return await self.open(unlocked, each.id)
        raise NotFound(_NO_PROJECT)

    async def open(self, unlocked: Unlocked, project_id: str) -> ProjectLog:
        """Return a project of this person, up to date. Raises `NotFound` for anybody else's."""
        log = await self._logs.open(unlocked, project_id)
        if self.on_first_open is not None and project_id not in self._opened:
            self._opened.add(project_id)
            await self.on_first_open(unlocked, log)
        return log

    async def remove(self, unlocked: Unlocked, project_id: str) -> None:
        """Erase a project for good. Raises `NotFound`."""
        await self.open(unlocked, project_id)
        await self._logs.remove(unlocked, project_id)

    async def close(self) -> None:
        """Finish what is being written."""
        self._logs.drop()
        await self._store.close()

    async def _free_name(
        self, unlocked: Unlocked, name: str, *, except_for: str | None = None
    ) -> str:
        cleaned = as_line(name)
        if not cleaned:
            raise BadInput("A project needs a name.")
        if len(cleaned) > MAX_NAME_CHARACTERS:
            raise BadInput(f"A project's name has at most {MAX_NAME_CHARACTERS} characters.")
        for each in await self.all(unlocked):
            if each.name.casefold() == cleaned.casefold() and each.id != except_for:
                raise BadInput("You already have a project with this name.")
        return cleaned
