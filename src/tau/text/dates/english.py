"""Parser of English time expressions: a recursive descent over tokens.

`expressions` reads one expression ("last Tuesday", "3 June"); this file joins them: "between May
and July", "since March", "June 3rd last year", "last year in May".
"""

from collections.abc import Iterator
from datetime import date

from tau.text.dates import english_words as en
from tau.text.dates.expressions import ExpressionParser
from tau.text.dates.periods import DAY, Direction, Period
from tau.text.dates.token_reader import TokenReader
from tau.text.dates.tokens import DateMatch, ParsedDate, Tokens

_MAX_WORDS_BEFORE_CUE = 6
"""Words before the first word of time: "between the first and the second week"."""


class EnglishParser:
    """Reads the time expressions of a text as someone who lives on the day `today`."""

    def __init__(self, tokens: Tokens, today: date, prefer: Direction) -> None:
        self.reader = TokenReader(tokens, today, prefer)
        self.expressions = ExpressionParser(self.reader)

    def found(self) -> Iterator[DateMatch]:
        """Yield the time expressions in the order of the text."""
        cues = [place for place, word in enumerate(self.reader.words) if _is_cue(word)]
        place = 0
        for cue in cues:
            place = max(place, cue - _MAX_WORDS_BEFORE_CUE)
            while place <= cue:
                reading = self._tried(place) if self._begins(place) else None
                if reading:
                    at, until = (
                        self.reader.tokens.at(place),
                        self.reader.tokens.until(reading.end - 1),
                    )
                    yield DateMatch(at, until, reading.period, reading.exact)
                place = reading.end if reading else place + 1

    def _tried(self, place: int) -> ParsedDate | None:
        try:
            return self.phrase(place)
        except (OverflowError, ValueError):  # days before the year 1 or after 9999
            return None

    def phrase(self, place: int) -> ParsedDate | None:
        """Read a range, an expression with since, until, by, before or after, or a plain one."""
        word = self.reader.word(place)
        if word == "between":
            first = self.expressions.time(place + 1, context=True)
            return first and self._range(first, frozenset({"and", "-", "–"}))
        if word in en.BOUNDS:
            return self._bounded(word, place + 1)
        named = word == "from"
        first = self.expressions.time(place + named, context=named)
        return first and (self._range(first, en.RANGE_JOINERS) or first)

    def _begins(self, place: int) -> bool:
        word = self.reader.words[place]
        return word in en.STARTS or word[0].isdigit()

    def _range(self, first: ParsedDate, joiners: frozenset[str]) -> ParsedDate | None:
        if self.reader.word(first.end) not in joiners:
            return None
        second = self.expressions.time(first.end + 1, context=True)
        if not second:
            return None
        begins, ends = first.period, second.period
        if self.reader.prefer == "past" or second.exact:
            begins = self._before(first, ends.first)
        else:
            ends = self._other("future", begins.first).again(second)
        if begins.first >= ends.end:
            return None
        return ParsedDate(Period(begins.first, ends.end), second.end, first.exact or second.exact)

    def _before(self, reading: ParsedDate, today: date) -> Period:
        return self._other("past", today).again(reading)

    def _bounded(self, word: str, place: int) -> ParsedDate | None:
        ahead = word in {"until", "till", "by"} and self.reader.prefer == "past"
        parser = self._other("future", self.reader.today) if ahead else self
        found = parser.expressions.time(place, context=True)
        if not found:
            return None
        begins, ends = found.period
        if word in {"until", "till"} and ends > self.reader.today:
            begins = min(self.reader.today, begins)
        elif word == "since" and begins <= self.reader.today:
            ends = self.reader.today + DAY
        elif word == "after" and ends <= self.reader.today:
            begins, ends = ends, self.reader.today + DAY
        return found._replace(period=Period(begins, ends))

    def _other(self, prefer: Direction, today: date) -> "EnglishParser":
        return EnglishParser(self.reader.tokens, today, prefer)

    def again(self, reading: ParsedDate) -> Period:
        """Return what an expression without a year or a week means here."""
        moved = reading
        if reading.in_year and not reading.exact:
            moved = self.reader.yearly(reading.in_year, reading.end) or reading
        elif reading.in_week:
            moved = self.reader.weekly(reading.in_week, reading.end)
        return moved.period


def _is_cue(word: str) -> bool:
    return word in en.CUES or word[0].isdigit() or word.removesuffix("s") in en.WEEKDAYS


def found(tokens: Tokens, today: date, prefer: Direction) -> Iterator[DateMatch]:
    """Yield the English time expressions among the tokens."""
    return EnglishParser(tokens, today, prefer).found()
