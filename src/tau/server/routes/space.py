"""Exercises of reflective support, and what was written in them."""

from typing import Annotated

from fastapi import APIRouter, Query

from tau.companion.care_texts import help_for_texts
from tau.experts.space.care_forms import CareForm, CareForms
from tau.experts.space.exercises import exercises
from tau.experts.space.forms import words_of
from tau.memory.erasure_request import ErasureRequest
from tau.server.auth import AppStateDep, CredentialDep, CurrentPerson, CurrentPersonDep
from tau.server.presenters import help_out
from tau.server.requests.space import Language, SaveFormRequest, StartFormRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.forgetting import erase
from tau.server.routes.parameters import PathId
from tau.server.schemas.forgetting import ForgetOut
from tau.server.schemas.space import (
    ExerciseList,
    FormList,
    FormOut,
    PlannedOut,
    SafetyPlanOut,
    SavedFormOut,
)
from tau.server.space_presenters import exercise_out, form_out, form_summary_out

router = APIRouter(prefix="/api/experts/care", tags=["care"], responses=ERROR_RESPONSES)


@router.get("/exercises", operation_id="listExercises")
async def list_exercises(
    _: CredentialDep, language: Annotated[Language, Query()] = "en"
) -> ExerciseList:
    """List the exercises, in a language. They need no model."""
    return ExerciseList([exercise_out(each, language) for each in exercises().values()])


@router.get("/forms", operation_id="listForms")
async def list_forms(current: CurrentPersonDep) -> FormList:
    """List the forms in which something is written, the last changed first, without the words."""
    return FormList([form_summary_out(each) for each in CareForms(current.life).all()])


@router.post("/forms", operation_id="startForm", status_code=201)
async def start_form(asked: StartFormRequest, current: CurrentPersonDep) -> SavedFormOut:
    """Keep a new form."""
    forms = CareForms(current.life)
    return await _saved(current, await forms.start(asked.exercise, asked.values, asked.rows))


@router.get("/forms/{form_id}", operation_id="getForm")
async def get_form(form_id: PathId, current: CurrentPersonDep) -> FormOut:
    """Return a form with what is in it."""
    return form_out(CareForms(current.life).get(form_id))


@router.put("/forms/{form_id}", operation_id="saveForm")
async def save_form(
    form_id: PathId, asked: SaveFormRequest, current: CurrentPersonDep
) -> SavedFormOut:
    """Keep what is in a form now; what was there before stays as an earlier version."""
    forms = CareForms(current.life)
    saved = await forms.save(form_id, asked.version, asked.values, asked.rows)
    return await _saved(current, saved)


@router.delete("/forms/{form_id}", operation_id="forgetForm")
async def forget_form(
    form_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ForgetOut:
    """Forget a form in all its versions, for good."""
    form = CareForms(current.life).get(form_id)
    return await erase(current, app_state, ErasureRequest(artifacts=(form.id,)))


@router.post("/forms/{form_id}/plans", operation_id="rememberPlans")
async def remember_plans(form_id: PathId, current: CurrentPersonDep) -> PlannedOut:
    """Put the dated activities of a form into memory as plans, which are known outside of care."""
    return PlannedOut(await CareForms(current.life).remember_plans(form_id))


@router.get("/safety-plan", operation_id="getSafetyPlan")
async def get_safety_plan(current: CurrentPersonDep) -> SafetyPlanOut:
    """Return the person's safety plan, if they wrote one."""
    form = CareForms(current.life).safety_plan()
    return SafetyPlanOut(form_out(form) if form else None)


async def _saved(current: CurrentPerson, form: CareForm) -> SavedFormOut:
    offer = await help_for_texts(current.care, words_of(form.content))
    return SavedFormOut(form_out(form), help_out(offer))
