"""What ends a fact need not say it in the same words; it must name it and only it."""

from datetime import UTC, datetime

import pytest

from tau.bench.facts import believed_facts
from tau.bench.facts_sets import SequenceMessage
from tau.facts.rules import extract_claims

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC).timestamp()


def current_after(*texts: str) -> list[str]:
    days = reversed(range(len(texts)))
    said = [
        SequenceMessage(text=text, said_days_ago=day) for day, text in zip(days, texts, strict=True)
    ]
    return sorted(
        fact.text for fact in believed_facts(said, NOW) if not fact.ended and not fact.waits
    )


PARTNER, NURSE, HOME = "我女朋友叫佳琪。", "我是护士。", "我住在成都。"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("My girlfriend is called Dana.", "My girlfriend and I broke up last week."),
        ("My husband is called Tom.", "We got divorced."),
        ("I'm a nurse.", "I quit my job yesterday."),
        (PARTNER, "分手了。"),
        (PARTNER, "我们上个月分手了，有点难过。"),
        (PARTNER, "我和佳琪分手了。"),
        (PARTNER, "我失恋了。"),
        ("我老婆叫小燕。", "我离婚了。"),
        (NURSE, "我辞职了。"),
        (NURSE, "离职了，先休息一阵。"),
        (NURSE, "我把工作辞了。"),
        (NURSE, "我被公司裁了。"),
        (PARTNER, "我被分手了。"),
        ("我在京东做会计。", "我上周被裁了。"),
        (HOME, "我昨天搬走了。"),
        ("我姐姐是护士。", "我姐姐辞职了。"),
    ],
)
def test_an_end_without_a_name_ends_the_only_one_it_can_mean(first: str, then: str) -> None:
    (said,) = current_after(first)
    assert said not in current_after(first, then)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (PARTNER, "差点分手了。"),
        (PARTNER, "我们没分手。"),
        (PARTNER, "我们快分手了。"),
        (PARTNER, "分手了怎么办？"),
        (PARTNER, "我同事分手了。"),
        (PARTNER, "我和前女友分手三年了。"),
        (PARTNER, "我2015年分手了。"),
        ("我老婆叫小燕。", "我爸妈离婚了。"),
        (NURSE, "想辞职。"),
        (NURSE, "我打算下个月辞职。"),
        (NURSE, "我明天就辞职了。"),
        (NURSE, "我要是辞职了怎么办"),
        (NURSE, "我没辞职。"),
        (NURSE, "我姐姐辞职了。"),
        (NURSE, "我今天没上班。"),
        (NURSE, "我2019年辞职了。"),
        (NURSE, "我快被公司裁了。"),
        (NURSE, "他被公司裁了。"),
        (PARTNER, "我大三那年分手了。"),
        (HOME, "我2015年搬走了。"),
        (HOME, "室友搬走了。"),
        (HOME, "我还没搬走。"),
        (HOME, "我想搬走了。"),
        (HOME, "搬家了。"),
        ("My girlfriend is called Dana.", "I broke up in 2015."),
        ("I'm a nurse.", "I want to quit my job."),
        ("I'm a nurse.", "I was laid off in 2019."),
    ],
)
def test_what_is_no_end_now_ends_nothing(first: str, then: str) -> None:
    (said,) = current_after(first)
    assert said in current_after(first, then)


def test_an_end_without_a_name_ends_none_of_several() -> None:
    both = current_after(PARTNER, "我未婚妻叫小燕。")
    assert len(both) == 2
    assert set(both) <= set(current_after(PARTNER, "我未婚妻叫小燕。", "分手了。"))


def test_what_the_same_message_states_stands_and_an_end_of_nothing_is_nothing() -> None:
    assert "职业：护士" in current_after("我是护士，昨天辞职了。")
    assert current_after("我搬走了。") == []
    assert extract_claims("我搬走了。", NOW) == [], "it's no fact by itself"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("I drive a Fiat Panda.", "I sold the Panda."),
        ("I love cilantro on everything.", "I've gone right off cilantro."),
        ("I do payroll for the council.", "I quit my job at the council."),
        ("I take 20 mg of sertraline.", "I came off sertraline."),
        ("My partner Dana loves jazz.", "Dana and I broke up."),
    ],
)
def test_an_end_in_other_words_ends_what_was_said(first: str, then: str) -> None:
    assert current_after(first) != []
    assert [text for text in current_after(first, then) if text in current_after(first)] in (
        [],
        ["Partner Dana likes jazz"],
    )


def test_an_end_that_may_mean_several_facts_ends_none_of_them() -> None:
    owned = current_after("I drive a Fiat Panda.", "I own a Fiat Tipo.")
    assert len(owned) == 2
    assert current_after("I drive a Fiat Panda.", "I own a Fiat Tipo.", "I sold the Fiat.") == owned


def test_an_end_of_something_else_ends_nothing() -> None:
    assert current_after("I drive a Fiat Panda.", "I sold my piano.") == ["Drives a Fiat Panda"]
