"""The writing specialist in a talk: documents begun from memory, edits proposed or honestly not."""

import asyncio
import json

import pytest

from tau.app import App
from tau.companion.events import ArtifactMade, Done, Failed, Recalled, Working
from tau.errors import NotFound
from tau.experts.writing.blocks import render_markdown
from tau.experts.writing.documents import Documents, KeptDocument
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.models.scripted import gate
from tests.companion.talking import events
from tests.experts.acting.talking import made, reply_of, said, say

pytestmark = pytest.mark.anyio

LETTER = "Write to my landlord about the heating."
TEXT_EDIT = {
    "block": "b6",
    "find": "[What the letter says]",
    "replace": "The heating has been cold since Monday.",
    "why": "as you said",
}


def answering(*edits: dict[str, str], pause: bool = False) -> str:
    """Words that have the scripted model propose edits."""
    return f"{'[[pause]] ' if pause else ''}[[say {json.dumps({'edits': edits})}]]"


def document(life: Life, event: ArtifactMade) -> KeptDocument:
    kept = Documents(life).get(event.artifact)
    assert kept.version == event.version
    return kept


@pytest.fixture
def small_model(app: App) -> None:
    """Let nobody be there who can rewrite."""
    app.writing.editor._chosen = "smollm2-135m-instruct"


async def test_a_letter_begins_from_memory_and_a_model_fills_it(app: App, life: Life) -> None:
    await events(await say(app, life, "I live in Porto.", expert=None))
    turn = await say(app, life, f"{LETTER} {answering(TEXT_EDIT)}", expert="writing")
    text, found = await said(turn)
    kept = document(life, made(found))
    assert kept.title == "Letter (DIN 5008): Heating"
    shown = render_markdown(kept.review.document)
    assert "Porto" in shown
    assert "Dear landlord," in shown
    assert "[What the letter says]" in shown  # nothing is put in before it's accepted
    (edit,) = kept.review.open
    assert (edit.by, edit.replace) == ("scripted", TEXT_EDIT["replace"])
    assert "scripted proposes 1 change." in text
    assert "Still blank: Your name, Address of the recipient, What the letter says." in text
    (fact,) = next(each for each in found if isinstance(each, Recalled)).facts
    assert fact.text == "Lives in Porto"
    reply = reply_of(life, turn)
    assert (reply.facts, reply.artifact, reply.model) == ((fact.id,), kept.id, "tau")
    assert len(life.memory.artifacts.versions(kept.id)) == 1


async def test_a_role_becomes_the_name_that_memory_has_with_its_source(
    app: App, life: Life
) -> None:
    await events(await say(app, life, "My landlord is called Mr Vogel.", expert=None))
    turn = await say(app, life, f"{LETTER} {answering()}", expert="writing")
    text, found = await said(turn)
    kept = document(life, made(found))
    assert "Dear Mr Vogel," in render_markdown(kept.review.document)
    (slot,) = [each for each in kept.content.slots if each.slot == "recipient"]
    (fact,) = next(each for each in found if isinstance(each, Recalled)).facts
    assert (slot.fact, fact.text) == (fact.id, "Landlord: Mr Vogel")
    assert "From what you said before: Recipient (" in text


@pytest.mark.usefixtures("small_model")
@pytest.mark.parametrize(
    ("words", "title", "says"),
    [
        (LETTER, "Letter (DIN 5008): Heating", "can't write or rewrite well"),
        ("帮我写一份关于设备采购的公函给教育局", "公函：设备采购", "内置模型写作和改写的能力不够"),
    ],
)
async def test_the_small_model_is_not_asked_and_the_reply_says_so(
    app: App, life: Life, words: str, title: str, says: str
) -> None:
    turn = await say(app, life, words, expert="writing")
    text, found = await said(turn)
    kept = document(life, made(found))
    assert kept.title == title
    assert kept.review.edits == ()
    assert says in text
    assert not [each for each in found if isinstance(each, Working)]
    turn = await say(
        app, life, "make it shorter", turn.conversation, expert="writing", artifact=kept.id
    )
    text, found = await said(turn)
    assert "can't write or rewrite well" in text
    assert not [each for each in found if isinstance(each, ArtifactMade)]


async def test_changes_are_proposed_also_where_the_person_writes_meanwhile(
    app: App, life: Life
) -> None:
    turn = await say(app, life, f"{LETTER} {answering()}", expert="writing")
    text, found = await said(turn)
    assert "scripted proposes no changes" in text
    kept = document(life, made(found))
    gate.clear()
    words = f"Make it clearer. {answering(TEXT_EDIT, pause=True)}"
    turn = await say(app, life, words, turn.conversation, expert=None, artifact=kept.id)
    async for event in turn.events():
        if isinstance(event, Working):
            break
    changed = render_markdown(kept.review.document).replace("Kind regards", "Yours")
    kept = await Documents(life).save_text(kept.id, kept.version, changed)
    gate.set()
    text, found = await said(turn)
    gate.clear()
    assert "scripted proposes 1 change." in text
    newest = document(life, made(found))
    assert "Yours" in render_markdown(newest.review.document)
    assert [edit.replace for edit in newest.review.open] == [TEXT_EDIT["replace"]]


