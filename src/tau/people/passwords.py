"""Passwords: rules for new ones, and key derivation with argon2id.

Argon2id (RFC 9106). The password protects all of a person's data against someone who steals the
database, so its cost is above OWASP's minimum (19 MiB, 2 passes): 64 MiB and 3 passes, RFC 9106's
memory-constrained choice with one lane. The cost is stored with each salt, so it can be raised.
"""

import unicodedata
from dataclasses import dataclass

import anyio
from anyio import to_thread
from argon2.low_level import Type, hash_secret_raw

from tau.errors import BadInput
from tau.storage.sealing import KEY_BYTES

MIN_LENGTH, MAX_LENGTH = 8, 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """Parameters of argon2id, which decide what one guess costs."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 1

    @property
    def is_affordable(self) -> bool:
        """Whether the cost is within limits: an altered row must not exhaust the machine."""
        return (
            1 <= self.passes <= 32
            and 1 <= self.lanes <= 16
            and 8 * self.lanes <= self.memory_kib <= 1024 * 1024
        )


class KeyDerivation:
    """Derives keys from passwords in worker threads, few at a time: each uses memory and a core."""

    def __init__(self, at_once: int = 2) -> None:
        self._limiter = anyio.CapacityLimiter(at_once)

    async def derive(self, password: bytes, salt: bytes, cost: Cost) -> bytes:
        """Return the key of 256 bits derived from `password` with `salt` at `cost`."""

        def work() -> bytes:
            return hash_secret_raw(
                password, salt, cost.passes, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID
            )

        return await to_thread.run_sync(work, limiter=self._limiter)


def new_password(text: str) -> bytes:
    """Return `text` as the bytes of a new password. Raises `BadInput` if it is not allowed."""
    if len(text) < MIN_LENGTH:
        raise BadInput(f"A password needs at least {MIN_LENGTH} characters.")
    return password_bytes(text)


def password_bytes(text: str) -> bytes:
    """Return the bytes of a password as typed, the same from every keyboard (NFC)."""
    if len(text) > MAX_LENGTH:
        raise BadInput(f"A password can have at most {MAX_LENGTH} characters.")
    try:
        return unicodedata.normalize("NFC", text).encode()
    except UnicodeEncodeError:
        raise BadInput("This password contains an invalid character; type it again.") from None
