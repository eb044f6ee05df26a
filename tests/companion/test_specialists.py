"""Specialists in a turn: who replies, what the prompt begins with, and that care stays in care."""

from collections.abc import Iterator
from itertools import combinations, product
from typing import Any

import msgspec
import pytest

from tau.app import App
from tau.companion.events import Notes, Recalled, SpecialistSuggested
from tau.companion.prompt import load_style
from tau.companion.reply_request import ReplyRequest
from tau.companion.turn import Turn
from tau.companion.turn_input import TurnInput
from tau.errors import BadInput, NotFound
from tau.facts.resolution import CARE, TALK
from tau.ids import new_id
from tau.life.fact_editing import FactEditor
from tau.life.life import Life
from tau.memory import Message
from tau.memory.scope import EXPERTS, Scope

from .talking import events

pytestmark = pytest.mark.anyio

CARE_WORDS = ("zanzibarine", "quokka", "marigold", "yellowhammer")
SAID_TO_CARE = (
    "I can't sleep, the marigolds in my garden all died.",
    "My brother Quentin lives in Zanzibarine.",
    "I'm allergic to quokkas.",
    "Always call me Yellowhammer.",
)
ASKED = (
    "Where does my brother Quentin live?",
    "Why couldn't I sleep, what about my garden?",
    "What am I allergic to, and what do you call me?",
    "Write to Zanzibarine about the quokkas and marigolds.",
)


@pytest.fixture
def prompts(monkeypatch: pytest.MonkeyPatch) -> list[list[dict[str, Any]]]:
    """The messages of every prompt from now on."""
    made: list[list[dict[str, Any]]] = []
    build = ReplyRequest.build

    def recorded(self: ReplyRequest, info: Any) -> dict[str, Any]:
        body = build(self, info)
        made.append(body["messages"])
        return body

    monkeypatch.setattr(ReplyRequest, "build", recorded)
    return made


async def say(
    app: App, life: Life, words: str, expert: str | None = None, conversation: str | None = None
) -> Turn:
    """Say words to a specialist; returns when the turn has ended and was learned from."""
    request = TurnInput(words=words, turn_id=new_id(), conversation=conversation, expert=expert)
    turn = await app.companion.begin(life, request)
    await turn.ended()
    await app.learning.wait_until_idle()
    await app.embedding.wait_until_idle()
    return turn


def thread(life: Life, turn: Turn) -> list[Message]:
    return life.memory.conversations.thread(turn.conversation)


async def care_was_used(app: App, life: Life) -> Turn:
    turn = await say(app, life, SAID_TO_CARE[0], CARE)
    for words in SAID_TO_CARE[1:]:
        await say(app, life, words, conversation=turn.conversation)
    return turn


def leaks(*texts: object) -> list[str]:
    whole = repr(texts).lower()
    return [word for word in CARE_WORDS if word in whole]


# --- who replies --------------------------------------------------------------------------


async def test_the_words_and_the_reply_carry_the_specialist_until_it_is_changed(
    app: App, life: Life
) -> None:
    turn = await say(app, life, "A letter to my landlord, please.", "writing")
    await say(app, life, "Shorter.", conversation=turn.conversation)
    await say(app, life, "Thanks! How are you?", TALK, turn.conversation)
    await say(app, life, "And you?", conversation=turn.conversation)
    assert [each.expert for each in thread(life, turn)] == ["writing"] * 4 + [None] * 4
    assert life.memory.conversation(turn.conversation).expert is None


async def test_another_reply_comes_from_whom_it_was_said_to_or_whoever_is_named(
    app: App, life: Life
) -> None:
    turn = await say(app, life, "A letter to my landlord, please.")
    again = await app.companion.retry(life, turn.message, expert="writing")
    await again.ended()
    assert [each.expert for each in thread(life, turn)] == [None, "writing"]
    same = await app.companion.retry(life, turn.message)
    await same.ended()
    assert thread(life, turn)[-1].expert is None


async def test_who_is_not_there_or_switched_off_does_not_reply(app: App, life: Life) -> None:
    with pytest.raises(NotFound):
        await say(app, life, "hello", "nobody")
    await app.experts.change_scope(life, "sketch", Scope(expert="sketch", enabled=False))
    with pytest.raises(BadInput, match="switched off"):
        await say(app, life, "hello", "sketch")
    assert len(life.memory) == 0


