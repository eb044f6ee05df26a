"""Comparisons of methods on the frozen test of a project."""

from fastapi import APIRouter

from tau.errors import NotFound
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.requests.studio import CompareRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.studio import (
    ComparisonJobOut,
    ComparisonList,
    ComparisonOut,
    GradedAnswerList,
)
from tau.server.studio_presenters import answer_out, comparison_job_out, comparison_out
from tau.studio.events import ComparisonFinished
from tau.studio.project import Project

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)


@router.post(
    "/api/studio/projects/{project_id}/comparisons",
    operation_id="compareMethods",
    status_code=202,
)
async def compare_methods(
    project_id: PathId,
    given: CompareRequest,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> ComparisonJobOut:
    """Start to compare methods on the frozen test, cheapest first.

    `model` answers the prompts, by default the one that answers chats. Without `methods`, all that
    apply are tried, and those left out that the test couldn't show to be better.
    """
    job = await app_state.studio.compare(
        opened.unlocked,
        project_id,
        model=given.model or "",
        methods=given.methods or (),
        tuned=given.tuned,
    )
    return comparison_job_out(job)


@router.get("/api/studio/projects/{project_id}/comparisons", operation_id="listComparisons")
async def list_comparisons(
    project_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> ComparisonList:
    """List the comparisons of a project, newest first, and those that run."""
    log = await app_state.studio.projects.open(opened.unlocked, project_id)
    jobs = await app_state.studio.comparisons.of_project(opened.unlocked, project_id)
    return ComparisonList(
        comparisons=[comparison_out(each) for each in reversed(log.project.comparisons)],
        jobs=[comparison_job_out(each) for each in jobs],
    )


@router.delete(
    "/api/studio/projects/{project_id}/comparisons/{job_id}", operation_id="stopComparison"
)
async def stop_comparison(
    project_id: PathId, job_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> ComparisonJobOut:
    """Stop a comparison that runs; nothing of it is kept."""
    await app_state.studio.projects.open(opened.unlocked, project_id)
    job = await app_state.studio.comparisons.stop(opened.unlocked, project_id, job_id)
    return comparison_job_out(job)


@router.get(
    "/api/studio/projects/{project_id}/comparisons/{comparison_id}", operation_id="getComparison"
)
async def get_comparison(
    project_id: PathId, comparison_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> ComparisonOut:
    """Return a comparison."""
    log = await app_state.studio.projects.open(opened.unlocked, project_id)
    return comparison_out(_find(log.project, comparison_id))


@router.get(
    "/api/studio/projects/{project_id}/comparisons/{comparison_id}/answers/{method}",
    operation_id="listAnswers",
)
async def list_answers(
    project_id: PathId,
    comparison_id: PathId,
    method: PathId,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> GradedAnswerList:
    """List what a method answered, beside what it should have answered."""
    project = (await app_state.studio.projects.open(opened.unlocked, project_id)).project
    for each in _find(project, comparison_id).result.methods:
        if each.name == method:
            return GradedAnswerList(
                method=method,
                answers=[
                    answer_out(answer, project.examples[answer.example].answer)
                    for answer in each.answers
                    if answer.example in project.examples
                ],
            )
    raise NotFound("There is no such method in this comparison.")


def _find(project: Project, comparison_id: str) -> ComparisonFinished:
    for each in project.comparisons:
        if each.id == comparison_id:
            return each
    raise NotFound("There is no such comparison.")
