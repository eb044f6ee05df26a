"""Failures: a status and one sentence in the API's format, without what was said."""

import inspect
import json
import logging
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tau import errors
from tau.errors import UNEXPECTED
from tau.server import errors as server_errors
from tau.server.errors import error_body, format_of, status_of, validation_sentence

from .conftest import Person

pytestmark = pytest.mark.anyio
SECRET = "my heart is in the highlands"


def _all_errors() -> list[type[errors.TauError]]:
    found = [one for _, one in inspect.getmembers(errors, inspect.isclass)]
    return [one for one in found if issubclass(one, errors.TauError)]


def _made(kind: type[errors.TauError]) -> errors.TauError:
    return errors.DamagedEntry(1, "x") if kind is errors.DamagedEntry else kind("A sentence.")


@pytest.mark.parametrize("kind", _all_errors())
def test_every_error_has_a_status_and_a_code(kind: type[errors.TauError]) -> None:
    status, code = status_of(_made(kind))
    assert 400 <= status <= 599
    assert code.isidentifier()


def test_every_code_is_told_with_its_one_status() -> None:
    source = Path(server_errors.__file__).parent
    written = "".join(path.read_text("utf-8") for path in source.rglob("*.py"))
    kinds = {
        (code, int(status)) for status, code in re.findall(r'ErrorStatus\((\d+), "(\w+)"', written)
    }
    kinds |= {(code, status) for status, code in server_errors._CODES.items()}
    for status, code in (status_of(_made(kind)) for kind in _all_errors()):
        kinds.add((code, status))
    assert len(kinds) == len({code for code, _ in kinds}), "a code has one status"
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    told = {(code, int(status)) for code, status in re.findall(r"\| `(\w+)` \| (\d+) \|", page)}
    assert told == kinds
    assert "| `refused` | any other |" in page


def test_statuses_tell_what_to_do() -> None:
    assert status_of(errors.NotFound("")).status == 404
    assert status_of(errors.NotSignedIn("")).status == 401
    assert status_of(errors.NotPermitted("")).status == 403
    assert status_of(errors.TooManyRequests("")).status == 429
    assert status_of(errors.SequenceConflict("")).status == 409
    assert status_of(errors.StoreFull("")).status == 507
    assert status_of(errors.StoreUnavailable("")).status == 503
    assert status_of(errors.SettingsError("")).status == 400


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("/api/me", "tau"),
        ("/status", "tau"),
        ("/v1/models", "openai"),
        ("/v1/chat/completions", "openai"),
        ("/v1/chat/attributes", "inflection"),
        ("/v1/discovery/configs", "inflection"),
        ("/external/api/inference", "inflection"),
    ],
)
def test_each_door_has_its_own_shape(path: str, shape: str) -> None:
    assert format_of(path) == shape


def test_the_shapes_of_errors() -> None:
    assert error_body("tau", 404, "not_found", "No.") == {
        "error": {"code": "not_found", "sentence": "No."}
    }
    assert error_body("inflection", 404, "not_found", "No.") == {"detail": "No."}
    assert error_body("openai", 404, "not_found", "No.")["error"] == {
        "message": "No.",
        "type": "not_found_error",
        "param": None,
        "code": "not_found",
    }


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            {"loc": ("body", "words"), "type": "missing", "msg": "Field required"},
            "The field `words` is missing.",
        ),
        ({"loc": ("body",), "type": "missing", "msg": "Field required"}, "The body is missing."),
        (
            {"loc": ("body", 3), "type": "json_invalid", "msg": "JSON decode error"},
            "The body of this request is not valid JSON.",
        ),
        (
            {"loc": ("query", "limit"), "type": "int_parsing", "msg": "Input should be an integer"},
            "The field `limit` cannot be used: input should be an integer.",
        ),
        (
            {"loc": ("body", "at"), "type": "value_error", "msg": "Value error, no such day"},
            "The field `at` cannot be used: no such day.",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence(found: dict[str, object], sentence: str) -> None:
    assert validation_sentence([found]) == sentence


async def test_a_wrong_body_is_told_without_repeating_it(owner: Person) -> None:
    conversation = await owner.begin()
    for body in ({"words": [SECRET]}, {"words": "", "x": SECRET}, [SECRET], {"turn": SECRET}):
        response = await owner.client.post(f"/api/conversations/{conversation}/turns", json=body)
        assert response.status_code == 422
        assert SECRET not in response.text
        assert response.json()["error"]["sentence"].endswith(".")


async def test_broken_json_is_told(owner: Person) -> None:
    response = await owner.client.post(
        "/api/search", content=b'{"query": ', headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 422
    assert "valid JSON" in response.json()["error"]["sentence"]


@pytest.mark.parametrize("text", ["\\ud800", "\\u0000", " "])
async def test_text_that_is_none_is_refused(owner: Person, text: str) -> None:
    conversation = await owner.begin()
    response = await owner.client.post(
        f"/api/conversations/{conversation}/turns",
        content=b'{"words": "%s"}' % text.encode(),
        headers={"Content-Type": "application/json"},
    )
    assert response.status_code == 422


async def test_nowhere_and_wrong_methods(anonymous: httpx.AsyncClient) -> None:
    nowhere = await anonymous.get("/api/nowhere")
    assert (nowhere.status_code, nowhere.json()["error"]["code"]) == (404, "not_found")
    wrong = await anonymous.put("/status")
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (405, "method_not_allowed")
    assert "GET" in wrong.headers["allow"]


async def test_what_nobody_foresaw_is_recorded_without_what_was_said(
    api: FastAPI, anonymous: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    @api.get("/api/broken")
    async def broken() -> None:
        raise RuntimeError(SECRET)

    with caplog.at_level(logging.ERROR):
        response = await anonymous.get("/api/broken")
    assert response.status_code == 500
    assert response.json() == {"error": {"code": "internal", "sentence": UNEXPECTED}}
    assert "RuntimeError" in caplog.text
    assert "test_errors.py" in caplog.text
    assert SECRET not in caplog.text


async def test_too_many_says_when_to_come_back(api: FastAPI, anonymous: httpx.AsyncClient) -> None:
    @api.get("/api/busy")
    async def busy() -> None:
        raise errors.TooManyRequests("Slow down.", retry_after_seconds=2.5)

    response = await anonymous.get("/api/busy")
    assert (response.status_code, response.headers["retry-after"]) == (429, "3")


async def test_a_full_disk_is_told(api: FastAPI, anonymous: httpx.AsyncClient) -> None:
    @api.get("/api/full")
    async def full() -> None:
        raise errors.StoreFull("The disk is full.")

    response = await anonymous.get("/api/full")
    assert response.status_code == 507
    assert json.loads(response.content)["error"]["sentence"] == "The disk is full."