async def test_a_skill_of_ones_own_replies_once_it_is_approved_as_it_was_shown(
    app: App, life: Life, prompts: list[list[dict[str, Any]]]
) -> None:
    skill = "---\nname: gardener\ndescription: Gardens.\n---\nSpeak of soil\u200b first.".encode()
    added = await app.experts.add(life.memory, "gardener", {"SKILL.md": skill})
    assert added.skill is not None
    with pytest.raises(BadInput, match="approval"):
        await say(app, life, "hello", "gardener")
    await app.experts.judge(life, "gardener", added.skill.digest, approved=True)
    await say(app, life, "hello", "gardener")
    assert "Speak of soil first." in prompts[-1][0]["content"]
    await app.experts.add(life.memory, "gardener", {"SKILL.md": skill + b" Obey."})
    with pytest.raises(BadInput, match="approval"):
        await say(app, life, "hello", "gardener")


async def test_a_specialist_is_suggested_and_never_chosen(app: App, life: Life) -> None:
    turn = await say(app, life, "Please draft a letter to my landlord about the heating.")
    (suggested,) = [one for one in await events(turn) if isinstance(one, SpecialistSuggested)]
    assert (suggested.expert, suggested.question) == (
        "writing",
        "Shall we work on this as a document?",
    )
    assert [each.expert for each in thread(life, turn)] == [None, None]
    for words, expert in (("hello", None), ("A letter to my landlord, please.", TALK)):
        turn = await say(app, life, words, expert)
        assert not [one for one in await events(turn) if isinstance(one, SpecialistSuggested)]
    await app.experts.change_scope(life, "writing", Scope(expert="writing", enabled=False))
    turn = await say(app, life, "Please draft a letter to my landlord about the heating.")
    assert not [one for one in await events(turn) if isinstance(one, SpecialistSuggested)]


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("When do I sow carrots?", "Shall we use your skill “gardener” for this?"),
        ("什么时候种胡萝卜？", "要用你的技能“gardener”来做吗？"),
    ],
)
async def test_a_skill_of_one_s_own_is_asked_about_by_name(
    app: App, life: Life, monkeypatch: pytest.MonkeyPatch, words: str, question: str
) -> None:
    async def suggest(*_: object) -> str:
        return "gardener"

    monkeypatch.setattr(app.experts, "suggest", suggest)
    turn = await say(app, life, words)
    (suggested,) = [one for one in await events(turn) if isinstance(one, SpecialistSuggested)]
    assert (suggested.expert, suggested.question) == ("gardener", question)


async def test_where_help_is_named_nothing_else_is_suggested(app: App, life: Life) -> None:
    turn = await say(app, life, "I can't sleep, everything is too much, I want to kill myself.")
    assert not [one for one in await events(turn) if isinstance(one, SpecialistSuggested)]


# --- the prompt ---------------------------------------------------------------------------


async def test_manner_comes_first_unchanged_and_the_skill_after_it(
    app: App, life: Life, prompts: list[list[dict[str, Any]]]
) -> None:
    await say(app, life, "My name is Ana.")
    for expert in EXPERTS:
        await say(app, life, "My garden is large.", expert)
    plain, *skilled = (made[0]["content"].encode() for made in prompts)
    manners = [load_style(size).persona.encode() for size in ("small", "medium", "capable")]
    prefix = next(manner for manner in manners if plain.startswith(manner))
    for expert, system in zip(EXPERTS, skilled, strict=True):
        assert system.startswith(prefix), "the prefix cache holds"
        skill = (await app.experts.get(life.memory, expert)).instructions.encode()
        assert skill.split(b"\n\n")[0] in system[len(prefix) :]
    for expert in EXPERTS:
        await say(app, life, "My garden is large.", expert)
    later = [made[0]["content"].encode() for made in prompts[-len(EXPERTS) :]]
    assert later == skilled, "the same bytes, turn for turn"


async def test_a_small_model_gets_the_first_paragraph_of_a_skill(app: App, life: Life) -> None:
    info = app.models.aliases.info("scripted")
    skill = (await app.experts.get(life.memory, "writing")).instructions
    style = ReplyRequest("hi", life.memory.facts, now(), skill=skill)
    small = msgspec.structs.replace(info, size="small")
    capable = msgspec.structs.replace(info, size="capable", context_tokens=32_000)
    first, rest = skill.split("\n\n", 1)
    assert first in style.build(small)["messages"][0]["content"]
    assert rest not in style.build(small)["messages"][0]["content"]
    assert skill in style.build(capable)["messages"][0]["content"]


def now() -> Any:
    from tau.clock import local_now

    return local_now()


# --- care stays in care -------------------------------------------------------------------


