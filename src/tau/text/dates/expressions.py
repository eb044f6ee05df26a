"""Parser of one English time expression, from its preposition to the year it is put in."""

from datetime import date, timedelta

from tau.text.dates import english_words as en
from tau.text.dates.calendar_parser import CalendarParser
from tau.text.dates.counted import CountedParser
from tau.text.dates.periods import (
    DAY,
    SATURDAY,
    WEEK,
    Period,
    day,
    day_of_month,
    monday,
    next_month,
    nth_weekday,
    part,
    whole_unit,
    years,
)
from tau.text.dates.relative import RelativeParser
from tau.text.dates.token_reader import TokenReader
from tau.text.dates.tokens import ParsedDate

MAX_DEPTH = 5
"""Expressions within each other: "the first week of the summer of the year before last" is four."""


class ExpressionParser:
    """Reads whole expressions: named ones, relative ones, counted ones, and parts of any."""

    def __init__(self, reader: TokenReader) -> None:
        self.reader = reader
        self.calendar = CalendarParser(reader)
        self.relative = RelativeParser(reader, self.calendar)
        self.counted = CountedParser(reader, self.relative, self._base)
        self._depth = 0

    def time(self, place: int, *, context: bool = False) -> ParsedDate | None:
        """Read one expression with the prepositions before it."""
        if self._depth >= MAX_DEPTH:
            return None
        self._depth += 1
        try:
            return self._time(place, context=context)
        finally:
            self._depth -= 1

    def _time(self, place: int, *, context: bool) -> ParsedDate | None:
        before = ""
        while self.reader.word(place) in en.PREPOSITIONS:
            before, context, place = self.reader.word(place), True, place + 1
        if before in {"in", "about", "within"} and (found := self.counted.ahead(place, before)):
            return found
        if self.reader.word(place) == "within":
            return self.counted.ahead(place + 1, "within")
        found = self._atom(place, context=context)
        return found and self._placed(found)

    def _atom(self, place: int, *, context: bool) -> ParsedDate | None:
        if self.reader.word(place) == "the":
            return self._the(place + 1, context=context)
        for rule in (
            self._today,
            self._which,
            self._part,
            self._rest,
            self._nth,
            self.counted.counted,
        ):
            if found := rule(place):
                return found
        weekday = self.reader.weekday(place, context=context)
        if weekday is not None:
            return self._weekday(weekday, place)
        return (
            self._from_unit(place)
            or self.calendar.numeric(place, context=context)
            or self.calendar.named(place, context=context)
        )

    def _today(self, place: int) -> ParsedDate | None:
        ahead = en.DAYS_FROM_TODAY.get(self.reader.word(place))
        if ahead is None:
            return None
        return ParsedDate(
            day(self.reader.today + ahead * DAY), self.reader.past_time_of_day(place + 1)
        )

    def _the(self, place: int, *, context: bool) -> ParsedDate | None:
        word = self.reader.word(place)
        if word == "other" and self.reader.word(place + 1) == "day":
            return ParsedDate(Period(self.reader.today - WEEK, self.reader.today), place + 2)
        if word == "weekend" and context and self.reader.word(place + 1) not in {"before", "after"}:
            ahead = (
                0
                if self.reader.prefer == "future" or self.reader.today.weekday() >= SATURDAY
                else -1
            )
            return ParsedDate(whole_unit("weekend", self.reader.today, ahead), place + 1)
        found = self._from_unit(place) or self._nth(place) or self.calendar.decade(place)
        if found or word in en.MONTHS or word == "the":
            return found
        return self._bare_day(place, context=context) or self._atom(place, context=context)

    def _bare_day(self, place: int, *, context: bool) -> ParsedDate | None:
        """Read "on the 3rd", of this month or the one before or after, and "3rd of next month"."""
        after = self.reader.word(place + 1)
        number = (
            self.reader.day_number(place) if self.reader.word(place)[-2:] in en.ORDINAL_ENDS else 0
        )
        if not number:
            return None
        which = self.reader.word(place + 2)
        if after == "of" and which in en.WHICH and self.reader.word(place + 3) == "month":
            step = -1 if which in en.LAST else 1 if which in en.NEXT else 0
            first = whole_unit("month", self.reader.today, step).first
            return ParsedDate(day(first + (number - 1) * DAY), place + 4)
        if (
            not context
            or after in {"of", *en.MONTHS}
            or (after.isalnum() and after not in en.AFTER_A_BARE_DAY)
        ):
            return None
        one = day_of_month(number, self.reader.today, self.reader.prefer)
        return ParsedDate(day(one), place + 1) if one else None

    def _from_unit(self, place: int) -> ParsedDate | None:
        """Read "week before last", "day after tomorrow", "week of 3 May"."""
        unit, sign, after = (
            self.reader.unit(place),
            self.reader.word(place + 1),
            self.reader.word(place + 2),
        )
        if unit == "year" and (number := self.reader.year(place + 1)):
            return ParsedDate(years(number[0]), number[1], exact=True)
        if unit is None or sign not in {"before", "after", "of"}:
            return None
        if (sign, after) in {("before", "last"), ("after", "next")}:
            ahead = -2 if sign == "before" else 2
            if not self.reader.unit(place + 3):
                return ParsedDate(whole_unit(unit, self.reader.today, ahead), place + 3)
        base = self._base(place + 2)
        if not base:
            return None
        ahead = {"before": -1, "of": 0, "after": 1}[sign]
        if sign == "of" and unit in {"day", "hour"}:
            return None
        return base._replace(
            period=whole_unit(unit, base.period.first, ahead), in_year=None, in_week=None
        )

    def _base(self, place: int) -> ParsedDate | None:
        """Read what something is counted from: no preposition stands before it."""
        return (
            None if self.reader.word(place) in en.PREPOSITIONS else self.time(place, context=True)
        )

    def _which(self, place: int) -> ParsedDate | None:
        """Read "last week", "next Friday", "this May", "the past three months"."""
        which, after = self.reader.word(place), place + 1
        if which not in en.WHICH:
            return None
        if which in {"this", "these"} and self.reader.word(after) in en.LAST | en.NEXT:
            return self._which(after)
        step = -1 if which in en.LAST else 1 if which in en.NEXT else 0
        found = self._nth(place) if which == "last" else None
        found = found or self.relative.rolling(after, step)
        if found or self.reader.unit(after):
            return found or self.relative.in_unit(which, after)
        weekday = self.reader.weekday(after, context=which != "this")
        if weekday is not None:
            return self.relative.weekday(which, weekday, place)
        return self.relative.day_part(which, after) or self.relative.named(step, after)

    def _weekday(self, weekday: int, place: int) -> ParsedDate:
        """Read "Friday", "Friday next week", "Friday before last", "Friday, 3 June 2023"."""

        def in_week(first: date) -> Period:
            return day(first + weekday * DAY)

        end = place + 1
        if (self.reader.word(end), self.reader.word(end + 1)) == ("before", "last"):
            return self.relative.weekdays_ago(weekday, 2, 2, end + 2)
        date_at = end + (self.reader.word(end) == ",")
        date_at += self.reader.word(date_at) == "the"
        dated = self.calendar.named(date_at, context=True)
        if dated and (dated.period.end - dated.period.first).days == 1:
            return dated
        if (week := self._named_week(end)) is not None:
            return ParsedDate(in_week(week[0]), week[1])
        if self.reader.word(end) in {"before", "after"} and (base := self._base(end + 1)):
            return base._replace(
                period=_adjacent_weekday(base.period, weekday, self.reader.word(end))
            )
        found = self.reader.weekly(in_week, end)
        return found._replace(end=self.reader.past_time_of_day(end))

    def _named_week(self, place: int) -> tuple[date, int] | None:
        place += self.reader.word(place) in {"of", ","}
        which = self.reader.word(place)
        if which in en.WHICH and self.reader.word(place + 1) == "week":
            step = -1 if which in en.LAST else 1 if which in en.NEXT else 0
            return monday(self.reader.today) + step * WEEK, place + 2
        count = self.reader.amount(place)
        if (
            count
            and self.reader.unit(count[2]) == "week"
            and self.reader.word(count[2] + 1) == "ago"
        ):
            return monday(self.reader.today) - int(count[0]) * WEEK, count[2] + 2
        return None

    def _nth(self, place: int) -> ParsedDate | None:
        """Read "first weekend of August", "last Friday in May", "second half of 2022"."""
        nth, what = self.reader.ordinal(place), self.reader.word(place + 1)
        known = what in {"weekend", "week", "day", "half", "quarter"} or what in en.WEEKDAYS
        if not nth or not known or self.reader.word(place + 2) not in {"of", "in"}:
            return None
        inside = self._inside(place + 3)
        if not inside or (inside.period.end - inside.period.first).days < 8:
            return None
        found = _nth_of(inside.period, nth, what)
        return inside._replace(period=found, in_year=None) if found else None

    def _inside(self, place: int) -> ParsedDate | None:
        """Read what a part is of: an expression, or "the month" for the one we are in."""
        the = place + (self.reader.word(place) == "the")
        unit = self.reader.unit(the)
        if unit in {"week", "month", "year", "decade"} and self.reader.word(the + 1) not in {
            "before",
            "after",
            "of",
        }:
            return ParsedDate(whole_unit(unit, self.reader.today), the + 1)
        return self.time(place, context=True)

    def _part(self, place: int) -> ParsedDate | None:
        """Read "early June", "mid-May", "the end of last year"."""
        word, after = self.reader.word(place), place + 1
        if word not in en.PARTS:
            return None
        if self.reader.word(after) in {"-", "of"}:
            of = self.reader.word(after) == "of"
            after += 1
        elif word in en.PARTS_WITH_OF:
            return None
        else:
            of = False
        inside = self._inside(after) if of else self.time(after, context=True)
        if not inside or self.reader.word(after) in en.PREPOSITIONS:
            return None
        return inside._replace(
            period=part(inside.period, en.PARTS[word]), in_year=None, in_week=None
        )

    def _rest(self, place: int) -> ParsedDate | None:
        """Read "later this week", "earlier this year", "later today"."""
        if self.reader.word(place) not in {"later", "earlier"}:
            return None
        if self.reader.word(place + 1) == "today":
            return ParsedDate(day(self.reader.today), place + 2)
        unit = self.reader.unit(place + 2) if self.reader.word(place + 1) == "this" else None
        if unit is None:
            return None
        inside = whole_unit(unit, self.reader.today)
        if self.reader.word(place) == "later":
            return ParsedDate(Period(max(self.reader.today, inside.first), inside.end), place + 3)
        return ParsedDate(Period(inside.first, self.reader.today + DAY), place + 3)

    def _placed(self, found: ParsedDate) -> ParsedDate:
        """Read on: "last year in May", "next week on Friday"."""
        first, last = found.period
        place = found.end
        if self.reader.word(place) in {"in", "on", ",", "at", "around", "during"}:
            place += 1
        if first.month == first.day == 1 and last == date(first.year + 1, 1, 1):
            named = (
                self.calendar.named(place, context=True) if not self.reader.year(place) else None
            )
            if named and named.in_year and (moved := named.in_year(first.year)):
                return ParsedDate(moved, named.end, found.exact)
        if first.day == 1 and last == next_month(first) and self.reader.word(place) == "the":
            number = self.reader.day_number(place + 1)
            if number and not found.in_year and number <= (last - first).days:
                return ParsedDate(day(first + (number - 1) * DAY), place + 2)
        if first.weekday() == 0 and last - first == WEEK:
            weekday = self.reader.weekday(place, context=True)
            if weekday is not None:
                return ParsedDate(day(first + weekday * DAY), place + 1)
        return found


def _nth_of(inside: Period, nth: int, what: str) -> Period | None:
    if what in en.WEEKDAYS:
        return nth_weekday(inside, en.WEEKDAYS[what], nth)
    if what == "weekend":
        saturday = nth_weekday(inside, 5, nth)
        return saturday and Period(saturday.first, saturday.end + DAY)
    days = (inside.end - inside.first).days
    length = {"week": 7, "day": 1, "half": days / 2, "quarter": days / 4}[what]
    begin = days - length if nth < 0 else (nth - 1) * length
    if begin < 0 or begin + length > days + 0.5:
        return None
    first = inside.first + timedelta(days=round(begin))
    return Period(first, first + timedelta(days=round(length)))


def _adjacent_weekday(base: Period, weekday: int, sign: str) -> Period:
    if sign == "before":
        return day(base.first - ((base.first.weekday() - weekday - 1) % 7 + 1) * DAY)
    return day(base.end + ((weekday - base.end.weekday()) % 7) * DAY)
