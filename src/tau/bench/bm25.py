"""Plain BM25, the baseline beside Tau's figures: what any search would find.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with the idf
of Lucene, ln(1 + (N - df + 0.5) / (df + 0.5)), k1 = 0.9 and b = 0.4 as in Anserini. Texts are
indexed as written, without the speaker's name, in Tau's own terms. It shares nothing
else with Tau's search: no neighbours, no dates, no vectors.
"""

import math
from collections import defaultdict
from collections.abc import Sequence

from tau.text.tokenization import terms

K1, B = 0.9, 0.4  # k1 and b


class BM25:
    """BM25 ranking of texts for a question."""

    def __init__(self, texts: Sequence[str]) -> None:
        counted = [terms(text) for text in texts]
        self._lengths = [said.total() for said in counted]
        self._average = sum(self._lengths) / max(len(texts), 1)
        self._postings: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, said in enumerate(counted):
            for term, count in said.items():
                self._postings[term].append((place, count))

    def ranked(self, question: str, first: int) -> list[tuple[int, float]]:
        """Return indexes of texts that share a term, with their scores, best first.

        Among equals the one that was added first comes first.
        """
        scores: defaultdict[int, float] = defaultdict(float)
        for term, asked in terms(question).items():
            postings = self._postings.get(term, ())
            idf = self._idf(len(postings))
            for place, count in postings:
                scores[place] += asked * idf * self._term_weight(count, self._lengths[place])
        return sorted(scores.items(), key=lambda scored: (-scored[1], scored[0]))[:first]

    def _idf(self, texts: int) -> float:
        return math.log1p((len(self._lengths) - texts + 0.5) / (texts + 0.5))

    def _term_weight(self, count: int, length: int) -> float:
        damping = 1 - B + B * length / self._average
        return count * (K1 + 1) / (count + K1 * damping)
