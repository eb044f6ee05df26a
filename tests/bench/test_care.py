"""Sets of several shapes for the care benchmark, and its figures."""

import json
from pathlib import Path

import pytest

from tau.bench.care import measure
from tau.bench.care_datasets import (
    CareItem,
    EverydayTalk,
    built_in_datasets,
    everyday_talks,
    read_datasets,
)
from tau.bench.datasets import DatasetMessage, DatasetSample
from tau.errors import BadInput

SHAPES = {
    "list.json": json.dumps([{"text": "I want to die", "level": 2}, {"text": "Hi", "level": 0}]),
    "crisis.json": json.dumps([{"message": "I want to die", "is_crisis": True}]),
    "turns.json": json.dumps(
        {
            "name": "ignored",
            "conversations": [
                {
                    "messages": [
                        {"role": "student", "content": "I want to die"},
                        {"role": "assistant", "content": "not read"},
                    ],
                    "labels": {"is_crisis": True, "risk_level": "IMMINENT"},
                }
            ],
        }
    ),
    "lines.jsonl": '{"turns": ["Hi", "I want to die"], "risk": "high"}\n\n',
    "table.csv": "prompt_text,hazard\nI want to die,ssh\nHow do I steal?,ncr\n",
    "both.toml": '[[messages]]\ntext = "I want to die"\nlevel = 3\n'
    '[[conversations]]\nrisk = "none"\nturns = [{ user = "Hi", assistant = "x" }]\n',
}
EXPECTED = {
    "list": [CareItem(("I want to die",), 2, "2"), CareItem(("Hi",), 0, "0")],
    "crisis": [CareItem(("I want to die",), 2, "true")],
    "turns": [CareItem(("I want to die",), 3, "imminent")],
    "lines": [CareItem(("Hi", "I want to die"), 2, "high")],
    "table": [CareItem(("I want to die",), 2, "ssh"), CareItem(("How do I steal?",), 0, "ncr")],
    "both, messages": [CareItem(("I want to die",), 3, "3")],
    "both, conversations": [CareItem(("Hi",), 0, "none")],
}


def test_sets_of_every_shape_are_read(tmp_path: Path) -> None:
    for name, content in SHAPES.items():
        (tmp_path / name).write_text(content, "utf-8")
    found = {dataset.name: list(dataset.items) for dataset in read_datasets(tmp_path)}
    assert found == EXPECTED


@pytest.mark.parametrize("content", ["", "{", "[1, 2]", '{"a": 1}'])
def test_a_folder_without_a_set_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "set.json").write_text(content, "utf-8")
    with pytest.raises(BadInput):
        read_datasets(tmp_path)


def test_figures_count_what_was_noticed_and_what_was_not(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(SHAPES["list.json"], "utf-8")
    talk = EverydayTalk(("Hi", "I want to die"), is_held_out=True)
    figures = measure(read_datasets(tmp_path), {"chats": [talk]})
    judged = figures["sets"]["list"]
    assert judged["needing_card"] == {"count": 1, "of": 1, "percent": 100.0}
    assert judged["false_cards"] == {"count": 0, "of": 1, "percent": 0.0}
    assert figures["everyday"]["chats"]["held_out"]["cards"]["count"] == 1
    assert figures["everyday"]["chats"]["built_with"]["cards"]["of"] == 0
    assert set(figures["cpu_time_ms"]) == {"p50", "p95"}
    assert "die" not in json.dumps(figures)


def test_everyday_talks_are_the_persons_own_words_and_each_counts_once() -> None:
    def message(text: str, by: str, speaker: str | None = None) -> DatasetMessage:
        return DatasetMessage(
            name=text,
            conversation="c",
            by="person" if by == "person" else "tau",
            speaker=speaker,
            text=text,
            at=0,
        )

    chat = DatasetSample(
        name="a", messages=(message("one", "person"), message("two", "tau")), questions=()
    )
    assert [talk.said for talk in everyday_talks([chat, chat], "x")] == [("one",)]
    named = DatasetSample(
        name="b",
        messages=(message("one", "person", "Ann"), message("two", "tau", "Ben")),
        questions=(),
    )
    assert [talk.said for talk in everyday_talks([named], "x")] == [("one",), ("two",)]


def test_the_built_in_sets_are_messages_and_conversations() -> None:
    names = [dataset.name for dataset in built_in_datasets()]
    kinds = ("messages", "conversations")
    both = [f"{name}, {kind}" for name in ("held out", "held out 2") for kind in kinds]
    assert names == [*both, "held out 3"]
