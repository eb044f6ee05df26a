"""BM25 index of terms that grows with every message and removes a message exactly.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the
idf of Lucene, ln(1 + (N - df + 0.5) / (df + 0.5)), which is never negative.

Most postings are in arrays (`tau.memory.postings`), those of the newest rows in a dictionary until
there are many. Forgetting a message removes its postings, so a word nobody else said is gone from
the vocabulary too. This module knows nothing of conversations.
"""

import math
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping

import numpy as np
import numpy.typing as npt

from tau.memory.columns import Column
from tau.memory.key_index import hash_of
from tau.memory.postings import COUNT_BITS, MAX_COUNT, Packed, Postings
from tau.text.tokenization import terms

Scores = npt.NDArray[np.float32]

SATURATION = 0.9
"""k1: how soon saying a word again adds nothing."""
LENGTH_PENALTY = 0.4
"""b: how much a long message must earn its matches. Both as in Anserini, for short texts."""
MOST_CHECKED_ROWS = 256
"""Rows up to which it matters who says a term; a commoner term is said elsewhere anyway."""
_FEWEST_MERGED = 128
_MERGED_SHARE = 8
_MOST_FOUND = 64


class LexicalIndex:
    """Inverted index: which row says which term how often."""

    def __init__(self) -> None:
        self.lengths = Column(np.uint32)
        self.texts = 0
        """How many rows have terms at all."""
        self.total = 0
        """Sum of all lengths, in terms."""
        self._older = Postings.empty()
        self._newer: dict[str, array[int]] = {}
        """Postings by their term: those of rows from `_newer_from` on."""
        self._newer_from = 0
        self._removed: set[int] = set()
        """Rows whose postings are still among the older ones."""
        self._found: dict[str, Packed] = {}
        """The postings of the terms of the last questions, until something is added or removed."""

    @property
    def postings(self) -> Postings:
        """All postings, in a form that doesn't depend on when they were added."""
        self.settle()
        return Postings.merge([self._older, Postings.of(self._newer)])

    def add(self, text: str) -> None:
        """Index the text of the next row."""
        self._found.clear()
        row = len(self.lengths)
        if row - self._newer_from > max(_FEWEST_MERGED, row // _MERGED_SHARE):
            self.compact()
        newer, length = self._newer, 0
        for term, posting, count in postings_of(text, row):
            length += count
            found = newer.get(term)
            if found is None:
                newer[term] = array("I", (posting,))
            else:
                found.append(posting)
        self._add_to_totals(length, 1)
        self.lengths.append(length)

    def remove(self, row: int, text: str) -> None:
        """Remove a row's terms. `text` is what it was added with."""
        self._found.clear()
        if row < self._newer_from:
            self._removed.add(row)
        else:
            _remove_postings(self._newer, row, text)
        self._add_to_totals(-int(self.lengths.values[row]), -1)
        self.lengths.values[row] = 0

    def settle(self) -> None:
        """Let go of everything that was removed."""
        if self._removed:
            self._older = self._older.without(self._removed)
            self._removed.clear()

    def compact(self) -> None:
        """Keep the newest rows as compactly as all others."""
        if self._newer:
            self.load(self.postings)

    def load(self, postings: Postings) -> None:
        """Replace all postings by those of the rows so far, whose `lengths` are loaded."""
        self._older, self._newer, self._newer_from = postings, {}, len(self.lengths)
        self._removed.clear()
        self._found.clear()
        lengths = self.lengths.values
        self.texts, self.total = int((lengths > 0).sum()), int(lengths.sum())

    def scores(self, weights: Mapping[str, float]) -> Scores:
        """Return the BM25 score of every row for the given terms and their weights."""
        scores: Scores = np.zeros(len(self.lengths), np.float32)
        if not self.total:
            return scores
        scale = SATURATION * LENGTH_PENALTY * self.texts / self.total
        floor = SATURATION * (1 - LENGTH_PENALTY)
        lengths = self.lengths.values
        for term, weight in weights.items():
            packed = self._find(term)
            if not len(packed):
                continue
            rows = packed >> COUNT_BITS
            counts = (packed & MAX_COUNT).astype(np.float32)
            gain = weight * self.idf_of(len(packed)) * (SATURATION + 1)
            damping = lengths[rows].astype(np.float32) * np.float32(scale) + np.float32(floor)
            scores[rows] += np.float32(gain) * counts / (counts + damping)
        return scores

    def contains(self, row: int, term: str) -> bool:
        """Return whether a row says a term."""
        found = self._find(term)
        place = int(np.searchsorted(found, row << COUNT_BITS))
        return place < len(found) and int(found[place]) >> COUNT_BITS == row

    def rows(self, term: str) -> list[int]:
        """Return the rows that say a term."""
        rows: list[int] = (self._find(term) >> COUNT_BITS).tolist()
        return rows

    def rows_of(self, term: str) -> npt.NDArray[np.int64]:
        """Return the rows that say a term, ascending, as an array of its own."""
        return (self._find(term) >> COUNT_BITS).astype(np.int64)

    def saying(self, term: str, rows: npt.NDArray[np.intp]) -> set[int]:
        """Return those of some rows that say a term."""
        found = self._find(term) >> COUNT_BITS
        if not len(found):
            return set()
        places = np.minimum(np.searchsorted(found, rows), len(found) - 1)
        return set(rows[found[places] == rows].tolist())

    def has_term(self, term: str) -> bool:
        """Return whether any row says a term."""
        return len(self._find(term)) > 0

    def idf(self, term: str, besides: Collection[int] = ()) -> float:
        """Return the idf of a term, as if the rows `besides` didn't say it."""
        return self.idf_of(self._frequency(term, besides))

    def is_said(self, term: str, besides: Collection[int] = ()) -> bool:
        """Return whether any row says a term, other than those `besides`."""
        return self._frequency(term, besides) > 0

    def _frequency(self, term: str, besides: Collection[int]) -> int:
        count = len(self._find(term))
        if besides and 0 < count <= MOST_CHECKED_ROWS:
            count -= sum(row in besides for row in self.rows(term))
        return count

    def known_share(self, weights: Mapping[str, float], besides: Collection[int] = ()) -> float:
        """Return the share of the given terms, by rarity, that a row not in `besides` says."""
        known = whole = 0.0
        for term, weight in weights.items():
            rarity = weight * self.idf(term)
            whole += rarity
            known += rarity if self.is_said(term, besides) else 0.0
        return known / whole if whole else 0.0

    def idf_of(self, frequency: int) -> float:
        """Return the idf of a term that so many rows say."""
        return math.log1p((max(self.texts - frequency, 0) + 0.5) / (frequency + 0.5))

    def _find(self, term: str) -> Packed:
        """Return the postings of a term, ascending: an array that stays as it is."""
        found = self._found.get(term)
        if found is None:
            self.settle()
            found, newer = self._older.find(hash_of(term)), self._newer.get(term)
            if newer is not None:  # copied: a view of the array would block its growth
                found = np.concatenate((found, np.array(newer, np.uint32)))
            if len(self._found) == _MOST_FOUND:
                self._found.clear()
            self._found[term] = found
        return found

    def _add_to_totals(self, length: int, texts: int) -> None:
        self.total += length
        if length:
            self.texts += texts


def postings_of(text: str, row: int) -> Iterator[tuple[str, int, int]]:
    """Yield every term of a row's text, with its posting and its count."""
    shifted = row << COUNT_BITS
    for term, count in terms(text).items():
        yield term, shifted | (count if count < MAX_COUNT else MAX_COUNT), count


def _remove_postings(postings: "dict[str, array[int]]", row: int, text: str) -> None:
    for term, _, _ in postings_of(text, row):
        found = postings.get(term)
        if found is None:
            continue
        place = bisect_left(found, row << COUNT_BITS)
        if place < len(found) and found[place] >> COUNT_BITS == row:
            del found[place]
        if not found:
            del postings[term]
