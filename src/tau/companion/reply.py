"""Generation of one reply: recall, prompt, stream, write."""

import time
from contextlib import suppress

import anyio
import anyio.lowlevel
import msgspec

from tau.clock import local_now
from tau.companion.acts import ActStep, ArtifactOvertaken
from tau.companion.events import (
    Delta,
    Done,
    Failed,
    Recalled,
    RecalledFact,
)
from tau.companion.forgetting import FIXED_REPLY_MODEL, propose_forgetting
from tau.companion.loops import asks_to_repeat
from tau.companion.notes import publish_notes
from tau.companion.placement import RetryContext, reply_entries, reply_place
from tau.companion.profile import load_profile
from tau.companion.prompt import select_recalled
from tau.companion.recalled import to_recalled_part, to_recalled_passage
from tau.companion.reply_files import ReadPicture, add_passages, add_pictures, unseen_note
from tau.companion.reply_request import ReplyRequest
from tau.companion.reply_stream import ReplyStream
from tau.companion.specialists import Specialist
from tau.companion.turn import CUT_SHORT_MESSAGE, UNANSWERED_MESSAGE, Turn
from tau.errors import ModelError, ModelInvalidAnswer, NotFound, TauError, UnknownModel
from tau.ids import new_id
from tau.journal.entries import Entry, MessageAdded, Status
from tau.life.life import Life
from tau.memory import Message
from tau.memory.questions import asks_about_replies
from tau.memory.references import resolve_references
from tau.models import Models
from tau.models.types import ModelInfo

_RECALL_TIMEOUT_SECONDS = 3.0  # for the vector of the words; then search goes by words alone
_OVERFETCH_FACTOR = 2  # of a conversation: twice as much is found, where one side is left out
_ONLY_THOUGHT_MESSAGE = "The model thought, but didn't answer; try again, or another model."
_EMPTY_REPLY_MESSAGES = {
    None: "The model sent an empty answer; try again, or another model.",
    "stopped": "Stopped before the first word.",
    "interrupted": UNANSWERED_MESSAGE,
}


