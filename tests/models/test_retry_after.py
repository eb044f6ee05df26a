"""How long endpoints ask to be left alone, and what becomes of requests meanwhile."""

import asyncio

import pytest

from tau.errors import ModelBusy, ModelUnavailable
from tau.models.errors import BackendUnavailable
from tau.models.failover import Failover
from tau.models.http import AddressGuard, GuardedClient
from tau.models.retry_after import LONGEST_SECONDS, retry_after_seconds
from tau.models.types import Backend

from .test_rests import Clock, Played, away, streamed, who
from .upstream import LOOPBACK, Raw, asking, remote

pytestmark = pytest.mark.anyio
NOW = 1_795_824_000.0  # Sat, 28 Nov 2026 00:00:00 GMT
LATER = "Sat, 28 Nov 2026 00:01:30 GMT"


@pytest.mark.parametrize(
    ("given", "date", "seconds"),
    [
        ("7", "", 7.0),
        (" 120 ", "", 120.0),
        ("99999999999999999999", "", LONGEST_SECONDS),
        (LATER, "", 90.0),
        (LATER, "Sat, 28 Nov 2026 00:01:00 GMT", 30.0),  # by the endpoint's own clock
        ("Sat, 28 Nov 2020 00:00:00 GMT", "", 0.0),
        ("soon", "", None),
        ("-5", "", None),
        ("", "", None),
    ],
)
def test_seconds_and_dates_are_understood(given: str, date: str, seconds: float | None) -> None:
    headers = {"Retry-After": given, **({"Date": date} if date else {})}
    assert retry_after_seconds(429, headers, NOW) == seconds
    assert retry_after_seconds(503, headers, NOW) == seconds
    assert retry_after_seconds(500, headers, NOW) is None


def busy(name: str, seconds: float) -> BackendUnavailable:
    return BackendUnavailable(name, "asks to be left alone", retry_after_seconds=seconds)


async def test_a_model_rests_as_long_as_it_asked_and_the_next_one_answers() -> None:
    clock = Clock()
    failover = Failover(clock)
    first, second = Played("first", busy("first", 40.0)), Played("second")
    assert await who(failover, first, second) == "second"
    clock.now += 39
    assert await who(failover, first, second) == "second"
    assert first.asked == 1
    clock.now += 2
    assert await who(failover, first, second) == "first"


@pytest.mark.parametrize("names", [["one"], ["one", "two"]])
async def test_without_another_model_the_caller_learns_how_long(names: list[str]) -> None:
    clock = Clock()
    failover = Failover(clock)
    backends = [Played(name, busy(name, 30.0 + 10 * i)) for i, name in enumerate(names)]
    for ask, wait in ((who, 30.0), (streamed_by, 25.0)):
        with pytest.raises(ModelBusy) as caught:
            await ask(failover, *backends)
        assert caught.value.retry_after_seconds == pytest.approx(wait)
        clock.now += 5
    assert [backend.asked for backend in backends] == [1] * len(names)


async def streamed_by(failover: Failover, *backends: Backend) -> object:
    return await streamed(failover, backends)


async def test_a_model_that_fails_otherwise_is_not_called_busy() -> None:
    with pytest.raises(ModelUnavailable) as caught:
        await who(Failover(), Played("one", busy("one", 30.0)), Played("two", away("two")))
    assert not isinstance(caught.value, ModelBusy)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_a_real_endpoint_is_heard(raw: Raw, status: str) -> None:
    async def answer(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status}\r\nRetry-After: 17\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()

    client = GuardedClient(AddressGuard(LOOPBACK))
    async with raw(answer) as url:
        model = remote(client, url)
        with pytest.raises(BackendUnavailable) as caught:
            async for _ in model.stream(asking("hello")):
                pass
    await client.close()
    assert caught.value.retry_after_seconds == 17.0
