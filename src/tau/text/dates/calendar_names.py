"""What the calendar names in English: dates, months, seasons, holidays, years and decades."""

from collections.abc import Callable
from datetime import date

from tau.text.dates import english_words as en
from tau.text.dates.periods import (
    WEEK,
    Direction,
    InYear,
    Period,
    TimeUnit,
    date_in_year,
    day,
    monday,
    month,
    month_in_year,
    nearest_in_year,
    season_in_year,
    years,
)
from tau.text.dates.tokens import MAX_DIGITS, ParsedDate, Tokens, full_year, parse_numeric_date

FIRST_YEAR, LAST_YEAR = 1900, 2099


class TokenReader:
    """The tokens, and the smallest things read from them."""

    def __init__(self, tokens: Tokens, today: date, prefer: Direction) -> None:
        self.tokens = tokens
        self.words = tokens.words
        self.today = today
        self.prefer: Direction = prefer
        self.depth = 0

    def word(self, place: int) -> str:
        """Return the word at a place, or ""."""
        return self.words[place] if 0 <= place < len(self.words) else ""

    def is_adjacent(self, place: int) -> bool:
        """Tell whether nothing stands between this token and the next."""
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


class CalendarParser(TokenReader):
    """What the calendar names: dates, months, seasons, holidays, years and decades."""

    def named(self, place: int, *, context: bool) -> ParsedDate | None:
        """Read a date, month, season or holiday, with its year if one is told."""
        word = self.word(place)
        if word in en.MONTHS and (found := self._month(place, context=context)):
            return found
        if word in en.SEASON_NAMES:
            return self._yearly_name(season_in_year(en.SEASON_NAMES[word]), place + 1, context)
        if word in en.HOLIDAY_STARTS:
            return self._holiday(place, context=context)
        if self.day_number(place) or self.ordinal(place) > 0:
            return self._day_first(place)
        return None

    def numeric(self, place: int, *, context: bool) -> ParsedDate | None:
        """Read what begins with a number: a written date, a year, a decade, a day of a month."""
        word = self.word(place)
        if not word[:1].isdigit() and word not in {"'", "’", *en.DECADES}:
            return None
        if written := parse_numeric_date(word):
            return ParsedDate(day(written), place + 1, exact=True)
        year = self.year(place) if context or word in {"'", "’"} else None
        if year and (context or self.word(year[1]) != ""):
            return ParsedDate(years(year[0]), year[1], exact=True)
        return self.decade(place) or self.named(place, context=context)

    def decade(self, place: int) -> ParsedDate | None:
        """Read "1990s", or "the 90s" and "the nineties"."""
        place += self.word(place) in {"'", "’"}
        word = self.word(place)
        after_the = any(self.word(place - back) in {"the", *en.PARTS} for back in (1, 2))
        first = en.DECADES.get(word, 0) if after_the else 0
        digits = word[:-1] if word.endswith("0s") else ""
        if digits.isdecimal() and len(digits) == 2 and after_the:
            first = (2000 if int(digits) < 30 else 1900) + int(digits)
        elif digits.isdecimal() and len(digits) == MAX_DIGITS:
            first = int(digits)
        if not first or not 1000 <= first <= LAST_YEAR:
            return None
        return ParsedDate(years(first, 10), place + 1, exact=True)

    def _month(self, place: int, *, context: bool) -> ParsedDate | None:
        word, number = self.word(place), en.MONTHS[self.word(place)]
        clear = word in en.CLEAR_MONTHS
        plain = word not in en.AMBIGUOUS_MONTHS or self.tokens.is_capitalized(place)
        preposition = context or self.word(place - 1) in en.MONTH_PREPOSITIONS
        after = place + 1 + (self.word(place + 1) == "." and len(word) <= MAX_DIGITS)
        suffixed = self.word(after)[-2:] in en.ORDINAL_ENDS
        if (plain or preposition or suffixed) and (found := self._days_of(number, after)):
            return found
        if year := self._year_after(after):
            return ParsedDate(month(year[0], number), year[1], exact=True)
        if not clear and not preposition:
            return None
        return self._with_year(month_in_year(number), place + 1)

    def _days_of(self, number: int, place: int) -> ParsedDate | None:
        """Read the day after a month ("3", "the 3rd", "3-5"), and the year."""
        place += self.word(place) == "the"
        first = self.day_number(place) or max(en.ORDINALS.get(self.word(place), 0), 0)
        clock = self.word(place + 1) in {":", "am", "pm", "%"}
        if not first or clock:
            return None
        last, end = first, place + 1
        if self.word(end) in {*en.RANGE_JOINERS, "and"} and self.day_number(end + 1) > first:
            last, end = self.day_number(end + 1), end + 2
        return self._with_year(_days_in_year(number, first, last), end)

    def _day_first(self, place: int) -> ParsedDate | None:
        """Read "3 June", "the 3rd of June", "3-5 June"."""
        first = self.day_number(place) or self.ordinal(place)
        last, end = first, place + 1
        if self.word(end) in {*en.RANGE_JOINERS, "and"} and self.day_number(end + 1) > first:
            last, end = self.day_number(end + 1), end + 2
        of = self.word(end) == "of"
        end += of
        word = self.word(end)
        if word not in en.MONTHS:
            return None
        plain = word not in en.AMBIGUOUS_MONTHS or of or self.tokens.is_capitalized(end)
        plain = plain or self._year_after(end + 1) is not None
        if not plain and self.word(place).isdecimal():
            return None
        end += 1
        return self._with_year(_days_in_year(en.MONTHS[word], first, last), end)

    def _holiday(self, place: int, *, context: bool) -> ParsedDate | None:
        for length in (3, 2, 1):
            words = tuple(self.word(place + step) for step in range(length))
            if in_year := en.HOLIDAYS.get(words):
                context = context or words[-1] in {"eve", "day", "sunday", "halloween"}
                return self._yearly_name(in_year, place + length, context)
        return None

    def _yearly_name(self, in_year: InYear, end: int, context: bool) -> ParsedDate | None:
        found = self._with_year(in_year, end)
        return found if context or (found and found.end > end) else None

    def _with_year(self, in_year: InYear, end: int) -> ParsedDate | None:
        """Return what comes every year: in the year that is told, else in the one that is meant."""
        if year := self._year_after(end):
            found = in_year(year[0])
            return ParsedDate(found, year[1], exact=True) if found else None
        if told := self._told_year(end):
            found = in_year(told[0])
            return ParsedDate(found, told[1], in_year=in_year) if found else None
        return self.yearly(in_year, end)

    def _year_after(self, place: int) -> tuple[int, int] | None:
        found = self.year(place + 1 if self.word(place) in {",", "of", "in"} else place)
        if found and self.word(found[1]) in {"-", "–", "/"} and self.is_adjacent(found[1] - 1):
            second = self.word(found[1] + 1)
            if second and second in {str(found[0] + 1), str(found[0] + 1)[2:]}:
                return found[0], found[1] + 2
        return found

    def _told_year(self, place: int) -> tuple[int, int] | None:
        """Read "last year", "of next year", "two years ago"."""
        place += self.word(place) in {"of", "in"}
        if self.word(place) in en.WHICH and self.word(place + 1) == "year":
            word = self.word(place)
            step = -1 if word in en.LAST else 1 if word in en.NEXT else 0
            return self.today.year + step, place + 2
        count = self.amount(place)
        if not count or self.unit(count[2]) != "year" or self.word(count[2] + 1) != "ago":
            return None
        return (self.today.year - int(count[0]), count[2] + 2) if count[0] == count[1] else None


def _days_in_year(number: int, first: int, last: int) -> InYear:
    begins, ends = date_in_year(number, first), date_in_year(number, last)

    def in_year(year: int) -> Period | None:
        low, high = begins(year), ends(year)
        return Period(low.first, high.end) if low and high else None

    return in_year
