"""Tokens: how the secrets of sessions, links, invitations and API keys are formatted and parsed.

    session, link, invitation   <id>.<secret>
    API key                     tau-<id>-<secret>

`id` names a row (16 URL-safe characters, no secret); `secret` is 256 random bits in URL-safe
base64, 43 characters. Both lengths are fixed, so a token can be parsed in one way only.
"""

import base64
import hashlib
import hmac
import os
import re
from dataclasses import dataclass, field

from tau.errors import NotSignedIn

SECRET_BYTES = 32
_ID, _SECRET = r"([A-Za-z0-9_-]{16})", r"([A-Za-z0-9_-]{43})"
_PLAIN = re.compile(rf"{_ID}\.{_SECRET}", re.ASCII)
_API_KEY = re.compile(rf"tau-{_ID}-{_SECRET}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """A parsed token."""

    id: str
    secret: bytes = field(repr=False)
    api_key: bool = False


def new_secret() -> bytes:
    """Return 256 random bits."""
    return os.urandom(SECRET_BYTES)


def format_token(token: Token) -> str:
    """Return `token` as text."""
    secret = base64.urlsafe_b64encode(token.secret).decode().rstrip("=")
    return f"tau-{token.id}-{secret}" if token.api_key else f"{token.id}.{secret}"


def parse_token(text: str) -> Token:
    """Parse a token. Raises `NotSignedIn` if `text` is not exactly one."""
    for form in (_PLAIN, _API_KEY):
        match = form.fullmatch(text)
        if match:
            secret = base64.urlsafe_b64decode(match[2] + "=")
            token = Token(match[1], secret, api_key=form is _API_KEY)
            # The last character has two unused bits: accept only one spelling.
            if format_token(token) == text:
                return token
    raise NotSignedIn("This isn't a valid session, link or key.")


def digest_of(secret: bytes) -> bytes:
    """Return the SHA-256 digest of a high-entropy secret."""
    return hashlib.sha256(secret).digest()


def digests_equal(one: bytes, other: bytes) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(one, other)
