"""The rules against sentences as people write them, with exactly what each of them says."""

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.facts.known_names import is_given_name
from tau.facts.rules import MAX_CLAIMS, extract_claims, read_claims
from tau.journal.entries import Claim

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
SAID_AT = NOW.timestamp()
LEAST_PRECISION = {"english": 0.95, "chinese": 0.9}
LEAST_RECALL = 0.9


def shown(claim: Claim) -> str:
    """Return a claim as the lists of sentences tell it."""
    end = "~" if claim.valid_to is not None else ""
    about = f"({claim.about})" if claim.about else ""
    due = "" if claim.due is None else f" @{datetime.fromtimestamp(claim.due, UTC).date()}"
    return f"{claim.topic}{end}{about}: {claim.text}{due}"


def sentences(file: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / file).read_text("utf-8"))


def known() -> Iterator[tuple[str, list[str]]]:
    for file in ("sentences.toml", "plain_english.toml", "nothing_english.toml"):
        for several in sentences(file).values():
            yield from several.items()


def one(text: str) -> Claim:
    [claim] = extract_claims(text, SAID_AT)
    return claim


@pytest.mark.parametrize(("text", "expected"), list(known()))
def test_a_sentence_says_exactly_this(text: str, expected: list[str]) -> None:
    assert sorted(map(shown, extract_claims(text, SAID_AT))) == sorted(expected)


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_sentences_that_were_not_looked_at_are_read_as_well(language: str) -> None:
    right = wrong = missed = 0
    for text, expected in sentences("held_out.toml")[language].items():
        found = {shown(claim) for claim in extract_claims(text, SAID_AT)}
        right += len(found & set(expected))
        wrong += len(found - set(expected))
        missed += len(set(expected) - found)
    assert right / (right + wrong) >= LEAST_PRECISION[language]
    assert right / (right + missed) >= LEAST_RECALL


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_many_of_the_sentences_say_nothing(language: str) -> None:
    told = [expected for file in ("sentences.toml", "held_out.toml")
            for expected in sentences(file)[language].values()]  # fmt: skip
    assert len(told) >= {"english": 150, "chinese": 80}[language]
    assert sum(not expected for expected in told) >= 0.35 * len(told)


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("I live in Porto", "home", "porto"),
        ("My name is Ana", "name", "ana"),
        ("My wife is called Ingrid", "family:wife", "wife ingrid"),
        ("My sister is called Mia", "", "sister mia"),
        ("My dad is called Jo", "family:father", "father jo"),
        ("I'm vegan", "diet", "vegan"),
        ("My favorite Color is Green", "like:favourite:color", "green"),
        ("always answer in German", "instruction:language", "always answer in german"),
        ("My exam is on 3 June", "plan:exam", "2026-06-03"),
        ("I quit my job", "work:place", "none"),
        ("我住在北京", "home", "北京"),
        ("我妈叫李梅", "family:妈妈", "妈妈 李梅"),
        ("我最喜欢的颜色是蓝色", "like:favourite:颜色", "蓝色"),
        ("以后请用中文回答我", "instruction:language", "用中文回答我"),
    ],
)
def test_what_excludes_each_other_shares_a_slot(text: str, slot: str, value: str) -> None:
    assert (one(text).slot, one(text).value) == (slot, value)


def test_a_name_said_two_ways_fills_the_same_slot() -> None:
    assert one("call me Sam from now on").slot == one("You can call me Sammy").slot


def test_what_was_over_ended_when_it_was_said_at_the_latest() -> None:
    assert one("I no longer live in Berlin").valid_to == SAID_AT
    assert one("我已经不住在成都了").valid_to == SAID_AT


def test_a_time_told_beside_it_is_when_it_began() -> None:
    claim = one("I moved to Berlin in 2021")
    assert claim.valid_from == datetime(2021, 1, 1, tzinfo=UTC).timestamp()
    assert one("I live in Berlin").valid_from is None


@pytest.mark.parametrize(
    ("when", "precision"),
    [("in 2021", "year"), ("in March 2024", "month"), ("on 3 May", "day"), ("yesterday", "day")],
)
def test_a_vague_date_stays_vague(when: str, precision: str) -> None:
    assert one(f"I moved to Berlin {when}").valid_from_precision == precision


@pytest.mark.parametrize("place", ["Zarnovia", "Lower Quirm"])
def test_an_unknown_place_is_a_suggestion_at_most(place: str) -> None:
    [claim] = read_claims(f"I moved to {place} last year", SAID_AT)
    assert (claim.claim.slot, claim.certain) == ("home", False)
    assert extract_claims(f"I moved to {place} last year", SAID_AT) == []
    assert extract_claims(f"I moved to {place}, Ohio last year", SAID_AT) != []


@pytest.mark.parametrize(
    "name", ["Piet van der Berg", "Ana de la Cruz", "Seán O'Neill", "Jo-Ann Bo"]
)
def test_a_name_keeps_its_particles(name: str) -> None:
    assert one(f"My name is {name}.").text == f"Name: {name}"
    assert one(f"My name is {name} and it's raining.").text == f"Name: {name}"


@given(st.sampled_from(["ing", "ed", "ly"]), st.from_regex("[A-Z][a-z]{2,6}", fullmatch=True))
def test_a_participle_or_adverb_is_no_name(ending: str, stem: str) -> None:
    word = stem + ending
    if not is_given_name(word):
        assert extract_claims(f"I'm {word}, nice to meet you", SAID_AT) == []


def test_a_plan_is_due_at_noon_of_the_persons_day() -> None:
    zone = ZoneInfo("America/New_York")
    [claim] = extract_claims("My exam is on 3 June", SAID_AT, zone)
    assert claim.due == datetime(2026, 6, 3, 12, tzinfo=zone).timestamp()
    assert claim.value == "2026-06-03"
    assert extract_claims("I had an exam on 3 May", SAID_AT) == []
    assert extract_claims("My exam is next month", SAID_AT) == [], "no day, no date"


def test_a_message_of_several_sentences_says_all_of_them() -> None:
    text = "Hi! I'm Ana, nice to meet you. I live in Porto with my dog Rex. 我对花生过敏。What now?"
    assert [shown(claim) for claim in extract_claims(text, SAID_AT)] == [
        "name: Name: Ana",
        "home: Lives in Porto",
        "pet: Dog: Rex",
        "health: 对花生过敏",
    ]


def test_the_same_said_twice_in_a_message_is_one_claim() -> None:
    assert len(extract_claims("I love jazz. I LOVE Jazz!", SAID_AT)) == 1


def test_an_end_outweighs_what_it_ends() -> None:
    claim = one("I don't live in Rome any more")
    assert (claim.text, claim.value, claim.valid_to) == ("Lived in Rome", "rome", SAID_AT)


def test_a_message_makes_so_many_claims_and_no_more() -> None:
    names = [f"Al{chr(97 + i)}{chr(97 + j)}" for i in range(6) for j in range(7)]
    text = " ".join(f"My cousin {name}." for name in names)
    assert len(extract_claims(text, SAID_AT)) <= MAX_CLAIMS


def test_every_claim_is_one_short_line() -> None:
    for text, _ in known():
        for claim in extract_claims(text, SAID_AT):
            assert claim.text == " ".join(claim.text.split())
            assert 0 < len(claim.text) <= 200
            assert claim.value == claim.value.casefold()
