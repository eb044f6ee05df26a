"""Style sampled from documents: what at least three of them agree on, with quotations.

Documents may be other people's words, so what is found here always waits for approval.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from tau.experts.writing.sentences import has_han, split_sentences
from tau.experts.writing.style_forms import CLOSING, DATE_FORMS, SALUTATION
from tau.experts.writing.style_sentences import say_instead

LEAST_DOCUMENTS = 3
MAX_QUOTED_CHARACTERS = 160
_QUOTATIONS = 2
_AGREEING = 0.8
"""Share of the documents that show a feature at all which must show it the same way."""
_PAIRED_WORDS = (
    r"colou?r|favou?r\w*|labou?r|honou?r\w*|behaviou?r|neighbou?r\w*|cent(?:re|er)s?"
    r"|organi[sz]\w+|reali[sz]\w+|recogni[sz]\w+|apologi[sz]\w+|utili[sz]\w+|programme?s?"
    r"|travell?(?:ed|ing|er)|cancell?(?:ed|ing)|licen[cs]e|defen[cs]e|cheques?"
)
_PAIRED = re.compile(rf"\b(?:{_PAIRED_WORDS})\b", re.IGNORECASE)
_BRITISH = re.compile(r"our|tre|is[eai]|ll(?:ed|ing|er)|ence$|cheque|programme", re.IGNORECASE)
_CONTRACTION = re.compile(r"\b\w+(?:n['’]t|['’](?:ll|ve|re|m|d))\b", re.IGNORECASE)
_UNCONTRACTED = re.compile(
    r"\b(?:do|does|did|is|are|was|were|has|have|had|would|should|could|can|will)(?: not|not)\b"
    r"|\b(?:we|you|they|I) (?:will|have|are|am)\b",
    re.IGNORECASE,
)
_TERMS = (("e-mail", "email"), ("Internet", "internet"), ("percent", "per cent"), ("OK", "okay"))
_SENTENCES = 20
_STEP = 5


class StyleQuotation(msgspec.Struct, frozen=True):
    """A place in a document that shows a style."""

    document: str
    words: str


class StyleSample(msgspec.Struct, frozen=True):
    """A style fact that documents suggest.

    `quotations` are two places, `documents` the names of those that agree, and `shown` counts those
    that show the feature at all.
    """

    feature: str
    statement: str
    quotations: tuple[StyleQuotation, ...]
    documents: tuple[str, ...]
    shown: int


class _Trait(NamedTuple):
    """What one document shows: a feature, how it shows it, and its words."""

    feature: str
    value: str
    words: str


def sample_style(documents: Mapping[str, str]) -> list[StyleSample]:
    """Return what documents, given by name, agree on. Fewer than three suggest nothing."""
    if len(documents) < LEAST_DOCUMENTS:
        return []
    traits = [(name, trait) for name, text in documents.items() for trait in _traits(text)]
    features = dict.fromkeys(trait.feature for _, trait in traits)
    samples = (_agreed(feature, traits) for feature in features)
    found = [sample for sample in samples if sample is not None]
    length = _sentence_length(documents)
    return [*found, *([length] if length else [])]


def _agreed(feature: str, traits: Sequence[tuple[str, _Trait]]) -> StyleSample | None:
    shown = {name: trait for name, trait in traits if trait.feature == feature}
    value, count = Counter(trait.value for trait in shown.values()).most_common(1)[0]
    if count < LEAST_DOCUMENTS or count < _AGREEING * len(shown):
        return None
    places = {name: trait.words for name, trait in shown.items() if trait.value == value}
    return _sample(feature, _statement(feature, value), places, len(shown))


def _sample(feature: str, statement: str, places: Mapping[str, str], shown: int) -> StyleSample:
    """Return a sample; `places` are the words that show it, by the documents that agree."""
    quoted = [
        StyleQuotation(name, " ".join(words.split())[:MAX_QUOTED_CHARACTERS])
        for name, words in places.items()
    ]
    return StyleSample(feature, statement, tuple(quoted[:_QUOTATIONS]), tuple(places), shown)


def _statement(feature: str, value: str) -> str:
    chinese = {
        "salutation": f"信件以“{value}”开头",
        "closing": f"信件以“{value}”结尾",
        "date": f"日期写成“{value}”",
    }
    if has_han(value) and feature in chinese:
        return chinese[feature]
    forms = {
        "dialect": f"Use {value} spelling",
        "salutation": f"Begin letters with “{value}”",
        "closing": f"End letters with “{value}”",
        "date": f"Write dates as “{value}”",
        "contractions": "Use contractions" if value == "yes" else "Don't use contractions",
    }
    if feature in forms:
        return forms[feature]
    other = next(two if one == value else one for one, two in _TERMS if value in {one, two})
    return say_instead(value, other)


def _traits(text: str) -> Iterator[_Trait]:
    yield from _dialect(text)
    for feature, pattern in (("salutation", SALUTATION), ("closing", CLOSING)):
        found = pattern.search(text)
        if found:
            value = found["form"] or found["chinese"]
            yield _Trait(feature, value, found[0].strip(" \t\n\\"))
    forms = {form: pattern.findall(text) for form, pattern in DATE_FORMS.items()}
    used = [form for form, found in forms.items() if found]
    if len(used) == 1:
        yield _Trait("date", used[0], forms[used[0]][0])
    yield from _contractions(text)
    for pair in _TERMS:
        counts = {word: len(re.findall(rf"\b{word}s?\b", text)) for word in pair}
        present = [word for word, count in counts.items() if count]
        if len(present) == 1:
            yield _Trait(f"term {pair[0]}", present[0], _around(text, present[0]))


def _dialect(text: str) -> Iterator[_Trait]:
    words = _PAIRED.findall(text)
    british = [word for word in words if _BRITISH.search(word)]
    american = [word for word in words if word not in british]
    if words and not (british and american):
        yield _Trait("dialect", "British" if british else "American", _around(text, words[0]))


def _contractions(text: str) -> Iterator[_Trait]:
    short, long = _CONTRACTION.findall(text), _UNCONTRACTED.findall(text)
    if len(short) + len(long) < 2:
        return
    if not short or not long:
        words = (short or long)[0]
        yield _Trait("contractions", "yes" if short else "no", _around(text, words))


def _sentence_length(documents: Mapping[str, str]) -> StyleSample | None:
    """Return the length that nine of ten sentences stay under in every document."""
    longest: list[int] = []
    places: dict[str, str] = {}
    for name, text in documents.items():
        sentences = sorted(split_sentences(text), key=lambda one: one.length)
        if len(sentences) < _SENTENCES:
            return None
        typical = sentences[int(0.9 * (len(sentences) - 1))]
        longest.append(typical.length)
        places[name] = typical.text
    most = -(-max(longest) // _STEP) * _STEP
    if most > 2 * max(1, min(longest)):
        return None
    statement = f"Keep sentences under {most} words"
    return _sample("sentence words", statement, places, len(places))


def _around(text: str, words: str) -> str:
    """Return the sentence that words are in."""
    return next((one.text for one in split_sentences(text) if words in one.text), words)
