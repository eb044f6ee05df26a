"""Facts, their history and their sources."""

from dataclasses import dataclass

from tau.facts.types import FactState, TrustLevel
from tau.journal.entries import DatePrecision, Topic, Trust
from tau.server.schemas.messages import RecalledMessageOut


@dataclass(frozen=True, slots=True)
class FactOut:
    """Something Tau knows, or once knew, about the person; times are seconds since 1970.

    `said_on` is when it was first said, `valid_from` and `valid_to` when it holds, `due` when a
    plan is due. `valid_from_precision` is how exactly that date is known. `sources` are the
    messages it rests on; `learned_by` is `rules`, `person`, `import` or the name of a model.
    `trust` is `confirmed` (entered or approved by the person), `stated` (their own plain words) or
    `suggested`. `asks`: it waits because the person is asked first; `replaces` is the text of what
    it would replace. Send `revision` back with a change, so that two tabs do not overwrite each
    other.
    """

    id: str
    topic: Topic
    about: str
    text: str
    state: FactState
    trust: TrustLevel
    confirmed: bool
    asks: bool
    replaces: str | None
    said_on: float
    last_said_on: float
    valid_from: float | None
    valid_from_precision: DatePrecision | None
    valid_to: float | None
    due: float | None
    sources: list[str]
    learned_by: str
    corrects: str | None
    superseded_by: str | None
    revision: int
    expert: str | None = None
    """The specialist it was learned with. From `care` it waits until other specialists may know."""


@dataclass(frozen=True, slots=True)
class FactPage:
    """Facts: the most recently said first, or the best matches of a query first.

    `next` goes into `after` to read on.
    """

    facts: list[FactOut]
    next: str | None


@dataclass(frozen=True, slots=True)
class FactList:
    """Facts in their current state."""

    facts: list[FactOut]


@dataclass(frozen=True, slots=True)
class ClaimOut:
    """One time that a fact was said, imported or entered."""

    id: str
    text: str
    at: float
    by: str
    trust: Trust
    sources: list[str]
    imported: str | None


@dataclass(frozen=True, slots=True)
class FactDetailOut:
    """A fact with its evidence.

    `history` holds the facts it replaced and those that replaced it, itself included, oldest first.
    """

    fact: FactOut
    history: list[FactOut]
    claims: list[ClaimOut]
    sources: list[RecalledMessageOut]


@dataclass(frozen=True, slots=True)
class UndoFactOut:
    """The fact after an undo; none if the undone change was what added it."""

    fact: FactOut | None
