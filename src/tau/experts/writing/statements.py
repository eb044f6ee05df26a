"""Statements: what is known, prepared so that sentences of a document can be held against it."""

import re
from collections.abc import Iterable
from datetime import tzinfo
from functools import cached_property

import msgspec

from tau.clock import date_time
from tau.experts.writing.values import Value, find_values
from tau.text.scripts import HAN
from tau.text.stemming import english_stem

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_HAN_RUN = re.compile(f"[{HAN}]+")
_NAME = re.compile(r"(?<![\w'’])[A-ZÀ-Þ][^\W\d_]*[a-zß-ÿ](?:[-'’][A-ZÀ-Þ]?[^\W\d_]+)*")
_STOP_TEXT = """
a about after all also am an and any are as at be been before between both but by can could did do
does for from get go going had has have having he her here him his how i if in into is it its just
kindly let me more most my no not now of on or our please shall she should so some than that the
their them then there these they this those to too until up us very was we were what when where
which while who will with would you your yours sincerely regards dear hereby therefore regarding
agreed agree confirm confirmed confirms mentioned discussed set scheduled takes take place held
starts start begins begin ends end amount amounts cost costs total sum come comes currently
monday tuesday wednesday thursday friday saturday sunday o'clock per each every month monthly year
yearly annual noon midnight morning afternoon evening planned plan plans due date day time exactly
lives live living works work working called named name said says pay pays paid paying know run runs
"""
_STOP = frozenset(english_stem(word) for word in _STOP_TEXT.split()) | frozenset(_STOP_TEXT.split())
_VERBS = {
    "deliveri": "deliv", "departur": "depart", "signatur": "sign", "expiri": "expir",
    "closur": "close", "payment": "pay", "enrol": "enroll", "enrolment": "enroll",
}  # fmt: skip
"""Stems of nouns whose verb has another stem: “the delivery” is what “will be delivered”."""
_HAN_STOP = frozenset("的了在是和与及将于为我们您你他她它这那有定每共约已请各并由从到以对")
_NOT_NAMES_TEXT = """
January February March April May June July August September October November December Monday Tuesday
Wednesday Thursday Friday Saturday Sunday The This That We Our My Please Dear As In On At For With
Yours Kind Best Mr Mrs Ms Dr Prof Sir Madam It If I And But Thank Sincerely Regards
"""
NOT_NAMES = frozenset(_NOT_NAMES_TEXT.split())
"""Words with a capital that name nobody."""
_PLACE = re.compile(
    r"\b(?:in|at) (?:the )?((?:[A-ZÀ-Þ][^\W\d_]*(?:[-'’][^\W\d_]+)*|\d+[a-z]?)"
    r"(?: (?:[A-ZÀ-Þ][^\W\d_]*|\d+[a-z]?))*)"
    rf"|在([{HAN}]{{2,8}}?)(?=举行|召开|开会|见面|签约|办理)"
)


class KnownStatement(msgspec.Struct, frozen=True, dict=True):
    """Something known: a fact in words, and when it was said.

    `words` are the sentence that it was said in: its time counts if the statement itself has none.
    `due` is the day of a plan as parts of a date.
    """

    id: str
    text: str
    said_on: float
    about: str = ""
    slot: str = ""
    words: str = ""
    due: tuple[int, int, int] | None = None

    @cached_property
    def values(self) -> list[Value]:
        """The values that it states."""
        found = find_values(self.text)
        times = [one for one in find_values(self.words) if one.kind == "time"]
        if len(times) == 1 and not any(one.kind == "time" for one in found):
            found.append(times[0]._replace(start=-1, end=-1))
        if self.due is not None and not any(one.kind == "date" for one in found):
            year, month, day = self.due
            text = f"{year}-{month:02}-{day:02}"
            found.append(Value("date", "", month * 100 + day, -1, -1, text, self.due))
        return [*found, *find_places(self.text)]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The terms that say what it is about."""
        return content_terms(without_values(self.text, self.values))

    @cached_property
    def names(self) -> frozenset[str]:
        """The names in it."""
        return find_names(without_values(self.text, self.values))


def day_of(time: float, zone: tzinfo | None = None) -> tuple[int, int, int]:
    """Return the day of a time as year, month and day."""
    moment = date_time(time, zone)
    return moment.year, moment.month, moment.day


def message_of(statement: KnownStatement, value: str, zone: tzinfo | None, *, chinese: bool) -> str:
    """Return what is said of a contradiction, with the day it was said."""
    day = date_time(statement.said_on, zone)
    if chinese:
        return f"您在{day.year}年{day.month}月{day.day}日说的是“{value}”：{statement.text}"
    return f"On {day.day} {day:%B %Y} you said “{value}”: {statement.text}"


def without_values(text: str, values: Iterable[Value]) -> str:
    """Return a text with spaces where its values are."""
    for value in values:
        if value.start >= 0:
            text = text[: value.start] + " " * (value.end - value.start) + text[value.end :]
    return text


def content_terms(text: str) -> frozenset[str]:
    """Return the stems of the words that carry meaning; Chinese as pairs of characters."""
    words = (word.lower().partition("'")[0].partition("’")[0] for word in _WORD.findall(text))
    stems = {english_stem(word) for word in words if word not in _STOP and word.isascii()}
    stems = {_VERBS.get(stem, stem) for stem in stems - _STOP}
    plain = {word for word in map(str.lower, _WORD.findall(text)) if not word.isascii()}
    kept = {word for word in plain if not _HAN_RUN.search(word)}
    pairs = {
        run[place : place + 2]
        for run in _HAN_RUN.findall(text)
        for place in range(len(run) - 1)
        if not set(run[place : place + 2]) & _HAN_STOP
    }
    return frozenset(stems | kept | pairs) - {""}


def find_names(text: str) -> frozenset[str]:
    """Return the capitalized words of a text that aren't at the start of a sentence, folded."""
    return frozenset(
        found[0].lower().removesuffix("'s").removesuffix("’s")
        for found in _NAME.finditer(text)
        if found[0] not in NOT_NAMES
    )


def find_places(text: str) -> list[Value]:
    """Return the places that something is said to be at, as values."""
    found: list[Value] = []
    for match in _PLACE.finditer(text):
        group = 1 if match[1] else 2
        name = match[group]
        first = name.split()[0]
        if first in NOT_NAMES or (first[0].isdigit() and " " not in name):
            continue
        start, end = match.span(group)
        found.append(Value("place", name.lower(), 0.0, start, end, name))
    return found
