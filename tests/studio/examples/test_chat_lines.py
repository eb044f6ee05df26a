"""Chat lines: what is read, what is refused, and with which line, field and reason."""

import json
from typing import Any

import pytest

from tau.studio.examples.example import ExampleMessage
from tests.studio.examples.files import chat_line, read_all

USER = {"role": "user", "content": "Hello"}
ANSWER = {"role": "assistant", "content": "Hi"}


def chat(*messages: Any, **others: Any) -> str:
    return json.dumps({"messages": list(messages), **others})


def test_a_chat_is_read_with_its_line_and_the_fields_for_graders() -> None:
    developer = {"role": "developer", "content": "Be brief."}
    parts = {
        "role": "user",
        "content": [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}],
    }
    first = {"role": "assistant", "content": "Well", "weight": 0}
    line = chat(developer, parts, first, USER, {**ANSWER, "weight": 1}, price=1.50, tags=["a"])
    [found], problems = read_all(f"\n{line}\n")
    assert problems == []
    assert found.line == 2
    assert found.messages == (
        ExampleMessage("system", "Be brief."),
        ExampleMessage("user", "Hello"),
        ExampleMessage("assistant", "Well", weight=0),
        ExampleMessage("user", "Hello"),
        ExampleMessage("assistant", "Hi"),
    )
    assert found.fields == {"price": "1.5", "tags": '["a"]'}


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ("{'messages': []}", "", "double quotes"),
        ('{"messages": [', "", "valid JSON"),
        ("[1]", "", "an object"),
        ("{}", "messages", "missing"),
        (chat(), "messages", "list of messages"),
        (chat(1, ANSWER), "messages[0]", "object"),
        (chat(USER), "messages[0].role", "last message"),
        (chat(ANSWER), "messages", "of the user"),
        (chat({"role": "narrator", "content": "x"}, ANSWER), "messages[0].role", "system, user"),
        (chat(USER, {"role": "tool", "content": "x"}, ANSWER), "messages[1].role", "tools"),
        (chat(USER, {**ANSWER, "tool_calls": [{}]}), "messages[1].tool_calls", "tools"),
        (chat(USER, ANSWER, tools=[{}]), "tools", "tools"),
        (chat(USER, {"role": "assistant", "content": None}), "messages[1].content", "text"),
        (chat(USER, {**ANSWER, "weight": 2}), "messages[1].weight", "0 or 1"),
        (chat(USER, {**ANSWER, "weight": True}), "messages[1].weight", "0 or 1"),
        (chat(USER, {**ANSWER, "weight": 0}), "messages", "weight 0"),
        (
            chat({"role": "user", "content": [{"type": "image_url", "image_url": {}}]}, ANSWER),
            "messages[0].content[0]",
            "Only text",
        ),
        ('{"input": {}, "preferred_output": []}', "preferred_output", "preferred answers"),
        ('{"messages": [{"role": "user", "content": "\\ud800"}]}', "", "valid JSON"),
    ],
)
def test_what_cannot_be_used_is_refused_by_field(line: str, field: str, reason: str) -> None:
    examples, [problem] = read_all(f"{chat_line()}\n{line}\n{chat_line()}", "a.jsonl")
    assert [each.line for each in examples] == [1, 3]
    assert (problem.line, problem.field) == (2, field)
    assert reason in problem.reason


def test_no_reason_quotes_what_an_example_says() -> None:
    line = chat({"role": "user", "content": {"secret": "Mozart"}}, ANSWER)
    _, [problem] = read_all(line)
    assert "Mozart" not in problem.reason + problem.field
    assert "secret" not in problem.reason + problem.field


def test_an_object_with_the_columns_of_a_table_is_a_row() -> None:
    [found], _ = read_all('{"input": "2 + 2", "output": 4, "level": null}', instructions="Add.")
    assert [each.content for each in found.messages] == ["Add.", "2 + 2", "4"]


