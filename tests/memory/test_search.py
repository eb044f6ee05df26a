"""What comes to mind, in which order, why, and within which budget."""

import numpy as np
import pytest

from tau.journal.entries import EntriesForgotten, Record
from tau.memory import Memory
from tau.memory.indexes import REPLY_HEAD_CHARACTERS, text_to_embed
from tau.text.excerpts import estimate_tokens, excerpt

from .naive import records, said

DAY = 86_400.0


def texts(memory: Memory, query: str, **how: object) -> list[str]:
    return [p.message.text for p in memory.search(query, **how)]  # type: ignore[arg-type]


@pytest.fixture
def diary() -> Memory:
    memory = Memory()
    for day, text in enumerate(
        [
            "My sister Inês lives in Porto with two cats",
            "I started a pottery class on Tuesdays",
            "我妹妹在里斯本当医生",
            "京都で友達に会いました",
            "저는 부산에서 자랐어요",
            "Mon frère préfère le thé à la menthe",
            "The meeting with Dr. Müller went fine, 会议很顺利",
        ]
    ):
        memory.remember(text, at=day * DAY, conversation=f"day {day}")
    return memory


@pytest.mark.parametrize(
    ("query", "beginning"),
    [
        ("Where does my sister live?", "My sister"),
        ("who is Ines", "My sister"),
        ("which classes do I take?", "I started"),
        ("妹妹的工作是什么", "我妹妹"),
        ("京都で誰に会った？", "京都"),
        ("부산 고향", "저는"),
        ("the menthe", "Mon frère"),
        ("muller", "The meeting"),
        ("会议怎么样", "The meeting"),
    ],
)
def test_every_language_is_found(diary: Memory, query: str, beginning: str) -> None:
    assert texts(diary, query)[0].startswith(beginning)


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "the of and",
        "😀🎉👩‍👩‍👧",
        "\x00\ud800",
        "e" * 1_000_000,
        "porto " * 200_000,
        "'" * 999,
        "yesterday",
        "last week " * 20_000,
        "when? " * 50_000,
        "你" * 100_000,
        "9999-99-99 -1 ago in 10000000000 years",
    ],
)
def test_any_question_has_an_answer(diary: Memory, query: str) -> None:
    assert isinstance(diary.search(query), list)
    assert isinstance(Memory().search(query), list)
    assert isinstance(diary.search(query, limit=0, tokens=0), list)


def test_a_match_tells_its_words_and_its_neighbours() -> None:
    memory = Memory()
    memory.remember("Guess where I was", at=1)
    memory.remember("In Porto, at my sister's", at=2)
    memory.remember("How lovely!", by="tau", at=3)
    best, *others = memory.search("Porto sister")
    assert best.message.text.startswith("In Porto")
    assert best.reasons[0] == "words: porto, sister"
    assert best.before is not None
    assert best.before.text == "Guess where I was"
    assert best.after is not None
    assert best.after.by == "tau"
    assert {reason for p in others for reason in p.reasons} >= {"next to a match"}


def test_both_sides_and_broken_replies_are_searchable() -> None:
    memory = Memory()
    for record in records(
        said("a", "tell me of Lisbon"),
        said("b", "Lisbon is on the Tagus", by="tau", parent="a", status="interrupted"),
        said("c", "Lisbon trams", by="tau", parent="b", status="stopped"),
    ):
        memory.apply(record)
    assert {p.message.id for p in memory.search("Lisbon")} == {"a", "b", "c"}


def test_the_later_of_equals_comes_first() -> None:
    memory = Memory()
    for day in range(30):
        memory.remember("water the plants", at=day * DAY, conversation=str(day))
    assert [p.message.at / DAY for p in memory.search("plants", limit=3)] == [29, 28, 27]


def test_a_speaker_who_is_asked_about_comes_first() -> None:
    memory = Memory()
    memory.remember("I love hiking", speaker="Ana", conversation="1", at=1)
    memory.remember("I love hiking", speaker="Ben", conversation="2", at=2)
    best = memory.search("Where does Ana go hiking?")[0]
    assert best.message.speaker == "Ana"


def test_excluded_messages_do_not_come_back() -> None:
    memory = Memory()
    first = memory.remember("Porto is where my sister lives", at=1)
    memory.remember("Porto again", at=2)
    assert texts(memory, "Porto", exclude={first.id, "unknown"}) == ["Porto again"]


