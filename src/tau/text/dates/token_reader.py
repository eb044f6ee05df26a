"""Reader of a row of tokens: numbers, units, years and weekdays at a place."""

from collections.abc import Callable, Sequence
from datetime import date

from tau.text.dates import english_words as en
from tau.text.dates.periods import (
    WEEK,
    Direction,
    InYear,
    Period,
    TimeUnit,
    monday,
    nearest_in_year,
)
from tau.text.dates.tokens import MAX_DIGITS, ParsedDate, Tokens, full_year

FIRST_YEAR, LAST_YEAR = 1900, 2099


class TokenReader:
    """The tokens of a text, and the smallest things read from them.

    `today` and `prefer` decide which of the things that come every year or week is meant. `words`
    replace the words of the tokens where a language cuts something off first.
    """

    def __init__(
        self,
        tokens: Tokens,
        today: date,
        prefer: Direction,
        words: Sequence[str] | None = None,
    ) -> None:
        self.tokens = tokens
        self.words = tokens.words if words is None else words
        self.today = today
        self.prefer: Direction = prefer

    def word(self, place: int) -> str:
        """Return the word at a place, or ""."""
        return self.words[place] if 0 <= place < len(self.words) else ""

    def is_adjacent(self, place: int) -> bool:
        """Return whether nothing stands between this token and the next."""
        following = place + 1
        return following < len(self.tokens) and (
            self.tokens.until(place) == self.tokens.at(following)
        )

    def year(self, place: int) -> tuple[int, int] | None:
        """Read a year, also as '23, and where it ends."""
        word = self.word(place)
        if len(word) == MAX_DIGITS and word.isdecimal() and FIRST_YEAR <= int(word) <= LAST_YEAR:
            counted = self.word(place + 1) in en.COUNTED_NOUNS
            return None if counted else (int(word), place + 1)
        if word in {"'", "’"} and self.is_adjacent(place):
            short = self.word(place + 1)
            if len(short) == 2 and short.isdecimal():
                return full_year(int(short)), place + 2
        return None

    def day_number(self, place: int) -> int:
        """Return the day of a month written at a place ("3", "3rd"), or 0."""
        word = self.word(place)
        digits = word[:-2] if word[-2:] in en.ORDINAL_ENDS else word
        if len(digits) <= 2 and digits.isdecimal() and 1 <= int(digits) <= 31:
            return int(digits)
        return 0

    def ordinal(self, place: int) -> int:
        """Return the number of an ordinal ("first", "1st"); -1 for "last"; or 0."""
        word = self.word(place)
        if word == "last":
            return -1
        if word[-2:] in en.ORDINAL_ENDS and word[0].isdigit():
            return self.day_number(place)
        return en.ORDINALS.get(word, 0)

    def amount(self, place: int) -> tuple[float, float, int] | None:
        """Read how many: the least, the most, and where it ends. "a few" is two to five."""
        word = self.word(place)
        if word == "half" and self.word(place + 1) in {"a", "an"}:
            return 0.5, 0.5, place + 2
        if word == "a" and self.word(place + 1) in en.FUZZY_NUMBERS:
            place += 1
            word = self.word(place)
        if word in en.FUZZY_NUMBERS:
            low, high = en.FUZZY_NUMBERS[word]
            return low, high, place + (2 if self.word(place + 1) == "of" else 1)
        count = en.NUMBERS.get(word, 0)
        if not count and len(word) <= MAX_DIGITS and word.isdecimal():
            count = int(word)
        if not 0 < count <= en.MAX_UNITS:
            return None
        return self._and_more(count, place + 1)

    def _and_more(self, count: int, place: int) -> tuple[float, float, int]:
        tens = 20 <= count < 100 and count % 10 == 0
        more = en.NUMBERS.get(self.word(place + 1), 0)
        if tens and self.word(place) == "-" and 0 < more < 10:
            return count + more, count + more, place + 2
        if self.word(place) in {"or", "to", "-"}:
            most = self.word(place + 1)
            high = int(most) if most.isdecimal() and len(most) < MAX_DIGITS else more
            if high > count:
                return count, high, place + 2
        if [self.word(place + step) for step in range(3)] == ["and", "a", "half"]:
            return count + 0.5, count + 0.5, place + 3
        return count, count, place + 1 if self.word(place) == "more" else place

    def unit(self, place: int) -> TimeUnit | None:
        """Return the unit named at a place."""
        return en.UNITS.get(self.word(place))

    def weekday(self, place: int, *, context: bool) -> int | None:
        """Return the number of the weekday at a place; short names need context."""
        word = self.word(place)
        if word not in en.WEEKDAYS or self.word(place - 1) in en.NO_WEEKDAY_AFTER:
            return None
        if word in en.SHORT_WEEKDAYS:
            is_capitalized = self.tokens.is_capitalized(place) or word not in en.AMBIGUOUS_WEEKDAYS
            return en.WEEKDAYS[word] if context and is_capitalized else None
        return en.WEEKDAYS[word]

    def yearly(self, in_year: InYear, end: int) -> ParsedDate | None:
        """Return what comes every year as the one that is meant now."""
        found = nearest_in_year(in_year, self.today, self.prefer)
        return ParsedDate(found, end, in_year=in_year) if found else None

    def weekly(self, in_week: Callable[[date], Period], end: int) -> ParsedDate:
        """Return a weekday as the one that is meant now: never today."""
        found = in_week(monday(self.today))
        if self.prefer == "past" and found.first >= self.today:
            found = in_week(monday(self.today) - WEEK)
        elif self.prefer == "future" and found.first <= self.today:
            found = in_week(monday(self.today) + WEEK)
        return ParsedDate(found, end, in_week=in_week)

    def past_time_of_day(self, place: int) -> int:
        """Return the place after a time of day ("morning"), or the place itself."""
        return place + 1 if self.word(place) in en.TIMES_OF_DAY else place
