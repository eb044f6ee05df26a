"""The HTTP application: routes, error handlers, middleware and the web app."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import anyio
from fastapi import FastAPI

from tau import __version__
from tau.app import App
from tau.companion.care_step import prepare_care
from tau.jobs.downloads import DownloadJobs
from tau.models.http import AddressGuard, GuardedClient
from tau.server import deferred_routes, errors, openapi_schema, static_files
from tau.server.database_probe import DatabaseProbe
from tau.server.deferred_routes import DeferredRoutesMiddleware
from tau.server.direct_routes import DirectRoutesMiddleware
from tau.server.forwarding import ForwardingMiddleware
from tau.server.inflection import routes as inflection_routes
from tau.server.metrics import Metrics, MetricsMiddleware
from tau.server.node_certificate import KEY_PURPOSE, NodeCertificate
from tau.server.node_client import NodeClient
from tau.server.oidc import OidcProvider
from tau.server.openai import routes as openai_routes
from tau.server.private_revocation import PrivateRevocation
from tau.server.revocation import RevocationMiddleware
from tau.server.routes import (
    account,
    artifacts,
    attachments,
    backups,
    care,
    checkins,
    conversations,
    experts,
    facts,
    forgetting,
    identities,
    imports,
    keys,
    learning,
    memory,
    messages,
    operations,
    profile,
    server_info,
    sketch,
    space,
    turns,
    usage,
    writing,
    writing_documents,
    writing_style,
)
from tau.server.routes import models as model_routes
from tau.server.routes import people as people_routes
from tau.server.security import SecurityMiddleware
from tau.server.state import AppState
from tau.studio.exports.exporting import StudioExports
from tau.studio.openai_import.openai_import_jobs import OpenAIImportJobs
from tau.transfer.import_jobs import ImportJobs

_ROUTERS = (  # the most requested first: routes are matched in this order
    turns.router,
    openai_routes.router,
    conversations.router,
    messages.router,
    memory.router,
    attachments.router,
    imports.router,
    facts.router,
    profile.router,
    learning.router,
    care.router,
    space.router,
    checkins.router,
    artifacts.router,
    experts.router,
    writing_documents.router,
    writing_style.router,
    writing.router,
    sketch.router,
    forgetting.router,
    account.router,
    keys.router,
    usage.router,
    identities.router,
    people_routes.router,
    model_routes.router,
    inflection_routes.router,
    operations.router,
    server_info.router,
    backups.router,
    deferred_routes.router,
    static_files.router,
)


def create_api(app: App) -> FastAPI:
    """Return Tau's HTTP application, built from an opened `app`, which it does not close.

    Set `api.state.app_state.closing` before shutting the server down: open event streams then end.
    """
    imports = ImportJobs(app.jobs, app.lives, app.attachments)
    client = GuardedClient(AddressGuard(app.settings.private_hosts))
    openai_imports = OpenAIImportJobs(app.jobs, app.studio, client)
    app.lives.subscribe(openai_imports)
    private_revocation = PrivateRevocation()
    app.lives.subscribe(private_revocation)
    app_state = AppState(
        settings=app.settings,
        database=app.database,
        people=app.people,
        models=app.models,
        lives=app.lives,
        companion=app.companion,
        experts=app.experts,
        metrics=Metrics(app.companion, app.lives, app.usage),
        jobs=app.jobs,
        downloads=DownloadJobs(app.jobs, app.models),
        imports=imports,
        studio=app.studio,
        openai_imports=openai_imports,
        exports=StudioExports(app.studio, app.settings.models_path, app.settings.home),
        lending=app.lending,
        attachments=app.attachments,
        private_revocation=private_revocation,
        writing=app.writing,
        expert_worker=app.expert_worker,
        usage=app.usage,
        provider=OidcProvider.of(app.settings, client, app.people),
        remove_person=app.remove_person,
        database_probe=DatabaseProbe(app.database),
        node_client=_node_client(app),
        homes=app.homes,
    )
    api = FastAPI(
        title="Tau",
        version=__version__,
        summary="A personal AI that remembers you, works on every device, and belongs to you.",
        openapi_tags=openapi_schema.TAGS,
        docs_url=None,  # its page loads scripts from another site
        redoc_url=None,
        lifespan=_lifespan,
    )
    api.state.app_state = app_state
    for router in _ROUTERS:
        api.include_router(router)
    errors.install_error_handlers(api)
    api.add_middleware(DeferredRoutesMiddleware)
    api.add_middleware(DirectRoutesMiddleware, app_state=app_state)
    api.add_middleware(RevocationMiddleware)
    _forward_to_homes(api, app)
    api.add_middleware(errors.UnexpectedErrorMiddleware)
    api.add_middleware(SecurityMiddleware, settings=app.settings)
    api.add_middleware(MetricsMiddleware, metrics=app_state.metrics)
    api.openapi = partial(openapi_schema.build_schema, api)  # type: ignore[method-assign]
    return api


async def _is_alone(app_state: AppState) -> bool:
    return app_state.homes is None or len(await app_state.homes.nodes()) <= 1


def _node_client(app: App) -> NodeClient | None:
    if app.homes is None:
        return None
    return NodeClient(NodeCertificate(app.people.key_for(KEY_PURPOSE)))


def _forward_to_homes(api: FastAPI, app: App) -> None:
    state: AppState = api.state.app_state
    if app.homes is not None and state.node_client is not None:
        api.add_middleware(
            ForwardingMiddleware,
            homes=app.homes,
            people=app.people,
            client=state.node_client,
            draining=state.draining,
            closing=state.closing,
        )


@asynccontextmanager
async def _lifespan(api: FastAPI) -> AsyncIterator[None]:
    app_state: AppState = api.state.app_state
    if await _is_alone(app_state):  # what another node downloads wasn't cut off
        await app_state.downloads.resume()
    app_state.studio.runs.start()
    async with anyio.create_task_group() as preparing:
        preparing.start_soon(prepare_care)
        yield
        preparing.cancel_scope.cancel()
    await app_state.close()
