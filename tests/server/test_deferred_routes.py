"""The studio's routes: not imported at the start, and there for the first request."""

import asyncio
import subprocess
import sys
from threading import Event
from typing import Any
from unittest.mock import AsyncMock

import anyio
import pytest
from fastapi import APIRouter
from starlette.types import Receive, Scope, Send

from tau.server import deferred_routes
from tau.server.deferred_routes import DeferredRoutesMiddleware, is_deferred
from tau.server.studio_routers import ROUTERS

from ..patience import patient
from .conftest import Person

pytestmark = pytest.mark.anyio
_IN_A_NEW_PROCESS = """
import sys
import tau.cli.serving
from tau.server import deferred_routes
print(sorted(each for each in sys.modules if each in {unwanted}))
"""


def test_a_start_imports_no_routes_of_the_studio() -> None:
    unwanted = {each.routes[0].endpoint.__module__ for each in ROUTERS}  # type: ignore[attr-defined]
    unwanted |= {"tau.server.schemas.runs", "tau.server.schemas.releases"}
    program = _IN_A_NEW_PROCESS.format(unwanted=unwanted)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "[]\n"


def test_every_route_is_added_for_its_own_path() -> None:
    for router in ROUTERS:
        for route in router.routes:
            for method in route.methods:  # type: ignore[attr-defined]
                assert is_deferred(method, route.path), route.path  # type: ignore[attr-defined]


def test_what_people_ask_every_day_adds_nothing() -> None:
    asked = ("/", "/studio", "/api/turns", "/v1/models", "/v1/chat/completions", "/api/changes")
    assert [path for path in asked if is_deferred("GET", path)] == []
    assert not is_deferred("GET", "/v1/models/ft:a")


async def test_the_first_request_is_answered(owner: Person) -> None:
    assert (await owner.get("/api/studio/projects"))["projects"] == []


async def test_a_request_waits_until_all_routes_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    router, first_added, go_on, seen = APIRouter(), Event(), Event(), list[int]()
    include = router.include_router

    def held(each: APIRouter, **how: Any) -> None:
        include(each, **how)
        first_added.set()
        assert go_on.wait(patient(5))

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(len(router.routes))

    monkeypatch.setattr(router, "include_router", held)
    monkeypatch.setattr(deferred_routes, "router", router)
    monkeypatch.setattr(deferred_routes, "_added", Event())

    async def ask() -> None:
        scope, unused = {"type": "http", "method": "GET", "path": "/v1/evals"}, AsyncMock()
        await DeferredRoutesMiddleware(app)(scope, unused, unused)

    async with anyio.create_task_group() as requests:
        requests.start_soon(ask)
        assert await asyncio.to_thread(first_added.wait, patient(5))
        requests.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        go_on.set()
    assert seen == [len(ROUTERS)] * 2
