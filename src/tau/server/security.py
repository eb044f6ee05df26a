"""Security middleware in front of every route: host check, CSRF check, body limit and headers.

- The `Host` must be one of Tau's own names: otherwise another site could rebind its name to this
  machine and read Tau's answers.
- An unsafe request that a browser sends with its cookie must come from Tau's own web app. The rule
  is that of Go's `http.CrossOriginProtection`: `Sec-Fetch-Site` if the browser sends it, otherwise
  `Origin` against `Host`; a caller that sends neither is not a browser.
- A body is read up to a limit, whether it declares its length or comes in chunks.
- Every response carries the headers that keep other sites out.
"""

import ipaddress
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tau.server.errors import ErrorStatus, error_response
from tau.server.forwarded_request import is_forwarded
from tau.settings import Settings

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ANY_ADDRESS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 (compared with, never bound here)
# Where whole files are sent to: the limit is that of imports.
_UPLOAD_PATH = re.compile(
    r"/api/imports|/api/attachments|/api/studio/projects/[^/]+/(?:files|columns|documents)"
    r"|/api/studio/runs/[^/]+/collected|/v1/files|/v1/uploads/[^/]+/parts"
)
_TOO_LARGE = "This is more than Tau accepts in one request."

_CSP_DIRECTIVES = {  # nothing is inline, and nothing comes from elsewhere or goes there
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
_POLICY = "Content-Security-Policy"
_DENIED_FEATURES = ("camera", "display-capture", "geolocation", "midi", "payment", "usb")
SECURITY_HEADERS = {
    _POLICY: "; ".join(f"{name} {value}" for name, value in _CSP_DIRECTIVES.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        ["microphone=(self)", *(f"{name}=()" for name in _DENIED_FEATURES)]
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def host_matcher(settings: Settings) -> Callable[[str], bool]:
    """Return a predicate for `Host` headers that name this Tau.

    If Tau listens on every address, any numeric address is accepted: rebinding needs a name.
    """
    names = {*LOOPBACK_NAMES, settings.host.strip("[]").lower()} - _ANY_ADDRESS
    public = urlsplit(settings.public_url).hostname
    if public:
        names.add(public)
    everywhere = settings.host in _ANY_ADDRESS

    def own(host: str) -> bool:
        name = _host_name(host)
        return name in names or (everywhere and _is_address(name))

    return own


def _host_name(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_same_site(headers: Headers, public_url: str) -> bool:
    """Return whether an unsafe request comes from Tau's own web app, or from no browser at all."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    if origin is None or (public_url and origin == public_url):
        return True
    try:
        return urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
    except ValueError:
        return False


class SecurityMiddleware:
    """ASGI middleware: rejects unsafe requests, adds security headers to responses."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._is_own_host = host_matcher(settings)
        public = urlsplit(settings.public_url)
        self._public = f"{public.scheme}://{public.netloc}" if public.netloc else ""
        self._limit = settings.max_request_bytes
        self._limit_of_imports = settings.max_import_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["arrived_at"] = time.time()
        sending = _with_security_headers(send)
        refusal = self._rejection(scope)
        if refusal is not None:
            response = error_response(scope["path"], *refusal)
            await response(scope, receive, sending)
            return
        await self._app(scope, self._limit_body(receive, self._limit_at(scope)), sending)

    def _rejection(self, scope: Scope) -> tuple[ErrorStatus, str] | None:
        headers = Headers(scope=scope)
        if not is_forwarded(scope) and not self._is_own_host(headers.get("host", "")):
            return ErrorStatus(400, "wrong_host"), (
                "Tau does not answer under this host name; set `public_url` to the address "
                "that people type."
            )
        if (
            scope["method"] not in _SAFE_METHODS
            and "authorization" not in headers
            and not is_same_site(headers, self._public)
        ):
            return ErrorStatus(403, "wrong_origin"), "This request came from another site."
        if "\0" in scope["path"]:
            return ErrorStatus(404, "not_found"), "There is nothing at this address."
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > self._limit_at(scope):
            return ErrorStatus(413, "too_large"), _TOO_LARGE
        return None

    def _limit_at(self, scope: Scope) -> int:
        uploading = scope["method"] == "POST" and _UPLOAD_PATH.fullmatch(scope["path"])
        return self._limit_of_imports if uploading else self._limit

    def _limit_body(self, receive: Receive, limit: int) -> Receive:
        left = limit

        async def receiving() -> Message:
            nonlocal left
            message = await receive()
            if message["type"] == "http.request":
                left -= len(message.get("body", b""))
                if left < 0:
                    raise HTTPException(413, _TOO_LARGE)
            return message

        return receiving


def _with_security_headers(send: Send) -> Send:
    """Return `send` with the security headers on the response's start."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            policy = headers.get(_POLICY)  # a route's own is stricter
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            headers[_POLICY] = policy or SECURITY_HEADERS[_POLICY]
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return sending
