"""Lent conversations: what a project gets, what the journal says, and that it can be taken back."""

import time

import pytest

from tau.app import App, open_app
from tau.errors import BadInput, NotFound
from tau.ids import new_id
from tau.journal.entries import ConversationLent, LendingWithdrawn, MessageAdded, Record
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.people import Unlocked
from tau.settings import Settings
from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.lending.lent_examples import MOST_MESSAGES_BEFORE, LendingOptions
from tau.studio.project import Project

pytestmark = pytest.mark.anyio
HOW = LendingOptions()


async def talk(life: Life, *said: str, **about: object) -> str:
    """Return a conversation in which the person and Tau take turns."""
    conversation = (await life.create_conversation("Parcels")).id
    parent = None
    for place, text in enumerate(said):
        entry = MessageAdded(
            at=time.time(),
            id=new_id(),
            conversation=conversation,
            by="tau" if place % 2 else "person",
            text=text,
            parent=parent,
            **about,  # type: ignore[arg-type]
        )
        await life.append(entry)
        parent = entry.id
    return conversation


@pytest.fixture
async def project(app: App, owner: Unlocked) -> str:
    return (await app.studio.projects.create(owner, "Desk")).project.id


async def state(app: App, owner: Unlocked, project: str) -> Project:
    return (await app.studio.projects.open(owner, project)).project


def said_in(examples: object) -> list[list[str]]:
    return [[one.content for one in each.messages] for each in examples]  # type: ignore[attr-defined]


async def entries(life: Life) -> list[object]:
    return [each.entry async for each in life.read() if isinstance(each, Record)]


async def test_each_reply_becomes_an_example_with_what_was_said_before(
    app: App, owner: Unlocked, life: Life, project: str
) -> None:
    conversation = await talk(life, "Where is it?", "On its way.", "Thanks", "You're welcome.")
    assert await app.lending.lend(owner, project, [conversation], HOW) == 2
    now = await state(app, owner, project)
    assert said_in(now.examples.values()) == [
        ["Where is it?", "On its way."],
        ["Where is it?", "On its way.", "Thanks", "You're welcome."],
    ]
    assert [each.weight for each in list(now.examples.values())[1].messages] == [1, 0, 1, 1]
    (source,) = now.sources.values()
    assert (source.name, source.trust) == ("Parcels", "lent")
    assert await app.lending.lend(owner, project, [conversation], HOW) == 0
    (record,) = await app.lending.all(owner)
    assert (record.conversation, record.project, record.masked) == (conversation, project, True)


async def test_personal_data_is_masked_unless_that_is_refused(
    app: App, owner: Unlocked, life: Life, project: str
) -> None:
    conversation = await talk(life, "Write to ada@example.com", "To ada@example.com, gladly.")
    (masked,) = await app.lending.preview(owner, [conversation], HOW)
    assert said_in(masked.examples) == [["Write to [e-mail]", "To [e-mail], gladly."]]
    (plain,) = await app.lending.preview(owner, [conversation], LendingOptions(masked=False))
    assert "ada@example.com" in plain.examples[0].answer
    assert (await state(app, owner, project)).examples == {}  # it was only shown


async def test_a_long_conversation_gives_bounded_examples(
    app: App, owner: Unlocked, life: Life
) -> None:
    conversation = await talk(life, *(f"words {n}" for n in range(30)))
    (lent,) = await app.lending.preview(owner, [conversation], HOW)
    assert len(lent.examples) == 15
    assert max(len(each.messages) for each in lent.examples) <= MOST_MESSAGES_BEFORE + 1
    assert all(each.messages[0].role == "user" for each in lent.examples)


async def test_what_is_not_ones_own_cannot_be_lent(
    app: App, owner: Unlocked, life: Life, project: str
) -> None:
    private = (await life.create_conversation(private=True)).id
    await life.add_message(private, "a secret")
    imported = await talk(life, "hello", "hi", origin="chatgpt")
    silent = await talk(life, "hello")
    good = await talk(life, "hello", "hi")
    for refused, error in [
        (private, BadInput),
        (imported, BadInput),
        (silent, BadInput),
        ("nothing", NotFound),
    ]:
        with pytest.raises(error):
            await app.lending.lend(owner, project, [good, refused], HOW)
    assert (await state(app, owner, project)).examples == {}
    assert not any(isinstance(each, ConversationLent) for each in await entries(life))


async def test_what_is_taken_back_is_erased_and_dated(
    app: App, owner: Unlocked, life: Life, project: str
) -> None:
    first, second = await talk(life, "one", "two"), await talk(life, "three", "four")
    await app.lending.lend(owner, project, [first, second], HOW)
    assert await app.lending.take_back(owner, project, first) == 1
    assert said_in((await state(app, owner, project)).examples.values()) == [["three", "four"]]
    last, earlier = await app.lending.all(owner)
    assert (last.conversation, last.withdrawn_at) == (second, 0.0)
    assert earlier.withdrawn_at > 0
    with pytest.raises(NotFound):
        await app.lending.take_back(owner, project, first)
    assert await app.lending.lend(owner, project, [first], HOW) == 0  # withdrawn is for good


