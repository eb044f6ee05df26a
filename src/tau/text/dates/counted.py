"""Parser of counted times in English: "three weeks ago", "in three days", "a day before Easter"."""

from collections.abc import Callable

from tau.text.dates import english_words as en
from tau.text.dates.periods import Period, TimeUnit, approximate, day, rolling, shift, whole_unit
from tau.text.dates.relative import RelativeParser
from tau.text.dates.token_reader import TokenReader
from tau.text.dates.tokens import ParsedDate


class CountedParser:
    """Reads amounts of time before or after something; `base` reads what they are counted from."""

    def __init__(
        self,
        reader: TokenReader,
        relative: RelativeParser,
        base: Callable[[int], ParsedDate | None],
    ) -> None:
        self.reader = reader
        self.relative = relative
        self.base = base

    def counted(self, place: int) -> ParsedDate | None:
        """Read "three weeks ago", "a week from now", "a day before Easter", "two Fridays ago"."""
        count = self.reader.amount(place)
        if not count:
            return None
        low, high, end = count
        weekday = en.WEEKDAYS.get(self.reader.word(end).removesuffix("s"))
        if weekday is not None and self.reader.word(end + 1) == "ago":
            return self.relative.weekdays_ago(weekday, int(low), int(high), end + 2)
        unit = self.reader.unit(end)
        if unit is None:
            return None
        if self.reader.word(end).startswith("fortnight"):
            low, high = 2 * low, 2 * high
        end += 1
        if (self.reader.word(end), self.reader.word(end + 1)) == ("or", "so"):
            end += 2
        if self.reader.word(end) in {"ago", "back"}:
            return self._ago(unit, low, high, end + 1)
        return self._counted_from(unit, (low, high), end)

    def _ago(self, unit: TimeUnit, low: float, high: float, end: int) -> ParsedDate:
        if self.reader.word(end) == "today":
            return ParsedDate(day(shift(unit, self.reader.today, -high)), end + 1)
        if unit == "weekend":
            first = whole_unit(unit, self.reader.today, -int(high)).first
            return ParsedDate(
                Period(first, whole_unit(unit, self.reader.today, -int(low)).end), end
            )
        return ParsedDate(approximate(unit, self.reader.today, -high, -low), end)

    def _counted_from(
        self, unit: TimeUnit, count: tuple[float, float], end: int
    ) -> ParsedDate | None:
        (low, high), sign = count, self.reader.word(end)
        if sign == "from" and self.reader.word(end + 1) in {"now", "today"}:
            return ParsedDate(approximate(unit, self.reader.today, low, high), end + 2)
        if sign not in {"from", "before", "after"}:
            return None
        base = self.base(end + 1)
        if not base:
            return None
        if sign == "before":
            low, high = -high, -low
        return base._replace(
            period=approximate(unit, base.period.first, low, high), in_year=None, in_week=None
        )

    def ahead(self, place: int, before: str) -> ParsedDate | None:
        """Read "in three days", "within two weeks"."""
        count = self.reader.amount(place)
        unit = self.reader.unit(count[2]) if count else None
        if not count or not unit or self.reader.word(place) == "the":
            return None
        low, high, end = count
        if self.reader.word(end + 1) in {"ago", "of", "from", "before", "after", "back"}:
            return None
        if before == "within":
            return ParsedDate(rolling(unit, self.reader.today, high), end + 1)
        if before != "in":
            return None
        end += 1
        if self.reader.word(end) in {"time", "'"}:
            end += 1 + (self.reader.word(end) == "'" and self.reader.word(end + 1) == "time")
        return ParsedDate(approximate(unit, self.reader.today, low, high), end)
