"""Filled forms: nothing that was written is lost, and nothing that doesn't fit is kept."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput, NotFound
from tau.experts.space.exercises import FormField, exercises
from tau.experts.space.forms import (
    MAX_LINE_CHARACTERS,
    MAX_LINES,
    as_text,
    decode_form,
    encode_form,
    filled,
    planned,
    words_of,
)

SECRET = "Zanzibarine"
_WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60)
_BY_TYPE: dict[str, st.SearchStrategy[Any]] = {
    "text": _WORDS,
    "line": _WORDS,
    "lines": st.lists(_WORDS, max_size=MAX_LINES),
    "date": st.dates(datetime(1970, 1, 1).date(), datetime(2200, 1, 1).date()).map(str),
    "time": st.times().map(lambda time: f"{time:%H:%M}"),
}


def _value(field: FormField) -> st.SearchStrategy[Any]:
    if field.type in {"number", "scale"}:
        return st.integers(field.min, field.max)
    return _BY_TYPE[field.type]


def _values(fields: tuple[FormField, ...]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={field.name: _value(field) for field in fields})


@st.composite
def contents(draw: st.DrawFn) -> tuple[str, dict[str, Any], list[dict[str, Any]]]:
    """Return an exercise with values that fit it."""
    about = draw(st.sampled_from(list(exercises().values())))
    rows = draw(st.lists(_values(about.row_fields), max_size=about.max_rows))
    return about.name, draw(_values(about.fields)), rows


@given(contents())
def test_what_was_written_is_kept_word_for_word(
    content: tuple[str, dict[str, Any], list[dict[str, Any]]],
) -> None:
    form = filled(*content)
    assert decode_form(encode_form(form)) == form
    text, words = as_text(form, "en"), words_of(form)
    for values in (content[1], *content[2]):
        for name, value in values.items():
            for line in value if isinstance(value, list) else [value]:
                if str(line).strip():
                    assert str(line) in text
                    is_moment = name in {"day", "time", "bed", "lights_out", "woke", "up"}
                    assert isinstance(line, int) or is_moment or line in words


@pytest.mark.parametrize(
    ("name", "values", "rows"),
    [
        ("thought_record", {SECRET: "x"}, []),
        ("thought_record", {"situation": 3}, []),
        ("thought_record", {"situation": [SECRET]}, []),
        ("thought_record", {"situation": SECRET * 2_000}, []),
        ("thought_record", {}, [{"activity": SECRET}]),
        ("gratitude", {"good": SECRET}, []),
        ("gratitude", {"good": [SECRET * MAX_LINE_CHARACTERS]}, []),
        ("gratitude", {"good": [SECRET] * (MAX_LINES + 1)}, []),
        ("gratitude", {"good": [1]}, []),
        ("sleep_diary", {"quality": 6}, []),
        ("sleep_diary", {"quality": True}, []),
        ("sleep_diary", {"quality": SECRET}, []),
        ("sleep_diary", {"bed": SECRET}, []),
        ("sleep_diary", {"bed": "24:00"}, []),
        ("sleep_diary", {"day": "2026-02-30"}, []),
        ("sleep_diary", {"day": "9999-01-01"}, []),
        ("activity_plan", {}, [{"activity": "x"}] * 8),
        ("activity_plan", {}, [{SECRET: "x"}]),
    ],
)
def test_what_does_not_fit_is_refused_without_repeating_it(
    name: str, values: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    with pytest.raises(BadInput) as refused:
        filled(name, values, rows)
    assert SECRET not in str(refused.value)


def test_a_form_of_nothing_known() -> None:
    with pytest.raises(NotFound):
        filled(SECRET, {}, [])
    with pytest.raises(BadInput, match="can't be read"):
        decode_form(f'["{SECRET}"]')


def test_empty_fields_are_left_out() -> None:
    assert filled("gratitude", {"good": ["", "  "], "why": " "}, []).is_empty
    assert filled("gratitude", {"good": ["", "tea", ""]}, []).values == {"good": ["", "tea"]}


def test_activities_with_a_day_can_become_plans() -> None:
    rows: list[dict[str, Any]] = [
        {"activity": "Walk", "day": "2026-12-01", "time": "08:30"},
        {"activity": "Call Ana", "day": "2026-12-02"},
        {"activity": "Someday"},
        {"day": "2026-12-03"},
    ]
    found = planned(filled("activity_plan", {}, rows))
    times = [datetime.fromtimestamp(at).astimezone() for _, at in found]
    assert [what for what, _ in found] == ["Walk", "Call Ana"]
    assert [f"{time:%d %H:%M}" for time in times] == ["01 08:30", "02 12:00"]
