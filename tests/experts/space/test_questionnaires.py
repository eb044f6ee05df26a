"""PHQ-9 and GAD-7: wording, scores and bands as published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput, NotFound
from tau.experts.space.questionnaires import CHOICES, questionnaire, questionnaires


@pytest.mark.parametrize(("name", "items", "most"), [("phq-9", 9, 27), ("gad-7", 7, 21)])
def test_size_and_highest_score(name: str, items: int, most: int) -> None:
    asked = questionnaire(name)
    assert (len(asked.items), asked.most, asked.bands[-1].up_to) == (items, most, most)
    assert asked.score([0] * items) == 0
    assert asked.score([3] * items) == most


@pytest.mark.parametrize(
    ("name", "score", "band"),
    [
        *(("phq-9", *each) for each in [(0, "minimal"), (4, "minimal"), (5, "mild"), (9, "mild")]),
        *(("phq-9", *each) for each in [(10, "moderate"), (14, "moderate"), (20, "severe")]),
        *(("phq-9", *each) for each in [(15, "moderately_severe"), (19, "moderately_severe")]),
        *(("gad-7", *each) for each in [(4, "minimal"), (5, "mild"), (10, "moderate")]),
        *(("gad-7", *each) for each in [(14, "moderate"), (15, "severe"), (21, "severe")]),
    ],
)
def test_published_bands(name: str, score: int, band: str) -> None:
    assert questionnaire(name).band(score).name == band


@given(st.lists(st.integers(0, 3), min_size=9, max_size=9))
def test_item_nine_alone_says_whether_help_is_named(answers: list[int]) -> None:
    asked = questionnaire("phq-9")
    assert asked.score(answers) == sum(answers)
    assert asked.names_danger(answers) == (answers[8] > 0)
    assert not questionnaire("gad-7").names_danger(answers[:7])


@pytest.mark.parametrize("answers", [[], [0] * 8, [0] * 10, [0] * 8 + [4], [0] * 8 + [-1]])
def test_answers_that_do_not_fit_are_refused(answers: list[int]) -> None:
    with pytest.raises(BadInput):
        questionnaire("phq-9").score(answers)


def test_both_languages_and_the_usual_choices() -> None:
    assert [choice.en for choice in CHOICES] == [
        "Not at all",
        "Several days",
        "More than half the days",
        "Nearly every day",
    ]
    for asked in questionnaires().values():
        assert all(item.en.isascii() or "—" in item.en for item in asked.items)
        assert not any(item.zh.isascii() for item in asked.items)


def test_an_unknown_questionnaire_is_not_found() -> None:
    with pytest.raises(NotFound):
        questionnaire("iq")
