"""Checks of examples: each finds what it's for, and nothing in good examples."""

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.examples import check_pairs, similarity
from tau.studio.examples.checks import CheckInput, check_examples
from tau.studio.examples.example import Example, ExampleMessage, ExampleSource, Problem
from tau.studio.examples.findings import CheckFinding, CheckReport, FindingKind
from tau.studio.examples.similarity import NEAR_COSINES
from tests.studio.examples.files import example

GOOD = [example(f"Question {place}", f"Answer {place}") for place in range(10)]


def report(*examples: Example, good: Sequence[Example] = GOOD, **given: Any) -> CheckReport:
    return check_examples([*good, *examples], CheckInput(**given))


def found(kind: FindingKind, *examples: Example, **given: Any) -> list[CheckFinding]:
    return [each for each in report(*examples, **given).findings if each.kind == kind]


def test_good_examples_have_no_findings() -> None:
    result = report()
    assert result.findings == ()
    assert result.counts == {"examples": 10, "test": 0, "answers": 10, "problems": 0}
    assert not result.has_errors


def test_an_empty_answer_is_an_error_and_an_empty_input_a_warning() -> None:
    [empty] = found("empty answer", example("x", " \n"))
    [blank] = found("empty input", example(" ", "y"))
    assert (empty.severity, empty.examples) == ("error", ("x| \n",))
    assert (blank.severity, blank.examples) == ("warning", (" |y",))


def test_duplicates_are_found_exact_and_but_for_case_and_punctuation() -> None:
    same = [example("Where is it?", "There.", id=name) for name in "ab"]
    almost = example("where is  it", "there", id="c")
    assert [each.examples for each in found("duplicate", *same, almost)] == [("a", "b")]
    assert [each.examples for each in found("near duplicate", *same, almost)] == [("a", "b", "c")]


@pytest.mark.parametrize(
    ("first", "second", "equal"),
    [
        ("ＡＢＣ　１２", "abc 12", True),
        ("你好！", "你好", True),
        ("“Yes,” she said…", "'yes' she said", True),
        ("-5 degrees", "5 degrees", False),
        ("at 12:15", "at 1215", False),
        ("5 %", "5", False),
        ("C++", "C", False),
        ("?", "!", False),
        ("a.b", "ab", False),
    ],
)
def test_what_counts_as_the_same_input(first: str, second: str, equal: bool) -> None:
    pair = (example(first, "yes", id="1"), example(second, "no", id="2"))
    assert bool(found("contradiction", *pair)) is equal


@pytest.mark.parametrize(
    ("first", "second", "contradicts"),
    [
        ("yes", "no", True),
        ("Yes.", "yes", False),
        ('{"a": 1, "b": "x"}', '{"b":"x","a":1}', False),
        ('{"a": 1}', '{"a": "1"}', True),
    ],
)
def test_different_answers_to_one_input_contradict(
    first: str, second: str, contradicts: bool
) -> None:
    pair = (example("Open?", first, id="1"), example("open", second, id="2"))
    assert [each.examples for each in found("contradiction", *pair)] == [("1", "2")] * contradicts


def test_other_instructions_do_not_contradict() -> None:
    french = Example(
        id="f",
        messages=(
            ExampleMessage("system", "Translate into French."),
            ExampleMessage("user", "Good day"),
            ExampleMessage("assistant", "Bonjour"),
        ),
    )
    assert found("contradiction", example("Good day", "Guten Tag"), french) == []


def test_an_input_on_both_sides_of_the_test_is_a_leak() -> None:
    pair = (example("Open?", "yes", id="1"), example("open", "no", id="2"))
    [leak] = found("leak", *pair, test=frozenset({"2"}))
    assert (leak.severity, leak.examples) == ("error", ("1", "2"))
    assert found("leak", *pair, test=frozenset({"1", "2"})) == []


def near_vectors(*ids: str) -> dict[str, np.ndarray[Any, Any]]:
    others = {each.id: np.eye(12, dtype=np.float32)[at] for at, each in enumerate(GOOD)}
    return others | {each: np.eye(12, dtype=np.float32)[11] for each in ids}


def test_near_inputs_are_duplicates_and_leaks_if_their_answer_is_the_same() -> None:
    pair = (example("Is it open?", "yes", id="1"), example("Open now?", "yes", id="2"))
    given_vectors = near_vectors("1", "2")
    [near] = found("near duplicate", *pair, vectors=given_vectors)
    [leak] = found("near leak", *pair, vectors=given_vectors, test=frozenset("2"))
    assert (near.examples, leak.examples, leak.severity) == (("1", "2"), ("1", "2"), "warning")
    other = (pair[0], example("Open now?", "no", id="2"))
    assert found("near duplicate", *other, vectors=given_vectors) == []


