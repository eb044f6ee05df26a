"""Conversion of exercises, forms and questionnaires to the API's responses."""

from collections.abc import Sequence

from tau.experts.space.care_forms import CareForm
from tau.experts.space.exercises import Exercise, FormField, Wording
from tau.experts.space.questionnaires import (
    CHOICES,
    NOT_A_DIAGNOSIS,
    Questionnaire,
    questionnaire,
)
from tau.journal.entries import CheckedIn, QuestionnaireAnswered
from tau.server.schemas.space import (
    BreathPhaseOut,
    CheckInOut,
    ExerciseOut,
    FormFieldOut,
    FormOut,
    FormSummaryOut,
    QuestionnaireOut,
    QuestionnaireResultOut,
)


def exercise_out(exercise: Exercise, language: str) -> ExerciseOut:
    """Return an exercise in a language."""
    return ExerciseOut(
        name=exercise.name,
        kind=exercise.kind,
        minutes=exercise.minutes,
        title=exercise.title.in_(language),
        summary=exercise.summary.in_(language),
        intro=exercise.intro.in_(language),
        closing=exercise.closing.in_(language),
        fields=_fields_out(exercise.fields, language),
        row_fields=_fields_out(exercise.row_fields, language),
        max_rows=exercise.max_rows,
        row=_in(exercise.row, language),
        add_row=_in(exercise.add_row, language),
        phases=[
            BreathPhaseOut(phase.name, phase.seconds, phase.label.in_(language))
            for phase in exercise.phases
        ],
        rounds=exercise.rounds,
        cues=list(exercise.cues.all),
    )


def questionnaire_out(asked: Questionnaire, language: str) -> QuestionnaireOut:
    """Return a questionnaire in a language."""
    return QuestionnaireOut(
        name=asked.name,
        title=asked.title.in_(language),
        about=asked.about.in_(language),
        question=asked.question.in_(language),
        items=[item.in_(language) for item in asked.items],
        choices=[choice.in_(language) for choice in CHOICES],
        most=asked.most,
        note=NOT_A_DIAGNOSIS.in_(language),
    )


def result_out(answered: QuestionnaireAnswered, language: str) -> QuestionnaireResultOut:
    """Return what was answered, with its band. Raises `NotFound` for an unknown questionnaire."""
    asked = questionnaire(answered.name)
    band = asked.band(answered.score)
    return QuestionnaireResultOut(
        id=answered.id,
        name=answered.name,
        at=answered.at,
        answers=list(answered.answers),
        score=answered.score,
        most=asked.most,
        band=band.name,
        label=band.label.in_(language),
    )


def checkin_out(entry: CheckedIn) -> CheckInOut:
    """Return a check-in."""
    return CheckInOut(id=entry.id, at=entry.at, mood=entry.mood, words=entry.words)


def form_out(form: CareForm) -> FormOut:
    """Return a form with what is in it."""
    return FormOut(
        id=form.id,
        exercise=form.content.exercise,
        version=form.version,
        values=form.content.values,
        rows=form.content.rows,
        created_at=form.created_at,
        updated_at=form.updated_at,
    )


def form_summary_out(form: CareForm) -> FormSummaryOut:
    """Return a form without what is in it."""
    return FormSummaryOut(form.id, form.content.exercise, form.created_at, form.updated_at)


def _fields_out(fields: Sequence[FormField], language: str) -> list[FormFieldOut]:
    return [
        FormFieldOut(
            name=field.name,
            type=field.type,
            label=field.label.in_(language),
            hint=_in(field.hint, language),
            count=field.count,
            min=field.min,
            max=field.max,
        )
        for field in fields
    ]


def _in(wording: Wording | None, language: str) -> str:
    return wording.in_(language) if wording else ""
