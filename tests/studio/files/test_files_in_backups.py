"""What a backup knows of files: those that are there, and none that was deleted since."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tau.app import open_app
from tau.settings import Settings
from tau.storage import backup_scrubbing
from tau.storage.backups import Backups, create_at, restore
from tau.studio.files.stored_file import FileRecord, PendingUpload

from .conftest import FileShelf, stream

pytestmark = pytest.mark.anyio


def ids_in(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as opened:
        return {name for (name,) in opened.execute("SELECT id FROM studio_files")}


async def written(settings: Settings, copy: Path) -> tuple[FileRecord, FileRecord]:
    """Store two files, back up to a place of the person's own, and delete the second file."""
    async with open_app(settings, environ={}) as app:
        shelf = FileShelf(app, await app.people.owner())
        kept, deleted = await shelf.store(b"kept", name="kept"), await shelf.store(b"gone")
        about = PendingUpload(filename="a", purpose="evals", size=3)
        upload = await shelf.uploads.create(shelf.unlocked, about)
        part = await shelf.uploads.add_part(shelf.unlocked, upload.id, stream(b"abc"))
        create_at(copy, settings.home / "tau.db")
        assert ids_in(copy) == {kept.id, deleted.id, upload.id, part.id}
        await shelf.files.remove(shelf.unlocked, deleted.id)
        await shelf.uploads.cancel(shelf.unlocked, upload.id)
    return kept, deleted


@pytest.mark.parametrize("forgotten", [False, True])
async def test_a_deleted_file_stays_deleted_unless_it_is_wanted(
    settings: Settings, tmp_path: Path, forgotten: bool
) -> None:
    """Where it is wanted, only its name comes back, and it says that its content is gone."""
    kept, deleted = await written(settings, tmp_path / "copy.db")
    database = settings.home / "tau.db"
    restore(tmp_path / "copy.db", database, settings.home / "backups", forgotten=forgotten)
    assert (deleted.id in ids_in(database)) is forgotten
    async with open_app(settings, environ={}) as app:
        shelf = FileShelf(app, await app.people.owner())
        listed = {
            each.id: shelf.files.is_readable(each) for each in await shelf.files.all(shelf.unlocked)
        }
        assert listed == {kept.id: True} | ({deleted.id: False} if forgotten else {})
        assert shelf.read(kept) == b"kept"
        if forgotten:
            await shelf.files.remove(shelf.unlocked, deleted.id)
        assert await shelf.names() == ["kept"]


async def test_a_file_that_is_deleted_while_a_backup_is_made_is_not_in_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deletion comes between the reading of the database and the naming of the copy."""
    async with open_app(settings, environ={}) as app:
        shelf = FileShelf(app, await app.people.owner())
        kept, deleted = await shelf.store(b"kept"), await shelf.store(b"gone")
        catch_up = backup_scrubbing.apply_recent_erasures

        def late(raw: sqlite3.Connection, copy: Path) -> None:
            with closing(sqlite3.connect(settings.home / "tau.db")) as other, other:
                other.execute("DELETE FROM studio_files WHERE id = ?", (deleted.id,))
            catch_up(raw, copy)

        monkeypatch.setattr(backup_scrubbing, "apply_recent_erasures", late)
        backups = Backups(app.database)
        assert ids_in(backups.path(backups.make().name)) == {kept.id}


async def test_a_backup_without_the_studio_can_be_restored(
    settings: Settings, tmp_path: Path
) -> None:
    """An older release made it: there are no files in it to compare."""
    copy = tmp_path / "copy.db"
    await written(settings, copy)
    with closing(sqlite3.connect(copy)) as older, older:
        studio = ("studio_models", "studio_jobs", "studio_files", "studio_projects")
        nodes = ("nodes", "homes", "signin_failures", "oldest_user")
        usage = ("key_limits", "usage_days", "model_prices")
        for table in ("attachments", "identities", *studio, *nodes, *usage):
            older.execute(f"DROP TABLE {table}")
        older.execute("ALTER TABLE aliases DROP COLUMN share")
        older.execute("UPDATE alembic_version SET version_num = '0004'")
    restore(copy, settings.home / "tau.db", settings.home / "backups")
    async with open_app(settings, environ={}) as app:
        shelf = FileShelf(app, await app.people.owner())
        await shelf.files.sweep()
        assert await shelf.names() == []
        assert shelf.on_disk() == []
