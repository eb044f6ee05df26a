"""Conversations that a person lends to a project, and takes back.

Lending copies chosen conversations into a project, and the person's own journal says so. When a
message is erased from the journal, the examples that repeat it are withdrawn, which marks what
learned from them.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence, Set
from typing import NamedTuple

from tau.errors import BadInput, NotFound, TauError
from tau.facts.resolution import CARE
from tau.ids import new_id
from tau.journal.entries import ConversationLent, EntriesForgotten, LendingWithdrawn, Record
from tau.life.life import Life, LifeListener
from tau.life.lives import Lives
from tau.people import Unlocked
from tau.studio.examples.example import Example, ExampleSource
from tau.studio.lending.lent_examples import (
    LendingOptions,
    is_of_conversation,
    lent_examples,
    lent_source,
    messages_of,
    refuse_private,
)
from tau.studio.project import Project
from tau.studio.project_log import ProjectLog
from tau.studio.projects import Projects

logger = logging.getLogger(__name__)

WithdrawExamples = Callable[[Unlocked, str, Sequence[str]], Awaitable[Project]]
"""Erases examples of a project for good, and marks what learned from them."""
_UNNAMED = "Conversation without a title"


class LentConversation(NamedTuple):
    """A conversation as a project gets it."""

    conversation: str
    source: ExampleSource
    examples: Sequence[Example]


class LentRecord(NamedTuple):
    """What the journal says of a conversation that was lent; `withdrawn_at` is 0 while it is."""

    conversation: str
    project: str
    at: float
    masked: bool
    withdrawn_at: float = 0.0


class Lending(LifeListener):
    """What people lend to their projects. Close it before the lives."""

    def __init__(self, projects: Projects, lives: Lives, withdraw: WithdrawExamples) -> None:
        self._projects = projects
        self._lives = lives
        self._withdraw = withdraw
        self._checks: set[asyncio.Task[None]] = set()
        projects.on_first_open = self._review

    async def preview(
        self, unlocked: Unlocked, conversations: Sequence[str], how: LendingOptions
    ) -> list[LentConversation]:
        """Return what a project would get. Raises `NotFound` and `BadInput`."""
        life = await self._lives.open(unlocked)
        found = []
        for each in dict.fromkeys(conversations):
            refuse_private(each)
            memory = life.memory_of(each)
            if memory.conversation(each).expert == CARE:
                raise BadInput("What is said in reflective support can't be lent.")
            title = memory.conversation(each).title or _UNNAMED
            examples = lent_examples(each, memory.conversations.thread(each), how)
            found.append(LentConversation(each, lent_source(each, title), examples))
        return found

    async def lend(
        self,
        unlocked: Unlocked,
        project_id: str,
        conversations: Sequence[str],
        how: LendingOptions,
    ) -> int:
        """Lend conversations to a project; return how many examples are new there.

        Raises `NotFound` and `BadInput`, and then lends nothing.
        """
        await self._projects.open(unlocked, project_id)
        shown = await self.preview(unlocked, conversations, how)
        return await self.lend_shown(unlocked, project_id, shown, how)

    async def lend_shown(
        self,
        unlocked: Unlocked,
        project_id: str,
        shown: Sequence[LentConversation],
        how: LendingOptions,
    ) -> int:
        """Lend what `preview` showed; return how many examples are new there. Raises `NotFound`.

        The journal says so first: nothing is lent without its entry.
        """
        log = await self._projects.open(unlocked, project_id)
        life = await self._lives.open(unlocked)
        await life.append(*(_entry(each, project_id, how) for each in shown))
        added = [await log.add_examples(each.source, each.examples) for each in shown]
        self._check_soon(life)  # what was erased meanwhile
        return sum(added)

    async def all(self, unlocked: Unlocked) -> list[LentRecord]:
        """Return what a person lent, the last first, as their journal says."""
        life = await self._lives.open(unlocked)
        found: dict[tuple[str, str], LentRecord] = {}
        async for record in life.read():
            match record.entry if isinstance(record, Record) else None:
                case ConversationLent(conversation=lent, project=project) as entry:
                    found.pop((lent, project), None)
                    found[lent, project] = LentRecord(lent, project, entry.at, entry.masked)
                case LendingWithdrawn(conversation=lent, project=project, at=at):
                    if known := found.get((lent, project)):
                        found[lent, project] = known._replace(withdrawn_at=at)
        return list(reversed(found.values()))

    async def take_back(self, unlocked: Unlocked, project_id: str, conversation: str) -> int:
        """Withdraw the examples of a conversation; return how many. Raises `NotFound`.

        The journal says so first. If Tau is killed then, the rest is done when the project is
        opened again.
        """
        log = await self._projects.open(unlocked, project_id)
        found = _of_conversations(log.project, {conversation})
        if not found and (project_id, conversation) not in await self._lent_now(unlocked):
            raise NotFound("This conversation isn't lent to the project.")
        life = await self._lives.open(unlocked)
        await life.append(
            LendingWithdrawn(
                at=time.time(), id=new_id(), conversation=conversation, project=project_id
            )
        )
        if found:
            await self._withdraw(unlocked, project_id, found)
        return len(found)

    async def withdraw_erased(self, unlocked: Unlocked, *projects: Project) -> None:
        """Withdraw every example of projects that repeats an erased message."""
        if not any(map(_has_lent, projects)):
            return
        life = await self._lives.open(unlocked)
        async with life.transaction() as transaction:
            erased = transaction.erased
        withdrawn = 0
        for project in projects:
            examples = project.examples.values()
            gone = [each.id for each in examples if _repeats_erased(each, life, erased)]
            withdrawn += len(gone)
            if gone:
                await self._withdraw(unlocked, project.id, gone)
        if withdrawn:
            await _erase_entries(life)

    def forgotten(self, life: Life) -> None:
        """Withdraw the examples that repeat what was erased."""
        self._check_soon(life)

    async def settle(self) -> None:
        """Wait until what was erased is withdrawn."""
        while self._checks:
            await asyncio.wait(self._checks)

    async def removed(self, person: str) -> None:
        """End work for a person who is being removed; their projects go with them.

        Nothing is waited for, as nothing can be written any more once the projects are gone.
        """
        for task in self._checks:
            if task.get_name() == person:
                task.cancel()

    async def _review(self, unlocked: Unlocked, log: ProjectLog) -> None:
        """Withdraw what was taken back or erased while Tau ended, before a project is used."""
        await self._withdraw_taken_back(unlocked, log.project)
        await self.withdraw_erased(unlocked, log.project)

    async def _withdraw_taken_back(self, unlocked: Unlocked, project: Project) -> None:
        """Withdraw the examples of conversations that the journal says were taken back."""
        if not _has_lent(project):
            return
        taken_back = {
            each.conversation
            for each in await self.all(unlocked)
            if each.project == project.id and each.withdrawn_at
        }
        if gone := _of_conversations(project, taken_back):
            await self._withdraw(unlocked, project.id, gone)

    async def _lent_now(self, unlocked: Unlocked) -> set[tuple[str, str]]:
        records = await self.all(unlocked)
        return {(each.project, each.conversation) for each in records if not each.withdrawn_at}

    def _check_soon(self, life: Life) -> None:
        task = asyncio.create_task(self._check(life.person), name=life.person)
        self._checks.add(task)
        task.add_done_callback(self._checks.discard)

    async def _check(self, person: str) -> None:
        unlocked = self._lives.unlocked(person)
        if unlocked is None:
            return
        try:
            await self.withdraw_erased(unlocked, *await self._projects.all(unlocked))
        except TauError as error:  # it's tried again after the next start
            logger.warning("lent examples were not withdrawn: %s", type(error).__name__)


def _of_conversations(project: Project, conversations: Set[str]) -> list[str]:
    """Return the examples of a project that were made from these conversations."""
    return [
        each.id
        for each in project.examples.values()
        if any(is_of_conversation(each, one) for one in conversations)
    ]


def _has_lent(project: Project) -> bool:
    return any(messages_of(each) for each in project.examples.values())


def _repeats_erased(example: Example, life: Life, erased: Set[int]) -> bool:
    """Return whether a message of an example was erased; one that can't be read isn't."""
    return any(
        seq in erased and life.memory.messages.find(message) is None
        for message, seq in messages_of(example).items()
    )


def _entry(lent: LentConversation, project: str, how: LendingOptions) -> ConversationLent:
    used = {message for each in lent.examples for message in messages_of(each)}
    return ConversationLent(
        at=time.time(),
        id=new_id(),
        conversation=lent.conversation,
        project=project,
        messages=tuple(sorted(used)),
        masked=how.masked,
    )


async def _erase_entries(life: Life) -> None:
    """Erase the entries about conversations of which nothing is left."""
    gone = []
    async for record in life.read():
        if isinstance(record, Record) and isinstance(record.entry, ConversationLent):
            left = (life.memory.messages.find(each) for each in record.entry.messages)
            if all(each is None for each in left):
                gone.append(record.seq)
    if gone:
        async with life.transaction() as transaction:
            await transaction.append(
                EntriesForgotten(at=time.time(), targets=tuple(gone)), erase=tuple(gone)
            )
