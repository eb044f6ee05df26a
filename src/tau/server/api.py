"""The server put together: routes, failures, the guard, the meters and the page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from tau import __version__
from tau.companion.companion import Companion
from tau.journal.database import Database
from tau.models import Models
from tau.people import People
from tau.server import (
    account,
    conversations,
    description,
    errors,
    facts,
    housekeeping,
    imports,
    inflection,
    memory,
    openai,
    operations,
    page_files,
    turns,
)
from tau.server import (
    models as model_routes,
)
from tau.server import (
    people as people_routes,
)
from tau.server.bringing import Imports
from tau.server.downloads import Downloads
from tau.server.guard import Guard
from tau.server.house import House
from tau.server.meters import Metered, Meters
from tau.settings import Settings

_ROUTERS = (  # those whose routes are asked most stand first: they are found first
    turns.router,
    openai.router,
    conversations.router,
    memory.router,
    imports.router,
    facts.router,
    account.router,
    people_routes.router,
    model_routes.router,
    inflection.router,
    operations.router,
    housekeeping.router,
    page_files.router,
)


def create_api(
    *,
    settings: Settings,
    database: Database,
    people: People,
    models: Models,
    companion: Companion,
) -> FastAPI:
    """Return Tau's HTTP application on the rooms given; it opens and closes none of them.

    Set `api.state.house.closing` before shutting the server down: open event streams then end.
    """
    house = House(
        settings=settings,
        database=database,
        people=people,
        models=models,
        companion=companion,
        meters=Meters(companion),
        downloads=Downloads(models),
        imports=Imports(companion, settings.home),
    )
    api = FastAPI(
        title="Tau",
        version=__version__,
        summary="A personal AI that remembers you, meets you on every device, and belongs to you.",
        openapi_tags=description.TAGS,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        lifespan=_lifespan,
    )
    api.state.house = house
    for router in _ROUTERS:
        api.include_router(router)
    errors.install(api)
    api.add_middleware(errors.LastResort)
    api.add_middleware(Guard, settings=settings)
    api.add_middleware(Metered, meters=house.meters)
    api.openapi = partial(description.describe, api)  # type: ignore[method-assign]
    return api


@asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    yield
    house: House = api.state.house
    await house.close()
