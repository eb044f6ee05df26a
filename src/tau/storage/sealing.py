"""Authenticated encryption of everything that belongs to a person.

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce per seal. The associated data names the
place the bytes belong to, so that bytes moved elsewhere do not open. Format, version 1:

    version (1 byte) | nonce (12 bytes) | ciphertext and tag

Nothing says which key sealed it: a box that has several tries them, the newest first.

The plain bytes are compressed first if that makes them shorter; their first byte says so. Lengths
are visible to anyone who has the database, as `docs/privacy.md` explains.
"""

import os
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import blake2b
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT_VERSION = 1
KEY_BYTES = 32
_NONCE_BYTES = 12
_PLAIN, _DEFLATED = b"\x00", b"\x01"
_DIGEST_BYTES = 12
_COMPRESS_FROM_BYTES = 64  # below this, deflate makes them longer


class UnsealError(ValueError):
    """The bytes were altered, moved, cut short, or sealed with another key."""


def new_key() -> bytes:
    """Return a random key of 256 bits."""
    return os.urandom(KEY_BYTES)


class SecretBox:
    """Seals bytes for a place, with its key, and opens them at that place only.

    It also opens what `earlier_keys` sealed, the newest of them first.
    """

    def __init__(self, key: bytes, earlier_keys: Sequence[bytes] = ()) -> None:
        self._keys = _ring(key, earlier_keys)
        self._has_failed = False

    def renew(self, key: bytes, earlier_keys: Sequence[bytes]) -> bool:
        """Seal with `key` from now on, if more keys came before it than before the present one.

        Returns whether something couldn't be opened until now that it may open.
        """
        if len(earlier_keys) < len(self._keys):
            return False
        self._keys = _ring(key, earlier_keys)
        return self._has_failed

    def digest(self, text: str) -> str:
        """Return a keyed digest of `text`, 16 characters long.

        Without the key not even a guess at a short text can be checked.
        """
        return next(self.digests(text))

    def digests(self, text: str) -> Iterator[str]:
        """Yield the digest of `text` by each key, the newest first."""
        for key in self._keys:
            keyed = blake2b(text.encode(), digest_size=_DIGEST_BYTES, key=key.digest_key)
            yield urlsafe_b64encode(keyed.digest()).decode()

    def seal(self, plain: bytes, place: str, *, compress: bool = True) -> bytes:
        """Return `plain`, compressed if that helps, sealed for `place`."""
        nonce = os.urandom(_NONCE_BYTES)
        return (
            bytes([FORMAT_VERSION])
            + nonce
            + self._keys[0].aead.encrypt(nonce, _compress(plain, compress), _associated_data(place))
        )

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed for `place`. Raises `UnsealError` for anything else."""
        if len(sealed) < 1 + _NONCE_BYTES + 16:
            raise UnsealError("it is cut short")
        if sealed[0] != FORMAT_VERSION:
            raise UnsealError("its format is unknown")
        packed = self._decrypt(sealed, _associated_data(place))
        if packed is None:
            self._has_failed = True
            raise UnsealError("it was altered or moved, or the key is another")
        return zlib.decompress(packed[1:]) if packed[:1] == _DEFLATED else packed[1:]

    def _decrypt(self, sealed: bytes, associated: bytes) -> bytes | None:
        """Return the packed bytes, or `None` if no key opens them."""
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        for key in self._keys:
            with suppress(InvalidTag):
                return key.aead.decrypt(nonce, ciphertext, associated)
        return None


class _Key(NamedTuple):
    aead: AESGCM
    digest_key: bytes


def _ring(key: bytes, earlier_keys: Sequence[bytes]) -> tuple[_Key, ...]:
    keys = (key, *earlier_keys)
    for each in keys:
        if len(each) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(each)}")
    digest_keys = [blake2b(key=each, person=b"tau digests").digest() for each in keys]
    return tuple(_Key(AESGCM(each), digest) for each, digest in zip(keys, digest_keys, strict=True))


def entry_place(person: str, seq: int) -> str:
    """Return the place of the entry `seq` of `person`."""
    return f"{person}|{seq}"


def snapshot_place(person: str, name: str, seq: int) -> str:
    """Return the place of a snapshot blob of `person` that covers entries up to `seq`."""
    return f"{person}|snapshot|{name}|{seq}"


def _associated_data(place: str) -> bytes:
    return f"{place}|{FORMAT_VERSION}".encode()


def _compress(plain: bytes, compress: bool) -> bytes:
    if compress and len(plain) >= _COMPRESS_FROM_BYTES:
        deflated = zlib.compress(plain, level=1)
        if len(deflated) < len(plain):
            return _DEFLATED + deflated
    return _PLAIN + plain
