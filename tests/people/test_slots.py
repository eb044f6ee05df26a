"""Slots open to their secret, at their place, and to nothing else."""

from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.people.passwords import Cost
from tau.people.slots import (
    Argon2Salt,
    PasswordSlots,
    SealedSlot,
    new_slot,
    open_with_secret,
    seal_with_secret,
    secret_decoy,
)
from tau.storage.sealing import SecretBox, UnsealError, new_key

from .conftest import CHEAP

KEY = bytes(range(100, 132))
SECRET = b"s" * 32


def sealed() -> SealedSlot:
    return seal_with_secret(new_slot("session", "", 0.0), "person", KEY, SECRET)


@pytest.fixture
def password_slots() -> PasswordSlots:
    return PasswordSlots(CHEAP)


async def password_sealed(password_slots: PasswordSlots) -> SealedSlot:
    return await password_slots.seal(new_slot("password", "", 0.0), "person", KEY, b"password")


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=16, max_size=64))
def test_what_was_sealed_opens(data_key: bytes, secret: bytes) -> None:
    slot = seal_with_secret(new_slot("link", "", 0.0), "person", data_key, secret)
    assert open_with_secret(slot, secret) == data_key


def test_another_secret_opens_nothing() -> None:
    with pytest.raises(UnsealError):
        open_with_secret(sealed(), b"t" * 32)


def test_a_slot_moved_to_another_person_row_or_kind_does_not_open() -> None:
    slot = sealed()
    for moved in (
        replace(slot, person="another"),
        replace(slot, slot=msgspec.structs.replace(slot.slot, id="x" * 16)),
        replace(slot, slot=msgspec.structs.replace(slot.slot, kind="api_key")),
    ):
        with pytest.raises(UnsealError):
            open_with_secret(moved, SECRET)


def test_the_place_is_the_one_that_is_promised() -> None:
    slot = sealed()
    assert slot.place == f"slot|person|{slot.slot.id}|session"


@given(st.integers(0, 1000), st.integers(1, 255))
def test_a_flipped_bit_closes_it(place: int, flip: int) -> None:
    slot = sealed()
    for part in ("wrapped", "salt"):
        value = bytearray(getattr(slot, part))
        value[place % len(value)] ^= flip
        with pytest.raises(UnsealError):
            open_with_secret(replace(slot, **{part: bytes(value)}), SECRET)


@given(st.binary(max_size=100))
def test_no_salt_breaks_the_reader(salt: bytes) -> None:
    with pytest.raises(UnsealError):
        open_with_secret(replace(sealed(), salt=salt), SECRET)


def test_the_same_secret_never_makes_the_same_slot_twice() -> None:
    one, other = sealed(), sealed()
    assert one.wrapped != other.wrapped
    assert one.salt != other.salt


def test_what_holds_no_key_is_none() -> None:
    slot = secret_decoy("session")
    assert slot.wrapped != secret_decoy("session").wrapped
    with pytest.raises(UnsealError):
        open_with_secret(slot, SECRET)


def test_a_slot_shows_neither_salt_nor_key() -> None:
    assert "wrapped" not in repr(sealed())


@pytest.mark.anyio
async def test_a_password_opens_its_slot_and_no_other_does(password_slots: PasswordSlots) -> None:
    slot = await password_sealed(password_slots)
    assert await password_slots.open(slot, b"password") == KEY
    for wrong in (b"", b"Password", b"password "):
        with pytest.raises(UnsealError):
            await password_slots.open(slot, wrong)
    with pytest.raises(UnsealError):
        await password_slots.open(replace(slot, person="another"), b"password")


@pytest.mark.anyio
async def test_the_two_sorts_do_not_mix(password_slots: PasswordSlots) -> None:
    with pytest.raises(UnsealError):
        open_with_secret(await password_sealed(password_slots), b"password")
    with pytest.raises(UnsealError):
        await password_slots.open(sealed(), SECRET)


@pytest.mark.anyio
async def test_an_older_cost_still_opens_and_is_known_to_be_old(
    password_slots: PasswordSlots,
) -> None:
    slot = await password_sealed(password_slots)
    dearer = PasswordSlots(Cost(passes=2, memory_kib=16, lanes=1))
    assert await dearer.open(slot, b"password") == KEY
    assert dearer.is_outdated(slot)
    assert not password_slots.is_outdated(slot)


@pytest.mark.anyio
@pytest.mark.parametrize(
    "salt",
    [
        Argon2Salt(b"s" * 16, passes=1, memory_kib=2**31, lanes=1),
        Argon2Salt(b"s" * 16, passes=10**9, memory_kib=8, lanes=1),
        Argon2Salt(b"", passes=1, memory_kib=8, lanes=1),
    ],
)
async def test_a_tampered_cost_is_refused_before_it_is_paid(
    password_slots: PasswordSlots, salt: Argon2Salt
) -> None:
    slot = replace(await password_sealed(password_slots), salt=msgspec.msgpack.encode(salt))
    with pytest.raises(UnsealError):
        await password_slots.open(slot, b"password")


@pytest.mark.anyio
async def test_the_decoy_costs_what_a_slot_costs_and_opens_to_nothing(
    password_slots: PasswordSlots,
) -> None:
    assert not password_slots.is_outdated(password_slots.decoy)
    with pytest.raises(UnsealError):
        await password_slots.open(password_slots.decoy, b"password")


def test_something_sealed_that_is_no_key_is_refused() -> None:
    slot = sealed()
    salt = msgspec.msgpack.decode(slot.salt)["salt"]
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = HKDF(SHA256(), 32, salt, b"tau key slot").derive(SECRET)
    assert SecretBox(key).open(slot.wrapped, slot.place) == KEY  # RFC 5869, no more to it
    with pytest.raises(UnsealError):
        open_with_secret(
            replace(slot, wrapped=SecretBox(key).seal(new_key()[:31], slot.place)), SECRET
        )
