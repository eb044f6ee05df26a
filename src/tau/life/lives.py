"""Cache of opened lives: opened on demand, saved as they grow, unloaded when idle.

It knows nothing of turns, learning or jobs. They listen (`LifeListener`) and may keep a life open.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial

from tau.errors import NotFound, TauError, Unavailable
from tau.journal.store import SnapshotFence, Store
from tau.life.life import SNAPSHOT_AFTER, Life, LifeListener, QueryEmbedding
from tau.nodes.homes import Homes, fence_beside_nodes
from tau.people import Unlocked
from tau.settings import Settings
from tau.storage.database import Database

logger = logging.getLogger(__name__)

_MAINTENANCE_SECONDS = 15.0
_MOVING = "Your data is moving between Tau's servers; please try again."


class Lives:
    """The opened lives of a process. Close it, so that snapshots are saved."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        embed: QueryEmbedding,
        homes: Homes | None = None,
    ) -> None:
        """`homes` says whose home this process is, if several serve people."""
        self._store = Store(database)
        self._homes = homes
        self._fence_of = _fence_of(database, homes)
        self._settings = settings
        self._embed = embed
        self._lives: dict[str, Life] = {}
        self._listeners: list[LifeListener] = []
        self._open_locks: dict[str, asyncio.Lock] = {}
        self._removed: set[str] = set()
        self._unlocked: dict[str, Unlocked] = {}
        self._maintenance_task: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """Return how many lives are open."""
        return len(self._lives)

    def subscribe(self, listener: LifeListener) -> None:
        """Call `listener` whenever a life is opened, unloaded, removed or loses entries."""
        self._listeners.append(listener)

    async def open(self, unlocked: Unlocked) -> Life:
        """Return the life of a person, opened if it isn't.

        Raises `NotFound` once removed, and `Unavailable` if another node is the person's home.
        """
        person = unlocked.person.id
        life = self._lives.get(person)
        if life is not None and life.box.renew(unlocked.data_key, unlocked.earlier_keys):
            await self._store.drop_snapshot(person)  # it may lack what couldn't be read
            self._unload(person)
            life = None
        if life is None:
            async with self._open_locks.setdefault(person, asyncio.Lock()):
                life = self._lives.get(person) or await self._open(unlocked)
        life.used_at = time.monotonic()
        self._unlocked[person] = unlocked
        return life

    def people(self) -> list[str]:
        """Return the people whose lives are open."""
        return list(self._lives)

    def find(self, person: str) -> Life | None:
        """Return the life of a person, if it is open."""
        return self._lives.get(person)

    def unlocked(self, person: str) -> Unlocked | None:
        """Return with what the life of a person was opened, if it is open."""
        return self._unlocked.get(person) if person in self._lives else None

    def written(self, life: Life) -> None:
        """Report that messages were written in `life`: they are to be embedded and learned from."""
        if self._lives.get(life.person) is not life:
            return  # unloaded or removed meanwhile
        for listener in self._listeners:
            listener.written(life)

    async def unload(self, person: str) -> None:
        """Save and close the life of a person, even while it is in use. It can be opened again."""
        if person in self._lives:
            await self._save(self._lives[person])
            self._unload(person)

    def lose(self, person: str) -> None:
        """Close the life of a person whose home is elsewhere now: nothing of it is saved.

        Replies in progress end; what was said so far is kept.
        """
        for listener in self._listeners:
            listener.interrupted(person)
        self._unload(person)

    @asynccontextmanager
    async def removal(self, person: str) -> AsyncIterator[None]:
        """End all work on a life, so that its rows can be deleted in the block; then keep it shut.

        Nothing is saved: no snapshot may be written for a person who is gone. If the block raises,
        the life can be opened again. Raises `NotFound` if the person was removed before.
        """
        async with self._open_locks.setdefault(person, asyncio.Lock()):
            self._check_not_removed(person)
            self._removed.add(person)
            try:
                await self._end_work(person)
                yield
            except BaseException:
                self._removed.discard(person)
                raise
            self._open_locks.pop(person, None)

    async def maintain(self, now: float) -> None:
        """Unload the lives that have been idle; save those that have grown a lot.

        Private conversations in which nothing was said for a while end first.
        """
        for person, life in list(self._lives.items()):
            life.private.end_idle(now, partial(_is_replying, self._listeners, person))
            if now - life.used_at > self._settings.idle_seconds and not self._is_busy(life):
                used_at = life.used_at
                await self._save(life)
                if life.used_at == used_at and not self._is_busy(life):
                    self._unload(person)
                    if self._homes is not None:  # so that it may be where they come next
                        await self._homes.release(person)
            elif life.saving.unsaved(life.memory) >= SNAPSHOT_AFTER:
                await self._save(life)

    async def close(self) -> None:
        """Save and unload every life."""
        if self._maintenance_task is not None:
            self._maintenance_task.cancel()
            await asyncio.wait([self._maintenance_task])
        for person in list(self._lives):
            await self.unload(person)
        await self._store.close()

    async def _open(self, unlocked: Unlocked) -> Life:
        person = unlocked.person.id
        self._check_not_removed(person)
        if self._homes is not None:
            await _require_home(self._homes, person)
        life = await Life.open(
            self._store,
            person,
            unlocked.data_key,
            earlier_keys=unlocked.earlier_keys,
            embed=self._embed,
            max_message_bytes=self._settings.max_message_bytes,
            listeners=self._listeners,
            fence=self._fence_of(person),
        )
        if self._homes is not None and not self._homes.holds(person):  # lost while it was read
            await life.abandon()
            raise Unavailable(_MOVING)
        self._lives[person] = life
        for listener in self._listeners:
            listener.opened(life)
        if self._homes is not None:  # a notification found no life while it was read
            await life.refresh(noticed=True)
        if self._maintenance_task is None:
            self._maintenance_task = asyncio.create_task(
                self._maintain_forever(), name="tau-maintenance"
            )
        return life

    def _check_not_removed(self, person: str) -> None:
        if person in self._removed:
            raise NotFound("There is no such person.")

    async def _end_work(self, person: str) -> None:
        """Close the life of a person who is being removed, if it is open, and end work on it."""
        life = self._lives.pop(person, None)
        self._unlocked.pop(person, None)
        if life is not None:
            life.private.end_all()
        try:
            for listener in self._listeners:
                await listener.removed(person)
        finally:
            if life is not None:
                await life.abandon()
        for listener in self._listeners:  # work that began before the life was closed
            await listener.removed(person)

    def _is_busy(self, life: Life) -> bool:
        """Return whether someone watches a life, talks in private there or works on it."""
        return len(life.changes) + len(life.private) > 0 or any(
            listener.is_working_on(life.person) for listener in self._listeners
        )

    def _unload(self, person: str) -> None:
        life = self._lives.pop(person, None)
        self._unlocked.pop(person, None)
        if life is None:  # removed meanwhile
            return
        life.private.end_all()
        life.changes.close()
        self._open_locks.pop(person, None)
        for listener in self._listeners:
            listener.unloaded(person)

    async def _save(self, life: Life) -> None:
        if self._homes is not None and not self._homes.holds(life.person):
            return  # the home saves
        try:
            await life.save(whole=False)
        except TauError as error:
            # Without a snapshot the next opening reads the log: slower, and nothing is lost.
            logger.warning("a memory could not be saved: %s", type(error).__name__)

    async def _maintain_forever(self) -> None:
        while True:
            await asyncio.sleep(_MAINTENANCE_SECONDS)
            await self.maintain(time.monotonic())


async def _require_home(homes: Homes, person: str) -> None:
    """Make this node the home of a person. Raises `Unavailable` if another node is."""
    if await homes.home_of(person) == homes.node:
        return
    if await homes.home_of(person, ask=True) != homes.node:  # what was remembered may be old
        raise Unavailable(_MOVING)


def _is_replying(listeners: Sequence[LifeListener], person: str, conversation: str) -> bool:
    return any(listener.is_replying(person, conversation) for listener in listeners)


def _fence_of(database: Database, homes: Homes | None) -> Callable[[str], SnapshotFence | None]:
    """Return what decides, by person, whether this process may save a snapshot.

    A process that serves nobody, beside nodes that do, saves only for people without a home.
    """
    if homes is not None:
        return homes.fence
    return (lambda _: None) if database.is_sqlite else fence_beside_nodes
