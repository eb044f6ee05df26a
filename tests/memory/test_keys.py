"""Facts as extra keys to the messages they were drawn from."""

from tau.journal.entries import Claim, Entry, Judged, Learned
from tau.memory import Memory

from .naive import records, said

NOW = 2_000.0


def learned(fact_id: str, text: str, *sources: str, **details: object) -> Learned:
    claim = Claim(
        topic="home", text=text, slot=str(details.pop("slot", "")),
        value=str(details.pop("value", text)),
    )  # fmt: skip
    fields: dict[str, object] = {"trust": "own", "by": "rules", "at": 1_000.0}
    return Learned(id=fact_id, claim=claim, sources=sources, **(fields | details))  # type: ignore[arg-type]


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
    rejected = Judged(id="j", fact="f", verdict="rejected", at=1_500.0)
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
