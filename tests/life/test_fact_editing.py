"""What a person does to what is known of them: correct, confirm, approve, reject, undo, pause."""

import asyncio
import time
from datetime import datetime, timedelta, timezone

import pytest

from tau.errors import BadInput, Conflict, NotFound
from tau.facts import Fact
from tau.ids import new_id
from tau.journal.entries import Claim, ClaimLearned, LearnedUpTo
from tau.life import fact_editing as memories_module
from tau.life.fact_editing import MAX_FACT_CHARACTERS, FactEditor
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest

pytestmark = pytest.mark.anyio
CITY = ("Porto", "Lisbon", "Braga")


@pytest.fixture
def memories(life: Life) -> FactEditor:
    return FactEditor(life)


def home(city: str, **more: object) -> Claim:
    parts = {"topic": "home", "slot": "home", "text": f"Lives in {city}", "value": city.lower()}
    return Claim(**(parts | more))  # type: ignore[arg-type]


async def learn(life: Life, claim: Claim, *sources: str, **more: object) -> Fact:
    parts = {"at": time.time(), "id": new_id(), "claim": claim, "sources": sources} | more
    learned = ClaimLearned(**parts)  # type: ignore[arg-type]
    await life._journal.append(learned)
    return life.memory.facts.get(learned.id)


def texts(memories: FactEditor, **asked: object) -> list[str]:
    return [fact.text for fact in memories.facts(**asked)]  # type: ignore[arg-type]


async def test_a_correction_takes_the_place_and_both_stay_in_the_history(
    life: Life, memories: FactEditor
) -> None:
    wrong = await learn(life, home("Porto"))
    right = await memories.correct(wrong.id, "  Lives in\nLisbon ")
    assert (right.text, right.slot, right.topic, right.state) == (
        "Lives in Lisbon", "home", "home", "current",
    )  # fmt: skip
    assert right.learned_by == "person"
    assert texts(memories) == ["Lives in Lisbon"]
    assert texts(memories, state="past") == ["Lives in Porto"]
    known = memories.evidence_for(wrong.id)
    assert [fact.text for fact in known.history] == ["Lives in Porto", "Lives in Lisbon"]
    # Said again in other words by the person, it is the same fact.
    again = await learn(life, home("Lisbon"))
    assert again.id == right.id


async def test_what_a_rule_understands_is_kept_as_the_rule_says_it(
    life: Life, memories: FactEditor
) -> None:
    wrong = await learn(life, home("Porto"))
    right = await memories.correct(wrong.id, "I live in Lisbon.")
    assert right.slot == "home"
    assert "Lisbon" in right.text
    assert memories.evidence_for(right.id).claims[-1].claim.value == "lisbon"


