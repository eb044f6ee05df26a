"""Check-ins and questionnaires of reflective support."""

from typing import Annotated

from fastapi import APIRouter, Query

from tau.companion.care_texts import help_for_answer, help_for_texts
from tau.experts.space.diary import CareDiary
from tau.experts.space.questionnaires import NOT_A_DIAGNOSIS, questionnaires
from tau.memory.erasure_request import ErasureRequest
from tau.server.auth import AppStateDep, CurrentPersonDep
from tau.server.presenters import help_out
from tau.server.requests.space import AnswerRequest, AssessRequest, CheckInRequest, Language
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.forgetting import erase
from tau.server.routes.parameters import PathId
from tau.server.schemas.forgetting import ForgetOut
from tau.server.schemas.space import (
    AnsweredOut,
    AssessedOut,
    CheckedInOut,
    CheckInList,
    QuestionnaireList,
)
from tau.server.space_presenters import checkin_out, questionnaire_out, result_out

router = APIRouter(prefix="/api/experts/care", tags=["care"], responses=ERROR_RESPONSES)
LanguageQuery = Annotated[Language, Query()]


@router.post("/assess", operation_id="assessWords")
async def assess_words(asked: AssessRequest, current: CurrentPersonDep) -> AssessedOut:
    """Return help if words that are being written mean danger. Nothing of them is kept."""
    return AssessedOut(help_out(await help_for_texts(current.care, asked.texts)))


@router.get("/checkins", operation_id="listCheckIns")
async def list_checkins(current: CurrentPersonDep) -> CheckInList:
    """List check-ins, oldest first."""
    return CheckInList([checkin_out(each) for each in CareDiary(current.life).moods()])


@router.post("/checkins", operation_id="addCheckIn", status_code=201)
async def add_checkin(asked: CheckInRequest, current: CurrentPersonDep) -> CheckedInOut:
    """Keep how the person is now."""
    offer = await help_for_texts(current.care, [asked.words])
    entry = await CareDiary(current.life).check_in(asked.mood, asked.words)
    return CheckedInOut(checkin_out(entry), help_out(offer))


@router.delete("/checkins/{checkin_id}", operation_id="forgetCheckIn")
async def forget_checkin(
    checkin_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ForgetOut:
    """Forget a check-in, or what was answered to a questionnaire, for good."""
    return await erase(current, app_state, ErasureRequest(checkins=(checkin_id,)))


@router.get("/questionnaires", operation_id="listQuestionnaires")
async def list_questionnaires(
    current: CurrentPersonDep, language: LanguageQuery = "en"
) -> QuestionnaireList:
    """List the questionnaires, and what was answered to them."""
    known = questionnaires()
    answered = [each for each in CareDiary(current.life).results() if each.name in known]
    return QuestionnaireList(
        questionnaires=[questionnaire_out(each, language) for each in known.values()],
        results=[result_out(each, language) for each in answered],
    )


@router.post("/questionnaires", operation_id="answerQuestionnaire", status_code=201)
async def answer_questionnaire(asked: AnswerRequest, current: CurrentPersonDep) -> AnsweredOut:
    """Keep the answers to a questionnaire and return their score, which isn't a diagnosis."""
    entry = await CareDiary(current.life).answer(asked.name, asked.answers)
    is_danger = questionnaires()[entry.name].names_danger(entry.answers)
    offer = help_for_answer(current.care, asked.language) if is_danger else None
    return AnsweredOut(
        result=result_out(entry, asked.language),
        note=NOT_A_DIAGNOSIS.in_(asked.language),
        help=help_out(offer),
    )
