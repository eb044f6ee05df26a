"""The studio's routes, added when the first of them is asked for.

To describe their requests and answers takes a quarter of the time of a start and a tenth of an idle
server's memory, and many who use Tau never open the studio.
"""

from threading import Event, Lock

import anyio
from fastapi import APIRouter
from starlette.types import ASGIApp, Receive, Scope, Send

router = APIRouter()
"""Stands for the studio's routes, and holds them once they're added."""
_PREFIXES = ("/api/studio/", "/v1/files", "/v1/uploads", "/v1/fine_tuning/", "/v1/evals")
_MODELS = "/v1/models/"  # with DELETE
_adding = Lock()
_added = Event()


def add_routes() -> None:
    """Add the routes if they aren't there; takes half a second."""
    from tau.server.studio_routers import ROUTERS

    with _adding:
        if not _added.is_set():
            for each in ROUTERS:
                router.include_router(each)
            _added.set()


def is_deferred(method: str, path: str) -> bool:
    """Return whether one of these routes may answer a request."""
    return path.startswith(_PREFIXES) or (method == "DELETE" and path.startswith(_MODELS))


class DeferredRoutesMiddleware:
    """ASGI middleware: adds the routes before the first request that one of them may answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if (
            scope["type"] == "http"
            and not _added.is_set()
            and is_deferred(scope["method"], scope["path"])
        ):
            await anyio.to_thread.run_sync(add_routes)
        await self._app(scope, receive, send)
