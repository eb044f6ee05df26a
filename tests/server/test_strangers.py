"""Another person's data does not exist: on every route, by every id."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from tau.journal.entries import FileImported
from tau.models.scripted import gate
from tests.experts.sketch.briefs import small_plan

from .conftest import Person

pytestmark = pytest.mark.anyio
METHODS = {"get", "post", "put", "patch", "delete"}
NOT_PERSONAL = {"name", "alias", "expert"}  # models and specialists belong to nobody
GIVEN = {
    "type": "jsonl",
    "source": {"type": "file_content", "content": [{"item": {"what": "a secret"}}]},
}
BODIES: dict[str, Any] = {
    "lendConversations": {"conversations": ["x"]},
    "createCheckpointPermissions": {"project_ids": ["x"]},
    "keepMethod": {"method": "classifier"},
    "releaseModel": {"model": "x", "alias": "x", "share": 0},
    "changeReleaseShare": {"model": "x", "share": 10},
    "startReview": {"first": "x", "second": "y"},
    "readAnswers": {"model": "x", "examples": ["x"]},
    "castVote": {"example": "x", "choice": "left"},
    "tryGate": {"model": "x"},
    "renderRun": {"kind": "local", "place": 'run_folder = "/runs"\nbase = "/base.gguf"'},
    "addMessage": {"text": "x"},
    "changeKey": {"limits": {"requests_per_minute": 1}},
    "saveForm": {"version": "x"},
    "saveDocument": {"after": "x"},
    "decideEdits": {"decision": "accepted", "edits": ["x"]},
    "editPlan": {"after": "x", "words": "x"},
    "choosePlan": {"after": "x", "version": "x"},
    "reviseArtifact": {"after": "x", "content": "1"},
    "undoArtifact": {"after": "x"},
    "beginTurn": {"words": "x"},
    "renamePerson": {"name": "Mine"},
    "changeConversation": {"title": "Mine"},
    "correctFact": {"text": "Mine"},
    "renameProject": {"name": "Mine"},
    "editExample": {
        "messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "Mine"}]
    },
    "decideExamples": {"examples": ["an-example"], "decision": "keep"},
    "withdrawExamples": {"examples": ["an-example"]},
    "chooseGrader": {"grader": {"type": "exact"}},
    "completeUpload": {"part_ids": ["a-part"]},
    "createEvalRun": {"data_source": GIVEN},
}


def _operations(api: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.openapi()["paths"].items():
        for method, operation in methods.items():
            if method in METHODS:
                yield path, method, operation


def _in_path(operation: dict[str, Any]) -> list[str]:
    return [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]


@pytest.fixture
async def belongings(owner: Person, api: FastAPI) -> dict[str, str]:
    """One of everything that the owner has, by the names that routes use for them."""
    conversation = await owner.begin()
    begun = await owner.post(
        f"/api/conversations/{conversation}/turns", {"words": "[[pause]] a secret of the owner"}
    )
    await gate.reached()
    key = await owner.post("/api/keys", {"label": "mine"})
    life = await api.state.app_state.lives.open(owner.unlocked)
    await life.append(FileImported(at=1.0, id="an-import", origin="chatgpt", finished=True))
    told = await owner.post("/api/memory/facts", {"text": "Where the secret lies"})
    checkin = await owner.post("/api/experts/care/checkins", {"mood": 2, "words": "a secret"})
    values = {"why": "a secret"}
    sent = await owner.client.post(
        "/api/attachments", params={"name": "a secret.txt"}, content=b"a secret of the owner"
    )
    form = await owner.post("/api/experts/care/forms", {"exercise": "gratitude", "values": values})
    asked = {"type": "document", "content": '"a secret"'}
    artifact = await owner.post("/api/artifacts", asked)
    document = await owner.post("/api/experts/writing/documents", {"markdown": "a secret"})
    drawn = msgspec.json.encode(small_plan()).decode()
    asked = {"type": "plan", "content": drawn, "expert": "sketch", "title": "a secret"}
    plan = await owner.post("/api/artifacts", asked)
    project = await owner.post("/api/studio/projects", {"name": "A secret project"})
    file = await owner.client.post(
        "/v1/files", data={"purpose": "evals"}, files={"file": ("secret.txt", b"a secret")}
    )
    upload = await owner.post(
        "/v1/uploads",
        {"bytes": 1, "filename": "secret", "mime_type": "text/plain", "purpose": "evals"},
    )
    criterion = {"type": "exact", "input": "{{item.what}}", "reference": "a secret"}
    made = await owner.post(
        "/v1/evals",
        {
            "name": "A secret eval",
            "data_source_config": {"type": "custom", "item_schema": {"type": "object"}},
            "testing_criteria": [criterion],
        },
    )
    run = await owner.post(f"/v1/evals/{made['id']}/runs", {"data_source": GIVEN})
    return {
        "project_id": project["id"],
        "file_id": file.json()["id"],
        "eval_id": made["id"],
        "run_id": run["id"],
        "output_item_id": "an-item",
        "upload_id": upload["id"],
        "example_id": "an-example",
        "comparison_id": "a-comparison",
        "job_id": "a-comparison",
        "method": "baseline",
        "conversation_id": conversation,
        "message_id": begun["message"],
        "turn_id": begun["turn"],
        "person_id": owner.unlocked.person.id,
        "session_id": owner.unlocked.slot.id,
        "key_id": key["item"]["id"],
        "fact_id": told["facts"][0]["id"],
        "import_id": "an-import",
        "alias": "an-alias",
        "permission_id": "unknown",
        "fine_tuning_job_id": "unknown",
        "review_id": "a-review",
        "fine_tuned_model_checkpoint": "ft:a:tau:b:c:ckpt-step-1",
        "artifact_id": artifact["artifact"]["id"],
        "document_id": document["id"],
        "plan_id": plan["artifact"]["id"],
        "checkin_id": checkin["checkin"]["id"],
        "form_id": form["form"]["id"],
        "attachment_id": sent.json()["id"],
    }


async def test_no_route_knows_another_persons_things(
    api: FastAPI, belongings: dict[str, str], guest: Person
) -> None:
    tried = 0
    for path, method, operation in _operations(api):
        names = [name for name in _in_path(operation) if name not in NOT_PERSONAL]
        if not names:
            continue
        tried += 1
        address = path.format(**{name: belongings[name] for name in _in_path(operation)})
        for accept in ("application/json", "text/event-stream"):
            response = await guest.client.request(
                method,
                address,
                json=BODIES.get(operation["operationId"], {}),
                params={"model": "ft:a:tau:b:c"},  # what a few routes must be asked with
                headers={"Accept": accept},
            )
            assert response.status_code == 404, f"{method} {path}: {response.text}"
            assert "secret" not in response.text
    assert tried >= 15


async def test_nor_do_identifiers_in_bodies_queries_and_headers(
    belongings: dict[str, str], guest: Person
) -> None:
    conversation, message = belongings["conversation_id"], belongings["message_id"]
    mine = await guest.begin()
    words = [{"role": "user", "content": "x"}]
    chat = {"model": "tau", "messages": words}
    attempts: list[tuple[str, str, dict[str, Any]]] = [
        ("post", f"/api/conversations/{mine}/turns", {"json": {"words": "x", "edits": message}}),
        ("post", "/api/messages/forget", {"json": {"ids": [message]}}),
        ("post", "/api/memory/forget", {"json": {"messages": [message]}}),
        ("post", "/api/memory/forget", {"json": {"conversation": conversation}}),
        ("post", "/api/memory/forget", {"json": {"import_id": belongings["import_id"]}}),
        ("post", "/api/memory/facts/approve", {"json": {"ids": [belongings["fact_id"]]}}),
        ("get", "/api/conversations", {"params": {"after": conversation}}),
        ("get", f"/api/conversations/{mine}/messages", {"params": {"before": message}}),
        ("get", f"/api/conversations/{mine}/messages", {"params": {"after": message}}),
        ("get", f"/api/conversations/{mine}/messages", {"params": {"around": message}}),
        (
            "post",
            "/v1/chat/completions",
            {"json": chat, "headers": {"X-Tau-Conversation": conversation}},
        ),
        (
            "post",
            "/v1/chat/completions",
            {"json": {**chat, "metadata": {"conversation": conversation}}},
        ),
    ]
    for method, path, rest in attempts:
        response = await guest.client.request(method, path, **rest)
        assert response.status_code == 404, f"{path}: {response.text}"


async def test_nothing_of_another_person_is_searched_listed_or_exported(
    belongings: dict[str, str], guest: Person
) -> None:
    for path in (
        "/api/search?q=secret",
        "/api/conversations",
        "/api/memory/facts?state=all",
        "/api/memory/timeline",
        "/api/memory/profile",
        "/api/turns",
        "/api/export",
        "/api/export?format=markdown",
        "/api/keys",
        "/api/sessions",
        "/api/studio/projects",
        "/v1/files",
        "/v1/evals",
        "/api/experts/care/checkins",
        "/api/experts/care/forms",
        "/api/experts/care/safety-plan",
        "/api/experts/writing/style",
    ):
        text = (await guest.client.get(path)).text
        assert "secret" not in text
        assert not any(identifier in text for identifier in belongings.values())


async def test_the_same_turn_id_of_two_people_is_two_turns(
    belongings: dict[str, str], guest: Person
) -> None:
    conversation = await guest.begin()
    events = await guest.say(conversation, "[[say Mine]]", turn=belongings["turn_id"])
    assert events[0]["conversation"] == conversation


WITH_A_KEY = {  # what a program may ask for with an API key: the person's own memory and projects
    "addCheckIn",
    "addDocument",
    "addExamples",
    "addFact",
    "addMessage",
    "addStyleRule",
    "addUploadPart",
    "answerQuestionnaire",
    "approveFacts",
    "askForEdits",
    "assessWords",
    "attachFile",
    "beginConversation",
    "beginTurn",
    "cancelEvalRun",
    "cancelEvalRunAtItsAddress",
    "cancelFineTuningJob",
    "cancelRun",
    "cancelUpload",
    "castVote",
    "changeArtifact",
    "changeConversation",
    "changeLearning",
    "changeReleaseShare",
    "changeScope",
    "checkDocument",
    "checkKeptDocument",
    "choosePlan",
    "chooseGrader",
    "collectRun",
    "commitImport",
    "compareMethods",
    "completeUpload",
    "confirmFact",
    "correctFact",
    "createArtifact",
    "createChatCompletion",
    "createCheckpointPermissions",
    "createDocument",
    "createEmbeddings",
    "createEval",
    "createEvalRun",
    "createFile",
    "createFineTuningJob",
    "createImport",
    "createPlan",
    "createProject",
    "createUpload",
    "decideEdits",
    "decideExamples",
    "decideStyle",
    "deleteCheckpointPermission",
    "deleteEval",
    "deleteEvalRun",
    "deleteFile",
    "deleteOpenAIModel",
    "editExample",
    "editPlan",
    "endPrivateConversation",
    "eraseArtifact",
    "eraseConversation",
    "fillTemplate",
    "forget",
    "forgetAttachment",
    "forgetCheckIn",
    "forgetFact",
    "forgetForm",
    "forgetMessage",
    "forgetMessages",
    "freezeTest",
    "inflectionChatCompletion",
    "inflectionInference",
    "inflectionStreaming",
    "keepMethod",
    "lendConversations",
    "pauseFineTuningJob",
    "pauseRun",
    "planRun",
    "proposeEdits",
    "readAnswers",
    "readColumns",
    "rejectFact",
    "rejectFacts",
    "releaseModel",
    "rememberPlans",
    "removeProject",
    "removeRun",
    "removeStyleRule",
    "renameProject",
    "renderRun",
    "resumeFineTuningJob",
    "resumeRun",
    "retryTurn",
    "revealReview",
    "reviseArtifact",
    "rollBackRelease",
    "runGrader",
    "sampleStyle",
    "saveDocument",
    "saveForm",
    "scoreAttributes",
    "searchWith",
    "showMessage",
    "signOut",
    "startForm",
    "startOpenAIImport",
    "startReview",
    "stopComparison",
    "stopDocument",
    "stopImport",
    "stopOpenAIImport",
    "stopTurn",
    "tryGate",
    "tuneModel",
    "undoArtifact",
    "undoFact",
    "updateEval",
    "uploadDocument",
    "validateGrader",
    "withdrawExamples",
    "withdrawLent",
}


async def test_a_key_of_the_owner_acts_only_in_their_own_memory(
    api: FastAPI, owner: Person, make_client: Callable[..., httpx.AsyncClient]
) -> None:
    """A new route is refused to keys until it's named above."""
    client = make_client(owner.key)
    allowed = set()
    for path, method, operation in _operations(api):
        names = dict.fromkeys(_in_path(operation), "unknown")
        if method == "get" or operation.get("security") == []:
            continue
        response = await client.request(method, path.format(**names), json={})
        if response.status_code != 403:
            allowed.add(operation["operationId"])
    assert allowed == WITH_A_KEY


async def test_whoever_is_not_signed_in_gets_nowhere(
    api: FastAPI, belongings: dict[str, str], anonymous: httpx.AsyncClient
) -> None:
    for path, method, operation in _operations(api):
        if operation.get("security") == []:
            continue
        values = {name: belongings.get(name, "scripted") for name in _in_path(operation)}
        response = await anonymous.request(method, path.format(**values))
        assert response.status_code == 401, f"{method} {path}: {response.text}"
