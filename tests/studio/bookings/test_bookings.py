"""The shipped example: its bookings are right, varied, and have the faults that it says."""

import io
import json
import random
import re
from collections import Counter

import pytest

from tau.studio.bookings.example_file import COUNT, example_file
from tau.studio.bookings.messages import draw_booking
from tau.studio.bookings.values import (
    Written,
    draw_date,
    draw_name,
    draw_people,
    draw_place,
    draw_time,
)
from tau.studio.examples.checks import CheckInput, check_examples
from tau.studio.examples.example import Example
from tau.studio.examples.reading import read_examples
from tau.studio.methods.answer_shape import answer_options, json_answers

DRAWN = 400
NUMBERS = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def drawn(draw: object) -> list[Written]:
    rng = random.Random(3)
    return [draw(rng) for _ in range(DRAWN)]  # type: ignore[operator]


def examples_in(file: bytes) -> list[Example]:
    found = list(read_examples("bookings.jsonl", io.BytesIO(file)).items)
    return [each for each in found if isinstance(each, Example)]


def number_in(word: str) -> int:
    return NUMBERS.index(word) + 1 if word in NUMBERS else int(word)


def numbers_in(words: str) -> list[int]:
    found = re.findall(rf"\b(?:{'|'.join(NUMBERS)})\b|\d+", words.lower())
    return [number_in(each) for each in found]


def test_dates_mean_what_is_written() -> None:
    for value, words in drawn(draw_date):
        month, day = str(value).split(" ")
        assert numbers_in(words) == [int(day)]
        assert month.lower()[:3] in words.lower()


def test_times_mean_what_is_written() -> None:
    for value, words in drawn(draw_time):
        hour, minute = (int(part) for part in str(value).split(":"))
        assert 5 <= hour < 10
        offset = 30 if words.startswith("half past") else 0
        clock = numbers_in(words)
        assert clock[0] == hour
        assert offset + (clock[1] if len(clock) > 1 else 0) == minute


def test_guests_are_counted_as_they_are_written() -> None:
    for value, words in drawn(draw_people):
        plain = words.replace("husband", "one").replace("sister", "one")
        plain = plain.replace("a couple", "two").replace("just for me", "one")
        plain = re.sub(r"\bme\b|myself", "one", plain).replace("my one", "one")
        assert sum(numbers_in(plain)) == value, words


def test_names_and_places_are_those_of_the_message() -> None:
    assert all(words.casefold() == str(value).casefold() for value, words in drawn(draw_name))
    meant: dict[str, set[object]] = {}
    for value, words in drawn(draw_place):
        meant.setdefault(words, set()).add(value)
    assert all(len(values) == 1 for values in meant.values())


def test_what_a_message_does_not_say_is_null() -> None:
    rng = random.Random(3)
    missing = Counter[str]()
    for _ in range(DRAWN):
        booking = draw_booking(rng)
        assert "{" not in booking.message
        missing.update(key for key, value in booking.values.items() if value is None)
        if booking.values["name"] is None:
            assert not re.search(r"name is|it's for|put it under|- \w+$", booking.message.lower())
    assert all(0 < missing[key] < DRAWN for key in ("date", "time", "people", "name", "place"))


def test_the_same_seed_makes_the_same_file() -> None:
    assert example_file() == example_file()
    assert example_file(seed=2) != example_file()
    examples = examples_in(example_file())
    assert len(examples) == COUNT
    assert len({each.input for each in examples}) == COUNT - 3


@pytest.mark.parametrize("count", [150, COUNT])
def test_the_checks_find_the_faults_and_nothing_else(count: int) -> None:
    report = check_examples(examples_in(example_file(count)), CheckInput())
    found = Counter(each.kind for each in report.findings)
    assert found == {"duplicate": 2, "contradiction": 1, "personal data": 2}
    assert not report.has_errors


def test_it_is_no_task_for_a_classifier() -> None:
    answers = [each.answer for each in examples_in(example_file())]
    assert answer_options(answers) == ()
    assert len(json_answers(answers)) == COUNT
    assert max(Counter(answers).values()) <= 3
    assert [*json.loads(answers[0])] == ["date", "time", "people", "name", "place"]
