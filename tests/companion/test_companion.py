"""What a turn promises: words kept, replies told and kept, nothing doubled, nothing lost."""

import asyncio

import pytest
import sqlalchemy as sa

from tau.app import App, open_app
from tau.companion import prompt
from tau.companion.companion import Companion
from tau.companion.events import Accepted, Done, Failed, Recalled
from tau.companion.turn import Turn
from tau.errors import BadInput, NotFound, StoreFull, UnknownModel
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory import Message
from tau.memory.erasure_request import ErasureRequest
from tau.settings import Settings
from tau.storage.schema import entries

from .talking import events, spoken, until_text

pytestmark = pytest.mark.anyio


def thread(life: Life, conversation: str) -> list[tuple[str, str]]:
    messages = life.memory_of(conversation).conversations.thread(conversation)
    return [(message.by, message.text) for message in messages]


def last(life: Life, turn: Turn) -> Message:
    return life.memory_of(turn.conversation).conversations.thread(turn.conversation)[-1]


async def test_a_turn_is_told_and_kept(companion: Companion, life: Life) -> None:
    turn = await companion.turn(life, None, "hello there")
    told = await events(turn)
    assert [type(event).__name__ for event in told[:2]] == ["Accepted", "NoticeGiven"]
    assert isinstance(told[2], Recalled)
    assert isinstance(told[-1], Done)
    assert turn.text == "You said: hello there"
    assert thread(life, turn.conversation) == [
        ("person", "hello there"),
        ("tau", "You said: hello there"),
    ]
    reply = last(life, turn)
    assert (reply.status, reply.model, reply.turn) == ("complete", "scripted", turn.id)
    assert life.memory.conversation(turn.conversation).title == "hello there"


async def test_words_are_on_the_disk_before_the_turn_is_returned(
    app: App, companion: Companion, life: Life
) -> None:
    await companion.turn(life, None, "[[hang]]")
    count = sa.select(sa.func.count()).select_from(entries)
    assert await app.database.run(lambda c: c.execute(count).scalar()) == 2  # its name, the words


async def test_what_was_said_elsewhere_is_recalled_with_its_date(
    app: App, companion: Companion, life: Life
) -> None:
    told = await life.create_conversation()
    noted = await life.add_message(told.id, "My sister Ana moved to Porto.", at=1_683_500_000.0)
    app.lives.written(life)
    await app.embedding.wait_until_idle()
    turn = await companion.turn(life, None, "Where did my sister Ana move?")
    recalled = next(event for event in await events(turn) if isinstance(event, Recalled))
    assert recalled.passages[0].message == noted.id
    assert recalled.passages[0].at == 1_683_500_000.0
    assert recalled.passages[0].reasons
    assert "Porto" in turn.text
    assert noted.id in last(life, turn).recalled


