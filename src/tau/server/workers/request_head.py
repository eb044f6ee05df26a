"""The routing tag in the first bytes of a connection, without parsing them as HTTP.

A tag only decides which process is asked first: one that isn't a person's forwards their request.
So what's read here need not be exact, only quick and safe.
"""

import re

from tau.people.tokens import TAG_LENGTH

LONGEST_HEAD = 16_384  # bytes that are looked at
_END = b"\r\n\r\n"
_TAG = rb"([A-Za-z0-9_-]{%d})" % TAG_LENGTH
_BEARER = re.compile(rb"\r\nauthorization:[ \t]*bearer[ \t]+(?:tau-)?" + _TAG, re.IGNORECASE)
_AUTHORIZATION = re.compile(rb"\r\nauthorization:", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\ncookie:(?:[^\r\n]*[ \t;])?tau_session=" + _TAG, re.IGNORECASE)


def routing_tag(received: bytes) -> bytes | None:
    """Return the tag of the credential in a request; empty if it has none.

    `None`: that isn't known before more is received.
    """
    head, end, _ = received.partition(_END)
    bearer = _BEARER.search(head)
    if bearer:
        return bearer[1]
    if not end and len(received) < LONGEST_HEAD:
        return None
    cookie = None if _AUTHORIZATION.search(head) else _COOKIE.search(head)
    return cookie[1] if cookie else b""
