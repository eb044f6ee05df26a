"""The OpenAPI description, complete enough to generate a client from.

Stream events are msgspec structs, encoded without pydantic: their schemas are derived from the
structs, so that the description always matches them.
"""

from typing import Any

import msgspec
from fastapi import FastAPI
from pydantic import BaseModel

from tau.companion.events import (
    Accepted,
    Delta,
    Done,
    Event,
    Failed,
    HelpOffered,
    NoticeGiven,
    Recalled,
)
from tau.life.changes import ChangeEvent
from tau.server.auth import SESSION_COOKIE
from tau.server.deferred_routes import add_routes
from tau.server.inflection.schemas import InferenceChunk
from tau.server.openai.schemas import ChatCompletionChunk

_REF = "#/components/schemas/{name}"
_TAGS = {
    "account": "Signing in and out, credentials and devices.",
    "usage": "Tokens and cost of models by person, key and model, and prices.",
    "people": "The people who use this Tau.",
    "conversations": "Conversations and their messages.",
    "turns": "Sending words and watching the reply.",
    "memory": "Messages and facts: searching, correcting, forgetting, importing, exporting.",
    "care": "Help for somebody who may be in danger.",
    "experts": "Specialists: what each may read, and what was made with them.",
    "writing": "Documents: checks, proposed edits, templates.",
    "sketch": "Plans of dwellings: from words or a brief, changed by words or by dragging walls.",
    "attachments": "Files that come with messages: sending, reading and deleting them.",
    "models": "The models behind Tau.",
    "studio": "The studio: examples, a frozen test, and methods that are compared on it.",
    "openai": "The OpenAI shape: `tau` is the companion, any other name that model alone.",
    "inflection": "The Inflection shape.",
    "operations": "For operators: health, metrics, backups.",
}
_SECURITY_SCHEMES = {
    "cookie": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
    "bearer": {"type": "http", "scheme": "bearer", "description": "An API key: `tau-...`."},
}
TAGS = [{"name": name, "description": about} for name, about in _TAGS.items()]


def event_schemas() -> dict[str, Any]:
    """Return the schemas of stream events, by component name."""
    from tau.server.schemas.runs import RunUpdate

    schemas: dict[str, Any] = {}
    for union, name in ((Event, "TurnEvent"), (ChangeEvent, "Change")):
        (top,), components = msgspec.json.schema_components([union], ref_template=_REF)
        schemas.update(components)
        schemas.setdefault(name, top)
    _, components = msgspec.json.schema_components([RunUpdate], ref_template=_REF)
    schemas["RunUpdate"] = components["RunUpdate"]  # routes describe what it's made of
    for tagged in (Accepted, HelpOffered, NoticeGiven, Recalled, Delta, Done, Failed):
        tag = schemas[tagged.__name__]["properties"]["type"]
        tag["type"] = "string"
    return schemas


def _chunk_schemas(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template=_REF.format(name="{model}"))
    return {**schema.pop("$defs", {}), model.__name__: schema}


def build_schema(api: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI description of `api`, built once."""
    if api.openapi_schema is None:
        add_routes()
        api.openapi_schema = _extend_schema(FastAPI.openapi(api))
    return api.openapi_schema


def _extend_schema(schema: dict[str, Any]) -> dict[str, Any]:
    components = schema["components"]
    for name, one in {
        **event_schemas(),
        **_chunk_schemas(ChatCompletionChunk),
        **_chunk_schemas(InferenceChunk),
    }.items():
        components["schemas"].setdefault(name, one)
    components["securitySchemes"] = _SECURITY_SCHEMES
    schema["security"] = [{name: []} for name in _SECURITY_SCHEMES]
    return schema
