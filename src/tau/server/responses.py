"""What the routes of the app's API answer besides success, for the OpenAPI description."""

from typing import Any

from pydantic import BaseModel

from tau.server.schemas.shapes import ErrorBody

_TEXTS = {
    400: "The request cannot be used; the sentence says why.",
    401: "No credential, or one that opens nothing.",
    403: "Not this person's to do, or sent from another site.",
    404: "No such thing, or it belongs to somebody else.",
    409: "The state has moved on since the caller looked.",
    413: "More than Tau reads in one request.",
    422: "A field is missing or has a wrong type.",
    429: "Slow down; `Retry-After` says when to come back.",
    500: "Something unforeseen, recorded in the log.",
    502: "A model or a download failed.",
    503: "The database or the model does not answer.",
    507: "The disk refuses to take more.",
}
Responses = dict[int | str, dict[str, Any]]


def error_responses(model: type[BaseModel]) -> Responses:
    """Return the failures of a route, each with a body of the shape `model`."""
    return {status: {"model": model, "description": text} for status, text in _TEXTS.items()}


ERROR_RESPONSES = error_responses(ErrorBody)
NO_AUTH: dict[str, Any] = {"security": []}
"""`openapi_extra` of the routes that need no credential."""
