"""What goes with what is forgotten, and what stays: strict for secrets, and not absurd."""

from collections.abc import Mapping, Sequence

import pytest

from tau.facts.resolution import Resolution, resolve
from tau.journal.entries import (
    ChangeUndone,
    Claim,
    ClaimLearned,
    ConversationChanged,
    EntriesForgotten,
    Entry,
    FactJudged,
    MessageAdded,
    Record,
)
from tau.memory import Memory, erasure_of_facts
from tau.memory import erasure_plan as erasure_module
from tau.memory.erasure_plan import ErasurePlan, plan_erasure
from tau.memory.erasure_request import ErasureTargets


@pytest.fixture(autouse=True, params=[200, 0], ids=["read", "by the index"])
def _few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Find what repeats it both ways: by reading every reply, and by the index of words."""
    monkeypatch.setattr(erasure_module, "_MAX_DIRECT_CANDIDATES", request.param)


def said(name: str, text: str, **more: object) -> MessageAdded:
    parts = {"at": 1.0, "id": name, "conversation": "c", "by": "person", "text": text} | more
    return MessageAdded(**parts)  # type: ignore[arg-type]


def tau(name: str, text: str, parent: str | None, **more: object) -> MessageAdded:
    return said(name, text, by="tau", parent=parent, **more)


def learned(name: str, text: str, *sources: str, **more: object) -> ClaimLearned:
    claim = more.pop("claim", None) or Claim(topic="other", text=text, value=text.lower())
    parts = {"at": 1.0, "id": name, "claim": claim, "sources": sources} | more
    return ClaimLearned(**parts)  # type: ignore[arg-type]


def memory_of(*entries: Entry) -> Memory:
    memory = Memory()
    for seq, entry in enumerate(entries, 1):
        memory.apply(Record(seq=seq, at=0.0, entry=entry, raw=b""))
    return memory


def forgetting(entries: Sequence[Entry], *messages: str, **request: object) -> ErasurePlan:
    return plan_erasure(memory_of(*entries), ErasureTargets(messages=messages, **request))  # type: ignore[arg-type]


def gone(erasure: ErasurePlan) -> set[str]:
    return {*erasure.messages, *erasure.replies}


WORDS = said("a", "The word for the safe is zanzibar")
ANSWER = tau("b", "I will keep it in mind.", "a")


def test_an_answer_that_repeats_nothing_stays_and_is_listed() -> None:
    erasure = forgetting([WORDS, ANSWER], "a")
    assert (erasure.messages, erasure.replies) == (("a",), ())
    assert (erasure.answers, erasure.seqs) == (("b",), (1,))


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("I had a good day", "Good!"),
        ("The code is 7", "7, then."),
        ("我养了一只狗。", "狗很可爱。"),
        ("我怀孕了。", "Congratulations on the baby!"),
    ],
    ids=["an everyday word", "a digit", "a single character", "another script"],
)
def test_an_answer_goes_with_any_word_of_what_it_answers(words: str, answer: str) -> None:
    entries = [said("o", f"Elsewhere: {words}", conversation="o"), said("a", words)]
    erasure = forgetting([*entries, tau("b", answer, "a")], "a")
    assert (erasure.messages, erasure.replies, erasure.answers) == (("a",), ("b",), ())


def test_an_answer_goes_that_says_what_was_learned_from_the_words() -> None:
    entries = [
        said("a", "The usual one, please"),
        tau("b", "A decaf, then.", "a"),
        learned("f", "Drinks decaf", "a"),
    ]
    assert gone(forgetting(entries, "a")) == {"a", "b"}


def test_words_that_came_in_between_do_not_hide_an_answer() -> None:
    entries = [
        said("a", "The river is high", turn="t"),
        said("n", "Hello", parent="a"),
        tau("b", "A high one!", "n", turn="t"),
    ]
    assert gone(forgetting(entries, "a")) == {"a", "b"}


def test_forgetting_a_reply_leaves_what_the_person_said() -> None:
    entries = [
        said("a", "Where do herons nest?"),
        tau("b1", "In the reeds of Zanzibar.", "a"),
        said("c", "And in winter? In Zanzibar too?", parent="b1"),
        tau("d", "They fly south from the reeds.", "c"),
        tau("b2", "In trees.", "a"),
        said("e", "Which ones?", parent="b2"),
        tau("g", "Alders.", "e"),
        learned("f", "Zanzibar", by="person"),
    ]
    erasure = forgetting(entries, "b1")
    assert (erasure.messages, set(erasure.replies)) == ((), {"b1", "d"})
    assert (erasure.facts, erasure.elsewhere) == ((), ("c",)), "listed, to be chosen too"
    assert gone(forgetting(entries, "b2")) == {"b2"}


def test_another_reply_to_the_same_words_goes_only_if_it_says_the_same() -> None:
    entries = [
        said("a", "Where do they nest?"),
        tau("b1", "In alders.", "a"),
        tau("b2", "In cedars.", "a"),
        tau("b3", "In alders, I think.", "a"),
    ]
    assert gone(forgetting(entries, "b3")) == {"b1", "b3"}
    assert gone(forgetting(entries, "b2")) == {"b2"}


def test_a_closing_line_of_everyday_words_takes_no_reply_along() -> None:
    entries = [
        said("a", "How do I boil an egg?"),
        tau("b", "Seven minutes. Let me know if you need anything more, happy to help!", "a"),
        said("c", "And tea?", parent="b"),
        tau("d", "Three. Let me know if you need anything more, happy to help!", "c"),
    ]
    assert gone(forgetting(entries, "b")) == {"b"}


def test_all_versions_of_the_words_go_and_what_was_said_below_them_stays() -> None:
    entries = [
        said("a1", "The word is zanzibar"),
        tau("b1", "Noted.", "a1"),
        said("c1", "And the heron is blue, as in Zanzibar", parent="b1"),
        tau("d1", "A fine bird.", "c1"),
        said("a2", "The word is a secret"),
        tau("b2", "A secret!", "a2"),
        tau("b3", "Good.", "a2"),
        said("e", "Let us talk of tea", parent="b3"),
    ]
    erasure = forgetting(entries, "a2")
    assert (erasure.messages, erasure.replies) == (("a1", "a2"), ("b2",))
    assert (erasure.answers, erasure.elsewhere) == (("b1", "b3"), ("c1",))
    assert gone(forgetting(entries, "e")) == {"e"}


def test_a_later_reply_that_recalled_it_and_repeats_it_goes() -> None:
    entries = [
        WORDS,
        ANSWER,
        said("x", "What is the word?", conversation="d"),
        tau("y", "It is Zanzibar!", "x", conversation="d", recalled=("a",)),
        tau("z", "I do not know.", "x", conversation="d", recalled=("a",)),
        said("p", "Where do herons live?", conversation="e"),
        tau("q", "In reeds.", "p", conversation="e", recalled=("a",)),
    ]
    assert gone(forgetting(entries, "a")) == {"a", "y"}


def test_a_reply_that_repeats_only_a_reply_goes_too() -> None:
    entries = [
        WORDS,
        ANSWER,
        said("x", "What is the word?", conversation="d"),
        tau("y", "It is Zanzibar!", "x", conversation="d", recalled=("a",)),
        said("v", "And again?", conversation="e"),
        tau("w", "Zanzibar, as I said.", "v", conversation="e", recalled=("y",)),
    ]
    assert gone(forgetting(entries, "a")) == {"a", "y", "w"}


def test_everyday_words_take_nothing_with_them() -> None:
    entries = [
        said("a", "I had a wonderful evening with good friends"),
        tau("b", "How lovely.", "a"),
        said("c", "What shall I cook?", parent="b"),
        tau("d", "Something good for a wonderful evening: pasta.", "c"),
    ]
    assert gone(forgetting(entries, "a")) == {"a"}


def test_a_word_that_is_said_elsewhere_is_not_telling() -> None:
    entries = [
        said("o", "Herons nest by the river", conversation="o"),
        WORDS,
        ANSWER,
        said("c", "The heron is back", parent="b"),
        tau("d", "Herons like the river.", "c"),
    ]
    erasure = forgetting(entries, "c")
    assert gone(erasure) == {"c", "d"}
    assert erasure.elsewhere == ("o",)
    assert gone(forgetting(entries, "o")) == {"o"}


def test_a_run_of_words_gives_it_away_where_no_word_is_rare() -> None:
    entries = [
        said("o", "Blue paint. A river. A castle. Herons.", conversation="o"),
        said("a", "The blue heron castle river is ours"),
        tau("b", "Fine.", "a"),
        said("c", "Say it?", parent="b"),
        tau("d", "The blue heron castle.", "c"),
        tau("e", "A castle by the river.", "c"),
    ]
    assert gone(forgetting(entries, "a")) == {"a", "d"}


def test_chinese_is_taken_by_pairs_and_runs() -> None:
    entries = [
        said("a", "保险箱的密码是芝麻开门"),
        tau("b", "好的。", "a"),
        said("c", "今天天气怎么样？", parent="b"),
        tau("d", "今天很好。", "c"),
        said("x", "密码是什么？", conversation="d"),
        tau("y", "是“芝麻开门”。", "x", conversation="d", recalled=("a",)),
    ]
    assert gone(forgetting(entries, "a")) == {"a", "y"}


def test_what_others_said_in_taus_place_is_no_reply() -> None:
    entries = [
        said("a", "Zanzibar", speaker="Ana"),
        tau("b", "Zanzibar indeed", "a", speaker="Bo"),
    ]
    assert gone(forgetting(entries, "a")) == {"a"}


# --- facts -----------------------------------------------------------------------------------


def test_claims_go_with_their_message_and_judgements_with_them() -> None:
    entries = [
        WORDS,
        ANSWER,
        learned("f", "The safe opens by zanzibar", "a"),
        FactJudged(at=2.0, id="j", fact="f", verdict="confirmed"),
        ChangeUndone(at=3.0, target="j"),
        said("o", "I like herons", conversation="o"),
        learned("g", "Likes herons", "o"),
    ]
    erasure = forgetting(entries, "a")
    assert erasure.facts == ("f",)
    assert erasure.seqs == (1, 3, 4, 5)


def test_a_fact_with_another_source_stays() -> None:
    entries = [
        said("a", "I like herons"),
        learned("f", "Likes herons", "a"),
        said("o", "I still like herons", conversation="o"),
        learned("g", "Likes herons", "o"),
    ]
    erasure = forgetting(entries, "a")
    assert (erasure.facts, erasure.seqs) == ((), (1, 2))
    assert erasure.elsewhere == ("o",)


def test_a_reply_that_knew_it_from_the_portrait_goes_as_well() -> None:
    entries = [
        WORDS,
        learned("f", "The safe opens by zanzibar", "a"),
        said("x", "Tell me about myself", conversation="d"),
        tau("y", "Your safe opens by zanzibar.", "x", conversation="d"),
    ]
    assert gone(forgetting(entries, "a")) == {"a", "y"}


def test_what_the_person_told_memory_goes_if_it_repeats_the_secret() -> None:
    entries = [
        WORDS,
        learned("f", "The safe opens by zanzibar", "a"),
        learned("g", "It is Zanzibar with a capital", by="person", corrects="f"),
        learned("h", "Lives by a river", by="person"),
    ]
    erasure = forgetting(entries, "a")
    assert set(erasure.facts) == {"f", "g"}
    assert erasure.seqs == (1, 2, 3)


def test_forgetting_a_fact_takes_the_messages_that_say_so() -> None:
    entries = [
        WORDS,
        ANSWER,
        learned("f", "The safe opens by zanzibar", "a"),
        said("o", "Zanzibar is an island", conversation="o"),
    ]
    erasure = forgetting(entries, facts=("f",))
    assert gone(erasure) == {"a"}
    assert erasure.facts == ("f",)
    assert erasure.elsewhere == ("o",)


def test_a_fact_that_was_told_goes_with_the_replies_that_tell_it() -> None:
    entries = [
        learned("f", "The safe opens by zanzibar", by="person"),
        said("x", "What opens it?", conversation="d"),
        tau("y", "Zanzibar does.", "x", conversation="d"),
    ]
    erasure = forgetting(entries, facts=("f",))
    assert (gone(erasure), erasure.facts) == ({"y"}, ("f",))


def test_forgetting_a_correction_does_not_bring_the_error_back() -> None:
    entries = [
        said("a", "I am allergic to nuts"),
        learned("f", "Allergic to nuts", "a"),
        learned("g", "Allergic to peanuts", by="person", corrects="f"),
    ]
    erasure = forgetting(entries, facts=("g",))
    assert set(erasure.facts) == {"f", "g"}
    assert erasure.seqs == (1, 2, 3)


def test_a_correction_that_was_undone_leaves_no_ghost() -> None:
    entries = [
        learned("f", "The code is 4711", by="person"),
        learned("g", "4712", by="person", corrects="f"),
        ChangeUndone(at=2.0, target="g"),
    ]
    assert forgetting(entries, facts=("f",)).seqs == (1, 2, 3)


def test_a_forgotten_home_does_not_make_the_old_one_current_again() -> None:
    entries = [
        said("a", "I live in Porto"),
        learned("f", "", "a", claim=home("Porto"), at=10.0),
        said("b", "I moved to Lisbon", conversation="d"),
        learned("g", "", "b", claim=home("Lisbon"), at=20.0),
    ]
    memory = memory_of(*entries)
    erasure = plan_erasure(memory, ErasureTargets(facts=("g",)))
    assert erasure.facts == ("g",)
    forgot = EntriesForgotten(at=30.0, targets=erasure.seqs)
    for seq, entry in enumerate((forgot, *erasure.rewritten), 5):
        memory.apply(Record(seq=seq, at=0.0, entry=entry, raw=b""))
    assert memory.facts.current(40.0) == []
    (old,) = memory.facts.all()
    assert (old.id, old.valid_to, old.sources) == ("f", 20.0, ("a",))


def home(city: str, **more: object) -> Claim:
    parts = {"topic": "home", "slot": "home", "text": f"In {city}", "value": city.lower()}
    return Claim(**(parts | more))  # type: ignore[arg-type]


def after_forgetting(entries: list[Entry], /, **targets: object) -> Memory:
    """Erase something from a memory of these entries; return it as read anew from the journal."""
    erasure = plan_erasure(memory_of(*entries), ErasureTargets(**targets))  # type: ignore[arg-type]
    forgot = EntriesForgotten(at=90.0, targets=erasure.seqs)
    fresh = Memory()
    for seq, entry in enumerate((*entries, forgot, *erasure.rewritten), 1):
        if seq not in erasure.seqs:
            fresh.apply(Record(seq=seq, at=0.0, entry=entry, raw=b""))
    restored = Memory.restore(fresh.dump())
    assert restored.facts.all() == fresh.facts.all()
    return fresh


def test_a_correction_of_the_past_stays_past_when_what_it_corrected_is_forgotten() -> None:
    entries = [
        learned("f", "", claim=home("Porto"), by="person", at=10.0),
        learned("g", "", claim=home("Quito"), by="person", at=20.0),
        learned("h", "", claim=home("Lisbon"), by="person", corrects="f", at=30.0),
    ]
    assert [fact.text for fact in memory_of(*entries).facts.current(40.0)] == ["In Quito"]
    memory = after_forgetting(entries, facts=("f",))
    assert [fact.text for fact in memory.facts.current(100.0)] == ["In Quito"]


def test_a_value_said_twice_stays_past_when_its_last_claim_is_forgotten() -> None:
    entries = [
        said("a", "I live in Porto"),
        said("b", "Yes, I live in Porto", conversation="d"),
        learned("f", "", "a", claim=home("Porto"), at=10.0),
        learned("g", "", "b", claim=home("Porto"), at=11.0),
        said("c", "I moved to Lisbon", conversation="e"),
        learned("h", "", "c", claim=home("Lisbon"), at=20.0),
    ]
    memory = after_forgetting(entries, facts=("h",))
    assert memory.facts.current(100.0) == []
    memory = after_forgetting(entries, messages=("b", "c"))
    assert memory.facts.current(100.0) == []


def test_the_end_of_a_fact_stays_when_the_message_that_says_so_is_forgotten() -> None:
    entries = [
        said("a", "I live in Porto"),
        learned("f", "", "a", claim=home("Porto"), at=10.0),
        said("b", "I no longer live there", conversation="d"),
        learned("g", "", "b", claim=home("Porto", valid_to=20.0), at=21.0),
    ]
    assert memory_of(*entries).facts.current(40.0) == []
    memory = after_forgetting(entries, messages=("b",))
    (fact,) = memory.facts.all()
    assert (fact.is_current(100.0), fact.valid_to) == (False, 20.0)


def test_a_rejected_fact_stays_rejected_when_one_of_its_messages_is_forgotten() -> None:
    entries = [
        said("a", "I live in Porto"),
        said("b", "Yes, Porto", conversation="d"),
        learned("f", "", "a", claim=home("Porto"), at=10.0),
        learned("g", "", "b", claim=home("Porto"), at=11.0),
        FactJudged(at=12.0, id="no", fact="f", verdict="rejected"),
    ]
    memory = after_forgetting(entries, messages=("a",))
    (fact,) = memory.facts.all()
    assert (fact.id, fact.state) == ("g", "rejected")


def test_an_undone_correction_goes_with_the_message_that_it_corrected() -> None:
    entries = [
        said("a", "I live in Porto"),
        learned("f", "", "a", claim=home("Porto"), at=10.0),
        learned("g", "", claim=home("Lisbon"), by="person", corrects="f", at=11.0),
        ChangeUndone(at=12.0, target="g"),
    ]
    assert list(after_forgetting(entries, messages=("a",)).facts.entries()) == []


def test_an_undone_correction_goes_with_an_added_fact_that_repeats_a_message() -> None:
    entries = [
        learned("f", "", claim=home("Zanzibar"), by="person", at=10.0),
        learned("g", "", claim=home("Lisbon"), by="person", corrects="f", at=11.0),
        ChangeUndone(at=12.0, target="g"),
        said("a", "I live in Zanzibar"),
    ]
    assert list(after_forgetting(entries, messages=("a",)).facts.entries()) == []


# --- titles ----------------------------------------------------------------------------------


def title(text: str, name: str = "c", **more: object) -> ConversationChanged:
    return ConversationChanged(at=1.0, id=name, title=text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("named", "goes"),
    [
        ("The word for the safe is…", True),
        ("The word for the safe is zanzibar", True),
        ("About Zanzibar", True),
        ("Household", False),
        ("Good words", False),
    ],
)
def test_titles_made_of_its_words_go_and_others_stay(named: str, goes: bool) -> None:
    erasure = forgetting([title(named), WORDS, ANSWER, said("o", "Tea", parent="b")], "a")
    assert (erasure.titles == ("c",)) is goes
    assert (1 in erasure.seqs) is goes


def test_a_title_that_goes_leaves_the_conversation_archived() -> None:
    entries = [WORDS, said("o", "Tea", parent="a"), title("Zanzibar", archived=True)]
    erasure = forgetting(entries, "a")
    assert erasure.titles == ("c",)
    assert erasure.rewritten == (ConversationChanged(at=1.0, id="c", archived=True),)


def test_an_emptied_conversation_goes_whole_only_where_that_is_wished() -> None:
    entries = [title("Household"), WORDS]
    assert forgetting(entries, "a").conversations == ()
    erasure = forgetting(entries, "a", whole_conversations=True)
    assert (erasure.conversations, erasure.seqs) == (("c",), (1, 2))


def test_a_plan_changes_nothing() -> None:
    memory = memory_of(title("Zanzibar"), WORDS, ANSWER, learned("f", "Zanzibar", "a"))
    before = memory.dump()
    plan_erasure(memory, ErasureTargets(messages=("a",)))
    assert memory.dump() == before


def rejected_in_two_parts(others: int = 0) -> list[Entry]:
    return [
        learned("cordoba", "", claim=home("Cordoba"), by="person", at=0.0),
        learned("bergen", "", claim=home("Bergen", valid_to=110.0), by="person", at=10.0),
        learned("aarhus", "", claim=home("Aarhus"), by="person", at=20.0),
        learned("again", "", claim=home("Bergen"), by="person", corrects="cordoba", at=30.0),
        FactJudged(at=40.0, id="judged", fact="again", verdict="rejected"),
        *(learned(f"x{n}", f"thing {n}", by="person", at=50.0) for n in range(others)),
    ]


def test_a_rejected_fact_that_comes_apart_stays_rejected_in_both_parts() -> None:
    left = after_forgetting(rejected_in_two_parts(), entries=(1,))
    assert [fact.text for fact in left.facts.current(99.0)] == ["In Aarhus"]
    assert {fact.id: fact.state for fact in left.facts.all()} == {
        "bergen": "rejected",
        "aarhus": "current",
        "again": "rejected",
    }
    ids = [entry.id for _, entry in left.facts.entries() if isinstance(entry, FactJudged)]
    assert len(ids) == len(set(ids)) == 2
    assert "judged" in ids, "where its claim stays, so does a rejection"


def test_an_erasure_resolves_no_facts_that_it_does_not_bear_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory = memory_of(*rejected_in_two_parts(others=50))
    resolved: list[int] = []

    def counted(entries: Mapping[int, object]) -> Resolution:
        resolved.append(len(entries))
        return resolve(entries)

    monkeypatch.setattr(erasure_of_facts, "resolve", counted)
    plan_erasure(memory, ErasureTargets(entries=(1,)))
    assert resolved
    assert len(resolved) <= 3
    assert max(resolved) <= 6


def test_an_older_end_does_not_end_what_was_said_again_later() -> None:
    entries = [
        learned("f", "", claim=home("Porto", valid_to=100.0), by="person", at=10.0),
        learned("g", "", claim=home("Lisbon"), by="person", corrects="f", at=20.0),
        learned("h", "", claim=home("Porto"), by="person", at=30.0),
    ]
    assert [fact.id for fact in memory_of(*entries).facts.current(500.0)] == ["h"]
    left = after_forgetting(entries, entries=(2,))
    assert [fact.id for fact in left.facts.current(500.0)] == ["h"]
    assert left.facts.get("f").valid_to == 20.0