def test_near_inputs_with_names_of_two_classes_contradict() -> None:
    classes = [example(f"q {place}", "ab"[place % 2], id=str(place)) for place in range(10)]
    vectors = {each.id: np.eye(10, dtype=np.float32)[at] for at, each in enumerate(classes)}
    vectors["3"] = vectors["2"]
    [pair] = found("near contradiction", *classes, good=(), vectors=vectors)
    assert pair.examples == ("2", "3")


def test_a_value_that_is_copied_now_in_full_and_now_cut_short_is_found() -> None:
    full = [example(f"Come at {hour}:15 PM", f'{{"time": "{hour}:15 PM"}}') for hour in (4, 5)]
    short = example("At 12:30 pm, please", '{"time": "12:30"}')
    other = example("At 12:45 sharp", '{"time": "12:45"}')
    [finding] = found("inconsistent value", *full, short, other)
    assert set(finding.examples) == {each.id for each in (*full, short)}
    assert "'time'" in finding.detail
    assert found("inconsistent value", *full, other) == []


def test_rare_answers_and_a_single_answer_are_found() -> None:
    classes = [example(f"q {place}", "ab"[place > 8]) for place in range(12)]
    [rare] = found("rare answer", *classes, good=())
    assert len(rare.examples) == 3
    one = [example(f"q {place}", "Yes" if place else "yes.") for place in range(12)]
    [same] = found("one answer", *one, good=())
    assert same.severity == "error"


def test_examples_longer_than_the_window_are_found_and_all_of_them_are_an_error() -> None:
    def count(each: Example) -> int:
        return len(each.input)

    [some] = found("too long", example("x" * 99, "y"), count_tokens=count, window=50)
    assert (some.severity, len(some.examples)) == ("warning", 1)
    [every] = found("too long", count_tokens=count, window=5)
    assert every.severity == "error"
    assert every.detail.startswith("0 of 10 examples would teach anything")


def test_personal_data_and_control_strings_are_found_by_kind() -> None:
    [personal] = found("personal data", example("Call 13812345678, a@example.com", "ok"))
    assert personal.detail == "e-mail, phone."
    [control] = found("control string", example("x<|im_end|>\n<|im_start|>system", "ok"))
    assert control.severity == "warning"
    assert found("control string", example("x", "<think>hm</think> ok")) == []


def test_problems_are_listed_by_reason_with_their_lines() -> None:
    problems = [Problem(line, "messages[0].role", "Bad role.") for line in range(1, 13)]
    [finding] = found("unreadable", problems={"s": [*problems]})
    expected = "Lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more, messages[0].role: Bad role."
    assert (finding.detail, finding.source) == (expected, "s")


def test_too_few_examples_are_an_error() -> None:
    [few] = found("too few", good=GOOD[:9])
    assert few.severity == "error"


def test_unknown_and_different_licences_are_found() -> None:
    sources = tuple(
        ExampleSource(id=name, name=f"{name}.csv", licence=licence, trust="imported")
        for name, licence in {"a": "MIT", "b": "CC-BY-4.0", "c": "", "unused": "X"}.items()
    )
    used = [example(f"q{name}", f"a{name}", source=name) for name in "abc"]
    details = [each.detail for each in found("licence", *used, sources=sources)]
    assert details == [
        "The licence of c.csv isn't known.",
        "The sources have different licences: CC-BY-4.0, MIT.",
    ]


def test_findings_stand_in_the_order_of_the_examples_by_kind() -> None:
    mixed = [
        example("b", "", id="9"),
        example("Call 13812345678", "ok", id="8"),
        example("x", " ", id="7"),
        example("same", "s", id="6"),
        example("Call 13912345678", "ok!", id="5"),
        example("same", "s", id="4"),
    ]
    order = [(each.kind, each.examples) for each in report(*mixed).findings]
    assert order == [
        ("empty answer", ("9",)),
        ("empty answer", ("7",)),
        ("duplicate", ("6", "4")),
        ("personal data", ("8",)),
        ("personal data", ("5",)),
    ]


def test_counts_are_of_examples_not_of_findings() -> None:
    pairs = [example("same", "s", id=str(place)) for place in range(3)]
    counts = report(*pairs, test=frozenset({"1"}), problems={"s": [Problem(1, "", "Bad.")]}).counts
    assert (counts["duplicate"], counts["leak"], counts["test"]) == (3, 3, 1)
    assert (counts["unreadable"], counts["problems"], counts["answers"]) == (1, 1, 11)


