"""Personal data: what is found, what is left alone, and that nothing found remains when masked."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.examples.example import ExampleMessage
from tau.studio.examples.personal_data import (
    find_personal_data,
    mask_messages,
    mask_personal_data,
)

FOUND = {
    "e-mail": ["jane.doe+x@example.co.uk", "zhang@公司.中国"],
    "phone": [
        "13812345678",
        "138 1234 5678",
        "１３８１２３４５６７８",
        "010-62345678",
        "+44 20 7946 0958",
        "+4915112345678",
        "0049 (0)30 123456",
        "+1 (415) 555-2671",
        "(415) 555-2671",
        "415.555.2671",
        "020 7946 0958",
        "07911 123456",
        "0151/12345678",
        "030/1234567",
        "06 12 34 56 78",
        "（010）62345678",
        "079 123 45 67",
        "06-12345678",
        "612 34 56 78",
        "333 1234567",
        "98765 43210",
        "(11) 91234-5678",
        "090-1234-5678",
        "0912-345-678",
    ],
    "card": ["4111 1111 1111 1111", "3782-822463-10005", "5555555555554444"],
    "bank account": ["DE89 3704 0044 0532 0130 00", "GB82WEST12345698765432"],
    "identity number": [
        "11010519491231002X",
        "078-05-1120",
        "529.982.247-25",
        "12345678Z",
        "X1234567L",
        "RSSMRA85T10A562S",
        "AB 12 34 56 C",
        "255081416802538",
    ],
    "IP address": ["8.8.8.8", "2001:4860:4860::8888"],
}
PAIRS = [(kind, text) for kind, texts in FOUND.items() for text in texts]

LEFT_ALONE = [
    "4111 1111 1111 1112",  # Luhn
    "DE89 3704 0044 0532 0130 01",  # MOD 97
    "110105194912310021",  # check digit
    "11010519491331002X",  # no such month
    "12345678A",
    "529.982.247-26",
    "table for 10 at 12:15 PM on 8/19/18",
    "2026-11-27T18:30:00+00:00",
    "2018/05/10 for 9 people, 15 000 - 20 000",
    "order 1234567890123, ISBN 978-3-16-148410-0",
    "1,234,567.89 or 3.14159265358979",
    "v1.2.3.4, 127.0.0.1 and 192.168.1.1",
    "+10 000 000 people",
    "std::vector, @handle, a::b",
    "0800, 007, 100-200-300",
    "我们有13个房间，电话分机8012",
]


@pytest.mark.parametrize(("kind", "text"), PAIRS)
@pytest.mark.parametrize("around", ["{}", "Call me: {}.", "我的号码是{}，谢谢", "({}), please"])
def test_personal_data_is_found_whole_and_masked(kind: str, text: str, around: str) -> None:
    [found] = find_personal_data(around.format(text))
    assert (found.kind, around.format(text)[found.start : found.end]) == (kind, text)
    assert mask_personal_data(around.format(text)) == around.format(f"[{kind}]")


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert find_personal_data(text) == ()
    assert mask_personal_data(text) == text


def test_messages_are_masked_but_not_the_instructions() -> None:
    masked = mask_messages(
        (
            ExampleMessage("system", "Our number is 020 7946 0958."),
            ExampleMessage("user", "Mine is 07911 123456."),
            ExampleMessage("assistant", "Noted: 07911 123456", weight=0),
        )
    )
    assert [each.content for each in masked] == [
        "Our number is 020 7946 0958.",
        "Mine is [phone].",
        "Noted: [phone]",
    ]
    assert masked[2].weight == 0


def test_several_are_found_in_their_order() -> None:
    found = find_personal_data("13812345678,13912345678 or a@example.com")
    assert [place.kind for place in found] == ["phone", "phone", "e-mail"]


@pytest.mark.parametrize(
    "part",
    [
        "a@",
        "a.a.",
        "+49 ",
        "001 ",
        "1 ",
        "0",
        "(0",
        "AB12 ",
        "2001:",
        "0151 1234 ",
        "x@a-.",
        "-",
        "1.1.",
    ],
)
def test_no_long_text_keeps_the_search_busy(part: str) -> None:
    """A pattern that tries many ways to divide a text would run into the limit of a test."""
    text = part * (100_000 // len(part))
    assert all(place.end <= len(text) for place in find_personal_data(text))


@given(
    st.lists(
        st.sampled_from([text for _, text in PAIRS])
        | st.text("0123456789 .-:+@()aAXx，", max_size=20)
    )
)
def test_nothing_that_is_found_remains_when_masked(parts: list[str]) -> None:
    text = "".join(parts)
    found = find_personal_data(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))
    assert find_personal_data(mask_personal_data(text)) == ()
