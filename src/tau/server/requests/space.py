"""Requests of reflective support."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictInt

from tau.server.requests.fields import Id, RequestBody, check_characters

Language = Literal["en", "zh"]
_Text = Annotated[str, AfterValidator(check_characters), Field(max_length=10_000)]
_Line = Annotated[str, AfterValidator(check_characters), Field(max_length=500)]
_Name = Annotated[str, Field(max_length=40)]
_Values = Annotated[
    dict[_Name, StrictInt | _Text | Annotated[list[_Line], Field(max_length=30)]],
    Field(max_length=30),
]


class StartFormRequest(RequestBody):
    """An exercise to fill in; `values` and `rows` as in an exercise's fields."""

    exercise: Id
    values: _Values = Field(default_factory=dict)
    rows: list[_Values] = Field(default_factory=list, max_length=30)


class SaveFormRequest(RequestBody):
    """What is in a form now. `version` is the one that it was made from."""

    version: Id
    values: _Values = Field(default_factory=dict)
    rows: list[_Values] = Field(default_factory=list, max_length=30)


class CheckInRequest(RequestBody):
    """How the person is: `mood` from 1 (very low) to 5 (very good), and words if they like."""

    mood: Annotated[int, Field(ge=1, le=5)]
    words: Annotated[str, AfterValidator(check_characters), Field(max_length=2_000)] = ""


class AssessRequest(RequestBody):
    """What is being written, in the order of its fields. Nothing of it is kept."""

    texts: Annotated[list[_Text], Field(max_length=150)]


class AnswerRequest(RequestBody):
    """The name of a questionnaire, and the answer to each of its items: 0 to 3."""

    name: Id
    answers: Annotated[list[Annotated[int, Field(ge=0, le=3)]], Field(max_length=20)]
    language: Language = "en"
