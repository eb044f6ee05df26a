"""Tokens: written one way, read one way, and nothing else is read."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import NotSignedIn
from tau.ids import new_id
from tau.people.tokens import (
    TAG_LENGTH,
    RoutingTags,
    Token,
    digest_of,
    digests_equal,
    format_token,
    new_secret,
    parse_token,
)

URL_SAFE = string.ascii_letters + string.digits + "-_"
ids = st.text(URL_SAFE, min_size=16, max_size=16)
keys = st.binary(min_size=32, max_size=32)
all_tokens = st.builds(Token, ids, st.binary(min_size=32, max_size=32), st.booleans())


@given(all_tokens)
def test_a_token_is_read_as_it_was_written(token: Token) -> None:
    assert parse_token(format_token(token)) == token


@given(all_tokens, st.integers(0, 70), st.characters())
def test_another_character_makes_another_token_or_none(
    token: Token, place: int, character: str
) -> None:
    text = format_token(token)
    changed = text[:place] + character + text[place + 1 :]
    try:
        read = parse_token(changed)
    except NotSignedIn:
        return
    assert (read == token) == (changed == text)
    assert format_token(read) == changed


@given(st.text(max_size=100))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        assert format_token(parse_token(text)) == text
    except NotSignedIn as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017 - both ends are fine


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text[:-1],
        lambda text: text + "A",
        lambda text: text + "=",
        lambda text: text.replace(".", ":"),
        lambda text: "tau-" + text,
        lambda text: text * 100_000,
        lambda text: text[:-1] + "\ud800",
        lambda text: "",
    ],
)
def test_what_is_nearly_a_token_is_none(damage: object) -> None:
    text = format_token(Token("a" * 16, bytes(32)))
    with pytest.raises(NotSignedIn):
        parse_token(damage(text))  # type: ignore[operator]


def test_only_one_spelling_of_the_last_character_is_read() -> None:
    text = format_token(Token("a" * 16, bytes(32)))
    assert text.endswith("A")
    with pytest.raises(NotSignedIn):
        parse_token(text[:-1] + "B")  # the same 32 bytes for a lenient decoder


def test_an_api_key_looks_like_one() -> None:
    assert format_token(Token(new_id(), new_secret(), api_key=True)).startswith("tau-")


def test_a_token_does_not_show_its_secret() -> None:
    assert "secret" not in repr(Token("a" * 16, b"secret".ljust(32)))


def test_digests_are_compared_whole() -> None:
    secret = new_secret()
    assert digests_equal(digest_of(secret), digest_of(secret))
    assert not digests_equal(digest_of(secret), digest_of(new_secret()))
    assert new_secret() != new_secret()


@given(keys, ids)
def test_all_ids_of_a_person_share_a_tag_that_is_never_taken_for_an_option(
    server_key: bytes, person: str
) -> None:
    tags = RoutingTags(server_key)
    first, second = tags.new_id(person), tags.new_id(person)
    assert first[:TAG_LENGTH] == second[:TAG_LENGTH] == RoutingTags(server_key).tag_of(person)
    assert first != second
    assert not first.startswith("-")
    assert parse_token(format_token(Token(first, new_secret()))).id == first


@given(ids)
def test_a_tag_depends_on_the_server_key(person: str) -> None:
    """One of a few keys may give the same tag by chance, all of them can't."""
    tags = {RoutingTags(bytes([number]) * 32).tag_of(person) for number in range(16)}
    assert len(tags) > 8


def test_tags_spread_people_evenly() -> None:
    tags = RoutingTags(bytes(range(32)))
    found = [tags.tag_of(f"person {number}") for number in range(4000)]
    assert len(set(found)) > 3900
    halves = sum(ord(tag[2]) % 2 for tag in found)
    assert 1700 < halves < 2300
