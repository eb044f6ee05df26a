"""Tokenization: a text into the terms that the lexical index counts, in every script.

Scripts with spaces give words: NFKC, casefolded, stemmed by Snowball for the language that the
text seems to be in (`languages`, `stemming`), accents folded. Scripts without spaces (Chinese,
Japanese, Thai, ...) and Korean, whose words carry endings, give their characters and pairs of
neighbouring characters, Chinese in simplified characters and Japanese in hiragana. Mixed text gives
both. Emoji and signs give nothing. What a text gives depends on the text alone, so that what was
indexed can be removed again. This module knows nothing of messages and indexes.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from tau.text.character_forms import unify_characters
from tau.text.languages import ENGLISH, best_per_script, is_clearly_english, rank_languages
from tau.text.scripts import UNSPACED
from tau.text.stemming import LONGEST_WORD, english_stem, terms_of

LONGEST_TEXT = 1_000_000
"""Characters of one message that are indexed."""
LONGEST_QUERY = 8_000
"""Characters of one question that are looked at."""
MAX_QUERY_TERMS = 64
ALTERNATIVE_TERM_WEIGHT = 0.5
"""Weight of a word's second reading: in another language, or without its accents."""
MAX_NAME_WORDS = 2
"""So many small words of another language and nothing else are more often a name: Mia, Ben."""
SINGLE_CHARACTER_WEIGHT = 0.3
"""Weight of a single character beside pairs, in a question."""

_ASCII_WORDS = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u0900-\u0903\u093a-\u0963\u0981-\u0983\u09bc-\u09cd"
    "\u0a01-\u0a03\u0a3c-\u0a4d\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd"
    "\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0dca-\u0ddf"
)
"""Vowel signs and points, which are parts of words though not letters."""
_RUNS = re.compile(
    rf"[{UNSPACED}]+"
    rf"|[^\W_{UNSPACED}]+(?:[{_MARKS}]+[^\W_{UNSPACED}]*)*"
    rf"(?:'[^\W\d_{UNSPACED}]+[{_MARKS}]*)?"
)
_UNSPACED_START = re.compile(rf"[{UNSPACED}]")

_ENGLISH_STOP_WORDS = """
a about after again all also am an and any are as at be because been before being both but by
can could did do does doing don't down during each few for from further get gets got had has
have having he he's her here hers herself him himself his how i i'd i'll i'm i've if in into
is isn't it it's its itself just let's like me more most my myself no nor not now of off on
once only or other our ours ourselves out over own same she she's should so some such than
that that's the their theirs them themselves then there there's these they they're this those
through to too under until up us very was wasn't we we're we've were what what's when where
which while who who's whom why will with would yes you you're you've your yours yourself
"""
STOP_WORDS = frozenset(_ENGLISH_STOP_WORDS.split())
"""Words that say nothing on their own: neither indexed nor searched."""

_FUNCTION_CHARACTERS = frozenset(
    "的了是在我你他她它们们就都而及与和也吗呢吧啊呀这那有不没之其于个说会要去来到把被给让跟对从"
    "們與嗎這沒於個會說來給讓對從"
    "のはがをにでとへもやかねよなただすまてしいるれ"
    "은는이가을를에의도로와과"
)
_FUNCTION_PAIR_LIST = (
    "什么 怎么 哪里 哪儿 哪个 为什 时候 多少 可以 自己 です ます でし"
    " 什麼 甚麼 怎麼 哪裡 哪裏 哪兒 哪個 為什 時候"
)
_FUNCTION_PAIRS = frozenset(_FUNCTION_PAIR_LIST.split())


def terms(text: str) -> Counter[str]:
    """Return the terms of a message with how often each occurs."""
    text = text[:LONGEST_TEXT]
    if text.isascii():
        return Counter(_word_terms(_ASCII_WORDS.findall(text.lower()), ascii_only=True))
    words: list[str] = []
    found: list[str] = []
    for run in _RUNS.findall(fold_text(text)):
        if not _UNSPACED_START.match(run):
            words.append(run)
            continue
        same = unify_characters(run)
        found.extend(same)
        found.extend(same[i : i + 2] for i in range(len(run) - 1))
    found.extend(_word_terms(words, ascii_only=all(map(str.isascii, words))))
    return Counter(found)


def _word_terms(words: Sequence[str], *, ascii_only: bool) -> list[str]:
    """Return the terms of folded words in the language they seem to be in."""
    english = is_clearly_english(words, ascii_only=ascii_only)
    if english and ascii_only:
        return [stem for stem in map(_english_term, words) if stem]
    languages = (ENGLISH,) if english else best_per_script(rank_languages(words))
    found = [term for word in words for term in _terms(word, languages)]
    if found or english or len(words) > MAX_NAME_WORDS:
        return found
    return [term for word in words for term in _terms(word, (ENGLISH,))]


def query_terms(text: str, spoken: Sequence[str] = ()) -> dict[str, tuple[float, str]]:
    """Return the terms of a question: term -> (its weight, the words as they were asked).

    A question of unknown language is read in those `spoken`, or else in English.
    """
    runs = _RUNS.findall(fold_text(text[:LONGEST_QUERY]))
    words = [run for run in runs if not _UNSPACED_START.match(run)]
    languages = rank_languages(words) or tuple(spoken)
    if ENGLISH in languages and is_clearly_english(words, ascii_only=False):
        languages = (ENGLISH,)
    asked = _collect_query_terms(runs, languages)
    if not asked and len(words) <= MAX_NAME_WORDS:
        asked = _collect_query_terms(runs, (ENGLISH,))
    return dict(list(asked.items())[:MAX_QUERY_TERMS])


def _collect_query_terms(
    runs: Sequence[str], languages: tuple[str, ...]
) -> dict[str, tuple[float, str]]:
    asked: dict[str, tuple[float, str]] = {}
    for run in runs:
        if len(asked) >= MAX_QUERY_TERMS:
            break
        if _UNSPACED_START.match(run):
            _add_character_terms(run, asked)
            continue
        for number, term in enumerate(_terms(run, languages)):
            asked.setdefault(term, (ALTERNATIVE_TERM_WEIGHT if number else 1.0, run))
    return asked


def _add_character_terms(run: str, asked: dict[str, tuple[float, str]]) -> None:
    same = unify_characters(run)
    for i in range(len(run) - 1):
        pair = run[i : i + 2]
        if pair not in _FUNCTION_PAIRS and not _FUNCTION_CHARACTERS.issuperset(pair):
            asked.setdefault(same[i : i + 2], (1.0, pair))
    weight = SINGLE_CHARACTER_WEIGHT if len(run) > 1 else 1.0
    for character, term in zip(run, same, strict=True):
        if character not in _FUNCTION_CHARACTERS:
            asked.setdefault(term, (weight, character))


def fold_text(text: str) -> str:
    """Return `text` with case and width folded, as words are compared before stemming."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


@lru_cache(maxsize=65_536)
def _english_term(word: str) -> str:
    """Return the term of one folded ASCII word of an English text, or "" for a stop word."""
    return "" if word in STOP_WORDS else english_stem(word[:LONGEST_WORD])


def _terms(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    if word in STOP_WORDS and (not languages or languages[0] == ENGLISH):
        return ()
    return terms_of(word, languages)
