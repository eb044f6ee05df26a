"""Answers have every field that the types of OpenAI's client demand.

The client itself is lenient: a field that is missing is `None` until somebody uses it.
"""

from typing import Any

import pytest
from openai import AsyncOpenAI
from openai.types import (
    EvalCreateResponse,
    EvalDeleteResponse,
    EvalListResponse,
    EvalRetrieveResponse,
    EvalUpdateResponse,
    FileDeleted,
    FileObject,
    Upload,
)
from openai.types.evals import (
    RunCancelResponse,
    RunCreateResponse,
    RunDeleteResponse,
    RunListResponse,
    RunRetrieveResponse,
)
from openai.types.evals.runs import OutputItemListResponse, OutputItemRetrieveResponse
from openai.types.fine_tuning.alpha import GraderRunResponse, GraderValidateResponse
from openai.types.uploads import UploadPart
from pydantic import BaseModel, ValidationError

from tau.models.scripted import gate

from ..conftest import Person
from .made_evals import EXACT, SCHEMA, asking, row, wait_for_end

pytestmark = pytest.mark.anyio
NULL_AT_OPENAI_TOO = {
    ("error",),  # of a run that didn't fail
    ("sample", "error"),
    ("sample", "max_completion_tokens"),  # what wasn't asked for
    ("sample", "seed"),
    ("sample", "temperature"),
    ("sample", "top_p"),
}


def require_shape(kind: type[BaseModel], value: dict[str, Any]) -> None:
    """Fail if a field that `kind` demands is missing, or of another type."""
    try:
        kind.model_validate(value)
    except ValidationError as error:
        wrong = [
            each
            for each in error.errors()
            if each["input"] is not None or each["loc"] not in NULL_AT_OPENAI_TOO
        ]
        assert wrong == []


async def ask(person: Person, method: str, path: str, status: int = 200, **rest: Any) -> Any:
    answer = await person.client.request(method, path, **rest)
    assert answer.status_code == status, answer.text
    return answer.json()


def require_page(kind: type[BaseModel], page: dict[str, Any]) -> None:
    assert page["object"] == "list"
    assert page.keys() == {"object", "data", "first_id", "last_id", "has_more"}
    assert page["data"]
    assert (page["first_id"], page["last_id"]) == (page["data"][0]["id"], page["data"][-1]["id"])
    for each in page["data"]:
        require_shape(kind, each)


async def test_files_and_uploads(owner: Person) -> None:
    form = {"data": {"purpose": "fine-tune"}, "files": {"file": ("a.jsonl", b"{}")}}
    file = await ask(owner, "POST", "/v1/files", **form)
    require_shape(FileObject, file)
    require_shape(FileObject, await ask(owner, "GET", f"/v1/files/{file['id']}"))
    require_page(FileObject, await ask(owner, "GET", "/v1/files"))
    require_shape(FileDeleted, await ask(owner, "DELETE", f"/v1/files/{file['id']}"))
    given = {"bytes": 1, "filename": "a", "mime_type": "text/plain", "purpose": "batch"}
    upload = await ask(owner, "POST", "/v1/uploads", json=given)
    require_shape(Upload, upload)
    path = f"/v1/uploads/{upload['id']}"
    part = await ask(owner, "POST", f"{path}/parts", files={"data": b"x"})
    require_shape(UploadPart, part)
    done = await ask(owner, "POST", f"{path}/complete", json={"part_ids": [part["id"]]})
    require_shape(Upload, done)
    require_shape(FileObject, done["file"])
    other = await ask(owner, "POST", "/v1/uploads", json=given)
    require_shape(Upload, await ask(owner, "POST", f"/v1/uploads/{other['id']}/cancel"))


async def test_graders(owner: Person) -> None:
    path = "/v1/fine_tuning/alpha/graders"
    multi = {
        "type": "multi",
        "name": "m",
        "graders": {"a": EXACT},
        "calculate_output": "a",
    }
    for grader in (EXACT, multi):
        for sample in ("x", "{"):
            given = {"grader": grader, "model_sample": sample, "item": {"answer": "x"}}
            require_shape(GraderRunResponse, await ask(owner, "POST", f"{path}/run", json=given))
    valid = await ask(owner, "POST", f"{path}/validate", json={"grader": EXACT})
    require_shape(GraderValidateResponse, valid)


async def test_evals(owner: Person) -> None:
    given = {
        "name": "Desk",
        "data_source_config": {"type": "custom", "item_schema": SCHEMA},
        "testing_criteria": [EXACT],
    }
    made = await ask(owner, "POST", "/v1/evals", 201, json=given)
    require_shape(EvalCreateResponse, made)
    path = f"/v1/evals/{made['id']}"
    require_shape(EvalRetrieveResponse, await ask(owner, "GET", path))
    require_shape(EvalUpdateResponse, await ask(owner, "POST", path, json={"name": "New"}))
    require_page(EvalListResponse, await ask(owner, "GET", "/v1/evals"))
    require_shape(EvalDeleteResponse, await ask(owner, "DELETE", path))


async def test_runs_and_results(owner: Person, client: AsyncOpenAI) -> None:
    given = {
        "data_source_config": {"type": "custom", "item_schema": SCHEMA},
        "testing_criteria": [EXACT],
    }
    made = await ask(owner, "POST", "/v1/evals", 201, json=given)
    path = f"/v1/evals/{made['id']}/runs"
    rows = [row("[[say a]]", "a"), row("[[nonsense]]", "a")]
    run = await ask(owner, "POST", path, 201, json={"data_source": asking(*rows)})
    require_shape(RunCreateResponse, run)
    await wait_for_end(client, made["id"], run["id"])
    ended = await ask(owner, "GET", f"{path}/{run['id']}")
    require_shape(RunRetrieveResponse, ended)
    assert ended["per_model_usage"]
    assert ended["per_testing_criteria_results"]
    require_page(RunListResponse, await ask(owner, "GET", path))
    items = await ask(owner, "GET", f"{path}/{run['id']}/output_items")
    require_page(OutputItemListResponse, items)
    assert {each["status"] for each in items["data"]} == {"pass", "error"}
    item = f"{path}/{run['id']}/output_items/{items['last_id']}"
    require_shape(OutputItemRetrieveResponse, await ask(owner, "GET", item))
    other = await ask(owner, "POST", path, 201, json={"data_source": asking(row("[[pause]]", "a"))})
    await gate.reached()
    canceled = await ask(owner, "POST", f"{path}/{other['id']}/cancel")
    require_shape(RunCancelResponse, canceled)
    require_shape(RunDeleteResponse, await ask(owner, "DELETE", f"{path}/{run['id']}"))


async def test_the_address_of_a_report_answers(owner: Person, client: AsyncOpenAI) -> None:
    given = {
        "data_source_config": {"type": "custom", "item_schema": SCHEMA},
        "testing_criteria": [EXACT],
    }
    made = await ask(owner, "POST", "/v1/evals", 201, json=given)
    source = {"data_source": asking(row("[[say a]]", "a"))}
    run = await ask(owner, "POST", f"/v1/evals/{made['id']}/runs", 201, json=source)
    assert (await ask(owner, "GET", run["report_url"]))["id"] == run["id"]
