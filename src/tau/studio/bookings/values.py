"""How guests write dates, times, numbers, names and places, with what they mean.

Each function draws one value and one of the ways to write it. Nothing here is copied from a data
set; names are made by combining first names and surnames of several languages.
"""

import random
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Written(NamedTuple):
    """A value as it stands in the booking, and as a guest writes it."""

    value: str | int
    words: str


_MONTHS = {
    1: ("January", "Jan"),
    2: ("February", "Feb"),
    3: ("March", "Mar"),
    4: ("April", "Apr"),
    5: ("May", "May"),
    6: ("June", "June"),
    7: ("July", "July"),
    8: ("August", "Aug"),
    9: ("September", "Sept"),
    10: ("October", "Oct"),
    11: ("November", "Nov"),
    12: ("December", "Dec"),
}
_DAYS_OF_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)
_FIRST_NAMES = (
    *("Ana", "Bartek", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hanna", "Ivo", "Joana"),
    *("Kemal", "Lucia", "Mei", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tilda"),
    *("Usha", "Viktor", "Wanda", "Yusuf", "Zoe", "Amadou", "Brigid", "Carlos", "Daan", "Esther"),
)
_SURNAMES = (
    *("Abara", "Bianchi", "Cardoso", "Dvorak", "Eriksen", "Fontaine", "Garza", "Haddad", "Ionescu"),
    *("Jansen", "Kowal", "Lindgren", "Moreau", "Nakata", "Okoro", "Petrov", "Quispe", "Rahman"),
    *("Silva", "Tanaka", "Ustinov", "Varga", "Weber", "Xu", "Yilmaz", "Zeman", "Ferreira"),
    *("Gallagher", "Hofer", "Iqbal"),
)
_PLACES = {
    "terrace": ("on the terrace", "outside", "out on the terrace", "in the open air"),
    "window": ("by the window", "next to a window", "at the window", "with a view"),
    "bar": ("at the bar", "at the counter"),
    "quiet": ("in a quiet corner", "somewhere quiet", "away from the music"),
}


def draw_date(rng: random.Random) -> Written:
    """Return a day of a year, such as `Feb 9`."""
    month = rng.randrange(1, 13)
    day = rng.randrange(1, _DAYS_OF_MONTHS[month - 1] + 1)
    name = pick(rng, _MONTHS[month])
    words = pick(
        rng,
        (
            f"{name} {day}",
            f"{day} {name}",
            f"{name} {_ordinal(day)}",
            f"the {_ordinal(day)} of {name}",
            f"{_ordinal(day)} {name}",
        ),
    )
    return Written(f"{_MONTHS[month][1]} {day}", words)


def draw_time(rng: random.Random) -> Written:
    """Return a time between 5:00 and 9:30 in the evening, as `H:MM`."""
    hour, minute = rng.randrange(5, 10), pick(rng, (0, 30))
    clock = f"{hour}:{minute:02}" if minute else f"{hour}"
    ways = [f"{clock} pm", f"{clock}pm", f"{clock} p.m.", f"{hour}:{minute:02}"]
    if minute:
        ways += [f"half past {_NUMBERS[hour]}"] * 2
    else:
        ways += [f"{hour} o'clock", f"{_NUMBERS[hour]} o'clock"]
    return Written(f"{hour}:{minute:02}", pick(rng, ways))


def draw_people(rng: random.Random) -> Written:
    """Return from 1 to 12 guests, in numbers or in words."""
    count = pick(rng, (1, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12))
    if count == 1:
        return Written(1, pick(rng, ("for one", "for 1", "just for me", "for myself")))
    ways = [f"for {count}", f"for {_NUMBERS[count]}", f"for {count} people", f"for {count} guests"]
    if count == 2:
        ways += ["for me and my husband", "for my sister and me", "for a couple"]
    return Written(count, pick(rng, ways))


def draw_name(rng: random.Random) -> Written:
    """Return the name of a guest, as it's spelled; some write it in small letters."""
    surname = pick(rng, _SURNAMES)
    name = pick(rng, (surname, f"{pick(rng, _FIRST_NAMES)} {surname}"))
    return Written(name, name.lower() if rng.randrange(5) == 0 else name)


def draw_place(rng: random.Random) -> Written:
    """Return where a guest wants to sit."""
    place = pick(rng, tuple(_PLACES))
    return Written(place, pick(rng, _PLACES[place]))


def pick(rng: random.Random, choices: Sequence[T]) -> T:
    """Return one of several choices, all equally often."""
    return choices[rng.randrange(len(choices))]


def _ordinal(number: int) -> str:
    if number in (11, 12, 13):
        return f"{number}th"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
