"""Identifiers: random ones, and ones derived from what is already known."""

import secrets
from base64 import urlsafe_b64encode
from hashlib import blake2b

_BYTES = 12


def new_id() -> str:
    """Return a random identifier of 16 URL-safe characters (96 bits).

    They contain no time: the order is that of the journal's sequence numbers. The first is never a
    dash: a command would take such an identifier for an option.
    """
    while (identifier := secrets.token_urlsafe(_BYTES)).startswith("-"):
        pass
    return identifier


def derived_id(*parts: str) -> str:
    """Return the identifier of something that `parts` identify elsewhere, always the same one."""
    digest = blake2b(digest_size=_BYTES, person=b"tau derived id")
    for part in parts:
        raw = part.encode("utf-8", "replace")
        digest.update(len(raw).to_bytes(8, "little") + raw)
    return urlsafe_b64encode(digest.digest()).decode()
