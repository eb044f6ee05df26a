"""What counts at once and what waits, by whose words it is, how they came and what stands."""

import time
from typing import Any

import pytest

from tau.journal.entries import Claim, MessageAdded, Record
from tau.learning.acceptance import STAY_SLOT, settle, to_entry
from tau.memory import Memory

HOME = Claim(topic="home", text="Lives in Porto", slot="home", value="porto")
NOW = 1_700_000_000.0


def said(text: str = "I live in Porto.", **more: Any) -> MessageAdded:
    parts = {"at": NOW, "id": "m", "conversation": "c", "by": "person", "channel": "tau"}
    return MessageAdded(**{**parts, "text": text, **more})


@pytest.mark.parametrize(
    ("more", "trust"),
    [
        ({}, "own"),
        ({"channel": None}, "own"),
        ({"channel": "openai"}, "waiting"),
        ({"channel": "inflection"}, "waiting"),
        ({"channel": "of a newer Tau"}, "waiting"),
        ({"imported": "i", "origin": "chatgpt"}, "waiting"),
        ({"origin": "tau"}, "waiting"),
    ],
)
def test_only_words_through_tau_s_own_interfaces_count(more: dict[str, Any], trust: str) -> None:
    learned = to_entry(HOME, [said(**more)], "rules")
    assert (learned.trust, learned.asks) == (trust, False)


def test_a_standing_instruction_asks_only_if_it_is_the_person_s_own() -> None:
    wish = Claim(topic="instruction", text="Always answer in German", value="answer in german")
    text = "Please always answer in German."
    asked = to_entry(wish, [said(text)], "rules")
    assert (asked.trust, asked.asks) == ("waiting", True)
    foreign = to_entry(wish, [said(text, channel="openai")], "rules")
    assert (foreign.trust, foreign.asks) == ("waiting", False)


def test_what_a_model_found_counts_where_a_rule_or_a_second_reading_agrees() -> None:
    unknown = Claim(topic="health", text="Knees hurt in the rain", value="knees hurt in the rain")
    message = said("My knees hurt in the rain.")
    assert to_entry(HOME, [said()], "a-model").trust == "own", "a rule finds the same"
    assert to_entry(unknown, [message], "a-model").trust == "waiting"
    assert to_entry(unknown, [message], "a-model", verified=True).trust == "own"
    foreign = said("My knees hurt in the rain.", channel="openai")
    assert to_entry(unknown, [foreign], "a-model", verified=True).trust == "waiting"


def test_a_message_of_the_future_counts_as_said_now() -> None:
    before = time.time()
    learned = to_entry(HOME, [said(at=before + 1e8)], "rules")
    assert before <= learned.at <= time.time()


def test_a_home_for_a_while_replaces_no_home() -> None:
    stay = Claim(topic="home", text="Lives in Porto", slot="home", value="porto", valid_to=NOW + 9)
    assert to_entry(stay, [said()], "rules").claim.slot == STAY_SLOT
    assert to_entry(HOME, [said()], "rules").claim.slot == "home"


def test_only_rules_say_that_what_they_leave_unnamed_is_over() -> None:
    memory = Memory()
    memory.apply(Record(seq=1, at=NOW, entry=to_entry(HOME, [said()], "rules"), raw=b""))
    over = Claim(topic="home", text="Lived in Berlin", slot="home", value="", valid_to=NOW)
    message = said("I used to live in Berlin.", id="n")
    (kept,) = settle(to_entry(over, [message], "a-model", verified=True), memory.facts, memory)
    assert kept.claim == over, "a model that leaves the value out ends nothing else"
    (ended,) = settle(to_entry(over, [message], "rules"), memory.facts, memory)
    assert (ended.claim.value, ended.claim.valid_to) == ("porto", NOW)
