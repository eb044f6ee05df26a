"""The words of English time expressions, as data."""

from tau.text.dates import calendar
from tau.text.dates.periods import (
    DAY,
    InYear,
    Period,
    PeriodPart,
    TimeUnit,
    date_in_year,
    day,
    easter_in_year,
    month,
    nth_weekday,
)


def _words(text: str) -> list[str]:
    return text.split()


MONTHS = {
    **calendar.MONTHS,
    **{name[:3]: number for name, number in calendar.MONTHS.items()},
    "sept": 9,
}
CLEAR_MONTHS = frozenset(_words("january february july september october november december"))
"""Months whose names mean nothing else: they need no preposition."""
AMBIGUOUS_MONTHS = frozenset({"may", "march", "mar"})
"""They need more than a number after them: "I may 5 times", "march 3 miles"."""

WEEKDAYS = {
    **calendar.WEEKDAYS,
    **{name[:3]: number for name, number in calendar.WEEKDAYS.items()},
    "tues": 1,
    "thurs": 3,
    "thur": 3,
}
SHORT_WEEKDAYS = frozenset(name for name in WEEKDAYS if not name.endswith("day"))
AMBIGUOUS_WEEKDAYS = frozenset({"sat", "sun"})
NO_WEEKDAY_AFTER = frozenset(_words("every each good black ash casual super"))

SEASON_NAMES = {
    "spring": "spring",
    "summer": "summer",
    "autumn": "autumn",
    "fall": "autumn",
    "winter": "winter",
}

UNITS: dict[str, TimeUnit] = {
    "hour": "hour",
    "hours": "hour",
    "day": "day",
    "days": "day",
    "night": "day",
    "nights": "day",
    "hr": "hour",
    "hrs": "hour",
    "wk": "week",
    "wks": "week",
    "yr": "year",
    "yrs": "year",
    "week": "week",
    "weeks": "week",
    "fortnight": "week",
    "fortnights": "week",
    "weekend": "weekend",
    "weekends": "weekend",
    "month": "month",
    "months": "month",
    "year": "year",
    "years": "year",
    "decade": "decade",
    "decades": "decade",
}
TIMES_OF_DAY = frozenset(_words("morning afternoon evening night noon lunchtime"))
DAYS_FROM_TODAY = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}

LAST = frozenset({"last", "past"})
NEXT = frozenset({"next", "coming", "upcoming"})
WHICH = LAST | NEXT | {"this", "these"}

NUMBERS = {
    name: number
    for number, name in enumerate(
        _words(
            "one two three four five six seven eight nine ten eleven twelve thirteen "
            "fourteen fifteen "
            "sixteen seventeen eighteen nineteen twenty"
        ),
        1,
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90, "a": 1, "an": 1}
FUZZY_NUMBERS = {"couple": (2, 3), "few": (2, 5), "several": (3, 7), "dozen": (11, 13)}
MAX_UNITS = 1000

ORDINALS = {
    name: number
    for number, name in enumerate(
        _words(
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh "
            "twelfth thirteenth "
            "fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ),
        1,
    )
} | {"thirtieth": 30}

ORDINAL_ENDS = frozenset({"st", "nd", "rd", "th"})

PARTS: dict[str, PeriodPart] = {
    "early": "early",
    "mid": "mid",
    "middle": "mid",
    "late": "late",
    "beginning": "start",
    "start": "start",
    "end": "end",
}
PARTS_WITH_OF = frozenset({"middle", "beginning", "start", "end"})

DECADES = {
    "twenties": 2020,
    "thirties": 1930,
    "forties": 1940,
    "fifties": 1950,
    "sixties": 1960,
    "seventies": 1970,
    "eighties": 1980,
    "nineties": 1990,
    "noughties": 2000,
}

PREPOSITIONS = frozenset(_words("in on at during over around of for throughout back about"))
MONTH_PREPOSITIONS = frozenset(
    _words("in of during around since until till by before after between from")
)
"""After these "may" and "march" are months."""
BOUNDS = frozenset(_words("since until till after before by"))
RANGE_JOINERS = frozenset(_words("to until till through thru - – —"))
COUNTED_NOUNS = frozenset(
    _words(
        "words people dollars euros pounds steps miles km kilometers kilometres metres meters "
        "calories times hours minutes seconds days points pages pieces items percent "
        "years yen votes "
        "degrees others grams kg followers mg ml"
    )
)
"""Things that are counted: "in 2000 words" names no year."""
AFTER_A_BARE_DAY = frozenset(
    _words("i we he she they you it my our his her their and but at with for because when so")
)


def _thanksgiving(year: int) -> Period | None:
    return nth_weekday(month(year, 11), 3, 4)


def _good_friday(year: int) -> Period:
    return day(easter_in_year(year).first - 2 * DAY)


HOLIDAYS: dict[tuple[str, ...], InYear] = {
    ("christmas", "eve"): date_in_year(12, 24),
    ("christmas", "day"): date_in_year(12, 25),
    ("christmas",): date_in_year(12, 25),
    ("xmas",): date_in_year(12, 25),
    ("boxing", "day"): date_in_year(12, 26),
    ("new", "year", "eve"): date_in_year(12, 31),
    ("new", "years", "eve"): date_in_year(12, 31),
    ("new", "year", "day"): date_in_year(1, 1),
    ("new", "years", "day"): date_in_year(1, 1),
    ("new", "year"): date_in_year(1, 1),
    ("valentine", "day"): date_in_year(2, 14),
    ("valentines", "day"): date_in_year(2, 14),
    ("st", "patrick", "day"): date_in_year(3, 17),
    ("april", "fools", "day"): date_in_year(4, 1),
    ("independence", "day"): date_in_year(7, 4),
    ("halloween",): date_in_year(10, 31),
    ("thanksgiving",): _thanksgiving,
    ("good", "friday"): _good_friday,
    ("easter", "sunday"): easter_in_year,
    ("easter",): easter_in_year,
}
HOLIDAY_STARTS = frozenset(words[0] for words in HOLIDAYS)

STARTS = frozenset(
    {*MONTHS, *WEEKDAYS, *SEASON_NAMES, *DAYS_FROM_TODAY, *WHICH, *NUMBERS, *FUZZY_NUMBERS}
    | {*ORDINALS, *PARTS, *PREPOSITIONS, *BOUNDS, *HOLIDAY_STARTS}
    | {
        "the",
        "half",
        "between",
        "from",
        "within",
        "later",
        "earlier",
        "day",
        "week",
        "weekend",
        "year",
    }
)
"""Words that a time expression may begin with."""

CUES = frozenset(
    {*MONTHS, *WEEKDAYS, *SEASON_NAMES, *DAYS_FROM_TODAY, *UNITS, *DECADES, *TIMES_OF_DAY}
    | {words[0] for words in HOLIDAYS}
) - {"new", "st", "good"} | {"ago", "patrick"}
"""One of these, or a number, is in every time expression."""
