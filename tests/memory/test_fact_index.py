"""Facts as extra keys to the messages they were drawn from."""

from hypothesis import given
from hypothesis import strategies as st

from tau.journal.entries import (
    ChangeUndone,
    Claim,
    ClaimLearned,
    EntriesForgotten,
    Entry,
    FactJudged,
)
from tau.memory import Memory

from .naive import records, said

NOW = 2_000.0


def learned(fact_id: str, text: str, *sources: str, **details: object) -> ClaimLearned:
    claim = Claim(
        topic="home", text=text, slot=str(details.pop("slot", "")),
        value=str(details.pop("value", text)), about=str(details.pop("about", "")),
    )  # fmt: skip
    fields: dict[str, object] = {"trust": "own", "by": "rules", "at": 1_000.0}
    return ClaimLearned(id=fact_id, claim=claim, sources=sources, **(fields | details))  # type: ignore[arg-type]


def life(*entries: Entry) -> Memory:
    memory = Memory()
    for record in records(
        said("a", "We signed for the flat near the river, the one with the blue door"),
        said("b", "It rained all day", parent="a"),
        said("c", "nothing much", conversation="work"),
        *entries,
    ):
        memory.apply(record)
    return memory


def test_a_question_that_matches_a_fact_finds_its_source() -> None:
    question = "Where is Harbour Street residence?"
    assert life().search(question) == []
    memory = life(learned("f", "Residence: Harbour Street", "a", "gone"))
    best = memory.search(question)[0]
    assert best.message.id == "a"
    assert best.reasons[0] == "fact: Residence: Harbour Street"


def test_the_best_fact_of_a_message_is_told() -> None:
    memory = life(
        learned("f", "Lives on Harbour Street", "a"),
        learned("g", "Harbour Street flat leased", "a"),
    )
    best = memory.search("Harbour Street leased")[0]
    assert "fact: Harbour Street flat leased" in best.reasons


def test_what_waits_or_was_rejected_is_no_key() -> None:
    waiting = learned("f", "Lives on Harbour Street", "a", trust="imported")
    assert life(waiting).search("Harbour Street") == []
    rejected = FactJudged(id="j", fact="f", verdict="rejected", at=1_500.0)
    memory = life(learned("f", "Lives on Harbour Street", "a"), rejected)
    assert memory.search("Harbour Street") == []
    assert memory.search_facts("Harbour Street", NOW) == []


def test_a_past_fact_is_still_a_key_but_not_believed() -> None:
    memory = life(
        learned("f", "Lives on Harbour Street", "a", slot="home", value="harbour"),
        learned("g", "Lives on Mill Lane", "c", slot="home", value="mill", at=1_500.0),
    )
    assert memory.search("Harbour Street")[0].message.id == "a"
    assert [fact.text for fact in memory.search_facts("lives Lane Street", NOW)] == [
        "Lives on Mill Lane"
    ]


def test_facts_are_searched_best_first() -> None:
    memory = life(
        learned("f", "Has a cat called Miso", "a"),
        learned("g", "Has a cat allergy", "b"),
        learned("h", "Plays the cello", "c"),
    )
    texts = [fact.text for fact in memory.search_facts("What is my cat called?", NOW)]
    assert texts == ["Has a cat called Miso", "Has a cat allergy"]
    assert len(memory.search_facts("cat", NOW, limit=1)) == 1
    assert memory.search_facts("cat", NOW, limit=0) == []
    assert memory.search_facts("", NOW) == Memory().search_facts("😀", NOW) == []


def test_a_fact_is_found_by_whom_it_tells_of() -> None:
    memory = life(learned("f", "Works as a nurse", "a", about="Mia"))
    assert [fact.id for fact in memory.search_facts("Mia", NOW)] == ["f"]
    assert memory.search("what does Mia do?")[0].message.id == "a"


def test_chinese_facts_are_keys_in_both_scripts() -> None:
    memory = life(learned("f", "妹妹小雨结婚了", "a", about="小雨"))
    for query in ("小雨", "結婚", "我妹妹什么时候结婚的"):
        assert memory.search(query)[0].message.id == "a", query
        assert [fact.id for fact in memory.search_facts(query, NOW)] == ["f"], query


def test_the_name_of_a_slot_finds_what_fills_it() -> None:
    memory = life(learned("f", "Harbour Street 5", "a", slot="address"))
    assert memory.search("what is my address?")[0].message.id == "a"


