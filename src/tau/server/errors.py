"""Error responses: every failure becomes a status and one plain sentence, in the API's own shape.

The app's API answers `{"error": {"code", "sentence"}}`, the OpenAI-shaped routes answer OpenAI's
error object, and the Inflection-shaped routes answer `{"detail": ...}`. Neither errors nor the log
ever repeat what a person said.
"""

import logging
import math
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tau import errors

log = logging.getLogger(__name__)

ErrorFormat = Literal["tau", "openai", "inflection"]


class ErrorStatus(NamedTuple):
    """The HTTP status and code of one class of errors."""

    status: int
    code: str


_STATUSES: dict[type[errors.TauError], int] = {
    errors.BadInput: 400,
    errors.RefusedAddress: 400,
    errors.NotFound: 404,
    errors.NotSignedIn: 401,
    errors.NotPermitted: 403,
    errors.TooManyRequests: 429,
    errors.Unavailable: 503,
    errors.Conflict: 409,
    errors.JournalError: 500,
    errors.DamagedEntry: 500,
    errors.StoreFull: 507,
    errors.StoreUnavailable: 503,
    errors.ProviderUnavailable: 503,
    errors.ModelError: 502,
    errors.UnknownModel: 404,
    errors.ModelUnavailable: 503,
    errors.ModelBusy: 429,
    errors.ModelInterrupted: 502,
    errors.ModelInvalidAnswer: 502,
    errors.PackError: 502,
    errors.DownloadFailed: 502,
    errors.HashMismatch: 502,
    errors.WorkerError: 500,
    errors.WorkerMissing: 503,
    errors.WorkerTimedOut: 503,
    errors.TauError: 500,
}
_CODES = {
    400: "bad_input",
    401: "not_signed_in",
    403: "not_permitted",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "wrong_content_type",
    422: "not_understood",
}
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
}
_OPENAI_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}
_OPENAI_CODES = {
    "unknown_model": "model_not_found",
    "model_not_permitted": "model_not_found",
    "not_signed_in": "invalid_api_key",
    "rate_limited": "rate_limit_exceeded",
    "model_busy": "rate_limit_exceeded",
}


def status_of(error: errors.TauError) -> ErrorStatus:
    """Return the status and code of `error`, by the nearest of its classes."""
    status = next(_STATUSES[cls] for cls in type(error).__mro__ if cls in _STATUSES)
    return ErrorStatus(status, error.code)


def format_of(path: str) -> ErrorFormat:
    """Return the format of errors that callers of `path` expect."""
    if path.startswith(("/v1/chat/attributes", "/v1/discovery/", "/external/")):
        return "inflection"
    return "openai" if path.startswith("/v1/") else "tau"


def error_body(
    shape: ErrorFormat, status: int, code: str, sentence: str, param: str | None = None
) -> dict[str, Any]:
    """Return an error's JSON body in the format `shape`; `param` is the field it's about."""
    if shape == "inflection":
        return {"detail": sentence}
    if shape == "openai":
        kind = _OPENAI_TYPES.get(status, "invalid_request_error" if status < 500 else "api_error")
        code = _OPENAI_CODES.get(code, code)
        kind = code if code == "insufficient_quota" else kind
        if param is not None and code == "bad_input":
            code = "invalid_value"
        return {"error": {"message": sentence, "type": kind, "param": param, "code": code}}
    return {"error": {"code": code, "sentence": sentence}}


def error_response(
    path: str,
    kind: ErrorStatus,
    sentence: str,
    headers: Mapping[str, str] | None = None,
    param: str | None = None,
) -> Response:
    """Return the response to a failure at `path`; OpenAI's format names the field `param`."""
    body = error_body(format_of(path), kind.status, kind.code, sentence, param)
    return _json(kind.status, body, headers)


def _json(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), status, headers, "application/json")


async def tau_error(request: Request, error: Exception) -> Response:
    """Return the response to a `TauError`."""
    assert isinstance(error, errors.TauError)  # noqa: S101 (registered for this class only)
    kind = status_of(error)
    headers = {}
    if isinstance(error, errors.TooManyRequests | errors.Unavailable | errors.ModelBusy):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after_seconds)))
    if kind.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if kind.status >= 500:
        log.warning(
            "%s %s: %s", request.method, _route_template(request.scope), type(error).__name__
        )
    param = error.param if isinstance(error, errors.InvalidField) else None
    return error_response(request.url.path, kind, str(error), headers, param)


async def http_error(request: Request, error: Exception) -> Response:
    """Return the response to an `HTTPException`."""
    assert isinstance(error, HTTPException)  # noqa: S101 (registered for this class only)
    status = error.status_code
    sentence = _SENTENCES.get(status) or str(error.detail)
    kind = ErrorStatus(status, _CODES.get(status, "refused"))
    return error_response(request.url.path, kind, sentence, error.headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 (registered for this class only)
    path = request.url.path
    found = error.errors()
    match format_of(path):
        case "inflection":
            kept = [{key: item[key] for key in ("loc", "msg", "type")} for item in found]
            return _json(422, {"detail": kept})
        case "openai":
            sentence, param = validation_sentence(found), _field_path(found[0]) or None
            return _json(400, error_body("openai", 400, "invalid_value", sentence, param))
        case _:
            return error_response(
                path, ErrorStatus(422, "not_understood"), validation_sentence(found)
            )


def validation_sentence(found: Sequence[Mapping[str, Any]]) -> str:
    """Return one sentence about the first error in a request, without its contents."""
    first = found[0]
    field, message = _field_path(first), str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    if first["type"] == "json_invalid":
        return "The body of this request is not valid JSON."
    if first["type"] == "missing":
        return f"The field `{field}` is missing." if field else "The body is missing."
    message = message[:1].lower() + message[1:]
    return f"The field `{field}` cannot be used: {message}." if field else f"The {message}."


def _field_path(found: Mapping[str, Any]) -> str:
    return ".".join(str(part) for part in found["loc"][1:])[:100]


def _route_template(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "-"))


class UnexpectedErrorMiddleware:
    """ASGI middleware: an unexpected exception becomes a 500 with a fixed sentence, and is logged.

    The log gets the type and the frames, not the message: that may quote what a person said.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:  # noqa: BLE001 (the boundary of a request)
            frames = "".join(traceback.format_tb(error.__traceback__))
            log.error(  # noqa: TRY400 (the exception's own text is left out on purpose)
                "%s %s: %s\n%s",
                scope["method"],
                _route_template(scope),
                type(error).__name__,
                frames,
            )
            if not started:
                response = error_response(
                    scope["path"], ErrorStatus(500, "internal"), errors.UNEXPECTED
                )
                await response(scope, receive, send)


def install_error_handlers(api: FastAPI) -> None:
    """Register this module's error handlers with `api`."""
    api.add_exception_handler(errors.TauError, tau_error)
    api.add_exception_handler(HTTPException, http_error)
    api.add_exception_handler(RequestValidationError, _invalid)
