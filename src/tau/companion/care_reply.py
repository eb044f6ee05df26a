"""Replies to somebody who may be in danger: by a capable model under guard, or the fixed one.

A model's words are held back until a sentence is complete and fine, and its thoughts aren't shown.
Whatever goes wrong with the model, the reply ends with Tau's own text.
"""

import logging
import re
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

import anyio.lowlevel

from tau.care.answers import review
from tau.care.reply_review import has_agreement, has_method
from tau.companion.care_step import HelpOffer, is_capable
from tau.companion.events import Delta, Recalled
from tau.companion.forgetting import FIXED_REPLY_MODEL
from tau.companion.reply import ReplyGenerator
from tau.companion.reply_stream import ReplyStream
from tau.companion.turn import Turn
from tau.errors import ModelError, ModelInterrupted, TauError
from tau.memory import Message
from tau.models import Chunk
from tau.models.types import ModelInfo

logger = logging.getLogger(__name__)

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)*_]*(?=\s)|[。！？\n]")


class ReplyGuard:
    """Guard of a model's reply: lets whole sentences pass until one is harmful."""

    def __init__(self, offer: HelpOffer) -> None:
        self._offer = offer
        self._passed = ""
        self._held = ""
        self.blocked = False
        """Whether a sentence described a method or agreed: nothing more passes."""

    def feed(self, text: str) -> str:
        """Take a piece of the reply and return what may be shown now."""
        if self.blocked:
            return ""
        self._held += text
        ends = [found.end() for found in _SENTENCE_END.finditer(self._held)]
        return self._release(ends[-1]) if ends else ""

    def rest(self) -> str:
        """Return what is held back, if it may be shown: the reply has ended."""
        return self._release(len(self._held))

    def reset(self) -> None:
        """Start again: what passed was no reply."""
        self._passed = self._held = ""

    def missing(self, shown: str, *, failed: bool = False) -> str:
        """Return what a reply lacks of which `shown` is shown; `failed`: it broke off."""
        offer = self._offer
        if self.blocked or failed or not shown.strip():
            return offer.reply
        return review(shown, offer.signal, offer.help, offer.language)

    def _release(self, end: int) -> str:
        released, self._held = self._held[:end], self._held[end:]
        whole = self._passed + released
        if has_method(whole) or has_agreement(whole):
            self.blocked, self._held = True, ""
            return ""
        self._passed = whole
        return released


class GuardedStream(ReplyStream):
    """Publishes the answer of a model under guard, and nothing of its thoughts."""

    def __init__(self, turn: Turn, guard: ReplyGuard, is_fit: Callable[[str], bool]) -> None:
        """`is_fit` says of a model's name whether it may answer."""
        super().__init__(turn)
        self._guard = guard
        self._is_fit = is_fit

    async def publish(self, chunks: AsyncGenerator[Chunk, None], chosen: str) -> None:
        """Publish what comes. Raises `ModelError` for whatever goes wrong with the model."""
        try:
            await super().publish(chunks, chosen)
        except TauError:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary of a model: recorded
            logger.error("a model failed: %s", type(error).__name__)  # noqa: TRY400
            raise ModelInterrupted("The model failed.") from None

    def flush(self) -> None:
        """Publish text that was held back, if it may be shown."""
        with suppress(ModelInterrupted):
            super().flush()
        rest = "" if self._ended else self._guard.rest()  # of a loop, only its first round stays
        if rest:
            super()._reply(rest)

    def add(self, text: str) -> None:
        """Publish Tau's own text after the model's."""
        gap = "\n\n" if self._turn.text.strip() else ""
        self._turn.publish(Delta(id=self._turn.next_event_id, text=f"{gap}{text}"))

    def _answering(self, chunk: Chunk, chosen: str) -> None:
        if self.answered_by is None and not self._is_fit(str(chunk.raw.get("model") or chosen)):
            raise ModelInterrupted("A model took over that may not answer here.")
        super()._answering(chunk, chosen)

    def _reply(self, text: str) -> None:
        if released := self._guard.feed(text):
            super()._reply(released)
        if self._guard.blocked:
            raise ModelInterrupted("The reply may not be shown.")

    def _thought(self, text: str) -> None:
        if text:
            self.has_thought = True
            self._ended = self._ended or self._thought_loops.feed(text) is not None

    def _rethink(self) -> None:
        super()._rethink()
        self._guard.reset()


class CareReplyGenerator(ReplyGenerator):
    """Generates the reply to a message with which help was offered."""

    _offer: HelpOffer
    _guard: ReplyGuard

    def take_care(self, offer: HelpOffer) -> None:
        """Set the help that the reply has to name. Call it before `generate`."""
        self._offer = offer
        self._guard = ReplyGuard(offer)
        aliases = self._models.aliases
        self._stream = GuardedStream(
            self._turn, self._guard, lambda model: is_capable(aliases, model)
        )

    async def generate(self, recall_tokens: int = 0) -> None:
        """Generate the reply, write it and end the turn; a failing model doesn't end it."""
        if not self._offer.fixed:
            await super().generate(recall_tokens)
            return
        with self._turn.cancel_scope:
            await anyio.lowlevel.checkpoint_if_cancelled()
            try:
                await self._propose_forgetting()
            except TauError as error:
                logger.warning("forgetting isn't proposed: %s", type(error).__name__)
        await self._store(None)

    async def _recall(self, model: ModelInfo, after: list[Message]) -> None:
        try:
            await super()._recall(model, after)
        except TauError as error:
            logger.warning("a reply goes without recall: %s", type(error).__name__)
            self._turn.publish(Recalled(id=self._turn.next_event_id, passages=[], facts=[]))

    async def _store(self, failure: ModelError | None) -> None:
        if self._turn.ended_by is None:
            if not self._turn.text.strip():
                self._claim_reply()
            missing = self._guard.missing(self._turn.text, failed=failure is not None)
            if missing and isinstance(self._stream, GuardedStream):
                self._stream.add(missing)
            failure = None
        await super()._store(failure)

    def _claim_reply(self) -> None:
        """Keep the reply as Tau's own, since no model said anything that is shown."""
        self._stream.answered_by, self._stream.instead_of = FIXED_REPLY_MODEL, None
        self._stream.usage, self._request.recalled = None, []
