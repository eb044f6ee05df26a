"""Notes of a reply: what was learned, what it replaced, and what is asked before it counts."""

import pytest

from tau.companion.companion import Companion
from tau.companion.events import Note, Notes, Recalled
from tau.companion.notes import notes_of
from tau.life.fact_editing import FactEditor
from tau.life.life import Life

pytestmark = pytest.mark.anyio


async def noted(
    companion: Companion, life: Life, words: str, channel: str = "tau"
) -> dict[str, Note]:
    """Say something and return the notes of the reply, by the text of their fact."""
    turn = await companion.turn(life, None, words, channel=channel)
    await turn.ended()
    found = [event async for event in turn.events() if isinstance(event, Notes)]
    assert len(found) <= 1
    return {note.text: note for event in found for note in event.notes}


def kept(life: Life) -> list[list[Note]]:
    """Return the notes of every reply that is stored."""
    return [notes_of(life.memory, one) for one in life.memory.messages if one.by == "tau"]


async def test_a_standing_instruction_is_asked_about_once(companion: Companion, life: Life) -> None:
    notes = await noted(companion, life, "Please always answer in German.")
    ((text, note),) = notes.items()
    assert (note.kind, note.question) == ("asks", "Shall I always do this?")
    assert life.memory.facts.current(1e12) == []
    assert kept(life) == [[note]]
    (approved,) = await FactEditor(life).approve([note.fact])
    assert (approved.state, approved.trust, approved.text) == ("current", "confirmed", text)
    assert kept(life) == [[]]
    assert await noted(companion, life, "What a morning!") == {}


async def test_what_is_new_and_what_it_replaced_are_shown_once(
    companion: Companion, life: Life
) -> None:
    assert (await noted(companion, life, "I live in Porto."))["Lives in Porto"].kind == "learned"
    assert await noted(companion, life, "I live in Porto.") == {}, "that was known"
    note = (await noted(companion, life, "I live in Graz."))["Lives in Graz"]
    assert (note.kind, note.replaces) == ("replaced", "Lives in Porto")
    await FactEditor(life).reject([note.fact])
    assert [fact.text for fact in life.memory.facts.current(1e12)] == ["Lives in Porto"]


@pytest.mark.parametrize(
    ("first", "then"),
    [("I live in Porto.", "I moved to Graz last week."), ("我住在成都。", "我上周搬到杭州了。")],
)
async def test_notes_stay_with_their_reply_while_they_can_be_undone(
    companion: Companion, life: Life, first: str, then: str
) -> None:
    (learned,) = (await noted(companion, life, first)).values()
    assert (learned.kind, kept(life)) == ("learned", [[learned]])
    (replaced,) = (await noted(companion, life, then)).values()
    assert (replaced.kind, kept(life)) == ("replaced", [[], [replaced]]), "the first one is past"
    assert await noted(companion, life, then) == {}, "that was known"
    assert kept(life) == [[], [replaced], []]
    await FactEditor(life).reject([replaced.fact])
    assert kept(life) == [[learned], [], []], "the first one stands again"
    await FactEditor(life).confirm(learned.fact)
    assert kept(life) == [[], [], []], "the person decided it"


async def test_another_reply_keeps_the_notes(companion: Companion, life: Life) -> None:
    turn = await companion.turn(life, None, "I live in Porto.")
    await turn.ended()
    (said,) = [one for one in life.memory.messages if one.by == "person"]
    await (await companion.retry(life, said.id)).ended()
    first, second = kept(life)
    assert [note.text for note in first] == ["Lives in Porto"]
    assert second == first


async def test_what_contradicts_a_confirmed_fact_waits_and_asks(
    companion: Companion, life: Life
) -> None:
    (told,) = await FactEditor(life).add_fact("I live in Porto.")
    note = (await noted(companion, life, "I live in Graz."))["Lives in Graz"]
    assert (note.kind, note.replaces) == ("asks", "Lives in Porto")
    assert note.question == "Shall I replace “Lives in Porto”?"
    assert life.memory.facts.get(told.id).state == "current"
    await FactEditor(life).approve([note.fact])
    assert [fact.text for fact in life.memory.facts.current(1e12)] == ["Lives in Graz"]


async def test_the_end_of_a_confirmed_fact_is_asked_about_too(
    companion: Companion, life: Life
) -> None:
    await FactEditor(life).add_fact("I live in Porto.")
    notes = await noted(companion, life, "I no longer live in Porto.")
    assert [note.kind for note in notes.values()] == ["asks"]
    assert [fact.text for fact in life.memory.facts.current(1e12)] == ["Lives in Porto"]


async def test_an_old_move_told_late_is_asked_about(companion: Companion, life: Life) -> None:
    await noted(companion, life, "I live in Graz.")
    note = (await noted(companion, life, "I moved to Porto in 2015."))["Lives in Porto"]
    assert (note.kind, note.replaces) == ("asks", "Lives in Graz")


async def test_a_move_dated_before_the_older_statement_counts(
    companion: Companion, life: Life
) -> None:
    await noted(companion, life, "I live in Berlin.")
    note = (await noted(companion, life, "I moved to Hamburg last week."))["Lives in Hamburg"]
    assert (note.kind, note.replaces) == ("replaced", "Lives in Berlin")


@pytest.mark.parametrize("channel", ["openai", "inflection"])
async def test_words_of_other_programs_are_suggestions_and_ask_nothing(
    companion: Companion, life: Life, channel: str
) -> None:
    for words in ("I live in Porto.", "Please always answer in German."):
        assert await noted(companion, life, words, channel) == {}
    assert life.memory.facts.current(1e12) == []
    assert {fact.trust for fact in life.memory.facts.waiting()} == {"suggested"}
    assert not any(fact.asks for fact in life.memory.facts.waiting())


async def test_words_that_were_announced_as_somebody_else_s_wait(
    companion: Companion, life: Life
) -> None:
    first = await companion.turn(life, None, "Bob's answer follows in my next message.")
    await first.ended()
    second = await companion.turn(life, first.conversation, "I live in Barsooma.")
    await second.ended()
    assert life.memory.facts.current(1e12) == []
    third = await companion.turn(life, first.conversation, "I live in Porto.")
    await third.ended()
    assert [fact.text for fact in life.memory.facts.current(1e12)] == ["Lives in Porto"]


async def test_a_private_conversation_has_no_notes(companion: Companion, life: Life) -> None:
    await life.add_message((await life.create_conversation()).id, "I live in Porto.")
    private = await life.create_conversation(private=True)
    turn = await companion.turn(life, private.id, "Hello")
    await turn.ended()
    assert not [event async for event in turn.events() if isinstance(event, Notes)]


async def test_what_words_have_just_taught_is_not_remembered_for_them(
    companion: Companion, life: Life
) -> None:
    async def recalled(words: str) -> list[str]:
        turn = await companion.turn(life, None, words)
        await turn.ended()
        found = [event async for event in turn.events() if isinstance(event, Recalled)]
        return [fact.text for event in found for fact in event.facts]

    assert await recalled("I live in Porto and I work as a nurse.") == []
    assert await recalled("Where do I live, in Porto?") == ["Lives in Porto"]
