"""The state of the HTTP application: the parts of the running Tau that routes use."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast
from weakref import WeakKeyDictionary

from fastapi import Request

from tau.attachments.attachment_store import AttachmentStore
from tau.companion.companion import Companion
from tau.experts.experts import Experts
from tau.experts.worker_process import ExpertWorker
from tau.experts.writing.writing_expert import WritingExpert
from tau.jobs.downloads import DownloadJobs
from tau.jobs.runner import JobRunner
from tau.life.life import Life
from tau.life.lives import Lives
from tau.models import Models
from tau.nodes.homes import Homes
from tau.people import People
from tau.server.database_probe import DatabaseProbe
from tau.server.metrics import Metrics
from tau.server.node_client import NodeClient
from tau.server.oidc import OidcProvider
from tau.server.private_revocation import PrivateRevocation
from tau.settings import Settings
from tau.storage.database import Database
from tau.studio.exports.exporting import StudioExports
from tau.studio.lending.lent_conversations import Lending
from tau.studio.openai_import.openai_import_jobs import OpenAIImportJobs
from tau.studio.studio import Studio
from tau.transfer.import_jobs import ImportJobs
from tau.usage.usage import UsageAccounting


@dataclass(frozen=True, slots=True, kw_only=True)
class AppState:
    """The parts of the running Tau that routes use; `closing` ends open event streams."""

    settings: Settings
    database: Database
    people: People
    models: Models
    lives: Lives
    companion: Companion
    experts: Experts
    metrics: Metrics
    jobs: JobRunner
    downloads: DownloadJobs
    imports: ImportJobs
    studio: Studio
    openai_imports: OpenAIImportJobs
    exports: StudioExports
    lending: Lending
    attachments: AttachmentStore
    private_revocation: PrivateRevocation
    writing: WritingExpert
    expert_worker: ExpertWorker
    usage: UsageAccounting
    provider: OidcProvider | None
    """The OpenID provider that may sign people in."""
    remove_person: Callable[[str], Awaitable[None]]
    """`App.remove_person`."""
    database_probe: DatabaseProbe
    node_client: NodeClient | None = None
    """What forwards requests to other nodes, if there can be any."""
    homes: Homes | None = None
    """`App.homes`."""
    draining: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once Tau is about to end: devices that only watch are to connect elsewhere."""
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _history_locks: WeakKeyDictionary[Life, asyncio.Lock] = field(default_factory=WeakKeyDictionary)

    def history_lock(self, life: Life) -> asyncio.Lock:
        """Return the lock under which a client's history is matched and its words are written."""
        return self._history_locks.setdefault(life, asyncio.Lock())

    def close_streams(self) -> None:
        """End open event streams."""
        self.draining.set()
        self.closing.set()

    async def close(self) -> None:
        """End open streams and background work."""
        self.close_streams()
        if self.node_client is not None:
            await self.node_client.close()
        await self.jobs.close()
        self.imports.close()
        await self.openai_imports.close()
        self.private_revocation.close()
        await self.metrics.turns.close()

    @property
    def public_url(self) -> str:
        """The address people type, without a trailing slash; empty if it is not set."""
        return self.settings.public_url.rstrip("/")


async def get_app_state(request: Request) -> AppState:
    """Return the state of the application that serves `request` (a FastAPI dependency).

    Async although it awaits nothing: FastAPI would run a plain function in a thread.
    """
    return cast("AppState", request.app.state.app_state)
