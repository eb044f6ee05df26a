"""What a specialist does in a turn besides talking: it draws a plan, or begins a document.

What an act does, `tau.experts` knows. Here it becomes the reply and, in one write with the reply, a
version of an artifact: so there is never one without the other, and never two for one turn.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tau.companion.events import ArtifactMade, Delta, Recalled, RecalledFact, Revised, Working
from tau.companion.recalled import to_recalled_fact
from tau.companion.turn import Turn
from tau.companion.turn_input import OWN_CHANNEL
from tau.errors import Conflict, NotFound
from tau.journal.entries import ArtifactRevised
from tau.life.life import Life
from tau.life.private import is_private
from tau.memory import Memory, Message
from tau.memory.thread_versions import versions
from tau.text.languages import is_chinese

_OVERTAKEN = {
    False: "This was changed elsewhere while I worked on it, so I left it as it is now. Say it"
    " again if you still want it.",
    True: "我处理的时候，它在别处被改动了，所以保持现在的样子。如果还需要，请再说一次。",
}


class ArtifactOvertaken(Conflict):
    """What an act would change isn't there any more as it was when the act began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOccasion:
    """What an act goes by. `before` is the thread that may be read, oldest first."""

    life: Life
    words: Message
    before: Sequence[Message]
    artifact: str | None
    """What is open beside the conversation."""
    replaced: Message | None
    """An earlier reply that made something, to the same words or to those that they replace."""
    private: bool
    """Whether nothing may be kept."""
    progress: Callable[[str], None]
    """Shows the person what is being done."""


class Act(Protocol):
    """A step of an act. What is left empty changes nothing."""

    @property
    def text(self) -> str:
        """A piece of the reply. Where one comes, no model replies."""
        ...

    @property
    def context(self) -> str:
        """Data for the prompt of the model that replies, such as what a plan has."""
        ...

    @property
    def version(self) -> Callable[[], ArtifactRevised | None] | None:
        """Returns the version to write, as things are when the reply is written.

        One that is there already is only named. It takes the place of that of an earlier step.
        Raises `Conflict` and `NotFound`.
        """
        ...

    @property
    def facts(self) -> tuple[str, ...]:
        """Ids of the facts that it rests on."""
        ...


class ActingSpecialists(Protocol):
    """Those who act."""

    def act(self, name: str, occasion: ActOccasion) -> AsyncIterator[Act]:
        """Do what words ask of the specialist `name`, step by step; nothing if it only talks."""
        ...


class ActStep:
    """The act of one turn: runs it, and keeps what is to be written."""

    def __init__(self, specialists: ActingSpecialists, name: str, life: Life, turn: Turn) -> None:
        self._specialists = specialists
        self._name = name
        self._life = life
        self._turn = turn
        self._version: Callable[[], ArtifactRevised | None] | None = None
        self._written: ArtifactRevised | None = None
        self._facts: tuple[str, ...] = ()
        self._words = ""
        self.context = ""
        self.replied = False
        """Whether it gave the reply, or a part of it."""

    @property
    def artifact(self) -> str | None:
        """What was made or changed."""
        return self._written.artifact if self._written else None

    @property
    def revision(self) -> str | None:
        """The version that was made."""
        return self._written.id if self._written else None

    async def run(self, words: Message, before: Sequence[Message]) -> bool:
        """Do what the words ask for; return whether that was the reply. Raises `TauError`."""
        self._words = words.text
        async for step in self._specialists.act(self._name, self._occasion(words, before)):
            self.context = step.context or self.context
            self._version = step.version or self._version
            self._facts = (*self._facts, *step.facts)
            if step.text:
                if not self.replied:
                    self._publish_recalled()
                self.replied = True
                self._turn.publish(Delta(id=self._turn.next_event_id, text=step.text))
        return self.replied

    def facts(self) -> list[RecalledFact]:
        """Return the facts that the act rests on and that are still there."""
        found = (self._life.memory.facts.find(name) for name in dict.fromkeys(self._facts))
        return [to_recalled_fact(fact) for fact in found if fact is not None]

    def entries(self) -> list[ArtifactRevised]:
        """Return the version to write with the reply. Raises `ArtifactOvertaken`.

        Called while entries are being written, perhaps more than once.
        """
        if self._version is None or is_private(self._turn.conversation):
            return []
        known = self._life.memory.facts
        if any(known.find(name) is None for name in self._facts):
            raise ArtifactOvertaken("A fact that this rests on has been forgotten.")
        try:
            self._written = self._version()
        except (Conflict, NotFound) as error:
            raise ArtifactOvertaken(str(error)) from error
        return [self._written] if self._written and not self._exists(self._written) else []

    def _exists(self, version: ArtifactRevised) -> bool:
        """Return whether a version is one that was written before: then it's only named."""
        try:
            self._life.memory.artifacts.version(version.artifact, version.id)
        except NotFound:
            return False
        return True

    def give_up(self) -> None:
        """Leave the artifact as it is, and say so instead of the reply."""
        self._version, self._written, self._facts = None, None, ()
        text = _OVERTAKEN[is_chinese(self._words)]
        self._turn.publish(Revised(id=self._turn.next_event_id, text=text))

    def publish_made(self) -> None:
        """Publish what was made, once it's written."""
        if self._written is None:
            return
        made = self._life.memory.artifacts.get(self._written.artifact)
        self._turn.publish(
            ArtifactMade(
                id=self._turn.next_event_id,
                artifact=made.id,
                version=self._written.id,
                artifact_type=made.type,
                title=made.title,
            )
        )

    def _occasion(self, words: Message, before: Sequence[Message]) -> ActOccasion:
        def progress(text: str) -> None:
            self._turn.publish(Working(id=self._turn.next_event_id, text=text))

        private = is_private(words.conversation)
        memory = self._life.memory_of(words.conversation)
        return ActOccasion(
            life=self._life,
            words=words,
            before=before,
            artifact=words.artifact,
            replaced=None if private else _replaced_reply(memory, words),
            private=private,
            progress=progress,
        )

    def _publish_recalled(self) -> None:
        self._turn.publish(Recalled(id=self._turn.next_event_id, passages=[], facts=self.facts()))


def acts_on(words: Message) -> bool:
    """Return whether a specialist may act on a message: one said in Tau's own interfaces."""
    return words.channel == OWN_CHANNEL and words.is_from_person


def _replaced_reply(memory: Memory, words: Message) -> Message | None:
    """Return the last reply that made something for these words, or for those that they replace."""
    siblings = [memory.messages.get(name) for name in versions(memory.conversations, words)]
    before = (one for one in reversed(siblings) if one.by == "person" and one.seq <= words.seq)
    return next(filter(None, (_reply_that_made(memory, one) for one in before)), None)


def _reply_that_made(memory: Memory, words: Message) -> Message | None:
    """Return the last reply to words that made something, if one did."""
    later = memory.messages.since(words.seq, len(memory))
    made = [each for each in later if each.parent == words.id and each.revision is not None]
    own = (each for each in reversed(made) if _answers(memory, each, words))
    return next(own, None)


def _answers(memory: Memory, reply: Message, words: Message) -> bool:
    """Return whether a reply below some words answers them: it may answer those before."""
    turn = memory.messages.of_turn(reply.turn or "")
    return all(each.id == words.id for each in turn if each.by == "person")
