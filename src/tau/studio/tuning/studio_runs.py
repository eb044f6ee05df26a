"""The runs of a Tau, put together from its settings."""

from functools import partial

from tau.errors import BadInput
from tau.journal.store import Store
from tau.models import Models
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.sealing import SecretBox
from tau.studio.sealed_logs import SealedLogs
from tau.studio.tuning.base_hashes import BaseHashes
from tau.studio.tuning.bundle import stored_bundle
from tau.studio.tuning.environment import studio_folder, training_python
from tau.studio.tuning.job_table import JobTable
from tau.studio.tuning.run_files import FOLDER
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.run_parts import RunParts
from tau.studio.tuning.run_queue import RunQueue
from tau.studio.tuning.runs import NO_RUN, Runs
from tau.studio.tuning.worker_process import TrainingProgram

_MOST_OPEN = 64  # a list reads all runs of a person


def open_runs(settings: Settings, database: Database, models: Models, box: SecretBox) -> Runs:
    """Return the runs of a database. `box` seals with the server's key."""
    store = Store(database)
    logs = SealedLogs(
        database,
        store,
        "run",
        RunLog.open,
        idle_seconds=settings.idle_seconds,
        missing=NO_RUN,
        most_open=_MOST_OPEN,
    )
    folder = studio_folder(settings.home)
    parts = RunParts(
        logs=logs,
        table=JobTable(database, box),
        models=models,
        models_path=settings.models_path,
        root=folder / FOLDER,
        find_program=partial(installed_program, settings),
        hashes=BaseHashes(),
    )
    return Runs(parts, RunQueue(parts, folder), store)


def installed_program(settings: Settings) -> TrainingProgram:
    """Return the training program in its environment. Raises `BadInput` without one."""
    python = training_python(settings.home, settings.studio_python)
    if python is None:
        raise BadInput("Training needs an environment of its own. Make it with: tau studio setup")
    try:
        bundle = stored_bundle(studio_folder(settings.home))
    except OSError as error:
        raise BadInput("The training program can't be written: the disk may be full.") from error
    environment = {"PYTHONPATH": str(bundle)}
    return TrainingProgram(python, ("-P", "-m", "tau.studio.worker"), environment)