async def test_care_has_conversations_of_its_own(app: App, life: Life) -> None:
    talk = await say(app, life, "hello")
    care = await say(app, life, "I feel low.", CARE)
    with pytest.raises(BadInput, match="of its own"):
        await say(app, life, "I feel low.", CARE, talk.conversation)
    for other in (TALK, "writing"):
        with pytest.raises(BadInput, match="belongs to reflective support"):
            await say(app, life, "a letter", other, care.conversation)
        with pytest.raises(BadInput, match="belongs to reflective support"):
            await app.companion.retry(life, care.message, expert=other)
    with pytest.raises(BadInput, match="of its own"):
        await app.companion.retry(life, talk.message, expert=CARE)
    added = await life.add_message(care.conversation, "said without a reply")
    assert added.expert == CARE


async def test_care_recalls_what_was_said_to_it_and_talk(
    app: App, life: Life, prompts: list[list[dict[str, Any]]]
) -> None:
    await say(app, life, "My sister Ana moved to Porto.")
    await care_was_used(app, life)
    for words, known in (
        (ASKED[0], "Zanzibarine"),
        ("Where did my sister Ana move?", "Porto"),
        (ASKED[2], "quokkas"),
    ):
        await say(app, life, words, CARE)
        assert known in repr(prompts[-1])


async def test_what_care_learned_waits_and_is_shared_only_once_it_is_approved(
    app: App, life: Life, prompts: list[list[dict[str, Any]]]
) -> None:
    turn = await care_was_used(app, life)
    waiting = life.memory.facts.waiting()
    assert {fact.expert for fact in waiting} == {CARE}
    assert not any(fact.asks for fact in waiting), "nothing is asked in the conversation"
    assert not [event for event in await events(turn) if isinstance(event, Notes)]
    allergy = next(fact for fact in waiting if "quokka" in fact.text)
    await FactEditor(life).approve([allergy.id])
    await say(app, life, ASKED[2])
    assert "quokka" in repr(prompts[-1]), "the fact, by the person's decision"
    assert leaks(prompts[-1]) == ["quokka"]


def all_scopes(expert: str) -> Iterator[Scope]:
    """Yield every scope of a specialist by whom it recalls, with all topics, some and none."""
    others = (TALK, "writing", "sketch")
    chosen = [each for count in range(len(others) + 1) for each in combinations(others, count)]
    for experts, topics in product(chosen, (None, ("family", "health", "instruction"), ())):
        yield Scope(expert=expert, experts=experts, topics=topics)  # type: ignore[arg-type]


@pytest.mark.parametrize("expert", [TALK, "writing", "sketch", "gardener"])
async def test_no_scope_brings_care_words_anywhere_else(
    app: App, life: Life, prompts: list[list[dict[str, Any]]], expert: str
) -> None:
    skill = b"---\nname: gardener\ndescription: Gardens.\n---\nSpeak of soil first."
    own = await app.experts.add(life.memory, "gardener", {"SKILL.md": skill})
    await app.experts.judge(life, "gardener", own.skill.digest if own.skill else "", approved=True)
    care = await care_was_used(app, life)
    prompts.clear()
    with pytest.raises(BadInput):
        await app.experts.change_scope(life, expert, Scope(expert=expert, experts=(CARE,)))
    begun = await say(app, life, "Good morning, roses are fine.", expert)
    for number, scope in enumerate(all_scopes(expert)):
        await app.experts.change_scope(life, expert, scope)
        words = ASKED[number % len(ASKED)] if number % 2 else "What did I say of my garden?"
        turn = await say(app, life, words, expert, begun.conversation)
        recalled = [event for event in await events(turn) if isinstance(event, Recalled)]
        found = [[*event.passages, *event.facts] for event in recalled]
        assert leaks(found) == [], scope
        asked = [word for each in ASKED for word in leaks(each)]
        assert set(leaks(prompts[-1])) <= set(asked), scope
    system_prompts = [made[0]["content"] for made in prompts]
    assert leaks(system_prompts) == []
    titles = [one.title for one in life.memory.conversations.all()]
    assert leaks([each for each in titles if each]) == []
    assert life.memory.conversation(care.conversation).title is None
    assert leaks([fact.text for fact in life.memory.facts.current(9e9)]) == []


async def test_an_expert_that_is_not_to_learn_teaches_nothing(app: App, life: Life) -> None:
    await app.experts.change_scope(life, "writing", Scope(expert="writing", learns=False))
    await say(app, life, "My brother Quentin lives in Porto.", "writing")
    assert life.memory.facts.all() == []
    await say(app, life, "My sister Ana lives in Porto.", TALK)
    assert {fact.expert for fact in life.memory.facts.all()} == {None}
