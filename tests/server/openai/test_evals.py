"""Evals, used by OpenAI's own unmodified client over a real socket."""

import asyncio
from pathlib import Path
from typing import Any

import openai
import pytest
import sqlalchemy as sa
from openai import AsyncOpenAI

from tau.app import App
from tau.storage.backups import Backups
from tau.storage.schema import entries, studio_projects

from ..conftest import Person
from .made_evals import EXACT, SCHEMA, given, make_eval, results, row, run_to_end

pytestmark = pytest.mark.anyio


async def test_an_eval_is_kept_as_it_was_described(client: AsyncOpenAI) -> None:
    judge = {
        "type": "label_model",
        "name": "tone",
        "model": "scripted",
        "input": [{"role": "user", "content": "Is this kind? {{sample.output_text}}"}],
        "labels": ["kind", "unkind"],
        "passing_labels": ["kind"],
    }
    made = await make_eval(client, EXACT, judge, name="Desk", metadata={"team": "support"})
    assert made.id.startswith("eval_")
    assert (made.object, made.name, made.metadata) == ("eval", "Desk", {"team": "support"})
    assert made.data_source_config.type == "custom"
    assert made.data_source_config.schema_["properties"]["item"] == SCHEMA
    assert "sample" in made.data_source_config.schema_["properties"]
    assert [each.to_dict() for each in made.testing_criteria] == [EXACT, judge]
    assert (await client.evals.retrieve(made.id)).to_dict() == made.to_dict()


async def test_criteria_of_one_name_are_told_apart(client: AsyncOpenAI) -> None:
    made = await make_eval(client, EXACT, {**EXACT, "operation": "ne"})
    assert [each.name for each in made.testing_criteria] == ["same", "same 2"]


async def test_an_eval_is_renamed(client: AsyncOpenAI) -> None:
    made = await make_eval(client, name="Old", metadata={"a": "b"})
    changed = await client.evals.update(made.id, name="New")
    assert (changed.name, changed.metadata) == ("New", {"a": "b"})
    changed = await client.evals.update(made.id, metadata={"c": "d"})
    assert (changed.name, changed.metadata) == ("New", {"c": "d"})
    assert (await client.evals.retrieve(made.id)).to_dict() == changed.to_dict()


async def test_evals_are_listed_in_pages(client: AsyncOpenAI) -> None:
    made = [(await make_eval(client, name=str(number))).id for number in range(5)]
    assert [each.id async for each in client.evals.list(limit=2)] == made
    assert [each.id async for each in client.evals.list(limit=2, order="desc")] == made[::-1]
    page = await client.evals.list(limit=2, after=made[1])
    assert [each.id for each in page.data] == made[2:4]
    assert page.has_more
    await client.evals.update(made[0], name="Changed")
    latest = await client.evals.list(order_by="updated_at", order="desc", limit=1)
    assert [each.id for each in latest.data] == [made[0]]


