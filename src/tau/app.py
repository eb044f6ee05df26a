"""Composition root: builds everything that a Tau is made of, from its settings."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

from tau.attachments.attachment_store import AttachmentStore
from tau.attachments.stored_files import FOLDER as ATTACHMENTS_FOLDER
from tau.companion.companion import Companion
from tau.errors import TauError
from tau.experts.acting.acting_experts import ActingExperts, Acts
from tau.experts.acting.sketch_act import SketchAct
from tau.experts.acting.writing_act import WritingAct
from tau.experts.environment import installed_expert_program, installed_python
from tau.experts.experts import Experts
from tau.experts.message_vectors import MessageVectors
from tau.experts.skill_vectors import SkillVectors
from tau.experts.worker_process import ExpertWorker
from tau.experts.writing.writing_expert import WritingExpert
from tau.jobs.runner import JobRunner
from tau.jobs.store import JobStore
from tau.learning.embedding import EmbeddingWorker
from tau.learning.learning import LearningWorker
from tau.learning.priority import ForegroundLoad
from tau.life.life_sync import LifeSync
from tau.life.lives import Lives
from tau.models import Models
from tau.nodes.homes import Homes
from tau.nodes.opening import open_homes
from tau.people import People
from tau.people.server_key import load_or_create_server_key
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.home import create_home, open_database
from tau.storage.sealing import SecretBox
from tau.studio.evals.evals import Evals
from tau.studio.files.files import FOLDER, StudioFiles
from tau.studio.lending.lent_conversations import Lending
from tau.studio.projects import Projects
from tau.studio.serving.model_runs import ModelRuns
from tau.studio.serving.released_models import ReleasedModels
from tau.studio.serving.served_models import ServedModels
from tau.studio.studio import Studio
from tau.studio.tuning.runs import Runs
from tau.studio.tuning.studio_runs import open_runs
from tau.usage.usage import UsageAccounting

logger = logging.getLogger(__name__)

_SWEEP_SECONDS = 24 * 60 * 60.0
_FILE_SWEEP_SECONDS = 60 * 60.0


@dataclass(frozen=True, slots=True)
class App:
    """The parts of an opened Tau."""

    settings: Settings
    database: Database
    people: People
    models: Models
    lives: Lives
    embedding: EmbeddingWorker
    learning: LearningWorker
    companion: Companion
    experts: Experts
    jobs: JobRunner
    studio: Studio
    lending: Lending
    attachments: AttachmentStore
    expert_worker: ExpertWorker
    writing: WritingExpert
    life_sync: LifeSync
    usage: UsageAccounting
    homes: Homes | None = None
    """Which node serves each person; `None` if this process is the only one that serves."""

    async def remove_person(self, person: str) -> None:
        """Remove a person and erase everything they ever said.

        All work on their life ends first. Raises `NotFound`, and `BadInput` for the last owner.
        """
        async with self.lives.removal(person):
            await self.studio.releases.remove_person(person)
            await self.people.remove(person)
        await self.studio.files.sweep()
        await self.studio.runs.sweep()
        await self.attachments.sweep()


@asynccontextmanager
async def open_app(
    settings: Settings, environ: Mapping[str, str] | None = None, *, node_url: str = ""
) -> AsyncIterator[App]:
    """Open everything that `settings` describe; on leaving, save and close it.

    `node_url` is where other nodes reach this process, if it serves people from PostgreSQL.
    Raises `SettingsError`, `StoreUnavailable` and `JournalError`.
    """
    environ = os.environ if environ is None else environ
    create_home(settings)
    server_key = load_or_create_server_key(settings.home, environ)
    async with open_database(settings) as database, open_homes(database, node_url) as homes:
        box = SecretBox(server_key)
        models = await Models.open(settings, database, box)
        people = People(database, server_key, settings)
        jobs = JobRunner(JobStore(database, box))
        runs = open_runs(settings, database, models, box)
        app = _build(settings, database, people, models, jobs, runs, box, homes)
        if homes is not None:
            homes.on_lost(jobs.leave)
        await database.notifications.start()
        await app.studio.served.refresh()
        closing = asyncio.Event()
        sweeps = (
            _repeat(partial(_sweep_credentials, people), _SWEEP_SECONDS, closing),
            _repeat(app.studio.files.sweep, _FILE_SWEEP_SECONDS, closing),
            _repeat(app.studio.runs.sweep, _FILE_SWEEP_SECONDS, closing),
            _repeat(app.attachments.sweep, _FILE_SWEEP_SECONDS, closing),
            _repeat(app.usage.sweep, _SWEEP_SECONDS, closing),
        )
        sweeping = [asyncio.create_task(each) for each in sweeps]
        try:
            yield app
        finally:
            closing.set()
            await asyncio.wait(sweeping)
            await jobs.close()
            await app.lending.settle()
            await app.expert_worker.close()
            await app.studio.close()
            await app.companion.close()
            await app.experts.close()
            await app.embedding.close()
            await app.learning.close()
            await app.attachments.close()
            await app.life_sync.close()
            await app.lives.close()
            await app.usage.close()
            await models.close()


async def _repeat(
    work: Callable[[], Awaitable[None]], seconds: float, closing: asyncio.Event
) -> None:
    """Do `work` now and every `seconds` until `closing`.

    What has begun is finished: a thread that is cut off would keep the database open.
    """
    while not closing.is_set():
        await work()
        with suppress(TimeoutError):
            await asyncio.wait_for(closing.wait(), seconds)


async def _sweep_credentials(people: People) -> None:
    try:
        await people.delete_expired()
    except TauError as error:
        logger.warning("expired credentials were not deleted: %s", error)


def _build(
    settings: Settings,
    database: Database,
    people: People,
    models: Models,
    jobs: JobRunner,
    runs: Runs,
    box: SecretBox,
    homes: Homes | None,
) -> App:
    load = ForegroundLoad()
    embedding = EmbeddingWorker(models, load)
    learning = LearningWorker(models, load)
    lives = Lives(database, settings, embedding.query, homes)
    lives.subscribe(embedding)
    lives.subscribe(learning)
    find_python = partial(installed_python, settings.home)
    attachments = AttachmentStore(database, settings.home / ATTACHMENTS_FOLDER, find_python)
    lives.subscribe(attachments)
    experts = _build_experts(settings, models, embedding)
    expert_worker = ExpertWorker(partial(installed_expert_program, settings.home))
    writing = WritingExpert(models, expert_worker, settings.model)
    acts: dict[str, Acts] = {"sketch": SketchAct(expert_worker), "writing": WritingAct(writing)}
    acting = ActingExperts(experts, acts)
    companion = Companion(
        lives, models, learning, load, settings, embedding.query, acting, attachments
    )
    files = StudioFiles(database, settings.home / FOLDER)
    evals = Evals(database, files, models, jobs, settings.idle_seconds)
    served = ServedModels(models, ModelRuns(runs), ReleasedModels(database, box))
    studio = Studio(
        Projects(database, settings.idle_seconds), files, evals, served, models, jobs, runs
    )
    lives.subscribe(studio.comparisons)
    lives.subscribe(studio.documents)
    lives.subscribe(evals.jobs)
    lives.subscribe(runs)
    lending = Lending(studio.projects, lives, studio.withdraw)
    lives.subscribe(lending)
    return App(
        settings=settings,
        database=database,
        people=people,
        models=models,
        lives=lives,
        embedding=embedding,
        learning=learning,
        companion=companion,
        experts=experts,
        jobs=jobs,
        studio=studio,
        lending=lending,
        attachments=attachments,
        expert_worker=expert_worker,
        writing=writing,
        life_sync=LifeSync(lives, database.notifications, homes),
        homes=homes,
        usage=UsageAccounting(database, models),
    )


def _build_experts(settings: Settings, models: Models, embedding: EmbeddingWorker) -> Experts:
    message_vectors = MessageVectors(embedding.query, models.aliases)
    skill_vectors = SkillVectors(partial(models.embed, kind="query"))
    return Experts(settings.home, message_vectors, skill_vectors)
