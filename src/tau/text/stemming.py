"""Stemming: one word into its terms, given the languages that its text may be in.

A word of an English text gives one term. A word of another language gives its stem in that
language and, so that a wrong guess still finds it, what English makes of it without accents.
Letters that people write in two ways (ü and ue, å and aa) give both. This module knows nothing of
texts.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import Stemmer

from tau.text.languages import ENGLISH, PROFILES, script

LONGEST_WORD = 40
"""Characters of a word that are looked at: nobody remembers the rest of a base64 blob."""

_DEFAULT_LANGUAGES = {
    "LATIN": ENGLISH,
    "CYRILLIC": "russian",
    "GREEK": "greek",
    "ARABIC": "arabic",
    "HEBREW": "hebrew",
    "ARMENIAN": "armenian",
    "DEVANAGARI": "hindi",
    "TAMIL": "tamil",
}
"""Which language a word is taken for when nothing else is known: by its script."""

_ELIDED_LIST = """
l d j m t s n c qu jusqu lorsqu puisqu quelqu dell all nell sull dall coll un quest quell gl
sant tutt bell
"""
_ELIDED_ARTICLES = frozenset(_ELIDED_LIST.split())
"""Articles and particles before an apostrophe in Romance languages: l'eau, dell'arte."""
_MARKS = {
    mark: None
    for first, last in [(0x300, 0x36F), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F)]
    for mark in range(first, last + 1)
} | {0x640: None, 0x670: None}
_LETTERS = str.maketrans(
    {"ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ø": "o", "æ": "ae", "œ": "oe"}
    | {"ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه"}
)
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_UKRAINIAN = str.maketrans({"і": "и", "ї": "и", "є": "е", "ґ": "г", "ё": "е"})
_HEBREW_PREFIXES = "והבלמשכ"
_HEBREW_ENDINGS = ("ים", "ות", "יה", "ה", "י", "ת", "ו")
_HEBREW_FINALS = str.maketrans("ךםןףץ", "כמנפצ")
_MIN_STEM_LETTERS = 3


@lru_cache(maxsize=65_536)
def terms_of(word: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the terms of one folded word, the likeliest first; none for a function word.

    `languages` are what its text may be in, for words in any script, the likeliest first.
    """
    alphabet = "LATIN" if word.isascii() else _script_of(word)
    spoken = [one for one in languages if alphabet in PROFILES.scripts[one]]
    if alphabet == "LATIN" and not spoken:
        spoken = [ENGLISH]
    elif spoken and spoken[0] != ENGLISH and word in PROFILES.common[spoken[0]]:
        return ()
    word = word[:LONGEST_WORD]
    found: dict[str, None] = {}
    for language in spoken or [_DEFAULT_LANGUAGES.get(alphabet, "")]:
        for term in _stems(_without_elision(word, language), language):
            found[term] = None
    if alphabet == "LATIN" and spoken != [ENGLISH]:
        found[english_stem(strip_accents(_without_elision(word, spoken[0])))] = None
    if not word.isascii() and (out := word.translate(_DIGRAPHS)) != word:
        found[english_stem(strip_accents(out))] = None
    found.pop("", None)
    return tuple(found)


def english_stem(word: str) -> str:
    """Return what English makes of a word without accents."""
    stemmer = _stemmer(ENGLISH)
    return str(stemmer.stemWord(word)) if stemmer else word


def strip_accents(word: str) -> str:
    """Return a word without accents, vowel points and variant letters."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word).translate(_MARKS)
    return unicodedata.normalize("NFC", decomposed).translate(_LETTERS)


def _stems(word: str, language: str) -> Sequence[str]:
    if language == "hebrew":
        return _hebrew(strip_accents(word))
    if language == ENGLISH:
        return (english_stem(strip_accents(word)),)
    if language in {"russian", "ukrainian"}:
        # Snowball has no Ukrainian; its endings are near enough once spelt the Russian way.
        word, language = word.translate(_UKRAINIAN), "russian"
    stemmer = _stemmer(language)
    return (strip_accents(str(stemmer.stemWord(word)) if stemmer else word),)


def _hebrew(word: str) -> tuple[str, ...]:
    """Return a Hebrew word without its ending, and also without the small word it begins with."""
    bare = word[1:] if word[0] in _HEBREW_PREFIXES and len(word) > _MIN_STEM_LETTERS else word
    return tuple({_without_ending(word): None, _without_ending(bare): None})


def _without_ending(word: str) -> str:
    for ending in _HEBREW_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _MIN_STEM_LETTERS - 1:
            word = word.removesuffix(ending)
            break
    return word.translate(_HEBREW_FINALS)


def _without_elision(word: str, language: str) -> str:
    head, sign, rest = word.partition("'")
    if sign and language != ENGLISH and head in _ELIDED_ARTICLES and rest:
        return rest
    return head if sign and language == "turkish" else word


def _script_of(word: str) -> str:
    return script(next((one for one in word if one.isalpha()), word[0]))


@lru_cache(maxsize=64)
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    # Our own cache above is larger than the stemmer's.
    return Stemmer.Stemmer(language, 0) if language in Stemmer.algorithms() else None
