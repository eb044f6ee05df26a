"""The companion: turns of conversation.

In a turn the person's words are written, related messages are recalled, a prompt is built, a model
streams, and the reply is written. Learning follows in the background. This module knows nothing of
HTTP.
"""

import asyncio
import logging
import time

from tau.companion.events import Accepted, Failed
from tau.companion.replay import replay_turn
from tau.companion.reply import ReplyGenerator
from tau.companion.turn import Turn
from tau.companion.turn_input import OWN_CHANNEL, TurnInput, validated_turn_id
from tau.companion.turn_registry import TurnRegistry
from tau.errors import BadInput, ModelInvalidAnswer, NotFound, TauError
from tau.ids import new_id
from tau.journal.entries import ConversationChanged, Entry, MessageAdded
from tau.learning.learning import LearningWorker
from tau.learning.priority import ForegroundLoad
from tau.life.changes import ChangeEvent
from tau.life.forgetting import affected_conversations, forget
from tau.life.life import MAX_TITLE_CHARACTERS, Life
from tau.life.lives import Lives
from tau.life.text_validation import validated_message
from tau.memory import Message
from tau.memory.erasure_plan import ErasurePlan
from tau.memory.erasure_request import ErasureRequest
from tau.models import Models
from tau.settings import Settings

logger = logging.getLogger(__name__)


