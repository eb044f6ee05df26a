"""Tokens: how the secrets of sessions, links, invitations and API keys are formatted and parsed.

    session, link, invitation   <id>.<secret>
    API key                     tau-<id>-<secret>

`id` names a row (16 URL-safe characters, no secret); `secret` is 256 random bits in URL-safe
base64, 43 characters. Both lengths are fixed, so a token can be parsed in one way only.

The id of a session, a link and an API key begins with the person's routing tag, so that a load
balancer can send everything of a person to one node. Older ids are random throughout.
"""

import base64
import hashlib
import hmac
import os
import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tau.errors import NotSignedIn
from tau.ids import new_id

SECRET_BYTES = 32
TAG_LENGTH = 3
_TAG_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_TAG_KEY_BYTES = 32
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


class RoutingTags:
    """The routing tags of people: a keyed hash of the person in three characters, 18 bits.

    Tokens of one person share it; without the server key nobody can tell whose it is. Like an id, a
    tag never begins with a dash.
    """

    def __init__(self, server_key: bytes) -> None:
        self._key = HKDF(SHA256(), _TAG_KEY_BYTES, None, b"tau routing tag").derive(server_key)

    def tag_of(self, person: str) -> str:
        """Return the tag of a person, always the same one."""
        digest = hmac.digest(self._key, person.encode(), "sha256")
        number = int.from_bytes(digest, "big")
        number, first = divmod(number, len(_TAG_ALPHABET) - 1)  # the dash is the last
        characters = [_TAG_ALPHABET[first]]
        for _ in range(TAG_LENGTH - 1):
            number, place = divmod(number, len(_TAG_ALPHABET))
            characters.append(_TAG_ALPHABET[place])
        return bytes(characters).decode()

    def new_id(self, person: str) -> str:
        """Return a random id that begins with the person's tag; 78 of its bits are random."""
        return self.tag_of(person) + new_id()[TAG_LENGTH:]


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
