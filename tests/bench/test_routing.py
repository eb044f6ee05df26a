"""`tau bench routing`: margins are chosen on other templates than those that are measured."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tau.bench.commands import bench
from tau.bench.routing import (
    FOLDS,
    MOST_WRONG,
    Lead,
    RoutedMessage,
    best_margin,
    built_in_messages,
    cross_validated,
    leads,
)
from tau.experts.routing import CLASSES, example_sentences
from tau.memory.scope import EXPERTS


def test_there_are_enough_messages_of_each_kind_and_none_is_an_example() -> None:
    messages = built_in_messages()
    assert len(messages) >= 200
    for name in CLASSES:
        for language in ("en", "zh"):
            of = {m.template for m in messages if (m.expert, m.language) == (name, language)}
            assert len(of) >= 2 * FOLDS
    examples = {text for texts in example_sentences().values() for text in texts}
    assert examples.isdisjoint(message.text for message in messages)


def test_a_margin_of_one_fold_does_not_know_its_templates() -> None:
    """A template that only its own margin would get right stays wrong."""
    easy = [Lead(RoutedMessage("x", "sketch", "en", n), "sketch", 5.0) for n in range(1, 50)]
    plain = [Lead(RoutedMessage("x", "talk", "en", n), "sketch", 1.0) for n in range(1, 50)]
    odd = Lead(RoutedMessage("odd", "talk", "en", 50), "sketch", 9.0)
    shown = {each.message.text: name for each, name in cross_validated([*easy, *plain, odd])}
    assert shown["odd"] == "sketch"
    assert 1.0 <= best_margin([*easy, *plain]) < 5.0


def test_words_alone_are_right_more_often_than_not_and_seldom_wrong() -> None:
    shown = cross_validated(leads(built_in_messages(), None))
    wrong = [name for each, name in shown if name not in ("talk", each.message.expert)]
    assert len(wrong) <= 4 * MOST_WRONG * len(shown)
    for expert in EXPERTS:
        of = [name for each, name in shown if each.message.expert == expert]
        assert of.count(expert) > len(of) / 2


def test_other_messages_are_measured_with_what_ships(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(
        '[[templates]]\nexpert = "sketch"\nlanguage = "en"\n'
        'texts = ["Draw a floor plan with three bedrooms and a bathroom.", "Hm."]\n'
    )
    result = CliRunner().invoke(bench, ["routing", "--words", "--messages", str(file), "--json"])
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["messages"] == 2
    assert figures["words"]["sketch"] == {"right": 0.5, "wrong": 0.0}
    assert "vectors" not in figures


@pytest.mark.parametrize("text", ["no toml [", "[[templates]]\nexpert = 1"])
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    result = CliRunner().invoke(bench, ["routing", "--words", "--messages", str(file)])
    assert result.exit_code != 0
