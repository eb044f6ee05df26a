"""The OpenAPI description: complete enough to generate a client from."""

import json
import re
from typing import Any, get_args

import pytest
from fastapi import FastAPI

from tau.companion.events import Event
from tau.server.openapi_schema import event_schemas

pytestmark = pytest.mark.anyio


@pytest.fixture
async def schema(api: FastAPI) -> dict[str, Any]:
    return api.openapi()


def _operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for methods in schema["paths"].values() for one in methods.values()]


async def test_operations_have_short_names_of_their_own(schema: dict[str, Any]) -> None:
    names = [one["operationId"] for one in _operations(schema)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z][A-Za-z]{2,30}", name) for name in names)


async def test_operations_are_told_and_sorted(schema: dict[str, Any]) -> None:
    known = {tag["name"] for tag in schema["tags"]}
    for one in _operations(schema):
        assert one["description"]
        assert set(one["tags"]) <= known


async def test_every_response_is_typed(schema: dict[str, Any]) -> None:
    for one in _operations(schema):
        for status, response in one["responses"].items():
            if status in ("204", "303"):  # they have no body
                continue
            for content in response["content"].values():
                assert content["schema"], f"{one['operationId']} {status}"
        assert {"401", "404", "429"} <= set(one["responses"])


async def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(schema)):
        assert name in schema["components"]["schemas"], name


async def test_events_are_one_union_told_apart_by_type(schema: dict[str, Any]) -> None:
    union = schema["components"]["schemas"]["TurnEvent"]
    tags = {one.__struct_config__.tag for one in get_args(Event)}
    assert union["discriminator"]["propertyName"] == "type"
    assert set(union["discriminator"]["mapping"]) == tags
    for one in get_args(Event):
        shape = schema["components"]["schemas"][one.__name__]
        assert set(shape["properties"]) == {"type", *one.__struct_fields__}
        assert {"type", "id"} <= set(shape["required"])


async def test_the_schemas_of_events_are_not_shadowed_by_others(schema: dict[str, Any]) -> None:
    for name, one in event_schemas().items():
        assert schema["components"]["schemas"][name] == one


async def test_doors_without_a_lock_are_few(schema: dict[str, Any]) -> None:
    open_doors = {one["operationId"] for one in _operations(schema) if one.get("security") == []}
    signing_in = {"signIn", "recover", "redeemLink", "acceptInvitation"}
    at_provider = {"getProvider", "signInAtProvider", "returnFromProvider"}
    assert open_doors == {*signing_in, *at_provider, "getStatus", "listHelpLines"}
    assert set(schema["components"]["securitySchemes"]) == {"cookie", "bearer"}