def test_meaning_finds_what_words_do_not() -> None:
    memory = Memory()
    cat = memory.remember("Whiskers slept all day", conversation="1")
    tax = memory.remember("The form is due in April", conversation="2")
    memory.add_vectors("m", [cat.id, tax.id], np.array([[3, 0], [0, 5]], np.float32))
    found = memory.search("my pet", vector=np.array([2, 0.1], np.float32))
    assert [p.message.id for p in found] == [cat.id]
    assert found[0].reasons == ("meaning",)
    assert memory.search("my pet") == []
    assert memory.search("my pet", vector=np.ones(7, np.float32)) == []
    assert memory.search("my pet", vector=np.full(2, np.nan, np.float32)) == []


def test_what_lacks_a_vector_is_told_newest_first() -> None:
    memory = Memory()
    ids = [memory.remember(text, at=1).id for text in ("one", "two", "  ", "three")]
    assert [m.text for m in memory.messages_to_embed("m", 2)] == ["three", "two"]
    memory.add_vectors("m", [ids[3], "gone"], np.eye(2, dtype=np.float32))
    assert memory.embedding_model == "m"
    assert [m.text for m in memory.messages_to_embed("m", 9)] == ["two", "one"]
    with pytest.raises(ValueError, match="one vector per message"):
        memory.add_vectors("another", ids, np.eye(2, dtype=np.float32))


def test_vectors_of_another_model_are_searched_once_every_message_has_one() -> None:
    memory = Memory()
    ids = [memory.remember(text, at=1).id for text in ("one", "two")]
    memory.add_vectors("m", ids, np.eye(2, dtype=np.float32))
    assert len(memory.messages_to_embed("another", 9)) == 2
    memory.add_vectors("another", [ids[1]], np.eye(3, dtype=np.float32)[:1])
    assert memory.embedding_model == "m"
    memory = Memory.restore(memory.dump())
    assert [m.text for m in memory.messages_to_embed("another", 9)] == ["one"]
    found = memory.search("?", vector=np.array([1, 0], np.float32))
    assert [p.message.text for p in found] == ["one"], "the former vectors are searched"
    memory.remember("three", at=2)
    waiting = memory.messages_to_embed("another", 9)
    assert [m.text for m in waiting] == ["three", "one"]
    memory.add_vectors("another", [m.id for m in waiting], np.eye(3, dtype=np.float32)[:2])
    assert memory.embedding_model == "another"
    assert memory.messages_to_embed("another", 9) == []
    found = memory.search("?", vector=np.array([0, 1, 0], np.float32))
    assert [p.message.text for p in found] == ["one"]
    assert not [name for name in memory.dump() if name.startswith("successor")]


def test_vectors_of_another_model_are_searched_once_the_last_message_without_is_forgotten() -> None:
    memory = Memory()
    kept, forgotten = (memory.remember(text, at=1) for text in ("one", "two"))
    memory.add_vectors("m", [kept.id, forgotten.id], np.eye(2, dtype=np.float32))
    memory.add_vectors("another", [kept.id], np.eye(3, dtype=np.float32)[:1])
    memory.apply(Record(3, 0, EntriesForgotten(targets=(forgotten.seq,), at=0), b""))
    assert memory.messages_to_embed("another", 9) == []
    assert memory.embedding_model == "another"
    found = memory.search("?", vector=np.array([1, 0, 0], np.float32))
    assert [p.message.text for p in found] == ["one"]


def test_half_made_vectors_of_a_model_give_way_to_those_of_a_third() -> None:
    memory = Memory()
    ids = [memory.remember(text, at=1).id for text in ("one", "two")]
    for model in ("m", "n", "o"):
        memory.add_vectors(model, ids[:1], np.eye(2, dtype=np.float32)[:1])
    assert memory.embedding_model == "m"
    assert len(memory.messages_to_embed("n", 9)) == 2
    assert len(memory.messages_to_embed("o", 9)) == 1


def test_vectors_that_are_no_numbers_do_no_harm() -> None:
    memory = Memory()
    wrong = memory.remember("wrong", conversation="1")
    right = memory.remember("right", conversation="2")
    vectors = np.array([[np.nan, np.inf], [1, 0]], np.float32)
    memory.add_vectors("m", [wrong.id, right.id], vectors)
    found = memory.search("", vector=np.array([1, 0], np.float32))
    assert [p.message.id for p in found] == [right.id]


