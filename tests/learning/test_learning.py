"""What the person says is learned behind the reply: once, from their own words only, for good."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import tzinfo
from typing import Any, cast

import pytest

from tau.app import App, open_app
from tau.companion.companion import Companion
from tau.errors import ModelUnavailable, NotFound, StoreUnavailable
from tau.facts import Fact
from tau.facts.rules import ExtractedClaim
from tau.ids import new_id
from tau.journal.entries import (
    Claim,
    ClaimLearned,
    FactJudged,
    LearnedUpTo,
    LearningChanged,
    MessageAdded,
)
from tau.learning import learner as learner_module
from tau.learning import learning as learning_module
from tau.learning.learning import LearningWorker
from tau.learning.priority import ForegroundLoad
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.models import Chunk, Models, scripted
from tau.models.errors import BackendUnavailable, RequestRejected
from tau.models.types import ModelInfo
from tau.settings import Settings
from tests.patience import patient

pytestmark = pytest.mark.anyio

HOME = re.compile(r"\bI live in (\w+)")


def read_by_rule(text: str, said_at: float, zone: tzinfo | None = None) -> list[ExtractedClaim]:
    """Stands for the rules: it knows one sentence only, and doubts one place."""
    del said_at, zone
    if "broken" in text:
        raise ValueError(f"cannot read {text!r}")
    return [
        ExtractedClaim(
            Claim(topic="home", text=f"Lives in {name}", slot="home", value=name),
            certain=name != "Ersilia",
        )
        for name in HOME.findall(text)
    ]


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning_module, "read_claims", read_by_rule)


class Learners:
    """Stands for the models: every request gets the next of `answers`, or nothing is found.

    An answer is text, words in double brackets that steer the scripted model, or an error.
    """

    def __init__(self) -> None:
        self.aliases = self
        self.names = ["able"]
        self.checkers: list[str] = []
        self.origin = "endpoint"
        self.answers: list[str | Exception] = []
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.knocked = asyncio.Event()

    def learners(self) -> list[str]:
        return self.names

    def verifiers(self) -> list[str]:
        return self.checkers

    def info(self, name: str) -> ModelInfo:
        return ModelInfo(name=name, origin=self.origin)  # type: ignore[arg-type]

    async def stream(self, name: str, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        self.asked.append((name, body))
        self.knocked.set()
        answer = self.answers.pop(0) if self.answers else '{"claims": []}'
        if isinstance(answer, Exception):
            raise answer
        if not answer.startswith("[["):
            yield Chunk(answer, {})
            return
        steered = {"messages": [{"role": "user", "content": answer}]}
        async for chunk in scripted.ScriptedChat().stream(steered):
            yield chunk

    def shown(self) -> list[list[str]]:
        """What the person said, request by request."""
        given = [json.loads(body["messages"][-1]["content"]) for _, body in self.asked]
        return [[each["person"] for each in messages] for messages in given]


@pytest.fixture
def learners() -> Learners:
    return Learners()


@pytest.fixture
def waiting() -> ForegroundLoad:
    return ForegroundLoad()


@pytest.fixture
async def learning(
    learners: Learners, waiting: ForegroundLoad, app: App
) -> AsyncIterator[LearningWorker]:
    """A learning of its own; that of the house keeps out of the way."""
    await app.learning.close()
    app.lives._listeners.remove(app.learning)
    made = LearningWorker(cast("Models", learners), waiting)
    yield made
    await made.close()


async def told(life: Life, *texts: str, **parts: Any) -> str:
    conversation = (await life.create_conversation()).id
    for text in texts:
        await life.add_message(conversation, text, **parts)
    return conversation


async def learned(learning: LearningWorker, life: Life) -> list[str]:
    learning.written(life)
    await learning.wait_until_idle()
    return [fact.text for fact in life.memory.facts.all()]


def found(*claims: dict[str, Any]) -> str:
    least = {"message": 1, "topic": "other", "about": "", "value": ""}
    return json.dumps({"claims": [least | claim for claim in claims]})


TEA = {"quote": "I drink tea at dawn", "text": "Drinks tea at dawn", "topic": "habit"}


# --- rules ----------------------------------------------------------------------------------


async def test_what_the_person_says_is_a_fact_with_its_source(
    learning: LearningWorker, life: Life
) -> None:
    conversation = await told(life, "I live in Porto.")
    assert await learned(learning, life) == ["Lives in Porto"]
    (fact,) = life.memory.facts.all()
    (message,) = life.memory.conversations.thread(conversation)
    assert (fact.sources, fact.said_on, fact.learned_by) == ((message.id,), message.at, "rules")


async def test_nobody_else_s_words_are_learned(learning: LearningWorker, life: Life) -> None:
    await told(life, "I live in Rome.", speaker="Ana")
    await told(life, "I live in Oslo.", by="tau")
    private = await life.create_conversation(private=True)
    await life.add_message(private.id, "I live in Lima.")
    assert await learned(learning, life) == []


async def test_nothing_is_written_where_nothing_is_learned(
    learning: LearningWorker, life: Life
) -> None:
    await told(life, "Good morning.")
    last = life.memory.last
    await learned(learning, life)
    rules_only = [fact for fact in life.memory.facts.all() if fact.learned_by == "rules"]
    assert rules_only == []
    assert life.memory.facts.learned_up_to("rules") == 0
    assert life.memory.last == last + 1, "that a model read it is marked: its reading costs"


async def test_what_the_rules_doubt_waits_and_changes_nothing(
    learning: LearningWorker, life: Life
) -> None:
    await told(life, "I live in Porto.", "I live in Ersilia.")
    await learned(learning, life)
    states = {fact.text: fact.state for fact in life.memory.facts.all()}
    assert states == {"Lives in Porto": "current", "Lives in Ersilia": "waiting"}


async def test_each_message_is_read_once(
    learning: LearningWorker, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def reading(text: str, said_at: float, zone: tzinfo | None = None) -> list[ExtractedClaim]:
        read.append(text)
        return read_by_rule(text, said_at, zone)

    monkeypatch.setattr(learning_module, "read_claims", reading)
    await told(life, "one", "I live in Porto.", "two")
    await learned(learning, life)
    await told(life, "three")
    await learned(learning, life)
    await learned(learning, life)
    assert read == ["one", "I live in Porto.", "two", "three"]


async def test_the_mark_is_written_together_with_the_claims(
    learning: LearningWorker, life: Life
) -> None:
    await told(life, "I live in Porto.", "So it is.")
    await learned(learning, life)
    entries = [r.entry async for r in life.read() if hasattr(r, "entry")]
    place = next(n for n, entry in enumerate(entries) if isinstance(entry, ClaimLearned))
    mark = entries[place + 1]
    assert isinstance(mark, LearnedUpTo)
    assert (mark.method, mark.seq) == ("rules", 3)


async def test_a_crash_before_the_append_loses_nothing(
    learning: LearningWorker, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(life, "I live in Porto.")
    with monkeypatch.context() as broken:

        async def refuse(*_: object, **__: object) -> None:
            raise StoreUnavailable("No database.")

        broken.setattr(life._journal, "append", refuse)
        assert await learned(learning, life) == []
    assert await learned(learning, life) == ["Lives in Porto"]
    assert len(life.memory.facts.claims_of(life.memory.facts.all()[0].id)) == 1


async def test_a_message_that_breaks_the_rules_costs_only_itself(
    learning: LearningWorker, life: Life, caplog: pytest.LogCaptureFixture
) -> None:
    await told(life, "broken secret", "I live in Porto.")
    assert await learned(learning, life) == ["Lives in Porto"]
    assert "secret" not in caplog.text


async def test_nothing_said_while_paused_is_learned(learning: LearningWorker, life: Life) -> None:
    await life.append(LearningChanged(at=1.0, paused=True))
    await told(life, "I live in Porto.")
    assert await learned(learning, life) == []
    await life.append(
        LearningChanged(at=2.0, paused=False),
        LearnedUpTo(at=2.0, seq=life.memory.last, method="rules"),
        LearnedUpTo(at=2.0, seq=life.memory.last, method="model"),
    )
    assert await learned(learning, life) == []
    await told(life, "I live in Rome.")
    assert await learned(learning, life) == ["Lives in Rome"]


async def test_a_pause_in_the_middle_of_reading_counts(
    learning: LearningWorker, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(messages: Any) -> Any:
        await life.append(LearningChanged(at=1.0, paused=True))
        return [(claim, m) for m in messages for claim in read_by_rule(m.text, m.at)]

    monkeypatch.setattr(learning, "_run_rules", read)
    await told(life, "I live in Porto.")
    assert await learned(learning, life) == []


# --- edits and forgetting -------------------------------------------------------------------


async def test_an_edit_takes_the_place_of_what_was_learned_before(
    app: App, companion: Companion, life: Life
) -> None:
    first = await companion.turn(life, None, "I live in Porto. I mean it.")
    await first.ended()
    await app.learning.wait_until_idle()
    assert [fact.text for fact in life.memory.facts.all()] == ["Lives in Porto"]
    edit = await companion.turn(life, first.conversation, "I am at home.", edits=first.message)
    await edit.ended()
    await app.learning.wait_until_idle()
    assert life.memory.facts.all() == []


async def test_what_was_confirmed_outlives_an_edit(
    app: App, companion: Companion, life: Life
) -> None:
    first = await companion.turn(life, None, "I live in Porto.")
    await first.ended()
    await app.learning.wait_until_idle()
    (fact,) = life.memory.facts.all()
    await life.append(FactJudged(at=1.0, id=new_id(), fact=fact.id, verdict="confirmed"))
    edit = await companion.turn(life, first.conversation, "At home.", edits=first.message)
    await edit.ended()
    await app.learning.wait_until_idle()
    assert [each.text for each in life.memory.facts.all()] == ["Lives in Porto"]


async def test_words_that_an_edit_replaced_are_not_read(
    learning: LearningWorker, life: Life
) -> None:
    conversation = await told(life, "I live in Porto.")
    words = life.memory.conversations.thread(conversation)[0]
    edited = MessageAdded(
        at=words.at, id="e", conversation=conversation, by="person", text="Hm.", parent=words.parent
    )
    await life.append(edited)
    assert await learned(learning, life) == []


async def test_what_is_forgotten_while_it_is_read_leaves_no_claim(
    learning: LearningWorker, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await told(life, "I live in Porto.")
    (message,) = life.memory.conversations.thread(conversation)

    async def read(messages: Any) -> Any:
        await life._journal.forget([message.seq], 1.0)
        return [(claim, m) for m in messages for claim in read_by_rule(m.text, m.at)]

    monkeypatch.setattr(learning, "_run_rules", read)
    assert await learned(learning, life) == []
    assert "Porto" not in str([r async for r in life.read()])


async def test_what_is_forgotten_while_claims_are_written_leaves_no_claim(
    learning: LearningWorker, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await told(life, "I live in Porto.")
    (message,) = life.memory.conversations.thread(conversation)
    append = life._journal.append
    forgetting: list[asyncio.Future[Any]] = []

    async def meanwhile(*entries: Any, **parts: Any) -> Any:
        if any(isinstance(entry, ClaimLearned) for entry in entries):
            forgetting.append(
                asyncio.ensure_future(forget(life, ErasureRequest(messages=(message.id,))))
            )
            await asyncio.sleep(0)  # somebody forgets, who cannot know what is on its way
        return await append(*entries, **parts)

    monkeypatch.setattr(life._journal, "append", meanwhile)
    await learned(learning, life)
    await asyncio.gather(*forgetting)
    assert len(forgetting) == 1
    assert life.memory.facts.all() == []
    assert "Porto" not in str([r async for r in life.read()])


async def test_what_another_node_learned_from_forgotten_words_goes_too(
    learning: LearningWorker, life: Life
) -> None:
    claim = Claim(topic="home", text="Lives in Porto", slot="home", value="porto")
    await life._journal.append(ClaimLearned(at=1.0, id=new_id(), claim=claim, sources=("gone",)))
    kept = ClaimLearned(at=1.0, id=new_id(), claim=Claim(topic="pet", text="Cat"), by="person")
    await life.append(kept)
    assert await learned(learning, life) == ["Cat"]


# --- imports --------------------------------------------------------------------------------


def brought(count: int, text: str = "I live in Town{}.", by: str = "person") -> list[MessageAdded]:
    return [
        MessageAdded(
            at=1000.0 + n,
            id=f"i{n}{by}",
            conversation="c",
            by=by,  # type: ignore[arg-type]
            text=text.format(n),
            parent=f"i{n - 1}{by}" if n else None,
            origin="chatgpt",
            imported="x",
        )
        for n in range(count)
    ]


async def test_the_person_s_words_in_an_import_are_read_by_rules_in_batches(
    learning: LearningWorker, learners: Learners, life: Life
) -> None:
    await life.append(*brought(1, "I live in Mars.", by="tau"), *brought(1_000))
    assert len(await learned(learning, life)) == 1_000
    (last,) = [f for f in life.memory.facts.all() if f.text == "Lives in Town999"]
    assert last.said_on == 1999.0, "the message's own time"
    assert last.state == "waiting", "a file is not the person's own word"
    assert learners.asked == [], "a model is not run over a whole past"
    assert life.memory.facts.learned_up_to("rules") == 1_001


async def test_a_large_batch_waits_for_those_who_are_being_answered(
    learning: LearningWorker,
    waiting: ForegroundLoad,
    life: Life,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learning_module, "_INLINE_CHARACTERS", 0)
    monkeypatch.setattr(learning_module, "_YIELD_SECONDS", 1_000.0)
    await told(life, "I live in Porto.")
    with waiting.track():
        learning.written(life)
        for _ in range(50):
            await asyncio.sleep(0)
        assert life.memory.facts.all() == []
    await learning.wait_until_idle()
    assert len(life.memory.facts.all()) == 1


# --- a model --------------------------------------------------------------------------------


async def test_a_model_reads_what_no_rule_knows(
    learning: LearningWorker, learners: Learners, life: Life
) -> None:
    learners.answers = [found(TEA)]
    await told(life, "I drink tea at dawn.")
    assert await learned(learning, life) == ["Drinks tea at dawn"]
    assert life.memory.facts.all()[0].learned_by == "able"
    await learned(learning, life)
    assert len(learners.asked) == 1, "its reading is marked"


async def test_without_a_capable_model_nobody_is_asked(
    learning: LearningWorker, learners: Learners, life: Life
) -> None:
    learners.names = []
    await told(life, "I drink tea at dawn.")
    assert await learned(learning, life) == []
    assert learners.asked == []
    learners.names = ["able"]
    learners.answers = [found(TEA)]
    assert await learned(learning, life) == ["Drinks tea at dawn"], "it catches up later"


async def test_several_messages_are_read_together(
    learning: LearningWorker, learners: Learners, life: Life
) -> None:
    await told(life, *(f"I drink tea number {n}." for n in range(10)))
    await learned(learning, life)
    assert [len(shown) for shown in learners.shown()] == [8, 2]


@pytest.mark.parametrize(
    "bad",
    ["Sure, noted!", "[[nonsense]]", "[[die after 3]]", "[[tokens 9000]]", found({"message": "x"})],
)
async def test_a_bad_answer_costs_the_attempt_and_one_more_in_pieces(
    learning: LearningWorker, learners: Learners, life: Life, bad: str
) -> None:
    learners.answers = [bad, found(TEA), bad]
    await told(life, "I drink tea at dawn.", "I swim at noon.")
    texts = await learned(learning, life)
    if bad.startswith("{"):
        assert (texts, len(learners.asked)) == ([], 1), "readable, but nothing in it counts"
        return
    assert texts == ["Drinks tea at dawn"]
    assert learners.shown()[1:] == [["I drink tea at dawn."], ["I swim at noon."]]
    await learned(learning, life)
    assert len(learners.asked) == 3, "what failed twice is passed over"


async def test_an_endless_answer_is_broken_off(
    learning: LearningWorker, learners: Learners, life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner_module, "_TIMEOUT_SECONDS", 0.01)
    learners.answers = ["[[hang after 2]]"]
    await told(life, "I drink tea at dawn.")
    assert await learned(learning, life) == []
    assert len(learners.asked) == 1
    await told(life, "I swim at noon.")
    await learned(learning, life)
    assert learners.shown()[-1] == ["I swim at noon."]


async def test_a_model_that_is_away_is_asked_again_later(
    learning: LearningWorker, learners: Learners, life: Life
) -> None:
    learners.answers = [BackendUnavailable("able", "cannot be reached")]
    await told(life, "I drink tea at dawn.")
    assert await learned(learning, life) == []
    assert life.memory.facts.learned_up_to("model") == 0
    learners.answers = [found(TEA)]
    assert await learned(learning, life) == ["Drinks tea at dawn"]


async def test_the_next_learner_is_asked_when_the_first_is_away(
    learning: LearningWorker, learners: Learners, life: Life
) -> None:
    learners.names = ["first", "second"]
    learners.answers = [ModelUnavailable("Away."), found(TEA)]
    await told(life, "I drink tea at dawn.")
    assert await learned(learning, life) == ["Drinks tea at dawn"]
    assert life.memory.facts.all()[0].learned_by == "second"


async def test_an_endpoint_that_knows_no_schemas_is_asked_without(
    learning: LearningWorker, learners: Learners, life: Life
) -> None:
    refused = RequestRejected("able", "does not accept the request (HTTP 400)")
    learners.answers = [refused, found(TEA)]
    await told(life, "I drink tea at dawn.")
    assert await learned(learning, life) == ["Drinks tea at dawn"]
    await told(life, "I swim at noon.")
    await learned(learning, life)
    assert ["response_format" in body for _, body in learners.asked] == [True, False, False]


async def test_a_local_learner_gives_way_to_those_who_are_being_answered(
    learning: LearningWorker, learners: Learners, waiting: ForegroundLoad, life: Life
) -> None:
    learners.origin = "pack"
    learners.answers = ["[[hang]]", found(TEA)]
    await told(life, "I drink tea at dawn.")
    learning.written(life)
    catching_up = asyncio.create_task(learning.wait_until_idle())
    await learners.knocked.wait()
    with waiting.track():
        await asyncio.sleep(0)
    await catching_up
    assert [fact.text for fact in life.memory.facts.all()] == ["Drinks tea at dawn"]


async def test_a_local_learner_does_not_begin_while_somebody_is_answered(
    learning: LearningWorker, learners: Learners, waiting: ForegroundLoad, life: Life
) -> None:
    learners.origin = "pack"
    learners.answers = [found(TEA)]
    await told(life, "I drink tea at dawn.")
    with waiting.track():
        learning.written(life)
        catching_up = asyncio.create_task(learning.wait_until_idle())
        for _ in range(200):
            await asyncio.sleep(0)
        assert learners.asked == [], "it would be broken off at once, again and again"
    await catching_up
    assert [fact.text for fact in life.memory.facts.all()] == ["Drinks tea at dawn"]


async def test_turns_in_quick_succession_are_read_together(
    learning: LearningWorker,
    learners: Learners,
    waiting: ForegroundLoad,
    life: Life,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(learning_module, "_QUIET_SECONDS", 0.0)
    conversation = await told(life, "I drink tea at dawn.")
    with waiting.track():
        learning.written(life)
        for _ in range(50):
            await asyncio.sleep(0)
        await life.add_message(conversation, "I swim at noon.")
    await asyncio.wait_for(learners.knocked.wait(), patient(30))
    assert learners.shown() == [["I drink tea at dawn.", "I swim at noon."]]


async def test_what_is_forgotten_while_a_model_reads_leaves_no_claim(
    learning: LearningWorker, learners: Learners, life: Life
) -> None:
    conversation = await told(life, "I drink tea at dawn.")
    learners.answers = ["[[pause]]"]
    learning.written(life)
    catching_up = asyncio.create_task(learning.wait_until_idle())
    await scripted.gate.reached()
    learners.answers = [found(TEA)]
    await life._journal.forget([life.memory.conversations.thread(conversation)[0].seq], 1.0)
    scripted.gate.release()
    await catching_up
    assert life.memory.facts.all() == []


# --- in the house ---------------------------------------------------------------------------


async def test_a_turn_is_learned_from_before_the_next_prompt(
    companion: Companion, life: Life
) -> None:
    first = await companion.turn(life, None, "I live in Porto.")
    await first.ended()
    second = await companion.turn(life, None, "Where do I live?")
    events = [event async for event in second.events()]
    assert life.memory.facts.learned_up_to("rules") > 0
    assert [fact.text for fact in events[1].facts] == ["Lives in Porto"]  # type: ignore[union-attr]


async def test_what_was_not_read_yet_is_read_at_the_next_start(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        await app.learning.close()
        await told(life, "I live in Porto.")
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        await app.learning.wait_until_idle()
        facts: list[Fact] = life.memory.facts.all()
        assert [fact.text for fact in facts] == ["Lives in Porto"]


async def test_what_was_said_last_is_learned_before_tau_closes(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await app.companion.turn(life, None, "I live in Porto.")
        await turn.ended()
    assert [fact.text for fact in life.memory.facts.all()] == ["Lives in Porto"]
    async with open_app(settings, environ={}) as app:
        again = await app.lives.open(await app.people.owner())
        assert [fact.text for fact in again.memory.facts.all()] == ["Lives in Porto"]


async def test_notes_and_imports_are_learned_from_too(
    app: App, companion: Companion, life: Life
) -> None:
    await told(life, "I live in Porto.")
    app.lives.written(life)
    await app.learning.wait_until_idle()
    assert [fact.text for fact in life.memory.facts.all()] == ["Lives in Porto"]


async def test_a_private_conversation_teaches_nothing(
    app: App, companion: Companion, life: Life
) -> None:
    private = await life.create_conversation(private=True)
    turn = await companion.turn(life, private.id, "I live in Porto.")
    await turn.ended()
    await app.learning.wait_until_idle()
    assert life.memory.facts.all() == []
    assert life.memory.last == 0


async def test_nothing_is_learned_for_somebody_who_was_removed(
    app: App, companion: Companion, life: Life
) -> None:
    await told(life, "I live in Porto.")
    app.lives.written(life)
    async with app.lives.removal(life.person):
        pass
    await app.learning.wait_until_idle()
    assert life.memory.facts.all() == []
    with pytest.raises(NotFound):
        await app.lives.open(await app.people.owner())
