"""Generation of one reply: recall, prompt, stream, write."""

import time
from collections.abc import Sequence

import anyio
import anyio.lowlevel

from tau.clock import local_now
from tau.companion.events import Delta, Done, Failed, Recalled, RecalledPassage
from tau.companion.profile import PromptProfile, load_profile
from tau.companion.prompt import PromptStyle, build_prompt, load_style, window
from tau.companion.turn import CUT_SHORT_MESSAGE, UNANSWERED_MESSAGE, Turn
from tau.errors import ModelError, ModelInvalidAnswer, NotFound, TauError
from tau.ids import new_id
from tau.journal.entries import MessageAdded, Status, Usage
from tau.life.life import Life
from tau.memory import Message, Passage
from tau.models import Chunk, Models

_RECALL_TIMEOUT_SECONDS = 3.0  # for the vector of the words; then search goes by words alone
_OVERFETCH_FACTOR = 2  # of a conversation: twice as much is found, where one side is left out
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
        is_retry: bool = False,
    ) -> None:
        self._life = life
        self._turn = turn
        self._message = words
        self._models = models
        self._model = model
        self._instructions = instructions
        self._is_retry = is_retry
        self._answered_by = model
        self._usage: Usage | None = None
        self._recalled: list[Passage] = []
        self._now = local_now()
        self._profile = PromptProfile()

    async def generate(self, recall_tokens: int = 0) -> None:
        """Generate the reply, write it, and end the turn with `done` or `failed`.

        A reply cut short by a failure or a stop is kept and marked so. Raises `TauError` when
        there is no text, or it can't be written.
        """
        failure: ModelError | None = None
        try:
            with self._turn.cancel_scope:
                await anyio.lowlevel.checkpoint_if_cancelled()  # it was stopped while it waited
                style = self._style(recall_tokens)
                before, after = self._split_thread()
                recent = window(before, style.recent_tokens)
                self._now = local_now()
                self._profile = load_profile(self._life.memory.facts, style, self._now)
                await self._recall(style, exclude={each.id for each in (*recent, *after)})
                await self._stream(style, recent)
        except ModelError as error:
            failure = error
        await self._store(failure)

    def _style(self, recall_tokens: int) -> PromptStyle:
        info = self._models.aliases.info(self._model)
        style = load_style(info.size).fit_to_context(info.context_tokens)
        return style.with_recall(recall_tokens) if recall_tokens else style

    def _split_thread(self) -> tuple[list[Message], list[Message]]:
        """Return what the reply may look back on, oldest first, and what it may not recall.

        The latter are the words themselves and, for another reply, what followed them.
        """
        conversation = self._message.conversation
        thread = self._life.memory_of(conversation).conversations.thread(conversation)
        place = next((n for n, each in enumerate(thread) if each.id == self._message.id), None)
        if place is None:
            return [], [self._message]
        before, after = thread[:place], thread[place + 1 :]
        if self._is_retry:
            return before, [self._message, *after]
        # Words that came while another reply was being generated stand before that reply.
        return before + [each for each in after if each.by == "tau"], [self._message]

    async def _recall(self, style: PromptStyle, exclude: set[str]) -> None:
        overfetch = 1 if style.recall_replies else _OVERFETCH_FACTOR
        found = await self._life.search(
            self._message.text,
            at=self._message.at,
            limit=style.recall_passages * overfetch,
            tokens=style.recall_tokens * overfetch,
            exclude=exclude,
            embed_timeout_seconds=_RECALL_TIMEOUT_SECONDS,
        )
        usable = [one for one in found if style.recall_replies or not one.message.is_reply]
        self._recalled = usable[: style.recall_passages]
        passages = [
            to_recalled_passage(each.message, each.score, each.reasons) for each in self._recalled
        ]
        facts = self._profile.recalled()
        self._turn.publish(Recalled(id=self._turn.next_event_id, passages=passages, facts=facts))

    async def _stream(self, style: PromptStyle, recent: Sequence[Message]) -> None:
        body = {
            "messages": build_prompt(
                style,
                recent=recent,
                recalled=self._recalled,
                words=self._message.text,
                now=self._now,
                profile=self._profile.text,
                instructions=self._instructions,
            ),
            "max_tokens": style.reply_tokens,
            **style.sampling,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if self._life.abandoned:
            raise NotFound("There is no such person.")
        async for chunk in self._models.stream(self._model, body):
            self._answered_by = str(chunk.raw.get("model") or self._answered_by)
            self._usage = _usage(chunk) or self._usage
            if chunk.text:
                self._turn.publish(Delta(id=self._turn.next_event_id, text=chunk.text))

    async def _store(self, failure: ModelError | None) -> None:
        text = self._turn.text
        ended_by = self._turn.ended_by
        if not text.strip():
            raise failure or ModelInvalidAnswer(_EMPTY_REPLY_MESSAGES[ended_by])
        status: Status = "interrupted" if failure else ended_by or "complete"
        said = self._reply_entry(text, status)
        try:
            await self._life.append(said)
        except TauError as error:
            raise type(error)(f"The reply couldn't be saved. {error}") from error
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
                model=self._answered_by,
                usage=self._usage,
            )
        )

    def _reply_entry(self, text: str, status: Status) -> MessageAdded:
        return MessageAdded(
            at=time.time(),
            id=new_id(),
            conversation=self._message.conversation,
            by="tau",
            text=text,
            parent=self._parent(),
            turn=self._turn.id,
            status=status,
            model=self._answered_by,
            usage=self._usage,
            recalled=tuple(passage.message.id for passage in self._recalled),
        )

    def _parent(self) -> str:
        """Return what the reply follows: the person's message, or the end of its thread."""
        conversation = self._message.conversation
        memory = self._life.memory_of(conversation)
        message = memory.messages.find(self._message.id)
        if message is None:
            raise NotFound("Your message was forgotten before Tau could reply.")
        if self._is_retry or not message.visible:
            return self._message.id
        return memory.conversation(conversation).last or self._message.id


def to_recalled_passage(
    message: Message, score: float = 0.0, reasons: tuple[str, ...] = ()
) -> RecalledPassage:
    """Return a message as the events of a turn show it."""
    return RecalledPassage(
        message=message.id,
        conversation=message.conversation,
        by=message.by,
        speaker=message.speaker,
        text=message.text,
        at=message.at,
        score=score,
        reasons=list(reasons),
    )


def _usage(chunk: Chunk) -> Usage | None:
    if chunk.prompt_tokens is None and chunk.completion_tokens is None:
        return None
    return Usage(
        prompt_tokens=chunk.prompt_tokens or 0, completion_tokens=chunk.completion_tokens or 0
    )
