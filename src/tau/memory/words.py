"""Text into the terms that the lexical index counts, in every script people write.

Scripts with spaces give words: NFKC, casefolded, accents folded, stemmed by Snowball. Scripts
without spaces (Chinese, Japanese, Thai, ...) and Korean, whose words carry endings, give their
characters and pairs of neighbouring characters. Mixed text gives both. Emoji and signs give
nothing. This module knows nothing of messages and indexes.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache

import Stemmer

LONGEST_WORD = 40
"""Characters of a word that are looked at: nobody remembers the rest of a base64 blob."""
LONGEST_TEXT = 1_000_000
"""Characters of one message that are indexed."""
LONGEST_QUERY = 8_000
"""Characters of one question that are looked at."""
MOST_QUERY_TERMS = 64
SINGLE_CHARACTER_WEIGHT = 0.3
"""What one character says beside a pair of them, in a question."""

_ASCII_WORDS = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Burmese, Khmer
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"  # Japanese
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
    "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"  # Korean
)
_RUNS = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])[^\W_])+(?:'[a-z]+)?")
_UNSPACED_START = re.compile(rf"[{_UNSPACED}]")
_MARKS = re.compile("[\u0300-\u036f]+")

_STEMMERS = {
    "LATIN": "english",
    "CYRILLIC": "russian",
    "GREEK": "greek",
    "ARABIC": "arabic",
    "ARMENIAN": "armenian",
    "DEVANAGARI": "hindi",
    "TAMIL": "tamil",
}

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
    "のはがをにでとへもやかねよなただすまてしいるれ"
    "은는이가을를에의도로와과"
)
_FUNCTION_PAIR_LIST = "什么 怎么 哪里 哪儿 哪个 为什 时候 多少 可以 自己 です ます でし"
_FUNCTION_PAIRS = frozenset(_FUNCTION_PAIR_LIST.split())


def terms(text: str) -> Counter[str]:
    """Return the terms of a message with how often each occurs."""
    text = text[:LONGEST_TEXT]
    if text.isascii():
        stems = map(_stem, _ASCII_WORDS.findall(text.lower()))
        return Counter(stem for stem in stems if stem)
    found: Counter[str] = Counter()
    for run in _RUNS.findall(folded(text)):
        if _UNSPACED_START.match(run):
            found.update(run)
            found.update(run[i : i + 2] for i in range(len(run) - 1))
        elif stem := _stem(run):
            found[stem] += 1
    return found


def query_terms(text: str) -> dict[str, tuple[float, str]]:
    """Return the terms of a question: term -> (its weight, the words as they were asked)."""
    asked: dict[str, tuple[float, str]] = {}
    for run in _RUNS.findall(folded(text[:LONGEST_QUERY])):
        if len(asked) >= MOST_QUERY_TERMS:
            break
        if not _UNSPACED_START.match(run):
            if stem := _stem(run):
                asked.setdefault(stem, (1.0, run))
            continue
        for pair in (run[i : i + 2] for i in range(len(run) - 1)):
            if pair not in _FUNCTION_PAIRS and not _FUNCTION_CHARACTERS.issuperset(pair):
                asked.setdefault(pair, (1.0, pair))
        weight = SINGLE_CHARACTER_WEIGHT if len(run) > 1 else 1.0
        for character in run:
            if character not in _FUNCTION_CHARACTERS:
                asked.setdefault(character, (weight, character))
    return dict(list(asked.items())[:MOST_QUERY_TERMS])


def folded(text: str) -> str:
    """Return `text` with case and width folded, as words are compared before stemming."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    """Return the term of one folded word, or "" for a stop word."""
    if word in STOP_WORDS:
        return ""
    word = word[:LONGEST_WORD]
    if word.isascii():
        script = "LATIN"
    else:
        script = _script(word[0])
        if script == "LATIN":
            word = _MARKS.sub("", unicodedata.normalize("NFD", word))
    stemmer = _stemmer(script)
    return str(stemmer.stemWord(word)) if stemmer else word


def _script(character: str) -> str:
    return unicodedata.name(character, "").partition(" ")[0]


@lru_cache(maxsize=16)
def _stemmer(script: str) -> Stemmer.Stemmer | None:
    algorithm = _STEMMERS.get(script)
    # Our own cache above is larger than the stemmer's.
    return Stemmer.Stemmer(algorithm, 0) if algorithm else None
