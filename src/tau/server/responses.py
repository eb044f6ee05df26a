"""Descriptions of the failures of a route, for the OpenAPI description."""

from typing import Any

from tau.server.schemas.errors import ErrorBody

_TEXTS = {
    400: "The request is invalid; the sentence says why.",
    401: "No credential, or one that is not valid.",
    403: "Not allowed for this person, or sent from another site.",
    404: "Not found, or it belongs to someone else.",
    409: "The state has changed since the caller looked.",
    413: "More than Tau accepts in one request.",
    422: "A field is missing or has a wrong type.",
    429: "Too many requests; `Retry-After` says when to try again.",
    500: "An unexpected error, recorded in the log.",
    502: "A model or a download failed.",
    503: "The database or the model does not answer.",
    507: "The disk is full.",
}
Responses = dict[int | str, dict[str, Any]]


def error_responses(model: type) -> Responses:
    """Return the failures of a route, each with a body of the type `model`."""
    return {status: {"model": model, "description": text} for status, text in _TEXTS.items()}


ERROR_RESPONSES = error_responses(ErrorBody)
NO_AUTH: dict[str, Any] = {"security": []}
"""`openapi_extra` of the routes that need no credential."""