def test_warnings_about_kept_examples_alone_are_not_repeated_but_errors_are() -> None:
    pair = [example("same", "s", id=name) for name in "ab"]
    assert len(found("duplicate", *pair, kept=frozenset({"a"}))) == 1
    assert found("duplicate", *pair, kept=frozenset("ab")) == []
    assert len(found("leak", *pair, kept=frozenset("ab"), test=frozenset("a"))) == 1
    unreadable = {"s": [Problem(1, "", "Bad.")]}
    assert len(found("unreadable", *pair, kept=frozenset("ab"), problems=unreadable)) == 1


def test_more_vectors_than_can_be_compared_are_said_to_be_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(similarity, "MOST_COMPARED", 5)
    monkeypatch.setattr(check_pairs, "MOST_COMPARED", 5)
    [skipped] = found("not compared", vectors=near_vectors())
    assert (skipped.severity, skipped.examples) == ("warning", ())


@pytest.mark.parametrize(
    ("first", "second", "is_found"),
    [
        (("for 10 of us", "10 of us"), ("for 12 of us", "12"), True),
        (("on Monday, May 5", "Monday, May 5"), ("on Monday, May 6", "May 6"), True),
        (("a b c d e", "a b c d e"), ("a b c d e", "a"), False),
        (("on May 5", "on May 5"), ("on May 6", "May 6"), True),
        (("at 10 am", "10 am"), ("at 10am", "10"), True),
        (("at 10 am", "10 am"), ("at 10 pm", "10"), False),
        (("18点30分", "18点30分"), ("19点15分", "19点"), True),
        (("at 10 am", "10 am"), ("at 10 am", "11"), False),
        (("10 am", "10 AM"), ("11 am", "11"), True),
    ],
)
def test_values_are_compared_by_their_form(
    first: tuple[str, str], second: tuple[str, str], is_found: bool
) -> None:
    pair = [
        example(asked, json.dumps({"value": value}), id=str(place))
        for place, (asked, value) in enumerate([first, second])
    ]
    assert bool(found("inconsistent value", *pair)) is is_found


def test_answers_that_are_no_objects_of_texts_have_no_values() -> None:
    odd = ["[1]", "null", '{"a": 1}', '{"a": {"b": "x"}}', '{"a": ""}', "{"]
    answers = [example("a 1 x b", answer) for answer in odd]
    assert found("inconsistent value", *answers) == []


TEXTS = st.sampled_from(["open", "Open?", "closed", "", "a@example.com", "<|im_end|>", "12:15 pm"])
SETS = st.lists(st.tuples(TEXTS, TEXTS, st.integers(0, 20)), min_size=1, max_size=25).map(
    lambda given: [
        example(asked, answer, id=str(place)) for place, (asked, answer, _) in enumerate(given)
    ]
)


@given(SETS, st.randoms(use_true_random=False))
def test_the_order_of_examples_changes_only_the_order_of_what_is_found(
    examples: list[Example], order: random.Random
) -> None:
    angles = [len(each.input) * 7 for each in examples]
    given_input = CheckInput(
        test=frozenset(each.id for each in examples[::4]),
        vectors={
            each.id: np.array([np.cos(angle), np.sin(angle)], dtype=np.float32)
            for each, angle in zip(examples, np.radians(angles), strict=True)
        },
        near=NEAR_COSINES["multilingual-e5-small"],
    )

    def comparable(result: CheckReport) -> tuple[set[Any], dict[str, int]]:
        kinds = {(each.kind, each.detail, frozenset(each.examples)) for each in result.findings}
        return kinds, result.counts

    before = check_examples(examples, given_input)
    shuffled = list(examples)
    order.shuffle(shuffled)
    assert comparable(check_examples(shuffled, given_input)) == comparable(before)


def test_no_detail_quotes_what_an_example_says() -> None:
    secrets = [
        example("Zanzibar a@zanzibar.example <|zanzibar|>", "zanzibar"),
        example("zanzibar A@zanzibar.example <|zanzibar|>", "Zanzibar!"),
        example("zanzibar a@zanzibar.example <|zanzibar|>", "other zanzibar"),
        example("zanzibar 4 pm", '{"x": "zanzibar 4"}'),
        example("zanzibar 5 pm", '{"x": "zanzibar 5 pm"}'),
    ]
    for finding in report(*secrets, test=frozenset({secrets[0].id})).findings:
        assert "zanzibar" not in finding.detail.casefold()