class Companion:
    """Starts turns and generates their replies. Close it, so that partial replies are kept."""

    def __init__(
        self,
        lives: Lives,
        models: Models,
        learning: LearningWorker,
        load: ForegroundLoad,
        settings: Settings,
    ) -> None:
        self._lives = lives
        self._models = models
        self._learning = learning
        self._foreground_load = load
        self._settings = settings
        self._turns = TurnRegistry()
        self._starting_turns: dict[tuple[str, str], asyncio.Task[Turn]] = {}
        self._reply_locks: dict[tuple[str, str], asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        lives.subscribe(self._turns)

    @property
    def active_turn_count(self) -> int:
        """How many replies are being generated."""
        return len(self._tasks)

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
        channel: str = OWN_CHANNEL,
    ) -> Turn:
        """Write the person's `words` and start to reply; return once they are on the disk.

        Without `conversation` a new one starts. `turn_id` is an idempotency key: one that was used
        before returns that turn. `edits` is the id of a message of the person's that these words
        replace. `channel` is the interface they came through: only what is said through Tau's own
        counts as the person's own words. Raises `NotFound`, `BadInput`, `StoreFull` and
        `UnknownModel`.
        """
        request = TurnInput(
            words=validated_message(words, life.max_message_bytes),
            conversation=conversation,
            turn_id=validated_turn_id(turn_id),
            edits=edits,
            model=model,
            instructions=instructions,
            channel=channel,
        )
        if turn_id is None:
            return await self._start_turn(life, request)
        await life.refresh()  # the first try may have been written although it failed
        if known := self._find_turn(life, turn_id):
            return known
        key = (life.person, turn_id)
        if key not in self._starting_turns:
            task = asyncio.create_task(self._start_turn(life, request))
            self._starting_turns[key] = task
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
        """Reply once more to a message of the person's; the earlier reply is hidden.

        Raises `NotFound`, `BadInput` and `UnknownModel`.
        """
        if turn_id and (known := self._find_turn(life, turn_id)):
            return known
        words = _own_message(life, message)
        name = self._resolve_model(model)
        await self._turns.stop(life.person, {words.conversation})
        turn = Turn(
            conversation=words.conversation, message=message, turn_id=validated_turn_id(turn_id)
        )
        reply = ReplyGenerator(
            life, turn, words, self._models, name, instructions=instructions, is_retry=True
        )
        self._start_reply(life, turn, reply)
        return turn

    def find_turn(self, life: Life, turn_id: str) -> Turn:
        """Return a turn of this person, in progress or finished. Raises `NotFound`."""
        if turn := self._find_turn(life, turn_id):
            return turn
        raise NotFound("There is no such turn.")

    def active_turns(self, life: Life) -> list[Turn]:
        """Return the turns of this person that are in progress."""
        return self._turns.active(life.person)

    async def forget(
        self, life: Life, request: ErasureRequest, *, dry_run: bool = False
    ) -> ErasurePlan:
        """Erase what `request` names, for good, and return what was erased.

        Replies in progress in the conversations concerned end first: their prompts contain it.
        With `dry_run` nothing ends and nothing is erased. Raises `NotFound`, and `BadInput` for an
        empty period.
        """
        if not dry_run:
            await self._turns.stop(life.person, affected_conversations(life, request))
        return await forget(life, request, dry_run=dry_run)

    async def close(self) -> None:
        """Interrupt every turn, and keep what was said so far."""
        self._turns.interrupt_all()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _start_turn(self, life: Life, request: TurnInput) -> Turn:
        model = self._resolve_model(request.model)
        conversation = request.conversation or new_id()
        parent = await self._parent_of(life, request)
        said = MessageAdded(
            at=time.time(),
            id=new_id(),
            conversation=conversation,
            by="person",
            text=request.words,
            parent=parent,
            turn=request.turn_id,
            channel=request.channel,
        )
        await life.append(*_title_entries(life, request, said), said)
        turn = Turn(conversation=conversation, message=said.id, turn_id=request.turn_id)
        message = life.memory_of(conversation).message(said.id)
        reply = ReplyGenerator(
            life, turn, message, self._models, model, instructions=request.instructions
        )
        self._start_reply(life, turn, reply)
        return turn

    def _resolve_model(self, model: str | None) -> str:
        """Return the model that replies. Raises `UnknownModel` before anything is written."""
        name = model or self._models.aliases.default_chat()
        self._models.aliases.names_for(name)
        return name

    async def _parent_of(self, life: Life, request: TurnInput) -> str | None:
        """Return what the words follow: the last message, or what the edited message followed."""
        conversation = request.conversation
        if conversation is None:
            return None
        memory = life.memory_of(conversation)
        if request.edits is None:
            return memory.conversation(conversation).last
        edited = _own_message(life, request.edits)
        if edited.conversation != conversation:
            raise NotFound("There is no such message in this conversation.")
        await self._turns.stop(life.person, {conversation})
        return edited.parent

    def _start_reply(self, life: Life, turn: Turn, reply: ReplyGenerator) -> None:
        if life.abandoned:  # while the words were written
            raise NotFound("There is no such person.")
        self._turns.add(life.person, turn)
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
            async with lock:  # one reply at a time: each prompt contains the reply before
                with self._foreground_load.track():
                    if not life.is_private(turn.conversation):
                        self._learning.written(life)  # questions about it come with this reply
                    await self._learning.wait_for_rules(life)  # for the facts in the prompt
                    await reply.generate(self._settings.recall_tokens)
        except TauError as error:
            # Ended before the first word: then how it ended matters.
            ended_early = turn.ended_by if isinstance(error, ModelInvalidAnswer) else None
            code = ended_early or error.code
            turn.publish(Failed(id=turn.next_event_id, sentence=str(error), code=code))
        except Exception as error:  # noqa: BLE001 - the boundary of a turn: recorded
            # Its text is left out: it may quote what was said.
            logger.error("a turn failed: %s", type(error).__name__)  # noqa: TRY400
            sentence = "Tau made a mistake; try again."
            turn.publish(Failed(id=turn.next_event_id, sentence=sentence, code=TauError.code))
        finally:
            if turn.conversation not in {each.conversation for each in self.active_turns(life)}:
                self._reply_locks.pop(key, None)  # nobody waits for it
            if not life.is_private(turn.conversation):
                self._lives.written(life)
            life.changes.publish(
                ChangeEvent(what="turn_ended", conversation=turn.conversation, turn=turn.id)
            )

    def _find_turn(self, life: Life, turn_id: str) -> Turn | None:
        return self._turns.find(life.person, turn_id) or replay_turn(life, turn_id)


def _title_entries(life: Life, request: TurnInput, said: MessageAdded) -> list[Entry]:
    """Return the entry that titles a conversation by its first words, if it has no title yet."""
    if request.conversation is not None:
        known = life.memory_of(request.conversation).conversation(request.conversation)
        if known.title or known.last is not None:
            return []
    title = " ".join(said.text.split())
    if len(title) > MAX_TITLE_CHARACTERS:
        title = title[: MAX_TITLE_CHARACTERS - 1].rstrip() + "…"
    return [ConversationChanged(at=said.at, id=said.conversation, title=title)]


def _own_message(life: Life, message: str) -> Message:
    """Return a message of the person's, private or not. Raises `NotFound` and `BadInput`."""
    found = life.message(message)
    if found.by != "person":
        raise BadInput("Only your own messages can be edited or answered again.")
    return found
