"""Projects of the studio: their examples, and what people decide about them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from tau.server.auth import AppStateDep, CredentialDep
from tau.server.requests.studio import (
    AddExamplesQuery,
    ChooseGraderRequest,
    DecideExamplesRequest,
    EditExampleRequest,
    FreezeTestRequest,
    ProjectRequest,
    WithdrawExamplesRequest,
)
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.imports import UPLOAD, read_body
from tau.server.routes.parameters import PathId
from tau.server.schemas.studio import (
    AddedFileOut,
    CheckOut,
    ExampleOut,
    ProjectList,
    ProjectOut,
)
from tau.server.studio_presenters import check_out, example_out, project_out, source_out
from tau.studio.examples.example import ExampleMessage
from tau.transfer.uploads import receive_upload

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)


@router.get("/api/studio/projects", operation_id="listProjects")
async def list_projects(opened: CredentialDep, app_state: AppStateDep) -> ProjectList:
    """List your projects, the one that changed last first."""
    projects = await app_state.studio.projects.all(opened.unlocked)
    return ProjectList(projects=[project_out(each) for each in projects])


@router.post("/api/studio/projects", operation_id="createProject", status_code=201)
async def create_project(
    given: ProjectRequest, opened: CredentialDep, app_state: AppStateDep
) -> ProjectOut:
    """Create a project."""
    log = await app_state.studio.projects.create(opened.unlocked, given.name)
    return project_out(log.project)


@router.get("/api/studio/projects/{project_id}", operation_id="getProject")
async def get_project(
    project_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> ProjectOut:
    """Return a project with its sources."""
    log = await app_state.studio.projects.open(opened.unlocked, project_id)
    return project_out(log.project, sources=True)


@router.patch("/api/studio/projects/{project_id}", operation_id="renameProject")
async def rename_project(
    project_id: PathId, given: ProjectRequest, opened: CredentialDep, app_state: AppStateDep
) -> ProjectOut:
    """Rename a project."""
    log = await app_state.studio.projects.rename(opened.unlocked, project_id, given.name)
    return project_out(log.project)


@router.delete("/api/studio/projects/{project_id}", operation_id="removeProject", status_code=204)
async def remove_project(project_id: PathId, opened: CredentialDep, app_state: AppStateDep) -> None:
    """Erase a project for good, with everything in it."""
    await app_state.studio.remove(opened.unlocked, project_id)


@router.post(
    "/api/studio/projects/{project_id}/files",
    operation_id="addExamples",
    status_code=201,
    openapi_extra=UPLOAD,
)
async def add_examples(
    request: Request,
    project_id: PathId,
    opened: CredentialDep,
    app_state: AppStateDep,
    about: Annotated[AddExamplesQuery, Query()],
) -> AddedFileOut:
    """Add the examples of a file: JSON Lines in OpenAI's chat shape, CSV, TSV or XLSX.

    Lines that can't be read are returned with the reason, and the others are added. Examples that
    the project has already are not added again.
    """
    await app_state.studio.projects.open(opened.unlocked, project_id)  # before anything is sent
    file = await receive_upload(read_body(request), app_state.settings.home)
    with file:
        done = await app_state.studio.add_file(
            opened.unlocked, project_id, about.name, file, about.options()
        )
    source = source_out(done.source, done.added + done.known, done.problems)
    return AddedFileOut(source=source, added=done.added, known=done.known)


@router.patch("/api/studio/projects/{project_id}/examples/{example_id}", operation_id="editExample")
async def edit_example(
    project_id: PathId,
    example_id: PathId,
    given: EditExampleRequest,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> ExampleOut:
    """Change an example. One of the frozen test can't be changed: the answer is 409."""
    messages = [ExampleMessage(each.role, each.content, each.weight) for each in given.messages]
    await app_state.studio.edit(opened.unlocked, project_id, example_id, messages)
    project = (await app_state.studio.projects.open(opened.unlocked, project_id)).project
    return example_out(project, project.examples[example_id])


@router.post("/api/studio/projects/{project_id}/decisions", operation_id="decideExamples")
async def decide_examples(
    project_id: PathId,
    given: DecideExamplesRequest,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> ProjectOut:
    """Keep examples in which a check found something, or leave them out."""
    project = await app_state.studio.decide(
        opened.unlocked, project_id, given.examples, given.decision
    )
    return project_out(project)


@router.post("/api/studio/projects/{project_id}/withdrawals", operation_id="withdrawExamples")
async def withdraw_examples(
    project_id: PathId,
    given: WithdrawExamplesRequest,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> ProjectOut:
    """Erase examples for good, and mark the comparisons that were made with them."""
    project = await app_state.studio.withdraw(opened.unlocked, project_id, given.examples)
    return project_out(project)


@router.get("/api/studio/projects/{project_id}/check", operation_id="checkExamples")
async def check_examples(
    project_id: PathId, opened: CredentialDep, app_state: AppStateDep
) -> CheckOut:
    """Check the examples: duplicates, contradictions, leakage, personal data and more."""
    return check_out(await app_state.studio.check(opened.unlocked, project_id))


@router.post("/api/studio/projects/{project_id}/test", operation_id="freezeTest")
async def freeze_test(
    project_id: PathId,
    given: FreezeTestRequest,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> ProjectOut:
    """Put examples aside as the test, for good. No method ever learns from them."""
    if given.source is not None:
        return project_out(
            await app_state.studio.freeze_source(opened.unlocked, project_id, given.source)
        )
    project = await app_state.studio.freeze_test(
        opened.unlocked, project_id, given.count, given.seed
    )
    return project_out(project)


@router.put("/api/studio/projects/{project_id}/grader", operation_id="chooseGrader")
async def choose_grader(
    project_id: PathId,
    given: ChooseGraderRequest,
    opened: CredentialDep,
    app_state: AppStateDep,
) -> ProjectOut:
    """Choose how answers are judged: a grader in OpenAI's shape, or one of Tau's own types."""
    project = await app_state.studio.choose_grader(opened.unlocked, project_id, given.grader)
    return project_out(project)
