"""A request to forget leads to a preview: what would go is found, and nothing goes unconfirmed."""

import pytest

from tau.companion.companion import Companion
from tau.companion.events import Done, Event, Forgetting, Recalled
from tau.companion.turn import Turn
from tau.companion.turn_input import TurnInput
from tau.facts.resolution import CARE
from tau.ids import new_id
from tau.life.fact_editing import FactEditor
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest

pytestmark = pytest.mark.anyio
_APART = " For what you said in care, ask there."


async def said(companion: Companion, life: Life, words: str, where: str | None = None) -> Turn:
    turn = await companion.turn(life, where, words)
    await turn.ended()
    return turn


async def proposed(companion: Companion, life: Life, words: str) -> tuple[Forgetting | None, str]:
    turn = await said(companion, life, words)
    found: list[Event] = [event async for event in turn.events()]
    assert isinstance(found[-1], Done)
    return next((event for event in found if isinstance(event, Forgetting)), None), turn.text


def texts(life: Life, ids: list[str]) -> list[str]:
    return [life.memory.message(one).text for one in ids]


async def test_what_was_said_of_somebody_is_found_and_stays_until_confirmed(
    companion: Companion, life: Life
) -> None:
    await said(companion, life, "Anna left me in May. [[say Sorry.]]")
    await said(companion, life, "My sister's name is Anna. [[say Nice.]]")
    await said(companion, life, "I had soup today. [[say Good.]]")
    request = "Please forget everything I told you about Anna."
    found, reply = await proposed(companion, life, request)
    assert found is not None
    assert found.about == "Anna"
    assert texts(life, found.messages)[-1] == request, "it names her, too"
    assert [text.split(".")[0] for text in texts(life, found.messages)[:-1]] == [
        "Anna left me in May", "My sister's name is Anna",
    ]  # fmt: skip
    assert "Nothing has been deleted yet" in reply
    assert len(life.memory) == 8, "all of it is there"

    await forget(life, ErasureRequest(messages=tuple(found.messages), facts=tuple(found.facts)))
    left = [message.text for message in life.memory.messages]
    assert not [text for text in left if "Anna" in text]
    assert "I had soup today. [[say Good.]]" in left
    assert not [fact for fact in life.memory.facts.all() if "Anna" in fact.text]


async def test_a_kind_of_facts_goes_with_the_messages_that_say_it(
    companion: Companion, life: Life
) -> None:
    await said(companion, life, "I live in Porto.")
    await said(companion, life, "The live concert was loud.")
    await FactEditor(life).add_fact("I live in Graz.")
    found, _ = await proposed(companion, life, "Forget where I live.")
    assert found is not None
    assert {life.memory.facts.get(one).text for one in found.facts} == {
        "Lives in Porto", "Lives in Graz",
    }  # fmt: skip
    assert texts(life, found.messages) == ["I live in Porto.", "Forget where I live."]


async def test_what_was_said_last_can_be_forgotten(companion: Companion, life: Life) -> None:
    first = await said(companion, life, "The code is under the mat.")
    turn = await said(companion, life, "Forget what I just said.", first.conversation)
    (found,) = [event async for event in turn.events() if isinstance(event, Forgetting)]
    assert texts(life, found.messages)[0] == "The code is under the mat."


async def test_chinese_is_answered_in_chinese(companion: Companion, life: Life) -> None:
    await said(companion, life, "小美昨天来看我了。")
    found, reply = await proposed(companion, life, "请忘记关于小美的一切。")
    assert found is not None
    assert texts(life, found.messages)[0] == "小美昨天来看我了。"
    assert "现在什么都没有删" in reply


async def test_where_nothing_is_known_that_is_the_reply(companion: Companion, life: Life) -> None:
    found, reply = await proposed(companion, life, "Forget what I told you about Zoe.")
    assert (found, reply) == (
        None,
        f"I couldn't find anything about “Zoe”, so there's nothing to forget.{_APART}",
    )


