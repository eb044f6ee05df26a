"""Training files: what is read, what refuses them, and with which line, field and reason."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.tuning.training_lines import (
    InvalidTrainingFile,
    InvalidValidationFile,
    LineKind,
    TrainingLine,
    joined_lines,
    read_training_lines,
    refuse_overlap,
)

USER = {"role": "user", "content": "Hello"}
ANSWER = {"role": "assistant", "content": "Hi"}
WORSE = {"role": "assistant", "content": "What?"}


def chat(*messages: Any, **others: Any) -> str:
    return json.dumps({"messages": list(messages), **others})


def chats(count: int, start: int = 0) -> list[str]:
    return [
        chat({"role": "user", "content": f"Question {at}"}, ANSWER)
        for at in range(start, start + count)
    ]


def pair(**changed: Any) -> str:
    fields = {
        "input": {"messages": [USER], "tools": []},
        "preferred_output": [ANSWER],
        "non_preferred_output": [WORSE],
    }
    return json.dumps(fields | changed)


def read(
    lines: list[str], kind: LineKind = "supervised", param: Any = "training_file"
) -> list[TrainingLine]:
    return read_training_lines(io.BytesIO("\n".join(lines).encode()), kind, param)


def test_chats_are_written_plainly_with_their_lines() -> None:
    developer = {"role": "developer", "content": "Be brief.", "name": "boss"}
    skipped = {**WORSE, "weight": 0}
    line = chat(developer, USER, skipped, USER, {**ANSWER, "weight": 1}, tools=[], comment="x")
    found = read([line, "", *chats(9)])
    assert [each.line for each in found] == [1, *range(3, 12)]
    assert json.loads(found[0].content) == {
        "messages": [{"role": "system", "content": "Be brief."}, USER, skipped, USER, ANSWER]
    }
    assert joined_lines(found).count(b"\n") == 10


def test_lines_in_the_older_shape_are_chats() -> None:
    older = json.dumps({"prompt": "2 + 2 =", "completion": " 4"})
    assert json.loads(read([older, *chats(9)])[0].content) == {
        "messages": [
            {"role": "user", "content": "2 + 2 ="},
            {"role": "assistant", "content": "4"},
        ]
    }


def test_pairs_of_answers_are_read() -> None:
    found = read([pair()] * 10, "dpo")
    assert json.loads(found[0].content) == {
        "input": {"messages": [USER]},
        "preferred_output": [ANSWER],
        "non_preferred_output": [WORSE],
    }


@pytest.mark.parametrize(
    ("kind", "line", "field", "reason"),
    [
        ("supervised", "{'messages': []}", "", "double quotes"),
        ("supervised", "{}", "messages", "missing"),
        ("supervised", chat(USER), "messages[0].role", "last message"),
        ("supervised", chat(USER, {**ANSWER, "content": " "}), "messages[1].content", "empty"),
        ("supervised", chat(USER, {**ANSWER, "weight": 2}), "messages[1].weight", "0 or 1"),
        ("supervised", chat(USER, {**ANSWER, "weight": 0}), "messages", "weight 0"),
        ("supervised", chat(USER, {**ANSWER, "tool_calls": [{}]}), ".tool_calls", "tools"),
        ("supervised", chat(USER, ANSWER, tools=[{}]), "tools", "tools"),
        ("supervised", pair(), "preferred_output", "method dpo"),
        ("dpo", chat(USER, ANSWER), "input", "object"),
        ("dpo", pair(input={"messages": [USER, ANSWER]}), "input.messages[1].role", "last"),
        ("dpo", pair(input={"messages": [USER], "tools": [{}]}), "tools", "tools"),
        ("dpo", pair(preferred_output=[]), "preferred_output", "list"),
        ("dpo", pair(preferred_output=[USER]), "preferred_output", "assistant"),
        ("dpo", pair(preferred_output=[ANSWER, ANSWER]), "preferred_output", "one message"),
        ("dpo", pair(non_preferred_output=[ANSWER]), "non_preferred_output", "same"),
        ("dpo", pair(preferred_output=[{**ANSWER, "content": ""}]), "[0].content", "empty"),
    ],
)
def test_a_line_that_cannot_be_used_refuses_the_file(
    kind: LineKind, line: str, field: str, reason: str
) -> None:
    good = chats(10) if kind == "supervised" else [pair()] * 10
    with pytest.raises(InvalidTrainingFile) as refused:
        read([good[0], line, *good], kind)
    error = refused.value
    assert (error.code, error.param, error.line) == ("invalid_training_file", "training_file", 2)
    assert "Line 2" in str(error)
    assert field in str(error)
    assert reason in str(error)


def test_nine_examples_are_too_few_for_training_and_enough_for_validation() -> None:
    with pytest.raises(InvalidTrainingFile, match=r"has 9 example.s., but must have at least 10"):
        read(chats(9))
    assert len(read(chats(1), param="validation_file")) == 1
    with pytest.raises(InvalidValidationFile) as refused:
        read([], param="validation_file")
    assert (refused.value.code, refused.value.param) == (
        "invalid_validation_file",
        "validation_file",
    )


def test_lines_in_both_files_are_named() -> None:
    training, validation = read(chats(12)), read(chats(8, start=10), param="validation_file")
    with pytest.raises(InvalidValidationFile, match=r"1 \(line 11 there\), 2 \(line 12 there\)"):
        refuse_overlap(training, validation)
    refuse_overlap(training, read(chats(3, start=20), param="validation_file"))


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3), st.text(max_size=9))
def test_no_refusal_quotes_what_an_example_says(fields: dict[str, str], secret: str) -> None:
    secret = f"Zauberflöte {secret}"
    line = json.dumps({"messages": [{"role": "user", "content": {**fields, "x": secret}}, ANSWER]})
    with pytest.raises(InvalidTrainingFile) as refused:
        read([line])
    assert "Zauberflöte" not in str(refused.value)
