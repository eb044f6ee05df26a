"""Parser of simple time expressions in languages that need no grammar of their own.

German, French, Spanish, Italian, Portuguese and Dutch say "yesterday", "last week", "three days
ago", "on 3 June 2023" and "in May" alike: `phrases.json` has the words. A date written in
numbers has the day first.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from tau.text.dates.periods import (
    DAY,
    WEEK,
    Direction,
    InYear,
    TimeUnit,
    approximate,
    date_in_year,
    day,
    last_of,
    monday,
    month_in_year,
    next_of,
    season_in_year,
    this_of,
    whole_unit,
    years,
)
from tau.text.dates.token_reader import TokenReader
from tau.text.dates.tokens import MAX_DIGITS, DateMatch, ParsedDate, Tokens, parse_numeric_date

_TABLES: dict[str, Any] = json.loads(Path(__file__).with_name("phrases.json").read_text("utf-8"))
LANGUAGES = frozenset(_TABLES)
_FEW = (2, 5)
_LONGEST_PHRASE = 3
_NO_CUES = frozenset({"an", "ore", "in", "mi"})
"""They occur in every English text; longer words of the same expression are enough."""

Phrase = tuple[str, ...]
Named = TypeVar("Named")


class CalendarWords:
    """One language's names of months, weekdays, days, units and seasons, each by what it means."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.months = _numbered(known["months"], 1)
        self.weekdays = _numbered(known["weekdays"], 0)
        self.days = {_phrase(words): ahead for words, ahead in known["days"].items()}
        self.units: dict[Phrase, TimeUnit] = {
            _phrase(word): unit for unit, words in known["units"].items() for word in words
        }
        self.seasons = {
            _phrase(word): season for season, words in known["seasons"].items() for word in words
        }

    def phrases(self) -> Iterator[Phrase]:
        """Yield every name."""
        for table in (self.months, self.weekdays, self.days, self.units, self.seasons):
            yield from table


class Phrasebook:
    """One language's words of time, each by what it means."""

    def __init__(self, known: dict[str, Any]) -> None:
        self.calendar = CalendarWords(known)
        self.which = {
            word: step
            for step, words in ((-1, known["last"]), (0, known["this"]), (1, known["next"]))
            for word in words
        }
        self.numbers = {
            word: number
            for number, words in enumerate(known["numbers"], 1)
            for word in words.split()
        }
        self.few = frozenset(known["few"])
        self.ago_before = {_phrase(words): True for words in known["ago_before"]}
        self.ago_after = frozenset(known["ago_after"])
        self.ahead = {_phrase(words): True for words in known["ahead"]}
        self.not_after = frozenset(known["not_after"])
        self.month_after = frozenset(known["month_after"])
        self.joining = frozenset(known["joining"])
        self.starts = self._starts()

    def _starts(self) -> frozenset[str]:
        first = {phrase[0] for phrase in self.calendar.phrases()}
        first |= {phrase[0] for table in (self.ago_before, self.ahead) for phrase in table}
        return frozenset({*first, *self.which, *self.numbers, *self.few})

    def cues(self) -> set[str]:
        """Return the words of which one is in every expression."""
        words = {word for phrase in self.calendar.phrases() for word in phrase if len(word) > 1}
        return words | {word.partition("'")[0] for word in words}

    def identifying_words(self) -> frozenset[str]:
        """Return the words that identify this language when two come together."""
        return frozenset({*self.cues(), *self.which, *self.numbers, *self.ago_after})


def _phrase(words: str) -> Phrase:
    return tuple(words.split())


def _numbered(lists: list[list[str]], first: int) -> dict[Phrase, int]:
    return {_phrase(name): n for n, names in enumerate(lists, first) for name in names}


@lru_cache(maxsize=16)
def phrasebook(language: str) -> Phrasebook:
    """Return the words of a language."""
    return Phrasebook(_TABLES[language])


CUES = frozenset().union(*(phrasebook(one).cues() for one in LANGUAGES)) - _NO_CUES


_IDENTIFYING_WORDS = {
    language: phrasebook(language).identifying_words() for language in sorted(LANGUAGES)
}
_MIN_WORDS = 2


def language_of_phrases(words: Collection[str]) -> str:
    """Return the language that most of the words of time are in: two at least, or else ""."""
    counts = {
        one: len(identifying_words.intersection(words))
        for one, identifying_words in _IDENTIFYING_WORDS.items()
    }
    best = max(counts, key=lambda one: counts[one])
    return best if counts[best] >= _MIN_WORDS else ""


