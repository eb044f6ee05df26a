"""Thoughts, loops and the model that answers, from the chunks of a model to the stored message."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tau.app import App, open_app
from tau.companion.companion import Companion
from tau.companion.events import Accepted, Answering, Delta, Done, Event, Failed, Revised, Thought
from tau.companion.prompt import load_style
from tau.companion.reply_stream import ReplyStream
from tau.companion.turn import Turn
from tau.life.life import Life
from tau.models import Chunk, scripted, scripted_server
from tau.settings import Settings

pytestmark = pytest.mark.anyio


async def heard(companion: Companion, life: Life, words: str, **more: Any) -> list[Event]:
    turn = await companion.turn(life, None, words, **more)
    return [event async for event in turn.events()]


def text_of(events: list[Event], kind: type[Delta | Thought]) -> str:
    return "".join(event.text for event in events if isinstance(event, kind))


def the(events: list[Event], kind: type[Any]) -> Any:
    return next(event for event in events if isinstance(event, kind))


# --- thoughts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["think", "reason"])
async def test_thoughts_are_shown_and_kept_nowhere(
    companion: Companion, life: Life, verb: str
) -> None:
    events = await heard(companion, life, f"[[{verb} The walrus is hungry.]] [[say Hello there.]]")
    assert text_of(events, Thought) == "The walrus is hungry."
    assert text_of(events, Delta) == "Hello there."
    stored = life.memory.message(the(events, Done).message)
    assert stored.text == "Hello there."
    found = await life.search("walrus hungry")
    assert [each.message.text for each in found if "walrus" in each.message.text] == [
        life.memory.message(the(events, Accepted).message).text
    ]


async def played(*chunks: Chunk) -> Turn:
    turn = Turn(conversation="c", message="m")

    async def answer() -> AsyncGenerator[Chunk, None]:
        for chunk in chunks:
            yield chunk

    stream = ReplyStream(turn)
    await stream.publish(answer(), "big")
    turn.publish(Done(id=turn.next_event_id, message="r", status="complete", model="big"))
    return turn


async def test_what_turns_out_to_be_a_thought_is_taken_back() -> None:
    turn = await played(Chunk("Who is ", {}), Chunk("it?\n</think>\n\nHi", {}), Chunk(".", {}))
    assert turn.text == "Hi."
    events = [event async for event in turn.events()]
    assert text_of(events, Thought).strip() == "Who is it?"
    assert the(events, Revised).text == ""


async def test_a_model_that_only_thinks_is_a_failure_that_says_so(
    companion: Companion, life: Life
) -> None:
    events = await heard(companion, life, "[[reason Hm.]] [[tokens 0]] [[say  ]]")
    assert isinstance(events[-1], Failed)
    assert "thought, but" in events[-1].sentence


async def test_thoughts_that_go_round_end(companion: Companion, life: Life) -> None:
    turn = await played(*[Chunk("", {}, thought="But wait, is it so? Let me see. ")] * 200)
    events = [event async for event in turn.events()]
    assert len(text_of(events, Thought)) < 1_000


async def test_a_reply_stopped_in_a_tag_keeps_its_end() -> None:
    turn = Turn(conversation="c", message="m")
    stream = ReplyStream(turn)

    async def answer() -> AsyncGenerator[Chunk, None]:
        yield Chunk("One is <", {})
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await stream.publish(answer(), "big")
    stream.flush()
    assert turn.text == "One is <"


# --- loops -------------------------------------------------------------------------------------


async def test_a_reply_that_repeats_itself_is_cut_and_marked(
    companion: Companion, life: Life
) -> None:
    sentence = "I am so glad that you like it."
    events = await heard(companion, life, f"[[loop {sentence}]]")
    done = the(events, Done)
    stored = life.memory.message(done.message)
    assert (done.status, done.cut) == ("complete", "repetition")
    assert (stored.status, stored.cut, stored.text) == ("complete", "repetition", sentence)
    assert the(events, Revised).text == sentence
    assert text_of(events, Delta).count(sentence) < 10 < scripted.LOOP_ROUNDS


async def test_the_mark_of_a_cut_survives_a_restart(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await app.companion.turn(life, None, "[[loop Aa.]]", turn_id="again")
        await turn.ended()
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        replayed = app.companion.find_turn(life, "again")
        events = [event async for event in replayed.events()]
        assert the(events, Done).cut == "repetition"


async def test_what_the_person_asked_to_have_repeated_is_not_cut(
    companion: Companion, life: Life
) -> None:
    words = "[[loop I will be good.]] write it 200 times"
    assert the(await heard(companion, life, words), Done).cut is None


# --- who answers -------------------------------------------------------------------------------


@asynccontextmanager
async def failing_first(settings: Settings) -> AsyncIterator[App]:
    """A Tau whose chosen model `big` can't be reached, and `tiny` stands in for it."""
    async with (
        scripted_server.serving(scripted_server.create_app()) as url,
        open_app(settings, environ={}) as app,
    ):
        await app.models.directory.add("big", "http://127.0.0.1:9/v1", "m")
        await app.models.directory.add("tiny", url, "m", size="small")
        await app.models.aliases.use("companion", ["big", "tiny"])
        yield app


async def test_a_model_that_takes_over_is_asked_in_its_own_style(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies: list[dict[str, Any]] = []
    script_for = scripted.script_for

    def listening(body: dict[str, Any], tokens: int = 0) -> scripted.Script:
        bodies.append(body)
        return script_for(body, tokens)

    monkeypatch.setattr(scripted, "script_for", listening)
    async with failing_first(settings) as app:
        life = await app.lives.open(await app.people.owner())
        events = await heard(app.companion, life, "hello", model="companion")
        small = load_style("small")
        assert bodies[0]["messages"][0]["content"].startswith(small.persona)
        assert bodies[0]["max_tokens"] == small.reply_tokens
        assert {name: bodies[0][name] for name in small.sampling} == small.sampling
        stored = life.memory.message(the(events, Done).message)
        assert (stored.model, stored.instead_of) == ("tiny", "big")


async def test_who_answers_is_said_before_the_first_word(settings: Settings) -> None:
    async with failing_first(settings) as app:
        life = await app.lives.open(await app.people.owner())
        events = await heard(app.companion, life, "hello", model="companion")
        answering = the(events, Answering)
        assert (answering.model, answering.instead_of) == ("tiny", "big")
        kinds = [type(event) for event in events]
        assert kinds.index(Answering) < kinds.index(Delta)
        events = await heard(app.companion, life, "hello", model="tiny")
        assert the(events, Answering).instead_of is None
