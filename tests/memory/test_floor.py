"""Nothing relevant, nothing recalled; and what is asked for comes."""

import numpy as np
import pytest

from tau.memory import Memory
from tau.memory.floor import WORDS_ONLY, load_floor
from tau.models.catalog import EMBEDDING_MODEL


@pytest.fixture(scope="module")
def memory() -> Memory:
    """A few years of ordinary talk."""
    memory = Memory()
    people = ("Maya", "Tom", "Aunt Rose", "the landlord")
    things = ("jazz concert", "broken boiler", "trip to Porto", "job at the harbour", "sourdough")
    for number in range(400):
        who, what = people[number % 4], things[number % 5]
        memory.remember(f"{who} and I talked about the {what}, day {number}", at=number * 86_400.0,
                        conversation=str(number // 10))  # fmt: skip
    memory.remember("The plumber replaced the valve of our boiler", at=3.0, conversation="boiler")
    memory.remember("Maya and I walked along the cliffs of Madeira", at=4.0, conversation="walk")
    memory.remember("Tom told me a joke about a penguin", at=1.0, conversation="jokes")
    memory.remember("我妹妹在成都开了一家咖啡店", at=2.0, conversation="zh")
    return memory


@pytest.mark.parametrize(
    "text",
    ["Hello!", "Thanks!", "Tell me a joke.", "Write a poem about a penguin.", "What is 12 times 8?",
     "Good morning", "你好", "讲个笑话", "谢谢", "ok", "", "Translate 'boiler' into French."],
)  # fmt: skip
def test_what_asks_for_nothing_recalls_nothing(memory: Memory, text: str) -> None:
    assert memory.search(text, floor=True) == []


@pytest.mark.parametrize(
    "text",
    ["Which valve of our boiler did the plumber replace?", "我妹妹在成都开了什么店？",
     "Where in Madeira did Maya and I walk along the cliffs?",
     "What was the joke that Tom told me about a penguin?"],
)  # fmt: skip
def test_a_question_with_an_answer_is_above_the_floor(memory: Memory, text: str) -> None:
    found = memory.search(text, floor=True)
    assert found
    assert found == memory.search(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("Where does my sister live", "question"), ("Tell me about the cliffs", "question"),
     ("体检有什么毛病", "question"), ("How do I remove a coffee stain?", "task"),
     ("What's the difference between a lake and a pond?", "task"), ("Are you there", "of_tau"),
     ("你是谁", "of_tau")],
)  # fmt: skip
def test_features_tell_what_is_asked_for(memory: Memory, text: str, name: str) -> None:
    assert memory.relevance_features(text)[name] == 1


@pytest.mark.parametrize(
    ("text", "name"),
    [("I walked along the cliffs.", "question"), ("How do I usually take my coffee?", "task"),
     ("What did you recommend?", "of_tau")],
)  # fmt: skip
def test_features_do_not_mistake_one_for_another(memory: Memory, text: str, name: str) -> None:
    assert memory.relevance_features(text)[name] == 0


def test_a_question_about_the_one_message_that_says_a_word_is_above_the_floor() -> None:
    memory = Memory()
    memory.remember("The hollyhock is poisonous.")
    asked = memory.remember("What of the hollyhock?", conversation="later")
    found = memory.search("What of the hollyhock?", floor=True, exclude={asked.id})
    assert [one.message.text for one in found] == ["The hollyhock is poisonous."]


@pytest.mark.parametrize("text", ["Tell me a joke.", "Thanks!", "What is the capital of Peru?"])
def test_the_message_itself_is_no_reason_to_recall(memory: Memory, text: str) -> None:
    asked = memory.remember(text, at=5.0, conversation=f"now {text}")
    assert memory.search(text, floor=True, exclude={asked.id}) == []


def test_searching_by_hand_has_no_floor(memory: Memory) -> None:
    assert memory.search("joke")


def test_an_empty_memory_has_nothing_above_the_floor() -> None:
    assert Memory().search("What is my name?", floor=True) == []


def test_an_embedder_without_a_model_of_its_own_uses_the_default() -> None:
    floor = load_floor()
    assert {WORDS_ONLY, EMBEDDING_MODEL} <= floor.models.keys()
    assert floor.model_for("somebody's") == floor.models[floor.default]
    assert floor.model_for(None) == floor.models[WORDS_ONLY]


def test_features_name_no_words_and_are_between_bounds(memory: Memory) -> None:
    features = memory.relevance_features("Where did Maya and I travel?")
    assert all(-1 <= value <= 2 for value in features.values())
    assert features["of_self"] == 1
    assert "nearest" not in features
    with_vectors = Memory()
    ids = [with_vectors.remember(f"text {n}").id for n in range(3)]
    with_vectors.add_vectors("m", ids, np.eye(3, dtype=np.float32))
    found = with_vectors.relevance_features("text", vector=np.array([1, 0, 0], np.float32))
    assert found["stands_out"] == pytest.approx(2 / 3, abs=0.01)
