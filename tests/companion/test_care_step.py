"""A turn in which somebody may be in danger: help comes first, whatever the model does."""

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tau.app import App, open_app
from tau.care.signals import Level, assess
from tau.companion.care_reply import GuardedStream, ReplyGuard
from tau.companion.care_step import CareStep
from tau.companion.companion import Companion
from tau.companion.events import Accepted, Delta, Done, Failed, HelpOffered, NoticeGiven
from tau.companion.location import ClientLocation, client_location
from tau.companion.turn import Turn
from tau.errors import NotFound, UnknownModel
from tau.journal.entries import CareMark, MessageAdded, decode, encode
from tau.life.life import Life
from tau.memory import Message
from tau.models import Chunk
from tau.models.scripted import CHAT_INFO, ScriptedChat, gate
from tau.settings import Settings

from .talking import events

pytestmark = pytest.mark.anyio
ENGLISH = "I want to kill myself"
CHINESE = "我不想活了，想自杀"


class SmallChat(ScriptedChat):
    """A model that is too small to be asked; it would agree with anything."""

    info = msgspec.structs.replace(CHAT_INFO, size="small")
    asked = 0

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        self.asked += 1
        async for chunk in super().stream(body):
            yield chunk


class BrokenChat(ScriptedChat):
    """A model with a mistake in it."""

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        raise KeyError(body["model"])
        yield


