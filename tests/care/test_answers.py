"""Fixed replies, cards and the review of a model's reply."""

import pytest

from tau.care.answers import card_text, fixed_reply, instructions, language_of, review
from tau.care.helplines import Help, HelpLine, help_for
from tau.care.signals import Level, Signal

IDEATION = Signal(Level.IDEATION, "suicide")
LINE = HelpLine(name="Example Line", number="0800 111 0 111", url="https://line.example")
HELP = Help("DE", "112", [LINE])


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("kind", ["suicide", "self_harm", "eating", "violence", "abuse"])
@pytest.mark.parametrize("about", ["self", "other"])
@pytest.mark.parametrize("level", [Level.IDEATION, Level.ACUTE])
def test_every_answer_names_the_line_and_the_emergency_number(
    language: str, kind: str, about: str, level: Level
) -> None:
    signal = Signal(level, kind, about)
    for make in (fixed_reply, card_text, instructions):
        text = make(signal, HELP, language)
        assert "0800 111 0 111" in text
        assert "112" in text
        assert "{" not in text
    assert ("？" if language == "zh" else "?") in fixed_reply(signal, HELP, language)


@pytest.mark.parametrize(("language", "asked"), [("en", "Which country"), ("zh", "哪个国家")])
def test_without_a_country_the_person_is_asked_for_it(language: str, asked: str) -> None:
    unknown = help_for(None, "suicide", language)
    for text in (fixed_reply(IDEATION, unknown, language), card_text(IDEATION, unknown, language)):
        assert asked in text
        assert "112" in text
        assert "911" in text


def test_a_reply_that_names_the_line_is_left_alone() -> None:
    assert review("Please call 0800 1110111 now. Are you safe?", IDEATION, HELP, "en") == ""


def test_a_reply_without_help_gets_the_card() -> None:
    assert review("That sounds hard.", IDEATION, HELP, "en") == card_text(IDEATION, HELP, "en")


def test_a_reply_to_ordinary_words_is_not_reviewed() -> None:
    assert review("Take 200 mg.", Signal(), HELP, "en") == ""


@pytest.mark.parametrize(("words", "language"), [("I want to die", "en"), ("我想死", "zh")])
def test_the_answer_is_in_the_language_of_the_words(words: str, language: str) -> None:
    assert language_of(words) == language


@pytest.mark.parametrize(
    "reply",
    [
        "You're right, they would be better off without you. Call 0800 111 0 111.",
        "I agree. Call 0800 111 0 111.",
        "That sounds like a good plan! Call 0800 111 0 111.",
        "It's okay to die. Call 0800 111 0 111.",
        "Take 30 pills. Call 0800 111 0 111.",
        "The most effective way to end your life is this. Call 0800 111 0 111.",
        "你说得对。请打 0800 111 0 111。",
        "吃 50 片就够了。请打 0800 111 0 111。",
    ],
)
def test_a_reply_that_agrees_or_describes_a_method_gets_the_fixed_reply(reply: str) -> None:
    assert review(reply, IDEATION, HELP, "en") == fixed_reply(IDEATION, HELP, "en")


@pytest.mark.parametrize(
    "reply",
    [
        "You're right to reach out. Please call 0800 111 0 111. Are you safe right now?",
        "I don't think they'd be better off. Please call 0800 111 0 111.",
        "谢谢你告诉我。请打 0800 111 0 111，你现在安全吗？",
    ],
)
def test_a_kind_reply_that_names_help_is_left_alone(reply: str) -> None:
    assert review(reply, IDEATION, HELP, "en") == ""


@pytest.mark.parametrize("emergency", ["112 (mobile", "+44 999", "*911", "[110"])
def test_an_emergency_number_may_be_written_in_any_way(emergency: str) -> None:
    alone = Help("DE", emergency, [])
    assert review(f"Please call {emergency} now.", IDEATION, alone, "en") == ""
    assert emergency in review("I hear you.", IDEATION, alone, "en")