async def test_everything_is_there_after_a_restart(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await spoken(app.companion, life, None, "my cat is called Miso")
        before = thread(life, turn.conversation)
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        assert thread(life, turn.conversation) == before
        assert life.memory.messages_to_embed(life.memory.embedding_model or "", 9) == []
        again = await spoken(app.companion, life, None, "what is my cat called?")
        assert "Miso" in again.text


async def test_the_same_turn_sent_twice_is_answered_once(companion: Companion, life: Life) -> None:
    first, second = await asyncio.gather(
        companion.turn(life, None, "hello", turn_id="t1"),
        companion.turn(life, None, "hello", turn_id="t1"),
    )
    assert first is second
    await first.ended()
    assert await companion.turn(life, first.conversation, "hello", turn_id="t1") is first
    assert len(thread(life, first.conversation)) == 2


async def test_a_turn_sent_again_after_a_restart_is_answered_once(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await companion_turn(app, life)
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        again = await companion_turn(app, life)
        told = await events(again)
        assert again.text == turn.text
        assert isinstance(told[-1], Done)
        assert len(thread(life, turn.conversation)) == 2


async def companion_turn(app: App, life: Life) -> Turn:
    turn = await app.companion.turn(life, None, "hello", turn_id="t1")
    await turn.ended()
    return turn


async def test_stop_keeps_what_was_said_and_marks_it(companion: Companion, life: Life) -> None:
    turn = await companion.turn(life, None, "[[hang after 3]]")
    await until_text(turn)
    turn.stop()
    told = await events(turn)
    assert isinstance(told[-1], Done)
    assert told[-1].status == "stopped"
    reply = last(life, turn)
    assert reply.status == "stopped"
    assert reply.text == turn.text


async def test_stop_before_a_word_is_told_plainly(companion: Companion, life: Life) -> None:
    turn = await companion.turn(life, None, "[[hang]]")
    turn.stop()
    told = await events(turn)
    assert isinstance(told[-1], Failed)
    assert "Stopped" in told[-1].sentence
    assert thread(life, turn.conversation) == [("person", "[[hang]]")]


async def test_a_model_that_dies_leaves_the_partial_reply_marked(
    companion: Companion, life: Life
) -> None:
    turn = await companion.turn(life, None, "[[die after 3]]")
    told = await events(turn)
    assert isinstance(told[-1], Failed)
    assert told[-1].message == last(life, turn).id
    assert last(life, turn).status == "interrupted"
    assert "kept" in told[-1].sentence


@pytest.mark.parametrize("words", ["[[die]]", "[[nonsense]]"])
async def test_a_model_that_says_nothing_leaves_the_words_alone(
    companion: Companion, life: Life, words: str
) -> None:
    turn = await companion.turn(life, None, words)
    told = await events(turn)
    assert isinstance(told[-1], Failed)
    assert told[-1].sentence.endswith((".", "!"))
    assert thread(life, turn.conversation) == [("person", words)]


async def test_an_edit_replaces_the_words_and_what_followed(
    companion: Companion, life: Life
) -> None:
    first = await spoken(companion, life, None, "one")
    second = await spoken(companion, life, first.conversation, "two")
    await spoken(companion, life, first.conversation, "three")
    edited = await companion.turn(life, first.conversation, "two, better", edits=second.message)
    await edited.ended()
    texts = [text for _, text in thread(life, first.conversation)]
    assert texts == ["one", "You said: one", "two, better", "You said: two, better"]
    found = [passage.message.text for passage in await life.search("two three")]
    assert "three" not in found


async def test_an_edit_stops_the_reply_to_the_old_words(companion: Companion, life: Life) -> None:
    first = await companion.turn(life, None, "[[hang after 2]]")
    await until_text(first)
    edited = await companion.turn(life, first.conversation, "better", edits=first.message)
    await edited.ended()
    assert first.finished
    texts = [text for _, text in thread(life, first.conversation)]
    assert texts == ["better", "You said: better"]


async def test_another_reply_replaces_the_first(companion: Companion, life: Life) -> None:
    first = await spoken(companion, life, None, "one")
    await spoken(companion, life, first.conversation, "two")
    again = await companion.retry(life, first.message)
    await again.ended()
    assert thread(life, first.conversation) == [("person", "one"), ("tau", "You said: one")]
    assert last(life, again).turn == again.id


async def test_only_a_persons_words_can_be_edited_or_retried(
    companion: Companion, life: Life
) -> None:
    turn = await spoken(companion, life, None, "one")
    reply = last(life, turn).id
    with pytest.raises(BadInput):
        await companion.retry(life, reply)
    with pytest.raises(BadInput):
        await companion.turn(life, turn.conversation, "two", edits=reply)
    with pytest.raises(NotFound):
        await companion.retry(life, "nothing")


async def test_words_said_during_a_reply_wait_for_it_and_nothing_is_hidden(
    companion: Companion, life: Life
) -> None:
    first = await companion.turn(life, None, "[[hang after 2]]")
    await until_text(first)
    second = await companion.turn(life, first.conversation, "and this")
    first.stop()
    await second.ended()
    said = thread(life, first.conversation)
    assert [by for by, _ in said] == ["person", "person", "tau", "tau"]
    assert said[1] == ("person", "and this")
    assert said[3] == ("tau", "You said: and this")


@pytest.mark.parametrize("words", ["", "  \n ", "x" * 1_000_001])
async def test_words_that_cannot_be_kept_are_refused(
    companion: Companion, life: Life, words: str
) -> None:
    with pytest.raises(BadInput):
        await companion.turn(life, None, words)
    assert life.memory.conversations.all() == []


async def test_lone_surrogates_do_no_harm(companion: Companion, life: Life) -> None:
    turn = await spoken(companion, life, None, "odd \ud800 words")
    assert thread(life, turn.conversation)[0] == ("person", "odd ? words")


async def test_an_unknown_model_is_refused_before_anything_is_written(
    companion: Companion, life: Life
) -> None:
    with pytest.raises(UnknownModel):
        await companion.turn(life, None, "hello", model="nobody")
    assert life.memory.conversations.all() == []


async def test_an_unknown_conversation_or_turn_is_not_found(
    companion: Companion, life: Life
) -> None:
    with pytest.raises(NotFound):
        await companion.turn(life, "nowhere", "hello")
    with pytest.raises(NotFound):
        companion.find_turn(life, "nothing")


async def test_a_private_conversation_recalls_and_writes_nothing(
    app: App, companion: Companion, life: Life
) -> None:
    told = await life.create_conversation()
    await life.add_message(told.id, "my cat is called Miso")
    count = sa.select(sa.func.count()).select_from(entries)
    before = await app.database.run(lambda c: c.execute(count).scalar())

    private = await life.create_conversation(private=True)
    assert life.private.find(private.id)
    turn = await spoken(companion, life, private.id, "what is my cat called? my secret is 42")
    assert "Miso" in turn.text
    await spoken(companion, life, private.id, "more")
    retried = await companion.retry(life, turn.message)
    await retried.ended()
    assert [by for by, _ in thread(life, private.id)] == ["person", "tau"]
    assert companion.find_turn(life, turn.id) is turn

    assert await app.database.run(lambda c: c.execute(count).scalar()) == before
    found = [passage.message.text for passage in await life.search("my secret 42")]
    assert not any("secret" in text for text in found)
    await forget(life, ErasureRequest(conversation=private.id))
    with pytest.raises(NotFound):
        thread(life, private.id)


async def test_a_full_disk_refuses_the_words_and_loses_nothing(
    app: App, companion: Companion, life: Life
) -> None:
    turn = await spoken(companion, life, None, "before")
    limit = {"pages": 0}

    def shrink(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit['pages'] or pages}")

    sa.event.listen(app.database.engine, "begin", shrink)
    noise = "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(100_000))
    with pytest.raises(StoreFull, match="Nothing was lost"):
        await companion.turn(life, turn.conversation, noise)
    assert len(thread(life, turn.conversation)) == 2
    limit["pages"] = 1_000_000
    await spoken(companion, life, turn.conversation, "after")
    assert len(thread(life, turn.conversation)) == 4


async def test_erasing_a_conversation_leaves_nothing_of_it(
    app: App, companion: Companion, life: Life
) -> None:
    turn = await spoken(companion, life, None, "the marmalade plan")
    kept = await spoken(companion, life, None, "something else")
    await forget(life, ErasureRequest(conversation=turn.conversation))
    with pytest.raises(NotFound):
        life.memory.conversation(turn.conversation)
    assert await life.search("marmalade") == []
    left = sa.select(sa.func.count()).where(entries.c.sealed.is_not(None))
    assert await app.database.run(lambda c: c.execute(left).scalar()) == 3 + 1
    assert len(thread(life, kept.conversation)) == 2


async def test_forgetting_words_while_they_are_answered_does_not_bring_them_back(
    companion: Companion, life: Life
) -> None:
    turn = await companion.turn(life, None, "[[hang after 2]]")
    await until_text(turn)
    await forget(life, ErasureRequest(messages=(turn.message,)))
    turn.stop()
    told = await events(turn)
    assert isinstance(told[-1], Failed)
    with pytest.raises(NotFound):  # its name was made of the words
        thread(life, turn.conversation)


async def test_other_devices_are_told_of_turns(companion: Companion, life: Life) -> None:
    async def listen() -> list[str]:
        heard: list[str] = []
        async for change in life.changes.listen():
            heard.append(change.what)
            if change.what == "turn_ended":
                return heard
        return heard

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)
    await spoken(companion, life, None, "hello")
    assert await listening == ["conversation", "message", "turn_began", "message", "turn_ended"]


async def test_a_memory_of_someone_away_is_put_away_and_comes_back(
    app: App, companion: Companion, life: Life
) -> None:
    turn = await spoken(companion, life, None, "hello")
    await app.embedding.wait_until_idle()
    await app.lives.maintain(life.used_at + app.settings.idle_seconds + 1)
    assert len(app.lives) == 0
    again = await app.lives.open(await app.people.owner())
    assert again is not life
    assert thread(again, turn.conversation) == thread(life, turn.conversation)


async def test_a_turn_under_way_keeps_its_memory_in_mind(
    app: App, companion: Companion, life: Life
) -> None:
    turn = await companion.turn(life, None, "[[hang]]")
    await app.embedding.wait_until_idle()
    await app.lives.maintain(life.used_at + app.settings.idle_seconds + 1)
    assert len(app.lives) == 1
    turn.stop()
    await turn.ended()


async def test_the_first_event_names_the_words(companion: Companion, life: Life) -> None:
    turn = await spoken(companion, life, None, "hello")
    first = (await events(turn))[0]
    assert isinstance(first, Accepted)
    assert life.memory.message(first.message).text == "hello"
    assert first.conversation == turn.conversation


async def test_closing_keeps_a_reply_under_way(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await app.companion.turn(life, None, "[[hang after 2]]")
        await until_text(turn)
    end = (await events(turn))[-1]
    assert isinstance(end, Failed)
    assert (end.code, end.message is not None) == ("interrupted", True)  # nobody stopped it
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        assert [by for by, _ in thread(life, turn.conversation)] == ["person", "tau"]
        assert last(life, turn).status == "interrupted"


async def test_two_processes_on_one_home_see_each_others_words(settings: Settings) -> None:
    async with open_app(settings, environ={}) as one, open_app(settings, environ={}) as two:
        life_one = await one.lives.open(await one.people.owner())
        life_two = await two.lives.open(await two.people.owner())
        turn = await spoken(one.companion, life_one, None, "from one")
        other = await spoken(two.companion, life_two, None, "from two")
        await life_one._journal.catch_up()
        assert len(thread(life_two, turn.conversation)) == 2
        assert thread(life_one, other.conversation) == thread(life_two, other.conversation)


async def test_a_small_model_is_not_told_its_own_guesses(
    companion: Companion, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = await life.create_conversation()
    fact = await life.add_message(told.id, "My sister Ana lives in Porto.")
    await life.add_message(told.id, "Your sister Ana lives on the moon.", by="tau")
    other = await life.add_message(told.id, "Ana, my sister, says hello!", by="tau", speaker="Tom")
    capable = await recalled_by(companion, life, "Where does my sister Ana live?")
    assert len(capable) == 3
    small = prompt.load_style("small")
    monkeypatch.setattr(prompt.PromptStyle, "fit_to_context", lambda *_, **__: small)
    assert await recalled_by(companion, life, "Where does my sister Ana live?") == {
        fact.id,
        other.id,
    }


async def recalled_by(companion: Companion, life: Life, words: str) -> set[str]:
    """Ask in private; return what was recalled."""
    private = await life.create_conversation(private=True)
    turn = await spoken(companion, life, private.id, words)
    recalled = next(event for event in await events(turn) if isinstance(event, Recalled))
    return {passage.message for passage in recalled.passages}


async def test_a_private_conversation_ends_when_its_person_has_been_away(
    app: App, companion: Companion, life: Life
) -> None:
    private = await life.create_conversation(private=True)
    await spoken(companion, life, private.id, "nobody needs to know")
    await app.embedding.wait_until_idle()
    await app.lives.maintain(life.used_at + app.settings.idle_seconds + 1)
    again = await app.lives.open(await app.people.owner())
    with pytest.raises(NotFound):
        thread(again, private.id)


async def test_who_comes_back_while_their_memory_is_put_away_keeps_it(
    app: App, companion: Companion, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await spoken(companion, life, None, "hello")
    really = life.save

    async def save(*, whole: bool = True) -> bool:
        life.used_at += 1  # somebody asks for it just now
        return await really(whole=whole)

    monkeypatch.setattr(life, "save", save)
    await app.embedding.wait_until_idle()
    await app.lives.maintain(life.used_at + app.settings.idle_seconds + 1)
    assert await app.lives.open(await app.people.owner()) is life


async def test_three_things_said_at_once_are_answered_one_after_the_other(
    companion: Companion, life: Life
) -> None:
    first = await companion.turn(life, None, "[[hang after 2]]")
    await until_text(first)
    second = await companion.turn(life, first.conversation, "[[hang after 2]] two")
    third = await companion.turn(life, first.conversation, "three")
    first.stop()
    await until_text(second)
    assert third.text == ""
    second.stop()
    await third.ended()
    replies = [
        m.turn for m in life.memory.conversations.thread(first.conversation) if m.by == "tau"
    ]
    assert replies == [first.id, second.id, third.id]
