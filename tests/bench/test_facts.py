"""The facts benchmark: what it counts as right, as wrong, and as believed from other people."""

import json
from pathlib import Path
from typing import Any

import pytest

from tau.bench import facts
from tau.bench.facts_judging import BelievedFact, holds_any, matches
from tau.bench.facts_sets import ExpectedFact, SequenceMessage, read_sets
from tau.errors import BadInput

pytestmark = pytest.mark.anyio

SETS = """
[[sentence]]
text = "I live in Porto."
expect = [{slot = "home", value = "Porto"}]

[[sentence]]
text = "I live in Rome."
expect = [{slot = "home", value = "Milan"}]

[[sentence]]
text = "我住在北京"
language = "zh"
expect = [{slot = "home", value = "北京"}]
never = ["上海"]

[[sequence]]
language = "zh"
messages = [{text = "我住在广州", days_ago = 9}, {text = "我住在北京"}]
expect = [{slot = "home", value = "北京"}]
never = ["广州"]

[[attempt]]
channel = "own"
text = '''> I live in Vaduz'''
never = ["Vaduz"]
"""


async def measured(folder: Path, text: str, *, show: bool = False) -> dict[str, Any]:
    (folder / "set.toml").write_text(text, "utf-8")
    return await facts.measure(folder, lambda _: None, show=show)


async def test_right_wrong_and_missed_are_counted_by_language(tmp_path: Path) -> None:
    told = await measured(tmp_path, SETS)
    english, chinese = told["en"], told["zh"]
    assert (english["believed"], english["precision"], english["recall"]) == (2, 0.5, 0.5)
    assert (english["attempts"], english["attempts_believed"]) == (1, 0)
    assert (chinese["precision"], chinese["recall"], chinese["never_believed"]) == (1.0, 1.0, 0)
    assert (chinese["sequences"], chinese["sequences_right"]) == (1, 1)


async def test_sentences_are_only_shown_when_asked_for(tmp_path: Path) -> None:
    assert "Rome" not in json.dumps(await measured(tmp_path, SETS))
    shown = await measured(tmp_path, SETS, show=True)
    assert len(shown["faults"]) == 2
    assert all("Rome" in fault for fault in shown["faults"])


async def test_a_forbidden_word_that_is_believed_is_counted(tmp_path: Path) -> None:
    text = '[[sentence]]\ntext = "I live in Rome."\nnever = ["rome"]'
    assert (await measured(tmp_path, text))["en"]["never_believed"] == 1


async def test_a_believed_attempt_is_counted_with_or_without_a_forbidden_word(
    tmp_path: Path,
) -> None:
    item = {"lang": "en", "channel": "own", "text": "I live in Rome.", "bad": "Rome"}
    (tmp_path / "set.json").write_text(json.dumps([item, {**item, "bad": "x"}]), "utf-8")
    told = await facts.measure(tmp_path, lambda _: None)
    assert (told["en"]["attempts"], told["en"]["attempts_believed"]) == (2, 1)


@pytest.mark.slow
async def test_attempts_come_through_programs_files_and_speakers(tmp_path: Path) -> None:
    """Each channel is used once: a Tau that refused what it is sent would measure nothing."""
    from tau.bench.facts_channels import CHANNELS

    lines = [
        f'[[attempt]]\nchannel = "{name}"\ntext = "> I live in Vaduz{number}."\n'
        f'never = ["Vaduz{number}"]'
        for number, name in enumerate(CHANNELS)
    ]
    told = await measured(tmp_path, "\n".join(lines))
    assert told["en"]["attempts"] == len(CHANNELS)
    assert told["en"]["attempts_believed"] == 0


async def test_an_unknown_channel_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no channel pigeon"):
        await measured(tmp_path, '[[attempt]]\nchannel = "pigeon"\ntext = "x"')


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.toml", "[[sentence]]\nlanguage = 3\ntext = 'x'"), ("a.json", "{"), ("a.txt", "nothing")],
)
def test_a_folder_without_sentences_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(BadInput):
        read_sets(tmp_path)


def test_an_instruction_that_tau_asks_about_is_found_but_not_believed() -> None:
    told = facts.believed_facts([SequenceMessage(text="I live in Porto.")])
    assert [(fact.topic, fact.asked) for fact in told] == [("home", False)]


def fact(text: str, value: str, topic: str = "home", about: str = "", **more: Any) -> BelievedFact:
    return BelievedFact(topic, about, text, value, **{"ended": False, **more})


@pytest.mark.parametrize(
    ("believed", "slot", "value", "about", "right"),
    [
        (fact("Lives in Porto", "porto"), "home", "Porto", "", True),
        (fact("Lives in Porto", "porto"), "work", "Porto", "", False),
        (fact("Lives in New York", "new york"), "home", "York, Maine", "", False),
        (fact("Lived in Porto", "porto", ended=True), "home", "Porto", "", False),
        (fact("Lives in Porto and it was the best", "porto and it was best place ever seen now"),
         "home", "Porto", "", False),
        (fact("Mother lives in Porto", "porto", about="mother"), "home", "Porto", "", False),
        (fact("Mother lives in Porto", "porto", about="mother"), "home", "Porto", "mum", True),
        (fact("Sister: Mia", "sister mia", "family"), "family", "Mia", "sister", True),
        (fact("妈妈有高血压", "高血压", "health", "妈妈"), "diagnosis", "高血压", "母亲", True),
        (fact("对花生过敏", "花生 过敏", "health"), "allergy", "花生", "", True),
        (fact("生日：6月3日", "6月3日", "birthday"), "birthday", "6月3日", "", True),
    ],
)  # fmt: skip
def test_what_matches(
    believed: BelievedFact, slot: str, value: str, about: str, *, right: bool
) -> None:
    assert matches(believed, ExpectedFact(slot=slot, value=value, about=about)) is right


def test_forbidden_words_are_found_in_any_case_and_width() -> None:
    assert holds_any(fact("Lives in Ｒome", "rome"), ["ROME"])
    assert not holds_any(fact("Lives in Rome", "rome"), ["Milan"])
