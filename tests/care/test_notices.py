"""When a notice that this is an AI is due, and what it says."""

import pytest

from tau.care.notices import notice_due, notice_text

HOUR = 3600.0
START = 1_000_000.0


def test_the_first_notice_is_always_due() -> None:
    for country in (None, "US", "CN", "DE"):
        assert notice_due(country, None, START, START)


@pytest.mark.parametrize(
    ("country", "due"), [("US", True), ("CN", True), (None, True), ("DE", False)]
)
def test_some_places_ask_for_a_notice_at_each_start(country: str | None, due: bool) -> None:
    assert notice_due(country, START - 10 * HOUR, START, START) == due
    assert not notice_due(country, START, START, START + 1)


@pytest.mark.parametrize(
    ("country", "setting", "hours"),
    [
        ("US", 0, 3),
        (None, 0, 3),
        ("DE", 0, 3),
        ("CN", 0, 2),
        ("CN", 1, 1),
        ("US", 5, 5),
        ("cn", 0, 2),
    ],
)
def test_a_notice_is_repeated_after_hours_of_talk(
    country: str | None, setting: float, hours: float
) -> None:
    after = START + hours * HOUR
    assert not notice_due(country, START, START, after - 1, setting)
    assert notice_due(country, START, START, after, setting)
    assert not notice_due(country, after, START, after + 1, setting)


@pytest.mark.parametrize(("language", "word"), [("en", "AI"), ("zh-CN", "AI"), ("fr", "AI")])
def test_the_notice_names_an_ai_and_no_therapist(language: str, word: str) -> None:
    text = notice_text(language)
    assert word in text
    assert "therap" not in text.lower()
    assert notice_text("zh") != notice_text("en")
