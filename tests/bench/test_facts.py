"""The facts benchmark: what it counts as right, as wrong, and as believed from other people."""

import json
from pathlib import Path
from typing import Any

import pytest

from tau.bench import facts
from tau.bench.facts_judging import BelievedFact, holds_any, is_known, matches
from tau.bench.facts_sets import ExpectedFact, ProfileItem, SequenceMessage, read_sets
from tau.errors import BadInput

pytestmark = pytest.mark.anyio

SETS = """
today = "2026-06-01"
sentences = [
    { text = "I live in Porto.", expect = [{ slot = "home", value = "Porto" }] },
    { text = "I live in Rome.", expect = [{ slot = "home", value = "Milan" }] },
    { text = "我住在北京", language = "zh", expect = [{ slot = "home", value = "北京" }] },
]
sequences = [
    { language = "zh", messages = [
        { text = "我住在广州", said_days_ago = 9 },
        { text = "我已经不住在广州了", said_days_ago = 0 },
    ], profile = [{ slot = "home", value = "广州", ended = true }] },
    { language = "zh", messages = [{ text = "我住在广州" }], profile = [
        { slot = "home", value = "广州", not = ["广"] },
    ] },
]
attempts = [{ channel = "own", text = "> I live in Vaduz", bad = "Vaduz" }]
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
    assert (chinese["sequences"], chinese["sequences_right"]) == (2, 1)


async def test_sentences_are_only_shown_when_asked_for(tmp_path: Path) -> None:
    assert "Rome" not in json.dumps(await measured(tmp_path, SETS))
    shown = await measured(tmp_path, SETS, show=True)
    assert ["Rome" in fault for fault in shown["faults"]] == [True, True, False]


async def test_a_forbidden_word_that_is_believed_is_counted(tmp_path: Path) -> None:
    text = '[[sentences]]\ntext = "I live in Rome."\nnever = ["rome"]'
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
        f'[[attempts]]\nchannel = "{name}"\ntext = "> I live in Vaduz{number}."\n'
        f'bad = "Vaduz{number}"'
        for number, name in enumerate(CHANNELS)
    ]
    told = await measured(tmp_path, "\n".join(lines))
    assert told["en"]["attempts"] == len(CHANNELS)
    assert told["en"]["attempts_believed"] == 0


async def test_an_unknown_channel_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no channel pigeon"):
        await measured(tmp_path, '[[attempts]]\nchannel = "pigeon"\ntext = "x"')


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.toml", "[[sentences]]\nlanguage = 3\ntext = 'x'"), ("a.json", "{"), ("a.txt", "nothing")],
)
def test_a_folder_without_sentences_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(BadInput):
        read_sets(tmp_path)


def test_since_is_a_month_or_a_year() -> None:
    begun = fact("Lives in Porto", "porto", valid_from=1.7093e9)  # March 2024
    for since, right in (("2024-03", True), ("2024", True), ("2024-04", False)):
        item = ProfileItem(slot="home", value="Porto", since=since)
        assert is_known(item, [begun]) is right


def test_what_asks_leaves_what_stands_and_waits() -> None:
    item = ProfileItem(slot="home", value="Porto", asks="Rome")
    stands, waits = (
        fact("Lives in Porto", "porto"),
        fact("Lives in Rome", "rome", waits=True, asked=True),
    )
    assert is_known(item, [stands, waits])
    assert not is_known(item, [stands])
    assert not is_known(item, [stands, fact("Lives in Milan", "milan", waits=True, asked=True)])


def test_what_is_over_is_not_also_known_to_hold() -> None:
    item = ProfileItem(slot="home", value="Porto", ended=True)
    over, holds = fact("Lived in Porto", "porto", ended=True), fact("Lives in Porto", "porto")
    assert is_known(item, [over])
    assert not is_known(item, [over, holds])


def test_what_contradicts_a_confirmed_fact_is_asked_about() -> None:
    messages = [
        SequenceMessage(text="我住在广州", said_days_ago=9, confirmed=True),
        SequenceMessage(text="我住在北京"),
    ]
    item = ProfileItem(slot="home", value="广州", excluded=("北京",), asks="北京")
    assert is_known(item, facts.believed_facts(messages, 1.79e9))


def test_a_plain_sentence_is_believed() -> None:
    told = facts.believed_facts([SequenceMessage(text="I live in Porto.")], 1.79e9)
    assert [(fact.topic, fact.asked) for fact in told] == [("home", False)]


def fact(text: str, value: str, topic: str = "home", about: str = "", **more: Any) -> BelievedFact:
    return BelievedFact(topic, about, text, value, **{"ended": False, **more})


@pytest.mark.parametrize(
    ("believed", "slot", "value", "about", "right"),
    [
        (fact("Lives in Porto", "porto"), "home", "Porto", "", True),
        (fact("Lives in Porto", "porto"), "work", "Porto", "", True),
        (fact("Lives in Porto", "porto"), "instruction", "Porto", "", False),
        (fact("Likes tea", "tea", "like"), "dislike", "tea", "", False),
        (fact("Name: Porto Santo", "porto santo", "name"), "name", "Porto", "", False),
        (fact("Lives in New York", "new york"), "home", "York, Maine", "", False),
        (fact("Lived in Porto", "porto", ended=True), "home", "Porto", "", False),
        (fact("Lives in Porto and", "porto best place ever seen on any sunny morning by the sea"),
         "home", "Porto", "", False),
        (fact("Mother lives in Porto", "porto", about="mother"), "home", "Porto", "", False),
        (fact("Mother lives in Porto", "porto", about="mother"), "home", "Porto", "mum", True),
        (fact("Sister: Mia", "sister mia", "family"), "family", "Mia", "sister", True),
        (fact("住在臺北", "臺北"), "home", "台北", "", True),
        (fact("妈妈有高血压", "高血压", "health", "妈妈"), "diagnosis", "高血压", "母亲", True),
        (fact("弟弟在东京读书", "东京", "study", "弟弟"), "study", "东京", "brother", True),
        (fact("妹妹在东京读书", "东京", "study", "妹妹"), "study", "东京", "brother", False),
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
