"""The sketch specialist in a talk: plans drawn, changed, asked about; with no model at all."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from tau.app import App, open_app
from tau.companion.events import ArtifactMade, Failed, HelpOffered, Recalled, Working
from tau.errors import NotFound
from tau.experts.artifacts import ArtifactDraft, ArtifactWriter
from tau.experts.sketch.downloads import read_plan
from tau.experts.sketch.mirroring import mirrored
from tau.experts.sketch.plan import Plan
from tau.facts.resolution import CARE
from tau.ids import new_id
from tau.life.fact_editing import FactEditor
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.settings import Settings
from tests.companion.talking import events
from tests.experts.acting.talking import made, reply_of, said, say
from tests.experts.expert_environment import use_expert_environment

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("expert_packages")]

HOUSE = "A house with two bedrooms and a bath, 70 m2"
FLAT = "两室一厅，70平"


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[App]:
    """An app that has the specialists' packages, and no model that is there."""
    use_expert_environment(settings.home)
    lacking = dataclasses.replace(settings, model="", offline=True)
    async with open_app(lacking, environ={}) as app:
        yield app


def plan_of(life: Life, event: ArtifactMade) -> Plan:
    return read_plan(life.memory.artifacts.version(event.artifact, event.version).content.encode())


@pytest.mark.parametrize(
    ("words", "next_words", "says", "then"),
    [
        (HOUSE, "add a study", "Here's a plan:", "I added Study"),
        (FLAT, "加一间书房", "画好了：", "加了书房"),
    ],
)
async def test_a_plan_is_drawn_and_changed_without_a_model(
    app: App, life: Life, words: str, next_words: str, says: str, then: str
) -> None:
    turn = await say(app, life, words)
    text, found = await said(turn)
    assert says in text
    assert [each for each in found if isinstance(each, Working)]
    drawn = made(found)
    plan = plan_of(life, drawn)
    assert all(room.name in text for room in plan.rooms if room.kind == "bedroom")
    assert all(sentence in text for sentence in plan.brief.assumed)
    reply = reply_of(life, turn)
    assert (reply.artifact, reply.revision, reply.model) == (drawn.artifact, drawn.version, "tau")
    turn = await say(app, life, next_words, turn.conversation, artifact=drawn.artifact)
    text, found = await said(turn)
    assert then in text
    changed = made(found)
    assert changed.artifact == drawn.artifact
    assert any(room.kind == "study" for room in plan_of(life, changed).rooms)
    assert life.memory.artifacts.version(drawn.artifact).parent == drawn.version
    assert life.memory.artifacts.get(drawn.artifact).conversation == turn.conversation


async def test_a_turn_that_is_sent_twice_draws_once(app: App, life: Life) -> None:
    name = new_id()
    first, second = await asyncio.gather(
        say(app, life, HOUSE, turn_id=name), say(app, life, HOUSE, turn_id=name)
    )
    event = made((await said(first))[1])
    assert second.id == first.id
    app.companion.turns.unloaded(life.person)  # as another process would find it
    replayed = app.companion.find_turn(life, name)
    again = made(await events(replayed))
    assert (again.artifact, again.version) == (event.artifact, event.version)
    assert len(life.memory.artifacts.all()) == 1


