"""Prompts of chat clients: known from what a person says, answered, and kept nowhere."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tau.app import App
from tau.server.openai.client_prompts import WrappedQuestion, is_task, unwrap_question

from ..conftest import Person

CASES = tomllib.loads(Path(__file__).with_name("client_prompts.toml").read_text("utf-8"))


@pytest.mark.parametrize("words", CASES["tasks"])
def test_a_clients_own_prompt_is_known(words: str) -> None:
    assert is_task(words)


@pytest.mark.parametrize("case", CASES["instructed"])
def test_the_work_may_stand_in_a_system_message(case: dict[str, str]) -> None:
    assert is_task(case["words"], [case["instructions"]])


@pytest.mark.parametrize("words", CASES["own_words"])
def test_what_a_person_asks_is_theirs(words: str) -> None:
    assert not is_task(words)


def test_a_system_message_alone_makes_no_words_a_prompt() -> None:
    style = "Then suggest 3 follow-up questions on the conversation in JSON format, no quotes."
    assert not is_task("My sister Ana moved to Porto.", [style])


WRAPPED = (
    "### Task:\nRespond to the user query using the provided context, with citations."
    '\n<context>\n<source id="1">I live in Tokyo.</source>\n</context>\n'
)


@pytest.mark.parametrize(
    "asked", ["<user_query>\nWhat does it say?\n</user_query>", "\nWhat does it say?"]
)
def test_a_question_in_documents_is_the_persons(asked: str) -> None:
    assert unwrap_question(WRAPPED + asked) == WrappedQuestion("What does it say?", WRAPPED + asked)
    assert not is_task(WRAPPED + asked)
    assert unwrap_question("Respond to the user query using the provided context.") is None


async def ask_openai(owner: Person, words: str, stream: bool) -> str:
    messages = [{"role": "user", "content": words}]
    body = {"model": "tau", "messages": messages, "stream": stream}
    response = await owner.client.post("/v1/chat/completions", json=body)
    assert "x-tau-conversation" not in response.headers
    return response.text


async def ask_inflection(owner: Person, words: str, stream: bool) -> str:
    body = {"config": "Pi-3.1", "context": [{"type": "Human", "text": words}]}
    path = "/external/api/inference" + ("/streaming" if stream else "")
    return (await owner.client.post(path, json=body)).text


@pytest.mark.anyio
@pytest.mark.parametrize("ask", [ask_openai, ask_inflection])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_clients_own_prompt_is_answered_and_kept_nowhere(
    app: App, owner: Person, ask: Any, stream: bool
) -> None:
    life = await app.lives.open(owner.unlocked)
    before = life.memory.last
    for task in CASES["tasks"][:8]:
        told = await ask(owner, f"{task}\n[[say Aye]]", stream)
        assert "Aye" in told
        assert "I want to die" not in told
    crisis = CASES["tasks"][0].replace("My sister Ana moved to Porto", "I want to die")
    told = await ask(owner, f"{crisis}\n[[say Aye]]", stream)
    assert "emergency" not in told, "help was named with the words themselves"
    await life._journal.catch_up()
    assert life.memory.last == before
    assert (await owner.get("/api/conversations"))["conversations"] == []


@pytest.mark.anyio
async def test_a_chat_with_documents_stays_one_conversation(owner: Person) -> None:
    chat: list[dict[str, str]] = []
    asked = "<user_query>\nWhat does it say? [[say Tokyo]]\n</user_query>"
    for sent, kept in (
        ("[[say Hello]] Hi", None),
        (WRAPPED + asked, "What does it say? [[say Tokyo]]"),
        ("[[say Blue]] And what colour?", None),
    ):
        messages = [*chat, {"role": "user", "content": sent}]
        answer = await owner.post("/v1/chat/completions", {"model": "tau", "messages": messages})
        reply = answer["choices"][0]["message"]["content"]
        chat += [
            {"role": "user", "content": kept or sent},
            {"role": "assistant", "content": reply},
        ]
    (conversation,) = (await owner.get("/api/conversations"))["conversations"]
    page = await owner.get(f"/api/conversations/{conversation['id']}/messages")
    assert [m["text"] for m in page["messages"]] == [line["content"] for line in chat]
