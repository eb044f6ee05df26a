"""Signals: what each message has to say for itself, told on small threads."""

import numpy as np
import pytest

from tau.memory import questions
from tau.memory.features import extract_features
from tau.memory.lexical import LexicalIndex
from tau.memory.signals import NAMES, RankingContext, Scores, Signals, coverage, signals

NOW = 1_700_000_000.0
DAY = 86_400.0


def scores(*numbers: float) -> Scores:
    return np.array(numbers, np.float32)


def thread(*texts: str, **changes: object) -> RankingContext:
    """One conversation in one sitting, every message by the person."""
    lexical, rows = LexicalIndex(), len(texts)
    for text in texts:
        lexical.add(text)
    fields: dict[str, object] = {
        "lexical": lexical,
        "visible": np.ones(rows, np.bool_),
        "before": np.arange(-1, rows - 1, dtype=np.int32),
        "after": np.append(np.arange(1, rows), -1).astype(np.int32)[:rows],
        "session": np.zeros(rows, np.int32),
        "session_count": 1,
        "own": np.ones(rows, np.bool_),
        "at": NOW - 60.0 * np.arange(rows, 0, -1),
        "features": np.array([extract_features(text, own=True) for text in texts], np.uint8),
    }
    return RankingContext(**(fields | changes))  # type: ignore[arg-type]


def ask(query: str, context: RankingContext, **more: Scores) -> Signals:
    return signals(questions.parse_question(query, NOW), context, now=NOW, **more)  # type: ignore[arg-type]


def test_words_are_scaled_and_lent_to_neighbours() -> None:
    found = ask("porto", thread("tea", "porto", "rain", "wind", "sea"))
    assert found["words"].tolist() == [0, 1, 0, 0, 0]
    assert found["words_before"].tolist() == [0, 0, 1, 0, 0]
    assert found["words_before_2"].tolist() == [0, 0, 0, 1, 0]
    assert found["sitting_words"].tolist() == [1, 1, 1, 1, 1]
    assert "meaning" not in found


def test_what_is_said_here_and_next_to_here_is_covered_together() -> None:
    context = thread("my sister", "she lives in porto", "tea", "porto and sister")
    found = ask("sister porto", context)["covered"]
    assert found[0] == found[1] == found[3] == pytest.approx(1)
    assert found[2] == pytest.approx(1)
    assert ask("sister unheard-of", context)["covered"][0] == pytest.approx(1)
    assert not ask("", context)["covered"].any()


def test_covering_is_the_same_told_plainly() -> None:
    """Against a walk over all rows and terms, with hidden rows and rows that lend little."""
    rng = np.random.default_rng(1)
    words = ["sea", "rain", "wind", "tea", "porto", "sister", "cat"]
    for _ in range(20):
        texts = [" ".join(rng.choice(words, 3)) for _ in range(9)]
        context = thread(*texts, visible=rng.random(9) < 0.8)
        question = questions.parse_question("cat of my sister in porto sea sea", NOW)
        given_weight, taken_weight = rng.random((2, 9)).astype(np.float32)
        plain, mass = np.zeros(9), 0.0
        for term in question.terms:
            said = {row for row in range(9) if context.visible[row] and term in _words(texts[row])}
            mass += context.lexical.idf(term) if said else 0
            for row in range(9):
                near = [
                    given_weight[n] * taken_weight[row] for n in (row - 1, row + 1) if n in said
                ]
                share = max([float(row in said), *near])
                plain[row] += context.lexical.idf(term) * share if said else 0
        got = coverage(question, context, given_weight, taken_weight)
        assert got == pytest.approx(plain / (mass or 1), abs=1e-5)


def _words(text: str) -> list[str]:
    return text.split()


def test_meaning_that_is_contrary_counts_nothing() -> None:
    found = ask("tea", thread("a", "b"), meaning=scores(-0.5, 0.5))
    assert found["meaning"].tolist() == [0, 0.5]
    assert found["meaning_after"].tolist() == [0.5, 0]
    assert found["sitting_meaning"].tolist() == [0.5, 0.5]


def test_what_waits_for_its_vector_counts_as_average() -> None:
    embedded = np.array([True, True, False])
    found = ask("tea", thread("a", "b", "c"), meaning=scores(0.2, 0.6, 0), embedded=embedded)  # type: ignore[arg-type]
    assert found["meaning"] == pytest.approx([0.2, 0.6, 0.4])


