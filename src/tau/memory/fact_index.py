"""Index of facts: a question that matches a fact finds the messages it was drawn from.

"Lives in Porto" is found by "where is her home", because whoever wrote the fact named its slot. A
small index of words over all facts, rebuilt when facts change. This module never returns a fact
instead of what was said.
"""

from collections.abc import Mapping

import msgspec

from tau.facts import Fact, Facts
from tau.memory.lexical import LexicalIndex
from tau.memory.message_ids import MessageIds
from tau.memory.messages import NONE
from tau.memory.scope import Scope


class FactMatch(msgspec.Struct, frozen=True):
    """A fact, and how much of a question it says, weighted by rarity."""

    fact: Fact
    score: float


class FactIndex:
    """Index of believed facts, past ones too, by their words."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._built_at = -1
        self._indexed: list[Fact] = []
        self._index = LexicalIndex()

    def __len__(self) -> int:
        self._rebuild()
        return len(self._indexed)

    def matches(self, terms: Mapping[str, float], said: LexicalIndex) -> list[FactMatch]:
        """Return the facts that share some of the weighted terms of a question, best first.

        `said` says how rare a word is among messages: facts are too few for that.
        """
        self._rebuild()
        scores: dict[int, float] = {}
        mass = 0.0
        for term, weight in terms.items():
            rows = self._index.rows(term)
            idf = weight * said.idf(term)
            if rows or said.has_term(term):
                mass += idf
            for row in rows:
                scores[row] = scores.get(row, 0.0) + idf
        found = [
            FactMatch(self._indexed[row], score / mass)
            for row, score in scores.items()
            if score > 0
        ]
        return sorted(found, key=lambda match: (-match.score, -match.fact.said_on, match.fact.id))

    def by_row(
        self,
        terms: Mapping[str, float],
        said: LexicalIndex,
        rows: MessageIds,
        scope: Scope | None = None,
    ) -> dict[int, FactMatch]:
        """Return the best match of every row that is a source of one that `scope` lets read."""
        best: dict[int, FactMatch] = {}
        for match in self.matches(terms, said):
            if scope is not None and not scope.reads_fact(match.fact):
                continue
            for source in match.fact.sources:
                if (row := rows.get(source, NONE)) != NONE:
                    best.setdefault(row, match)
        return best

    def _rebuild(self) -> None:
        if self._built_at == self._facts.changes:
            return
        self._built_at = self._facts.changes
        self._indexed = [fact for fact in self._facts.all() if fact.state in ("current", "past")]
        self._index = LexicalIndex()
        for fact in self._indexed:
            self._index.add(f"{fact.text} {fact.about} {fact.slot} {fact.topic}")
        self._index.compact()
