"""Learning: whether it is paused, and how much was learned."""

from fastapi import APIRouter

from tau.life.fact_editing import FactEditor
from tau.server.auth import CurrentPersonDep
from tau.server.requests.learning import UpdateLearningRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.schemas.learning import LearningOut

router = APIRouter(prefix="/api/memory", tags=["memory"], responses=ERROR_RESPONSES)


@router.get("/learning", operation_id="getLearning")
async def get_learning(current: CurrentPersonDep) -> LearningOut:
    """Return whether learning is paused, and how many facts are current or waiting."""
    editor = FactEditor(current.life)
    return LearningOut(
        paused=editor.paused,
        current=len(editor.facts()),
        waiting=len(editor.facts(state="waiting")),
    )


@router.put("/learning", operation_id="changeLearning")
async def update_learning(asked: UpdateLearningRequest, current: CurrentPersonDep) -> LearningOut:
    """Pause or resume learning; what is said while it is paused is never learned from."""
    editor = FactEditor(current.life)
    await (editor.pause() if asked.paused else editor.resume())
    return await get_learning(current)
