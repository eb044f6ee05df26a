"""Blind reviews: judging pairs of answers without knowing whose they are."""

from fastapi import APIRouter

from tau.server.auth import AppStateDep, CredentialDep
from tau.server.release_presenters import review_out
from tau.server.requests.releases import StartReviewRequest, VoteRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.releases import ReviewOut

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)


@router.post(
    "/api/studio/projects/{project_id}/reviews", operation_id="startReview", status_code=201
)
async def start_review(
    project_id: PathId, given: StartReviewRequest, opened: CredentialDep, app_state: AppStateDep
) -> ReviewOut:
    """Start to compare two methods blind, by their answers in the newest comparison of both.

    With `outside_test`, they answer examples outside the test first, which takes a while; what you
    prefer then can be trained on.
    """
    releases = app_state.studio.releases
    reviews, asked = releases.reviews, (given.first, given.second, given.count)
    if given.outside_test:
        review = await releases.pairs.start(opened.unlocked, project_id, *asked)
    else:
        review = await reviews.start(opened.unlocked, project_id, *asked)
    log, review = await reviews.find(opened.unlocked, project_id, review.event.id)
    return review_out(log, review)


@router.get("/api/studio/projects/{project_id}/reviews/{review_id}", operation_id="getReview")
async def get_review(
    project_id: PathId, review_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> ReviewOut:
    """Return a blind review with the next pair without a vote."""
    reviews = app_state.studio.releases.reviews
    return review_out(*await reviews.find(opened.unlocked, project_id, review_id))


@router.post("/api/studio/projects/{project_id}/reviews/{review_id}/votes", operation_id="castVote")
async def cast_vote(
    project_id: PathId,
    review_id: PathId,
    given: VoteRequest,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> ReviewOut:
    """Say which answer of a pair is better. A later vote for the same pair replaces it."""
    reviews = app_state.studio.releases.reviews
    await reviews.vote(opened.unlocked, project_id, review_id, given.example, given.choice)
    return review_out(*await reviews.find(opened.unlocked, project_id, review_id))


@router.post(
    "/api/studio/projects/{project_id}/reviews/{review_id}/reveal", operation_id="revealReview"
)
async def reveal_review(
    project_id: PathId, review_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> ReviewOut:
    """Tell whose answers were preferred, with the sign test. Later votes don't count."""
    reviews = app_state.studio.releases.reviews
    await reviews.reveal(opened.unlocked, project_id, review_id)
    return review_out(*await reviews.find(opened.unlocked, project_id, review_id))