def test_one_fact_finds_all_of_its_sources_but_none_that_is_hidden() -> None:
    memory = life(learned("f", "Harbour Street flat", "a", "c"))
    assert {p.message.id for p in memory.search("Harbour")} >= {"a", "c"}
    memory.apply(records(said("d", "an edit"), start=memory.last + 1)[0])
    assert {p.message.id for p in memory.search("Harbour")}.isdisjoint({"a", "b"})


def test_keys_follow_every_word_of_the_person() -> None:
    memory = life(learned("f", "Lives on Harbour Street", "c", trust="waiting"))

    def then(*entries: Entry) -> list[str]:
        for record in records(*entries, start=memory.last + 1):
            memory.apply(record)
        found = [passage.message.id for passage in memory.search("Harbour Street")]
        facts = memory.search_facts("Harbour Street", NOW)
        assert bool(found) == any(fact.sources for fact in facts)
        return found

    assert then() == []
    assert then(FactJudged(id="y", fact="f", verdict="approved", at=3.0)) == ["c"]
    assert then(FactJudged(id="n", fact="f", verdict="rejected", at=4.0)) == []
    assert then(ChangeUndone(target="n", at=5.0)) == ["c"]
    assert then(ChangeUndone(target="y", at=6.0)) == []
    assert then(learned("g", "Lives on Harbour Street", by="person")) == [], "it has no source"


def test_a_correction_is_the_key_and_what_it_corrected_is_a_past_one() -> None:
    right = learned("g", "Lives on Mill Lane", slot="home", corrects="f", by="person", at=1_500.0)
    memory = life(learned("f", "Lives on Harbour Street", "a", slot="home"), right)
    assert [fact.id for fact in memory.search_facts("Lane", NOW)] == ["g"]
    assert memory.search_facts("Harbour", NOW) == []
    assert memory.search("Harbour")[0].message.id == "a"


def test_a_forgotten_fact_is_no_key_and_a_forgotten_message_no_source() -> None:
    memory = life(learned("f", "Lives on Harbour Street", "a", "c"))
    assert memory.search("Harbour")
    memory.apply(records(EntriesForgotten(at=2.0, targets=(1,)), start=5)[0])
    assert [p.message.id for p in memory.search("Harbour")] == ["c"]
    memory.apply(records(EntriesForgotten(at=3.0, targets=(4,)), start=6)[0])
    assert memory.search("Harbour") == []
    assert memory.search_facts("Harbour", NOW) == []


def test_a_fact_that_is_over_is_not_told_as_one_that_holds() -> None:
    memory = life(learned("f", "Lives on Harbour Street", "a"))
    over = Claim(topic="event", text="In hospital", value="hospital", valid_to=1_500.0)
    memory.apply(records(ClaimLearned(id="h", claim=over, at=1_000.0), start=memory.last + 1)[0])
    assert [fact.id for fact in memory.search_facts("hospital", 1_499.0)] == ["h"]
    assert memory.search_facts("hospital", 1_500.0) == []


WORDS = ("Harbour Street", "Mill Lane", "里斯本", "Miso the cat", "")
STEPS = st.lists(
    st.tuples(st.sampled_from("lwfjq"), st.integers(0, 5), st.sampled_from(WORDS)), max_size=12
)


@given(STEPS, st.sampled_from(WORDS))
def test_keys_kept_are_keys_made_anew(steps: list[tuple[str, int, str]], query: str) -> None:
    """Asked after every step or only once at the end, before a restart or after one."""
    asked, quiet = life(), life()
    for number, (kind, which, text) in enumerate(steps):
        entry: Entry = EntriesForgotten(at=1.0, targets=(which + 3,))
        if kind in "lw":
            trust = "own" if kind == "l" else "waiting"
            entry = learned(f"f{number}", text, "abc"[which % 3], trust=trust)
        elif kind == "j":
            verdict = ("approved", "rejected", "confirmed")[which % 3]
            entry = FactJudged(id=f"j{number}", fact=f"f{which}", verdict=verdict, at=2.0)  # type: ignore[arg-type]
        for memory in (asked, quiet):
            memory.apply(records(entry, start=memory.last + 1)[0])
        asked.search(query, now=NOW)
    again = Memory.restore(quiet.dump())
    assert asked.search(query, now=NOW) == quiet.search(query, now=NOW)
    assert again.search(query, now=NOW) == quiet.search(query, now=NOW)
    facts = asked.search_facts(query, NOW)
    assert again.search_facts(query, NOW) == quiet.search_facts(query, NOW) == facts
    assert set(facts) <= set(asked.facts.current(NOW))
