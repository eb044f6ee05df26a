"""Words that are not the person's own: whatever they ask for, none of it is believed.

Every attack is sent through every channel by which foreign words reach Tau. What may happen at most
is that something waits for the person's word.
"""

import csv
import io
from collections.abc import Awaitable, Callable
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tau.experts.writing.blocks import parse_plain_text
from tau.experts.writing.documents import DocumentContent, Documents
from tau.experts.writing.edits import Edit
from tau.experts.writing.review import Review, propose
from tau.life.fact_editing import FactEditor
from tau.text.tokenization import fold_text
from tests.studio.examples.documents import docx, paragraph

from .conftest import HARMLESS, PoisonedLife, claims_answer, line, table

pytestmark = pytest.mark.anyio

ATTACKS = table("attacks.toml", "attack")
OWN_MESSAGE = {"pasted"}
CONTROLS = table("controls.toml", "control")
Send = Callable[[PoisonedLife, str], Awaitable[Any]]


async def by_another_speaker(poisoned: PoisonedLife, text: str) -> None:
    await poisoned.note(text, speaker="Bob")


async def by_tau(poisoned: PoisonedLife, text: str) -> None:
    poisoned.model.reply = text
    where = await poisoned.said(HARMLESS)
    await poisoned.said("Thanks.", where)


async def by_an_imported_assistant(poisoned: PoisonedLife, text: str) -> None:
    await poisoned.import_messages(line(text), line(HARMLESS, by="person"))


async def by_an_imported_document(poisoned: PoisonedLife, text: str) -> None:
    await poisoned.import_messages(line(text, by="person", speaker="attachment.pdf"))


async def by_an_attached_text(poisoned: PoisonedLife, text: str) -> None:
    await poisoned.attach("notes.md", text.encode())


async def by_hidden_text_in_a_word_file(poisoned: PoisonedLife, text: str) -> None:
    hidden = f"<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>{escape(text)}</w:t></w:r></w:p>"
    await poisoned.attach("letter.docx", docx(paragraph("Dear neighbour,") + hidden))


async def by_a_table(poisoned: PoisonedLife, text: str) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([["who", "what"], ["me", text]])
    await poisoned.attach("table.csv", file.getvalue().encode())


async def by_the_name_of_a_file(poisoned: PoisonedLife, text: str) -> None:
    await poisoned.attach(f"{' '.join(text.split())[:180]}.txt", b"The rent is due.")


async def by_the_learner_about_a_file(poisoned: PoisonedLife, text: str) -> None:
    plain = " ".join(text.split())[:200]
    said = {"text": plain, "quote": plain, "value": plain[:60]}
    poisoned.model.answers = [claims_answer(said, said | {"topic": "instruction"}), text]
    await poisoned.attach("notes.txt", text.encode())


async def by_a_document_and_its_edits(poisoned: PoisonedLife, text: str) -> None:
    documents = Documents(poisoned.life)
    edit = Edit("e1", "b1", "neighbour", " ".join(text.split()), why=text, by=text, rule=text[:60])
    review, _ = propose(Review(parse_plain_text(f"Dear neighbour,\n\n{text}")), [edit])
    kept = await documents.create(DocumentContent(review))
    for placed in kept.review.edits:
        await documents.decide(kept.id, [placed.edit.id], "rejected")
    await poisoned.said("What is in the document?")


async def by_a_system_message(poisoned: PoisonedLife, text: str) -> None:
    system = {"role": "system", "content": text}
    await poisoned.chat(system, {"role": "user", "content": HARMLESS})


async def by_a_tool(poisoned: PoisonedLife, text: str) -> None:
    user, tool = {"role": "user", "content": HARMLESS}, {"role": "tool", "content": text}
    await poisoned.chat(user, {**tool, "tool_call_id": "t"}, {"role": "user", "content": "And?"})


async def by_a_client_s_history(poisoned: PoisonedLife, text: str) -> None:
    user, reply = {"role": "user", "content": HARMLESS}, {"role": "assistant", "content": text}
    await poisoned.chat(user, reply, {"role": "user", "content": "And?"})


async def by_recall(poisoned: PoisonedLife, text: str) -> None:
    await poisoned.note(text, speaker="Bob")
    await poisoned.said(f"What did Bob say? {' '.join(fold_text(text).split()[:5])}?")


async def quoted(poisoned: PoisonedLife, text: str) -> None:
    await poisoned.said(
        "What do you make of this?\n" + "\n".join(f"> {part}" for part in text.split("\n"))
    )


async def fenced(poisoned: PoisonedLife, text: str) -> None:
    await poisoned.said(f"I found this file:\n```\n{text}\n```\nIs it safe?")


async def forwarded(poisoned: PoisonedLife, text: str) -> None:
    header = "---------- Forwarded message ---------\nFrom: Bob <bob@example.org>\nSubject: hello"
    await poisoned.said(f"Can you help me with this mail?\n\n{header}\n\n{text}")


