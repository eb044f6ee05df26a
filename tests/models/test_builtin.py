"""The built-in chat models: which answers on which machine, and when the better one takes over."""

from pathlib import Path

import msgspec
import pytest

from tau.errors import ModelUnavailable, SettingsError
from tau.models import Models, catalog
from tau.models.builtin import FREE_TO_DOWNLOAD, FREE_TO_USE, BuiltinModels
from tau.models.packs import MANIFEST, MODEL, PackManifest, Packs
from tau.settings import Settings, load
from tau.storage.database import Database
from tau.storage.sealing import SecretBox

pytestmark = pytest.mark.anyio
SMALL, BEST = catalog.CHAT_MODEL, catalog.BEST_CHAT_MODEL


def put(folder: Path, name: str) -> None:
    """Leave a model in the folder as a download would."""
    pack = catalog.packs()[name]
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / MODEL).write_bytes(b"a model")
    manifest = PackManifest(name, pack.sources[0], pack.sha256, len(b"a model"))
    (place / MANIFEST).write_bytes(msgspec.json.encode(manifest))


def builtin(folder: Path, free: int, choice: str = "best") -> BuiltinModels:
    return BuiltinModels(choice, Packs(folder), lambda: free)


@pytest.mark.parametrize(
    ("choice", "free", "is_there", "names"),
    [
        ("best", FREE_TO_DOWNLOAD, False, [SMALL, BEST]),
        ("best", FREE_TO_DOWNLOAD, True, [BEST, SMALL]),
        ("best", FREE_TO_DOWNLOAD - 1, False, [SMALL]),
        ("best", FREE_TO_USE, True, [BEST, SMALL]),
        ("best", FREE_TO_USE - 1, True, [SMALL]),
        ("small", FREE_TO_DOWNLOAD, True, [SMALL]),
        ("none", FREE_TO_DOWNLOAD, True, []),
    ],
)
def test_the_best_model_that_fits_comes_first_once_it_is_there(
    tmp_path: Path, choice: str, free: int, is_there: bool, names: list[str]
) -> None:
    if is_there:
        put(tmp_path, BEST)
    assert builtin(tmp_path, free, choice).names() == names


def test_the_better_model_takes_over_only_where_it_fits(tmp_path: Path) -> None:
    fits, does_not = builtin(tmp_path, FREE_TO_DOWNLOAD), builtin(tmp_path, 0)
    for each in (fits, does_not):
        each.promote()
    assert fits.names() == [BEST, SMALL]
    assert does_not.names() == [SMALL]


@pytest.mark.parametrize("word", ["huge", "", "Best"])
def test_the_setting_takes_three_words(tmp_path: Path, word: str) -> None:
    with pytest.raises(SettingsError, match="best, small, none"):
        load({"home": tmp_path, "builtin": word}, {})
    assert load({"home": tmp_path}, {"TAU_BUILTIN": "none"}).builtin == "none"
    assert load({"home": tmp_path}, {}).builtin == "best"


# together with aliases


async def models_of(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch, **more: object
) -> Models:
    monkeypatch.setattr(BuiltinModels.__init__, "__defaults__", (lambda: FREE_TO_DOWNLOAD,))
    settings = Settings(home=folder, models_folder=str(folder), **more)  # type: ignore[arg-type]
    return await Models.open(settings, database, SecretBox(bytes(32)))


async def test_a_model_is_wanted_until_it_is_there(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = await models_of(sqlite_database, tmp_path, monkeypatch)
    assert await models.wanted_builtin() == BEST
    assert models.aliases.names_for("companion") == [SMALL, BEST]
    put(tmp_path, BEST)
    assert await models.wanted_builtin() is None
    await models.close()


@pytest.mark.parametrize(
    "more",
    [
        {"offline": True},
        {"builtin": "small"},
        {"builtin": "none"},
        {"model": "scripted"},
        {"model_url": "http://127.0.0.1:9/v1"},
    ],
)
async def test_nothing_is_wanted_where_it_would_not_answer_or_may_not_be_fetched(
    sqlite_database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: dict[str, object],
) -> None:
    models = await models_of(sqlite_database, tmp_path, monkeypatch, **more)
    assert await models.wanted_builtin() is None
    await models.close()


async def test_a_model_that_a_person_chose_is_never_replaced(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = await models_of(sqlite_database, tmp_path, monkeypatch)
    await models.aliases.use("companion", [SMALL])
    assert await models.wanted_builtin() is None
    put(tmp_path, BEST)
    assert not await models.promote(BEST)
    assert models.aliases.names_for("companion") == [SMALL]
    await models.aliases.use("companion", [])
    assert models.aliases.names_for("companion") == [SMALL, BEST]
    await models.close()


async def test_a_better_model_that_cannot_be_loaded_does_not_take_over(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = await models_of(sqlite_database, tmp_path, monkeypatch)
    put(tmp_path, BEST)  # which is no real model
    with pytest.raises(ModelUnavailable, match="could not be loaded"):
        await models.promote(BEST)
    assert models.aliases.names_for("companion") == [SMALL, BEST]
    assert not await models.promote(SMALL)
    await models.close()