async def test_a_talk_with_reflective_support_is_never_lent(
    app: App, owner: Unlocked, life: Life, project: str
) -> None:
    plain, care = await talk(life, "one", "two"), await talk(life, "three", "four", expert="care")
    with pytest.raises(BadInput, match="reflective support"):
        await app.lending.lend(owner, project, [plain, care], HOW)
    assert not (await state(app, owner, project)).examples


async def test_what_was_cut_off_while_it_was_taken_back_is_finished_at_the_next_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    async def killed(*_: object) -> None:
        raise Killed

    async with open_app(settings, environ={}) as app:
        owner = await app.people.owner()
        life = await app.lives.open(owner)
        project = (await app.studio.projects.create(owner, "Desk")).project.id
        first, second = await talk(life, "one", "two"), await talk(life, "three", "four")
        await app.lending.lend(owner, project, [first, second], HOW)
        for name in ("append", "_withdraw"):  # nothing after it happens
            with monkeypatch.context() as patch:
                patch.setattr(life if name == "append" else app.lending, name, killed)
                with pytest.raises(Killed):
                    await app.lending.take_back(owner, project, first)
            assert len((await state(app, owner, project)).examples) == 2
            taken_back = [each for each in await app.lending.all(owner) if each.withdrawn_at]
            assert len(taken_back) == (name == "_withdraw")
    async with open_app(settings, environ={}) as app:
        now = await state(app, await app.people.owner(), project)
        assert said_in(now.examples.values()) == [["three", "four"]]


async def test_what_was_cut_off_while_it_was_lent_can_be_taken_back(
    app: App, owner: Unlocked, life: Life, project: str
) -> None:
    conversation = await talk(life, "one", "two")
    (shown,) = await app.lending.preview(owner, [conversation], HOW)
    await app.lending.lend_shown(owner, project, [shown._replace(examples=[])], HOW)
    assert await app.lending.take_back(owner, project, conversation) == 0
    (record,) = await app.lending.all(owner)
    assert record.withdrawn_at > 0


async def test_a_forgotten_message_takes_its_examples_along(
    app: App, owner: Unlocked, life: Life, project: str
) -> None:
    conversation = await talk(life, "one", "two", "three", "four")
    other = await talk(life, "five", "six")
    await app.lending.lend(owner, project, [conversation, other], HOW)
    edited = list((await state(app, owner, project)).examples)[1]
    changed = (ExampleMessage("user", "THREE"), ExampleMessage("assistant", "four"))
    await app.studio.edit(owner, project, edited, changed)
    third = life.memory.conversations.thread(conversation)[2].id
    await forget(life, ErasureRequest(messages=(third,)))
    await app.lending.settle()
    left = (await state(app, owner, project)).examples.values()
    assert said_in(left) == [["one", "two"], ["five", "six"]]  # a changed one repeats it too


async def test_an_erased_conversation_leaves_nothing_of_the_lending(
    app: App, owner: Unlocked, life: Life, project: str
) -> None:
    conversation, other = await talk(life, "one", "two"), await talk(life, "five", "six")
    await app.lending.lend(owner, project, [conversation, other], HOW)
    await forget(life, ErasureRequest(conversation=conversation))
    await app.lending.settle()
    now = await state(app, owner, project)
    assert said_in(now.examples.values()) == [["five", "six"]]
    assert len(now.withdrawn) == 1
    lent = [each for each in await entries(life) if isinstance(each, ConversationLent)]
    assert [each.conversation for each in lent] == [other]


async def test_what_was_erased_while_nobody_looked_is_withdrawn_when_the_project_is_opened(
    settings: Settings,
) -> None:
    async with open_app(settings, environ={}) as app:
        owner = await app.people.owner()
        life = await app.lives.open(owner)
        project = (await app.studio.projects.create(owner, "Desk")).project.id
        conversation = await talk(life, "one", "two")
        await app.lending.lend(owner, project, [conversation], HOW)
        app.lending.forgotten = lambda _: None  # type: ignore[method-assign]  # as if Tau ended
        await forget(life, ErasureRequest(conversation=conversation))
        assert len((await state(app, owner, project)).examples) == 1
    async with open_app(settings, environ={}) as app:
        owner = await app.people.owner()
        assert (await state(app, owner, project)).examples == {}


async def test_other_examples_are_never_withdrawn(
    app: App, owner: Unlocked, life: Life, project: str
) -> None:
    log = await app.studio.projects.open(owner, project)
    chat = (ExampleMessage("user", "one"), ExampleMessage("assistant", "two"))
    conversation = await talk(life, "one", "two")
    (lent,) = await app.lending.preview(owner, [conversation], HOW)
    own = Example(id="own", messages=chat, source=lent.source.id)
    await log.add_examples(lent.source, [own])
    await forget(life, ErasureRequest(conversation=conversation))
    await app.lending.settle()
    assert list((await state(app, owner, project)).examples) == ["own"]
    assert not any(isinstance(each, LendingWithdrawn) for each in await entries(life))
