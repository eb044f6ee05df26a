"""A reply that repeats itself is cut after its first round, and nothing else is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.companion.loops import LoopDetector, asks_to_repeat, trimmed_loop

SENTENCES = [
    "I'm glad that you like it so much. ",
    "Aa ",
    "You can also try to walk a little every day, and then rest.\n\n",
    "我很高兴认识你，希望你喜欢。",
    "哈",
    "Это очень хорошо, спасибо. ",
    "ありがとうございます。",
    "I can help. How are you today? Tell me more about it. ",
]


def heard(text: str, size: int = 4) -> tuple[str | None, int]:
    """Return the trimmed reply and how much of `text` came before it was cut."""
    detector = LoopDetector()
    for start in range(0, len(text), size):
        kept = detector.feed(text[start : start + size])
        if kept is not None:
            return kept, start + size
    return None, len(text)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_loop_ends_soon_and_leaves_its_first_round(sentence: str) -> None:
    opening = "Well, that is good to hear! "
    kept, read = heard(opening + sentence * 400)
    assert kept is not None
    assert kept.startswith(opening + sentence.strip()[:-1])
    assert kept.count(sentence.strip()) <= 2
    assert read <= len(opening) + max(300, 8 * len(sentence))


@given(
    st.text("abcdefgh 我你他的是了", min_size=12, max_size=200).filter(
        lambda s: sum(c.isalpha() for c in s) > len(s) / 2
    ),
    st.integers(1, 9),
)
def test_every_endless_piece_is_cut(piece: str, size: int) -> None:
    kept, read = heard(piece * 400, size)
    assert kept is not None
    assert read <= max(10 * len(piece), 600)
    assert (piece * 3).startswith(kept[: len(piece)])


def test_list_items_that_differ_only_in_their_number_are_a_loop() -> None:
    items = "".join(f"{n}. Take a walk in the park.\n" for n in range(1, 80))
    kept, _ = heard(f"Some ideas:\n{items}")
    assert kept == "Some ideas:\n1. Take a walk in the park."


REFRAIN = "Row, row, row your boat,\nGently down the stream.\nMerrily, merrily, merrily, merrily,\n"
VERSES = ["Life is but a dream.\n\n", "If you see a crocodile,\nDon't forget to scream.\n\n"]
INNOCENT = {
    "a poem with a refrain": "".join(REFRAIN + VERSES[n % 2] + f"Verse {n}.\n" for n in range(12)),
    "a table": "| day | km | done |\n|---|---|---|\n"
    + "".join(f"| {day} | 5 | yes |\n" for day in range(1, 60)),
    "an empty form": "| name | age |\n|------|-----|\n" + "|      |     |\n" * 25,
    "a rule": "Before\n" + "-" * 120 + "\nAfter\n" + "=" * 120 + "\n",
    "a list": "".join(f"{n}. Chapter {n}: what happened in {1900 + n}\n" for n in range(1, 60)),
    "a shopping list": "".join(
        f"- {what}\n" for what in ["milk", "bread", "eggs", "rice", "tea", "salt"] * 3
    ),
    "a times table": "".join(f"7 x {n} = {7 * n}\n" for n in range(1, 40)),
    "a matrix": "```\n" + "0, 0, 0, 0, 0, 0, 0, 0,\n" * 40 + "```\n",
    "code": "```python\n"
    + "".join(f"def test_{n}():\n    assert add({n}, 1) == {n + 1}\n\n" for n in range(30))
    + "```\n",
    "equal lines of code": "```\n" + "    pixels.append(black)\n" * 30 + "```\n",
    "laughter": "Hahahahahahahahahaha! " + "哈哈哈哈哈哈哈哈哈哈" + " That was good.",
    "a chorus": "La la la la, la la la la,\n" * 4 + "and then we sang again.\n",
    "a week": "".join(
        f"Week {n}: run {n + 2} km, rest, then run {n + 3} km.\n" for n in range(1, 53)
    ),
    "a mantra, four times": "I am enough as I am today. " * 4,
    "html": "<table>" + "<tr><td></td><td></td><td></td></tr>" * 20 + "</table>",
}


@pytest.mark.parametrize("text", INNOCENT.values(), ids=INNOCENT)
@pytest.mark.parametrize("size", [1, 7])
def test_what_repeats_by_its_nature_is_left_alone(text: str, size: int) -> None:
    assert heard(text, size)[0] is None


@given(st.lists(st.text("abcdefghij 我的你", min_size=20, max_size=60), unique=True, max_size=40))
def test_different_sentences_are_no_loop(sentences: list[str]) -> None:
    distinct = [f"{n} {text}" for n, text in enumerate(sentences)]
    assert heard("\n".join(distinct))[0] is None


@given(st.text(max_size=400))
def test_a_trimmed_reply_is_its_beginning(text: str) -> None:
    kept = trimmed_loop(text)
    assert kept is None or (text.startswith(kept) and len(kept) < len(text))


def test_what_was_asked_for_may_repeat() -> None:
    assert asks_to_repeat("Write 'I will not talk in class' fifty times")
    assert asks_to_repeat("把这句话写五十遍")
    assert not asks_to_repeat("How was your day?")
