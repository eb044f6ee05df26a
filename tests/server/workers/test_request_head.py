"""The routing tag of a request, found without parsing HTTP."""

import pytest

from tau.people.tokens import RoutingTags, Token, format_token, new_secret
from tau.server.workers.request_head import LONGEST_HEAD, routing_tag

TAGS = RoutingTags(b"k" * 32)


def _token(person: str, *, api_key: bool) -> str:
    return format_token(Token(TAGS.new_id(person), new_secret(), api_key=api_key))


def _request(*lines: str, body: str = "") -> bytes:
    return "\r\n".join(["POST / HTTP/1.1", *lines, "", body]).encode()


@pytest.mark.parametrize("person", [f"person {number}" for number in range(20)])
def test_every_credential_of_a_person_has_the_same_tag(person: str) -> None:
    tag = TAGS.tag_of(person).encode()
    key, session = _token(person, api_key=True), _token(person, api_key=False)
    for head in (
        _request("Host: tau", f"Authorization: Bearer {key}"),
        _request(f"authorization:bearer   {session}"),
        _request("Host: tau", f"Cookie: tau_session={session}"),
        _request(f"cookie: theme=dark; tau_session={session}; other=1"),
    ):
        assert routing_tag(head) == tag


def test_a_request_without_a_credential_has_none() -> None:
    assert routing_tag(_request("Host: tau")) == b""
    assert routing_tag(_request("Authorization: Basic abcdef")) == b""
    assert routing_tag(_request("Cookie: not_tau_session=abcdef")) == b""


def test_the_header_counts_and_not_the_cookie_as_for_the_server() -> None:
    head = _request("Cookie: tau_session=abcdef", "Authorization: Basic abcdef")
    assert routing_tag(head) == b""
    head = _request("Cookie: tau_session=abcdef", "Authorization: Bearer tau-xyz123")
    assert routing_tag(head) == b"xyz"


def test_what_a_body_says_is_no_credential() -> None:
    assert routing_tag(_request("Host: tau", body="\r\nAuthorization: Bearer tau-xyz123")) == b""


def test_an_incomplete_head_is_waited_for_up_to_its_longest() -> None:
    whole = _request("Host: tau", "Cookie: tau_session=abcdef")
    for length in range(len(whole)):
        assert routing_tag(whole[:length]) is None
    assert routing_tag(b"GET / HTTP/1.1\r\nX: ".ljust(LONGEST_HEAD, b"x")) == b""


def test_a_bearer_is_known_before_the_head_is_complete() -> None:
    assert routing_tag(b"GET / HTTP/1.1\r\nAuthorization: Bearer tau-abcd") == b"abc"


def test_bytes_that_are_no_request_are_nobodys() -> None:
    assert routing_tag(bytes(range(256)) * 64) == b""
