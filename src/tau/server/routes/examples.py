"""Examples of a project: looked for, and the columns of a table before it's added."""

from collections.abc import Iterator
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request

from tau.server.auth import AppStateDep, CredentialDep
from tau.server.pagination import page_after
from tau.server.requests.studio import ListExamplesQuery
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.imports import UPLOAD, read_body
from tau.server.routes.parameters import PathId
from tau.server.schemas.studio import ColumnsOut, ExampleList
from tau.server.studio_presenters import example_out
from tau.studio.examples.example import Example
from tau.studio.examples.reading import read_columns
from tau.studio.project import Project
from tau.transfer.uploads import receive_upload

router = APIRouter(tags=["studio"], responses=ERROR_RESPONSES)


@router.get("/api/studio/projects/{project_id}/examples", operation_id="listExamples")
async def list_examples(
    project_id: PathId,
    opened: CredentialDep,
    app_state: AppStateDep,
    asked: Annotated[ListExamplesQuery, Query()],
) -> ExampleList:
    """List the examples of a project in their order.

    Those with one of the `id`s, of a `source`, and that contain the words `q`; without these, all.
    """
    project = (await app_state.studio.projects.open(opened.unlocked, project_id)).project
    shown = list(_matching(_chosen(project, asked), asked))
    page, following = page_after(shown, asked.after, asked.limit, lambda example: example.id)
    return ExampleList(
        examples=[example_out(project, each) for each in page], next=following, total=len(shown)
    )


@router.post(
    "/api/studio/projects/{project_id}/columns",
    operation_id="readColumns",
    openapi_extra=UPLOAD,
)
async def list_columns(
    request: Request,
    project_id: PathId,
    opened: CredentialDep,
    app_state: AppStateDep,
    name: Annotated[str, Query(max_length=200)] = "examples",
    sheet: Annotated[str, Query(max_length=200)] = "",
) -> ColumnsOut:
    """Return the names of a table's columns, without adding anything.

    The beginning of a table in text is enough; a spreadsheet must be whole. A file of chats has no
    columns.
    """
    await app_state.studio.projects.open(opened.unlocked, project_id)  # before anything is sent
    file = await receive_upload(read_body(request), app_state.settings.home)
    with file:
        columns = await anyio.to_thread.run_sync(lambda: read_columns(name, file, sheet=sheet))
    return ColumnsOut(columns=[each.strip() for each in columns])


def _chosen(project: Project, asked: ListExamplesQuery) -> list[Example]:
    if asked.only == "train":
        return project.train
    if asked.only == "test":
        return project.test
    if asked.only == "left out":
        return [each for each in project.examples.values() if each.id in project.left_out]
    if asked.only == "waiting":
        return [each for each in project.examples.values() if each.id in project.waiting]
    return list(project.examples.values())


def _matching(examples: list[Example], asked: ListExamplesQuery) -> Iterator[Example]:
    ids, words = set(asked.id or ()), asked.q.strip().casefold()
    for each in examples:
        if asked.id is not None and each.id not in ids:
            continue
        if asked.source is not None and each.source != asked.source:
            continue
        if not words or any(words in said.content.casefold() for said in each.messages):
            yield each
