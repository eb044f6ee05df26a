"""The care step of a turn: before anything else, whether the words say that somebody is in danger.

If they do, help is offered at once, whatever the model is and whether there is one. The rules, the
texts and the help lines are in `tau.care`; this module brings them into a turn.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path

import anyio.to_thread
import msgspec

from tau.care.answers import card_text, fixed_reply, instructions, language_of
from tau.care.classifier import classifier
from tau.care.helplines import (
    FILE_NAME,
    WORLDWIDE,
    Help,
    HelpLine,
    built_in_lines,
    help_for,
    read_own_lines,
)
from tau.care.rules import signal_rules
from tau.care.signals import MAX_EARLIER, Level, Signal, assess, assess_by_rules
from tau.companion.ai_notice import NoticeClock
from tau.companion.care_vectors import CareVectors
from tau.companion.events import HelpOffered, OfferedLine
from tau.companion.location import current_country
from tau.errors import BadInput, TauError
from tau.journal.entries import CareMark
from tau.memory import Memory, Message
from tau.models.aliases import Aliases

NAMES_HELP = Level.IDEATION
"""From this level on help is named."""


class HelpOffer(msgspec.Struct, frozen=True, kw_only=True):
    """The help that is offered with one message. `fixed`: no model may write the reply."""

    signal: Signal
    help: Help
    language: str
    fixed: bool = False

    @property
    def card(self) -> str:
        """The card as plain text."""
        return card_text(self.signal, self.help, self.language)

    @property
    def reply(self) -> str:
        """The fixed reply."""
        return fixed_reply(self.signal, self.help, self.language)

    @property
    def instructions(self) -> str:
        """What a capable model is asked to do."""
        return instructions(self.signal, self.help, self.language)

    def lines(self) -> list[OfferedLine]:
        """Return the help lines as a card shows them."""
        return [
            OfferedLine(
                name=line.name,
                number=line.number,
                text=line.text,
                url=line.url,
                hours=line.hours,
                languages=list(line.languages),
            )
            for line in self.help.lines
        ]

    def event(self, number: int) -> HelpOffered:
        """Return the offer as event `number` of a turn."""
        return HelpOffered(
            id=number,
            level=int(self.signal.level),
            kind=self.signal.kind,
            about=self.signal.about,
            country=self.help.country,
            emergency=self.help.emergency,
            lines=self.lines(),
            text=self.card,
            language=self.language,
            fixed=self.fixed,
        )


_KINDS = ("suicide", "self_harm", "abuse", "violence", "eating")


class Assessment(msgspec.Struct, frozen=True):
    """What a message says of danger, and what is kept of it (`None`: no help is named)."""

    signal: Signal
    mark: CareMark | None = None

    def with_mark(self, mark: CareMark | None) -> "Assessment":
        """Return this with the mark that the message already has, if it has one."""
        return msgspec.structs.replace(self, mark=mark) if mark is not None else self


class CareStep:
    """Assesses messages and offers help. `home` may hold the owner's own help lines.

    Without `vectors` rules and n-grams decide.
    """

    def __init__(self, home: Path, country: str, vectors: CareVectors | None = None) -> None:
        self._home = home
        self._country = country
        self._vectors = vectors
        self.notices = NoticeClock()

    def country(self) -> str | None:
        """Return the code of the person's country, if it's known."""
        return current_country(self._country)

    async def embed(self, memory: Memory, words: str, parent: str | None) -> None:
        """Ask the embedder about words that will be assessed (`CareVectors.ask`)."""
        await self.embed_alone(words, _earlier_words(memory, parent))

    async def embed_alone(self, words: str, earlier: Sequence[str]) -> None:
        """Ask the embedder about words and those before them, unless rules alone name help."""
        recent = earlier[-MAX_EARLIER:]
        if self._vectors and assess_by_rules(words, recent).level < NAMES_HELP:
            await self._vectors.ask([*recent, words])

    def assess(self, memory: Memory | None, words: str, parent: str | None) -> Assessment:
        """Return what words say of danger that follow the message `parent`."""
        return self.assess_alone(words, _earlier_words(memory, parent) if memory else ())

    def assess_alone(self, words: str, earlier: Sequence[str]) -> Assessment:
        """Return what words say of danger; `earlier` are the person's last ones, oldest first.

        What was asked about with `embed` is assessed with its vectors, the rest without.
        """
        recent = earlier[-MAX_EARLIER:]
        known = self._vectors.known([*recent, words]) if self._vectors else ()
        signal = assess(words, recent, known)
        if signal.level < NAMES_HELP:
            return Assessment(signal)
        mark = CareMark(int(signal.level), signal.kind, signal.about, self.country())
        return Assessment(signal, mark)

    def offer_for(
        self, care: Assessment, words: str, aliases: Aliases, model: str
    ) -> HelpOffer | None:
        """Return the help to offer with words that `model` would reply to, if any is named."""
        if care.mark is None:
            return None
        return self.offer(care.mark, words, fixed=not is_capable(aliases, model))

    def instructions(
        self, care: Assessment, offer: HelpOffer | None, aliases: Aliases, model: str
    ) -> str | None:
        """Return what a capable model is asked to do besides; of others nothing is asked."""
        if offer is not None:
            return None if offer.fixed else offer.instructions
        gentle = care.signal.level == Level.WORRY and is_capable(aliases, model)
        return gentle_instructions() if gentle else None

    def offer(self, mark: CareMark, words: str, *, fixed: bool = False) -> HelpOffer:
        """Return the help that belongs to a mark and the words that have it."""
        return self.offer_in(language_of(words), mark, fixed=fixed)

    def offer_in(self, language: str, mark: CareMark, *, fixed: bool = False) -> HelpOffer:
        """Return the help that belongs to a mark, in a language."""
        signal = Signal(Level(min(max(mark.level, 0), 3)), mark.kind, mark.about)
        country = mark.country or self.country()
        named = help_for(country, signal.kind, language, self._home)
        return HelpOffer(signal=signal, help=named, language=language, fixed=fixed)

    def lines_of(self, country: str | None, language: str) -> Help:
        """Return all help of a country: lines for everything first, then those for one kind."""
        found = [help_for(country, kind, language, self._home) for kind in ("", *_KINDS)]
        lines = {(line.name, line.number, line.url): line for each in found for line in each.lines}
        return Help(found[0].country, found[0].emergency, list(lines.values()))

    def countries(self) -> list[str]:
        """Return the codes of the countries that have help lines, in order."""
        path = self._home / FILE_NAME
        own: Mapping[str, Sequence[HelpLine]] = {}
        if path.is_file():
            with suppress(BadInput):  # `help_for` warns of it
                own = read_own_lines(path)[1]
        return sorted({*built_in_lines(), *own} - {WORLDWIDE})

    def offer_of(self, message: Message, *, fixed: bool = False) -> HelpOffer | None:
        """Return the help that was offered with a stored message, if any."""
        if message.care is None or message.care.level < NAMES_HELP:
            return None
        return self.offer(message.care, message.text, fixed=fixed)


async def prepare_care() -> None:
    """Compile the rules and read the weights in a thread: else the first message waits for it."""
    for prepare in (signal_rules, classifier):
        await anyio.to_thread.run_sync(prepare, abandon_on_cancel=True)


def is_capable(aliases: Aliases, model: str) -> bool:
    """Return whether a model is there and capable enough to talk with somebody in danger."""
    try:
        info = aliases.info(model)
    except TauError:
        return False
    return info.ready and info.size == "capable"


@cache
def gentle_instructions() -> str:
    """Return what a capable model is asked to do where somebody has a hard time (level 1)."""
    return files("tau.companion").joinpath("prompts", "worry.md").read_text("utf-8").strip()


def joined(*texts: str | None) -> str | None:
    """Return instructions as one text, or `None` without any."""
    return "\n\n".join(filter(None, texts)) or None


def _earlier_words(memory: Memory, parent: str | None) -> list[str]:
    """Return the person's last messages down to `parent`, oldest first."""
    found: list[str] = []
    for message in _upwards(memory, parent):
        if message.is_from_person and message.imported is None:
            found.append(message.text)
        if len(found) == MAX_EARLIER:
            break
    return found[::-1]


def _upwards(memory: Memory, parent: str | None) -> Iterator[Message]:
    while parent is not None and (message := memory.messages.find(parent)):
        yield message
        parent = message.parent
