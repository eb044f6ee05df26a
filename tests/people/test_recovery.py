"""Recovery codes: written on paper, typed back by people."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tau.errors import BadInput
from tau.people.recovery import format_code, new_secret, parse_code

secrets = st.binary(min_size=16, max_size=16)
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(secrets)
def test_a_code_is_read_as_it_was_written(secret: bytes) -> None:
    code = format_code(secret)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){6}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert parse_code(code) == secret


@given(secrets, st.data())
def test_case_spaces_dashes_and_lookalikes_do_not_matter(
    secret: bytes, data: st.DataObject
) -> None:
    variants = {"0": "0Oo", "1": "1IilL", "V": "VvUu"}
    typed = ""
    for sign in format_code(secret):
        if sign == "-":
            typed += data.draw(st.sampled_from(["-", " ", "", " – ", "\u00a0", "\n", "_"]))
        else:
            typed += data.draw(st.sampled_from(variants.get(sign, sign + sign.lower())))
    assert parse_code(typed) == secret


@given(secrets, st.integers(0, 27), st.sampled_from(SIGNS))
def test_every_single_slip_is_found(secret: bytes, place: int, sign: str) -> None:
    code = format_code(secret).replace("-", "")
    assume(code[place] != sign)
    with pytest.raises(BadInput, match="typing mistake"):
        parse_code(code[:place] + sign + code[place + 1 :])


@given(secrets, st.integers(0, 26))
def test_every_swap_of_neighbours_is_found(secret: bytes, place: int) -> None:
    code = format_code(secret).replace("-", "")
    one, other = code[place], code[place + 1]
    assume(one != other)
    with pytest.raises(BadInput, match="typing mistake"):
        parse_code(code[:place] + other + one + code[place + 2 :])


@given(st.text(max_size=300))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        assert len(parse_code(text)) == 16
    except BadInput as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017 - both ends are fine


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "has 0"),
        ("0" * 28, "typing mistake"),
        ("0" * 27, "has 27"),
        ("0" * 29, "has 29"),
        ("é" * 28, "letters A to Z"),
        ("٣" * 28, "letters A to Z"),
        ("A" * 1_000_000, "much longer"),
        ("\ud800" * 28, "has 0"),
    ],
)
def test_what_is_amiss_is_told(typed: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        parse_code(typed)


def test_secrets_are_random_and_long_enough() -> None:
    assert len(new_secret()) * 8 >= 128
    assert new_secret() != new_secret()
