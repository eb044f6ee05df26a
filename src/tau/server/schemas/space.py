"""Reflective support: exercises, filled forms, check-ins and questionnaires."""

from dataclasses import dataclass

from tau.server.schemas.care import HelpOut

FormValues = dict[str, str | int | list[str]]


@dataclass(frozen=True, slots=True)
class FormFieldOut:
    """A question of an exercise.

    `type` is `text`, `line`, `lines`, `number`, `scale`, `date` or `time`; `count` is how many
    lines it offers; `min` and `max` bound a number.
    """

    name: str
    type: str
    label: str
    hint: str
    count: int
    min: int
    max: int


@dataclass(frozen=True, slots=True)
class BreathPhaseOut:
    """A part of a breath: `in`, `hold`, `out` or `rest`."""

    name: str
    seconds: int
    label: str


@dataclass(frozen=True, slots=True)
class ExerciseOut:
    """An exercise. `kind` is `steps` (one question at a time), `breathing` or `form`.

    `row_fields` are asked once for each row, of at most `max_rows`. `cues` are words, in small
    letters, with which it may be offered.
    """

    name: str
    kind: str
    minutes: int
    title: str
    summary: str
    intro: str
    closing: str
    fields: list[FormFieldOut]
    row_fields: list[FormFieldOut]
    max_rows: int
    row: str
    add_row: str
    phases: list[BreathPhaseOut]
    rounds: int
    cues: list[str]


@dataclass(frozen=True, slots=True)
class ExerciseList:
    """All exercises."""

    exercises: list[ExerciseOut]


@dataclass(frozen=True, slots=True)
class FormSummaryOut:
    """A filled exercise without what was written."""

    id: str
    exercise: str
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class FormList:
    """Filled exercises, the one that was changed last first."""

    forms: list[FormSummaryOut]


@dataclass(frozen=True, slots=True)
class FormOut:
    """A filled exercise; `version` changes whenever it's saved."""

    id: str
    exercise: str
    version: str
    values: FormValues
    rows: list[FormValues]
    created_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class SavedFormOut:
    """A form as it was saved, and help if what it says means danger."""

    form: FormOut
    help: HelpOut | None


@dataclass(frozen=True, slots=True)
class SafetyPlanOut:
    """The person's safety plan, if they wrote one."""

    form: FormOut | None


@dataclass(frozen=True, slots=True)
class CheckInOut:
    """How a person said that they were: `mood` from 1 (very low) to 5 (very good)."""

    id: str
    at: float
    mood: int
    words: str


@dataclass(frozen=True, slots=True)
class CheckInList:
    """Check-ins, oldest first."""

    checkins: list[CheckInOut]


@dataclass(frozen=True, slots=True)
class CheckedInOut:
    """A check-in that was kept, and help if its words mean danger."""

    checkin: CheckInOut
    help: HelpOut | None


@dataclass(frozen=True, slots=True)
class AssessedOut:
    """Help, if the words mean danger."""

    help: HelpOut | None


@dataclass(frozen=True, slots=True)
class QuestionnaireOut:
    """A questionnaire: each item is answered with the place of a choice, from 0."""

    name: str
    title: str
    about: str
    question: str
    items: list[str]
    choices: list[str]
    most: int
    note: str


@dataclass(frozen=True, slots=True)
class QuestionnaireResultOut:
    """What was answered. `band` and `label` say how high the score is; it isn't a diagnosis."""

    id: str
    name: str
    at: float
    answers: list[int]
    score: int
    most: int
    band: str
    label: str


@dataclass(frozen=True, slots=True)
class QuestionnaireList:
    """The questionnaires, and what was answered so far, oldest first."""

    questionnaires: list[QuestionnaireOut]
    results: list[QuestionnaireResultOut]


@dataclass(frozen=True, slots=True)
class AnsweredOut:
    """The result that was kept, and help if an answer means danger."""

    result: QuestionnaireResultOut
    note: str
    help: HelpOut | None


@dataclass(frozen=True, slots=True)
class PlannedOut:
    """How many activities became plans in memory."""

    plans: int