class ReplyGenerator:
    """Generates the reply of one turn and publishes its events.

    A retry generates another reply to a message, without looking at what followed it.
    """

    def __init__(
        self,
        life: Life,
        turn: Turn,
        words: Message,
        models: Models,
        model: str,
        *,
        instructions: str | None = None,
        retry: RetryContext | None = None,
        specialist: Specialist | None = None,
    ) -> None:
        self._life = life
        self._turn = turn
        self._message = words
        self._models = models
        self._model = model
        self._retry = retry
        self._expert = specialist.name if specialist else None
        self._request = ReplyRequest(
            words.text,
            life.memory.facts,
            local_now(),
            instructions=instructions,
            skill=specialist.instructions if specialist else "",
            scope=specialist.scope if specialist else life.memory.scopes.of(None),
        )
        self._facts: list[RecalledFact] = []
        self._read_picture: ReadPicture | None = None
        self._act_step: ActStep | None = None
        self._stream = ReplyStream(turn, may_repeat=asks_to_repeat(words.text))

    def read_pictures_with(self, read: ReadPicture) -> None:
        """Set what returns the bytes of a picture. Call it before `generate`."""
        self._read_picture = read

    def act_with(self, step: ActStep) -> None:
        """Set what the specialist does besides talking. Call it before `generate`."""
        self._act_step = step

    async def generate(self, recall_tokens: int = 0) -> None:
        """Generate the reply, write it, and end the turn with `done` or `failed`.

        A reply cut short by a failure or a stop is kept and marked so. Raises `TauError` when
        there is no text, or it can't be written.
        """
        failure: ModelError | None = None
        try:
            with self._turn.cancel_scope:
                await anyio.lowlevel.checkpoint_if_cancelled()  # it was stopped while it waited
                self._request.now, self._request.recall_tokens = local_now(), recall_tokens
                self._request.before, after = self._split_thread()
                if not await self._propose_forgetting() and not await self._act():
                    # the first one that is ready; another takes over if it fails
                    chosen = self._models.aliases.info(self._model)
                    await self._recall(chosen, after)
                    await add_pictures(
                        self._life, self._request, self._message, chosen, self._read_picture
                    )
                    await self._ask_model(chosen)
        except ModelError as error:
            failure = error
        self._stream.flush()
        self._say_what_is_unseen()
        publish_notes(self._life, self._turn, self._message)
        await self._store(failure)

    async def _propose_forgetting(self) -> bool:
        """Answer a request to forget without a model; return whether it was one."""
        proposal = await propose_forgetting(self._life, self._message)
        if proposal is None:
            return False
        if proposal.messages or proposal.facts:
            self._turn.publish(proposal.event(self._turn.next_event_id))
        self._stream.answered_by = FIXED_REPLY_MODEL
        self._turn.publish(Delta(id=self._turn.next_event_id, text=proposal.reply))
        return True

    async def _act(self) -> bool:
        """Let the specialist act; return whether that was the reply, so that no model is asked."""
        step = self._act_step
        if step is None:
            return False
        try:
            return await step.run(self._message, self._request.before)
        finally:  # also if the person stops it
            self._request.open_artifact = step.context
            if step.replied:
                self._stream.answered_by = FIXED_REPLY_MODEL
                self._facts = step.facts()

    async def _ask_model(self, chosen: ModelInfo) -> None:
        if self._life.abandoned:
            raise NotFound("There is no such person.")
        chunks = self._models.stream(self._model, self._request.build)
        await self._stream.publish(chunks, chosen.name)

    def _split_thread(self) -> tuple[list[Message], list[Message]]:
        """Return what the reply may look back on, oldest first, and what it may not recall.

        The latter are the words themselves and, for another reply, what followed them.
        """
        conversation = self._message.conversation
        whole = self._life.memory_of(conversation).conversations.thread(conversation)
        reads = self._request.scope.reads_from
        thread = [each for each in whole if each.id == self._message.id or reads(each.expert)]
        place = next((n for n, each in enumerate(thread) if each.id == self._message.id), None)
        if place is None:
            return [], [self._message]
        before, after = thread[:place], thread[place + 1 :]
        if self._retry is not None:
            return before, [self._message, *after]
        # Words that came while another reply was being generated stand before that reply.
        return before + [each for each in after if each.by == "tau"], [self._message]

    async def _recall(self, model: ModelInfo, after: list[Message]) -> None:
        style = self._request.style(model)
        replies = style.recall_replies or asks_about_replies(self._message.text)
        overfetch = 1 if replies else _OVERFETCH_FACTOR
        before = [each.text for each in self._request.before]
        query = resolve_references(self._message.text, before)
        add_passages(self._life.memory, self._request, self._message, query, model)
        found = await self._life.search(
            query,
            floor=True,
            at=self._message.at,
            limit=style.recall_passages * overfetch,
            tokens=style.recall_tokens * overfetch,
            exclude={each.id for each in (*self._request.recent(model), *after)},
            scope=self._request.scope,
            embed_timeout_seconds=_RECALL_TIMEOUT_SECONDS,
        )
        self._request.found = [one for one in found if replies or not one.message.is_reply]
        passages = [
            to_recalled_passage(each.message, each.score, each.reasons)
            for each in select_recalled(style, self._request.found)
        ]
        scope = self._request.scope
        profile = load_profile(self._request.facts, style, self._request.now, scope)
        found_facts = profile.recalled(
            self._life.memory, self._message.text, self._request.now.timestamp(), scope
        )
        # What these words have just taught is noted, not remembered.
        self._facts = [each for each in found_facts if each.sources != [self._message.id]]
        parts = [to_recalled_part(each) for each in self._request.quoted]
        self._turn.publish(
            Recalled(id=self._turn.next_event_id, passages=passages, facts=self._facts, parts=parts)
        )

    def _say_what_is_unseen(self) -> None:
        """Say plainly that the model couldn't see the pictures that came with the words."""
        model = self._stream.answered_by
        if model in {None, FIXED_REPLY_MODEL} or not self._turn.text.strip():
            return
        with suppress(UnknownModel):
            info = self._models.aliases.info(str(model))
            if note := unseen_note(self._request, info):
                self._turn.publish(Delta(id=self._turn.next_event_id, text=f"\n\n{note}"))

    async def _store(self, failure: ModelError | None) -> None:
        text = self._turn.text
        ended_by = self._turn.ended_by
        if not text.strip():
            raise failure or ModelInvalidAnswer(self._empty_reply_message())
        status: Status = "interrupted" if failure else ended_by or "complete"
        try:
            said = await self._write(text, status)
        except ArtifactOvertaken:
            said = await self._write_without_act(status)
        except TauError as error:
            raise type(error)(f"The reply couldn't be saved. {error}") from error
        if self._act_step is not None:
            self._act_step.publish_made()
        if status == "interrupted":
            self._turn.publish(
                Failed(
                    id=self._turn.next_event_id,
                    sentence=f"{failure} The reply so far is kept."
                    if failure
                    else CUT_SHORT_MESSAGE,
                    message=said.id,
                    code=failure.code if failure else "interrupted",
                )
            )
            return
        self._turn.publish(
            Done(
                id=self._turn.next_event_id,
                message=said.id,
                status="stopped" if status == "stopped" else "complete",
                model=self._stream.answered_by or self._model,
                usage=self._stream.usage,
                cut=self._stream.cut,
            )
        )

    async def _write(self, text: str, status: Status) -> MessageAdded:
        """Write the reply at its place, with what was made; return it."""
        said = self._reply_entry(text, status)

        def decide() -> list[Entry]:
            memory = self._life.memory_of(said.conversation)
            place = reply_place(memory, self._message, self._retry)
            step = self._act_step
            made = step.entries() if step else []
            whole = msgspec.structs.replace(
                said,
                parent=place.parent,
                artifact=step.artifact if step else None,
                revision=step.revision if step else None,
            )
            return [*made, *reply_entries(whole, place)]

        await self._life.append_to(said.conversation, decide)
        return said

    async def _write_without_act(self, status: Status) -> MessageAdded:
        """Write a reply that says that what was to be changed is as it was."""
        if self._act_step is not None:
            self._act_step.give_up()
        self._facts = []
        return await self._write(self._turn.text, status)

    def _empty_reply_message(self) -> str:
        if self._turn.ended_by is None and self._stream.has_thought:
            return _ONLY_THOUGHT_MESSAGE
        return _EMPTY_REPLY_MESSAGES[self._turn.ended_by]

    def _reply_entry(self, text: str, status: Status) -> MessageAdded:
        return MessageAdded(
            at=time.time(),
            id=new_id(),
            conversation=self._message.conversation,
            by="tau",
            text=text,
            turn=self._turn.id,
            status=status,
            model=self._stream.answered_by or self._model,
            usage=self._stream.usage,
            cut=self._stream.cut,
            instead_of=self._stream.instead_of,
            recalled=tuple(passage.message.id for passage in self._request.recalled),
            channel=self._message.channel,
            facts=tuple(fact.id for fact in self._facts),
            expert=self._expert,
            recalled_parts=tuple((each.file.id, each.number) for each in self._request.quoted),
        )
