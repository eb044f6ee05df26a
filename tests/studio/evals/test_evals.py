"""Evals survive a restart, a changed data key and each other; what is erased is gone."""

import asyncio
import logging
from typing import Any

import pytest
import sqlalchemy as sa

from tau.app import App, open_app
from tau.errors import BadInput, InvalidField, NotFound
from tau.models.scripted import gate
from tau.people import Unlocked
from tau.settings import Settings
from tau.storage.schema import studio_projects
from tau.studio.evals.eval_spec import EvalSpec
from tau.studio.evals.eval_state import Eval, EvalRun
from tau.studio.evals.evals import Evals
from tau.studio.evals.run_jobs import INTERRUPTED

from ...patience import patient

pytestmark = pytest.mark.anyio
CRITERION: Any = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}
SPEC = EvalSpec({"type": "custom", "item_schema": {"type": "object"}}, [CRITERION], "Desk")


def given(*said: str) -> dict[str, Any]:
    rows = [{"item": {"answer": "yes"}, "sample": {"output_text": each}} for each in said]
    return {"type": "jsonl", "source": {"type": "file_content", "content": rows}}


def asking(*questions: str) -> dict[str, Any]:
    rows = [{"item": {"answer": "yes", "question": each}} for each in questions]
    return {
        "type": "completions",
        "model": "scripted",
        "source": {"type": "file_content", "content": rows},
        "input_messages": {
            "type": "template",
            "template": [{"role": "user", "content": "{{item.question}}"}],
        },
    }


@pytest.fixture
def evals(app: App) -> Evals:
    return app.studio.evals


async def wait_for_end(evals: Evals, owner: Unlocked, found: Eval, run: EvalRun) -> EvalRun:
    async with asyncio.timeout(patient(20)):
        while True:
            now = await evals.find_run(owner, found.id, run.id)
            if now.ended is not None:
                return now
            await asyncio.sleep(0)


async def run_to_end(evals: Evals, owner: Unlocked, found: Eval, source: dict[str, Any]) -> EvalRun:
    run = await evals.start_run(owner, found.id, source)
    return await wait_for_end(evals, owner, found, run)


async def log_count(app: App) -> int:
    query = sa.select(sa.func.count()).select_from(studio_projects)
    return int(await app.database.run(lambda c: c.execute(query).scalar()) or 0)