async def test_checking_needs_no_model(app: App, life: Life) -> None:
    app.writing.editor._chosen = "smollm2-135m-instruct"
    turn = await say(app, life, LETTER, expert="writing")
    kept = document(life, made((await said(turn))[1]))
    turn = await say(app, life, "check it", turn.conversation, artifact=kept.id, expert="writing")
    text, _ = await said(turn)
    assert "For you:" in text
    assert "laceholder" in text


async def test_what_was_begun_stays_if_the_model_is_stopped_or_fails(app: App, life: Life) -> None:
    gate.clear()
    turn = await say(app, life, f"{LETTER} {answering(TEXT_EDIT, pause=True)}", expert="writing")
    async for event in turn.events():
        if isinstance(event, Working):
            break
    turn.stop()
    last = (await events(turn))[-1]
    gate.set()
    assert isinstance(last, Done)
    assert last.status == "stopped"
    reply = reply_of(life, turn)
    assert reply.artifact is not None
    assert "[What the letter says]" in render_markdown(
        Documents(life).get(reply.artifact).review.document
    )
    text, found = await said(await say(app, life, f"{LETTER} [[nonsense]]", expert="writing"))
    gate.clear()
    assert "couldn't propose anything" in text
    assert document(life, made(found)).review.edits == ()


async def test_another_reply_is_a_version_of_the_same_letter(app: App, life: Life) -> None:
    turn = await say(app, life, f"{LETTER} {answering()}", expert="writing")
    first = made((await said(turn))[1])
    second = made((await said(await app.companion.retry(life, turn.message)))[1])
    assert second.artifact == first.artifact
    kept = document(life, second)
    changed = render_markdown(kept.review.document).replace("Kind regards", "Yours")
    await Documents(life).save_text(kept.id, kept.version, changed)
    third = made((await said(await app.companion.retry(life, turn.message)))[1])
    assert third.artifact != first.artifact  # the person has written in the first one
    assert "Yours" in render_markdown(Documents(life).get(first.artifact).review.document)


async def test_two_devices_at_once_begin_two_letters_and_lose_none(app: App, life: Life) -> None:
    conversation = (await life.create_conversation()).id
    turns = await asyncio.gather(
        *(say(app, life, f"{LETTER} {answering()}", conversation, expert="writing") for _ in "ab")
    )
    events_made = [made((await said(turn))[1]) for turn in turns]
    assert len({event.artifact for event in events_made}) == 2
    listed = [each for each in life.memory.artifacts.all() if each.conversation == conversation]
    assert len(listed) == 2


async def test_what_was_filled_in_and_forgotten_meanwhile_is_not_written(
    app: App, life: Life
) -> None:
    home = await say(app, life, "I live in Porto.", expert=None)
    await events(home)
    gate.clear()
    turn = await say(app, life, f"{LETTER} {answering(TEXT_EDIT, pause=True)}", expert="writing")
    async for event in turn.events():
        if isinstance(event, Working):
            break
    await app.companion.forget(life, ErasureRequest(messages=(home.message,)))
    gate.set()
    found = await events(turn)
    gate.clear()
    assert life.memory.artifacts.all() == []
    assert not [each for each in found if isinstance(each, ArtifactMade)]
    assert "Porto" not in reply_of(life, turn).text


async def test_in_private_nothing_is_begun_and_talk_shows_the_model_the_open_text(
    app: App, life: Life
) -> None:
    private = await life.create_conversation(private=True)
    text, _ = await said(await say(app, life, LETTER, private.id, expert="writing"))
    assert "Nothing of a private conversation is kept" in text
    assert life.memory.artifacts.all() == []
    turn = await say(app, life, f"{LETTER} {answering()}", expert="writing")
    event = made((await said(turn))[1])
    prompt = "What do you think of it?"
    turn = await say(
        app, life, prompt, turn.conversation, expert="writing", artifact=event.artifact
    )
    text, found = await said(turn)
    assert "Dear landlord" in text  # the scripted model repeats its last message
    assert not [each for each in found if isinstance(each, ArtifactMade)]
    await app.companion.forget(life, ErasureRequest(artifacts=(event.artifact,)))
    with pytest.raises(NotFound):
        await say(app, life, prompt, turn.conversation, artifact=event.artifact)
    last = (await events(await say(app, life, prompt, turn.conversation, expert="writing")))[-1]
    assert not isinstance(last, Failed)
