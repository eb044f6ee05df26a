"""Finding again what was said in any language, when the question uses other forms of its words."""

import re
import tomllib
from collections import Counter
from math import log
from pathlib import Path
from typing import Any

import pytest

from tau.memory.lexical import LexicalIndex
from tau.text.languages import best_per_script, is_chinese, rank_languages
from tau.text.tokenization import fold_text, query_terms

LANGUAGES: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("multilingual.toml").read_text("utf-8")
)
WORDS = re.compile(r"\w+")


def said(language: str) -> list[str]:
    """What somebody said who speaks the language and English."""
    own = LANGUAGES[language]["messages"]
    return own if language == "english" else own + LANGUAGES["english"]["messages"]


def by_terms(messages: list[str], question: str) -> list[float]:
    index = LexicalIndex()
    for message in messages:
        index.add(message)
    asked = {term: weight for term, (weight, _) in query_terms(question).items()}
    return [float(score) for score in index.scores(asked)]


def by_surface(messages: list[str], question: str) -> list[float]:
    """Words as they are written, the rare ones more: what a search without stemming does."""
    texts = [set(WORDS.findall(fold_text(message))) for message in messages]
    frequency = Counter(word for text in texts for word in text)
    asked = set(WORDS.findall(fold_text(question)))
    weights = {word: log(1 + len(texts) / frequency[word]) for word in asked if frequency[word]}
    return [sum(weights.get(word, 0) for word in text) for text in texts]


def rank(scores: list[float], answer: int) -> int:
    """Return the answer's place, the worst among equals; the last when it was not found at all."""
    if scores[answer] <= 0:
        return len(scores)
    return sum(score >= scores[answer] for score in scores) - 1


def places(language: str, search: Any) -> list[int]:
    messages = said(language)
    questions = LANGUAGES[language]["questions"]
    return [rank(search(messages, question), answer) for question, answer in questions]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_said_is_found_again(language: str) -> None:
    found = places(language, by_terms)
    assert sum(place < 1 for place in found) >= LANGUAGES[language]["first"]
    assert sum(place < 3 for place in found) >= LANGUAGES[language]["first_three"]


def test_words_as_they_are_written_would_find_far_less() -> None:
    stemmed = sum(place < 1 for language in LANGUAGES for place in places(language, by_terms))
    surface = sum(place < 1 for language in LANGUAGES for place in places(language, by_surface))
    assert surface < stemmed / 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_forgotten_leaves_nothing_in_any_language(language: str) -> None:
    index = LexicalIndex()
    messages = said(language)
    for message in messages:
        index.add(message)
    for row, message in enumerate(messages):
        index.remove(row, message)
    assert (len(index.postings), index.total, index.texts) == (0, 0, 0)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where did i put the key", "english"),
        ("wo habe ich den schlüssel hingelegt", "german"),
        ("où est-ce que j'ai mis la clé", "french"),
        ("dónde está la llave de mi casa", "spanish"),
        ("waar heb ik de sleutel gelaten", "dutch"),
        ("minulla oli kissa ja koira", "finnish"),
        ("gdzie jest mój klucz", "polish"),
        ("где мой ключ", "russian"),
        ("де мій ключ", "ukrainian"),
        ("कुत्ता कहाँ है", "hindi"),
        ("कुकुर कहाँ छ र किन", "nepali"),
        ("گربه کجا است", "persian"),
        ("أين كانت القطة", "arabic"),
        ("איפה החתול של אמא", "hebrew"),
    ],
)
def test_a_language_is_told_by_its_commonest_words(text: str, language: str) -> None:
    assert rank_languages(text.split())[0] == language


def test_nothing_tells_the_language_of_names_and_numbers() -> None:
    assert rank_languages(["42", "2023", "filler"]) == rank_languages([]) == ()


def test_each_script_of_a_mixed_text_has_its_own_language() -> None:
    chosen = best_per_script(
        rank_languages(["i", "met", "her", "in", "москва,", "где", "был", "мой", "брат"])
    )
    assert "english" in chosen
    assert "russian" in chosen


def test_a_question_that_tells_no_language_is_read_in_those_spoken() -> None:
    assert "schlussel" in query_terms("Schlüsseln", spoken=["german"])
    assert "schlussel" not in query_terms("Schlusseln")


@pytest.mark.parametrize(
    "text",
    [
        "What did I say about the kitchen?",
        "Where does Maria live now, and what is her dog called?",
        "When did we go to Los Angeles with Juan de la Cruz?",
        "I'm so glad you've had the time of your life!",
    ],
)
def test_an_english_question_is_read_in_english_alone(text: str) -> None:
    words = [word for _, word in query_terms(text).values()]
    assert len(words) == len(set(words)), "one term for each word"


@pytest.mark.parametrize(
    "text",
    [
        "我不想活了",
        "我想回家了",
        "帮我看看这个 pull request 写得怎么样",
        "他の奶茶真的很好喝呀",
        "好累",
    ],
)
def test_chinese_is_known_by_its_words_also_among_english_ones(text: str) -> None:
    assert is_chinese(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42",
        "消えたい",
        "自殺したい",
        "毎日が辛い",
        "죽고 싶어요 父",
        "My name is 小明 and I can't go on",
    ],
)
def test_kana_and_chinese_names_make_no_text_chinese(text: str) -> None:
    assert not is_chinese(text)
