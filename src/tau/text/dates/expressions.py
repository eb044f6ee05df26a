"""One English time expression, from its preposition to the year it is put in."""

from datetime import date, timedelta

from tau.text.dates import english_words as en
from tau.text.dates.calendar_names import CalendarParser
from tau.text.dates.periods import (
    DAY,
    SATURDAY,
    WEEK,
    Period,
    TimeUnit,
    approximate,
    day,
    day_of_month,
    last_of,
    monday,
    next_month,
    next_of,
    nth_weekday,
    part,
    rolling,
    shift,
    this_of,
    whole_unit,
    years,
)
from tau.text.dates.tokens import ParsedDate

MAX_DEPTH = 5
"""Expressions within each other: "the first week of the summer of the year before last" is four."""


class ExpressionParser(CalendarParser):
    """Whole expressions: named ones, relative ones, and parts of either."""

    def time(self, place: int, *, context: bool = False) -> ParsedDate | None:
        """Read one expression with the prepositions before it."""
        if self.depth >= MAX_DEPTH:
            return None
        self.depth += 1
        try:
            return self._time(place, context=context)
        finally:
            self.depth -= 1

    def _time(self, place: int, *, context: bool) -> ParsedDate | None:
        before = ""
        while self.word(place) in en.PREPOSITIONS:
            before, context, place = self.word(place), True, place + 1
        if before in {"in", "about", "within"} and (found := self._ahead(place, before)):
            return found
        if self.word(place) == "within":
            return self._ahead(place + 1, "within")
        found = self._atom(place, context=context)
        return found and self._placed(found)

    def _atom(self, place: int, *, context: bool) -> ParsedDate | None:
        if self.word(place) == "the":
            return self._the(place + 1, context=context)
        for rule in (self._today, self._which, self._part, self._rest, self._nth, self._counted):
            if found := rule(place):
                return found
        weekday = self.weekday(place, context=context)
        if weekday is not None:
            return self._weekday(weekday, place)
        return (
            self._from_unit(place)
            or self.numeric(place, context=context)
            or self.named(place, context=context)
        )

    def _today(self, place: int) -> ParsedDate | None:
        ahead = en.DAYS_FROM_TODAY.get(self.word(place))
        if ahead is None:
            return None
        return ParsedDate(day(self.today + ahead * DAY), self._past_time_of_day(place + 1))

    def _the(self, place: int, *, context: bool) -> ParsedDate | None:
        word = self.word(place)
        if word == "other" and self.word(place + 1) == "day":
            return ParsedDate(Period(self.today - WEEK, self.today), place + 2)
        if word == "weekend" and context and self.word(place + 1) not in {"before", "after"}:
            ahead = 0 if self.prefer == "future" or self.today.weekday() >= SATURDAY else -1
            return ParsedDate(whole_unit("weekend", self.today, ahead), place + 1)
        found = self._from_unit(place) or self._nth(place) or self.decade(place)
        if found or word in en.MONTHS or word == "the":
            return found
        return self._bare_day(place, context=context) or self._atom(place, context=context)

    def _bare_day(self, place: int, *, context: bool) -> ParsedDate | None:
        """Read "on the 3rd", of this month or the one before or after, and "3rd of next month"."""
        after = self.word(place + 1)
        number = self.day_number(place) if self.word(place)[-2:] in en.ORDINAL_ENDS else 0
        if not number:
            return None
        which = self.word(place + 2)
        if after == "of" and which in en.WHICH and self.word(place + 3) == "month":
            step = -1 if which in en.LAST else 1 if which in en.NEXT else 0
            first = whole_unit("month", self.today, step).first
            return ParsedDate(day(first + (number - 1) * DAY), place + 4)
        if (
            not context
            or after in {"of", *en.MONTHS}
            or (after.isalnum() and after not in en.AFTER_A_BARE_DAY)
        ):
            return None
        one = day_of_month(number, self.today, self.prefer)
        return ParsedDate(day(one), place + 1) if one else None

    def _from_unit(self, place: int) -> ParsedDate | None:
        """Read "week before last", "day after tomorrow", "week of 3 May"."""
        unit, sign, after = self.unit(place), self.word(place + 1), self.word(place + 2)
        if unit == "year" and (number := self.year(place + 1)):
            return ParsedDate(years(number[0]), number[1], exact=True)
        if unit is None or sign not in {"before", "after", "of"}:
            return None
        if (sign, after) in {("before", "last"), ("after", "next")}:
            ahead = -2 if sign == "before" else 2
            if not self.unit(place + 3):
                return ParsedDate(whole_unit(unit, self.today, ahead), place + 3)
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
        return None if self.word(place) in en.PREPOSITIONS else self.time(place, context=True)

    def _counted(self, place: int) -> ParsedDate | None:
        """Read "three weeks ago", "a week from now", "a day before Easter", "two Fridays ago"."""
        count = self.amount(place)
        if not count:
            return None
        low, high, end = count
        weekday = en.WEEKDAYS.get(self.word(end).removesuffix("s"))
        if weekday is not None and self.word(end + 1) == "ago":
            return self._weekdays_ago(weekday, int(low), int(high), end + 2)
        unit = self.unit(end)
        if unit is None:
            return None
        if self.word(end).startswith("fortnight"):
            low, high = 2 * low, 2 * high
        end += 1
        if (self.word(end), self.word(end + 1)) == ("or", "so"):
            end += 2
        if self.word(end) in {"ago", "back"}:
            return self._ago(unit, low, high, end + 1)
        return self._counted_from(unit, (low, high), end)

    def _ago(self, unit: TimeUnit, low: float, high: float, end: int) -> ParsedDate:
        if self.word(end) == "today":
            return ParsedDate(day(shift(unit, self.today, -high)), end + 1)
        if unit == "weekend":
            first = whole_unit(unit, self.today, -int(high)).first
            return ParsedDate(Period(first, whole_unit(unit, self.today, -int(low)).end), end)
        return ParsedDate(approximate(unit, self.today, -high, -low), end)

    def _counted_from(
        self, unit: TimeUnit, count: tuple[float, float], end: int
    ) -> ParsedDate | None:
        (low, high), sign = count, self.word(end)
        if sign == "from" and self.word(end + 1) in {"now", "today"}:
            return ParsedDate(approximate(unit, self.today, low, high), end + 2)
        if sign not in {"from", "before", "after"}:
            return None
        base = self._base(end + 1)
        if not base:
            return None
        if sign == "before":
            low, high = -high, -low
        return base._replace(
            period=approximate(unit, base.period.first, low, high), in_year=None, in_week=None
        )

    def _weekdays_ago(self, weekday: int, low: int, high: int, end: int) -> ParsedDate:
        back = (self.today.weekday() - weekday - 1) % 7 + 1
        latest = self.today - back * DAY
        period = Period(latest - (high - 1) * WEEK, latest - (low - 1) * WEEK + DAY)
        return ParsedDate(period, end)

    def _ahead(self, place: int, before: str) -> ParsedDate | None:
        """Read "in three days", "within two weeks"."""
        count = self.amount(place)
        unit = self.unit(count[2]) if count else None
        if not count or not unit or self.word(place) == "the":
            return None
        low, high, end = count
        if self.word(end + 1) in {"ago", "of", "from", "before", "after", "back"}:
            return None
        if before == "within":
            return ParsedDate(rolling(unit, self.today, high), end + 1)
        if before != "in":
            return None
        end += 1
        if self.word(end) in {"time", "'"}:
            end += 1 + (self.word(end) == "'" and self.word(end + 1) == "time")
        return ParsedDate(approximate(unit, self.today, low, high), end)

    def _which(self, place: int) -> ParsedDate | None:
        """Read "last week", "next Friday", "this May", "the past three months"."""
        which, after = self.word(place), place + 1
        if which not in en.WHICH:
            return None
        if which in {"this", "these"} and self.word(after) in en.LAST | en.NEXT:
            return self._which(after)
        step = -1 if which in en.LAST else 1 if which in en.NEXT else 0
        found = self._nth(place) if which == "last" else None
        found = found or self._rolling(after, step)
        if found or self.unit(after):
            return found or self._which_unit(which, after)
        weekday = self.weekday(after, context=which != "this")
        if weekday is not None:
            return self._which_weekday(which, weekday, place)
        return self._which_day_part(which, after) or self._which_named(step, after)

    def _which_day_part(self, which: str, place: int) -> ParsedDate | None:
        ahead = {"last": -1, "this": 0}.get(which)
        if ahead is None or self.word(place) not in en.TIMES_OF_DAY:
            return None
        return ParsedDate(day(self.today + ahead * DAY), place + 1)

    def _which_named(self, step: int, place: int) -> ParsedDate | None:
        named = self.named(place, context=True)
        if named is None or named.exact or named.in_year is None:
            return named
        chosen = {-1: last_of, 0: this_of, 1: next_of}[step](named.in_year, self.today)
        return ParsedDate(chosen, named.end) if chosen else None

    def _rolling(self, place: int, step: int) -> ParsedDate | None:
        count = self.amount(place) if self.word(place) not in {"a", "an"} else None
        unit = self.unit(count[2]) if count and step else None
        if not count or unit is None:
            return None
        return ParsedDate(rolling(unit, self.today, step * count[1]), count[2] + 1)

    def _which_unit(self, which: str, place: int) -> ParsedDate | None:
        unit = self.unit(place)
        if unit is None or unit in {"day", "hour"}:
            return self._which_day_part(which, place)
        if which == "past" and unit != "weekend" and self.word(place - 2) != "this":
            return ParsedDate(rolling(unit, self.today, -1), place + 1)
        step = -1 if which in en.LAST else 1 if which in en.NEXT else 0
        if which == "coming" and unit == "weekend" and self.today.weekday() < SATURDAY:
            step = 0
        return ParsedDate(whole_unit(unit, self.today, step), place + 1)

    def _which_weekday(self, which: str, weekday: int, place: int) -> ParsedDate:
        if which in en.LAST:
            found = self._weekdays_ago(weekday, 1, 1, place + 2)
        elif which == "next":
            found = ParsedDate(day(monday(self.today) + WEEK + weekday * DAY), place + 2)
        elif which == "this":
            found = ParsedDate(day(monday(self.today) + weekday * DAY), place + 2)
        else:
            ahead = (weekday - self.today.weekday() - 1) % 7 + 1
            found = ParsedDate(day(self.today + ahead * DAY), place + 2)
        return found._replace(end=self._past_time_of_day(found.end))

    def _weekday(self, weekday: int, place: int) -> ParsedDate:
        """Read "Friday", "Friday next week", "Friday before last", "Friday, 3 June 2023"."""

        def in_week(first: date) -> Period:
            return day(first + weekday * DAY)

        end = place + 1
        if (self.word(end), self.word(end + 1)) == ("before", "last"):
            return self._weekdays_ago(weekday, 2, 2, end + 2)
        date_at = end + (self.word(end) == ",")
        date_at += self.word(date_at) == "the"
        dated = self.named(date_at, context=True)
        if dated and (dated.period.end - dated.period.first).days == 1:
            return dated
        if (week := self._told_week(end)) is not None:
            return ParsedDate(in_week(week[0]), week[1])
        if self.word(end) in {"before", "after"} and (base := self._base(end + 1)):
            return base._replace(period=_adjacent_weekday(base.period, weekday, self.word(end)))
        found = self.weekly(in_week, end)
        return found._replace(end=self._past_time_of_day(end))

    def _told_week(self, place: int) -> tuple[date, int] | None:
        place += self.word(place) in {"of", ","}
        which = self.word(place)
        if which in en.WHICH and self.word(place + 1) == "week":
            step = -1 if which in en.LAST else 1 if which in en.NEXT else 0
            return monday(self.today) + step * WEEK, place + 2
        count = self.amount(place)
        if count and self.unit(count[2]) == "week" and self.word(count[2] + 1) == "ago":
            return monday(self.today) - int(count[0]) * WEEK, count[2] + 2
        return None

    def _nth(self, place: int) -> ParsedDate | None:
        """Read "first weekend of August", "last Friday in May", "second half of 2022"."""
        nth, what = self.ordinal(place), self.word(place + 1)
        known = what in {"weekend", "week", "day", "half", "quarter"} or what in en.WEEKDAYS
        if not nth or not known or self.word(place + 2) not in {"of", "in"}:
            return None
        inside = self._inside(place + 3)
        if not inside or (inside.period.end - inside.period.first).days < 8:
            return None
        found = _nth_of(inside.period, nth, what)
        return inside._replace(period=found, in_year=None) if found else None

    def _inside(self, place: int) -> ParsedDate | None:
        """Read what a part is of: an expression, or "the month" for the one we are in."""
        the = place + (self.word(place) == "the")
        unit = self.unit(the)
        if unit in {"week", "month", "year", "decade"} and self.word(the + 1) not in {
            "before",
            "after",
            "of",
        }:
            return ParsedDate(whole_unit(unit, self.today), the + 1)
        return self.time(place, context=True)

    def _part(self, place: int) -> ParsedDate | None:
        """Read "early June", "mid-May", "the end of last year"."""
        word, after = self.word(place), place + 1
        if word not in en.PARTS:
            return None
        if self.word(after) in {"-", "of"}:
            of = self.word(after) == "of"
            after += 1
        elif word in en.PARTS_WITH_OF:
            return None
        else:
            of = False
        inside = self._inside(after) if of else self.time(after, context=True)
        if not inside or self.word(after) in en.PREPOSITIONS:
            return None
        return inside._replace(
            period=part(inside.period, en.PARTS[word]), in_year=None, in_week=None
        )

    def _rest(self, place: int) -> ParsedDate | None:
        """Read "later this week", "earlier this year", "later today"."""
        if self.word(place) not in {"later", "earlier"}:
            return None
        if self.word(place + 1) == "today":
            return ParsedDate(day(self.today), place + 2)
        unit = self.unit(place + 2) if self.word(place + 1) == "this" else None
        if unit is None:
            return None
        inside = whole_unit(unit, self.today)
        if self.word(place) == "later":
            return ParsedDate(Period(max(self.today, inside.first), inside.end), place + 3)
        return ParsedDate(Period(inside.first, self.today + DAY), place + 3)

    def _placed(self, found: ParsedDate) -> ParsedDate:
        """Read on: "last year in May", "next week on Friday"."""
        first, last = found.period
        place = found.end
        if self.word(place) in {"in", "on", ",", "at", "around", "during"}:
            place += 1
        if first.month == first.day == 1 and last == date(first.year + 1, 1, 1):
            named = self.named(place, context=True) if not self.year(place) else None
            if named and named.in_year and (moved := named.in_year(first.year)):
                return ParsedDate(moved, named.end, found.exact)
        if first.day == 1 and last == next_month(first) and self.word(place) == "the":
            number = self.day_number(place + 1)
            if number and not found.in_year and number <= (last - first).days:
                return ParsedDate(day(first + (number - 1) * DAY), place + 2)
        if first.weekday() == 0 and last - first == WEEK:
            weekday = self.weekday(place, context=True)
            if weekday is not None:
                return ParsedDate(day(first + weekday * DAY), place + 1)
        return found

    def _past_time_of_day(self, place: int) -> int:
        return place + 1 if self.word(place) in en.TIMES_OF_DAY else place


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
