"""Parser of English expressions relative to today: "last week", "next Friday", "this May"."""

from tau.text.dates import english_words as en
from tau.text.dates.calendar_parser import CalendarParser
from tau.text.dates.periods import (
    DAY,
    SATURDAY,
    WEEK,
    Period,
    day,
    last_of,
    monday,
    next_of,
    rolling,
    this_of,
    whole_unit,
)
from tau.text.dates.token_reader import TokenReader
from tau.text.dates.tokens import ParsedDate


class RelativeParser:
    """Reads what follows "last", "this" and "next": units, weekdays, parts of days and names."""

    def __init__(self, reader: TokenReader, calendar: CalendarParser) -> None:
        self.reader = reader
        self.calendar = calendar

    def rolling(self, place: int, step: int) -> ParsedDate | None:
        """Read "three months" of "the past three months": up to today or from it on."""
        count = self.reader.amount(place) if self.reader.word(place) not in {"a", "an"} else None
        unit = self.reader.unit(count[2]) if count and step else None
        if not count or unit is None:
            return None
        return ParsedDate(rolling(unit, self.reader.today, step * count[1]), count[2] + 1)

    def in_unit(self, which: str, place: int) -> ParsedDate | None:
        """Read "week" of "last week", "past year"."""
        unit = self.reader.unit(place)
        if unit is None or unit in {"day", "hour"}:
            return self.day_part(which, place)
        if which == "past" and unit != "weekend" and self.reader.word(place - 2) != "this":
            return ParsedDate(rolling(unit, self.reader.today, -1), place + 1)
        step = -1 if which in en.LAST else 1 if which in en.NEXT else 0
        if which == "coming" and unit == "weekend" and self.reader.today.weekday() < SATURDAY:
            step = 0
        return ParsedDate(whole_unit(unit, self.reader.today, step), place + 1)

    def weekday(self, which: str, weekday: int, place: int) -> ParsedDate:
        """Read "next Friday", from the place of "next"."""
        if which in en.LAST:
            found = self.weekdays_ago(weekday, 1, 1, place + 2)
        elif which == "next":
            found = ParsedDate(day(monday(self.reader.today) + WEEK + weekday * DAY), place + 2)
        elif which == "this":
            found = ParsedDate(day(monday(self.reader.today) + weekday * DAY), place + 2)
        else:
            ahead = (weekday - self.reader.today.weekday() - 1) % 7 + 1
            found = ParsedDate(day(self.reader.today + ahead * DAY), place + 2)
        return found._replace(end=self.reader.past_time_of_day(found.end))

    def day_part(self, which: str, place: int) -> ParsedDate | None:
        """Read "night" of "last night", "morning" of "this morning"."""
        ahead = {"last": -1, "this": 0}.get(which)
        if ahead is None or self.reader.word(place) not in en.TIMES_OF_DAY:
            return None
        return ParsedDate(day(self.reader.today + ahead * DAY), place + 1)

    def named(self, step: int, place: int) -> ParsedDate | None:
        """Read "May" of "last May", "Christmas" of "next Christmas"."""
        named = self.calendar.named(place, context=True)
        if named is None or named.exact or named.in_year is None:
            return named
        chosen = {-1: last_of, 0: this_of, 1: next_of}[step](named.in_year, self.reader.today)
        return ParsedDate(chosen, named.end) if chosen else None

    def weekdays_ago(self, weekday: int, low: int, high: int, end: int) -> ParsedDate:
        """Return "two Fridays ago": the `low`th to the `high`th such day before today."""
        back = (self.reader.today.weekday() - weekday - 1) % 7 + 1
        latest = self.reader.today - back * DAY
        period = Period(latest - (high - 1) * WEEK, latest - (low - 1) * WEEK + DAY)
        return ParsedDate(period, end)
