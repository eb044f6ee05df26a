"""Forgetting: previewing and erasing a period, a conversation, an import, messages or facts."""

from fastapi import APIRouter

from tau.memory.erasure_plan import ErasurePlan
from tau.memory.erasure_request import ErasureRequest
from tau.server.auth import AppStateDep, CurrentPerson, CurrentPersonDep
from tau.server.erasure_preview import ErasurePreview
from tau.server.requests.forgetting import ForgetRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.schemas.forgetting import ForgetOut, ForgetPreviewItem
from tau.server.state import AppState

router = APIRouter(prefix="/api/memory", tags=["memory"], responses=ERROR_RESPONSES)


@router.post("/forget", operation_id="forget")
async def forget(
    asked: ForgetRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> ForgetOut:
    """Forget a period, a conversation, an import, messages or facts for good.

    What repeats them is erased too. With `dry_run`, only list what would be erased.
    """
    if asked.import_id is not None:
        written = app_state.imports.journal_id(current.life.person, asked.import_id)
        asked = asked.model_copy(update={"import_id": written})
    request = erasure_request(current, asked)
    result = await erase(current, app_state, request, dry_run=asked.dry_run)
    if asked.import_id is not None and not asked.dry_run:
        await app_state.imports.forget(current.life.person, asked.import_id)
    return result


async def erase(
    current: CurrentPerson, app_state: AppState, request: ErasureRequest, *, dry_run: bool = False
) -> ForgetOut:
    """Erase what `request` names and return what was erased; with `dry_run`, what would be."""
    plan = await app_state.companion.forget(current.life, request, dry_run=dry_run)
    if not dry_run:
        return _forget_out(plan, [], dry_run=False)
    preview = ErasurePreview(current.life.memory, request, current.message)
    plan = preview.without_care(plan)
    return _forget_out(plan, list(preview.items(plan)), dry_run=True)


def erasure_request(current: CurrentPerson, asked: ForgetRequest) -> ErasureRequest:
    """Return what `asked` names. Raises `NotFound` for what this credential may not see."""
    if asked.conversation is not None:
        current.require_visible(asked.conversation)
    return ErasureRequest(
        messages=tuple(current.message(each).id for each in asked.messages or ()),
        facts=tuple(asked.facts or ()),
        artifacts=tuple(asked.artifacts or ()),
        attachments=tuple(asked.attachments or ()),
        conversation=asked.conversation,
        import_id=asked.import_id,
        since=asked.since,
        until=asked.until,
    )


def _forget_out(
    erasure: ErasurePlan, preview: list[ForgetPreviewItem], *, dry_run: bool
) -> ForgetOut:
    return ForgetOut(
        dry_run=dry_run,
        messages=len(erasure.messages),
        replies=len(erasure.replies),
        facts=len(erasure.facts),
        titles=len(erasure.titles),
        conversations=len(erasure.conversations),
        elsewhere=len(erasure.elsewhere),
        answers=len(erasure.answers),
        artifacts=len(erasure.artifacts),
        attachments=len(erasure.files),
        preview=preview,
    )
