"""Measures of how many words two texts share: BLEU, GLEU, METEOR and ROUGE.

Written from the papers, since the libraries that have them bring NLTK and its data along. Every
value is from 0 to 1. Chinese, Japanese, Korean and Thai characters count as words, so that the
measures work without spaces. Where both texts are too short for a measure, it is 1 if they're
equal and 0 if not.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from math import exp, log

from tau.text.scripts import UNSPACED
from tau.text.stemming import english_stem

Words = Sequence[str]

_WORDS = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_WORDS_AND_SIGNS = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+|[^\w\s]|_")
_LONGEST_NGRAM = 4


def split_words(text: str) -> list[str]:
    """Return the words of a text without case and punctuation."""
    return _WORDS.findall(unicodedata.normalize("NFKC", text).casefold())


def split_words_and_signs(text: str) -> list[str]:
    """Return the words of a text as written, and each sign of punctuation."""
    return _WORDS_AND_SIGNS.findall(unicodedata.normalize("NFKC", text))


def bleu(text: str, reference: str) -> float:
    """Return BLEU of one sentence, with n-grams up to 4 (Papineni et al. 2002, ACL).

    A single text rarely shares a 4-gram, so precisions beyond that of words are smoothed by adding
    one (Lin and Och 2004, COLING).
    """
    answer, expected = split_words_and_signs(text), split_words_and_signs(reference)
    if not answer or not expected:
        return float(answer == expected)
    total = 0.0
    for n in range(1, _LONGEST_NGRAM + 1):
        found, wanted = _ngrams(answer, n), _ngrams(expected, n)
        shared, added = (found & wanted).total(), int(n > 1)
        if shared + added == 0:
            return 0.0
        total += log((shared + added) / (found.total() + added)) / _LONGEST_NGRAM
    return exp(total + min(0.0, 1 - len(expected) / len(answer)))


def gleu(text: str, reference: str) -> float:
    """Return GLEU of one sentence (Wu et al. 2016, arXiv:1609.08144, section 4.3).

    The smaller of precision and recall over all n-grams of up to 4 words.
    """
    answer, expected = split_words_and_signs(text), split_words_and_signs(reference)
    if not answer or not expected:
        return float(answer == expected)
    sizes = range(1, _LONGEST_NGRAM + 1)
    found = sum((_ngrams(answer, n) for n in sizes), Counter[tuple[str, ...]]())
    wanted = sum((_ngrams(expected, n) for n in sizes), Counter[tuple[str, ...]]())
    return (found & wanted).total() / max(found.total(), wanted.total())


def rouge_n(text: str, reference: str, n: int) -> float:
    """Return the F1 of shared n-grams, ROUGE-N (Lin 2004, ACL workshop)."""
    answer, expected = split_words(text), split_words(reference)
    found, wanted = _ngrams(answer, n), _ngrams(expected, n)
    if not found or not wanted:
        return float(answer == expected)
    return 2 * (found & wanted).total() / (found.total() + wanted.total())


def rouge_l(text: str, reference: str) -> float:
    """Return the F1 of the longest common subsequence of words, ROUGE-L (Lin 2004)."""
    answer, expected = split_words(text), split_words(reference)
    if not answer or not expected:
        return float(answer == expected)
    from rapidfuzz.distance import LCSseq

    return 2 * LCSseq.similarity(answer, expected) / (len(answer) + len(expected))


def meteor(text: str, reference: str) -> float:
    """Return METEOR (Banerjee and Lavie 2005, ACL workshop) by equal words, then equal stems.

    Synonyms aren't matched, since that takes WordNet. As in the paper, equal texts of n words give
    `1 - 0.5 / n ** 3`.
    """
    answer, expected = split_words(text), split_words(reference)
    if not answer or not expected:
        return float(answer == expected)
    matches = _align(answer, expected)
    if not matches:
        return 0.0
    precision, recall = len(matches) / len(answer), len(matches) / len(expected)
    mean = 10 * precision * recall / (recall + 9 * precision)
    return mean * (1 - 0.5 * (_chunks(matches) / len(matches)) ** 3)


def _ngrams(words: Words, n: int) -> Counter[tuple[str, ...]]:
    return Counter(zip(*(words[start:] for start in range(n)), strict=False))


def _align(answer: Words, expected: Words) -> dict[int, int]:
    """Return which word of `expected` each word of `answer` matches; each is matched once.

    A word prefers the place after the match of the word before it, so that few chunks arise.
    """
    matches: dict[int, int] = {}
    for form in (str, english_stem):
        _match(matches, [form(word) for word in answer], [form(word) for word in expected])
    return matches


def _match(matches: dict[int, int], answer: Words, expected: Words) -> None:
    taken = set(matches.values())
    places: dict[str, list[int]] = {}
    for place in reversed(range(len(expected))):
        places.setdefault(expected[place], []).append(place)
    for position, word in enumerate(answer):
        if position in matches:
            continue
        free = places.get(word, [])
        while free and free[-1] in taken:
            free.pop()
        following = matches.get(position - 1, -2) + 1
        if following in taken or expected[following : following + 1] != [word]:
            following = free.pop() if free else -1
        if following >= 0:
            taken.add(following)
            matches[position] = following


def _chunks(matches: dict[int, int]) -> int:
    """Return how many runs of neighbouring words the matches form."""
    return sum(matches.get(position - 1, -2) + 1 != place for position, place in matches.items())


MEASURES: dict[str, Callable[[str, str], float]] = {
    "bleu": bleu,
    "gleu": gleu,
    "meteor": meteor,
    "rouge_l": rouge_l,
    "rouge_1": lambda text, reference: rouge_n(text, reference, 1),
    "rouge_2": lambda text, reference: rouge_n(text, reference, 2),
    "rouge_3": lambda text, reference: rouge_n(text, reference, 3),
    "rouge_4": lambda text, reference: rouge_n(text, reference, 4),
    "rouge_5": lambda text, reference: rouge_n(text, reference, 5),
}
"""The measures by OpenAI's names."""
