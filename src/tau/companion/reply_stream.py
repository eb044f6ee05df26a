"""The stream of one reply: chunks of a model become events of a turn.

Thoughts are separated from the reply, and a reply that repeats itself ends. This module knows
nothing of prompts, memory and the journal.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from tau.companion.events import Answering, Delta, Revised, Thought
from tau.companion.loops import LoopDetector
from tau.companion.thoughts import Piece, ThoughtSplitter
from tau.companion.turn import Turn
from tau.journal.entries import Cut, Usage
from tau.models import Chunk


class ReplyStream:
    """Publishes the answer of a model, and keeps what is to be known of it at the end."""

    def __init__(self, turn: Turn, *, may_repeat: bool = False) -> None:
        """`may_repeat`: the person asked for something that repeats itself."""
        self._turn = turn
        self._splitter = ThoughtSplitter()
        self._reply_loops = LoopDetector()
        self._may_repeat = may_repeat
        self._thought_loops = LoopDetector()
        self._ended = False
        self.answered_by: str | None = None
        self.instead_of: str | None = None
        self.usage: Usage | None = None
        self.cut: Cut | None = None
        self.has_thought = False

    async def publish(self, chunks: AsyncGenerator[Chunk, None], chosen: str) -> None:
        """Publish what comes until the answer ends, or until it repeats itself.

        `chosen` is the model that should answer.
        """
        async with aclosing(chunks):
            async for chunk in chunks:
                self._answering(chunk, chosen)
                self.usage = _usage(chunk) or self.usage
                self._thought(chunk.thought)
                self._take(self._splitter.feed(chunk.text))
                if self._ended:
                    return
        self._take(self._splitter.end())

    def flush(self) -> None:
        """Publish text that was held back, if the answer ended in the middle."""
        if not self._ended:
            self._take(self._splitter.end())

    def _answering(self, chunk: Chunk, chosen: str) -> None:
        if self.answered_by is not None:
            return
        self.answered_by = str(chunk.raw.get("model") or chosen)
        self.instead_of = chosen if chosen != self.answered_by else None
        self._turn.publish(
            Answering(
                id=self._turn.next_event_id, model=self.answered_by, instead_of=self.instead_of
            )
        )

    def _take(self, pieces: list[Piece]) -> None:
        for kind, text in pieces:
            if self._ended:
                return
            if kind == "rethought":
                self._rethink()
            elif kind == "thought":
                self._thought(text)
            else:
                self._reply(text)

    def _reply(self, text: str) -> None:
        self._turn.publish(Delta(id=self._turn.next_event_id, text=text))
        kept = None if self._may_repeat else self._reply_loops.feed(text)
        if kept is not None:
            self.cut, self._ended = "repetition", True
            self._turn.publish(Revised(id=self._turn.next_event_id, text=kept))

    def _thought(self, text: str) -> None:
        if not text:
            return
        self.has_thought = True
        self._turn.publish(Thought(id=self._turn.next_event_id, text=text))
        self._ended = self._ended or self._thought_loops.feed(text) is not None

    def _rethink(self) -> None:
        """Turn the reply so far into a thought."""
        text = self._turn.text
        self._reply_loops.reset()
        self._turn.publish(Revised(id=self._turn.next_event_id, text=""))
        self._thought(text)


def _usage(chunk: Chunk) -> Usage | None:
    if chunk.prompt_tokens is None and chunk.completion_tokens is None:
        return None
    return Usage(
        prompt_tokens=chunk.prompt_tokens or 0, completion_tokens=chunk.completion_tokens or 0
    )
