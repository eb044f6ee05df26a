"""What ends a fact need not say it in the same words; it must name it and only it."""

from datetime import UTC, datetime

import pytest

from tau.bench.facts import believed_facts
from tau.bench.facts_sets import SequenceMessage

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC).timestamp()


def current_after(*texts: str) -> list[str]:
    days = reversed(range(len(texts)))
    said = [
        SequenceMessage(text=text, said_days_ago=day) for day, text in zip(days, texts, strict=True)
    ]
    return sorted(
        fact.text for fact in believed_facts(said, NOW) if not fact.ended and not fact.waits
    )


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("I drive a Fiat Panda.", "I sold the Panda."),
        ("I love cilantro on everything.", "I've gone right off cilantro."),
        ("I do payroll for the council.", "I quit my job at the council."),
        ("I take 20 mg of sertraline.", "I came off sertraline."),
        ("My partner Dana loves jazz.", "Dana and I broke up."),
    ],
)
def test_an_end_in_other_words_ends_what_was_said(first: str, then: str) -> None:
    assert current_after(first) != []
    assert [text for text in current_after(first, then) if text in current_after(first)] in (
        [],
        ["Partner Dana likes jazz"],
    )


def test_an_end_that_may_mean_several_facts_ends_none_of_them() -> None:
    owned = current_after("I drive a Fiat Panda.", "I own a Fiat Tipo.")
    assert len(owned) == 2
    assert current_after("I drive a Fiat Panda.", "I own a Fiat Tipo.", "I sold the Fiat.") == owned


def test_an_end_of_something_else_ends_nothing() -> None:
    assert current_after("I drive a Fiat Panda.", "I sold my piano.") == ["Drives a Fiat Panda"]
