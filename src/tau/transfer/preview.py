"""What an import would let Tau learn, found while nothing is written.

The file's own claims count, and what rules would read in the person's own messages of it, as they
would once these are here. What a model might draw from them later is not foretold.
"""

from collections.abc import Iterable, Iterator, Sequence

from tau.facts.facts import State
from tau.journal.entries import Entry, Judged, Learned, Record, Said, Undone, Unknown, decode
from tau.journal.journal import Raw
from tau.learning.learning import learned_by_rules
from tau.memory import Facts
from tau.text.words import folded
from tau.transfer.report import Foreseen

MOST_FORESEEN = 200
_MOST_CLAIMS = 2_000  # that rules read; more are not looked at
_LEARNED: tuple[State, ...] = ("current", "waiting")


class Foresight:
    """Takes in the entries that an import would write, and tells what would be known by them."""

    def __init__(self, known: Facts) -> None:
        """`known` is what is known already."""
        self._known = known
        self._facts = Facts()
        self._seq = 0
        self._read = 0

    def take(self, entries: Sequence[Entry | Raw], *, read: bool = True) -> None:
        """Take in entries; `read` tells whether rules would read the messages among them."""
        plain = list(_decoded(entries))
        for entry in plain:
            if isinstance(entry, Learned | Judged | Undone):
                self._apply(entry)
        if read and not self._known.paused and self._read < _MOST_CLAIMS:
            learned = learned_by_rules(_own_words(plain))
            self._read += len(learned)
            for each in learned:
                self._apply(each)

    def told(self) -> tuple[Foreseen, ...]:
        """Return what would be known that is not known now, what was said last first."""
        known = {(fact.topic, folded(fact.text)) for fact in self._known.all()}
        facts = [
            fact
            for fact in self._facts.all()
            if fact.state in _LEARNED and (fact.topic, folded(fact.text)) not in known
        ]
        facts.sort(key=lambda fact: fact.last_said_on, reverse=True)
        return tuple(
            Foreseen(fact.text, fact.topic, "waiting" if fact.state == "waiting" else "own")
            for fact in facts[:MOST_FORESEEN]
        )

    def _apply(self, entry: Learned | Judged | Undone) -> None:
        self._seq += 1
        self._facts.apply(Record(seq=self._seq, at=entry.at, entry=entry, raw=b""))


def _decoded(entries: Iterable[Entry | Raw]) -> Iterator[Entry | Unknown]:
    for entry in entries:
        if not isinstance(entry, Raw):
            yield entry
        elif entry.raw is not None:
            yield decode(entry.raw)


def _own_words(entries: Iterable[Entry | Unknown]) -> list[Said]:
    """Return the person's own messages that a thread would show: no version that was replaced."""
    talks: dict[str, dict[str, Said]] = {}
    for entry in entries:
        if isinstance(entry, Said):
            talks.setdefault(entry.conversation, {})[entry.id] = entry
    thread: list[Said] = []
    for talk in talks.values():
        said: Said | None = next(reversed(talk.values()))
        while said is not None:
            thread.append(said)
            said = talk.pop(said.parent, None) if said.parent is not None else None
    thread.reverse()
    return [said for said in thread if said.by == "person" and said.speaker is None]
