"""Projects belong to one person, survive a restart, and are erased for good."""

import asyncio
from pathlib import Path

import pytest

from tau.app import App, open_app
from tau.errors import BadInput, Conflict, NotFound
from tau.journal.entries import Record
from tau.people import Unlocked
from tau.settings import Settings
from tau.storage.backups import Backups
from tau.storage.schema import entries, studio_projects
from tau.studio.events import ExampleEdited, ExamplesDecided, SplitFrozen
from tau.studio.examples.example import ExampleMessage, ExampleSource
from tau.studio.project import Project
from tau.studio.project_log import ProjectLog
from tau.studio.projects import Projects

from .made_examples import SOURCE, examples
from .made_projects import comparison, shown

pytestmark = pytest.mark.anyio


async def somebody_else(app: App, owner: Unlocked) -> Unlocked:
    token = await app.people.invitations.invite(owner)
    return (await app.people.invitations.accept(token, "Ada", "correct horse battery", "test"))[1]


async def test_a_project_is_there_after_a_restart(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        projects, owner = Projects(app.database, 3600), await app.people.owner()
        log = await projects.create(owner, "  Front\tdesk ")
        assert await log.add_examples(SOURCE, examples(250)) == 250
        assert await log.add_examples(SOURCE, examples(251)) == 1
        await log.append(ExamplesDecided(at=1.0, examples=("desk-3",), decision="leave out"))
        before = shown(log.project)
        await projects.close()
    async with open_app(settings, environ={}) as app:
        projects, owner = Projects(app.database, 3600), await app.people.owner()
        (project,) = await projects.all(owner)
        assert (project.name, len(project.examples)) == ("Front desk", 251)
        assert shown(project) == before
        await projects.close()


async def test_nobody_else_finds_a_project(app: App, projects: Projects, owner: Unlocked) -> None:
    log = await projects.create(owner, "Desk")
    other = await somebody_else(app, owner)
    assert await projects.all(other) == []
    for find in (projects.open, projects.find, projects.remove):
        with pytest.raises(NotFound):
            await find(other, log.project.id)
    assert await projects.find(owner, "desk") is log
    await projects.create(other, "Desk")  # names are each person's own


@pytest.mark.parametrize("name", ["", " \n ", "x" * 101, "DESK"])
async def test_names_are_checked(projects: Projects, owner: Unlocked, name: str) -> None:
    await projects.create(owner, "Desk")
    with pytest.raises(BadInput):
        await projects.create(owner, name)
    other = await projects.create(owner, "Other")
    with pytest.raises(BadInput):
        await projects.rename(owner, other.project.id, name)
    await projects.rename(owner, other.project.id, "other")
    assert {each.name for each in await projects.all(owner)} == {"Desk", "other"}


async def test_two_creations_at_once_do_not_share_a_name(
    projects: Projects, owner: Unlocked
) -> None:
    made = await asyncio.gather(
        *(projects.create(owner, "Desk") for _ in range(5)), return_exceptions=True
    )
    assert sum(not isinstance(each, BaseException) for each in made) == 1
    assert len(await projects.all(owner)) == 1


async def test_a_decision_on_what_has_changed_is_refused(
    projects: Projects, owner: Unlocked
) -> None:
    log = await projects.create(owner, "Desk")
    await log.add_examples(SOURCE, examples(10))
    seen = log.last
    await log.append(SplitFrozen(at=1.0, examples=("desk-1",), sha256="a"), after=seen)
    with pytest.raises(Conflict):
        await log.append(SplitFrozen(at=2.0, examples=("desk-2",), sha256="b"), after=seen)
    assert [each.id for each in log.project.test] == ["desk-1"]
    assert [each.id for each in log.project.train] == [f"desk-{n}" for n in range(2, 11)]


async def test_another_process_sees_what_was_written(
    app: App, projects: Projects, owner: Unlocked
) -> None:
    log = await projects.create(owner, "Desk")
    elsewhere = Projects(app.database, 3600)
    other = await elsewhere.open(owner, log.project.id)
    await other.add_examples(SOURCE, examples(3))
    await projects.open(owner, log.project.id)
    assert shown(log.project) == shown(other.project)
    await elsewhere.close()


async def test_what_was_withdrawn_elsewhere_is_not_written_again(
    app: App, projects: Projects, owner: Unlocked
) -> None:
    log = await projects.create(owner, "Desk")
    await log.add_examples(SOURCE, examples(3))
    elsewhere = Projects(app.database, 3600)
    other = await elsewhere.open(owner, log.project.id)
    await other.withdraw({"desk-1"})  # `log` hasn't read this yet
    assert await log.add_examples(SOURCE, [*examples(4)]) == 1
    await other.withdraw({"desk-2"})
    with pytest.raises(NotFound):
        await log.decide(lambda project: [_edit_of(project, "desk-2")])
    assert list(log.project.examples) == ["desk-3", "desk-4"]
    kept = b"".join(
        [record.raw async for record in log._journal.read() if isinstance(record, Record)]
    )
    assert b"question00003" in kept
    assert b"question00001" not in kept
    assert b"question00002" not in kept
    await elsewhere.close()


def _edit_of(project: Project, example: str) -> ExampleEdited:
    if example not in project.examples:
        raise NotFound("It's gone.")
    return ExampleEdited(at=1.0, example=example, messages=project.examples[example].messages)


async def test_two_withdrawals_at_once_both_count(
    app: App, projects: Projects, owner: Unlocked
) -> None:
    log = await projects.create(owner, "Desk")
    await log.add_examples(SOURCE, examples(6))
    elsewhere = Projects(app.database, 3600)
    other = await elsewhere.open(owner, log.project.id)
    await asyncio.gather(log.withdraw({"desk-1", "desk-2"}), other.withdraw({"desk-5"}))
    for each in (log, other):
        await each.refresh()
        assert list(each.project.examples) == ["desk-3", "desk-4", "desk-6"]
    await elsewhere.close()


async def test_a_project_has_room_for_so_many_examples(
    projects: Projects, owner: Unlocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tau.studio.project_log.MAX_EXAMPLES", 5)
    log = await projects.create(owner, "Desk")
    await log.add_examples(SOURCE, examples(4))
    with pytest.raises(BadInput, match="at most 5 examples"):
        await log.add_examples(SOURCE, examples(6))
    assert len(log.project.examples) == 4
    assert await log.add_examples(SOURCE, examples(5)) == 1  # the known ones take no room
    await log.withdraw({"desk-1"})
    assert await log.add_examples(SOURCE, examples(6)) == 1


async def test_examples_keep_the_order_of_their_files(projects: Projects, owner: Unlocked) -> None:
    log = await projects.create(owner, "Desk")
    await log.add_examples(SOURCE, examples(150))
    await log.add_examples(ExampleSource(id="shop", name="shop.csv"), examples(150, "shop"))
    before = list(log.project.examples)
    await log.withdraw({"desk-120", "shop-3"})  # writes the batches of both again
    assert list(log.project.examples) == [
        each for each in before if each not in {"desk-120", "shop-3"}
    ]


async def test_a_withdrawn_example_leaves_no_byte_and_marks_results(
    app: App, projects: Projects, owner: Unlocked, settings: Settings
) -> None:
    log = await projects.create(owner, "Desk")
    await log.add_examples(SOURCE, examples(150))
    edit = (ExampleMessage("user", "edited words"), ExampleMessage("assistant", "fine"))
    await log.append(
        ExampleEdited(at=2.0, example="desk-7", messages=edit),
        ExampleEdited(at=2.0, example="desk-8", messages=edit),
        ExamplesDecided(at=3.0, examples=("desk-8", "desk-9"), decision="leave out"),
        SplitFrozen(at=4.0, examples=("desk-7", "desk-20", "desk-120"), sha256="a"),
        comparison("desk-7", "desk-20", trained_on=("desk-8", "desk-30")),
    )
    order = [each for each in log.project.examples if each not in {"desk-7", "desk-30"}]
    await log.withdraw({"desk-7", "desk-30"})

    fresh = Projects(app.database, 3600)
    reopened = (await fresh.open(owner, log.project.id)).project
    assert shown(reopened) == shown(log.project)
    assert list(reopened.examples) == order
    assert reopened.examples["desk-8"].messages == edit
    (result,) = [each.result for each in reopened.comparisons]
    assert result.withdrawn == ("desk-30", "desk-7")
    assert [each.example for each in result.answers()] == ["desk-20"]
    assert await log.add_examples(SOURCE, examples(150)) == 0  # it does not come back

    kept = b"".join(
        [record.raw async for record in log._journal.read() if isinstance(record, Record)]
    )
    assert b"question00008" not in kept  # it was edited
    assert b"question00007" not in kept
    assert b"question00030" not in kept
    assert b"question00031" in kept
    await fresh.close()
    with pytest.raises(NotFound):
        await log.withdraw({"desk-7"})


def files_with(home: Path, pieces: list[bytes]) -> list[str]:
    """Return the files that contain one of these pieces of ciphertext."""
    return [
        path.name
        for path in home.rglob("*")
        if path.is_file()
        if any(piece[:40] in path.read_bytes() for piece in pieces)
    ]


@pytest.mark.parametrize("how", ["withdraw", "remove project", "remove person"])
async def test_what_is_erased_is_in_no_file(
    app: App, projects: Projects, owner: Unlocked, settings: Settings, how: str
) -> None:
    other = await somebody_else(app, owner)
    log = await projects.create(other, "Desk")
    await log.add_examples(SOURCE, examples(40))
    project = log.project.id
    rows = await app.database.run(
        lambda c: [
            *c.execute(entries.select().where(entries.c.person == project, entries.c.seq > 2)),
        ]
    )
    pieces = [bytes(row.sealed) for row in rows]
    keys = await app.database.run(lambda c: [*c.execute(studio_projects.select())])
    await asyncio.to_thread(Backups(app.database).make)
    assert files_with(settings.home, pieces)
    if how == "withdraw":
        await log.withdraw(set(log.project.examples))
    else:
        pieces += [bytes(row.wrapped) for row in keys]
        if how == "remove project":
            await projects.remove(other, project)
        else:
            await app.remove_person(other.person.id)
    assert files_with(settings.home, pieces) == []


async def test_nothing_is_written_once_a_project_is_removed(
    projects: Projects, owner: Unlocked
) -> None:
    log = await projects.create(owner, "Desk")
    await projects.remove(owner, log.project.id)
    with pytest.raises(NotFound):
        await log.add_examples(SOURCE, examples(1))
    with pytest.raises(NotFound):
        await projects.open(owner, log.project.id)
    assert await projects.all(owner) == []


async def test_a_changed_data_key_gives_projects_new_keys(
    app: App, projects: Projects, owner: Unlocked
) -> None:
    log = await projects.create(owner, "Desk")
    await log.add_examples(SOURCE, examples(3))
    project, before = log.project.id, log.keys
    await app.people.rotation.rotate(owner, None)
    renewed = await app.people.owner()
    reopened = await projects.open(renewed, project)
    with pytest.raises(NotFound):
        await projects.open(owner, project)  # with the former key alone
    assert reopened.keys[1:] == before
    await reopened.add_examples(SOURCE, examples(4))
    old_copy = Projects(app.database, 3600)
    again = await old_copy.open(await app.people.owner(), project)
    assert len(again.project.examples) == 4
    former = await ProjectLog.open(old_copy._store, project, before)
    assert len(former.project.examples) == 3  # what came later needs the new key
    await old_copy.close()


async def test_no_file_holds_a_word_of_a_project(
    app: App, projects: Projects, owner: Unlocked, settings: Settings
) -> None:
    log = await projects.create(owner, "Krakatoan desk")
    await log.add_examples(SOURCE, examples(150))
    await log.append(comparison("desk-1"))
    raw = b"".join(path.read_bytes() for path in settings.home.rglob("*") if path.is_file())
    for word in (b"Krakatoan", b"question00001", b"desk.jsonl", b"said of desk-1"):
        assert word not in raw
