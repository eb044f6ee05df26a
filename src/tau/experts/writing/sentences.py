"""Sentences of a text with their places, and measures of how hard they are to read."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tau.text.scripts import HAN

_ABBREVIATIONS = (
    "mr mrs ms dr prof st no vs etc e.g i.e approx inc ltd co corp dept fig vol sec art para p pp "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun"
)
_SHORT = frozenset(_ABBREVIATIONS.split())
_END = re.compile(r"[.!?]+[\"'”’)\]]*(?=\s|$)|[。！？；…]+[”’」』）]*|\n")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HAN = re.compile(f"[{HAN}]")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^laeiouy]es|[^aeiouytd]ed|[^laeiouy]e)$")


class Sentence(NamedTuple):
    """A sentence and where it begins in its text."""

    text: str
    start: int

    @property
    def words(self) -> list[str]:
        """Its words, without numbers."""
        return _WORD.findall(self.text)

    @property
    def length(self) -> int:
        """How many words it has; two Chinese characters are about one."""
        han = len(_HAN.findall(self.text))
        return len(_WORD.findall(_HAN.sub(" ", self.text))) + han // 2


def split_sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text."""
    start = 0
    for found in _END.finditer(text):
        if found[0].startswith(".") and _goes_on(text, start, found.start()):
            continue
        yield from _sentence(text, start, found.end())
        start = found.end()
    yield from _sentence(text, start, len(text))


def _sentence(text: str, start: int, end: int) -> Iterator[Sentence]:
    piece = text[start:end]
    kept = piece.strip()
    if kept:
        yield Sentence(kept, start + len(piece) - len(piece.lstrip()))


def _goes_on(text: str, start: int, dot: int) -> bool:
    """Return whether a full stop ends an abbreviation or a numbered date rather than a sentence."""
    before = text[start:dot].rsplit(None, 1)
    word = before[-1].lower().lstrip("(") if before else ""
    after = text[dot + 1 :].lstrip()[:1]
    return word in _SHORT or (len(word) == 1 and word.isalpha()) or after.islower()


_QUOTATION = re.compile(r"“[^“”]*”|\"[^\"\n]*\"|「[^「」]*」|『[^『』]*』|«[^«»]*»|„[^„“”]*[“”]")
_NAME_WORDS = 3
_NAME_HAN = 4


def without_quotations(text: str) -> str:
    """Return a text with spaces for what it quotes, so that places stay; names in quotes stay."""
    return _QUOTATION.sub(_blank, text)


def _blank(found: re.Match[str]) -> str:
    words, han = _WORD.findall(_HAN.sub(" ", found[0])), _HAN.findall(found[0])
    is_name = len(words) <= _NAME_WORDS and len(han) <= _NAME_HAN
    return found[0] if is_name else " " * len(found[0])


def has_han(text: str) -> bool:
    """Return whether a text has Chinese characters."""
    return _HAN.search(text) is not None


def count_syllables(word: str) -> int:
    """Return about how many syllables an English word has."""
    folded = word.lower()
    count = len(_VOWELS.findall(folded)) - (1 if _SILENT.search(folded) else 0)
    return max(1, count)


def reading_grade(sentences: list[Sentence]) -> float | None:
    """Return the school grade that an English text is for (Flesch-Kincaid, 1975).

    None for a text of fewer than 30 words, of which it would say nothing.
    """
    words = [word for sentence in sentences for word in sentence.words]
    if len(words) < 30:
        return None
    syllables = sum(map(count_syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59