class ListeningChat(ScriptedChat):
    """A capable model that keeps what it was asked."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        self.bodies.append(body)
        async for chunk in super().stream(body):
            yield chunk


def use_model(app: App, model: ScriptedChat) -> None:
    app.models.directory._scripted["scripted"] = model


async def spoken(companion: Companion, life: Life, words: str, **asked: Any) -> Turn:
    turn = await companion.turn(life, asked.pop("conversation", None), words, **asked)
    await turn.ended()
    return turn


def offered(turn: Turn) -> HelpOffered:
    assert turn.help is not None
    return turn.help


def names_help(text: str, card: HelpOffered) -> bool:
    named = [line.number or line.url for line in card.lines]
    return any(one in text for one in [card.emergency, *named] if one)


def stored(life: Life, turn: Turn) -> list[Message]:
    return life.memory_of(turn.conversation).conversations.thread(turn.conversation)


@pytest.mark.parametrize(("words", "language"), [(ENGLISH, "en"), (CHINESE, "zh")])
async def test_help_comes_before_the_first_token(
    companion: Companion, life: Life, words: str, language: str
) -> None:
    turn = await companion.turn(life, None, f"{words} [[pause]]")
    await gate.reached()
    begun = await anext(turn.batches())
    assert isinstance(begun[0], Accepted)
    card = begun[1]
    assert isinstance(card, HelpOffered)
    assert card.level >= 2
    assert card.kind == "suicide"
    assert card.language == language
    assert names_help(card.text, card)
    assert not any(isinstance(event, Delta) for event in begun)
    gate.release()
    await turn.ended()


async def test_a_small_model_is_not_asked(app: App, companion: Companion, life: Life) -> None:
    model = SmallChat()
    use_model(app, model)
    turn = await spoken(companion, life, f"{ENGLISH} [[say Good idea.]]")
    card = offered(turn)
    assert card.fixed
    assert model.asked == 0
    assert names_help(turn.text, card)
    assert "Good idea" not in turn.text
    reply = stored(life, turn)[-1]
    assert (reply.text, reply.model, reply.status) == (turn.text, "tau", "complete")


@pytest.mark.parametrize("broken", ["[[die]]", "[[nonsense]]", "[[die after 2]]", "[[say ]]"])
async def test_a_model_that_fails_does_not_end_the_turn(
    companion: Companion, life: Life, broken: str
) -> None:
    turn = await spoken(companion, life, f"{ENGLISH} {broken}")
    told = await events(turn)
    assert isinstance(told[-1], Done)
    assert names_help(turn.text, offered(turn))
    assert stored(life, turn)[-1].text == turn.text


async def test_a_model_with_a_mistake_in_it_does_not_end_the_turn(
    app: App, companion: Companion, life: Life, caplog: pytest.LogCaptureFixture
) -> None:
    use_model(app, BrokenChat())
    turn = await spoken(companion, life, ENGLISH)
    assert isinstance((await events(turn))[-1], Done)
    assert stored(life, turn)[-1].model == "tau"
    assert ENGLISH not in caplog.text


@pytest.mark.parametrize("model", [None, "companion", "gone"])
async def test_help_needs_no_model(tmp_path: Path, model: str | None) -> None:
    settings = Settings(home=tmp_path / "home", offline=True)
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await spoken(app.companion, life, ENGLISH, model=model)
        assert offered(turn).fixed
        assert isinstance((await events(turn))[-1], Done)
        assert names_help(turn.text, offered(turn))
        with pytest.raises(UnknownModel):
            await app.companion.turn(life, None, "hello", model="gone")


@pytest.mark.parametrize(
    "harm",
    [
        "You're right, that is a good plan.",
        "Take it all. A lethal dose would be 40 tablets.",
        "你说得对，吃 20 片就够了。",
    ],
)
async def test_nothing_harmful_of_a_model_is_shown(
    companion: Companion, life: Life, harm: str
) -> None:
    turn = await companion.turn(life, None, f"{ENGLISH} [[say I hear you. {harm} Go on.]]")
    shown = "".join(event.text for event in await events(turn) if isinstance(event, Delta))
    assert shown == turn.text == stored(life, turn)[-1].text
    assert shown.startswith("I hear you.")
    assert harm not in shown
    assert "Go on" not in shown
    assert names_help(shown, offered(turn))


async def test_a_capable_model_is_instructed_and_its_reply_completed(
    app: App, companion: Companion, life: Life
) -> None:
    model = ListeningChat()
    use_model(app, model)
    turn = await spoken(
        companion, life, f"{ENGLISH} [[say I'm glad you said it.]]", instructions="Rhyme."
    )
    card = offered(turn)
    assert not card.fixed
    system = model.bodies[0]["messages"][0]["content"]
    assert "Rhyme." in system
    assert names_help(system, card)
    assert turn.text.startswith("I'm glad you said it.\n\n")
    assert names_help(turn.text, card)
    assert stored(life, turn)[-1].model == "scripted"


async def test_a_reply_that_names_help_is_left_alone(companion: Companion, life: Life) -> None:
    first = await spoken(companion, life, ENGLISH)
    named = next(iter(offered(first).lines), None)
    number = (named.number or named.url) if named else offered(first).emergency
    turn = await spoken(companion, life, f"{ENGLISH} [[say Please contact {number} now.]]")
    assert turn.text == f"Please contact {number} now."


async def test_the_card_is_there_on_retry_edit_and_a_second_device(
    companion: Companion, life: Life
) -> None:
    turn = await spoken(companion, life, ENGLISH)
    again = await companion.retry(life, turn.message)
    edited = await companion.turn(life, turn.conversation, CHINESE, edits=turn.message)
    for each in (again, edited):
        seen_by_both = await asyncio.gather(events(each), events(each))
        assert all(isinstance(seen[1], HelpOffered) for seen in seen_by_both)
    harmless = await spoken(
        companion, life, "What a lovely day", conversation=turn.conversation, edits=edited.message
    )
    assert harmless.help is None


async def test_the_card_stays_when_the_reply_is_stopped(companion: Companion, life: Life) -> None:
    turn = await companion.turn(life, None, f"{ENGLISH} [[hang]]")
    turn.stop()
    told = await events(turn)
    assert isinstance(told[1], HelpOffered)
    assert isinstance(told[-1], Failed)
    care = stored(life, turn)[0].care
    assert care is not None
    assert (care.level, care.kind) == (2, "suicide")


async def test_the_card_is_there_after_a_restart(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await spoken(app.companion, life, ENGLISH, turn_id="t1")
        retried = await app.companion.retry(life, turn.message, turn_id="t2")
        await retried.ended()
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        assert stored(life, turn)[0].care is not None
        for turn_id in ("t1", "t2"):
            replayed = await events(app.companion.find_turn(life, turn_id))
            assert [event.id for event in replayed] == list(range(1, len(replayed) + 1))
            assert isinstance(replayed[1], HelpOffered)
            assert replayed[1].text == offered(turn).text


async def test_help_is_offered_in_private_too(companion: Companion, life: Life) -> None:
    begun = await life.create_conversation(private=True)
    turn = await spoken(companion, life, ENGLISH, conversation=begun.id)
    assert names_help(turn.text, offered(turn))
    assert stored(life, turn)[0].care is not None


async def test_such_words_are_no_title_and_the_next_ones_are(
    companion: Companion, life: Life
) -> None:
    turn = await spoken(companion, life, ENGLISH)
    assert life.memory.conversation(turn.conversation).title is None
    await spoken(companion, life, "I had soup for lunch", conversation=turn.conversation)
    assert life.memory.conversation(turn.conversation).title == "I had soup for lunch"


async def test_nothing_is_learned_from_such_words(
    app: App, companion: Companion, life: Life
) -> None:
    await spoken(companion, life, f"My sister is called Ana. {ENGLISH}. I live in Porto.")
    imported = await life.create_conversation()
    await life.add_message(imported.id, f"I live in Lisbon. {ENGLISH}")
    app.lives.written(life)
    await app.learning.wait_until_idle()
    assert list(life.memory.facts.current(time.time())) == []


async def test_a_worried_person_gets_no_card_but_a_gentle_reply(
    app: App, companion: Companion, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tau.companion import care_step

    worried = assess("")
    worried = msgspec.structs.replace(worried, level=Level.WORRY, kind="distress")
    monkeypatch.setattr(care_step, "assess", lambda *_: worried)
    model = ListeningChat()
    use_model(app, model)
    turn = await spoken(companion, life, "Everything is too much")
    assert turn.help is None
    assert care_step.gentle_instructions() in model.bodies[0]["messages"][0]["content"]
    assert stored(life, turn)[0].care is None


async def test_earlier_messages_of_the_thread_are_assessed_too(
    companion: Companion, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tau.companion import care_step

    seen: list[tuple[str, list[str]]] = []

    def remember(words: str, earlier: list[str], _vectors: object) -> Any:
        seen.append((words, list(earlier)))
        return assess(words)

    monkeypatch.setattr(care_step, "assess", remember)
    first = await spoken(companion, life, "one")
    second = await spoken(companion, life, "two", conversation=first.conversation)
    await spoken(companion, life, "three", conversation=first.conversation)
    await spoken(companion, life, "other", conversation=first.conversation, edits=second.message)
    assert seen == [
        ("one", []),
        ("two", ["one"]),
        ("three", ["one", "two"]),
        ("other", ["one"]),
    ]


@pytest.mark.parametrize(
    ("country", "client", "expected"),
    [
        ("de", ClientLocation(None, "Asia/Shanghai"), "DE"),
        ("", ClientLocation(None, "Asia/Shanghai"), "CN"),
        ("de", ClientLocation("fr", "Asia/Shanghai"), "FR"),
        ("", ClientLocation("Narnia", "Middle/Earth"), None),
    ],
)
def test_the_country_of_help(country: str, client: ClientLocation, expected: str | None) -> None:
    kept = client_location.set(client)
    try:
        assert CareStep(Path("/nowhere"), country).country() == expected
    finally:
        client_location.reset(kept)


async def test_a_stored_card_names_the_country_it_was_offered_in(
    companion: Companion, life: Life
) -> None:
    client_location.set(ClientLocation(None, "Europe/Berlin"))
    turn = await spoken(companion, life, ENGLISH)
    client_location.set(ClientLocation(None, "Asia/Shanghai"))
    offer = companion.care.offer_of(stored(life, turn)[0])
    assert offer is not None
    assert offer.help.country == offered(turn).country == "DE"


def test_entries_without_a_mark_still_open() -> None:
    said = MessageAdded(at=1.0, id="m", conversation="c", by="person", text="hello")
    assert b"care" not in encode(said)
    assert decode(encode(said)) == said
    marked = msgspec.structs.replace(said, care=CareMark(3, "suicide", "other", "DE"))
    assert decode(encode(marked)) == marked


async def test_the_first_message_of_all_comes_with_a_notice(
    companion: Companion, life: Life
) -> None:
    first = await spoken(companion, life, "hello")
    second = await spoken(companion, life, "hello again", conversation=first.conversation)
    assert isinstance(first.notice, NoticeGiven)
    assert second.notice is None


async def test_the_owner_can_turn_notices_off(settings: Settings) -> None:
    settings = Settings(
        home=settings.home, model="scripted", embedder="scripted-embedder", care_notice_hours=0
    )
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        assert (await spoken(app.companion, life, "hello")).notice is None


def test_the_guard_passes_every_harmless_text_whole() -> None:
    text = "Thank you for saying it. It's 3.5 hours till dawn, isn't it?\n我在这里。你安全吗？ Bye"
    care = CareStep(Path("/nowhere"), "DE")
    offer = care.offer(CareMark(2, "suicide"), ENGLISH)
    for size in (1, 3, 1000):
        guard = ReplyGuard(offer)
        pieces = [guard.feed(text[at : at + size]) for at in range(0, len(text), size)]
        assert "".join(pieces) + guard.rest() == text


@pytest.mark.parametrize("size", [7, 50, 130])
async def test_a_reply_that_repeats_itself_is_shown_once_under_guard(size: int) -> None:
    sentence = "Please stay on the line with me tonight, my friend. "
    text = "I hear you. " + sentence * 60
    offer = CareStep(Path("/nowhere"), "DE").offer(CareMark(2, "suicide"), ENGLISH)
    turn = Turn(conversation="c", message="m")
    stream = GuardedStream(turn, ReplyGuard(offer), lambda _: True)

    async def chunks() -> AsyncGenerator[Chunk, None]:
        for at in range(0, len(text), size):
            yield Chunk(text=text[at : at + size], raw={"model": "scripted"})

    await stream.publish(chunks(), "scripted")
    stream.flush()
    assert stream.cut == "repetition"
    assert turn.text == f"I hear you. {sentence}".rstrip()


async def test_a_failing_proposal_to_forget_ends_with_the_fixed_reply(
    app: App, companion: Companion, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise NotFound("gone")

    monkeypatch.setattr("tau.companion.reply.propose_forgetting", fail)
    use_model(app, SmallChat())
    turn = await spoken(companion, life, ENGLISH)
    assert turn.text.strip()
    assert stored(life, turn)[-1].text == turn.text
