"""Generator of sample text: the same on every machine, distributed like language.

Words are made of syllables and drawn by Zipf's law (the n-th most frequent word is said about 1/n
as often as the first), between the small words of English. Nothing here comes from a data set that
anyone's quality is measured on.
"""

import functools
import itertools
import random

_SMALL_TEXT = (
    "the to and I a of you in it that is my we was for on with have this be at so but not me they "
    "are had he she as do what about when if your from there were our all would how her by no can "
    "one really been then out up like time some an or who more his them just know think get"
)
_SMALL_WORDS = _SMALL_TEXT.split()
_BEGINNINGS = ("b", "br", "c", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "r", "s", "st")
_MIDDLES = ("a", "e", "i", "o", "u", "ai", "ea", "ou")
_ENDS = ("n", "r", "l", "t", "m", "nd", "st", "")
_RARE_WORDS = 8_000
_SHORTEST, _LONGEST = 6, 34  # words in a message


class TextGenerator:
    """Generator of messages and questions; the same seed gives the same text."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311 - nothing secret is drawn
        self._words = [*_SMALL_WORDS, *_vocabulary(_RARE_WORDS)]
        weights = (1 / rank for rank in range(1, len(self._words) + 1))
        self._cumulative = list(itertools.accumulate(weights))

    def words(self, count: int) -> list[str]:
        """Return `count` words, frequent ones more often."""
        return self._random.choices(self._words, cum_weights=self._cumulative, k=count)

    def message(self) -> str:
        """Return a message: a sentence of six to thirty-four words."""
        return _sentence(self.words(self._random.randint(_SHORTEST, _LONGEST)), ".")

    def question(self) -> str:
        """Return a question: a few frequent words and three that are not."""
        rare = self._random.sample(self._words[len(_SMALL_WORDS) : 2_000], 3)
        return _sentence(["what", "did", *self.words(3), *rare], "?")


def _sentence(words: list[str], end: str) -> str:
    text = " ".join(words)
    return text[0].upper() + text[1:] + end


@functools.cache
def _vocabulary(count: int) -> tuple[str, ...]:
    shape = random.Random(0)  # noqa: S311 - the vocabulary is one for all seeds
    made: dict[str, None] = {}
    while len(made) < count:
        syllables = shape.choices((1, 2, 3), weights=(1, 4, 2))[0]
        made["".join(_syllable(shape) for _ in range(syllables))] = None
    return tuple(made)


def _syllable(shape: random.Random) -> str:
    return shape.choice(_BEGINNINGS) + shape.choice(_MIDDLES) + shape.choice(_ENDS)
