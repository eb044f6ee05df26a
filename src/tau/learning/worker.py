"""Background worker: a task that goes through opened lives, one step of one life at a time.

It knows nothing of what the steps do.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import Context

import anyio

from tau.errors import NotFound, TauError
from tau.life.life import Life

logger = logging.getLogger(__name__)

_RETRY_DELAY_SECONDS = 30.0  # after a step failed

Step = Callable[[Life], Awaitable[bool]]
"""Does a bounded piece of work for a life and returns whether there is more to do."""


class BackgroundWorker:
    """Runs `step` for every queued life in turn, until nothing is left to do.

    A step that raises a `TauError` runs again after a while, or when a life is enqueued. `NotFound`
    (the person was removed) and any other exception drop that life from the queue; the others stay.
    """

    def __init__(self, name: str, step: Step) -> None:
        self._name = name
        self._step = step
        self._lives: dict[str, Life] = {}
        self._current_person: str | None = None
        self._is_current_discarded = False
        self._scope = anyio.CancelScope()
        self._wakeup = asyncio.Event()
        self._changed = asyncio.Event()
        self._backing_off = False
        self._task: asyncio.Task[None] | None = None

    def enqueue(self, life: Life) -> None:
        """Queue a life that there may be something to do for."""
        self._lives[life.person] = life
        self._wakeup.set()
        if self._task is None:
            self._task = asyncio.create_task(
                self._work_forever(),
                name=f"tau-{self._name}",
                context=Context(),  # its work isn't that of the request that happened to start it
            )

    def is_working_on(self, person: str) -> bool:
        """Whether a step of that person's life is running."""
        return self._current_person == person

    def has_pending(self, person: str) -> bool:
        """Whether that person's life is queued or a step of it is running."""
        return self._current_person == person or person in self._lives

    async def wait_until_done(self, person: str) -> None:
        """Return when nothing is left to do for a person, or it can't be done now."""
        while self.has_pending(person) and not self._is_backing_off():
            await self._next_change()

    async def wait_until_idle(self) -> None:
        """Return when nothing is left to do, or it can't be done now."""
        while (self._lives or self._current_person) and not self._is_backing_off():
            await self._next_change()

    def discard(self, person: str) -> None:
        """Take no more steps for a person until their life is enqueued again."""
        self._lives.pop(person, None)
        if self._current_person == person:
            self._is_current_discarded = True

    async def cancel(self, person: str) -> None:
        """Take no more steps for a person, cancel the one in progress, and return when it ended."""
        self.discard(person)
        while self._current_person == person:
            self._scope.cancel()
            await self._next_change()
            self.discard(person)

    async def close(self) -> None:
        """Stop, whatever is left to do."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None
        self._lives.clear()
        self._notify()

    def _is_backing_off(self) -> bool:
        return self._backing_off and not self._wakeup.is_set()

    async def _next_change(self) -> None:
        await self._changed.wait()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _work_forever(self) -> None:
        while True:
            await self._wakeup.wait()
            self._wakeup.clear()
            while self._lives:
                if not await self._work():
                    await self._back_off()
                await asyncio.sleep(0)  # let others run, even if no step ever waits

    async def _work(self) -> bool:
        """Run a step of the life that waited longest; return whether it succeeded."""
        person, life = next(iter(self._lives.items()))
        del self._lives[person]  # enqueued from now on means another step
        self._current_person, self._is_current_discarded = person, False
        more = failed = False
        try:
            with anyio.CancelScope() as self._scope:
                more = await self._step(life)
        except NotFound:
            logger.info("%s ends for a person who was removed", self._name)
        except TauError as error:
            logger.info("%s waits: %s", self._name, type(error).__name__)
            more = failed = True
        except Exception as error:  # noqa: BLE001 - the boundary of the worker
            # Its text is left out: it may quote what was said.
            logger.error("%s failed: %s", self._name, type(error).__name__)  # noqa: TRY400
        finally:
            self._current_person = None
        if more and not self._is_current_discarded:
            self._lives.setdefault(person, life)
        if not failed:
            self._notify()
        return not failed

    async def _back_off(self) -> None:
        """Wait a while, or until a life is enqueued."""
        self._backing_off = True
        self._notify()
        try:
            await asyncio.wait_for(self._wakeup.wait(), _RETRY_DELAY_SECONDS)
        except TimeoutError:
            pass
        finally:
            self._backing_off = False
            self._wakeup.clear()