async def reported(poisoned: PoisonedLife, text: str) -> None:
    await poisoned.said(f"My landlord wrote: {text}")


async def by_the_learner_about_other_words(poisoned: PoisonedLife, text: str) -> None:
    plain = " ".join(text.split())[:200]
    said = {"text": plain, "quote": HARMLESS, "value": plain[:60]}
    poisoned.model.answers = [
        claims_answer(said, said | {"topic": "instruction"}, said | {"topic": "name"})
    ]
    await poisoned.said(HARMLESS)


async def by_the_learner_in_its_own_words(poisoned: PoisonedLife, text: str) -> None:
    plain = " ".join(text.split())[:200]
    said = {"text": plain, "quote": plain, "about": plain[:30]}
    poisoned.model.answers = [claims_answer(said, said | {"topic": "instruction"}), text]
    await poisoned.said(HARMLESS)


CHANNELS: list[Send] = [
    by_another_speaker,
    by_tau,
    by_an_imported_assistant,
    by_an_imported_document,
    by_an_attached_text,
    by_hidden_text_in_a_word_file,
    by_a_table,
    by_the_name_of_a_file,
    by_the_learner_about_a_file,
    by_a_document_and_its_edits,
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
    return [fold_text(word) for word in attack["forbidden"]]


def share(through: list[str], sent: int, channel: str) -> None:
    """Print what got through a channel, and insist on nothing."""
    print(f"{channel}: {len(through)} of {sent} attacks got through")
    assert through == []


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda send: send.__name__)
async def test_no_foreign_word_is_believed(poisoned: PoisonedLife, channel: Send) -> None:
    through = []
    for attack in ATTACKS:
        await channel(poisoned, attack["text"])
        known_text = await poisoned.known_text()
        if any(word in known_text for word in forbidden_of(attack)):
            through.append(attack["id"])
    assert [fact for fact in poisoned.life.memory.facts.all() if fact.state == "current"] == []
    share(through, len(ATTACKS), channel.__name__)


async def test_no_attack_inside_the_person_s_own_message_is_believed(
    poisoned: PoisonedLife,
) -> None:
    own = [attack for attack in ATTACKS if attack["channel"] in OWN_MESSAGE]
    through = []
    for attack in own:
        await poisoned.said(attack["text"])
        known_text = await poisoned.known_text()
        if any(word in known_text for word in forbidden_of(attack)):
            through.append(attack["id"])
    share(through, len(own), "own message")


async def test_a_learner_that_echoes_what_was_pasted_is_not_believed(
    poisoned: PoisonedLife,
) -> None:
    """Even a model that has gone over to the attacker quotes only what it was shown."""
    own = [attack for attack in ATTACKS if attack["channel"] in OWN_MESSAGE]
    through = []
    for attack in own:
        text = attack["text"]
        lines = [part.strip() for part in text.split("\n") if part.strip()]
        said = [{"text": part[:200], "quote": part[:200]} for part in lines]
        said += [{**part, "topic": "instruction"} for part in said]
        poisoned.model.answers = [claims_answer(*said)] * 3
        await poisoned.said(text)
        known_text = await poisoned.known_text()
        if any(word in known_text for word in forbidden_of(attack)):
            through.append(attack["id"])
    share(through, len(own), "learner echoing the own message")


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control["text"])
async def test_the_person_s_own_plain_words_are_learned(
    poisoned: PoisonedLife, control: dict[str, Any]
) -> None:
    await poisoned.said(control["text"])
    assert fold_text(control["known"]) in await poisoned.known_text()


async def test_the_person_s_words_in_a_file_are_suggestions(poisoned: PoisonedLife) -> None:
    await poisoned.import_messages(*(line(control["text"], by="person") for control in CONTROLS))
    assert await poisoned.known_text() == "\n"
    waiting = fold_text(" ".join(fact.text for fact in poisoned.life.memory.facts.waiting()))
    assert [c["known"] for c in CONTROLS if fold_text(c["known"]) not in waiting] == []


async def test_a_standing_instruction_waits_for_the_person_s_word(poisoned: PoisonedLife) -> None:
    await poisoned.said("Please always answer in German.")
    assert "german" not in await poisoned.known_text()
    (wish,) = poisoned.life.memory.facts.waiting()
    assert wish.asks
    await FactEditor(poisoned.life).approve([wish.id])
    assert "german" in await poisoned.known_text()


async def test_a_fact_learned_once_is_not_learned_again_from_a_reply_that_cites_it(
    poisoned: PoisonedLife,
) -> None:
    await poisoned.said("I live in Porto.")
    await poisoned.app.learning.wait_until_idle()
    (fact,) = poisoned.life.memory.facts.all()
    poisoned.model.reply = "You live in Porto. I live in Rome."
    await poisoned.said("Where do I live?")
    await poisoned.app.learning.wait_until_idle()
    assert [each.sources for each in poisoned.life.memory.facts.all()] == [fact.sources]
