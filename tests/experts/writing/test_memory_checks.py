"""Contradictions with what is known: what is marked, and what isn't held against anything."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.bench.writing_contradictions import make_letters, score_contradictions
from tau.experts.writing.blocks import Block, parse_markdown
from tau.experts.writing.checks import CheckOptions, DocumentChecker
from tau.experts.writing.memory_checks import KnownMemory, check_memory
from tau.experts.writing.statements import KnownStatement
from tau.experts.writing.values import find_values

SAID_ON = datetime(2026, 5, 12, 9, tzinfo=UTC).timestamp()


def _marked(text: str, *known: str) -> list[tuple[str, str]]:
    """What is marked in a text, and what should be there."""
    statements = [KnownStatement(f"f{n}", one, SAID_ON) for n, one in enumerate(known)]
    found = check_memory(Block("b1", text), KnownMemory(statements))
    return [(text[one.start : one.end], one.replacements[0]) for one in found]


@pytest.mark.parametrize(
    ("known", "text", "marked", "right"),
    [
        (
            "The meeting with Ana is on 14 May",
            "Our meeting with Ana is on 15 May.",
            "15 May",
            "14 May",
        ),
        ("The rent is 900 EUR", "The rent is 950 EUR.", "950 EUR", "900 EUR"),
        ("The office opens at 8:30", "The office opens at 9:00.", "9:00", "8:30"),
        ("The seminar takes place in Vienna", "The seminar takes place in Graz.", "Graz", "Vienna"),
        (
            "Landlord: Ana Kowalska",
            "My landlord Peter Brandt agrees.",
            "Peter Brandt",
            "Ana Kowalska",
        ),
        ("Landlord: Ana Kowalska", "Dear Ms Kowalksa, thank you.", "Kowalksa", "Kowalska"),
        ("公寓的房租是每月3000元", "公寓的房租是每月3500元。", "3500元", "3000元"),
        ("会议定于5月14日", "会议定于5月15日。", "5月15日", "5月14日"),
        ("房东：王建国", "我的房东李大明先生同意了。", "李大明", "王建国"),
    ],
)
def test_another_value_is_marked_with_the_known_one(
    known: str, text: str, marked: str, right: str
) -> None:
    if known.startswith("会议"):
        known, text = f"安全培训{known}", f"安全培训{text}"
    assert _marked(text, known) == [(marked, right)]


@pytest.mark.parametrize(
    "text",
    [
        "The rent is 900 euros.",
        "The rent is not 950 EUR.",
        "Could the rent be 850 EUR?",
        "I propose a rent of 850 EUR.",
        "Last year the rent was 850 EUR.",
        "The rent of March is 450 EUR.",
        "The rent for the garage in Weststrasse is 80 EUR.",
        "The rent rose from 900 EUR to 950 EUR.",
        "The heating costs 120 EUR.",
        "The rent is due on 3 May.",
    ],
)
def test_what_says_the_same_or_something_else_is_left_alone(text: str) -> None:
    assert _marked(text, "The rent is 900 EUR") == []


def test_the_finding_says_when_it_was_said_and_names_the_fact() -> None:
    known = KnownStatement("f7", "The rent is 900 EUR", SAID_ON)
    (finding,) = check_memory(Block("b1", "The rent is 950 EUR."), KnownMemory([known]))
    assert finding.message == "On 12 May 2026 you said “900 EUR”: The rent is 900 EUR"
    assert (finding.by, finding.fact, finding.said_on) == ("memory", "f7", SAID_ON)


def test_the_day_of_a_plan_counts_though_its_words_have_none() -> None:
    known = KnownStatement("f1", "Appointment at the notary", SAID_ON, due=(2026, 5, 14))
    text = "The appointment at the notary is on 15 May 2026."
    (finding,) = check_memory(Block("b1", text), KnownMemory([known]))
    assert text[finding.start : finding.end] == "15 May 2026"
    assert list(check_memory(Block("b1", text.replace("15", "14")), KnownMemory([known]))) == []


def test_the_time_in_the_sentence_of_a_plan_counts() -> None:
    said = "The board meeting is on 3 September 2026 at 14:00."
    known = KnownStatement("f1", "Board meeting", SAID_ON, words=said, due=(2026, 9, 3))
    text = "The board meeting on 3 September begins at 15:00."
    (finding,) = check_memory(Block("b1", text), KnownMemory([known]))
    assert text[finding.start : finding.end] == "15:00"
    assert list(check_memory(Block("b1", text.replace("15", "14")), KnownMemory([known]))) == []


STUDIO = "The monthly rent for the studio in Basel is 1,450 CHF"


@pytest.mark.parametrize(
    ("known", "text", "marked"),
    [
        (STUDIO, "I pay a rent of 1,540 CHF for the studio in Basel.", "1,540 CHF"),
        (STUDIO, "My neighbour pays a rent of 1,700 CHF for her studio in Basel.", ""),
        (STUDIO, "In 2024 the monthly rent for the studio in Basel is 1,300 CHF.", ""),
        (STUDIO, "You wrote: “The rent for the studio in Basel is 1,300 CHF.”", ""),
        (STUDIO, "The owner claims that the rent for the studio in Basel is 1,300 CHF.", ""),
        ("The shop opens at 8:30", "The shop closes at 17:00.", ""),
        ("The contract ends on 5 May", "The contract begins on 1 March.", ""),
        ("The contract ends on 5 May", "The contract runs to 6 May.", "6 May"),
        ("The workshop in Lyon has 24 guests", "The workshop in Lyon has 9 guests.", "9 guests"),
        ("The workshop in Lyon has 24 guests", "The workshop in Bonn has 18 guests.", ""),
        ("The delivery of the sofa is on 9 May", "The sofa will be delivered on 1 May.", "1 May"),
        ("My accountant is Petra Vogel", "My accountant Martin Huber writes.", "Martin Huber"),
        ("My accountant is Petra Vogel", "Your accountant Martin Huber writes.", ""),
        ("项目经理是周敏", "请联系项目经理周明女士。", "周明"),
        ("项目经理是周敏", "贵司项目经理李强已确认。", ""),
        ("培训班共有36人", "2024年的培训班共有28人。", ""),
        ("培训班共有36人", "上一届培训班共有28人。", ""),
        ("质保期为2年", "对方来函称：“质保期为1年。”", ""),
        ("质保期为2年", "设备质保期为3年。", "3年"),
    ],
)  # fmt: skip
def test_what_only_looks_like_a_contradiction_is_left_alone(
    known: str, text: str, marked: str
) -> None:
    assert [words for words, _ in _marked(text, known)] == ([marked] if marked else [])


def test_two_known_values_allow_both() -> None:
    known = ("The rent is 900 EUR", "The rent is 920 EUR")
    assert _marked("The rent is 900 EUR.", *known) == []


def test_another_person_of_a_similar_name_is_somebody_else() -> None:
    assert _marked("Ms Kowal and Peter Kowalski came.", "Landlord: Ana Kowalska") == []
    assert _marked("Ms Berg came.", "Landlord: Ana Burg", "Tenant: Eva Berg") == []


@pytest.mark.parametrize(
    ("text", "kind", "key"),
    [
        ("€1.200", "amount", 1200.0),
        ("1,200.50 EUR", "amount", 1200.5),
        ("$ 5k", "amount", 5000.0),
        ("3万元", "amount", 30000.0),
        ("14:30", "time", 870.0),
        ("下午三点半", "time", 930.0),
        ("12 am", "time", 0.0),
        ("May 14, 2026", "date", 514.0),
        ("the 3rd of June", "date", 603.0),
        ("二月十四日", "date", 214.0),
        ("30 %", "percent", 30.0),
        ("three months", "quantity", 3.0),
    ],
)
def test_values_are_read_in_both_languages(text: str, kind: str, key: float) -> None:
    assert [(one.kind, one.key) for one in find_values(text)] == [(kind, key)]


@pytest.mark.parametrize("text", ["03/04/2026", "99:99", "32 May", "v1.2.3", "10.30 Uhr"])
def test_what_can_be_read_in_two_ways_is_no_value(text: str) -> None:
    assert find_values(text) == []


@given(st.text(st.sampled_from("0123456789.,:/- €月日点三十年May pm%人元"), max_size=30))
def test_any_text_has_values_at_their_places(text: str) -> None:
    for value in find_values(text):
        assert text[value.start : value.end] == value.text


def test_planted_contradictions_are_found_and_nothing_else() -> None:
    """The aims are those of the issue; the figures are in docs/writing.md."""
    for split in ("develop", "check"):
        score = score_contradictions(make_letters(split))
        assert score.found / score.letters >= 0.9
        assert score.false <= 0.05 * score.found


def test_what_was_learned_since_is_held_against_the_same_text() -> None:
    checker, document = DocumentChecker(), parse_markdown("The rent for the flat is 950 EUR.")
    assert checker.check(document, CheckOptions()) == []
    known = (KnownStatement("f1", "The rent for the flat is 900 EUR", 1.0),)
    (found,) = checker.check(document, CheckOptions(statements=known))
    assert (found.fact, found.replacements) == ("f1", ("900 EUR",))
    assert checker.check(document, CheckOptions()) == []


def test_what_is_as_long_as_pages_is_no_sentence_to_be_checked() -> None:
    known = KnownMemory([KnownStatement("f", "The rent is 900 euro", 1.0)])
    clause = "the rent is 950 euro, "
    assert len(list(check_memory(Block("b1", clause * 40), known))) == 40
    assert list(check_memory(Block("b1", clause * 200), known)) == []
