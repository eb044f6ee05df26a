"""Scopes: what each specialist may read, and that nobody but care reads what was said to it."""

from hypothesis import given
from hypothesis import strategies as st

from tau.facts.resolution import CARE, TALK
from tau.journal.entries import (
    Claim,
    ClaimLearned,
    EntriesForgotten,
    Entry,
    FactJudged,
    MessageAdded,
    Record,
    ScopeChanged,
    encode,
)
from tau.memory import Memory
from tau.memory.scope import EXPERTS, Scope, default_scope

NAMES = (TALK, *EXPERTS, "own-skill")
WORDS = {name: f"marigold{n}" for n, name in enumerate(NAMES)}


def memory_of(*entries: Entry) -> Memory:
    memory = Memory()
    for seq, entry in enumerate(entries, start=1):
        memory.apply(Record(seq, entry.at, entry, encode(entry)))
    return memory


def said(name: str, conversation: str = "one") -> MessageAdded:
    expert = None if name == TALK else name
    text = f"The garden has {WORDS[name]} and roses"
    return MessageAdded(
        at=1.0,
        id=name,
        conversation=conversation,
        by="person",
        text=text,
        parent="the last one",
        expert=expert,
    )


def learned(name: str, topic: str = "like", trust: str = "own") -> ClaimLearned:
    claim = Claim(topic=topic, text=f"Likes {WORDS[name]}", value=WORDS[name])  # type: ignore[arg-type]
    expert = None if name == TALK else name
    return ClaimLearned(
        at=1.0,
        id=f"fact-{name}",
        claim=claim,
        sources=(name,),
        expert=expert,
        trust=trust,  # type: ignore[arg-type]
    )


scopes = st.builds(
    ScopeChanged,
    at=st.just(1.0),
    expert=st.sampled_from(NAMES),
    topics=st.none() | st.just(("like",)) | st.just(()),
    experts=st.lists(st.sampled_from(NAMES)).map(tuple),
)


@given(st.lists(scopes, max_size=6), st.booleans())
def test_no_scope_lets_anybody_but_care_read_what_was_said_to_it(
    changes: list[ScopeChanged], one_conversation: bool
) -> None:
    messages = [said(name, "one" if one_conversation else name) for name in NAMES]
    memory = memory_of(*messages, *map(learned, NAMES), *changes)
    for name in NAMES:
        scope = memory.scopes.of(name)
        found = memory.search("garden roses marigold3", limit=20, scope=scope)
        texts = [each.message.text for each in found]
        texts += [m.text for each in found for m in (each.before, each.after) if m is not None]
        texts += [f.text for f in memory.search_facts("likes " + WORDS[CARE], 2.0, scope=scope)]
        assert any(WORDS[name] in text for text in texts), "it reads what was said to itself"
        assert name == CARE or WORDS[CARE] not in " ".join(texts)
        for other in NAMES:
            if not scope.reads_from(other):
                assert WORDS[other] not in " ".join(t for t in texts if "garden" in t)


def test_by_default_everybody_reads_talk_and_only_care_reads_care() -> None:
    for name in NAMES:
        scope = default_scope(name)
        assert scope.reads_from(None)
        assert scope.reads_from(CARE) == (name == CARE)
    assert not default_scope(CARE).reads_from("writing")
    assert default_scope(TALK) == default_scope()


def test_a_scope_that_reads_no_talk_finds_only_its_own() -> None:
    memory = memory_of(*map(said, NAMES))
    found = memory.search("garden", limit=20, scope=Scope(expert="sketch", experts=("writing",)))
    assert {each.message.id for each in found} == {"sketch", "writing"}


def test_a_fact_from_care_waits_and_is_read_there_until_it_is_approved() -> None:
    memory = memory_of(said(CARE), learned(CARE))  # even if a claim says that it counts
    fact = memory.facts.get("fact-care")
    assert (fact.state, fact.expert) == ("waiting", CARE)
    assert default_scope(CARE).reads_fact(fact)
    assert not default_scope(TALK).reads_fact(fact)
    approved = FactJudged(at=2.0, id="yes", fact=fact.id, verdict="approved")
    memory.apply(Record(3, 2.0, approved, encode(approved)))
    shared = memory.facts.get("fact-care")
    assert (shared.state, shared.expert) == ("current", CARE)
    assert default_scope(TALK).reads_fact(shared)


def test_the_same_fact_said_in_talk_is_no_secret_and_one_that_waits_elsewhere_stays_apart() -> None:
    both = memory_of(said(CARE), learned(CARE), learned(TALK))
    claim = learned(CARE).claim
    assert [fact.state for fact in both.facts.all()] == ["waiting", "current"]
    other = ClaimLearned(at=1.0, id="x", claim=claim, trust="waiting", by="import")
    memory = memory_of(said(CARE), learned(CARE), other)
    approved = FactJudged(at=2.0, id="yes", fact="x", verdict="approved")
    memory.apply(Record(4, 2.0, approved, encode(approved)))
    assert {fact.id: fact.state for fact in memory.facts.all()} == {
        "fact-care": "waiting",
        "x": "current",
    }


def test_topics_limit_the_facts_that_are_read() -> None:
    memory = memory_of(said(TALK), learned(TALK), said("sketch"), learned("sketch", "health"))
    scope = Scope(expert="writing", topics=("like",))
    asked = f"likes {WORDS[TALK]} {WORDS['sketch']}"
    assert [f.topic for f in memory.search_facts(asked, 2.0, scope=scope)] == ["like"]
    assert len(memory.search_facts(asked, 2.0)) == 2


def test_the_last_change_counts_and_a_forgotten_one_does_not() -> None:
    memory = memory_of(
        ScopeChanged(at=1.0, expert="writing", topics=("name",)),
        ScopeChanged(at=2.0, expert="writing", enabled=False, learns=False),
    )
    assert memory.scopes.of("writing") == Scope(
        expert="writing", experts=(), learns=False, enabled=False
    )
    assert Memory.restore(memory.dump()).scopes.of("writing") == memory.scopes.of("writing")
    forgot = EntriesForgotten(at=3.0, targets=(2,))
    memory.apply(Record(3, 3.0, forgot, encode(forgot)))
    assert memory.scopes.of("writing").topics == ("name",)


def test_a_conversation_is_of_the_specialist_of_its_last_message() -> None:
    memory = memory_of(said(TALK), said("writing"))
    assert memory.conversation("one").expert == "writing"
    assert Memory.restore(memory.dump()).conversation("one").expert == "writing"
    forgot = EntriesForgotten(at=3.0, targets=(2,))
    memory.apply(Record(3, 3.0, forgot, encode(forgot)))
    assert memory.conversation("one").expert is None
    scope = Scope(expert="sketch", experts=("writing",))
    assert memory.search("garden", scope=scope) == []