def test_a_forgotten_message_has_no_vector() -> None:
    memory = Memory()
    message = memory.remember("a secret")
    memory.add_vectors("m", [message.id], np.array([[1, 0]], np.float32))
    memory.apply(Record(2, 0, EntriesForgotten(targets=(message.seq,), at=0), b""))
    assert memory.search("secret", vector=np.array([1, 0], np.float32)) == []
    assert not np.frombuffer(memory.dump()["vectors.0"][4:], np.int8).any()


def test_the_text_to_embed_names_the_speaker() -> None:
    memory = Memory()
    assert text_to_embed(memory.remember("hi")) == "hi"
    assert text_to_embed(memory.remember("hi", speaker="Ana")) == "Ana: hi"


def test_the_budget_passes_over_what_does_not_fit() -> None:
    memory = Memory()
    memory.remember("porto porto porto", conversation="1", at=1)
    memory.remember("porto " + "and more words here " * 9, conversation="2", at=2)
    memory.remember("porto", conversation="3", at=3)
    found = memory.search("porto", tokens=48)
    assert sum(estimate_tokens(p.message.text) for p in found) <= 48
    assert {p.message.conversation for p in found} == {"1", "3"} or len(found) == 2
    assert len(memory.search("porto", tokens=1000)) == 3
    assert len(memory.search("porto", tokens=1000, limit=2)) == 2
    assert memory.search("porto", tokens=0) == []


def test_a_passage_longer_than_the_budget_is_cut_around_its_match() -> None:
    memory = Memory()
    memory.remember("chatter " * 500 + "the key is under the geranium " + "noise " * 500)
    (found,) = memory.search("geranium", tokens=60)
    assert "geranium" in found.message.text
    assert found.message.text.startswith("…")
    assert estimate_tokens(found.message.text) <= 60
    assert memory.message(found.message.id).text.startswith("chatter")


def test_tokens_are_estimated_by_script() -> None:
    assert estimate_tokens("") == 0
    assert estimate_tokens("abcde") == 2
    assert estimate_tokens("里斯本") == 3
    assert estimate_tokens(excerpt("里斯本" * 500, 50, ["斯"])) <= 50


def test_a_message_of_a_megabyte_is_searchable() -> None:
    memory = Memory()
    memory.remember("filler words " * 70_000 + "needle")
    memory.remember("short")
    assert memory.search("needle", tokens=100)[0].message.text.endswith("needle")


def test_a_question_of_nothing_but_a_time_finds_what_was_said_then() -> None:
    memory = Memory()
    now = 1_700_000_000.0
    memory.remember("Grandma called", at=now - 9 * DAY, conversation="old")
    memory.remember("We planted tulips", at=now - DAY, conversation="yesterday")
    found = memory.search("What did I do yesterday?", now=now)
    assert [p.message.text for p in found] == ["We planted tulips"]
    assert found[0].reasons == ("time: yesterday",)
    assert memory.search("What did I do?", now=now) == []


def test_the_time_that_is_asked_about_decides_between_what_is_alike() -> None:
    memory = Memory()
    now = 1_700_000_000.0
    for weeks in (1, 2, 3, 4):
        text = "We had dinner at the Blue Door"
        memory.remember(text, at=now - weeks * 7 * DAY, conversation=str(weeks))
    best = memory.search("Where did we have dinner three weeks ago?", now=now)[0]
    assert best.message.conversation == "3"
    assert memory.search("三个星期前我们在哪里吃的 dinner", now=now)[0].message.conversation == "3"


def test_a_question_for_what_tau_said_finds_what_tau_said() -> None:
    memory = Memory()
    memory.remember("I have been to some jazz bars in Porto.", at=1)
    memory.remember("For jazz bars in Porto try Hot Five. " + "It is lively. " * 20, by="tau", at=2)
    ours = memory.search("Which jazz bars in Porto have I been to?", now=9)[0]
    assert ours.message.by == "person"
    taus = memory.search("Which jazz bars in Porto did you recommend?", now=9)[0]
    assert taus.message.by == "tau"


def test_of_taus_long_replies_the_beginning_is_embedded() -> None:
    memory = Memory()
    long = "word " * 500
    assert len(text_to_embed(memory.remember(long, by="tau"))) == REPLY_HEAD_CHARACTERS
    assert text_to_embed(memory.remember(long)) == long
    assert text_to_embed(memory.remember(long, by="tau", speaker="Ben")) == f"Ben: {long}"
