"""Checks of `tau doctor`, one finding each. They create and repair nothing."""

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
from tau.models.builtin import FREE_TO_DOWNLOAD
from tau.settings import Settings
from tau.storage.database import free_bytes
from tau.storage.home import DATABASE_FILE

OLDEST_PYTHON = (3, 11)
_MIN_FREE_BYTES = 500_000_000
_GROUP_AND_OTHERS = 0o077
_DAMAGED_SHOWN = 10
_PRIVATE_PATTERNS = ("*.db*", "*.key", "server.json", "settings.toml")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one check: whether it passed, what it found, and how to fix a problem."""

    name: str
    ok: bool
    says: str
    fix: str = msgspec.field(default="", name="mend")


async def run_checks(settings: Settings) -> list[Finding]:
    """Return the findings about everything that Tau depends on."""
    ground = [check_python(), check_home(settings), check_disk(settings)]
    findings = [*ground, await check_server(settings)]
    if not all(finding.ok for finding in ground[1:2]):
        return findings
    if not _has_database(settings):
        says = "There's no database yet; `tau run` creates one."
        return [*findings, Finding(name="database", ok=True, says=says)]
    return findings + [finding async for finding in _check_database(settings)]


def check_python() -> Finding:
    """Check that this Python is new enough."""
    return Finding(
        name="python",
        ok=sys.version_info >= OLDEST_PYTHON,
        says=f"Python {sys.version.split()[0]} on {sys.platform}",
        fix="" if sys.version_info >= OLDEST_PYTHON else "Tau needs Python 3.11 or newer.",
    )


def check_home(settings: Settings) -> Finding:
    """Check that Tau can write to its home, and nobody else can read it."""
    home, name = settings.home, "home"
    if not home.exists():
        above = _nearest_existing(home)
        ok = os.access(above, os.W_OK)
        says = f"{home} will be created at the first start." if ok else f"{home} can't be created."
        fix = "" if ok else f"Give this user write access to {above}, or choose another --home."
        return Finding(name=name, ok=ok, says=says, fix=fix)
    if not home.is_dir() or not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        fix = "Give this user write access, or choose another --home."
        return Finding(name=name, ok=False, says=f"Tau can't write to {home}.", fix=fix)
    if _is_open_to_others(home):
        readable = [path.name for path in _private_files(home) if _is_open_to_others(path)]
        if readable:
            says = f"Other users of this machine can read {', '.join(readable)} in {home}."
            return Finding(name=name, ok=False, says=says, fix=f"chmod 700 '{home}'")
    return Finding(name=name, ok=True, says=str(home))


def check_disk(settings: Settings) -> Finding:
    """Check that there is enough free space."""
    free = free_bytes(_nearest_existing(settings.home))
    ok = free >= _MIN_FREE_BYTES
    fix = "" if ok else "Free up space: on a full disk, Tau can't save messages."
    return Finding(name="disk", ok=ok, says=f"{format_size(free)} free", fix=fix)


async def check_server(settings: Settings) -> Finding:
    """Check that Tau is running, or could."""
    name = "server"
    running = await server_file.find_running(settings.home)
    if running is not None:
        status = await server_file.fetch_status(running.url) or {}
        says = (
            f"Tau {status.get('version', '')} is running at {running.url} (process {running.pid})."
        )
        return Finding(name=name, ok=True, says=says)
    try:
        listen(settings.host, settings.port).close()
    except PortTaken as error:
        other = await server_file.fetch_status(f"http://{settings.host}:{settings.port}")
        says = (
            f"{error}"
            if other is None
            else f"A Tau with another home is using port {settings.port}."
        )
        return Finding(name=name, ok=False, says=says, fix="Choose another with --port.")
    except BadInput as error:
        return Finding(name=name, ok=False, says=str(error), fix="Set host to 127.0.0.1.")
    says = f"Tau is not running; port {settings.port} is free."
    return Finding(name=name, ok=True, says=says)


async def _check_database(settings: Settings) -> AsyncIterator[Finding]:
    try:
        async with open_app(settings) as app:
            yield Finding(name="database", ok=True, says=_database_summary(settings))
            for look in (check_journal, check_builtin, check_chat_model, check_embedder):
                yield await look(app)
    except TauError as error:
        fix = "docs/privacy.md describes the files in Tau's home."
        yield Finding(name="database", ok=False, says=str(error), fix=fix)


async def check_journal(app: App) -> Finding:
    """Check that every entry of the owner's journal can be read."""
    name = "journal"
    everybody = await app.people.list()
    if not everybody:
        return Finding(name=name, ok=True, says="There are no entries yet.")
    try:
        owner = await app.people.owner()
    except TauError as error:
        left_to_server = [
            await app.people.credentials.slots(one.id, "server") for one in everybody if one.owner
        ]
        if isinstance(error, NotSignedIn) and not any(left_to_server):
            return Finding(name=name, ok=True, says=f"Not checked. {error}")
        fix = "Restore server.key from a copy, or sign in with your password."
        return Finding(name=name, ok=False, says=str(error), fix=fix)
    journal = Journal(
        Store(app.database), owner.person.id, owner.data_key, earlier_keys=owner.earlier_keys
    )
    count, damaged = 0, list[DamagedEntry]()
    async for record in journal.read():
        count += 1
        if isinstance(record, DamagedEntry):
            damaged.append(record)
    if not damaged:
        return Finding(name=name, ok=True, says=f"All {count} entries can be read.")
    listed = "; ".join(f"entry {entry.seq}: {entry.reason}" for entry in damaged[:_DAMAGED_SHOWN])
    more = f"; and {len(damaged) - _DAMAGED_SHOWN} more" if len(damaged) > _DAMAGED_SHOWN else ""
    return Finding(
        name=name,
        ok=False,
        says=f"{len(damaged)} of {count} entries can't be read: {listed}{more}.",
        fix="All others are intact. Restore a backup, or continue without these.",
    )