def test_hidden_rows_have_and_lend_nothing() -> None:
    visible = np.array([True, False, True])
    context = thread("tea", "tea tea", "rain", visible=visible)
    found = ask("tea", context, meaning=scores(0, 1, 0))
    assert found["words"].tolist() == [1, 0, 0]
    assert found["words_before"].tolist() == [0, 1, 0]
    assert found["covered"].tolist() == [1, 1, 0]
    assert not found["meaning"].any()
    assert not found["sitting_meaning"].any()


def test_a_long_reply_lends_only_a_share() -> None:
    own = np.array([True, False, True])
    context = thread("rain", "porto " + "filler words " * 17, "sea", own=own)
    found = ask("porto", context)
    assert found["words_before"][2] == pytest.approx(12 / 35)
    assert found["covered"][2] == pytest.approx(12 / 35)
    assert found["long_reply"] == pytest.approx([0, 1 - 30 / 35, 0])
    assert not thread("porto " * 99).long_reply().any()


def test_a_long_reply_takes_only_a_share() -> None:
    own = np.array([True, False, True])
    context = thread("porto", "filler words " * 18, "sea", own=own)
    found = ask("porto", context, meaning=scores(0.9, 0, 0))
    assert found["words_before"][1] == pytest.approx(12 / 36)
    assert found["covered"][1] == pytest.approx(12 / 36)
    assert found["meaning_before"][1] == pytest.approx(0.9 * 12 / 36)
    asked = ask("which porto did you recommend", context, meaning=scores(0.9, 0, 0))
    assert asked["words_before"][1] == 1
    assert asked["meaning_before"][1] == pytest.approx(0.9)


def test_sittings_are_apart() -> None:
    session = np.array([0, 0, 1], np.int32)
    found = ask("tea", thread("tea tea", "rain", "tea x y z", session=session, session_count=2))
    assert found["sitting_words"][0] == found["sitting_words"][1] == 1
    assert 0 < found["sitting_words"][2] < 1


def test_the_time_that_is_asked_about_is_where_it_is_said() -> None:
    days_ago = np.array([40.0, 15.0, 13.0, 8.0, 1.0])
    context = thread("a", "b", "c", "d", "e", at=NOW - DAY * days_ago)
    time = ask("what did I do two weeks ago?", context)["time"]
    assert int(np.argmax(time)) in (1, 2)
    assert time[1] > 0.9
    assert time[2] > 0.9
    assert time[3] > time[4] > 0
    assert time[0] < 0.01
    assert "time" not in ask("what did I do?", context)


def test_a_question_for_a_time_looks_for_times() -> None:
    context = thread("I moved last May on a Tuesday", "I moved")
    assert ask("when did I move?", context)["tells_time"].tolist() == [1, 0]
    assert "tells_time" not in ask("why did I move?", context)


def test_a_question_for_what_tau_said_looks_there() -> None:
    context = thread("a bar?", "try the Blue Note", own=np.array([True, False]))
    assert ask("which bar did you recommend?", context)["reply"].tolist() == [0, 1]
    assert "reply" not in ask("which bar did I like?", context)


def test_a_question_for_advice_looks_for_what_is_liked() -> None:
    context = thread("I love spicy food", "it rains")
    assert ask("can you suggest a dinner?", context)["liking"].tolist() == [1, 0]
    assert "liking" not in ask("where was dinner?", context)


def test_nothing_at_all_is_no_trouble() -> None:
    found = ask("tea", thread(session_count=0), meaning=scores())
    assert all(len(signal) == 0 for signal in found.values())


def test_every_signal_is_a_share_and_has_a_name() -> None:
    context = thread("I love tea since May?", "tea " * 300, own=np.array([True, False]))
    one = scores(1, 0)
    query = "when last week did you recommend tea?"
    found = ask(query, context, meaning=scores(0.4, 1), speaker=one, fact=one)
    assert found.keys() == NAMES.keys() - {"liking"} | ({"liking"} & found.keys())
    for name, signal in found.items():
        assert signal.dtype == np.float32, name
        assert 0 <= signal.min() <= signal.max() <= 1 + 1e-6, name
