"""English names of months and weekdays, in their order."""

MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = {name.lower(): number for number, name in enumerate(MONTH_NAMES, 1)}
"""The number of a month by its name in lower case."""
WEEKDAYS = {name.lower(): number for number, name in enumerate(WEEKDAY_NAMES)}
"""The number of a weekday by its name in lower case; Monday is 0."""
