"""The file of the shipped example: bookings as JSON Lines in OpenAI's chat shape.

A few faults are put in on purpose, as files of real work have them, so that the checks have
something to find: examples that are there twice, one with another answer, and personal data.
"""

import random

import msgspec

from tau.studio.bookings.messages import INSTRUCTIONS, Booking, draw_booking

COUNT = 300
NAME = "bookings.jsonl"
_TWICE = (11, 47)
"""Which bookings (counted from 0) are in the file again."""
_CONTRADICTED = 80
"""Which one is in the file again, with another answer."""
_PERSONAL = {21: " My number is +44 20 7946 0958.", 95: " Write to me: guest@example.org"}


def example_file(count: int = COUNT, seed: int = 1) -> bytes:
    """Return the file with `count` bookings, of at least 100: the same bytes for the same seed."""
    bookings = _different_bookings(count - len(_TWICE) - 1, seed)
    for number, words in _PERSONAL.items():
        bookings[number] = bookings[number]._replace(message=bookings[number].message + words)
    wrong = bookings[_CONTRADICTED]
    bookings += [bookings[number] for number in _TWICE]
    bookings.append(wrong._replace(values=wrong.values | {"people": 13}))
    return b"".join(_line(each) + b"\n" for each in bookings)


def _different_bookings(count: int, seed: int) -> list[Booking]:
    rng = random.Random(seed)  # noqa: S311 - example data, no secret
    made: dict[str, Booking] = {}
    while len(made) < count:
        booking = draw_booking(rng)
        made.setdefault(booking.message.casefold(), booking)
    return list(made.values())


def _line(booking: Booking) -> bytes:
    answer = msgspec.json.encode(booking.values).decode()
    messages = [
        {"role": "system", "content": INSTRUCTIONS},
        {"role": "user", "content": booking.message},
        {"role": "assistant", "content": answer},
    ]
    return msgspec.json.encode({"messages": messages})
