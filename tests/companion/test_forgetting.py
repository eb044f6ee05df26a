"""A request to forget leads to a preview: what would go is found, and nothing goes unconfirmed."""

import pytest

from tau.companion.companion import Companion
from tau.companion.events import Done, Event, Forgetting, Recalled
from tau.companion.turn import Turn
from tau.life.fact_editing import FactEditor
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest

pytestmark = pytest.mark.anyio


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
        "I couldn't find anything about “Zoe”, so there's nothing to forget.",
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
