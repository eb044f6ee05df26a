"""A life: what is noted, named, put aside and forgotten, in private and not."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
import sqlalchemy as sa

from tau.app import App, open_app
from tau.companion.companion import Companion
from tau.errors import BadInput, NotFound
from tau.journal.entries import ConversationChanged, MessageAdded
from tau.life.changes import ChangeEvent
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.settings import Settings
from tau.storage.schema import entries, snapshots

pytestmark = pytest.mark.anyio


def thread(life: Life, conversation: str) -> list[str]:
    return [each.text for each in life.memory_of(conversation).conversations.thread(conversation)]


async def rows(app: App) -> int:
    count = sa.select(sa.func.count()).select_from(entries)
    return int(await app.database.run(lambda c: c.execute(count).scalar_one()))


# --- notes ----------------------------------------------------------------------------------


async def test_a_note_keeps_who_said_it_and_when(life: Life) -> None:
    conversation = (await life.create_conversation("Holidays")).id
    note = await life.add_message(
        conversation, "We were in Porto.", at=1_683_500_000.0, speaker="Ana", by="person"
    )
    reply = await life.add_message(conversation, "How lovely.", by="tau", at=1_683_500_060.0)
    assert (note.speaker, note.at, note.by) == ("Ana", 1_683_500_000.0, "person")
    assert (reply.parent, reply.by, reply.status) == (note.id, "tau", "complete")


async def test_a_note_under_an_earlier_one_begins_a_branch(life: Life) -> None:
    conversation = (await life.create_conversation()).id
    first = await life.add_message(conversation, "one")
    await life.add_message(conversation, "two")
    await life.add_message(conversation, "another two", parent=first.id)
    assert thread(life, conversation) == ["one", "another two"]


@pytest.mark.parametrize("private", [False, True])
async def test_a_note_follows_only_what_is_in_its_conversation(life: Life, private: bool) -> None:
    here = (await life.create_conversation(private=private)).id
    elsewhere = await life.add_message((await life.create_conversation()).id, "elsewhere")
    for parent in (elsewhere.id, "nothing"):
        with pytest.raises(NotFound):
            await life.add_message(here, "words", parent=parent)
    with pytest.raises(NotFound):
        await life.add_message("nowhere", "words")
    assert thread(life, here) == []


async def test_names_and_titles_have_a_length(life: Life) -> None:
    conversation = (await life.create_conversation("x" * 200)).id
    await life.add_message(conversation, "words", speaker="x" * 200)
    with pytest.raises(BadInput, match="speaker"):
        await life.add_message(conversation, "words", speaker="x" * 201)
    with pytest.raises(BadInput, match="title"):
        await life.update_conversation(conversation, title="x" * 201)
    with pytest.raises(BadInput, match="title"):
        await life.create_conversation("x" * 201)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  About\n\ttea  ", "About tea"),
        ("odd \ud800 title", "odd ? title"),
        ("   ", ""),
        ("关于 绿茶", "关于 绿茶"),
    ],
)
async def test_titles_are_one_trimmed_line(life: Life, given: str, kept: str) -> None:
    assert ((await life.create_conversation(given)).title or "") == kept


async def test_a_message_just_short_enough_is_kept(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        conversation = (await life.create_conversation()).id
        longest = "é" * (settings.max_message_bytes // 2)
        await life.add_message(conversation, longest + "  \n")
        with pytest.raises(BadInput, match="max_message_bytes"):
            await life.add_message(conversation, longest + "é")
        assert thread(life, conversation) == [longest]


# --- conversations --------------------------------------------------------------------------


async def test_archiving_naming_and_bringing_back_leave_each_other_be(life: Life) -> None:
    conversation = (await life.create_conversation("first")).id
    assert (await life.update_conversation(conversation, archived=True)).title == "first"
    renamed = await life.update_conversation(conversation, title="second")
    assert (renamed.title, renamed.archived) == ("second", True)
    back = await life.update_conversation(conversation, archived=False)
    assert (back.title, back.archived) == ("second", False)
    with pytest.raises(NotFound):
        await life.update_conversation("nowhere", archived=True)


async def test_what_was_archived_is_still_remembered(life: Life) -> None:
    conversation = (await life.create_conversation()).id
    await life.add_message(conversation, "the key is under the stone")
    await life.update_conversation(conversation, archived=True)
    (found, *_) = await life.search("where is the key?")
    assert found.message.conversation == conversation


async def test_erasing_a_conversation_takes_its_branches_and_its_names(
    app: App, life: Life
) -> None:
    conversation = (await life.create_conversation("marmalade")).id
    first = await life.add_message(conversation, "marmalade one")
    await life.add_message(conversation, "marmalade two")
    await life.add_message(conversation, "marmalade three", parent=first.id)
    await life.update_conversation(conversation, title="more marmalade")
    kept = (await life.create_conversation("kept")).id
    await life.save()
    await forget(life, ErasureRequest(conversation=conversation))
    left = sa.select(entries.c.seq).where(entries.c.sealed.is_not(None))
    seqs = await app.database.run(lambda c: list(c.execute(left).scalars()))
    assert len(seqs) == 2, "the other conversation, and that something was forgotten"
    assert await app.database.run(lambda c: c.execute(sa.select(snapshots)).all()) == []
    assert [each.id for each in life.memory.conversations.all()] == [kept]
    with pytest.raises(NotFound):
        await forget(life, ErasureRequest(conversation=conversation))


async def test_erasing_takes_what_another_process_just_said(settings: Settings) -> None:
    async with open_app(settings, environ={}) as one, open_app(settings, environ={}) as two:
        life = await one.lives.open(await one.people.owner())
        other = await two.lives.open(await two.people.owner())
        conversation = (await life.create_conversation()).id
        await life.add_message(conversation, "from one")
        await other._journal.catch_up()
        await other.add_message(conversation, "from two")
        await forget(life, ErasureRequest(conversation=conversation))
        await other._journal.catch_up()
        assert len(life.memory) == len(other.memory) == 0


async def test_of_many_to_forget_one_unknown_refuses_all(life: Life) -> None:
    conversation = (await life.create_conversation()).id
    note = await life.add_message(conversation, "words")
    with pytest.raises(NotFound):
        await forget(
            life,
            ErasureRequest(
                messages=(
                    note.id,
                    "nothing",
                )
            ),
        )
    assert thread(life, conversation) == ["words"]
    await forget(life, ErasureRequest(messages=()))
    await forget(
        life,
        ErasureRequest(
            messages=(
                note.id,
                note.id,
            )
        ),
    )
    assert thread(life, conversation) == []
    with pytest.raises(NotFound):
        await forget(life, ErasureRequest(messages=(note.id,)))


# --- private --------------------------------------------------------------------------------


async def test_only_the_newest_private_conversations_are_kept(life: Life) -> None:
    begun = [(await life.create_conversation(private=True)).id for n in range(25)]
    assert [each.id for each in life.private] == begun[:4:-1]
    with pytest.raises(NotFound):
        life.memory_of(begun[4])
    assert life.memory_of(begun[5]).conversation(begun[5]).id == begun[5]


async def test_private_messages_are_named_found_and_forgotten_without_a_trace(
    app: App, life: Life
) -> None:
    before = await rows(app)
    private = (await life.create_conversation(private=True)).id
    note = await life.add_message(private, "the marmalade plan")
    await life.add_message(private, "and more")
    assert life.message(note.id).text == "the marmalade plan"
    assert await life.search("marmalade plan") == []
    await forget(life, ErasureRequest(messages=(note.id,)))
    assert thread(life, private) == ["and more"]
    assert await rows(app) == before
    assert life.memory.conversations.all() == []


async def test_replies_that_repeat_a_forgotten_private_message_go_with_it(
    companion: Companion, life: Life
) -> None:
    private = (await life.create_conversation(private=True)).id
    turns = [
        await companion.turn(life, private, words)
        for words in ("A marmalade plan [[say The marmalade?]]", "So [[say That marmalade.]]")
    ]
    for turn in turns:
        await turn.ended()
    request = ErasureRequest(messages=(turns[0].message,))
    planned = await forget(life, request, dry_run=True)
    assert (len(planned.messages), len(planned.replies)) == (1, 1)
    await forget(life, request)
    left = ["So [[say That marmalade.]]", "That marmalade."]
    assert thread(life, private) == left, "the person says it elsewhere"
    assert planned.elsewhere == (turns[1].message,)


async def test_open_and_private_messages_are_forgotten_in_one_go(life: Life) -> None:
    private, written = (
        (await life.create_conversation(private=True)).id,
        (await life.create_conversation()).id,
    )
    notes = [await life.add_message(place, "words") for place in (private, written, private)]
    await forget(life, ErasureRequest(messages=tuple([note.id for note in notes])))
    assert thread(life, private) == thread(life, written) == []


async def test_what_comes_too_late_for_a_private_conversation_is_written_nowhere(
    app: App, life: Life
) -> None:
    """Whatever was on its way to it when it ended."""
    before = await rows(app)
    private = (await life.create_conversation(private=True)).id
    late = MessageAdded(at=1.0, id="m", conversation=private, by="person", text="a secret")
    life.private.end(private)
    writes: list[Callable[[], Awaitable[object]]] = [
        lambda: life.append(late),
        lambda: life.append(ConversationChanged(at=1.0, id=private, title="a secret")),
        lambda: life.append_to(private, lambda: [late]),
        lambda: life.add_message(private, "a secret"),
        lambda: life.update_conversation(private),
    ]
    for write in writes:
        with pytest.raises(NotFound, match="has ended"):
            await write()
    assert await rows(app) == before
    assert life.memory.last == 0


async def test_private_conversations_end_with_the_process(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        private = (await life.create_conversation(private=True)).id
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        assert len(life.private) == 0
        with pytest.raises(NotFound):
            life.memory_of(private)


# --- changes and snapshots ------------------------------------------------------------------


async def test_other_devices_hear_of_every_kind_of_change(companion: Companion, life: Life) -> None:
    heard: list[ChangeEvent] = []

    async def listen() -> None:
        async for change in life.changes.listen():
            heard.append(change)  # noqa: PERF401 - what was heard so far is looked at

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)
    conversation = (await life.create_conversation("one")).id
    note = await life.add_message(conversation, "words")
    await life.update_conversation(conversation, archived=True)
    await forget(life, ErasureRequest(messages=(note.id,)))
    turn = await companion.turn(life, conversation, "hello")
    await turn.ended()
    life.changes.close()
    await listening
    said = [(each.what, each.conversation, each.seq, each.turn) for each in heard]
    assert said[:4] == [
        ("conversation", conversation, 1, None),
        ("message", conversation, 2, None),
        ("conversation", conversation, 3, None),
        ("forgot", None, 4, None),
    ]
    assert ("turn_began", conversation, 0, turn.id) in said
    assert [each.what for each in heard].count("message") == 3
    assert {each.turn for each in heard[4:] if each.what == "message"} == {turn.id}


async def test_private_words_are_not_told_as_messages_to_other_devices(life: Life) -> None:
    heard: list[ChangeEvent] = []

    async def listen() -> None:
        async for change in life.changes.listen():
            heard.append(change)  # noqa: PERF401

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)
    private = (await life.create_conversation(private=True)).id
    await life.add_message(private, "a secret")
    life.changes.close()
    await listening
    assert heard == []


async def test_a_memory_that_grew_is_saved_while_its_person_is_here(
    app: App, companion: Companion, life: Life
) -> None:
    conversation = (await life.create_conversation()).id
    said = [
        MessageAdded(
            at=float(n), id=f"m{n}", conversation=conversation, by="person", text=f"text {n}"
        )
        for n in range(511)
    ]
    await life.append(*said[:-1])
    await app.lives.maintain(life.used_at)
    assert life.saving.seq == 0
    await life.append(said[-1])
    await app.lives.maintain(life.used_at)
    assert life.saving.seq == 512
    assert len(app.lives) == 1
    fresh = await Life.open(
        app.lives._store, life.person, (await app.people.owner()).data_key, embed=life._embed
    )
    assert fresh.saving.seq == 512
    assert len(fresh.memory) == 511


async def test_a_snapshot_that_memory_refuses_is_passed_over(
    app: App, companion: Companion, life: Life
) -> None:
    conversation = (await life.create_conversation()).id
    await life.add_message(conversation, "words")
    await life._journal.save_snapshot({"meta": b"of another time"}, life.memory.last)
    owner = await app.people.owner()
    fresh = await Life.open(app.lives._store, owner.person.id, owner.data_key, embed=life._embed)
    assert fresh.saving.seq == 0
    assert thread(fresh, conversation) == ["words"]
    assert await fresh.save()


async def test_a_snapshot_from_before_somebody_elses_forgetting_is_tried_again(
    settings: Settings,
) -> None:
    async with open_app(settings, environ={}) as one, open_app(settings, environ={}) as two:
        life = await one.lives.open(await one.people.owner())
        note = await life.add_message((await life.create_conversation()).id, "words")
        other = await two.lives.open(await two.people.owner())
        await forget(other, ErasureRequest(messages=(note.id,)))
        assert not await life.save()
        assert life.saving.seq == 0
        await life._journal.catch_up()
        assert await life.save()