async def check_builtin(app: App) -> Finding:
    """Say which built-in chat model this machine gets, and why."""
    builtin, choice = app.models.builtin, app.settings.builtin
    free = format_size(builtin.free_memory_bytes)
    if choice != "best":
        says = f"The setting builtin is {choice}."
    elif builtin.better is None:
        needed = format_size(FREE_TO_DOWNLOAD)
        says = f"The small model; the better one needs {needed} of free memory, and {free} is free."
    elif builtin.names()[0] == builtin.better:
        says = f"{builtin.better}; {free} of memory is free."
    else:
        says = f"{builtin.better} fits ({free} of memory is free); `tau run` downloads it."
    return Finding(name="built-in", ok=True, says=says)


async def check_chat_model(app: App) -> Finding:
    """Check that the chat model answers."""
    return await _check_model(app, "speaks", app.models.aliases.default_chat())


async def check_embedder(app: App) -> Finding:
    """Check that the embedding model answers."""
    return await _check_model(app, "embeds", app.models.aliases.default_embedder())


async def _check_model(app: App, name: str, chosen: str) -> Finding:
    fix = "Download the built-in model (`tau models pull`) or connect one (`tau models add`)."
    try:
        model = app.models.aliases.info(chosen).name
        check = await app.models.check(chosen)
    except TauError as error:
        return Finding(name=name, ok=False, says=str(error), fix=fix)
    says = check.sentence if model in check.sentence else f"{model}: {check.sentence}"
    running = app.models.directory.running().get(check.model)
    if running is not None:
        says += f" It runs as process {running.pid} with {running.threads} threads"
        says += f" and {format_size(running.memory_bytes)}." if running.memory_bytes else "."
    return Finding(name=name, ok=check.ok, says=says, fix="" if check.ok else fix)


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
