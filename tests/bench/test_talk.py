"""Conversations are held with the real companion, and every reply is judged by its rules."""

import json
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner

from tau.bench import talk
from tau.bench.commands import bench
from tau.bench.talk_judging import SameAs, TalkTurn, count_words, judge, read_talks
from tau.errors import BadInput, ModelError

DATA = resources.files("tau.bench.data")
TALKS = """
must_not = ['\\bOpenAI\\b']
[[conversations]]
name = "an echo"
language = "en"
turns = [
    { user = "[[say My name is Tau.]]", must = ['\\bTau\\b'] },
    { user = "[[say I am from OpenAI.]]", must = ['from'], max_words = 3 },
]
[[conversations]]
name = "memory"
language = "en"
turns = [
    { user = "My cat is called Biscuit.", must = ['cat'] },
    { user = "What is my cat called?", must = ['Biscuit'], new_conversation = true },
]
"""


@pytest.fixture
def talks(tmp_path: Path) -> Path:
    path = tmp_path / "talks.toml"
    path.write_text(TALKS, "utf-8")
    return path


def faults(reply: str, *earlier: str, language: str = "en", **turn: object) -> list[str]:
    asked = TalkTurn(user="x", **turn)  # type: ignore[arg-type]
    return judge(asked, [*earlier, reply], forbidden=["OpenAI"], language=language)


def test_a_reply_is_judged_by_every_rule() -> None:
    assert faults("I'm Tau.", must=("tau",), max_words=2) == []
    assert faults("I'm Tau.", must=("maya",)) == ["lacks maya"]
    assert faults("I'm from openai.") == ["has OpenAI"]
    assert faults("One two three.", max_words=2) == ["has 3 words"]
    assert faults("你好，我是 Tau。") == ["isn't in the language en"]
    assert faults("Hello, 小明。", language="zh", must=("小明",)) == []
    assert faults("Hello there, my dear old friend 小明.", language="zh") == [
        "isn't in the language zh"
    ]


def test_a_reply_may_have_to_agree_with_an_earlier_one() -> None:
    same = SameAs(pattern="chess|hive", turn=1)
    assert faults("It was Chess.", "Try chess!", same=same) == []
    assert faults("It was Hive.", "Try chess!", same=same) == ["differs from reply 1"]
    assert faults("No idea.", "Try chess!", same=same) == ["differs from reply 1"]


def test_a_han_character_counts_as_one_word() -> None:
    assert count_words("Don't worry, 我在这里, e-mail me") == 2 + 4 + 2


@pytest.mark.anyio
async def test_conversations_are_held_and_remembered(talks: Path) -> None:
    figures = await talk.measure(
        talk.TalkPlan(model="scripted", embedder="scripted-embedder", conversations=talks),
        lambda _: None,
    )
    echo, memory = figures["results"]
    assert [turn["reply"] for turn in echo["dialogue"]] == ["My name is Tau.", "I am from OpenAI."]
    assert [turn["faults"] for turn in echo["dialogue"]] == [
        [],
        ["has \\bOpenAI\\b", "has 4 words"],
    ]
    assert memory["passed"], "the second conversation knows the first"
    assert (figures["passed"], figures["conversations"]) == (1, 2)
    assert (figures["turns_passed"], figures["turns"]) == (3, 4)


@pytest.mark.anyio
async def test_a_model_that_is_not_there_ends_it(talks: Path) -> None:
    plan = talk.TalkPlan(
        model="qwen3-4b-instruct", embedder="scripted-embedder", conversations=talks
    )
    with pytest.raises(ModelError, match="is not downloaded"):
        await talk.measure(plan, lambda _: None)


def test_the_command_prints_figures_and_dialogues(talks: Path) -> None:
    given = ["talk", "--model", "scripted", "--embedder", "scripted-embedder"]
    given += ["--conversations", str(talks)]
    shown = CliRunner().invoke(bench, [*given, "--show", "--only", "echo"])
    assert shown.exit_code == 0, shown.output
    assert "an echo: fail" in shown.output
    assert "! has 4 words" in shown.output
    counted = CliRunner().invoke(bench, [*given, "--json"])
    assert json.loads(counted.stdout)["conversations"] == 2


def test_a_file_that_is_no_conversation_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('[[conversations]]\nname = "x"\n', "utf-8")
    with pytest.raises(BadInput, match="isn't a file of conversations"):
        read_talks(path)


def test_the_conversations_to_develop_with_are_others_than_those_that_judge() -> None:
    judging = read_talks(DATA / "talk.toml")
    developing = read_talks(DATA / "talk_development.toml")
    assert len(judging.conversations) == len(developing.conversations) == 12
    words = {turn.user for one in judging.conversations for turn in one.turns}
    assert not words & {turn.user for one in developing.conversations for turn in one.turns}
