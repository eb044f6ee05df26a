"""Exercises of reflective support, and what was written in them."""

from typing import Annotated

from fastapi import APIRouter, Query

from tau.experts.space.exercises import exercises
from tau.server.auth import CredentialDep
from tau.server.requests.space import Language
from tau.server.responses import ERROR_RESPONSES
from tau.server.schemas.space import ExerciseList
from tau.server.space_presenters import exercise_out

router = APIRouter(prefix="/api/experts/care", tags=["care"], responses=ERROR_RESPONSES)


@router.get("/exercises", operation_id="listExercises")
async def list_exercises(
    _: CredentialDep, language: Annotated[Language, Query()] = "en"
) -> ExerciseList:
    """List the exercises, in a language. They need no model."""
    return ExerciseList([exercise_out(each, language) for each in exercises().values()])
