"""A companion in a house of its own."""

import pytest

from tau.app import App
from tau.companion import Companion, Life


@pytest.fixture
def companion(house: App) -> Companion:
    return house.companion


@pytest.fixture
async def life(house: App) -> Life:
    """The opened life of the owner."""
    return await house.companion.life(await house.people.owner())
