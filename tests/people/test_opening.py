"""The accounts opened alone."""

from pathlib import Path

import pytest

from tau.errors import Conflict, SettingsError
from tau.people.opening import open_people
from tau.settings import Settings

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


async def test_the_accounts_are_those_of_the_home(settings: Settings) -> None:
    async with open_people(settings, environ={}) as people:
        owner = await people.owner()
    async with open_people(settings, environ={}, exclusive=True) as people:
        assert await people.list() == [owner.person]


async def test_a_database_that_is_open_elsewhere_is_not_taken_exclusively(
    settings: Settings,
) -> None:
    async with open_people(settings, environ={}) as people:
        await people.owner()
        with pytest.raises(Conflict):
            async with open_people(settings, environ={}, exclusive=True):
                pass
        assert len(await people.list()) == 1
    async with open_people(settings, environ={}, exclusive=True) as people:
        assert len(await people.list()) == 1


async def test_what_is_written_exclusively_stays(settings: Settings) -> None:
    async with open_people(settings, environ={}) as people:
        owner = await people.owner()
    async with open_people(settings, environ={}, exclusive=True) as people:
        await people.rename(owner.person.id, "Ada")
    async with open_people(settings, environ={}) as people:
        assert [person.name for person in await people.list()] == ["Ada"]


async def test_a_home_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SettingsError, match="--home"):
        async with open_people(Settings(home=tmp_path / "file" / "home"), environ={}):
            pass
