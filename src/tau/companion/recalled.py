"""What a reply had, as the events of a turn show it. Pure."""

from tau.companion.events import RecalledFact, RecalledPart, RecalledPassage
from tau.companion.files_read import QuotedPart
from tau.facts import Fact
from tau.memory import Message


def to_recalled_part(each: QuotedPart) -> RecalledPart:
    """Return a passage of a file as the events of a turn show it."""
    return RecalledPart(
        attachment=each.file.id,
        part=each.number,
        name=each.file.name,
        page=each.part.page,
        place=each.part.place,
        text=each.part.text,
    )


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


def to_recalled_fact(fact: Fact) -> RecalledFact:
    """Return a fact as the events of a turn show it."""
    return RecalledFact(
        id=fact.id,
        text=fact.text,
        about=fact.about,
        said_on=fact.last_said_on,
        sources=list(fact.sources),
    )