def test_instructions_of_a_row_are_used_or_asked_for() -> None:
    line = '{"instruction": "Add.", "input": "2 + 2", "output": "4"}'
    _, [problem] = read_all(line)
    assert problem.field == "instruction"
    [found], _ = read_all(line, instructions_column="instruction", instructions="Other")
    assert [each.content for each in found.messages] == ["Add.", "2 + 2", "4"]


def test_instructions_stand_back_for_a_system_message() -> None:
    own = chat({"role": "system", "content": "Own"}, USER, ANSWER)
    examples, _ = read_all(f"{own}\n{chat_line()}", instructions="Given")
    assert [each.instructions for each in examples] == ["Own", "Given"]


LINES = [chat_line(f"Question {at}\\n[{{", f"Answer {at}") for at in range(5)]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        ("\r\n".join(LINES), [1, 2, 3, 4, 5]),
        ("\r".join(LINES), [1, 2, 3, 4, 5]),
        ("\ufeff" + ",\n".join(LINES) + ",\n", [1, 2, 3, 4, 5]),
        ("\n\n".join(LINES), [1, 3, 5, 7, 9]),
        ("[" + ",".join(LINES) + "]", [1] * 5),
        ("[" + ",\n".join(LINES) + "]", [1, 2, 3, 4, 5]),
        ("[\n" + ",\n".join(LINES) + ",\n]\n", [2, 3, 4, 5, 6]),
        ("[\n" + "\n,".join(LINES) + "\n]\n", [2, 3, 4, 5, 6]),
        (
            json.dumps([json.loads(line) for line in LINES], indent=1),
            [2 + 12 * at for at in range(5)],
        ),
        ("\n".join(LINES).encode("utf-16"), [1, 2, 3, 4, 5]),
    ],
    ids=[
        "crlf",
        "cr",
        "commas",
        "empty",
        "one-line",
        "array",
        "array-lines",
        "comma-first",
        "indented",
        "utf16",
    ],
)
def test_other_forms_of_the_same_objects_are_read(content: str | bytes, lines: list[int]) -> None:
    examples, problems = read_all(content)
    assert problems == []
    assert [each.answer for each in examples] == [f"Answer {at}" for at in range(5)]
    assert [each.line for each in examples] == lines


def test_a_line_that_is_too_long_or_no_text_costs_only_itself() -> None:
    long = chat_line("x" * 1_000_001).encode()
    broken = chat_line("caf\u00e9").encode("latin-1")
    good = chat_line().encode()
    examples, problems = read_all(b"\n".join([good, long, broken, good]))
    assert [each.line for each in examples] == [1, 4]
    assert [(each.line, each.reason) for each in problems] == [
        (2, "It's longer than 1 MB."),
        (3, "It isn't UTF-8 text. Save the file as UTF-8."),
    ]


def test_an_array_on_one_line_may_be_longer_than_a_line() -> None:
    elements = [chat_line("x" * 300_000) for _ in range(5)]
    elements[2] = chat_line("x" * 1_000_001)
    examples, [problem] = read_all("[" + ",".join(elements) + "]")
    assert len(examples) == 4
    assert problem.reason == "It's longer than 1 MB."


def test_what_follows_an_open_bracket_is_reported() -> None:
    content = json.dumps([json.loads(line) for line in LINES], indent=1)
    examples, [problem] = read_all(content[:-20])
    assert len(examples) == 4
    assert problem.line == 50
    assert "aren't closed" in problem.reason


def test_text_between_objects_is_reported_once() -> None:
    content = f"[{LINES[0]}, 7, 8, {LINES[1]}, null]"
    examples, problems = read_all(content)
    assert len(examples) == 2
    assert [each.reason for each in problems] == ["There's text outside of any object."] * 2


def test_deep_nesting_is_a_problem_and_no_crash() -> None:
    examples, problems = read_all(chat_line() + "\n" + '{"a":' * 100_000, "a.jsonl")
    assert (len(examples), len(problems)) == (1, 1)
