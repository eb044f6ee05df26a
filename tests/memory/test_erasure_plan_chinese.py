"""Forgetting in scripts without spaces: what says the same goes, what shares a pair stays."""

import pytest

from tau.journal.entries import Claim, ClaimLearned, Entry, MessageAdded, Record, encode
from tau.memory import Memory
from tau.memory.erasure_plan import ErasurePlan, plan_erasure
from tau.memory.erasure_request import ErasureTargets


def said(name: str, text: str, parent: str | None = None, by: str = "person") -> MessageAdded:
    return MessageAdded(at=1.0, id=name, conversation="c", by=by, text=text, parent=parent)  # type: ignore[arg-type]


def told(name: str, text: str) -> ClaimLearned:
    return ClaimLearned(at=2.0, id=name, claim=Claim(topic="health", text=text), by="import")


def forgetting(entries: list[Entry], message: str) -> ErasurePlan:
    memory = Memory()
    for seq, entry in enumerate(entries, start=1):
        memory.apply(Record(seq, 1.0, entry, encode(entry)))
    return plan_erasure(memory, ErasureTargets(messages=(message,)))


@pytest.mark.parametrize(
    ("secret", "claim", "goes"),
    [
        ("我对花生过敏。", "对花生过敏", True),
        ("我对花生过敏。", "对猫过敏", False),
        ("我对花生过敏。", "对花生和牛奶都过敏", True),
        ("我养了一只名叫小虎的猫。", "猫叫小虎", True),
        ("我养了一只名叫小虎的猫。", "养了一条狗", False),
        ("ピーナッツアレルギーです。", "猫アレルギー", False),
        ("The word is zanzibar.", "Zanzibar is an island", True),
        ("The word is zanzibar.", "A word has letters", False),
    ],
)
def test_a_claim_without_a_message_goes_if_it_says_the_same(
    secret: str, claim: str, goes: bool
) -> None:
    entries: list[Entry] = [said("a", secret), told("f", claim), told("g", "Lives by a river")]
    assert forgetting(entries, "a").facts == (("f",) if goes else ())


def test_replies_that_repeat_it_go_and_others_stay() -> None:
    entries: list[Entry] = [
        said("a", "我对花生过敏。"),
        said("b", "记住了。", "a", by="tau"),
        said("c", "今天天气很好。", "b"),
        said("d", "你对花生过敏，要小心。", "c", by="tau"),
        said("e", "那就好好休息。", "d", by="tau"),
    ]
    erasure = forgetting(entries, "a")
    assert (erasure.replies, erasure.answers) == (("d",), ("b",))
