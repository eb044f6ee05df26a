"""Passwords: what they may be, and what a guess costs."""

import threading

import anyio
import pytest

from tau.errors import BadInput
from tau.people import passwords
from tau.people.passwords import Cost, KeyDerivation, new_password, password_bytes

from .conftest import CHEAP


@pytest.mark.parametrize("text", ["", "short", "1234567"])
def test_a_short_one_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="at least 8 characters"):
        new_password(text)


@pytest.mark.parametrize("read", [new_password, password_bytes])
def test_one_of_a_megabyte_is_refused(read: object) -> None:
    with pytest.raises(BadInput, match="at most 1024 characters"):
        read("x" * 1_000_000)  # type: ignore[operator]


def test_half_a_character_is_refused() -> None:
    with pytest.raises(BadInput, match="invalid character"):
        new_password("password\ud800")


def test_it_is_the_same_from_every_keyboard() -> None:
    assert new_password("pâte à choux") == password_bytes("pa\u0302te a\u0300 choux")


@pytest.mark.parametrize("text", ["x" * 1024, "密码密码密码密码", "        ", "null\x00byte"])
def test_everything_else_is_fine(text: str) -> None:
    assert new_password(text) == text.encode()


def test_the_cost_is_no_less_than_owasp_asks() -> None:
    cost = Cost()
    assert cost.memory_kib >= 19 * 1024
    assert cost.passes >= 2
    assert cost.is_affordable


@pytest.mark.parametrize(
    "cost", [Cost(passes=0), Cost(passes=1000), Cost(memory_kib=2**31), Cost(lanes=0)]
)
def test_a_cost_past_bearing_is_known(cost: Cost) -> None:
    assert not cost.is_affordable


@pytest.mark.anyio
async def test_the_same_password_and_salt_make_the_same_key() -> None:
    key_derivation = KeyDerivation()
    key = await key_derivation.derive(b"password", b"s" * 16, CHEAP)
    assert len(key) == 32
    assert key == await key_derivation.derive(b"password", b"s" * 16, CHEAP)
    assert key != await key_derivation.derive(b"passwore", b"s" * 16, CHEAP)
    assert key != await key_derivation.derive(b"password", b"t" * 16, CHEAP)


@pytest.mark.anyio
async def test_few_are_stretched_at_once_and_off_the_event_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lock = threading.Lock()
    full = threading.Barrier(2)
    running: list[int] = []
    most = [0]

    def slow(*_: object) -> bytes:
        assert threading.current_thread() is not threading.main_thread()
        with lock:
            running.append(1)
            most[0] = max(most[0], len(running))
        full.wait(timeout=30)  # two meet here each time, and never three
        with lock:
            running.pop()
        return b"k" * 32

    monkeypatch.setattr(passwords, "hash_secret_raw", slow)
    key_derivation = KeyDerivation(at_once=2)
    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(key_derivation.derive, b"password", b"s" * 16, CHEAP)
    assert most == [2]