async def test_evals_and_results_are_there_after_a_restart(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        evals, owner = app.studio.evals, await app.people.owner()
        found = await evals.create(owner, SPEC)
        run = await run_to_end(evals, owner, found, given("yes", "no"))
        items = await evals.items(owner, run)
        source = await evals.data_source(owner, run)
    async with open_app(settings, environ={}) as app:
        evals, owner = app.studio.evals, await app.people.owner()
        assert await evals.all(owner) == [found]
        again = await evals.find_run(owner, found.id, run.id)
        assert again == run
        assert again.ended is not None
        assert (again.ended.figures.passed, again.ended.figures.failed) == (1, 1)
        assert await evals.items(owner, again) == items
        assert await evals.data_source(owner, again) == source == given("yes", "no")


async def test_a_run_that_a_restart_cut_off_has_failed(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        evals, owner = app.studio.evals, await app.people.owner()
        found = await evals.create(owner, SPEC)
        run = await evals.start_run(owner, found.id, asking("[[pause]]"))
        await gate.reached()
    for _ in range(2):  # it's written down once
        async with open_app(settings, environ={}) as app:
            evals, owner = app.studio.evals, await app.people.owner()
            cut_off = await evals.find_run(owner, found.id, run.id)
            assert cut_off.ended is not None
            assert (cut_off.ended.status, cut_off.ended.error_code) == ("failed", "interrupted")
            assert cut_off.ended.error == INTERRUPTED
            assert len(cut_off.seqs) == 2
            with pytest.raises(BadInput):
                await evals.cancel_run(owner, found.id, run.id)


async def test_evals_stay_after_the_data_key_was_changed(
    app: App, evals: Evals, owner: Unlocked
) -> None:
    found = await evals.create(owner, SPEC)
    run = await run_to_end(evals, owner, found, given("yes"))
    file = await _stored(app, owner)
    await app.people.rotation.rotate(owner, None)
    owner = await app.people.owner()
    assert owner.earlier_keys
    assert [each.id for each in await evals.all(owner)] == [found.id]
    assert len(await evals.items(owner, run)) == 1
    await run_to_end(evals, owner, found, given("yes"))
    again = await app.studio.files.find(owner, file.id)
    assert b"".join(app.studio.files.read(again)) == b"some"


async def _stored(app: App, owner: Unlocked) -> Any:
    async def pieces() -> Any:
        yield b"some"

    async with app.studio.files.receive(pieces()) as content:
        return await app.studio.files.keep(owner, content, "a", "evals")


async def test_first_evals_at_once_share_one_log(app: App, evals: Evals, owner: Unlocked) -> None:
    made = await asyncio.gather(*(evals.create(owner, SPEC) for _ in range(5)))
    assert {each.id for each in await evals.all(owner)} == {each.id for each in made}
    assert await log_count(app) == 1


async def test_erasing_takes_the_logs_of_runs(app: App, evals: Evals, owner: Unlocked) -> None:
    kept, found = await evals.create(owner, SPEC), await evals.create(owner, SPEC)
    kept_run = await run_to_end(evals, owner, kept, given("yes"))
    runs = [await run_to_end(evals, owner, found, given("yes")) for _ in range(3)]
    assert await log_count(app) == 5
    await evals.remove_run(owner, found.id, runs[0].id)
    assert await log_count(app) == 4
    with pytest.raises(NotFound):
        await evals.items(owner, runs[0])
    await evals.remove(owner, found.id)
    assert await log_count(app) == 2
    assert len(await evals.items(owner, kept_run)) == 1
    assert await evals.all(owner) == [kept]


@pytest.mark.parametrize("whole", [True, False])
async def test_erasing_ends_what_runs(app: App, evals: Evals, owner: Unlocked, whole: bool) -> None:
    found = await evals.create(owner, SPEC)
    run = await evals.start_run(owner, found.id, asking("[[pause]]"))
    await gate.reached()
    if whole:
        await evals.remove(owner, found.id)
    else:
        await evals.remove_run(owner, found.id, run.id)
    gate.set()
    assert evals.jobs.progress_of(run) is None
    assert await log_count(app) == 1
    gate.clear()


async def test_what_is_erased_stays_erased_after_a_restart(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        evals, owner = app.studio.evals, await app.people.owner()
        kept, found = await evals.create(owner, SPEC), await evals.create(owner, SPEC)
        run = await run_to_end(evals, owner, kept, given("yes"))
        await evals.remove_run(owner, kept.id, run.id)
        await evals.remove(owner, found.id)
    async with open_app(settings, environ={}) as app:
        evals, owner = app.studio.evals, await app.people.owner()
        (only,) = await evals.all(owner)
        assert (only.id, only.runs) == (kept.id, {})


async def test_another_process_sees_what_was_written(
    app: App, evals: Evals, owner: Unlocked
) -> None:
    other = Evals(app.database, app.studio.files, app.models, app.jobs, 3600)
    found = await evals.create(owner, SPEC)
    assert [each.id for each in await other.all(owner)] == [found.id]
    await other.change(owner, found.id, "Renamed", None)
    assert (await evals.find(owner, found.id)).name == "Renamed"
    await other.remove(owner, found.id)
    with pytest.raises(NotFound):
        await evals.find(owner, found.id)
    await other.close()


async def test_nothing_of_items_and_answers_is_logged(
    evals: Evals, owner: Unlocked, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    found = await evals.create(owner, SPEC)
    for source in (given("a secret"), asking("a secret", "[[nonsense]] a secret")):
        await run_to_end(evals, owner, found, source)
    with pytest.raises(InvalidField) as refused:
        await evals.start_run(owner, found.id, {"type": "a secret"})
    assert "secret" not in str(refused.value)
    assert "secret" not in caplog.text


async def test_a_removed_persons_run_ends(app: App, evals: Evals, owner: Unlocked) -> None:
    token = await app.people.invitations.invite(owner)
    _, guest = await app.people.invitations.accept(token, "Ada", "correct horse battery", "test")
    found = await evals.create(guest, SPEC)
    run = await evals.start_run(guest, found.id, asking("[[pause]]"))
    await gate.reached()
    await app.remove_person(guest.person.id)
    gate.set()
    assert evals.jobs.progress_of(run) is None
    assert await log_count(app) == 0
    gate.clear()
