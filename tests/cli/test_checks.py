"""Each thing the doctor looks at, broken on purpose: what it says, and the way to fix it."""

import asyncio
import os
import shutil
import socket
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tau.app import App, open_app
from tau.cli import checks, server_file
from tau.cli.checks import Finding
from tau.cli.listening import listen, url_of
from tau.cli.serving import serve
from tau.cli.setting_origins import settings_with_origins
from tau.errors import SettingsError
from tau.models.builtin import BuiltinModels
from tau.settings import Settings, load
from tau.storage.schema import entries, slots

pytestmark = pytest.mark.anyio


def well(finding: Finding) -> bool:
    """Whether it is well; what is ill has a way to be mended, and what is well needs none."""
    assert bool(finding.fix) != finding.ok, finding
    assert finding.says
    return finding.ok


# --- the ground -----------------------------------------------------------------------------


@pytest.mark.parametrize(("version", "ok"), [((3, 10), False), ((3, 11), True), ((3, 14), True)])
def test_an_old_python_is_named(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int], ok: bool
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    assert well(checks.check_python()) is ok


@pytest.mark.parametrize(("free", "ok"), [(499_999_999, False), (500_000_000, True)])
def test_a_disk_that_is_nearly_full_is_named(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, free: int, ok: bool
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))
    finding = checks.check_disk(settings)
    assert well(finding) is ok
    assert finding.says == "500 MB free"


