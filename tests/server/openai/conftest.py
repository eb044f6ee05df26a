"""OpenAI's own unmodified client, for a person of a served Tau."""

from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI

from ..conftest import Person


@pytest.fixture
async def client(owner: Person, served: str) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{served}/v1", api_key=owner.key, max_retries=0) as client:
        yield client


@pytest.fixture
async def guest_client(guest: Person, served: str) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{served}/v1", api_key=guest.key, max_retries=0) as client:
        yield client