async def test_what_may_be_meant_otherwise_is_left_to_the_model(
    companion: Companion, life: Life
) -> None:
    turn = await said(companion, life, "Forget my umbrella")
    assert turn.text == "You said: Forget my umbrella"


async def test_nothing_is_asked_of_a_model_or_recalled_for_it(
    companion: Companion, life: Life
) -> None:
    await said(companion, life, "Anna left me in May.")
    turn = await said(companion, life, "Forget what I told you about Anna.")
    found = [event async for event in turn.events()]
    assert not [event for event in found if isinstance(event, Recalled)]
    reply = life.memory.conversations.thread(turn.conversation)[-1]
    assert (reply.by, reply.model, reply.recalled) == ("tau", "tau", ())


# --- care -----------------------------------------------------------------------------------


async def to_care(companion: Companion, life: Life, words: str, where: str | None = None) -> Turn:
    request = TurnInput(words=words, turn_id=new_id(), conversation=where, expert=CARE)
    turn = await companion.begin(life, request)
    await turn.ended()
    return turn


_FOUND = (
    "2 messages of yours and 1 reply. Please look at it and confirm. Nothing has been deleted yet."
)


@pytest.mark.parametrize("times", [0, 2], ids=["nothing in care", "two messages in care"])
@pytest.mark.parametrize(
    ("in_talk", "in_care", "request_", "reply"),
    [
        (
            "Quentin came by. [[say Quentin is nice.]]",
            "My brother Quentin left me. [[say Quentin left.]]",
            "Forget all about Quentin.",
            f"About “Quentin”, this would go: {_FOUND}{_APART}",
        ),
        (
            "I had soup. [[say Good.]]",
            "My brother Quentin left me. [[say Quentin left.]]",
            "Forget all about Quentin.",
            f"I couldn't find anything about “Quentin”, so there's nothing to forget.{_APART}",
        ),
        (
            "I had soup. [[say Good.]]",
            "I live in Zanzibar now.",
            "Forget where I live.",
            f"I couldn't find anything about “where I live”, so there's nothing to forget.{_APART}",
        ),
        (
            "今天喝了汤。",
            "小美昨天离开我了。",
            "请忘记关于小美的一切。",
            "我没有找到关于“小美”的内容，没有什么需要删除。在情绪支持里说过的要在那里提出。",
        ),
        (
            "I had soup. [[say Good.]]",
            "My brother Quentin left me. [[say Quentin left.]]",
            "Forget everything about me.",
            f"About “me”, this would go: {_FOUND} What you said in care goes too.",
        ),
        (
            "今天喝了汤。 [[say 好]]",
            "小美昨天离开我了。",
            "忘掉我的一切。",
            "关于“我的一切”，将要删除：2 条你的消息、1 条我的回复。请先查看，确认后才会删除；现在什么都没有删。在情绪支持里说过的也会一并删除。",  # noqa: E501
        ),
    ],
)
async def test_a_reply_is_the_same_whatever_was_said_in_care(
    companion: Companion,
    life: Life,
    times: int,
    in_talk: str,
    in_care: str,
    request_: str,
    reply: str,
) -> None:
    await said(companion, life, in_talk)
    for _ in range(times):
        await to_care(companion, life, in_care)
    found, text = await proposed(companion, life, request_)
    assert text == reply
    goes = reply.endswith(("goes too.", "一并删除。"))
    named = [] if found is None else texts(life, found.messages)
    assert named.count(in_care) == (times if goes else 0)
    if found is None:
        return
    await forget(life, ErasureRequest(messages=tuple(found.messages), facts=tuple(found.facts)))
    left = [one.text for one in life.memory.messages if one.is_from_person]
    assert left == ([] if goes else [in_care] * times)


async def test_in_care_it_is_found(companion: Companion, life: Life) -> None:
    words = "My brother Quentin left me. [[say Quentin left.]]"
    care = await to_care(companion, life, words)
    turn = await to_care(companion, life, "Forget all about Quentin.", care.conversation)
    (there,) = [event async for event in turn.events() if isinstance(event, Forgetting)]
    assert words in texts(life, there.messages)
    assert "ask there" not in turn.text
