"""One form of a person's words, in which rules look for signals: spelling, disguise, contractions.

"i'm gonna k1ll my self" and "I am going to kill myself" become the same. What is looked for is
data, in `wording.toml`. Nothing here knows what the words mean.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import NamedTuple

from tau.facts.unicode_cleaning import clean_unicode
from tau.text.character_forms import unify_characters
from tau.text.scripts import HAN

HEAD_CHARACTERS = 3_000
TAIL_CHARACTERS = 1_500
"""Of a longer text only its beginning and its end are read: the middle is pasted."""

_TERM = re.compile(rf"[a-z]+|[{HAN}]")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_CONTRACTION = re.compile(r"[a-z]+'[a-z]+")
_HAN = re.compile(f"[{HAN}]")
_SPLIT_HAN = re.compile(rf"(?<=[{HAN}])[ \t.*·_|/\-]+(?=[{HAN}])")
_MASKED = re.compile(r"[a-z0-9@$!*#|]*(?:[a-z][0-9@$!*#|]|[0-9@$*#|][a-z])[a-z0-9@$!*#|]*")
_HAS_SIGNS = re.compile(r"[0-9@$*#|][a-z]|[a-z][0-9@$*#|!][a-z]")
_SPACED = re.compile(r"(?<![a-z'])[a-z](?:[ .\-_*]{1,3}[a-z]){2,}(?![a-z'])")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_TRIPLES = tuple(letter * 3 for letter in "adefgilmosuy")
_MIXED = re.compile(
    "[a-z]+[\u0430-\u045f][a-z\u0430-\u045f]*|[\u0430-\u045f]+[a-z][a-z\u0430-\u045f]*"
)
_CYRILLIC = str.maketrans("асеорхуіѕјкмнт", "aceopxyisjkmht")
_SIGNS = (str.maketrans("0134578@$!|", "oieastbasii"), str.maketrans("0134578@$!|", "oleastbasll"))
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"'})


class _Table(NamedTuple):
    words: Mapping[str, str]
    masked: frozenset[str]
    joined: Mapping[str, str]
    joined_lengths: Sequence[int]
    """How long the joined phrases are, the longest first."""
    phrases: re.Pattern[str]
    phrase_forms: tuple[str, ...]
    adverbs: re.Pattern[str]
    subjects: frozenset[str]
    characters: Mapping[int, str]


def _load() -> _Table:
    raw = tomllib.loads(files("tau.care").joinpath("wording.toml").read_text("utf-8"))
    words = dict(raw["words"])
    for right, wrong in raw["misspelled"].items():
        words.update(dict.fromkeys(wrong.split(), right))
    joined = {phrase.replace(" ", ""): phrase for phrase in raw["spaced"]}
    return _Table(
        words,
        frozenset(raw["masked"].split()),
        joined,
        sorted({len(letters) for letters in joined}, reverse=True),
        re.compile("|".join(f"({pattern})" for pattern in raw["phrases"])),
        tuple(raw["phrases"].values()),
        re.compile(raw["adverbs"]["pattern"]),
        frozenset(raw["owners"]["is"].split()),
        {ord(pair[0]): pair[1] for pair in raw["characters"].split()},
    )


_TABLE = _load()


def terms_of(text: str) -> set[str]:
    """Return the words and Chinese characters of a normalised text."""
    return set(_TERM.findall(text))


def normalize(text: str) -> str:
    """Return a text in the form that rules are written for: lower case, spelled out, undisguised.

    "'m" and "n't" are spelled out, Chinese is simplified, masked and spaced letters are put back.
    """
    if len(text) > HEAD_CHARACTERS + TAIL_CHARACTERS:
        text = f"{text[:HEAD_CHARACTERS]}\n{text[-TAIL_CHARACTERS:]}"
    text = clean_unicode(text).translate(_STRAIGHT).lower()
    if not text.isascii():
        text = _MIXED.sub(lambda found: found[0].translate(_CYRILLIC), text)
        if _HAN.search(text):
            text = _SPLIT_HAN.sub("", unify_characters(text).translate(_TABLE.characters))
    if _HAS_SIGNS.search(text):
        text = _MASKED.sub(_unmask, text)
    text = _SPACED.sub(_join, text)
    if any(triple in text for triple in _TRIPLES):
        text = _DRAWN_OUT.sub(r"\1", text)
    if "'" in text:
        text = _CONTRACTION.sub(_spell_out, text)
    if not _TABLE.words.keys().isdisjoint(_WORD.findall(text)):
        text = _WORD.sub(_spell_out, text)
    return _TABLE.phrases.sub(lambda found: _TABLE.phrase_forms[(found.lastindex or 1) - 1], text)


def drop_adverbs(text: str) -> str:
    """Return a normalised text without adverbs that stand between words that rules look for."""
    return _TABLE.adverbs.sub("", text)


def _spell_out(found: re.Match[str]) -> str:
    word = found[0]
    right = _TABLE.words.get(word)
    if right is not None:
        return right
    head, apostrophe, tail = word.partition("'")
    if not apostrophe:
        return word
    if tail == "t" and head.endswith("n"):
        return f"{head[:-1]} not"
    if tail == "s":
        return f"{head} is" if head in _TABLE.subjects else f"{head}s"
    spelled = _TABLE.words.get(f"'{tail}")
    return f"{_TABLE.words.get(head, head)} {spelled}" if spelled else word


def _unmask(found: re.Match[str]) -> str:
    token = found[0]
    ending = "!" if token.endswith("!") else ""
    token = token.removesuffix("!")
    for signs in _SIGNS:
        plain = token.translate(signs)
        if plain in _TABLE.masked:
            return plain + ending
    if "*" in token or "#" in token:
        pattern = re.compile(re.sub(r"[*#]+", "[a-z]{1,3}", token.replace("|", "")))
        hidden = next((word for word in sorted(_TABLE.masked) if pattern.fullmatch(word)), None)
        return hidden or found[0]
    return found[0]


def _join(found: re.Match[str]) -> str:
    letters = re.sub(r"[^a-z]", "", found[0])
    return _phrase_in(letters) or found[0]


def _phrase_in(letters: str) -> str | None:
    """Return the longest known phrase within letters, with the rest dropped."""
    known = _TABLE.joined
    parts = (
        letters[start : start + size]
        for size in _TABLE.joined_lengths
        for start in range(len(letters) - size + 1)
    )
    return next((known[part] for part in parts if part in known), None)
