"""Guess of the languages a text may be in, from its commonest words and its letters.

Good enough to choose a stemmer, not to name a language: near relatives (Danish and Norwegian) are
often confused, and their stemmers then agree. `languages.json` holds the commonest words of every
language that Snowball stems, written for this purpose, and the letters that its neighbours lack.
Pure functions of the words given; nothing here knows of terms or indexes.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path

from tau.text.scripts import HAN, HANGUL, KANA

MAX_WORDS_EXAMINED = 200
MAX_LANGUAGES_PER_SCRIPT = 3
"""How many languages of one script a question is read in."""
_LETTER_WEIGHT = 0.5
_ENDING_WEIGHT = 0.3
_MIN_EVIDENCE = 0.5
"""Evidence for a language: a common word, a letter of its own, or the endings of two words."""
_LONGEST_ENDING = 5
_MIN_WORD_LETTERS = 4
_MAX_PER_SCRIPT = 2
_ENGLISH_MAJORITY = 3
ENGLISH = "english"
_MAX_CHARACTERS = 4_000
_HAN_PER_KANA = 3
"""Chinese texts have at most one kana for so many Han characters: some write の for 的."""
_HAN = re.compile(f"[{HAN}]")
_KANA_OR_HANGUL = re.compile(f"[{KANA}{HANGUL}]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)?")

_ALSO_ENGLISH = """
ad al ama ami anne art az bat ben bin brat casa com come con cum da dan das de dem den des dia die
dig din do dos el ella em er et fem fi fins fra ga gift go ham hat hay hem her ho hon hun la le
lei les let li lo lui ma mag mama mang mar mare mas me med men mi mill min mine mo mon moo most
mot na ni non nor nova o on once op opt os pa pad pare pas peter plus pour pre que ran re rok sam
se sea sed sept ses sex si sin ska so som son sons sue sun sur tar te ten ti til tot tri tu um un
ut van vas vet via vine war was we y ya yang yo zen
"""
"""Words of other languages that occur in English texts too: alone they are no evidence."""


def script(character: str) -> str:
    """Return the script of a letter as Unicode names it: LATIN, CYRILLIC, ..."""
    return unicodedata.name(character, "").partition(" ")[0]


class LanguageProfiles:
    """Evidence for each language: its commonest words, other typical words, endings and letters."""

    def __init__(self, path: Path) -> None:
        known = json.loads(path.read_text("utf-8"))
        self.words: dict[str, tuple[str, ...]] = {}
        self.endings: dict[str, tuple[str, ...]] = {}
        self.letters: dict[str, tuple[str, ...]] = {}
        self.common: dict[str, frozenset[str]] = {}
        """The words that say nothing on their own."""
        self.scripts: dict[str, frozenset[str]] = {}
        for language, profile in known.items():
            words = profile["words"].split()
            self.common[language] = frozenset(words)
            self.scripts[language] = frozenset(script(word[0]) for word in words)
            _add_signs(self.words, {*words, *profile["evidence"].split()}, language)
            _add_signs(self.endings, profile["endings"].split(), language)
            _add_signs(self.letters, profile["letters"], language)
        english = f"{known[ENGLISH]['words']} {known[ENGLISH]['evidence']}"
        self.english = frozenset(english.split())
        letters = {word for word in self.words if len(word) == 1 and word.isascii()}
        self.foreign = frozenset(self.words) - self.english - {*_ALSO_ENGLISH.split(), *letters}


def _add_signs(table: dict[str, tuple[str, ...]], signs: Iterable[str], language: str) -> None:
    for sign in signs:
        table[sign] = (*table.get(sign, ()), language)


PROFILES = LanguageProfiles(Path(__file__).with_name("languages.json"))


def is_clearly_english(words: Sequence[str], *, ascii_only: bool) -> bool:
    """Return whether folded words are clearly English, so that no closer look is needed."""
    foreign = 0 if ascii_only else len(words) - sum(map(str.isascii, words))
    if not PROFILES.foreign.isdisjoint(words):
        foreign += sum(map(PROFILES.foreign.__contains__, words))
    if not foreign:
        return not PROFILES.english.isdisjoint(words)
    return sum(map(PROFILES.english.__contains__, words)) >= _ENGLISH_MAJORITY * foreign


def rank_languages(words: Sequence[str]) -> tuple[str, ...]:
    """Return the languages that folded words may be in, the likeliest first; () is no evidence.

    Of the languages of a script those are kept that have at least half the evidence of its best.
    English comes before others that are as likely.
    """
    scores: dict[str, float] = {}
    for word in dict.fromkeys(islice(words, MAX_WORDS_EXAMINED)):
        for language, weight in _evidence(word):
            scores[language] = scores.get(language, 0) + weight
    likely = [language for language, score in scores.items() if score >= _MIN_EVIDENCE]
    best = sorted(likely, key=lambda one: (-scores[one], one != ENGLISH))
    kept: list[str] = []
    written: dict[str, list[str]] = {}
    for language in best:
        places = [written.setdefault(name, []) for name in PROFILES.scripts[language]]
        if any(_is_close(scores, one, language) for one in places):
            kept.append(language)
            for place in places:
                place.append(language)
    return tuple(kept)


def _is_close(scores: Mapping[str, float], better: Sequence[str], language: str) -> bool:
    if not better:
        return True
    return len(better) < MAX_LANGUAGES_PER_SCRIPT and scores[language] * 2 >= scores[better[0]]


@lru_cache(maxsize=65_536)
def _evidence(word: str) -> tuple[tuple[str, float], ...]:
    """Return which languages one word is evidence for, with weights."""
    found: dict[str, float] = {}
    if known := PROFILES.words.get(word):
        found = dict.fromkeys(known, 1.0)
    elif len(word) > _MIN_WORD_LETTERS:
        for length in range(1, _LONGEST_ENDING + 1):
            for language in PROFILES.endings.get(word[-length:], ()):
                found[language] = _ENDING_WEIGHT
    for letter in "" if word.isascii() else set(word):
        for language in PROFILES.letters.get(letter, ()):
            found[language] = found.get(language, 0) + _LETTER_WEIGHT
    return tuple(found.items())


def best_per_script(languages: Sequence[str]) -> tuple[str, ...]:
    """Return the likeliest language of each script, and the second where both are close."""
    chosen: dict[str, None] = {}
    counts: dict[str, int] = {}
    for language in languages:
        names = PROFILES.scripts[language]
        if min(counts.get(name, 0) for name in names) < _MAX_PER_SCRIPT:
            chosen[language] = None
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    return tuple(chosen)


def is_chinese(text: str) -> bool:
    """Return whether a text is written in Chinese rather than in another language.

    A name or a dish in Chinese characters doesn't make an English sentence Chinese, nor does an
    English word change a Chinese one. Characters among kana are Japanese, among Hangul Korean.
    """
    start = text[:_MAX_CHARACTERS]
    han = len(_HAN.findall(start))
    return han > _HAN_PER_KANA * len(_KANA_OR_HANGUL.findall(start)) and han >= len(
        _LATIN_WORD.findall(start)
    )
