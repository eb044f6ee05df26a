"""Projects in a temporary Tau."""

from collections.abc import AsyncIterator

import pytest

from tau.app import App
from tau.people import Unlocked
from tau.studio.projects import Projects


@pytest.fixture
async def projects(app: App) -> AsyncIterator[Projects]:
    opened = Projects(app.database, idle_seconds=3600)
    yield opened
    await opened.close()


@pytest.fixture
async def owner(app: App) -> Unlocked:
    return await app.people.owner()