def test_a_home_that_cannot_be_made_or_written_is_named(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    assert well(checks.check_home(settings))
    assert not settings.home.exists()
    monkeypatch.setattr(os, "access", lambda *_: False)
    unmade = checks.check_home(settings)
    assert not well(unmade)
    assert "can't be created" in unmade.says
    settings.home.mkdir()
    unwritten = checks.check_home(settings)
    assert not well(unwritten)
    assert "can't write to" in unwritten.says
    assert "--home" in unwritten.fix


@pytest.mark.parametrize("name", ["tau.db", "tau.db-wal", "server.key", "settings.toml"])
def test_each_private_file_that_others_can_read_is_named(settings: Settings, name: str) -> None:
    settings.home.mkdir(mode=0o755)
    (settings.home / name).touch(mode=0o644)
    (settings.home / name).chmod(0o644)
    (settings.home / "picture.png").touch(mode=0o644)
    finding = checks.check_home(settings)
    assert not well(finding)
    assert name in finding.says
    assert "picture" not in finding.says
    (settings.home / name).chmod(0o600)
    assert well(checks.check_home(settings))


# --- the server -----------------------------------------------------------------------------


async def test_a_running_server_a_taken_port_and_another_home_are_told_apart(
    app: App, settings: Settings, tmp_path: Path
) -> None:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    mine = replace(settings, port=port)
    async with serve(app, listener):
        with server_file.published(settings.home, url_of(listener)):
            running = await checks.check_server(mine)
        assert well(running)
        assert f"process {os.getpid()}" in running.says
        other = await checks.check_server(replace(mine, home=tmp_path / "other"))
        assert not well(other)
        assert "A Tau with another home" in other.says
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        taken = await checks.check_server(replace(mine, port=stranger.getsockname()[1]))
        assert not well(taken)
        assert "another program" in taken.says
    free = await checks.check_server(replace(mine, port=0))
    assert well(free)
    assert "not running" in free.says


async def test_an_address_that_is_not_this_machine_s_is_named(settings: Settings) -> None:
    finding = await checks.check_server(replace(settings, host="192.0.2.1", port=0))
    assert not well(finding)
    assert "192.0.2.1" in finding.says
    assert "127.0.0.1" in finding.fix


# --- the inside -----------------------------------------------------------------------------


async def told(app: App, *texts: str) -> None:
    life = await app.lives.open(await app.people.owner())
    conversation = (await life.create_conversation()).id
    for text in texts:
        await life.add_message(conversation, text)


async def test_a_journal_nobody_began_is_well(app: App) -> None:
    finding = await checks.check_journal(app)
    assert well(finding)
    assert "There are no entries yet" in finding.says


async def test_of_many_damaged_entries_the_first_ten_are_named(app: App) -> None:
    await told(app, *(f"text {n}" for n in range(15)))
    assert (await checks.check_journal(app)).says == "All 16 entries can be read."
    damage = sa.update(entries).where(entries.c.seq > 2).values(sealed=b"x" * 40)
    await app.database.run(lambda c: c.execute(damage))
    finding = await checks.check_journal(app)
    assert not well(finding)
    assert finding.says.startswith("14 of 16 entries can't be read: entry 3: ")
    assert finding.says.count("entry ") == 10
    assert finding.says.endswith("; and 4 more.")


async def test_a_forgotten_entry_is_no_damage(app: App) -> None:
    await told(app, "one", "two")
    life = await app.lives.open(await app.people.owner())
    await life._journal.forget([2], at=1.0)
    assert well(await checks.check_journal(app))


async def test_a_lost_server_key_is_named_with_the_way_back(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        await told(app, "one")
        await app.people.credentials.set_password(await app.people.owner(), "correct horse battery")
    (settings.home / "server.key").unlink()
    findings = {each.name: each for each in await checks.run_checks(replace(settings, port=0))}
    assert findings["database"].ok
    assert not well(findings["journal"])
    assert "server.key" in findings["journal"].fix
    assert findings["speaks"].ok, "the rest is looked at all the same"


async def test_a_journal_whose_server_slot_is_off_is_left_closed(app: App) -> None:
    await told(app, "one")
    await app.people.credentials.set_password(await app.people.owner(), "correct horse battery")
    drop = sa.delete(slots).where(slots.c.kind == "server")
    await app.database.run(lambda c: c.execute(drop))
    finding = await checks.check_journal(app)
    assert well(finding)
    assert finding.says.startswith("Not checked.")


@pytest.mark.parametrize(
    ("look", "setting"),
    [
        (checks.check_chat_model, {"model": "nobody"}),
        (checks.check_embedder, {"embedder": "nobody"}),
        (checks.check_chat_model, {"model": "companion"}),
        (checks.check_chat_model, {"model": "m", "model_url": "http://127.0.0.1:1/v1"}),
    ],
    ids=["unknown speaker", "unknown embedder", "not fetched", "away"],
)
async def test_a_model_that_does_not_answer_is_named(
    settings: Settings, look: Callable[[App], Awaitable[Finding]], setting: dict[str, str]
) -> None:
    changed = replace(settings, offline=True, **setting)  # type: ignore[arg-type]
    async with open_app(changed, environ={}) as app:
        finding = await look(app)
    assert not well(finding)
    assert "tau models" in finding.fix
    assert "Traceback" not in finding.says


async def test_a_database_of_a_newer_tau_is_left_alone(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        for change in (
            "UPDATE alembic_version SET version_num = '9999_future'",
            "UPDATE oldest_user SET version = '9999_future'",
        ):
            await app.database.run(lambda c, sql=change: c.execute(sa.text(sql)))  # type: ignore[misc]
    *_, finding = await checks.run_checks(replace(settings, port=0))
    assert (finding.name, well(finding)) == ("database", False)
    assert "newer Tau" in finding.says


async def test_a_database_server_that_is_away_is_named_without_its_password(
    settings: Settings,
) -> None:
    away = replace(settings, port=0, database_url="postgresql://tau:hunter2@127.0.0.1:1/tau")
    findings = await checks.run_checks(away)
    assert not well(findings[-1])
    assert "hunter2" not in str(findings)


def test_a_home_that_is_ill_ends_the_examination(settings: Settings) -> None:
    settings.home.parent.mkdir(exist_ok=True)
    settings.home.write_text("a file")
    findings = asyncio.run(checks.run_checks(replace(settings, port=0)))
    assert [each.name for each in findings] == ["python", "home", "disk", "server"]
    assert not well(findings[1])


# --- where settings come from ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "environ", "line", "value", "origin"),
    [
        ("", {}, {}, "0", "default"),
        ("threads = 3", {}, {}, "3", "settings.toml"),
        ("threads = 3", {"TAU_THREADS": "4"}, {}, "4", "environment"),
        ("threads = 3", {"TAU_THREADS": "4"}, {"threads": "5"}, "5", "command line"),
        ("threads = 0", {}, {"threads": "0"}, "0", "command line"),
    ],
    ids=["nobody", "file", "variable", "option", "option like the default"],
)
def test_the_origin_of_a_setting_is_the_nearest_that_said_it(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    file: str,
    environ: dict[str, str],
    line: dict[str, str],
    value: str,
    origin: str,
) -> None:
    (tmp_path / "settings.toml").write_text(file)
    monkeypatch.setattr("tau.cli.setting_origins.given", lambda: line)
    settings = load(line, environ | {"TAU_HOME": str(tmp_path)})
    rows = {row.name: row for row in settings_with_origins(settings)}
    assert (rows["threads"].value, rows["threads"].origin) == (value, origin)
    assert rows["home"].origin == "environment"


@pytest.mark.parametrize("name", ["model_key", "database_url"])
def test_secrets_are_said_to_be_set_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setattr("tau.cli.setting_origins.given", dict)
    settings = load({name: "hunter2", "home": str(tmp_path)}, environ={})
    rows = {row.name: row for row in settings_with_origins(settings)}
    assert rows[name].value == "(set, not shown)"
    assert "hunter2" not in str(rows)
    unset = {row.name: row for row in settings_with_origins(load({"home": str(tmp_path)}, {}))}
    assert unset[name].value == ""


def test_a_file_that_names_no_setting_is_refused(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("colour = 'red'")
    with pytest.raises(SettingsError, match="colour"):
        load({"home": str(tmp_path)}, environ={})


@pytest.mark.parametrize(
    ("choice", "free", "words"),
    [
        ("small", 10**10, "builtin is small"),
        ("none", 10**10, "builtin is none"),
        ("best", 10**9, "needs 4.0 GB of free memory, and 1.0 GB is free"),
        ("best", 10**10, "qwen2.5-coder-1.5b-instruct fits (10.0 GB of memory is free)"),
    ],
)
async def test_which_built_in_model_a_machine_gets_is_said_with_the_reason(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, choice: str, free: int, words: str
) -> None:
    monkeypatch.setattr(BuiltinModels.__init__, "__defaults__", (lambda: free,))
    async with open_app(replace(settings, builtin=choice), environ={}) as app:
        finding = await checks.check_builtin(app)
    assert well(finding)
    assert words in finding.says
