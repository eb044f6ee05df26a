"""Key slots: a person's data key, wrapped by each of their credentials (as in LUKS).

A key is derived from each credential: from a password by argon2id, from a secret of 128 bits or
more by HKDF-SHA256 (RFC 5869). That key seals the data key with AES-256-GCM for the place
`slot|person|slot id|kind`, so that a wrapped key moved to another row, person or kind does not
open. Nothing else of a credential is stored: it is verified by unwrapping with it.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tau.ids import new_id
from tau.people.passwords import Cost, KeyDerivation
from tau.people.types import Slot, SlotKind
from tau.storage.sealing import KEY_BYTES, SecretBox, UnsealError, new_key

logger = logging.getLogger(__name__)

_SALT_BYTES = 16


class Argon2Salt(msgspec.Struct, frozen=True, tag_field="by", tag="argon2id"):
    """The salt and the cost of a key derived from a password."""

    salt: bytes
    passes: int
    memory_kib: int
    lanes: int


class HkdfSalt(msgspec.Struct, frozen=True, tag_field="by", tag="hkdf-sha256"):
    """The salt of a key derived from a random secret."""

    salt: bytes


@dataclass(frozen=True, slots=True)
class SealedSlot:
    """A slot as the database stores it. `salt` is one of the structs above, as MessagePack."""

    slot: Slot
    person: str
    salt: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)

    @property
    def place(self) -> str:
        """The place for which its wrapped key is sealed."""
        return f"slot|{self.person}|{self.slot.id}|{self.slot.kind}"


_decoder: msgspec.msgpack.Decoder[Argon2Salt | HkdfSalt] = msgspec.msgpack.Decoder(
    Argon2Salt | HkdfSalt
)


def new_slot(
    kind: SlotKind,
    label: str,
    now: float,
    *,
    lifetime_seconds: float | None = None,
    slot_id: str | None = None,
) -> Slot:
    """Return a new slot, with a random id if none is given; creating it counts as its first use."""
    expires_at = None if lifetime_seconds is None else now + lifetime_seconds
    return Slot(slot_id or new_id(), kind, label, now, expires_at, now)


def seal_with_secret(slot: Slot, person: str, data_key: bytes, secret: bytes) -> SealedSlot:
    """Return `slot` with the data key wrapped by a secret of 128 bits or more."""
    salt = HkdfSalt(os.urandom(_SALT_BYTES))
    empty = SealedSlot(slot, person, msgspec.msgpack.encode(salt), b"")
    return _wrap(empty, data_key, _expand(secret, salt))


def open_with_secret(sealed: SealedSlot, secret: bytes) -> bytes:
    """Return the data key. Raises `UnsealError` if `secret` does not open this slot."""
    salt = _salt_of(sealed)
    if not isinstance(salt, HkdfSalt):
        raise UnsealError("it was wrapped with a password")
    return _unwrap(sealed, _expand(secret, salt))


def open_earlier_keys(
    sealed: Sequence[SealedSlot], data_key: bytes
) -> tuple[tuple[SealedSlot, bytes], ...]:
    """Return the data keys that `data_key` replaced, with their slots, in the order of `sealed`.

    One that was altered is left out: then only what it sealed can't be read.
    """
    opened: list[tuple[SealedSlot, bytes]] = []
    for slot in sealed:
        try:
            opened.append((slot, open_with_secret(slot, data_key)))
        except UnsealError as error:
            logger.error("an earlier data key can't be opened: %s", error)  # noqa: TRY400 - no secrets
    return tuple(opened)


class PasswordSlots:
    """Seals and opens slots with passwords, at a cost that a later version may raise."""

    def __init__(self, cost: Cost, key_derivation: KeyDerivation | None = None) -> None:
        self._cost = cost
        self._key_derivation = key_derivation or KeyDerivation()
        salt = Argon2Salt(os.urandom(_SALT_BYTES), cost.passes, cost.memory_kib, cost.lanes)
        self.decoy = _decoy("password", salt)
        """A slot that no password opens, in the time that a real one takes."""

    async def seal(self, slot: Slot, person: str, data_key: bytes, password: bytes) -> SealedSlot:
        """Return `slot` with the data key wrapped by `password`."""
        cost = self._cost
        salt = Argon2Salt(os.urandom(_SALT_BYTES), cost.passes, cost.memory_kib, cost.lanes)
        empty = SealedSlot(slot, person, msgspec.msgpack.encode(salt), b"")
        return _wrap(empty, data_key, await self._key_derivation.derive(password, salt.salt, cost))

    async def open(self, sealed: SealedSlot, password: bytes) -> bytes:
        """Return the data key. Raises `UnsealError` if `password` does not open this slot."""
        salt = _salt_of(sealed)
        if not isinstance(salt, Argon2Salt):
            raise UnsealError("it was not wrapped with a password")
        cost = _cost_of(salt)
        if not cost.is_affordable or len(salt.salt) != _SALT_BYTES:
            raise UnsealError("its cost was altered")
        return _unwrap(sealed, await self._key_derivation.derive(password, salt.salt, cost))

    def is_outdated(self, sealed: SealedSlot) -> bool:
        """Return whether a slot was sealed at another cost than the present one."""
        salt = _salt_of(sealed)
        return isinstance(salt, Argon2Salt) and _cost_of(salt) != self._cost


def secret_decoy(kind: SlotKind) -> SealedSlot:
    """Return a slot that no secret opens, in the time that a real one takes."""
    return _decoy(kind, HkdfSalt(os.urandom(_SALT_BYTES)))


def _decoy(kind: SlotKind, salt: Argon2Salt | HkdfSalt) -> SealedSlot:
    empty = SealedSlot(Slot(new_id(), kind, "", 0.0), new_id(), msgspec.msgpack.encode(salt), b"")
    return _wrap(empty, new_key(), new_key())


def _cost_of(salt: Argon2Salt) -> Cost:
    return Cost(salt.passes, salt.memory_kib, salt.lanes)


def _salt_of(sealed: SealedSlot) -> Argon2Salt | HkdfSalt:
    try:
        return _decoder.decode(sealed.salt)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise UnsealError("its salt was altered") from None


def _expand(secret: bytes, salt: HkdfSalt) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt.salt, b"tau key slot").derive(secret)


def _wrap(empty: SealedSlot, data_key: bytes, key: bytes) -> SealedSlot:
    wrapped = SecretBox(key).seal(data_key, empty.place)
    return SealedSlot(empty.slot, empty.person, empty.salt, wrapped)


def _unwrap(sealed: SealedSlot, key: bytes) -> bytes:
    data_key = SecretBox(key).open(sealed.wrapped, sealed.place)
    if len(data_key) != KEY_BYTES:
        raise UnsealError("it does not contain a key")
    return data_key
