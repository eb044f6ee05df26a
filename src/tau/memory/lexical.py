"""BM25 index of terms that grows with every message and removes a message exactly.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the
idf of Lucene, ln(1 + (N - df + 0.5) / (df + 0.5)), which is never negative.

A term's postings are one `array('I')` of `row << 8 | count`, rows ascending. Forgetting a
message removes its postings, so a word nobody else said is gone from the vocabulary too. This
module knows nothing of conversations.
"""

import math
from array import array
from bisect import bisect_left
from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt

from tau.memory.columns import Column
from tau.text.tokenization import terms

Scores = npt.NDArray[np.float32]

SATURATION = 0.9
"""k1: how soon saying a word again adds nothing."""
LENGTH_PENALTY = 0.4
"""b: how much a long message must earn its matches. Both as in Anserini, for short texts."""
_COUNT_BITS = 8
MOST_CHECKED_ROWS = 256
"""Rows up to which it matters who says a term; a commoner term is said elsewhere anyway."""
_MAX_COUNT = (1 << _COUNT_BITS) - 1


class LexicalIndex:
    """Inverted index: which row says which term how often."""

    def __init__(self) -> None:
        self.postings: dict[str, array[int]] = {}
        self.lengths = Column(np.uint32)
        self.texts = 0
        """How many rows have terms at all."""
        self.total = 0
        """Sum of all lengths, in terms."""

    def add(self, text: str) -> None:
        """Index the text of the next row."""
        shifted = len(self.lengths) << _COUNT_BITS
        postings = self.postings
        length = 0
        for term, count in terms(text).items():
            length += count
            posting = shifted | (count if count < _MAX_COUNT else _MAX_COUNT)
            found = postings.get(term)
            if found is None:
                postings[term] = array("I", (posting,))
            else:
                found.append(posting)
        self._add_to_totals(length, 1)
        self.lengths.append(length)

    def remove(self, row: int, text: str) -> None:
        """Remove a row's terms. `text` is what it was added with."""
        for term in terms(text):
            found = self.postings.get(term)
            if found is None:
                continue
            place = bisect_left(found, row << _COUNT_BITS)
            if place < len(found) and found[place] >> _COUNT_BITS == row:
                del found[place]
            if not found:
                del self.postings[term]
        self._add_to_totals(-int(self.lengths.values[row]), -1)
        self.lengths.values[row] = 0

    def scores(self, weights: Mapping[str, float]) -> Scores:
        """Return the BM25 score of every row for the given terms and their weights."""
        scores: Scores = np.zeros(len(self.lengths), np.float32)
        if not self.total:
            return scores
        scale = SATURATION * LENGTH_PENALTY * self.texts / self.total
        floor = SATURATION * (1 - LENGTH_PENALTY)
        lengths = self.lengths.values
        for term, weight in weights.items():
            found = self.postings.get(term)
            if found is None:
                continue
            # A view of the array would block its growth: it must not outlive this line's turn.
            packed = np.frombuffer(found, np.uint32)
            rows = packed >> _COUNT_BITS
            counts = (packed & _MAX_COUNT).astype(np.float32)
            del packed
            gain = weight * self._idf(len(found)) * (SATURATION + 1)
            damping = lengths[rows].astype(np.float32) * np.float32(scale) + np.float32(floor)
            scores[rows] += np.float32(gain) * counts / (counts + damping)
        return scores

    def contains(self, row: int, term: str) -> bool:
        """Return whether a row says a term."""
        found = self.postings.get(term)
        if found is None:
            return False
        place = bisect_left(found, row << _COUNT_BITS)
        return place < len(found) and found[place] >> _COUNT_BITS == row

    def rows(self, term: str) -> list[int]:
        """Return the rows that say a term."""
        return [packed >> _COUNT_BITS for packed in self.postings.get(term, ())]

    def rows_of(self, term: str) -> npt.NDArray[np.int64]:
        """Return the rows that say a term, ascending, as an array of its own."""
        found = self.postings.get(term)
        if found is None:
            return np.zeros(0, np.int64)
        # A copy: a view of the array would block its growth.
        return (np.frombuffer(found, np.uint32) >> _COUNT_BITS).astype(np.int64)

    def has_term(self, term: str) -> bool:
        """Return whether any row says a term."""
        return term in self.postings

    def idf(self, term: str, besides: Collection[int] = ()) -> float:
        """Return the idf of a term, as if the rows `besides` didn't say it."""
        return self._idf(self._frequency(term, besides))

    def is_said(self, term: str, besides: Collection[int] = ()) -> bool:
        """Return whether any row says a term, other than those `besides`."""
        return self._frequency(term, besides) > 0

    def _frequency(self, term: str, besides: Collection[int]) -> int:
        count = len(self.postings.get(term, ()))
        if 0 < count <= MOST_CHECKED_ROWS:
            if len(besides) > count:
                count -= sum(row in besides for row in self.rows(term))
            else:
                count -= sum(self.contains(row, term) for row in besides)
        return count

    def highest_idf(self) -> float:
        """Return the idf of a term that one row says."""
        return self._idf(1)

    def known_share(self, weights: Mapping[str, float], besides: Collection[int] = ()) -> float:
        """Return the share of the given terms, by rarity, that a row not in `besides` says."""
        known = whole = 0.0
        for term, weight in weights.items():
            rarity = weight * self.idf(term)
            whole += rarity
            known += rarity if self.is_said(term, besides) else 0.0
        return known / whole if whole else 0.0

    def _idf(self, frequency: int) -> float:
        return math.log1p((max(self.texts - frequency, 0) + 0.5) / (frequency + 0.5))

    def _add_to_totals(self, length: int, texts: int) -> None:
        self.total += length
        if length:
            self.texts += texts
