"""Exercises are complete in both languages, and a file that isn't says what is wrong."""

import pytest

from tau.errors import NotFound
from tau.experts.space.exercises import Exercise, Wording, exercise, exercises, parse_exercise

FORM = """
kind = "form"
minutes = 1
title = {en = "t", zh = "题"}
summary = {en = "s", zh = "简"}
intro = {en = "i", zh = "引"}
closing = {en = "c", zh = "完"}
"""
FIELD = '[[fields]]\nname = "a"\ntype = "text"\nlabel = {en = "A", zh = "甲"}\n'
PHASE = '[[phases]]\nname = "in"\nseconds = 4\nlabel = {en = "In", zh = "吸"}\n'


def _wordings(of: Exercise) -> list[Wording]:
    found = [of.title, of.summary, of.intro, of.closing, of.row, of.add_row]
    for field in (*of.fields, *of.row_fields):
        found += [field.label, field.hint]
    found += [phase.label for phase in of.phases]
    return [each for each in found if each is not None]


def _is_chinese(text: str) -> bool:
    return any("一" <= letter <= "鿿" for letter in text)


def test_every_exercise_is_there_in_both_languages() -> None:
    assert len(exercises()) == 8
    for each in exercises().values():
        for wording in _wordings(each):
            assert wording.en.strip(), each.name
            assert not _is_chinese(wording.en), each.name
            assert _is_chinese(wording.zh), each.name
        assert 1 <= each.minutes <= 30


def test_no_exercise_claims_to_treat_counts_days_or_reproaches() -> None:
    never = ("therap", "diagnos", "streak", "treatment", "cure", "you should", "you must", "治疗")
    for each in exercises().values():
        text = " ".join(f"{one.en} {one.zh}" for one in _wordings(each)).lower()
        assert not any(word in text for word in never), each.name


def test_what_each_exercise_is_known_for() -> None:
    assert [field.count for field in exercise("grounding").fields] == [5, 4, 3, 2, 1]
    assert [phase.seconds for phase in exercise("box_breathing").phases] == [4, 4, 4, 4]
    assert len(exercise("thought_record").fields) == 7
    assert [field.label.en[0] for field in exercise("safety_plan").fields] == list("123456W")


def test_each_is_offered_by_words_of_both_languages_in_small_letters() -> None:
    for each in exercises().values():
        assert each.cues.en, each.name
        assert each.cues.zh, each.name
        assert all(cue == cue.lower() and len(cue) > 1 for cue in each.cues.all), each.name
        assert all(map(_is_chinese, each.cues.zh)), each.name


def test_an_unknown_exercise_is_not_found() -> None:
    with pytest.raises(NotFound):
        exercise("hypnosis")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (FORM, "other exercises have some"),
        (FORM + FIELD + FIELD, "the same name"),
        (FORM + "rounds = 3\n" + FIELD + PHASE, "other exercises have none"),
        (FORM.replace("form", "breathing") + FIELD, "breathing has phases"),
        (FORM.replace("form", "breathing") + "rounds = 3\n" + PHASE + FIELD, "has no fields"),
        (FORM + "max_rows = 3\n" + FIELD, "rows need"),
        (FORM + FIELD.replace(', zh = "甲"', ""), "zh"),
        (FORM + FIELD.replace("text", "essay"), "essay"),
        (FORM + "colour = 1\n" + FIELD, "colour"),
        ("=", "x.toml"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        parse_exercise("x", text)


def test_a_file_that_can_be_used() -> None:
    assert parse_exercise("x", FORM + FIELD).title.in_("zh-Hans") == "题"
    assert parse_exercise("x", FORM + FIELD).title.in_("fr") == "t"
