"""Turns in every state: queued, repeated, edited, told again after a restart, badly answered."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from tau.app import App, open_app
from tau.companion.companion import Companion
from tau.companion.events import Delta, Done, Failed
from tau.companion.turn import Turn
from tau.errors import BadInput, NotFound
from tau.journal.entries import MessageAdded
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.models import Chunk, scripted, scripted_server
from tau.models.types import RequestBuilder
from tau.settings import Settings

from .talking import events, spoken, until_text

pytestmark = pytest.mark.anyio
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def thread(life: Life, conversation: str) -> list[str]:
    return [each.text for each in life.memory_of(conversation).conversations.thread(conversation)]


async def ending(turn: Turn) -> Done | Failed:
    last = (await events(turn))[-1]
    assert isinstance(last, Done | Failed)
    return last


# --- identifiers ----------------------------------------------------------------------------


@pytest.mark.parametrize("turn_id", ["x" * 65, "with\nbreak", "ümlaut", "\x00", "tab\t"], ids=repr)
async def test_a_turn_id_of_bad_form_is_refused_before_anything_is_written(
    companion: Companion, life: Life, turn_id: str
) -> None:
    with pytest.raises(BadInput, match="64 ASCII characters"):
        await companion.turn(life, None, "hello", turn_id=turn_id)
    turn = await spoken(companion, life, None, "hello")
    with pytest.raises(BadInput, match="64 ASCII characters"):
        await companion.retry(life, turn.message, turn_id=turn_id)
    assert len(life.memory) == 2


async def test_the_longest_turn_id_is_kept(companion: Companion, life: Life) -> None:
    turn = await companion.turn(life, None, "hello", turn_id="x" * 64)
    assert turn.id == "x" * 64
    await turn.ended()


async def test_a_retry_sent_twice_is_answered_once(companion: Companion, life: Life) -> None:
    first = await spoken(companion, life, None, "one")
    again = await companion.retry(life, first.message, turn_id="again")
    assert await companion.retry(life, first.message, turn_id="again") is again
    await again.ended()
    assert await companion.retry(life, first.message, turn_id="again") is again
    assert len(life.memory) == 3
    assert thread(life, first.conversation) == ["one", "You said: one"]


async def test_a_refused_turn_may_be_sent_again_under_its_id(
    companion: Companion, life: Life
) -> None:
    with pytest.raises(NotFound):
        await companion.turn(life, "nowhere", "hello", turn_id="t")
    turn = await companion.turn(life, None, "hello", turn_id="t")
    assert isinstance(await ending(turn), Done)


async def test_one_persons_turn_id_is_nothing_to_another(app: App, life: Life) -> None:
    invitation = await app.people.invitations.invite(await app.people.owner())
    _, bob = await app.people.invitations.accept(invitation, "Bob", "correct horse battery", "test")
    other = await app.lives.open(bob)
    turn = await app.companion.turn(life, None, "of the owner", turn_id="t")
    await turn.ended()
    with pytest.raises(NotFound):
        app.companion.find_turn(other, "t")
    with pytest.raises(NotFound):
        await app.companion.retry(other, turn.message)
    with pytest.raises(NotFound):
        await app.companion.turn(other, turn.conversation, "hello")
    own = await app.companion.turn(other, None, "of Bob", turn_id="t")
    await own.ended()
    assert thread(other, own.conversation)[0] == "of Bob"


# --- queues and edits -----------------------------------------------------------------------


async def test_a_queued_turn_can_be_stopped_before_its_turn_comes(
    companion: Companion, life: Life
) -> None:
    first = await companion.turn(life, None, "[[hang after 2]]")
    await until_text(first)
    second = await companion.turn(life, first.conversation, "never mind")
    third = await companion.turn(life, first.conversation, "but this")
    second.stop()
    first.stop()
    told = await ending(second)
    assert isinstance(told, Failed)
    assert "Stopped" in told.sentence
    await third.ended()
    replies = [m for m in life.memory.conversations.thread(first.conversation) if m.by == "tau"]
    assert [reply.turn for reply in replies] == [first.id, third.id]
    assert companion.active_turns(life) == []


async def test_conversations_do_not_wait_for_each_other(companion: Companion, life: Life) -> None:
    hanging = await companion.turn(life, None, "[[hang]]")
    other = await spoken(companion, life, None, "hello")
    assert isinstance(await ending(other), Done)
    assert companion.active_turns(life) == [hanging]
    hanging.stop()
    await hanging.ended()


async def test_the_first_message_can_be_edited(companion: Companion, life: Life) -> None:
    first = await spoken(companion, life, None, "one")
    await spoken(companion, life, first.conversation, "two")
    edited = await companion.turn(life, first.conversation, "better", edits=first.message)
    await edited.ended()
    assert thread(life, first.conversation) == ["better", "You said: better"]
    assert life.memory.message(edited.message).parent is None
    assert life.memory.conversation(first.conversation).title == "one"


async def test_an_edit_ends_every_turn_that_waits(companion: Companion, life: Life) -> None:
    first = await companion.turn(life, None, "[[hang after 1]]")
    await until_text(first)
    waiting = await companion.turn(life, first.conversation, "waiting")
    edited = await companion.turn(life, first.conversation, "better", edits=first.message)
    assert first.finished
    assert waiting.finished
    await edited.ended()
    assert thread(life, first.conversation) == ["better", "You said: better"]


async def test_words_of_another_conversation_are_not_edited_from_here(
    companion: Companion, life: Life
) -> None:
    here = await spoken(companion, life, None, "here")
    there = await spoken(companion, life, None, "there")
    with pytest.raises(NotFound):
        await companion.turn(life, here.conversation, "better", edits=there.message)
    assert thread(life, there.conversation)[0] == "there"


async def test_a_long_first_message_makes_a_short_title(companion: Companion, life: Life) -> None:
    turn = await spoken(companion, life, None, "word\n" * 40)
    title = life.memory.conversation(turn.conversation).title
    assert title is not None
    assert len(title) <= 60
    assert title.startswith("word word")
    assert title.endswith("…")


async def test_a_title_that_was_given_stays(companion: Companion, life: Life) -> None:
    named = await life.create_conversation("Named before")
    await spoken(companion, life, named.id, "hello")
    assert life.memory.conversation(named.id).title == "Named before"


async def test_a_life_put_away_ends_its_turns_and_its_listeners(
    app: App, companion: Companion, life: Life
) -> None:
    turn = await companion.turn(life, None, "[[hang]]")
    listening = asyncio.create_task(anext(life.changes.listen(), None))
    await asyncio.sleep(0)
    await app.lives.unload(life.person)
    await turn.ended()
    assert isinstance(await ending(turn), Failed)
    await listening
    assert len(app.lives) == 0
    await app.lives.unload("nobody")


# --- turns of before ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [("complete", Done, "complete"), ("stopped", Done, "stopped"), ("interrupted", Failed, None)],
)
async def test_a_turn_of_before_the_restart_tells_how_it_ended(
    companion: Companion, life: Life, status: str, kind: type, told: str | None
) -> None:
    conversation = (await life.create_conversation()).id
    source = await life.add_message(conversation, "the lake")
    forgotten = await life.add_message(conversation, "the stone")
    parts = {"at": 1.0, "conversation": conversation, "turn": "t"}
    await life.append(
        MessageAdded(id="w", by="person", text="where?", **parts),  # type: ignore[arg-type]
        MessageAdded(
            id="r",
            by="tau",
            text="By the lake.",
            parent="w",
            status=status,  # type: ignore[arg-type]
            recalled=(source.id, forgotten.id),
            model="scripted",
            **parts,  # type: ignore[arg-type]
        ),
    )
    await forget(life, ErasureRequest(messages=(forgotten.id,)))
    turn = companion.find_turn(life, "t")
    heard = await events(turn)
    assert [type(each).__name__ for each in heard[:3]] == ["Accepted", "Recalled", "Delta"]
    assert [each.message for each in heard[1].passages] == [source.id]  # type: ignore[union-attr]
    assert turn.text == "By the lake."
    assert isinstance(heard[-1], kind)
    assert heard[-1].message == "r"  # type: ignore[union-attr]
    assert getattr(heard[-1], "status", None) == told
    assert turn.finished


async def test_words_that_were_never_answered_say_so_and_can_be_retried(
    companion: Companion, life: Life
) -> None:
    conversation = (await life.create_conversation()).id
    words = MessageAdded(
        at=1.0, id="w", conversation=conversation, by="person", text="hello", turn="t"
    )
    await life.append(words)
    turn = companion.find_turn(life, "t")
    end = await ending(turn)
    assert isinstance(end, Failed)
    assert "ask again" in end.sentence
    retried = await companion.retry(life, turn.message)
    await retried.ended()
    assert thread(life, conversation) == ["hello", "You said: hello"]


async def test_a_turn_whose_words_were_forgotten_is_there_no_more(
    companion: Companion, life: Life
) -> None:
    turn = await spoken(companion, life, None, "[[say gone]]")
    companion.turns.unloaded(life.person)  # as after a restart
    await forget(life, ErasureRequest(messages=(turn.message,)))
    with pytest.raises(NotFound):
        companion.find_turn(life, turn.id)


# --- upstreams ------------------------------------------------------------------------------


@asynccontextmanager
async def upstream(answer: object) -> AsyncIterator[str]:
    """Serve an OpenAI-shaped endpoint whose chat is `answer`."""
    app = web.Application()
    app.router.add_post("/v1/chat/completions", answer)  # type: ignore[arg-type]
    async with scripted_server.serving(app) as url:
        yield url


def settings_with(settings: Settings, url: str, **more: object) -> Settings:
    given = {"model": "m", "model_url": url, "embedder": "scripted-embedder"} | more
    return Settings(home=settings.home, **given)  # type: ignore[arg-type]


async def test_instructions_of_a_caller_reach_the_model_and_not_the_journal(
    settings: Settings,
) -> None:
    asked: list[dict[str, object]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(await request.json())
        chunk = {"model": "m", "choices": [{"index": 0, "delta": {"content": "Salve."}}]}
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: " + json.dumps(chunk).encode() + b"\n\ndata: [DONE]\n\n")
        return response

    async with (
        upstream(answer) as url,
        open_app(settings_with(settings, url), environ={}) as app,
    ):
        life = await app.lives.open(await app.people.owner())
        turn = await app.companion.turn(life, None, "hello", instructions="Answer in Latin.")
        assert isinstance(await ending(turn), Done)
        messages = asked[0]["messages"]
        assert isinstance(messages, list)
        assert messages[0]["role"] == "system"
        assert messages[0]["content"].endswith("Answer in Latin.")
        assert thread(life, turn.conversation) == ["hello", "Salve."]


async def test_an_upstream_that_hangs_is_given_up_and_the_words_stay(settings: Settings) -> None:
    async with (
        scripted_server.serving(scripted_server.create_app()) as url,
        open_app(
            settings_with(settings, url, model_timeout_seconds=0.2, offline=True), environ={}
        ) as app,
    ):
        life = await app.lives.open(await app.people.owner())
        silent = await app.companion.turn(life, None, "[[hang]]")
        end = await ending(silent)
        assert isinstance(end, Failed)
        assert end.message is None
        assert thread(life, silent.conversation) == ["[[hang]]"]
        broken = await app.companion.turn(life, None, "[[hang after 2]]")
        end = await ending(broken)
        assert isinstance(end, Failed)
        assert "kept" in end.sentence
        assert life.memory.message(end.message or "").status == "interrupted"


async def test_the_next_model_answers_before_anything_was_shown(settings: Settings) -> None:
    async def broken(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=500, text="out of memory")

    async with (
        upstream(broken) as first,
        scripted_server.serving(scripted_server.create_app()) as second,
        open_app(settings, environ={}) as app,
    ):
        await app.models.directory.add("one", first, "m")
        await app.models.directory.add("two", second, "m")
        await app.models.aliases.use("companion", ["one", "two"])
        life = await app.lives.open(await app.people.owner())
        turn = await app.companion.turn(life, None, "hello", model="companion")
        heard = await events(turn)
        assert "".join(each.text for each in heard if isinstance(each, Delta)) == turn.text
        assert turn.text == "You said: hello"
        assert isinstance(heard[-1], Done)
        assert life.memory.message(heard[-1].message).model == heard[-1].model == "two"


async def test_after_something_was_shown_no_other_model_goes_on(settings: Settings) -> None:
    async with (
        scripted_server.serving(scripted_server.create_app()) as first,
        scripted_server.serving(scripted_server.create_app(tokens=5)) as second,
        open_app(settings, environ={}) as app,
    ):
        await app.models.directory.add("one", first, "m")
        await app.models.directory.add("two", second, "m")
        await app.models.aliases.use("companion", ["one", "two"])
        life = await app.lives.open(await app.people.owner())
        words = "[[tokens 9]] [[die after 3]]"
        turn = await app.companion.turn(life, None, words, model="companion")
        end = await ending(turn)
        assert isinstance(end, Failed)
        reply = life.memory.message(end.message or "")
        assert (reply.status, reply.model) == ("interrupted", "one")
        assert reply.text.split() == ["word1", "word2", "word3"]


async def test_a_bug_in_a_turn_is_told_plainly_and_ends_it(
    companion: Companion,
    life: Life,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("my secret")

    monkeypatch.setattr(life.memory, "search", fail)
    turn = await companion.turn(life, None, "my secret")
    end = await ending(turn)
    assert isinstance(end, Failed)
    assert end.sentence == "Tau made a mistake; try again."
    assert "ZeroDivisionError" in caplog.text
    assert "secret" not in caplog.text
    assert companion.active_turns(life) == []


# --- two nodes ------------------------------------------------------------------------------


@POSTGRESQL
async def test_two_nodes_on_one_postgresql_take_turns_in_one_conversation(
    settings: Settings, database_url: str
) -> None:
    shared = Settings(
        home=settings.home, model=settings.model, embedder=settings.embedder,
        database_url=database_url,
    )  # fmt: skip
    async with open_app(shared, environ={}) as one, open_app(shared, environ={}) as two:
        lives = [await app.lives.open(await app.people.owner()) for app in (one, two)]
        apps = (one, two)
        begun = await spoken(one.companion, lives[0], None, "[[say begun]] 0")
        for n in range(1, 6):
            app, life = apps[n % 2], lives[n % 2]
            await life._journal.catch_up()
            await spoken(app.companion, life, begun.conversation, f"[[say reply]] {n}")
        both = [
            await app.companion.turn(life, begun.conversation, f"[[say at once]] {number}")
            for number, (app, life) in enumerate(zip(apps, lives, strict=True), start=6)
        ]
        for turn in both:
            assert isinstance(await ending(turn), Done)
        for life in lives:
            await life._journal.catch_up()
        assert thread(lives[0], begun.conversation) == thread(lives[1], begun.conversation)
        assert len(lives[0].memory) == len(lives[1].memory) == 16
        assert two.companion.find_turn(lives[1], begun.id).text == "begun"


async def test_a_turn_paused_on_one_device_is_told_whole_on_another(
    companion: Companion, life: Life
) -> None:
    turn = await companion.turn(life, None, "[[tokens 6]] [[pause after 3]]")
    watching = asyncio.create_task(events(turn))
    await scripted.gate.reached()
    late = asyncio.create_task(events(companion.find_turn(life, turn.id)))
    scripted.gate.release()
    assert await watching == await late
    assert len(turn.text.split()) == 6


async def test_instructions_count_for_another_reply_too(
    companion: Companion, life: Life, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await companion.turn(life, None, "hello")
    await first.ended()
    bodies: list[dict[str, Any]] = []
    really = app.models.stream

    def stream(name: str, body: RequestBuilder) -> AsyncGenerator[Chunk, None]:
        bodies.append(body(scripted.CHAT_INFO))
        return really(name, body)

    monkeypatch.setattr(app.models, "stream", stream)
    again = await companion.retry(life, first.message, instructions="Answer in Latin.")
    await again.ended()
    assert bodies[0]["messages"][0]["content"].endswith("Answer in Latin.")
