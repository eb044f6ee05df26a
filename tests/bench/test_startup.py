"""How soon Tau is there: which starts count, and what is told of them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest

from tau.bench import startup

pytestmark = pytest.mark.anyio


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where each start was told to find its model; the n-th start takes n seconds."""
    begun: list[str] = []

    @contextmanager
    def temporary_home() -> Iterator[dict[str, str]]:
        yield {}

    @asynccontextmanager
    async def upstream(_environ: dict[str, str], *, tokens: int) -> AsyncIterator[str]:
        yield f"an upstream of {tokens} token"

    async def start(_environ: dict[str, str], address: str) -> tuple[float, float]:
        begun.append(address)
        return float(len(begun)), 100.0 + len(begun)

    async def import_seconds(_environ: dict[str, str]) -> float:
        return 0.025

    monkeypatch.setattr(startup, "temporary_home", temporary_home)
    monkeypatch.setattr(startup, "upstream", upstream)
    monkeypatch.setattr(startup, "_start", start)
    monkeypatch.setattr(startup, "_import_seconds", import_seconds)
    return begun


async def test_the_first_start_in_an_empty_home_is_told_apart(starts: list[str]) -> None:
    told = await startup.measure(3)
    assert told["empty_home_seconds"] == 1.0
    assert told["first_request_seconds"] == {"p50": 3.0, "max": 4.0}
    assert told["import_ms"] == {"p50": 25.0, "max": 25.0}
    assert (told["rss_mb"], told["starts"]) == (104.0, 3)
    assert starts == ["an upstream of 1 token"] * 4
