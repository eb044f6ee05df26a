"""What a question asks for."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.memory import Memory
from tau.memory.questions import (
    FRAME_WEIGHT,
    LONGEST_PATTERN_TEXT,
    ParsedQuestion,
    asks_about_self,
    parse_question,
)
from tau.text.tokenization import fold_text

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("Can you remind me of the venue you recommended?", {"replies", "advice"}),
        ("What did you tell me about Porto?", {"replies"}),
        ("that dessert shop we talked about", {"replies"}),
        ("你上次推荐的那家餐厅叫什么", {"replies", "advice"}),
        ("我们上周聊过的那本书", {"replies"}),
        ("Any tips for a new guitar?", {"advice"}),
        ("What should I cook tonight?", {"advice"}),
        ("周末该去哪里玩", {"advice"}),
        ("When did I move to Porto?", {"times"}),
        ("我什么时候搬家的", {"times"}),
        ("Where does my sister live?", set()),
        ("¿Dónde vive mi hermana?", set()),
        ("Your name?", set()),
    ],
)
def test_the_kind_of_a_question(query: str, asks: set[str]) -> None:
    question = parse_question(query, NOW)
    told = {"replies": question.asks_about_replies, "advice": question.asks_for_advice,
            "times": question.of_times}  # fmt: skip
    assert {name for name, yes in told.items() if yes} == asks


def test_terms_keep_the_words_as_they_were_asked() -> None:
    question = parse_question("Running, with DOGS!", NOW)
    assert question.surface == {"run": "running", "dog": "dogs"}
    assert question.terms == {"run": 1.0, "dog": 1.0}


def test_times_are_read_against_the_moment_of_asking() -> None:
    (span,) = parse_question("what happened yesterday?", NOW).spans
    assert span.end <= NOW <= span.end + 86_400


@pytest.mark.parametrize("query", ["", " ", "😀", "?" * 9999, "you " * 50_000, "在" * 50_000])
def test_any_text_is_a_question(query: str) -> None:
    assert len(parse_question(query, NOW).terms) <= 64


@pytest.mark.parametrize(
    "query",
    [
        "Where did you say that you live? You told me once.",
        "what was the recipe you gave me",
        "YOU RECOMMENDED a film",
        "you'd suggested a bar",
        "in our previous conversation",
        "我们讨论过的计划",
        "你推薦的書",
    ],
)
def test_these_ask_for_what_tau_said(query: str) -> None:
    assert parse_question(query, NOW).asks_about_replies


@pytest.mark.parametrize(
    "query",
    ["young people recommend it", "what did she recommend", "how are you", "他说过什么", "你好"],
)
def test_these_do_not(query: str) -> None:
    assert not parse_question(query, NOW).asks_about_replies


@pytest.mark.parametrize(
    "query", ["the tipsy waiter", "an ideal place", "what happened", "他在建房"]
)
def test_these_want_no_advice(query: str) -> None:
    assert not parse_question(query, NOW).asks_for_advice


def test_several_times_are_all_read_in_their_order() -> None:
    asked = parse_question("between Monday and Friday, yesterday or on 3 May 2021? 还是昨天", NOW)
    assert [span.text for span in asked.spans] == [
        "between Monday and Friday",
        "yesterday",
        "on 3 May 2021",
        "昨天",
    ]


@pytest.mark.parametrize(
    ("name", "day"), [("Asia/Tokyo", 16), ("America/New_York", 15), ("UTC", 15)]
)
def test_days_begin_where_the_person_is(name: str, day: int) -> None:
    zone, now = ZoneInfo(name), datetime(2023, 8, 16, 22, tzinfo=UTC).timestamp()
    (span,) = parse_question("what did I eat yesterday?", now, zone).spans
    assert datetime.fromtimestamp(span.start, zone) == datetime(2023, 8, day, tzinfo=zone)


def test_both_chinese_scripts_ask_for_the_same() -> None:
    simplified, traditional = (
        parse_question("我妹妹结婚了吗", NOW),
        parse_question("我妹妹結婚了嗎", NOW),
    )
    assert simplified.terms == traditional.terms != {}
    assert "結婚" in traditional.surface.values()


@pytest.mark.parametrize(
    "name", ["Mia", "mia?", "Ben", "Dan", "Ella", "Don", "Per", "Mio", "Mia and Ben", "Ana", "小雨"]
)
def test_a_name_alone_is_asked_for_though_it_be_a_small_word_elsewhere(name: str) -> None:
    memory = Memory()
    memory.remember(f"What is she called? {name}.")
    memory.remember("it rained")
    best = memory.search(name)
    assert [each.message.text for each in best][:1] == [f"What is she called? {name}."]
    memory.remember(name, conversation="names")
    assert name in {each.message.text for each in memory.search(name)}


@given(st.text(), st.floats())
def test_any_question_can_be_read(text: str, now: float) -> None:
    asked = parse_question(text, now)
    assert asked.terms.keys() == asked.surface.keys()
    assert all(0 < weight <= 1 for weight in asked.terms.values())
    assert all(word in fold_text(text) for word in asked.surface.values())
    assert all(span.text in text for span in asked.spans)


@given(st.text("Where did my sister Ana go? ", max_size=60))
def test_case_does_not_matter(text: str) -> None:
    def kind(asked: ParsedQuestion) -> object:
        return asked.terms, asked.of_times, asked.asks_for_advice, asked.asks_about_replies

    assert kind(parse_question(text.upper(), NOW)) == kind(parse_question(text.lower(), NOW))


def test_what_stands_far_behind_does_not_change_the_kind() -> None:
    assert not parse_question(
        "x " * LONGEST_PATTERN_TEXT + "when did you recommend tips?", NOW
    ).asks_about_replies


@pytest.mark.parametrize(
    "piece", ["you ", "your list ", "you\u200b ", "remind ", "我们", "你给", "last "]
)
def test_a_question_meant_to_do_harm_is_read_in_no_time(piece: str) -> None:
    # Who tries every pair of words runs into the suite's timeout.
    for _ in range(5):
        parse_question(piece * 100_000, NOW)


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("How many trips did I take?", True),
        ("List the books I read.", True),
        ("Which came first, the move or the wedding?", True),
        ("我一共去过几个国家？", True),
        ("Where does my sister live?", False),
        ("我妹妹住在哪里？", False),
    ],
)
def test_questions_for_several_things_are_told_apart(text: str, several: bool) -> None:
    assert parse_question(text, 0.0).asks_for_several is several


def test_words_of_the_time_and_of_the_frame_count_less_than_those_of_the_content() -> None:
    terms = parse_question("How many plants did I buy ten days ago?", 1.7e9).terms
    assert terms["plant"] == terms["buy"] == 1
    assert terms["mani"] == terms["day"] == FRAME_WEIGHT
    assert parse_question("一共买了多少植物？", 1.7e9).terms["植物"] == 1


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("What do you know about me?", "everything"),
        ("who am I?", "everything"),
        ("tell me everything you remember about me", "everything"),
        ("你知道我的哪些事？", "everything"),
        ("我是谁？", "everything"),
        ("what’s my name?", "one thing"),
        ("and where do I live", "one thing"),
        ("am I allergic to anything?", "one thing"),
        ("我住在哪里？", "one thing"),
        ("我的生日是几号", "one thing"),
        ("What should I cook tonight?", None),
        ("remind me to call my mother", None),
        ("do you know me to be honest?", None),
        ("and who am I talking to?", None),
        ("Where is Porto?", None),
        ("我叫李明", None),
        ("我们去哪里吃", None),
        ("知道我们的计划吗", None),
    ],
)
def test_questions_about_oneself_are_recognised(text: str, asked: str | None) -> None:
    assert asks_about_self(text) == asked
