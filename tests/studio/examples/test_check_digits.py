"""Check digits: right numbers are accepted, and a slip of one digit is not."""

import datetime
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tau.studio.examples.check_digits import (
    is_card_number,
    is_chinese_id,
    is_cpf,
    is_dni,
    is_french_id,
    is_iban,
    is_italian_id,
)

# Examples of the authorities and networks that issue the numbers; none is a person's.
NUMBERS: list[tuple[Callable[[str], bool], str]] = [
    (is_card_number, "4111111111111111"),
    (is_card_number, "5555555555554444"),
    (is_card_number, "378282246310005"),
    (is_card_number, "6011111111111117"),
    (is_iban, "GB82 WEST 1234 5698 7654 32"),
    (is_iban, "FR1420041010050500013M02606"),
    (is_iban, "NO93 8601 1117 947"),
    (is_chinese_id, "11010519491231002X"),
    (is_cpf, "529.982.247-25"),
    (is_dni, "12345678Z"),
    (is_dni, "Y1234567X"),
    (is_french_id, "255081416802538"),
    (is_italian_id, "RSSMRA85T10A562S"),
]


@pytest.mark.parametrize(("check", "number"), NUMBERS)
def test_a_right_number_is_accepted(check: Callable[[str], bool], number: str) -> None:
    assert check(number)


@given(st.sampled_from(NUMBERS), st.integers(0, 40), st.integers(1, 9))
def test_a_slip_of_one_digit_is_refused(
    given_number: tuple[Callable[[str], bool], str], place: int, added: int
) -> None:
    check, number = given_number
    assume(place < len(number) and number[place].isdigit())
    changed = str((int(number[place]) + added) % 10)
    assert not check(number[:place] + changed + number[place + 1 :])


@pytest.mark.parametrize(
    ("check", "number"),
    [
        (is_card_number, "0000000000000000"),
        (is_card_number, "1234567812345670"),  # Luhn, but of no network
        (is_card_number, "411111111111111111111"),
        (is_iban, "GB82"),
        (is_chinese_id, "99010519491231002X"),  # no such province
        (is_chinese_id, "110105194902310021"),  # February 31
        (is_cpf, "111.111.111-11"),
    ],
)
def test_numbers_that_nobody_has_are_refused(check: Callable[[str], bool], number: str) -> None:
    assert not check(number)


@given(
    st.dates(datetime.date(1900, 1, 1), datetime.date(2030, 1, 1)),
    st.sampled_from(["110105", "440308", "820000"]),
    st.integers(0, 999),
)
def test_exactly_one_last_character_of_a_chinese_number_is_right(
    born: datetime.date, place: str, order: int
) -> None:
    start = f"{place}{born:%Y%m%d}{order:03}"
    assert sum(is_chinese_id(start + last) for last in "0123456789X") == 1