async def test_another_reply_takes_the_place_of_the_first_plan(
    app: App, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = await say(app, life, HOUSE)
    first = made((await said(turn))[1])
    drawn = plan_of(life, first)
    other = mirrored(drawn, drawn.brief, across=True, up=False)
    found = [msgspec.to_builtins(drawn)]
    call = app.expert_worker.call

    async def solved(name: str, arguments: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        if name == "sketch.solve":
            return {"plans": found, "advice": ""}
        return await call(name, arguments, seconds=seconds)

    monkeypatch.setattr(app.expert_worker, "call", solved)
    again = await app.companion.retry(life, turn.message)
    text, same = await said(again)
    assert "I found no other plan" in text
    assert made(same).version == first.version
    assert len(life.memory.artifacts.versions(first.artifact)) == 1
    found.append(msgspec.to_builtins(other))
    again = await app.companion.retry(life, turn.message)
    second = made((await said(again))[1])
    assert second.artifact == first.artifact
    assert plan_of(life, second) == other
    turn = await say(app, life, HOUSE)
    await said(turn)
    turn = await say(app, life, "mirror it", turn.conversation)
    turned = plan_of(life, made((await said(turn))[1]))
    again = await app.companion.retry(life, turn.message)
    repeated = plan_of(life, made((await said(again))[1]))
    assert repeated.rooms == turned.rooms  # not turned back


async def test_edited_words_change_the_plan_that_they_made(app: App, life: Life) -> None:
    turn = await say(app, life, HOUSE)
    first = made((await said(turn))[1])
    words = "A house with three bedrooms, 90 m2"
    edited = await say(app, life, words, turn.conversation, edits=turn.message)
    second = made((await said(edited))[1])
    assert second.artifact == first.artifact
    drawn = plan_of(life, second)
    assert len([room for room in drawn.rooms if "bedroom" in room.name.lower()]) == 3
    assert life.memory.artifacts.version(second.artifact).parent == first.version
    turn = await say(app, life, "entrance to the east", turn.conversation)
    assert plan_of(life, made((await said(turn))[1])).brief.entrance == "east"
    edited = await say(app, life, "add a study", turn.conversation, edits=turn.message)
    third = plan_of(life, made((await said(edited))[1]))
    assert third.brief.entrance == drawn.brief.entrance != "east"


async def test_what_was_changed_elsewhere_meanwhile_stays(app: App, life: Life) -> None:
    turn = await say(app, life, HOUSE)
    first = made((await said(turn))[1])
    turn = await say(app, life, "add a study", turn.conversation, artifact=first.artifact)
    async for event in turn.events():
        if isinstance(event, Working):
            break
    draft = ArtifactDraft(content=life.memory.artifacts.version(first.artifact).content + " ")
    await ArtifactWriter(life).revise(first.artifact, draft, after=first.version)
    text, found = await said(turn)
    assert "changed elsewhere" in text
    assert "study" not in reply_of(life, turn).text
    assert not [each for each in found if isinstance(each, ArtifactMade)]
    assert len(life.memory.artifacts.versions(first.artifact)) == 2


async def test_stopping_ends_the_work_and_keeps_nothing(app: App, life: Life) -> None:
    turn = await say(app, life, "A house with ten bedrooms, five baths and a study, 400 m2")
    async for event in turn.events():
        if isinstance(event, Working):
            break
    turn.stop()
    last = (await events(turn))[-1]
    assert isinstance(last, Failed)
    assert last.code == "stopped"
    assert life.memory.artifacts.all() == []
    assert app.expert_worker.process_id is None


async def test_an_interrupted_turn_says_so_and_another_reply_draws_once(
    settings: Settings,
) -> None:
    use_expert_environment(settings.home)
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await say(app, life, HOUSE)
        async for event in turn.events():
            if isinstance(event, Working):
                break
        await app.companion.close()
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        last = (await events(app.companion.find_turn(life, turn.id)))[-1]
        assert isinstance(last, Failed)
        assert last.code == "interrupted"
        assert life.memory.artifacts.all() == []
        made((await said(await app.companion.retry(life, turn.message)))[1])
        assert len(life.memory.artifacts.all()) == 1


async def test_nothing_is_drawn_where_nothing_is_kept(app: App, life: Life) -> None:
    private = await life.create_conversation(private=True)
    text, found = await said(await say(app, life, HOUSE, private.id))
    assert "Nothing of a private conversation is kept" in text
    assert not [each for each in found if isinstance(each, ArtifactMade)]
    assert life.memory.artifacts.all() == []
    assert life.private.get(private.id).memory.artifacts.all() == []


async def test_without_the_specialist_and_in_danger_nothing_is_drawn(app: App, life: Life) -> None:
    found = await events(await say(app, life, HOUSE, expert="talk"))
    assert isinstance(found[-1], Failed)  # there's no model to talk
    turn = await say(app, life, f"{HOUSE}. I want to kill myself tonight.")
    text, found = await said(turn)
    assert isinstance(found[1], HelpOffered)
    assert "Here's a plan" not in text
    assert life.memory.artifacts.all() == []


async def test_what_memory_serves_is_asked_and_done_after_a_yes(app: App, life: Life) -> None:
    await events(await say(app, life, "I work from home.", expert=None))
    turn = await say(app, life, HOUSE)
    text, found = await said(turn)
    assert "that you work from home: shall I add a study?" in text
    (fact,) = next(each for each in found if isinstance(each, Recalled)).facts
    assert fact.text == "Works from home"
    assert reply_of(life, turn).facts == (fact.id,)
    plan = plan_of(life, made(found))
    assert not [room for room in plan.rooms if room.kind == "study"]
    turn = await say(app, life, "no thanks", turn.conversation)
    text, found = await said(turn)
    assert text == "I left the plan as it is."
    turn = await say(app, life, "make the kitchen bigger", turn.conversation)
    assert "shall I" not in (await said(turn))[0]  # it was asked once


@pytest.mark.parametrize(
    ("fact", "words", "yes", "asks"),
    [
        ("I work from home.", HOUSE, "Yes, please!", "shall I add a study?"),
        ("I work from home.", FLAT, "好的", "要加一间书房吗？"),
        ("I work from home.", HOUSE, "好", "shall I add a study?"),
    ],
)
async def test_a_yes_applies_what_was_asked(
    app: App, life: Life, fact: str, words: str, yes: str, asks: str
) -> None:
    await events(await say(app, life, fact, expert=None))
    turn = await say(app, life, words)
    text, found = await said(turn)
    assert asks in text
    turn = await say(app, life, yes, turn.conversation)
    text, found = await said(turn)
    assert any(room.kind == "study" for room in plan_of(life, made(found)).rooms)
    assert asks not in text


async def test_what_care_learned_raises_no_question_even_if_approved(app: App, life: Life) -> None:
    await events(await say(app, life, "I work from home. I use a wheelchair.", expert=CARE))
    await app.learning.wait_until_idle()
    waiting = [fact.id for fact in life.memory.facts.waiting()]
    assert len(waiting) == 2
    await FactEditor(life).approve(waiting)
    text, found = await said(await say(app, life, HOUSE))
    assert "shall I" not in text
    assert next(each for each in found if isinstance(each, Recalled)).facts == []


async def test_a_forgotten_plan_leaves_a_reply_and_no_plan(app: App, life: Life) -> None:
    turn = await say(app, life, HOUSE)
    event = made((await said(turn))[1])
    await app.companion.forget(life, ErasureRequest(artifacts=(event.artifact,)))
    with pytest.raises(NotFound):
        await say(app, life, "add a study", turn.conversation, artifact=event.artifact)
    failed = (await events(await say(app, life, "add a study", turn.conversation)))[-1]
    assert isinstance(failed, Failed)  # nothing is open, so it's talk; and there's no model
    assert life.memory.artifacts.all() == []


async def test_without_the_packages_the_reply_says_how_to_install_them(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        text, _ = await said(await say(app, life, HOUSE))
        assert "tau experts setup" in text
        text, _ = await said(await say(app, life, FLAT))
        assert "tau experts setup" in text
        assert "组件还没有安装" in text
