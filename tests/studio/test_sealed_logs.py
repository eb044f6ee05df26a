"""Logs belong to one person and one kind, and are erased with their keys."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from tau.app import App
from tau.errors import NotFound
from tau.journal.store import Store
from tau.people import Unlocked
from tau.storage.schema import entries, studio_projects
from tau.studio.evals.eval_events import RunGiven
from tau.studio.evals.eval_logs import EvalRunLog
from tau.studio.sealed_logs import LogKind, SealedLogs

pytestmark = pytest.mark.anyio
Logs = SealedLogs[EvalRunLog]
EVENT = RunGiven(content=({"item": {"a": "secret"}},))


@pytest.fixture
async def store(app: App) -> AsyncIterator[Store]:
    opened = Store(app.database)
    yield opened
    await opened.close()


def logs_of(app: App, store: Store, kind: LogKind = "eval_run", idle: float = 3600) -> Logs:
    return SealedLogs(
        app.database, store, kind, EvalRunLog.open, idle_seconds=idle, missing="It isn't there."
    )


@pytest.fixture
def logs(app: App, store: Store) -> Logs:
    return logs_of(app, store)


async def guest_of(app: App, owner: Unlocked) -> Unlocked:
    token = await app.people.invitations.invite(owner)
    return (await app.people.invitations.accept(token, "Ada", "correct horse battery", "test"))[1]


async def test_what_is_written_is_read_again(app: App, store: Store, owner: Unlocked) -> None:
    log_id, log = await logs_of(app, store).create(owner)
    await log.append(EVENT)
    again = await logs_of(app, store).open(owner, log_id)
    assert again is not log
    assert again.given == EVENT.content


async def test_an_open_log_is_kept_until_it_is_idle(
    app: App, store: Store, owner: Unlocked
) -> None:
    kept, idle = logs_of(app, store), logs_of(app, store, idle=-1.0)
    log_id, log = await kept.create(owner)
    assert await kept.open(owner, log_id) is log
    first = await idle.open(owner, log_id)
    assert await idle.open(owner, log_id) is not first


async def test_only_so_many_logs_are_kept_open(
    logs: Logs, owner: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_most_open", 2)
    made = [await logs.create(owner) for _ in range(5)]
    for log_id, _ in made:
        await logs.open(owner, log_id)
    assert len(logs._open) <= 3
    newest_id, _ = made[-1]
    newest = await logs.open(owner, newest_id)
    assert await logs.open(owner, newest_id) is newest


async def test_openings_at_once_share_a_log(app: App, store: Store, owner: Unlocked) -> None:
    log_id, _ = await logs_of(app, store).create(owner)
    logs = logs_of(app, store)
    opened = await asyncio.gather(*(logs.open(owner, log_id) for _ in range(8)))
    assert all(each is opened[0] for each in opened)


async def test_a_log_of_another_person_or_kind_is_not_there(
    app: App, store: Store, logs: Logs, owner: Unlocked
) -> None:
    log_id, _ = await logs.create(owner)
    guest = await guest_of(app, owner)
    other_kind = logs_of(app, store, "evals")
    for who, where in ((guest, logs), (owner, other_kind), (guest, other_kind)):
        assert await where.ids(who) == []
        with pytest.raises(NotFound, match="It isn't there"):
            await where.open(who, log_id)
        await where.remove(who, log_id)
    assert await logs.ids(owner) == [log_id]


async def test_logs_are_listed_oldest_first(logs: Logs, owner: Unlocked) -> None:
    made = [(await logs.create(owner))[0] for _ in range(4)]
    assert await logs.ids(owner) == made


async def test_removing_erases_rows_and_keys(app: App, logs: Logs, owner: Unlocked) -> None:
    kept_id, kept = await logs.create(owner)
    gone = [await logs.create(owner) for _ in range(2)]
    for _, log in [(kept_id, kept), *gone]:
        await log.append(EVENT)
    await logs.remove(owner, *(log_id for log_id, _ in gone), "never-there")
    assert await logs.ids(owner) == [kept_id]
    query = sa.select(sa.func.count()).select_from(entries)
    left = await app.database.run(
        lambda c: c.execute(
            query.where(entries.c.person.in_([log_id for log_id, _ in gone]))
        ).scalar()
    )
    assert left == 0
    for _, log in gone:
        with pytest.raises(NotFound):
            await log.append(EVENT)
    await kept.append(EVENT)


async def test_a_changed_data_key_gives_a_log_a_new_key(
    app: App, logs: Logs, owner: Unlocked
) -> None:
    log_id, log = await logs.create(owner)
    await log.append(EVENT)
    before = log.keys
    await app.people.rotation.rotate(owner, None)
    owner = await app.people.owner()
    again = await logs.open(owner, log_id)
    assert again.keys[1:] == before
    assert again.given == EVENT.content
    await again.append(EVENT)
    assert (await logs.open(owner, log_id)) is again


async def test_the_key_of_a_log_cannot_be_moved_to_another(
    app: App, store: Store, owner: Unlocked
) -> None:
    logs = logs_of(app, store)
    (one, _), (other, _) = await logs.create(owner), await logs.create(owner)
    table = studio_projects
    wrapped = sa.select(table.c.wrapped).where(table.c.id == one).scalar_subquery()
    move = sa.update(table).where(table.c.id == other).values(wrapped=wrapped)
    await app.database.run(lambda c: c.execute(move))
    with pytest.raises(NotFound):
        await logs_of(app, store).open(owner, other)


async def test_asking_for_logs_that_are_not_there_takes_no_memory(
    app: App, store: Store, owner: Unlocked
) -> None:
    logs = logs_of(app, store)
    for number in range(100):
        with pytest.raises(NotFound):
            await logs.open(owner, f"unknown-{number}")
    assert len(logs._opening) == len(logs._open) == 0


async def test_a_log_that_is_dropped_while_it_opens_is_opened_once(
    app: App, store: Store, owner: Unlocked
) -> None:
    """Others that come meanwhile wait for the same log, whatever is dropped as idle."""
    log_id, _ = await logs_of(app, store).create(owner)
    begun, opened = asyncio.Event(), asyncio.Event()
    openings = 0

    async def slowly(where: Store, name: str, keys: tuple[bytes, ...]) -> EvalRunLog:
        nonlocal openings
        openings += 1
        begun.set()
        await opened.wait()
        return await EvalRunLog.open(where, name, keys)

    logs = Logs(app.database, store, "eval_run", slowly, idle_seconds=3600, missing="No.")
    first = asyncio.create_task(logs.open(owner, log_id))
    await begun.wait()
    logs.drop()
    second = asyncio.create_task(logs.open(owner, log_id))
    opened.set()
    assert await first is await second
    assert openings == 1
