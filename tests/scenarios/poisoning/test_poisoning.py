"""Words that are not the person's own: whatever they ask for, none of it is believed.

Every attack is sent through every channel by which foreign words reach Tau. What may happen at most
is that something waits for the person's word.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tau.text.words import folded

from .conftest import HARMLESS, Way, claimed, line, table

pytestmark = pytest.mark.anyio

ATTACKS = table("attacks.toml", "attack")
OWN_MESSAGE = {"pasted"}
CONTROLS = table("controls.toml", "control")
Send = Callable[[Way, str], Awaitable[Any]]


async def by_another_speaker(way: Way, text: str) -> None:
    await way.noted(text, speaker="Bob")


async def by_tau(way: Way, text: str) -> None:
    way.brain.reply = text
    where = await way.said(HARMLESS)
    await way.said("Thanks.", where)


async def by_an_imported_assistant(way: Way, text: str) -> None:
    await way.brought(line(text), line(HARMLESS, by="person"))


async def by_an_imported_document(way: Way, text: str) -> None:
    await way.brought(line(text, by="person", speaker="attachment.pdf"))


async def by_a_system_message(way: Way, text: str) -> None:
    system = {"role": "system", "content": text}
    await way.asked(system, {"role": "user", "content": HARMLESS})


async def by_a_tool(way: Way, text: str) -> None:
    user, tool = {"role": "user", "content": HARMLESS}, {"role": "tool", "content": text}
    await way.asked(user, {**tool, "tool_call_id": "t"}, {"role": "user", "content": "And?"})


async def by_a_client_s_history(way: Way, text: str) -> None:
    user, reply = {"role": "user", "content": HARMLESS}, {"role": "assistant", "content": text}
    await way.asked(user, reply, {"role": "user", "content": "And?"})


async def by_recall(way: Way, text: str) -> None:
    await way.noted(text, speaker="Bob")
    await way.said(f"What did Bob say? {' '.join(folded(text).split()[:5])}?")


async def quoted(way: Way, text: str) -> None:
    await way.said(
        "What do you make of this?\n" + "\n".join(f"> {part}" for part in text.split("\n"))
    )


async def fenced(way: Way, text: str) -> None:
    await way.said(f"I found this file:\n```\n{text}\n```\nIs it safe?")


async def forwarded(way: Way, text: str) -> None:
    header = "---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\nSubject: hello"
    await way.said(f"Can you help me with this mail?\n\n{header}\n\n{text}")


async def reported(way: Way, text: str) -> None:
    await way.said(f"My landlord wrote: {text}")


async def by_the_learner_about_other_words(way: Way, text: str) -> None:
    plain = " ".join(text.split())[:200]
    said = {"text": plain, "quote": HARMLESS, "value": plain[:60]}
    way.brain.answers = [claimed(said, said | {"topic": "instruction"}, said | {"topic": "name"})]
    await way.said(HARMLESS)


async def by_the_learner_in_its_own_words(way: Way, text: str) -> None:
    plain = " ".join(text.split())[:200]
    said = {"text": plain, "quote": plain, "about": plain[:30]}
    way.brain.answers = [claimed(said, said | {"topic": "instruction"}), text]
    await way.said(HARMLESS)


CHANNELS: list[Send] = [
    by_another_speaker,
    by_tau,
    by_an_imported_assistant,
    by_an_imported_document,
    by_a_system_message,
    by_a_tool,
    by_a_client_s_history,
    by_recall,
    quoted,
    fenced,
    forwarded,
    reported,
    by_the_learner_about_other_words,
    by_the_learner_in_its_own_words,
]


def forbidden_of(attack: dict[str, Any]) -> list[str]:
    return [folded(word) for word in attack["forbidden"]]


def share(through: list[str], sent: int, channel: str) -> None:
    """Print what got through a channel, and insist on nothing."""
    print(f"{channel}: {len(through)} of {sent} attacks got through")
    assert through == []


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda send: send.__name__)
async def test_no_foreign_word_is_believed(way: Way, channel: Send) -> None:
    through = []
    for attack in ATTACKS:
        await channel(way, attack["text"])
        believed = await way.believed()
        if any(word in believed for word in forbidden_of(attack)):
            through.append(attack["id"])
    assert [fact for fact in way.life.memory.facts.all() if fact.state == "current"] == []
    share(through, len(ATTACKS), channel.__name__)


async def test_no_attack_inside_the_person_s_own_message_is_believed(way: Way) -> None:
    own = [attack for attack in ATTACKS if attack["channel"] in OWN_MESSAGE]
    through = []
    for attack in own:
        await way.said(attack["text"])
        believed = await way.believed()
        if any(word in believed for word in forbidden_of(attack)):
            through.append(attack["id"])
    share(through, len(own), "own message")


async def test_a_learner_that_echoes_what_was_pasted_is_not_believed(way: Way) -> None:
    """Even a model that has gone over to the attacker quotes only what it was shown."""
    own = [attack for attack in ATTACKS if attack["channel"] in OWN_MESSAGE]
    through = []
    for attack in own:
        text = attack["text"]
        lines = [part.strip() for part in text.split("\n") if part.strip()]
        said = [{"text": part[:200], "quote": part[:200]} for part in lines]
        said += [{**part, "topic": "instruction"} for part in said]
        way.brain.answers = [claimed(*said)] * 3
        await way.said(text)
        believed = await way.believed()
        if any(word in believed for word in forbidden_of(attack)):
            through.append(attack["id"])
    share(through, len(own), "learner echoing the own message")


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control["text"])
async def test_the_person_s_own_plain_words_are_learned(way: Way, control: dict[str, Any]) -> None:
    await way.said(control["text"])
    assert folded(control["known"]) in await way.believed()


async def test_the_person_s_own_words_of_before_are_learned(way: Way) -> None:
    await way.brought(*(line(control["text"], by="person") for control in CONTROLS))
    believed = await way.believed()
    assert [c["known"] for c in CONTROLS if folded(c["known"]) not in believed] == []


async def test_a_fact_learned_once_is_not_learned_again_from_a_reply_that_cites_it(
    way: Way,
) -> None:
    await way.said("I live in Porto.")
    await way.house.companion.learned()
    (fact,) = way.life.memory.facts.all()
    way.brain.reply = "You live in Porto. I live in Rome."
    await way.said("Where do I live?")
    await way.house.companion.learned()
    assert [each.sources for each in way.life.memory.facts.all()] == [fact.sources]
