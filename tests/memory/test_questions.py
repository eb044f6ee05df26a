"""What a question asks for."""

import pytest

from tau.memory.questions import read

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("Can you remind me of the venue you recommended?", {"replies", "advice"}),
        ("What did you tell me about Porto?", {"replies"}),
        ("that dessert shop we talked about", {"replies"}),
        ("你上次推荐的那家餐厅叫什么", {"replies", "advice"}),
        ("我们上周聊过的那本书", {"replies"}),
        ("Any tips for a new guitar?", {"advice"}),
        ("What should I cook tonight?", {"advice"}),
        ("周末该去哪里玩", {"advice"}),
        ("When did I move to Porto?", {"times"}),
        ("我什么时候搬家的", {"times"}),
        ("Where does my sister live?", set()),
        ("¿Dónde vive mi hermana?", set()),
        ("Your name?", set()),
    ],
)
def test_the_kind_of_a_question(query: str, asks: set[str]) -> None:
    question = read(query, NOW)
    told = {"replies": question.of_replies, "advice": question.of_advice,
            "times": question.of_times}  # fmt: skip
    assert {name for name, yes in told.items() if yes} == asks


def test_terms_keep_the_words_as_they_were_asked() -> None:
    question = read("Running, with DOGS!", NOW)
    assert question.surface == {"run": "running", "dog": "dogs"}
    assert question.terms == {"run": 1.0, "dog": 1.0}


def test_times_are_read_against_the_moment_of_asking() -> None:
    (span,) = read("what happened yesterday?", NOW).spans
    assert span.end <= NOW <= span.end + 86_400


@pytest.mark.parametrize("query", ["", " ", "😀", "?" * 9999, "you " * 50_000, "在" * 50_000])
def test_any_text_is_a_question(query: str) -> None:
    assert len(read(query, NOW).terms) <= 64