@pytest.mark.parametrize(
    ("config", "criteria", "param"),
    [
        ({"type": "logs"}, [EXACT], "data_source_config.type"),
        ({"type": "stored_completions"}, [EXACT], "data_source_config.type"),
        ({"type": "other"}, [EXACT], "data_source_config.type"),
        ({"type": "custom"}, [EXACT], "data_source_config.item_schema"),
        (
            {"type": "custom", "item_schema": {"type": "array"}},
            [EXACT],
            "data_source_config.item_schema",
        ),
        ({"type": "custom", "item_schema": {}}, [], "testing_criteria"),
        ({"type": "custom", "item_schema": {}}, [{"type": "magic"}], "testing_criteria[0].type"),
        (
            {"type": "custom", "item_schema": {}},
            [EXACT, {**EXACT, "input": "{{item}}"}],
            "testing_criteria[1].input",
        ),
        (
            {
                "type": "custom",
                "item_schema": {"properties": {"question": {}}, "additionalProperties": False},
            },
            [EXACT],
            "testing_criteria[0].reference",
        ),
    ],
)
async def test_what_is_wrong_with_an_eval_is_named(
    client: AsyncOpenAI, config: Any, criteria: Any, param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        await client.evals.create(data_source_config=config, testing_criteria=criteria)
    assert (refused.value.param, refused.value.code) == (param, "invalid_value")
    assert refused.value.type == "invalid_request_error"


async def test_metadata_has_openais_bounds(client: AsyncOpenAI) -> None:
    for metadata in (
        {str(number): "x" for number in range(17)},
        {"k" * 65: "x"},
        {"k": "v" * 513},
    ):
        with pytest.raises(openai.BadRequestError) as refused:
            await make_eval(client, metadata=metadata)
        assert str(refused.value.param).startswith("metadata")


async def test_an_eval_belongs_to_a_person(client: AsyncOpenAI, guest_client: AsyncOpenAI) -> None:
    made = await make_eval(client)
    run = await run_to_end(client, made.id, given(row("q", "a", "a")))
    (item,) = await results(client, run)
    await make_eval(guest_client)
    theirs = guest_client.evals
    for ask in (
        theirs.retrieve(made.id),
        theirs.update(made.id, name="Mine"),
        theirs.delete(made.id),
        theirs.runs.list(made.id),
        theirs.runs.create(made.id, data_source=given(row("q", "a", "a"))),
        theirs.runs.retrieve(run.id, eval_id=made.id),
        theirs.runs.cancel(run.id, eval_id=made.id),
        theirs.runs.delete(run.id, eval_id=made.id),
        theirs.runs.output_items.list(run.id, eval_id=made.id),
        theirs.runs.output_items.retrieve(item.id, eval_id=made.id, run_id=run.id),
    ):
        with pytest.raises(openai.NotFoundError):
            await ask
    assert made.id not in [each.id async for each in theirs.list()]
    assert (await client.evals.retrieve(made.id)).name == ""


def found_in(folder: Path, needle: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


async def _sealed(app: App) -> list[bytes]:
    """Return the middle of every entry of the studio's logs, which only its file can hold."""
    query = sa.select(entries.c.sealed).where(
        entries.c.person.in_(sa.select(studio_projects.c.id)), entries.c.sealed.is_not(None)
    )
    rows = await app.database.run(lambda c: c.execute(query).scalars().all())
    return [bytes(each)[15:55] for each in rows]


@pytest.mark.parametrize("what", ["eval", "run"])
async def test_deleting_erases_from_the_database_and_its_backups(
    client: AsyncOpenAI, app: App, tmp_path: Path, what: str
) -> None:
    made = await make_eval(client, name="a secret name")
    kept = await _sealed(app)
    run = await run_to_end(client, made.id, given(row("a secret question", "a", "b")), name="x")
    gone = await _sealed(app) if what == "eval" else list(set(await _sealed(app)) - set(kept))
    assert len(gone) >= 4 - (what == "run")
    assert not found_in(tmp_path, b"a secret")
    await asyncio.to_thread(Backups(app.database).make)
    assert all(found_in(tmp_path, each) for each in gone)
    if what == "eval":
        deleted = await client.evals.delete(made.id)
        assert (deleted.deleted, deleted.eval_id) == (True, made.id)
        assert deleted.object == "eval.deleted"
        assert not [each async for each in client.evals.list()]
    else:
        run_deleted = await client.evals.runs.delete(run.id, eval_id=made.id)
        assert (run_deleted.deleted, run_deleted.run_id) == (True, run.id)
        assert not [each async for each in client.evals.runs.list(made.id)]
        assert all(found_in(tmp_path, each) for each in kept)
    assert not [each for each in gone if found_in(tmp_path, each)]
    with pytest.raises(openai.NotFoundError):
        await client.evals.runs.output_items.list(run.id, eval_id=made.id)


async def test_a_removed_person_leaves_no_evals(
    guest_client: AsyncOpenAI, guest: Person, app: App
) -> None:
    made = await make_eval(guest_client)
    await run_to_end(guest_client, made.id, given(row("q", "a", "a")))
    gone = await _sealed(app)
    assert len(gone) >= 4
    await app.remove_person(guest.unlocked.person.id)
    assert not [each for each in gone if found_in(app.settings.home, each)]
