"""The studio's routes: not imported at the start, and there for the first request."""

import subprocess
import sys

import pytest

from tau.server.deferred_routes import is_deferred
from tau.server.studio_routers import ROUTERS

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
