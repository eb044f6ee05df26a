"""What the doctor looks at, one finding each.

Nothing is made here that is not there yet, and nothing is mended without being asked.
"""

import os
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from tau.app import App, open_app
from tau.cli import server_file
from tau.cli.listening import PortTaken, listen
from tau.cli.terminal import format_size
from tau.errors import BadInput, DamagedEntry, NotSignedIn, TauError
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.settings import Settings
from tau.storage.database import free_bytes
from tau.storage.home import DATABASE_FILE

OLDEST_PYTHON = (3, 11)
_MIN_FREE_BYTES = 500_000_000
_GROUP_AND_OTHERS = 0o077
_DAMAGED_SHOWN = 10
_PRIVATE_PATTERNS = ("*.db*", "*.key", "server.json", "settings.toml")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at: whether it is well, and how to mend it if not."""

    name: str
    ok: bool
    says: str
    mend: str = ""


async def run_checks(settings: Settings) -> list[Finding]:
    """Return the findings about everything that Tau stands on."""
    ground = [check_python(), check_home(settings), check_disk(settings)]
    findings = [*ground, await check_server(settings)]
    if not all(finding.ok for finding in ground[1:2]):
        return findings
    if not _has_database(settings):
        says = "There is no journal here yet; `tau run` begins one."
        return [*findings, Finding(name="database", ok=True, says=says)]
    return findings + [finding async for finding in _check_database(settings)]


def check_python() -> Finding:
    """Tell whether this Python is new enough."""
    return Finding(
        name="python",
        ok=sys.version_info >= OLDEST_PYTHON,
        says=f"Python {sys.version.split()[0]} on {sys.platform}",
        mend="" if sys.version_info >= OLDEST_PYTHON else "Tau needs Python 3.11 or newer.",
    )


def check_home(settings: Settings) -> Finding:
    """Tell whether Tau can write its home, and nobody else can read it."""
    home, name = settings.home, "home"
    if not home.exists():
        above = _nearest_existing(home)
        ok = os.access(above, os.W_OK)
        says = f"{home} will be made at the first start." if ok else f"{home} cannot be made."
        mend = "" if ok else f"Let this user write {above}, or choose another with --home."
        return Finding(name=name, ok=ok, says=says, mend=mend)
    if not home.is_dir() or not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        mend = "Let this user write it, or choose another with --home."
        return Finding(name=name, ok=False, says=f"{home} cannot be written.", mend=mend)
    if _is_open_to_others(home):
        readable = [path.name for path in _private_files(home) if _is_open_to_others(path)]
        if readable:
            says = f"Other users of this machine can read {', '.join(readable)} in {home}."
            return Finding(name=name, ok=False, says=says, mend=f"chmod 700 '{home}'")
    return Finding(name=name, ok=True, says=str(home))


def check_disk(settings: Settings) -> Finding:
    """Tell whether there is room."""
    free = free_bytes(_nearest_existing(settings.home))
    ok = free >= _MIN_FREE_BYTES
    mend = "" if ok else "Make room: a full disk takes no more messages."
    return Finding(name="disk", ok=ok, says=f"{format_size(free)} free", mend=mend)


async def check_server(settings: Settings) -> Finding:
    """Tell whether Tau runs, or could."""
    name = "server"
    running = await server_file.find_running(settings.home)
    if running is not None:
        told = await server_file.fetch_status(running.url) or {}
        says = f"Tau {told.get('version', '')} runs at {running.url} (process {running.pid})."
        return Finding(name=name, ok=True, says=says)
    try:
        listen(settings.host, settings.port).close()
    except PortTaken as error:
        other = await server_file.fetch_status(f"http://{settings.host}:{settings.port}")
        says = f"{error}" if other is None else f"A Tau of another home has port {settings.port}."
        return Finding(name=name, ok=False, says=says, mend="Choose another with --port.")
    except BadInput as error:
        return Finding(name=name, ok=False, says=str(error), mend="Set host to 127.0.0.1.")
    says = f"Tau is not running; port {settings.port} is free."
    return Finding(name=name, ok=True, says=says)


async def _check_database(settings: Settings) -> AsyncIterator[Finding]:
    try:
        async with open_app(settings) as app:
            yield Finding(name="database", ok=True, says=_database_summary(settings))
            for look in (check_journal, check_chat_model, check_embedder):
                yield await look(app)
    except TauError as error:
        mend = "See docs/privacy.md for what each file in home is for."
        yield Finding(name="database", ok=False, says=str(error), mend=mend)


async def check_journal(app: App) -> Finding:
    """Tell whether every entry of the owner's journal can be read."""
    name = "journal"
    everybody = await app.people.list()
    if not everybody:
        return Finding(name=name, ok=True, says="Nobody has begun a journal here yet.")
    try:
        owner = await app.people.owner()
    except TauError as error:
        left_to_server = [
            await app.people.credentials.slots(one.id, "server") for one in everybody if one.owner
        ]
        if isinstance(error, NotSignedIn) and not any(left_to_server):
            return Finding(name=name, ok=True, says=f"It was not read. {error}")
        mend = "Bring back server.key from a copy, or sign in with the password."
        return Finding(name=name, ok=False, says=str(error), mend=mend)
    journal = Journal(Store(app.database), owner.person.id, owner.data_key)
    count, damaged = 0, list[DamagedEntry]()
    async for record in journal.read():
        count += 1
        if isinstance(record, DamagedEntry):
            damaged.append(record)
    if not damaged:
        return Finding(name=name, ok=True, says=f"All {count} entries can be read.")
    told = "; ".join(f"entry {entry.seq}: {entry.reason}" for entry in damaged[:_DAMAGED_SHOWN])
    more = f"; and {len(damaged) - _DAMAGED_SHOWN} more" if len(damaged) > _DAMAGED_SHOWN else ""
    return Finding(
        name=name,
        ok=False,
        says=f"{len(damaged)} of {count} entries cannot be read: {told}{more}.",
        mend="The rest is whole. Bring the database back from a copy, or go on without them.",
    )


async def check_chat_model(app: App) -> Finding:
    """Tell whether the model that speaks answers."""
    return await _check_model(app, "speaks", app.models.aliases.default_chat())


async def check_embedder(app: App) -> Finding:
    """Tell whether the model that searches by meaning answers."""
    return await _check_model(app, "embeds", app.models.aliases.default_embedder())


async def _check_model(app: App, name: str, chosen: str) -> Finding:
    mend = "Type `tau models pull` for the built-in one, or connect another: `tau models add`."
    try:
        model = app.models.aliases.info(chosen).name
        check = await app.models.check(chosen)
    except TauError as error:
        return Finding(name=name, ok=False, says=str(error), mend=mend)
    says = check.sentence if model in check.sentence else f"{model}: {check.sentence}"
    return Finding(name=name, ok=check.ok, says=says, mend="" if check.ok else mend)


def _is_open_to_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & _GROUP_AND_OTHERS)


def _nearest_existing(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _private_files(home: Path) -> list[Path]:
    return [path for name in _PRIVATE_PATTERNS for path in sorted(home.glob(name))]


def _has_database(settings: Settings) -> bool:
    return bool(settings.database_url) or (settings.home / DATABASE_FILE).exists()


def _database_summary(settings: Settings) -> str:
    return "PostgreSQL, up to date" if settings.database_url else "SQLite, up to date"