async def test_two_tabs_that_edit_one_fact_do_not_overwrite_each_other(
    life: Life, memories: FactEditor
) -> None:
    fact = await learn(life, home("Porto"))
    seen = memories.revision(fact)
    done = await asyncio.gather(
        *(memories.correct(fact.id, f"Lives in {city}", revision=seen) for city in CITY[1:]),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["Conflict", "Fact"]
    for act in (
        memories.confirm(fact.id, revision=seen),
        memories.reject([fact.id], revision=seen),
    ):
        with pytest.raises(Conflict, match="changed elsewhere"):
            await act
    now = memories.facts()[0]
    assert (await memories.confirm(now.id, revision=memories.revision(now))).confirmed


async def test_a_correction_is_undone(life: Life, memories: FactEditor) -> None:
    fact = await learn(life, home("Porto"))
    seen = memories.revision(fact)
    right = await memories.correct(fact.id, "Lives in Lisbon")
    back = await memories.undo(right.id)
    assert back is not None
    assert (back.id, back.state, memories.revision(back)) == (fact.id, "current", seen)
    assert texts(memories) == ["Lives in Porto"]
    with pytest.raises(NotFound):
        memories.evidence_for(right.id)
    with pytest.raises(BadInput, match="nothing to undo"):
        await memories.undo(fact.id)


async def test_the_latest_step_is_undone_first(life: Life, memories: FactEditor) -> None:
    fact = await learn(life, home("Porto"))
    await memories.confirm(fact.id)
    await memories.reject([fact.id])
    assert memories.facts(state="rejected")
    back = await memories.undo(fact.id)
    assert back is not None
    assert (back.state, back.confirmed) == ("current", True)
    back = await memories.undo(fact.id)
    assert back is not None
    assert not back.confirmed


async def test_approving_is_one_step_and_so_is_taking_it_back(
    life: Life, memories: FactEditor
) -> None:
    first = await learn(life, home("Braga"), "m1", trust="waiting", by="import")
    same = await learn(life, home("Braga"), "m2", trust="waiting", by="import")
    other = await learn(life, home("Porto"), trust="waiting", by="import")
    assert first.id == same.id
    assert memories.facts() == []
    assert len(memories.facts(state="waiting")) == 2
    (fact,) = await memories.approve([first.id])
    assert (fact.state, fact.sources) == ("current", ("m1", "m2"))
    assert texts(memories, state="waiting") == ["Lives in Porto"]
    await memories.undo(first.id)
    assert len(memories.facts(state="waiting")) == 2
    with pytest.raises(NotFound):
        await memories.approve([other.id, "nothing"])
    assert len(memories.facts(state="waiting")) == 2
    assert len(await memories.approve([first.id, same.id, other.id])) == 2
    assert (await memories.approve([first.id]))[0].state in ("current", "past"), "again is no error"


async def test_what_was_rejected_is_not_learned_again_from_the_same(
    life: Life, memories: FactEditor
) -> None:
    fact = await learn(life, home("Porto"))
    (rejected,) = await memories.reject([fact.id])
    assert rejected.state == "rejected"
    assert (await learn(life, home("Porto"))).state == "rejected"
    assert memories.facts() == []
    assert (await memories.confirm(fact.id)).state == "current"


async def test_confirming_what_waits_lets_it_count(life: Life, memories: FactEditor) -> None:
    fact = await learn(life, home("Porto"), trust="waiting", by="import")
    confirmed = await memories.confirm(fact.id)
    assert (confirmed.state, confirmed.confirmed) == ("current", True)
    last = life.memory.last
    assert await memories.confirm(fact.id) == confirmed
    assert life.memory.last == last, "said twice is written once"


async def test_memory_is_told_something_directly(life: Life, memories: FactEditor) -> None:
    (odd,) = await memories.add_fact("Zanzibar the blue heron")
    assert (odd.topic, odd.text, odd.sources) == ("other", "Zanzibar the blue heron", ())
    (lives,) = await memories.add_fact("I live in Porto.")
    assert (lives.topic, lives.slot) == ("home", "home")
    assert (await memories.add_fact("I live in Porto."))[0].id == lives.id
    assert len(memories.facts()) == 2
    assert await memories.undo(odd.id) is None
    assert texts(memories) == [lives.text]


async def test_what_rules_leave_out_of_what_is_told_is_not_lost(memories: FactEditor) -> None:
    told = "我住在里斯本的一条很长的街上，那里有许多蓝色的瓷砖和一只名叫小虎的猫，还有一家面包店"
    facts = await memories.add_fact(told)
    assert told in [fact.text for fact in facts]


@pytest.mark.parametrize("text", ["", " \n", "x" * (MAX_FACT_CHARACTERS + 1)])
async def test_nothing_and_too_much_are_refused(
    life: Life, memories: FactEditor, text: str
) -> None:
    fact = await learn(life, home("Porto"))
    with pytest.raises(BadInput):
        await memories.add_fact(text)
    with pytest.raises(BadInput):
        await memories.correct(fact.id, text)


async def test_facts_are_found_by_words_topic_state_and_message(
    life: Life, memories: FactEditor
) -> None:
    await learn(life, home("Porto"), "m1")
    await learn(life, Claim(topic="pet", text="Has a cat named 小虎", about="小虎"), "m2")
    assert texts(memories, query="porto?") == ["Lives in Porto"]
    assert texts(memories, query="小虎") == ["Has a cat named 小虎"]
    assert texts(memories, query="cats in Porto")[0] in ("Lives in Porto", "Has a cat named 小虎")
    assert texts(memories, query="zeppelin") == []
    assert texts(memories, topic="pet") == ["Has a cat named 小虎"]
    assert texts(memories, message="m1") == ["Lives in Porto"]


async def test_a_fact_whose_time_is_over_is_past(life: Life, memories: FactEditor) -> None:
    now = time.time()
    over = await learn(
        life, Claim(topic="event", text="In hospital", valid_to=now - 10), at=now - 20
    )
    assert over.at(now).state == "past"
    assert memories.facts() == []
    assert texts(memories, state="past") == ["In hospital"]


async def test_what_is_said_while_learning_is_paused_is_never_learned(
    life: Life, memories: FactEditor
) -> None:
    conversation = (await life.create_conversation()).id
    await memories.pause()
    await memories.pause()
    assert memories.paused
    said = await life.add_message(conversation, "I live in Porto.")
    await memories.resume()
    assert not memories.paused
    facts = life.memory.facts
    assert min(facts.learned_up_to("rules"), facts.learned_up_to("model")) >= said.seq
    written = life.memory.last
    await memories.resume()
    assert life.memory.last == written


async def test_what_is_said_at_the_very_moment_of_going_on_is_left_out_too(
    life: Life, memories: FactEditor
) -> None:
    conversation = (await life.create_conversation()).id
    await memories.pause()
    said, _ = await asyncio.gather(
        life.add_message(conversation, "I live in Porto."), memories.resume()
    )
    assert life.memory.facts.learned_up_to("model") >= said.seq


async def test_a_reader_that_was_overtaken_by_forgetting_writes_nothing(life: Life) -> None:
    conversation = (await life.create_conversation()).id
    said = await life.add_message(conversation, "I live in Porto.")
    await forget(life, ErasureRequest(messages=(said.id,)))
    learned = ClaimLearned(at=1.0, id="late", claim=home("Porto"), sources=(said.id,))
    await life.append(learned, LearnedUpTo(at=1.0, seq=said.seq, method="rules"))
    assert life.memory.facts.all() == []
    assert life.memory.facts.learned_up_to("rules") == said.seq


async def test_changes_of_facts_are_told_to_other_devices(life: Life, memories: FactEditor) -> None:
    heard = life.changes.listen()
    first = asyncio.ensure_future(anext(heard))
    await asyncio.sleep(0)
    await memories.add_fact("Zanzibar the blue heron")
    assert (await first).what == "facts"
    await memories.pause()
    assert (await anext(heard)).what == "facts"
    await heard.aclose()  # type: ignore[attr-defined]


async def test_a_corrected_fact_waits_no_more_and_waits_again_when_that_is_undone(
    life: Life, memories: FactEditor
) -> None:
    wrong = await learn(life, home("Porto"), "m1", trust="waiting", by="import")
    right = await memories.correct(wrong.id, "Lives in Lisbon")
    assert texts(memories) == ["Lives in Lisbon"]
    assert texts(memories, state="waiting") == []
    assert [fact.id for fact in memories.evidence_for(right.id).history] == [wrong.id, right.id]
    assert (await learn(life, home("Porto"), "m2", trust="waiting")).state == "rejected"
    back = await memories.undo(right.id)
    assert back is not None
    assert (back.id, back.state) == (wrong.id, "waiting")
    assert texts(memories) == []


async def test_to_correct_what_waits_by_its_own_words_approves_it(
    life: Life, memories: FactEditor
) -> None:
    fact = await learn(life, home("Porto"), trust="waiting", by="import")
    assert (await memories.correct(fact.id, "Lives in Porto")).id == fact.id
    assert texts(memories) == ["Lives in Porto"]
    await memories.reject([fact.id])
    assert (await memories.correct(fact.id, "Lives in Porto")).state in ("current", "rejected")


async def test_each_of_several_facts_judged_at_once_can_be_undone_by_itself(
    life: Life, memories: FactEditor
) -> None:
    first = await learn(life, Claim(topic="pet", text="Has a cat"), trust="waiting")
    other = await learn(life, Claim(topic="pet", text="Has a dog"), trust="waiting")
    await memories.approve([first.id, other.id])
    await memories.undo(other.id)
    assert (texts(memories), texts(memories, state="waiting")) == (["Has a cat"], ["Has a dog"])
    await memories.reject([first.id, other.id])
    await memories.undo(first.id)
    assert texts(memories, state="rejected") == ["Has a dog"]


@pytest.mark.parametrize(("hours", "name"), [(9, "Tokyo"), (-8, "Los Angeles"), (0, "London")])
async def test_days_of_what_is_told_begin_where_the_person_is(
    memories: FactEditor, monkeypatch: pytest.MonkeyPatch, hours: int, name: str
) -> None:
    zone = timezone(timedelta(hours=hours), name)
    here = datetime.now(zone)
    monkeypatch.setattr(memories_module, "local_now", lambda: here)
    (plan,) = await memories.add_fact("My dentist appointment is tomorrow.")
    assert plan.due is not None
    due = datetime.fromtimestamp(plan.due, zone)
    assert due.date() == here.date() + timedelta(days=1)
    assert due.hour == 12
