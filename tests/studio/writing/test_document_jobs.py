"""Documents of a project: what is written waits for a person, and never enters the test."""

import asyncio
import io
import json
from typing import Any

import pytest

from tau.app import App
from tau.errors import BadInput, Conflict, ModelUnavailable, NotFound
from tau.models.types import ModelInfo
from tau.people import Unlocked
from tau.studio.examples.example import ExampleMessage
from tau.studio.project import Project
from tau.studio.writing.plan import DocumentOptions
from tests.studio.made_projects import ended
from tests.studio.test_studio import added, project_with

pytestmark = pytest.mark.anyio
PARAGRAPHS = [f"Rule {number}: " + f"the guest of table {number} waits. " * 40 for number in "123"]
DOCUMENT = "\n\n".join(PARAGRAPHS).encode()
HOW = DocumentOptions(instructions="Name the desk.")


class Writer:
    """Writes an example of each passage; `hold` keeps it from writing the second."""

    def __init__(self) -> None:
        self.asked = 0
        self.failing: set[int] = set()
        """Which requests fail, counted from 1."""
        self.hold: asyncio.Event | None = None
        self.waiting = asyncio.Event()

    async def complete(self, _name: str, _body: dict[str, Any]) -> dict[str, Any]:
        self.asked += 1
        if self.asked == 2 and self.hold is not None:
            self.waiting.set()
            await self.hold.wait()
        if self.asked in self.failing:
            raise ModelUnavailable("It doesn't answer.")
        pair = {"request": f"Question {self.asked}?", "answer": "refunds"}
        return {"choices": [{"message": {"content": json.dumps({"examples": [pair]})}}]}


@pytest.fixture
def writer(app: App, monkeypatch: pytest.MonkeyPatch) -> Writer:
    made = Writer()
    monkeypatch.setattr(app.models, "complete", made.complete)
    return made


@pytest.fixture
async def project(app: App, owner: Unlocked) -> str:
    found, _ = await project_with(app, owner, [(f"message {n}", "refunds") for n in range(30)])
    return found


async def state(app: App, owner: Unlocked, project: str) -> Project:
    return (await app.studio.projects.open(owner, project)).project


async def read(app: App, owner: Unlocked, project: str) -> str:
    job = await app.studio.documents.add(owner, project, "rules.txt", io.BytesIO(DOCUMENT), HOW)
    return (await ended(app.jobs, job)).message


async def test_what_a_model_wrote_waits_for_a_person(
    app: App, owner: Unlocked, project: str, writer: Writer
) -> None:
    assert await read(app, owner, project) == (
        "3 examples were written from 3 passages. Review them."
    )
    now = await state(app, owner, project)
    first, second, third = sorted(now.waiting)
    assert {first, second, third}.isdisjoint(each.id for each in now.train)
    await app.studio.decide(owner, project, [first], "keep")
    await app.studio.decide(owner, project, [second], "leave out")
    changed = (ExampleMessage("user", "When?"), ExampleMessage("assistant", "At ten."))
    await app.studio.edit(owner, project, third, changed)
    now = await state(app, owner, project)
    assert now.waiting == set()
    learned = {each.id for each in now.train}
    assert {first, third} <= learned
    assert second not in learned
    assert (now.examples[first].trust, now.examples[third].trust) == ("synthetic", "own")


async def test_it_never_enters_the_test(
    app: App, owner: Unlocked, project: str, writer: Writer
) -> None:
    await read(app, owner, project)
    written = (await state(app, owner, project)).waiting
    await app.studio.decide(owner, project, sorted(written), "keep")
    source = next(e.source for e in (await state(app, owner, project)).train if e.id in written)
    with pytest.raises(BadInput, match="can't be the test"):
        await app.studio.freeze_source(owner, project, source)
    frozen = await app.studio.freeze_test(owner, project, 10)
    assert frozen.test_ids.isdisjoint(written)


async def test_stopping_keeps_what_is_written_and_it_goes_on(
    app: App, owner: Unlocked, project: str, writer: Writer
) -> None:
    writer.hold = asyncio.Event()
    documents = app.studio.documents
    job = await documents.add(owner, project, "rules.txt", io.BytesIO(DOCUMENT), HOW)
    await writer.waiting.wait()
    with pytest.raises(Conflict, match="Another document"):
        await documents.add(owner, project, "rules.txt", io.BytesIO(DOCUMENT), HOW)
    await documents.stop(owner, project, job.id)
    assert len((await state(app, owner, project)).waiting) == 1
    with pytest.raises(Conflict):
        await documents.stop(owner, project, job.id)
    writer.hold = None
    assert "2 examples were written" in await read(app, owner, project)
    assert writer.asked == 4  # the first passage wasn't asked about again
    assert "0 examples were written" in await read(app, owner, project)


async def test_passages_that_failed_are_said_and_tried_again(
    app: App, owner: Unlocked, project: str, writer: Writer
) -> None:
    writer.failing = {2}
    said = await read(app, owner, project)
    assert "2 examples were written" in said
    assert "Passages that failed: 1." in said
    assert "1 examples were written" in await read(app, owner, project)
    assert writer.asked == 4


async def test_only_a_capable_model_writes(
    app: App, owner: Unlocked, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = ModelInfo(name="small", origin="pack", size="small", context_tokens=2048)
    monkeypatch.setattr(app.models.aliases, "info", lambda _: small)
    for how in (HOW, DocumentOptions(model="small")):
        with pytest.raises(Conflict, match="a capable model"):
            await app.studio.documents.add(owner, project, "a.txt", io.BytesIO(DOCUMENT), how)


async def test_a_removed_project_ends_its_documents(
    app: App, owner: Unlocked, project: str, writer: Writer
) -> None:
    writer.hold = asyncio.Event()
    await app.studio.documents.add(owner, project, "a.txt", io.BytesIO(DOCUMENT), HOW)
    await writer.waiting.wait()
    await app.studio.remove(owner, project)
    assert await app.studio.documents.all(owner) == []
    with pytest.raises(NotFound):
        await app.studio.documents.add(owner, project, "a.txt", io.BytesIO(DOCUMENT), HOW)


async def test_what_is_added_as_synthetic_waits_too(app: App, owner: Unlocked) -> None:
    log = await app.studio.projects.create(owner, "Other")
    await added(app, owner, log.project.id, [("a message", "refunds")], trust="synthetic")
    now = await state(app, owner, log.project.id)
    assert len(now.waiting) == 1
    assert now.train == []