class PhraseParser:
    """Reads the time expressions of a text in one of these languages."""

    def __init__(self, tokens: Tokens, today: date, prefer: Direction, book: Phrasebook) -> None:
        words = [_without_article(word) for word in tokens.words]
        self.reader = TokenReader(tokens, today, prefer, words)
        self.book = book

    def found(self) -> Iterator[DateMatch]:
        """Yield the time expressions in the order of the text."""
        place = 0
        while place < len(self.reader.words):
            begins = (
                self.reader.words[place] in self.book.starts
                or self.reader.words[place][0].isdigit()
            )
            found = self._read(place) if begins else None
            if found:
                at, until = self.reader.tokens.at(place), self.reader.tokens.until(found.end - 1)
                yield DateMatch(at, until, found.period, found.exact)
            place = found.end if found else place + 1

    def _read(self, place: int) -> ParsedDate | None:
        rules = (self._day, self._counted, self._which, self._dated, self._weekday, self._year)
        try:
            return next(filter(None, (rule(place) for rule in rules)), None)
        except (OverflowError, ValueError):  # days before the year 1 or after 9999
            return None

    def _named(self, table: Mapping[Phrase, Named], place: int) -> tuple[Named, int] | None:
        """Return what the longest phrase of a table here means, and where it ends."""
        for length in range(_LONGEST_PHRASE, 0, -1):
            phrase = tuple(self.reader.words[place : place + length])
            if len(phrase) == length and phrase in table:
                return table[phrase], place + length
        return None

    def _day(self, place: int) -> ParsedDate | None:
        """Read "gestern", "pasado mañana"."""
        found = self._named(self.book.calendar.days, place)
        if found is None or self.reader.word(place - 1) in self.book.not_after:
            return None
        return ParsedDate(day(self.reader.today + found[0] * DAY), found[1])

    def _counted(self, place: int) -> ParsedDate | None:
        """Read "vor drei Tagen", "tre giorni fa", "dans deux semaines"."""
        ago = self._named(self.book.ago_before, place)
        ahead = None if ago else self._named(self.book.ahead, place)
        sign = ago or ahead
        count = self._count(sign[1] if sign else place)
        unit = self._named(self.book.calendar.units, count[2]) if count else None
        if not count or not unit:
            return None
        low, high, end = count[0], count[1], unit[1]
        if not sign and self.reader.word(end) in self.book.ago_after:
            ago, end = (True, end), end + 1
        if not ago and not ahead:
            return None
        low, high = (-high, -low) if ago else (low, high)
        return ParsedDate(approximate(unit[0], self.reader.today, low, high), end)

    def _count(self, place: int) -> tuple[float, float, int] | None:
        article = self.reader.word(place) in self.book.numbers
        if article and self.reader.word(place + 1) in self.book.few:
            place += 1
        word = self.reader.word(place)
        if word in self.book.few:
            return (*_FEW, place + 1)
        number = self.book.numbers.get(word, 0)
        if not number and word.isdecimal() and len(word) < MAX_DIGITS:
            number = int(word)
        return (number, number, place + 1) if number else None

    def _which(self, place: int) -> ParsedDate | None:
        """Read "letzte Woche", "la semaine dernière", "el viernes pasado", "letzten Mai"."""
        step = self.book.which.get(self.reader.word(place))
        if step is not None:
            return self._relative_period(place + 1, step)
        for table in (
            self.book.calendar.units,
            self.book.calendar.weekdays,
            self.book.calendar.months,
            self.book.calendar.seasons,
        ):
            found = self._named(table, place)
            step = self.book.which.get(self.reader.word(found[1])) if found else None
            reading = self._relative_period(place, step) if step is not None else None
            if reading:
                return reading._replace(end=reading.end + 1)
        return None

    def _relative_period(self, place: int, step: int) -> ParsedDate | None:
        if unit := self._named(self.book.calendar.units, place):
            if unit[0] in {"day", "hour"}:
                return None
            return ParsedDate(whole_unit(unit[0], self.reader.today, step), unit[1])
        if weekday := self._named(self.book.calendar.weekdays, place):
            return ParsedDate(day(self._that_weekday(weekday[0], step)), weekday[1])
        named = self._yearly_period(place)
        if named is None:
            return None
        chosen = {-1: last_of, 0: this_of, 1: next_of}[step](named[0], self.reader.today)
        return ParsedDate(chosen, named[1]) if chosen else None

    def _that_weekday(self, weekday: int, step: int) -> date:
        if step < 0:
            return self.reader.today - ((self.reader.today.weekday() - weekday - 1) % 7 + 1) * DAY
        return monday(self.reader.today) + step * WEEK + weekday * DAY

    def _yearly_period(self, place: int) -> tuple[InYear, int] | None:
        if month := self._named(self.book.calendar.months, place):
            return month_in_year(month[0]), month[1]
        season = self._named(self.book.calendar.seasons, place)
        return (season_in_year(season[0]), season[1]) if season else None

    def _dated(self, place: int) -> ParsedDate | None:
        """Read "3. Juni 2023", "le 3 juin", "en mayo de 2021", "été 2022"."""
        written = parse_numeric_date(self.reader.word(place), day_first=True)
        if written:
            return ParsedDate(day(written), place + 1, exact=True)
        number = self.reader.day_number(place)
        if number:
            end = place + 1 + (self.reader.word(place + 1) in self.book.joining)
            month = self._named(self.book.calendar.months, end)
            return self._in_year(date_in_year(month[0], number), month[1]) if month else None
        named = self._yearly_period(place)
        if not named:
            return None
        found = self._in_year(*named)
        clear = self.reader.word(place - 1) in self.book.month_after
        return found if clear or (found and found.exact) else None

    def _in_year(self, in_year: InYear, end: int) -> ParsedDate | None:
        year = self.reader.year(end + (self.reader.word(end) in {"de", ","}))
        if year:
            found = in_year(year[0])
            return ParsedDate(found, year[1], exact=True) if found else None
        return self.reader.yearly(in_year, end)

    def _weekday(self, place: int) -> ParsedDate | None:
        found = self._named(self.book.calendar.weekdays, place)
        if found is None:
            return None
        weekday = found[0]
        return self.reader.weekly(lambda first: day(first + weekday * DAY), found[1])

    def _year(self, place: int) -> ParsedDate | None:
        year = self.reader.year(place)
        if year is None or self.reader.word(place - 1) not in self.book.month_after:
            return None
        return ParsedDate(years(year[0]), year[1], exact=True)


def _without_article(word: str) -> str:
    """Return a word without an elided article: l'été, dell'anno."""
    head, _, rest = word.replace("’", "'").partition("'")
    return rest if rest and head in {"l", "d", "dell", "nell", "all"} else word


def found(tokens: Tokens, language: str, today: date, prefer: Direction) -> Iterator[DateMatch]:
    """Yield the time expressions of a text in one of `LANGUAGES`."""
    return PhraseParser(tokens, today, prefer, phrasebook(language)).found()
