"""Parser of what the calendar names in English: dates, months, seasons, holidays, years."""

from tau.text.dates import english_words as en
from tau.text.dates.periods import (
    InYear,
    Period,
    date_in_year,
    day,
    month,
    month_in_year,
    season_in_year,
    years,
)
from tau.text.dates.token_reader import LAST_YEAR, TokenReader
from tau.text.dates.tokens import MAX_DIGITS, ParsedDate, parse_numeric_date


class CalendarParser:
    """Reads dates, months, seasons, holidays, years and decades."""

    def __init__(self, reader: TokenReader) -> None:
        self.reader = reader

    def named(self, place: int, *, context: bool) -> ParsedDate | None:
        """Read a date, month, season or holiday, with its year if one is named."""
        word = self.reader.word(place)
        if word in en.MONTHS and (found := self._month(place, context=context)):
            return found
        if word in en.SEASON_NAMES:
            return self._yearly_name(season_in_year(en.SEASON_NAMES[word]), place + 1, context)
        if word in en.HOLIDAY_STARTS:
            return self._holiday(place, context=context)
        if self.reader.day_number(place) or self.reader.ordinal(place) > 0:
            return self._day_first(place)
        return None

    def numeric(self, place: int, *, context: bool) -> ParsedDate | None:
        """Read what begins with a number: a written date, a year, a decade, a day of a month."""
        word = self.reader.word(place)
        if not word[:1].isdigit() and word not in {"'", "’", *en.DECADES}:
            return None
        if written := parse_numeric_date(word):
            return ParsedDate(day(written), place + 1, exact=True)
        year = self.reader.year(place) if context or word in {"'", "’"} else None
        if year and (context or self.reader.word(year[1]) != ""):
            return ParsedDate(years(year[0]), year[1], exact=True)
        return self.decade(place) or self.named(place, context=context)

    def decade(self, place: int) -> ParsedDate | None:
        """Read "1990s", or "the 90s" and "the nineties"."""
        place += self.reader.word(place) in {"'", "’"}
        word = self.reader.word(place)
        after_the = any(self.reader.word(place - back) in {"the", *en.PARTS} for back in (1, 2))
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
        word, number = self.reader.word(place), en.MONTHS[self.reader.word(place)]
        clear = word in en.CLEAR_MONTHS
        plain = word not in en.AMBIGUOUS_MONTHS or self.reader.tokens.is_capitalized(place)
        preposition = context or self.reader.word(place - 1) in en.MONTH_PREPOSITIONS
        after = place + 1 + (self.reader.word(place + 1) == "." and len(word) <= MAX_DIGITS)
        suffixed = self.reader.word(after)[-2:] in en.ORDINAL_ENDS
        if (plain or preposition or suffixed) and (found := self._days_of(number, after)):
            return found
        if year := self._year_after(after):
            return ParsedDate(month(year[0], number), year[1], exact=True)
        if not clear and not preposition:
            return None
        return self._with_year(month_in_year(number), place + 1)

    def _days_of(self, number: int, place: int) -> ParsedDate | None:
        """Read the day after a month ("3", "the 3rd", "3-5"), and the year."""
        place += self.reader.word(place) == "the"
        first = self.reader.day_number(place) or max(en.ORDINALS.get(self.reader.word(place), 0), 0)
        clock = self.reader.word(place + 1) in {":", "am", "pm", "%"}
        if not first or clock:
            return None
        last, end = first, place + 1
        if (
            self.reader.word(end) in {*en.RANGE_JOINERS, "and"}
            and self.reader.day_number(end + 1) > first
        ):
            last, end = self.reader.day_number(end + 1), end + 2
        return self._with_year(_days_in_year(number, first, last), end)

    def _day_first(self, place: int) -> ParsedDate | None:
        """Read "3 June", "the 3rd of June", "3-5 June"."""
        first = self.reader.day_number(place) or self.reader.ordinal(place)
        last, end = first, place + 1
        if (
            self.reader.word(end) in {*en.RANGE_JOINERS, "and"}
            and self.reader.day_number(end + 1) > first
        ):
            last, end = self.reader.day_number(end + 1), end + 2
        of = self.reader.word(end) == "of"
        end += of
        word = self.reader.word(end)
        if word not in en.MONTHS:
            return None
        plain = word not in en.AMBIGUOUS_MONTHS or of or self.reader.tokens.is_capitalized(end)
        plain = plain or self._year_after(end + 1) is not None
        if not plain and self.reader.word(place).isdecimal():
            return None
        end += 1
        return self._with_year(_days_in_year(en.MONTHS[word], first, last), end)

    def _holiday(self, place: int, *, context: bool) -> ParsedDate | None:
        for length in (3, 2, 1):
            words = tuple(self.reader.word(place + step) for step in range(length))
            if in_year := en.HOLIDAYS.get(words):
                context = context or words[-1] in {"eve", "day", "sunday", "halloween"}
                return self._yearly_name(in_year, place + length, context)
        return None

    def _yearly_name(self, in_year: InYear, end: int, context: bool) -> ParsedDate | None:
        found = self._with_year(in_year, end)
        return found if context or (found and found.end > end) else None

    def _with_year(self, in_year: InYear, end: int) -> ParsedDate | None:
        """Return what comes every year: in the year that is named, else in the one meant."""
        if year := self._year_after(end):
            found = in_year(year[0])
            return ParsedDate(found, year[1], exact=True) if found else None
        if named := self._named_year(end):
            found = in_year(named[0])
            return ParsedDate(found, named[1], in_year=in_year) if found else None
        return self.reader.yearly(in_year, end)

    def _year_after(self, place: int) -> tuple[int, int] | None:
        found = self.reader.year(
            place + 1 if self.reader.word(place) in {",", "of", "in"} else place
        )
        if (
            found
            and self.reader.word(found[1]) in {"-", "–", "/"}
            and self.reader.is_adjacent(found[1] - 1)
        ):
            second = self.reader.word(found[1] + 1)
            if second and second in {str(found[0] + 1), str(found[0] + 1)[2:]}:
                return found[0], found[1] + 2
        return found

    def _named_year(self, place: int) -> tuple[int, int] | None:
        """Read "last year", "of next year", "two years ago"."""
        place += self.reader.word(place) in {"of", "in"}
        if self.reader.word(place) in en.WHICH and self.reader.word(place + 1) == "year":
            word = self.reader.word(place)
            step = -1 if word in en.LAST else 1 if word in en.NEXT else 0
            return self.reader.today.year + step, place + 2
        count = self.reader.amount(place)
        if (
            not count
            or self.reader.unit(count[2]) != "year"
            or self.reader.word(count[2] + 1) != "ago"
        ):
            return None
        return (
            (self.reader.today.year - int(count[0]), count[2] + 2) if count[0] == count[1] else None
        )


def _days_in_year(number: int, first: int, last: int) -> InYear:
    begins, ends = date_in_year(number, first), date_in_year(number, last)

    def in_year(year: int) -> Period | None:
        low, high = begins(year), ends(year)
        return Period(low.first, high.end) if low and high else None

    return in_year
