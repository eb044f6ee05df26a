"""What Tau would learn from an import, found while nothing is written.

It includes the file's own claims and what rules would read in the person's own messages. What a
model might draw from the messages later is not included.
"""

from collections.abc import Iterable, Iterator, Sequence

from tau.facts.endings import names_nothing
from tau.facts.types import FactState
from tau.journal.entries import (
    ChangeUndone,
    ClaimLearned,
    Entry,
    FactJudged,
    MessageAdded,
    RawEntry,
    Record,
    UnknownEntry,
    decode,
)
from tau.learning.learning import learn_by_rules
from tau.memory import Facts
from tau.text.tokenization import fold_text
from tau.transfer.report import PreviewFact

MAX_PREVIEW_FACTS = 200
_MAX_RULE_CLAIMS = 2_000  # that rules read; more are not looked at
_LEARNED_STATES: tuple[FactState, ...] = ("current", "waiting")


class ImportPreview:
    """Facts that the entries of an import would add."""

    def __init__(self, known: Facts) -> None:
        """`known` is what is known already."""
        self._known = known
        self._facts = Facts()
        self._seq = 0
        self._claim_count = 0

    def process(self, entries: Sequence[Entry | RawEntry], *, read: bool = True) -> None:
        """Add entries. With `read`, rules read the messages among them, too."""
        plain = list(_decode_all(entries))
        for entry in plain:
            if isinstance(entry, ClaimLearned | FactJudged | ChangeUndone):
                self._apply(entry)
        if read and not self._known.paused and self._claim_count < _MAX_RULE_CLAIMS:
            read_now = learn_by_rules(_visible_own_messages(plain))
            claims = [each for each in read_now if not names_nothing(each.claim)]
            self._claim_count += len(claims)
            for each in claims:
                self._apply(each)

    def learned(self) -> tuple[PreviewFact, ...]:
        """Return what would be known that isn't known now, newest first."""
        known = {(fact.topic, fold_text(fact.text)) for fact in self._known.all()}
        facts = [
            fact
            for fact in self._facts.all()
            if fact.state in _LEARNED_STATES and (fact.topic, fold_text(fact.text)) not in known
        ]
        facts.sort(key=lambda fact: fact.last_said_on, reverse=True)
        return tuple(
            PreviewFact(fact.text, fact.topic, "waiting" if fact.state == "waiting" else "own")
            for fact in facts[:MAX_PREVIEW_FACTS]
        )

    def _apply(self, entry: ClaimLearned | FactJudged | ChangeUndone) -> None:
        self._seq += 1
        self._facts.apply(Record(seq=self._seq, at=entry.at, entry=entry, raw=b""))


def _decode_all(entries: Iterable[Entry | RawEntry]) -> Iterator[Entry | UnknownEntry]:
    for entry in entries:
        if not isinstance(entry, RawEntry):
            yield entry
        elif entry.raw is not None:
            yield decode(entry.raw)


def _visible_own_messages(entries: Iterable[Entry | UnknownEntry]) -> list[MessageAdded]:
    """Return the person's own messages that a thread would show: no version that was replaced."""
    talks: dict[str, dict[str, MessageAdded]] = {}
    for entry in entries:
        if isinstance(entry, MessageAdded):
            talks.setdefault(entry.conversation, {})[entry.id] = entry
    thread: list[MessageAdded] = []
    for talk in talks.values():
        said: MessageAdded | None = next(reversed(talk.values()))
        while said is not None:
            thread.append(said)
            said = talk.pop(said.parent, None) if said.parent is not None else None
    thread.reverse()
    return [said for said in thread if said.by == "person" and said.speaker is None]
