"""A message of a guest, with the booking that it asks for.

Messages differ in what they leave out, in their order, in politeness and care; some have a typing
error, some correct themselves, and some name other numbers and dates that don't belong to the
booking. The grammar knows nothing of the studio.
"""

import random
import re
from typing import NamedTuple

from tau.studio.bookings.values import (
    Written,
    draw_date,
    draw_name,
    draw_people,
    draw_place,
    draw_time,
    pick,
)

INSTRUCTIONS = (
    "Write the guest's booking as JSON: date (such as Feb 9), time (in the evening, such as 7:30), "
    "people (a number), name, place (terrace, window, bar or quiet). What isn't said is null."
)
"""What a model gets to know of the task: everything a person would need to do it."""

_GREETINGS = ("Hi, ", "Hello, ", "Good morning, ", "Good evening! ", "Hey, ", "Dear team, ", "")
_REQUESTS = (
    "could I book a table {details}?",
    "I'd like to reserve a table {details}.",
    "do you have a table {details}?",
    "we'd love to come {details}.",
    "please keep a table {details}.",
    "I need a table {details}, if that's possible.",
    "can we come {details}?",
    "table {details} please",
    "{details}, is something free?",
    "my mother said I should ask you: could we come {details}?",
)
_DETAILS = {
    "date": ("on {date}", "{date}"),
    "time": ("at {time}", "around {time}", "at about {time}"),
    "people": ("{people}",),
    "place": ("{place}",),
}
_NAMES = ("The name is {name}.", "It's for {name}.", "Please put it under {name}.", "- {name}")
_PLACES = ("We'd like to sit {place}.", "If you can, {place}.", "{place}, please!")
_CORRECTIONS = ("{other}, sorry, I mean {time}", "{other} - no, better {time}")
_ASIDES = (
    "One of us doesn't eat nuts.",
    "Last time, on {date}, you were full.",
    "Last time there were {number} of us and it was wonderful.",
    "You don't have to call back before {time}.",
    "Is there parking for {number} cars?",
    "We'll be driving for {number} hours, so we'll be hungry.",
    "It's our anniversary: {number} years!",
    "My first mail got lost, I think.",
    "Do you still have the fish soup?",
)
_ENDINGS = ("Thanks!", "Thank you.", "Many thanks in advance.", "See you then!", "", "", "")
_MISSING = {"date": 0.05, "time": 0.06, "people": 0.05, "name": 0.1, "place": 0.3}
_PLAIN_WORD = re.compile(r"(?<![{\w'])[a-z]{5,}(?![\w'}])")
_DRAW = {
    "date": draw_date,
    "time": draw_time,
    "people": draw_people,
    "name": draw_name,
    "place": draw_place,
}


class Booking(NamedTuple):
    """A message, and what it asks for by key; `None` for what it doesn't say."""

    message: str
    values: dict[str, str | int | None]


def draw_booking(rng: random.Random) -> Booking:
    """Return a message with its booking."""
    written = {key: draw(rng) for key, draw in _DRAW.items() if rng.random() >= _MISSING[key]}
    pattern = _with_typing_error(rng, _pattern(rng, written))
    words = {key: each.words for key, each in written.items()}
    other = draw_time(rng).words
    message = pattern.format(**words, other=other).replace("..", ".")
    if rng.random() < 0.15:
        message = message.lower().rstrip(".!")
    return Booking(message, {key: written[key].value if key in written else None for key in _DRAW})


def _pattern(rng: random.Random, written: dict[str, Written]) -> str:
    """Return the message with a place for each value, such as `{time}`."""
    with_place = "place" in written and rng.random() < 0.5
    keys = [key for key in _DETAILS if key in written and (key != "place" or with_place)]
    rng.shuffle(keys)
    details = " ".join(pick(rng, _DETAILS[key]) for key in keys) or "soon"
    details = details.replace(" {date}", " on {date}").replace("on on", "on")
    if "time" in written and rng.random() < 0.08:
        details = details.replace("{time}", pick(rng, _CORRECTIONS))
    request = pick(rng, _GREETINGS) + pick(rng, _REQUESTS).format(details=details)
    sentences = [request[0].upper() + request[1:] if request[0] != "{" else request]
    if "place" in written and not with_place:
        sentences.append(pick(rng, _PLACES))
    if rng.random() < 0.25:
        sentences.insert(rng.randrange(len(sentences) + 1), _aside(rng))
    name = [pick(rng, _NAMES)] if "name" in written else []
    return " ".join(filter(None, [*sentences, pick(rng, _ENDINGS), *name]))


def _aside(rng: random.Random) -> str:
    """Return a sentence with values that don't belong to the booking."""
    return pick(rng, _ASIDES).format(
        date=draw_date(rng).words, time=draw_time(rng).words, number=rng.randrange(2, 9)
    )


def _with_typing_error(rng: random.Random, pattern: str) -> str:
    """Swap two letters of a word now and then; values stay as they are."""
    places = list(_PLAIN_WORD.finditer(pattern))
    if not places or rng.random() >= 0.2:
        return pattern
    found = pick(rng, tuple(places))
    at = found.start() + rng.randrange(1, len(found[0]) - 1)
    return pattern[:at] + pattern[at + 1] + pattern[at] + pattern[at + 2 :]
