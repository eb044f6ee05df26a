"""The companion: opened lives, and the turns of conversation in them.

A turn is: the words are written, what belongs to them comes to mind, a prompt is built, a model
streams, the reply is written. Learning follows behind. This module knows nothing of the web.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from tau.companion.events import Accepted, Failed
from tau.companion.replay import replay_turn
from tau.companion.reply import ReplyGenerator
from tau.companion.turn import Turn
from tau.errors import BadInput, ModelInvalidAnswer, NotFound, TauError
from tau.ids import new_id
from tau.journal.entries import ConversationChanged, Entry, MessageAdded
from tau.journal.store import Store
from tau.learning.embedding import EmbeddingWorker
from tau.learning.learning import LearningWorker
from tau.learning.priority import ForegroundLoad
from tau.life.changes import ChangeEvent
from tau.life.life import MAX_TITLE_CHARACTERS, Life
from tau.memory import Message
from tau.models import Models
from tau.people import Unlocked
from tau.settings import Settings
from tau.storage.database import Database

logger = logging.getLogger(__name__)

_MAX_FINISHED_TURNS = 64  # per person, for devices that come back
_MAINTENANCE_SECONDS = 15.0
_SNAPSHOT_AFTER = 500  # entries
_MAX_ID_CHARACTERS = 64


class Companion:
    """Opens lives and makes turns. Close it, so that what was learned is kept."""

    def __init__(self, database: Database, models: Models, settings: Settings) -> None:
        self.on_unload: Callable[[str], None] | None = None
        """Is told whose memory was put away."""
        self._store = Store(database)
        self._models = models
        self._settings = settings
        self._foreground_load = ForegroundLoad()
        self._embedding = EmbeddingWorker(models, self._foreground_load)
        self._learning = LearningWorker(models, self._foreground_load)
        self._lives: dict[str, Life] = {}
        self._open_locks: dict[str, asyncio.Lock] = {}
        self._turns: dict[str, OrderedDict[str, Turn]] = {}
        self._starting_turns: dict[tuple[str, str], asyncio.Task[Turn]] = {}
        self._reply_locks: dict[tuple[str, str], asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._maintenance_task: asyncio.Task[None] | None = None

    @property
    def open_life_count(self) -> int:
        """How many people's memories are in mind."""
        return len(self._lives)

    @property
    def active_turn_count(self) -> int:
        """How many replies are being made."""
        return len(self._tasks)

    async def life(self, unlocked: Unlocked) -> Life:
        """Return the opened life of a person, opening it where needed."""
        person = unlocked.person.id
        life = self._lives.get(person)
        if life is None:
            lock = self._open_locks.setdefault(person, asyncio.Lock())
            async with lock:
                life = self._lives.get(person) or await self._open(person, unlocked.data_key)
        life.used_at = time.monotonic()
        return life

    async def unload(self, person: str) -> None:
        """End the turns of a person and forget their opened life, as when they are removed."""
        for turn in self._turns.pop(person, {}).values():
            turn.stop()
        await self._learning.unload(person)
        life = self._lives.pop(person, None)
        if life is not None:
            life.changes.close()

    async def turn(
        self,
        life: Life,
        conversation: str | None,
        words: str,
        *,
        turn_id: str | None = None,
        edits: str | None = None,
        model: str | None = None,
        instructions: str | None = None,
    ) -> Turn:
        """Write `words` down and begin to answer them; returns once they are on the disk.

        Without `conversation` a new one begins. A `turn_id` that was used before gives that turn
        again, so that a door may repeat a request. `edits` names the message of the person that
        these words replace. Raises `NotFound`, `BadInput`, `StoreFull` and `UnknownModel`.
        """
        words = life.validated_text(words)
        if turn_id is None:
            return await self._start_turn(
                life, conversation, words, new_id(), edits, model, instructions
            )
        if life.journal.is_stale:  # the first try may have been written although it failed
            await life.journal.catch_up()
        if known := self._find_turn(life, turn_id):
            return known
        key = (life.person, turn_id)
        if key not in self._starting_turns:
            begin = self._start_turn(life, conversation, words, turn_id, edits, model, instructions)
            task = self._starting_turns[key] = asyncio.create_task(begin)
            task.add_done_callback(lambda _: self._starting_turns.pop(key, None))
        return await asyncio.shield(self._starting_turns[key])

    async def retry(
        self,
        life: Life,
        message: str,
        *,
        turn_id: str | None = None,
        model: str | None = None,
        instructions: str | None = None,
    ) -> Turn:
        """Answer words of the person's once more; the earlier reply stays in the journal only."""
        if turn_id and (known := self._find_turn(life, turn_id)):
            return known
        words = _own_message(life, message)
        name = self._resolve_model(model)
        await self._stop_turns(life, words.conversation)
        turn = Turn(
            conversation=words.conversation, message=message, turn_id=_validated_id(turn_id)
        )
        reply = ReplyGenerator(
            life, turn, words, self._models, name, instructions=instructions, is_retry=True
        )
        self._start_reply(life, turn, reply)
        return turn

    def find_turn(self, life: Life, turn_id: str) -> Turn:
        """Return a turn of this person, under way or past. Raises `NotFound`."""
        if turn := self._find_turn(life, turn_id):
            return turn
        raise NotFound("There is no such turn.")

    def active_turns(self, life: Life) -> list[Turn]:
        """Return the turns of this person that are under way."""
        return [turn for turn in self._turns.get(life.person, {}).values() if not turn.finished]

    async def wait_for_embedding(self) -> None:
        """Return when every message that waited has its vector, or cannot have one now."""
        await self._embedding.wait_until_idle()

    async def learned(self) -> None:
        """Return when everything that was said was read for facts, or cannot be read now."""
        await self._learning.wait_until_idle()

    def enqueue_background_work(self, life: Life) -> None:
        """Say that messages were written or forgotten without a turn.

        They are to be embedded and learned from too.
        """
        self._embedding.enqueue(life)
        self._learning.enqueue(life)

    async def close(self) -> None:
        """Break every turn off, keep what was said of it, and save every memory."""
        for turns in self._turns.values():
            for turn in turns.values():
                turn.interrupt()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._maintenance_task is not None:
            self._maintenance_task.cancel()
            await asyncio.wait([self._maintenance_task])
        await self._embedding.close()
        await self._learning.close()
        for person, life in list(self._lives.items()):
            await self._save(life)
            self._close_life(person)
        await self._store.close()

    async def _open(self, person: str, data_key: bytes) -> Life:
        life = await Life.open(
            self._store,
            person,
            data_key,
            embed=self._embedding.query,
            max_message_bytes=self._settings.max_message_bytes,
        )
        self._lives[person] = life
        life.on_forget = partial(self._drop_finished_turns, life)
        self.enqueue_background_work(life)
        if self._maintenance_task is None:
            self._maintenance_task = asyncio.create_task(
                self._maintain_forever(), name="tau-tending"
            )
        return life

    async def _start_turn(
        self,
        life: Life,
        conversation: str | None,
        words: str,
        turn_id: str,
        edits: str | None,
        model: str | None,
        instructions: str | None,
    ) -> Turn:
        turn_id = _validated_id(turn_id)
        name = self._resolve_model(model)
        begun = conversation is None
        conversation = conversation or new_id()
        parent = None if begun else await self._parent_of(life, conversation, edits)
        said = MessageAdded(
            at=time.time(),
            id=new_id(),
            conversation=conversation,
            by="person",
            text=words,
            parent=parent,
            turn=turn_id,
        )
        await life.append(conversation, *_title_entries(life, conversation, said, begun), said)
        turn = Turn(conversation=conversation, message=said.id, turn_id=turn_id)
        message = life.memory_of(conversation).message(said.id)
        reply = ReplyGenerator(life, turn, message, self._models, name, instructions=instructions)
        self._start_reply(life, turn, reply)
        return turn

    def _resolve_model(self, model: str | None) -> str:
        """Return the model to talk with. Raises `UnknownModel` before anything is written."""
        name = model or self._models.default_chat()
        self._models.names_for(name)
        return name

    async def _parent_of(self, life: Life, conversation: str, edits: str | None) -> str | None:
        """Return what the words follow: the last message, or what the edited message followed."""
        memory = life.memory_of(conversation)
        if edits is None:
            return memory.conversation(conversation).last
        edited = _own_message(life, edits)
        if edited.conversation != conversation:
            raise NotFound("There is no such message in this conversation.")
        await self._stop_turns(life, conversation)
        return edited.parent

    def _start_reply(self, life: Life, turn: Turn, reply: ReplyGenerator) -> None:
        turns = self._turns.setdefault(life.person, OrderedDict())
        turns[turn.id] = turn
        while len(turns) > _MAX_FINISHED_TURNS and next(iter(turns.values())).finished:
            turns.popitem(last=False)
        turn.publish(
            Accepted(
                id=turn.next_event_id,
                turn=turn.id,
                conversation=turn.conversation,
                message=turn.message,
            )
        )
        task = asyncio.create_task(self._run(life, turn, reply))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, life: Life, turn: Turn, reply: ReplyGenerator) -> None:
        life.changes.publish(
            ChangeEvent(what="turn_began", conversation=turn.conversation, turn=turn.id)
        )
        key = (life.person, turn.conversation)
        lock = self._reply_locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:  # one reply at a time: the next one is to know what this one said
                with self._foreground_load.track():
                    await self._learning.wait_for_rules(
                        life
                    )  # this prompt knows what was said before
                    await reply.generate(self._settings.recall_tokens)
        except TauError as error:
            code = error.code
            if turn.ended_by and isinstance(
                error, ModelInvalidAnswer
            ):  # it had no time to say a word
                code = turn.ended_by
            turn.publish(Failed(id=turn.next_event_id, sentence=str(error), code=code))
        except Exception as error:  # noqa: BLE001 - the boundary of a turn: told and recorded
            # Its text is left out: it may quote what was said.
            logger.error("a turn failed: %s", type(error).__name__)  # noqa: TRY400
            sentence = "Tau made a mistake; try again."
            turn.publish(Failed(id=turn.next_event_id, sentence=sentence, code=TauError.code))
        finally:
            if turn.conversation not in {each.conversation for each in self.active_turns(life)}:
                self._reply_locks.pop(key, None)  # nobody waits for it
            if not life.is_private(turn.conversation):
                self.enqueue_background_work(life)
            life.changes.publish(
                ChangeEvent(what="turn_ended", conversation=turn.conversation, turn=turn.id)
            )

    async def _stop_turns(self, life: Life, conversation: str) -> None:
        """End the turns of a conversation, so that no late reply takes the thread back."""
        under_way = [turn for turn in self.active_turns(life) if turn.conversation == conversation]
        for turn in under_way:
            turn.stop()
        for turn in under_way:
            await turn.ended()

    def _find_turn(self, life: Life, turn_id: str) -> Turn | None:
        turns = self._turns.get(life.person)
        return (turns.get(turn_id) if turns else None) or replay_turn(life, turn_id)

    def _drop_finished_turns(self, life: Life) -> None:
        """Keep no events of turns that have ended: they may hold what was just forgotten.

        Who asks for such a turn is told of it from what the journal still holds. Claims that were
        read in it at this very moment, perhaps on another node, are swept by learning.
        """
        self._learning.enqueue(life)
        turns = self._turns.get(life.person, OrderedDict())
        for name in [name for name, turn in turns.items() if turn.finished]:
            del turns[name]

    async def _maintain_forever(self) -> None:
        while True:
            await asyncio.sleep(_MAINTENANCE_SECONDS)
            try:
                await self.maintain(time.monotonic())
            except TauError as error:
                logger.warning("a memory could not be saved: %s", type(error).__name__)

    async def maintain(self, now: float) -> None:
        """Put away the memories of people who are away; save those that have grown much."""
        for person, life in list(self._lives.items()):
            grown = life.memory.last - life.snapshot_seq
            away = now - life.used_at > self._settings.idle_seconds
            busy = self.active_turns(life) or self._learning.is_working_on(person)
            if away and not busy and not len(life.changes):
                used_at = life.used_at
                await self._save(life)
                if life.used_at == used_at:  # nobody came back meanwhile
                    self._close_life(person)
            elif grown >= max(_SNAPSHOT_AFTER, life.memory.last // 10):
                await life.save()

    async def _save(self, life: Life) -> None:
        try:
            await life.save()
        except TauError as error:
            # Without a snapshot the log is read at the next opening: slower, and nothing is lost.
            logger.warning("a memory could not be saved: %s", type(error).__name__)

    def _close_life(self, person: str) -> None:
        self._learning.discard(person)
        self._lives.pop(person).changes.close()
        self._turns.pop(person, None)
        self._open_locks.pop(person, None)
        if self.on_unload is not None:
            self.on_unload(person)


def _validated_id(turn_id: str | None) -> str:
    turn_id = turn_id or new_id()
    if len(turn_id) > _MAX_ID_CHARACTERS or not turn_id.isascii() or not turn_id.isprintable():
        raise BadInput(f"A turn's id has at most {_MAX_ID_CHARACTERS} plain characters.")
    return turn_id


def _title_entries(life: Life, conversation: str, said: MessageAdded, begun: bool) -> list[Entry]:
    """Return the entry that names a conversation after its first words, where it has no name."""
    if not begun:
        known = life.memory_of(conversation).conversation(conversation)
        if known.title or known.last is not None:
            return []
    title = " ".join(said.text.split())
    if len(title) > MAX_TITLE_CHARACTERS:
        title = title[: MAX_TITLE_CHARACTERS - 1].rstrip() + "…"
    return [ConversationChanged(at=said.at, id=conversation, title=title)]


def _own_message(life: Life, message: str) -> Message:
    """Return a message of the person's, in private or not. Raises `NotFound` or `BadInput`."""
    words = life.message(message)
    if words.by != "person":
        raise BadInput("Only a person's own words can be edited or answered again.")
    return words
