"""What happens at one moment in one conversation: nothing that was accepted is lost or doubled."""

import asyncio
from collections.abc import Callable

import pytest

from tau.app import App, open_app
from tau.companion.companion import Companion
from tau.companion.events import Done
from tau.companion.turn import Turn
from tau.journal.store import Store, Write
from tau.life.life import Life
from tau.life.versions import show_version
from tau.models.scripted import gate
from tau.settings import Settings

pytestmark = pytest.mark.anyio


def shown(life: Life, conversation: str) -> list[str]:
    return [m.text for m in life.memory_of(conversation).conversations.thread(conversation)]


async def ended(*turns: Turn) -> None:
    for turn in turns:
        await turn.ended()


@pytest.fixture(params=[False, True], ids=["kept", "private"])
async def conversation(request: pytest.FixtureRequest, life: Life) -> str:
    return (await life.create_conversation(private=request.param)).id


@pytest.mark.parametrize("count", [2, 5, 10])
async def test_turns_and_messages_at_once_all_show_in_one_thread(
    companion: Companion, life: Life, conversation: str, count: int
) -> None:
    await ended(await companion.turn(life, conversation, "start"))
    turns, notes = await asyncio.gather(
        asyncio.gather(
            *(companion.turn(life, conversation, f"[[say r{n}]] w{n}") for n in range(count))
        ),
        asyncio.gather(*(life.add_message(conversation, f"note {n}") for n in range(count))),
    )
    await ended(*turns)
    texts = shown(life, conversation)
    expected = ["start", "You said: start", *(note.text for note in notes)]
    expected += [words for n in range(count) for words in (f"[[say r{n}]] w{n}", f"r{n}")]
    assert sorted(texts) == sorted(expected)
    places = [texts.index(f"r{n}") for n in range(count)]
    assert places == sorted(places), "answered in the order of the words"


async def test_two_processes_at_once_write_one_thread(settings: Settings) -> None:
    async with open_app(settings, environ={}) as one, open_app(settings, environ={}) as two:
        here = await one.lives.open(await one.people.owner())
        there = await two.lives.open(await two.people.owner())
        conversation = (await here.create_conversation()).id
        await there._journal.catch_up()
        turns = await asyncio.gather(
            *(one.companion.turn(here, conversation, f"[[say a{n}]] one {n}") for n in range(4)),
            *(two.companion.turn(there, conversation, f"[[say b{n}]] two {n}") for n in range(4)),
        )
        await ended(*turns)
        await here._journal.catch_up()
        await there._journal.catch_up()
        texts = shown(here, conversation)
        assert texts == shown(there, conversation)
        assert sorted(texts) == sorted(
            [f"[[say {p}{n}]] {w} {n}" for p, w in (("a", "one"), ("b", "two")) for n in range(4)]
            + [f"{p}{n}" for p in "ab" for n in range(4)]
        )


async def test_one_turn_id_is_one_message_in_two_processes(settings: Settings) -> None:
    async with open_app(settings, environ={}) as one, open_app(settings, environ={}) as two:
        here = await one.lives.open(await one.people.owner())
        there = await two.lives.open(await two.people.owner())
        conversation = (await here.create_conversation()).id
        await there._journal.catch_up()

        async def say(app: App, life: Life) -> Turn:
            return await app.companion.turn(life, conversation, "[[pause]] once", turn_id="t1")

        pairs = [(one, here), (two, there)] * 3
        turns = await asyncio.gather(*(say(*pair) for pair in pairs))
        assert len({turn.message for turn in turns}) == 1
        gate.set()
        await ended(*turns)
        gate.clear()
        await here._journal.catch_up()
        assert [m.by for m in here.memory.conversations.thread(conversation)] == ["person", "tau"]


async def test_one_turn_id_at_once_is_one_message_and_one_live_turn(
    companion: Companion, life: Life, conversation: str
) -> None:
    turns = await asyncio.gather(
        *(companion.turn(life, conversation, "[[pause]] x", turn_id="t") for _ in range(5))
    )
    assert len(set(map(id, turns))) == 1
    assert not turns[0].finished, "not replayed as if it had been interrupted"
    turns[0].stop()
    await ended(turns[0])
    assert shown(life, conversation) == ["[[pause]] x"]


async def test_one_retry_sent_twice_at_once_is_one_reply(
    companion: Companion, life: Life, conversation: str
) -> None:
    first = await companion.turn(life, conversation, "hello")
    await ended(first)
    again = await asyncio.gather(
        *(companion.retry(life, first.message, turn_id="again") for _ in range(3))
    )
    await ended(*again)
    replies = [m for m in life.memory_of(conversation).messages if m.by == "tau"]
    assert len(replies) == 2


async def test_words_that_come_as_a_reply_ends_follow_it(
    companion: Companion, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words are sent while the reply is being written: it's told done, and stays."""
    writing = asyncio.Event()
    written: Callable[[Store, Write], asyncio.Future[float]] = Store.append

    def append(self: Store, write: Write) -> asyncio.Future[float]:
        writing.set()
        return written(self, write)

    conversation = (await life.create_conversation()).id
    first = await companion.turn(life, conversation, "[[pause]] [[say one]]")
    await gate.reached()
    monkeypatch.setattr(Store, "append", append)
    gate.release()
    await writing.wait()
    second = await companion.turn(life, conversation, "and then? [[say two]]")
    await ended(first, second)
    done = [e async for e in first.events()][-1]
    assert isinstance(done, Done)
    assert life.message(done.message).visible
    assert shown(life, conversation)[1::2] == ["one", "two"]


async def test_words_said_during_a_retry_stay_visible(
    companion: Companion, life: Life, conversation: str
) -> None:
    first = await companion.turn(life, conversation, "[[pause]] what?")
    gate.set()
    await ended(first)
    gate.clear()
    retry = await companion.retry(life, first.message)
    await gate.reached()
    other = await companion.turn(life, conversation, "[[say yes]] and more")
    gate.release()
    await ended(retry, other)
    texts = shown(life, conversation)
    assert texts[2] == "[[say yes]] and more"
    assert texts[-1] == "yes"
    assert len(texts) == 5, "both replies to the first words show, and nothing is hidden"


async def test_a_retry_does_not_stop_the_reply_to_other_words(
    companion: Companion, life: Life, conversation: str
) -> None:
    first = await companion.turn(life, conversation, "[[say one]]")
    await ended(first)
    second = await companion.turn(life, conversation, "[[pause]] two")
    await gate.reached()
    retry = await companion.retry(life, first.message)
    gate.release()
    await ended(second, retry)
    assert shown(life, conversation)[:3] == ["[[say one]]", "one", "[[pause]] two"]
    assert len(shown(life, conversation)) == 5


async def test_a_reply_to_hidden_words_stays_with_them(
    companion: Companion, life: Life, conversation: str
) -> None:
    first = await companion.turn(life, conversation, "[[say one]]")
    await ended(first)
    edit = await companion.turn(life, conversation, "[[pause]] two", edits=first.message)
    await gate.reached()
    await show_version(life, first.message)
    gate.release()
    await ended(edit)
    assert shown(life, conversation) == ["[[say one]]", "one"]
    await show_version(life, edit.message)
    assert shown(life, conversation) == ["[[pause]] two", "You said: [[pause]] two"]
