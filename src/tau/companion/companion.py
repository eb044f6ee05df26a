"""The companion: turns of conversation.

In a turn the person's words are written, related messages are recalled, a prompt is built, a model
streams, and the reply is written. Learning follows in the background. This module knows nothing of
HTTP.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

import msgspec

from tau.attachments.attachment_store import AttachmentStore
from tau.care.answers import language_of
from tau.care.notices import notice_text
from tau.companion.acts import ActStep, acts_on
from tau.companion.care_reply import CareReplyGenerator
from tau.companion.care_step import Assessment, CareStep, joined
from tau.companion.care_vectors import CareVectors, QueryEmbedder
from tau.companion.events import Accepted, Failed, NoticeGiven
from tau.companion.placement import RetryContext, own_message, words_parent
from tau.companion.replay import replay_turn
from tau.companion.reply import ReplyGenerator
from tau.companion.reply_files import take_files
from tau.companion.specialists import (
    Specialist,
    Specialists,
    find_specialist,
    require_fitting,
    suggest_specialist,
)
from tau.companion.turn import Turn
from tau.companion.turn_input import OWN_CHANNEL, TurnInput, validated_turn_id
from tau.companion.turn_registry import TurnRegistry
from tau.companion.words import WordsDraft, draft_words, file_entries
from tau.errors import ModelBusy, ModelInvalidAnswer, NotFound, TauError, UnknownModel
from tau.facts.resolution import TALK
from tau.ids import new_id
from tau.journal.entries import Entry
from tau.learning.learning import LearningWorker
from tau.learning.priority import ForegroundLoad
from tau.life.changes import ChangeEvent
from tau.life.forgetting import affected_conversations, forget
from tau.life.life import Life
from tau.life.lives import Lives
from tau.life.private import is_private
from tau.life.text_validation import validated_message
from tau.memory import Message
from tau.memory.erasure_plan import ErasurePlan
from tau.memory.erasure_request import ErasureRequest
from tau.models import Models
from tau.settings import Settings

logger = logging.getLogger(__name__)


class ReplyTo(NamedTuple):
    """What a reply answers, and who replies."""

    words: Message
    request: TurnInput
    care: Assessment
    specialist: Specialist | None = None
    retry: RetryContext | None = None


class Companion:
    """Starts turns and generates their replies. Close it, so that partial replies are kept."""

    def __init__(
        self,
        lives: Lives,
        models: Models,
        learning: LearningWorker,
        load: ForegroundLoad,
        settings: Settings,
        embed: QueryEmbedder | None = None,
        specialists: Specialists | None = None,
        attachments: AttachmentStore | None = None,
    ) -> None:
        self._lives = lives
        self._models = models
        self._learning = learning
        self._foreground_load = load
        self._settings = settings
        vectors = CareVectors(embed, models.aliases) if embed else None
        self.care = CareStep(settings.home, settings.country, vectors)
        self._specialists = specialists
        self._attachments = attachments
        self.turns = TurnRegistry()
        """The turns in progress, and the last ones that finished."""
        self._starting_turns: dict[tuple[str, str], asyncio.Task[Turn]] = {}
        self._reply_locks: dict[tuple[str, str], asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        lives.subscribe(self.turns)

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
        return await self.begin(life, request)

    async def begin(self, life: Life, request: TurnInput) -> Turn:
        """Write the words of a `request` and start to reply, as `turn` does.

        `request.expert` is the specialist to reply (`talk`: none); without one, that of the
        conversation.
        """
        return await self._start_once(
            life, request.turn_id, lambda: self._start_turn(life, request)
        )

    async def retry(
        self,
        life: Life,
        message: str,
        *,
        turn_id: str | None = None,
        model: str | None = None,
        instructions: str | None = None,
        expert: str | None = None,
    ) -> Turn:
        """Reply once more to a message of the person's; the earlier reply is hidden.

        `expert` is the specialist to reply; without one, the one it was said to. Raises `NotFound`,
        `BadInput` and `UnknownModel`.
        """
        turn_id = validated_turn_id(turn_id)
        request = TurnInput(
            words="", turn_id=turn_id, model=model, instructions=instructions, expert=expert
        )
        return await self._start_once(
            life, turn_id, lambda: self._start_retry(life, message, request)
        )

    def find_turn(self, life: Life, turn_id: str) -> Turn:
        """Return a turn of this person, in progress or finished. Raises `NotFound`."""
        turn = self.turns.find(life.person, turn_id)
        if turn is None and (life.person, turn_id) not in self._starting_turns:
            turn = replay_turn(life, turn_id, self.care)
        if turn is None:
            raise NotFound("There is no such turn.")
        return turn

    def turn_of(self, life: Life, message: str) -> Turn:
        """Return the turn that answers a message of the person's. Raises `NotFound`."""
        active = [turn for turn in self.active_turns(life) if turn.message == message]
        return active[-1] if active else self.find_turn(life, life.message(message).turn or "")

    def is_awaited(self, life: Life, message: Message) -> bool:
        """Return whether a client waits for the reply to a message.

        One that left while a reply was generated doesn't, though the turn goes on.
        """
        if (life.person, message.turn) in self._starting_turns:
            return True
        active = (turn for turn in self.active_turns(life) if turn.message == message.id)
        return any(not turn.abandoned for turn in active)

    def active_turns(self, life: Life) -> list[Turn]:
        """Return the turns of this person that are in progress."""
        return self.turns.active(life.person)

    async def forget(
        self, life: Life, request: ErasureRequest, *, dry_run: bool = False
    ) -> ErasurePlan:
        """Erase what `request` names, for good, and return what was erased.

        Replies in progress in the conversations concerned end first: their prompts contain it.
        With `dry_run` nothing ends and nothing is erased. Raises `NotFound`, and `BadInput` for an
        empty period.
        """
        if not dry_run:
            await self.turns.stop(life.person, affected_conversations(life, request))
        return await forget(life, request, dry_run=dry_run)

    async def close(self) -> None:
        """Interrupt every turn, and keep what was said so far."""
        self.turns.interrupt_all()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _start_once(
        self, life: Life, turn_id: str, start: Callable[[], Coroutine[Any, Any, Turn]]
    ) -> Turn:
        """Return the turn `turn_id`: the known one, the one that is being started, or a new one."""

        async def find_or_start() -> Turn:
            await life.refresh()  # the first try may have been written although it failed
            known = self._find_turn(life, turn_id)
            if known is None:
                self.turns.require_open()
            return known or await start()

        key = (life.person, turn_id)
        if key not in self._starting_turns:
            if known := self.turns.find(life.person, turn_id):
                return known
            task = asyncio.create_task(find_or_start())
            self._starting_turns[key] = task
            task.add_done_callback(lambda _: self._starting_turns.pop(key, None))
        return await asyncio.shield(self._starting_turns[key])

    async def _start_turn(self, life: Life, request: TurnInput) -> Turn:
        conversation = request.conversation or new_id()
        if request.edits is not None:
            words_parent(life, request.conversation, request.edits)  # raises before a reply ends
            await self.turns.stop(life.person, {conversation})
        specialist = await find_specialist(
            life, request.conversation, request.expert, self._specialists
        )
        files = await take_files(self._attachments, life, request)
        await self._embed_words(life, request)
        drafts: list[WordsDraft] = []

        def decide() -> list[Entry]:
            drafts.clear()
            if life.turn(request.turn_id):  # another process was faster
                return []
            name = specialist.name if specialist else None
            draft = draft_words(life, request, conversation, self.care, name)
            model = self._resolve_model(request.model, draft.care)
            drafts.append(draft._replace(model=model))
            return [*file_entries(life, files, conversation), *draft.entries]

        await life.append_to(conversation, decide)
        if self._attachments is not None:
            await self._attachments.keep(life, request.attachments)
        if not drafts:
            if known := self._find_turn(life, request.turn_id):
                return known
            raise NotFound("Your message was forgotten before Tau could reply.")
        said, care, model = drafts[0].said, drafts[0].care, drafts[0].model
        turn = Turn(conversation=conversation, message=said.id, turn_id=request.turn_id)
        message = life.memory_of(conversation).message(said.id)
        request = msgspec.structs.replace(request, model=model)
        self._start_reply(life, turn, ReplyTo(message, request, care, specialist))
        return turn

    async def _start_retry(self, life: Life, message: str, request: TurnInput) -> Turn:
        words = own_message(life, message)
        expert = request.expert or words.expert or TALK
        specialist = await find_specialist(life, words.conversation, expert, self._specialists)
        require_fitting(life, words.conversation, specialist.name if specialist else None)
        memory = life.memory_of(words.conversation)
        if words.care is None:
            await self.care.embed(memory, words.text, words.parent)
        care = self.care.assess(memory, words.text, words.parent).with_mark(words.care)
        model = self._resolve_model(request.model, care)
        await self.turns.stop_replies(life.person, message)
        active = self.turns.active(life.person)
        awaited = any(turn.conversation == words.conversation for turn in active)
        words = memory.message(message)  # perhaps hidden since, by another device
        retry = RetryContext(memory.last, words.visible, awaited)
        turn = Turn(conversation=words.conversation, message=message, turn_id=request.turn_id)
        request = msgspec.structs.replace(request, words=words.text, model=model)
        self._start_reply(life, turn, ReplyTo(words, request, care, specialist, retry))
        return turn

    async def _embed_words(self, life: Life, request: TurnInput) -> None:
        if request.conversation is None:
            said = [each.text for each in request.history if each.by == "person"]
            await self.care.embed_alone(request.words, said)
            return
        parent = words_parent(life, request.conversation, request.edits)
        memory = life.memory_of(request.conversation)
        await self.care.embed(memory, request.words, parent)

    def _resolve_model(self, model: str | None, care: Assessment) -> str:
        """Return the model that replies.

        Raises `UnknownModel` before anything is written, unless help is named: it needs no model.
        """
        name = model or self._models.aliases.default_chat()
        try:
            self._models.aliases.names_for(name)
        except UnknownModel:
            if care.mark is None:
                raise
        return name

    def _start_reply(self, life: Life, turn: Turn, to: ReplyTo) -> None:
        words, request, care = to.words, to.request, to.care
        if life.abandoned:  # while the words were written
            raise NotFound("There is no such person.")
        life.memory_of(turn.conversation)  # raises if it ended in the meantime
        model, aliases = str(request.model), self._models.aliases
        offer = self.care.offer_for(care, words.text, aliases, model)
        self.turns.add(life.person, turn)
        turn.publish(
            Accepted(
                id=turn.next_event_id,
                turn=turn.id,
                conversation=turn.conversation,
                message=turn.message,
            )
        )
        if offer is not None:  # before anything that may fail or take time
            turn.publish(offer.event(turn.next_event_id))
        if to.retry is None:
            self._publish_notice(life, turn, words)
        asked = joined(request.instructions, self.care.instructions(care, offer, aliases, model))
        generator = CareReplyGenerator if offer else ReplyGenerator
        reply = generator(
            life,
            turn,
            words,
            self._models,
            model,
            instructions=asked,
            retry=to.retry,
            specialist=to.specialist,
        )
        if offer is None and to.specialist and self._specialists and acts_on(words):
            name = to.specialist.name
            reply.act_with(ActStep(self._specialists, name, life, turn))
        if self._attachments is not None:
            reply.read_pictures_with(self._attachments.read)
        if offer is not None and isinstance(reply, CareReplyGenerator):
            reply.take_care(offer)
        suggests = to.specialist is None and to.retry is None and offer is None
        asked_for = suggests and request.expert is None
        task = asyncio.create_task(self._run(life, turn, reply, words if asked_for else None))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _publish_notice(self, life: Life, turn: Turn, words: Message) -> None:
        memories = [life.memory]
        if private := life.private.find(words.conversation):
            memories.append(private.memory)
        country, hours = self.care.country(), self._settings.care_notice_hours
        if self.care.notices.is_due(life.person, words, memories, country, hours):
            text = notice_text(language_of(words.text))
            turn.publish(NoticeGiven(id=turn.next_event_id, text=text))

    async def _run(
        self, life: Life, turn: Turn, reply: ReplyGenerator, suggest_for: Message | None
    ) -> None:
        life.changes.publish(
            ChangeEvent(what="turn_began", conversation=turn.conversation, turn=turn.id)
        )
        key = (life.person, turn.conversation)
        lock = self._reply_locks.setdefault(key, asyncio.Lock())
        try:
            async with lock:  # one reply at a time: each prompt contains the reply before
                with self._foreground_load.track():
                    if not is_private(turn.conversation):
                        self._learning.written(life)  # questions about it come with this reply
                    await self._learning.wait_for_rules(life)  # for the facts in the prompt
                    if suggest_for is not None:
                        await suggest_specialist(life, turn, suggest_for, self._specialists)
                    await reply.generate(self._settings.recall_tokens)
        except TauError as error:
            # Ended before the first word: then how it ended matters.
            ended_early = turn.ended_by if isinstance(error, ModelInvalidAnswer) else None
            code = ended_early or error.code
            rest = error.retry_after_seconds if isinstance(error, ModelBusy) else None
            number, sentence = turn.next_event_id, str(error)
            turn.publish(Failed(id=number, sentence=sentence, code=code, retry_after_seconds=rest))
        except Exception as error:  # noqa: BLE001 - the boundary of a turn: recorded
            # Its text is left out: it may quote what was said.
            logger.error("a turn failed: %s", type(error).__name__)  # noqa: TRY400
            sentence = "Tau made a mistake; try again."
            turn.publish(Failed(id=turn.next_event_id, sentence=sentence, code=TauError.code))
        finally:
            if turn.conversation not in {each.conversation for each in self.active_turns(life)}:
                self._reply_locks.pop(key, None)  # nobody waits for it
            if not is_private(turn.conversation):
                self._lives.written(life)
            life.changes.publish(
                ChangeEvent(what="turn_ended", conversation=turn.conversation, turn=turn.id)
            )

    def _find_turn(self, life: Life, turn_id: str) -> Turn | None:
        if turn := self.turns.find(life.person, turn_id):
            return turn
        return replay_turn(life, turn_id, self.care)
