"""The models that answer while their owner is away: the table `studio_models`.

A row holds what serving needs, the run's key included, sealed with the server's key. It's written
when a model is released, and deleted when no alias names it any more.
"""

import time

import msgspec
import sqlalchemy as sa

from tau.storage.database import Database
from tau.storage.notifications import Notification
from tau.storage.schema import studio_models
from tau.storage.sealing import SecretBox, UnsealError
from tau.studio.tuning.log_events import ModelMade


class AutomaticRollback(msgspec.Struct, frozen=True):
    """Tau took a share back while the project could not be written to."""

    at: float
    alias: str
    reason: str


class ReleasedModel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A model that is released, and what opens it. Fields are only ever added, with defaults."""

    person: str
    project: str
    alias: str
    run: str
    keys: tuple[bytes, ...]
    """Of the run, the newest first."""
    made: ModelMade
    taken_back: AutomaticRollback | None = None

    def __repr__(self) -> str:
        return f"ReleasedModel({self.made.name!r})"


class ReleasedModels:
    """The released models in the database."""

    def __init__(self, database: Database, box: SecretBox) -> None:
        self._database = database
        self._box = box

    async def all(self) -> dict[str, ReleasedModel]:
        """Return the models by name, those that the server's key opens."""
        query = sa.select(studio_models.c.name, studio_models.c.sealed)
        rows = await self._database.run(lambda c: list(c.execute(query)), read_only=True)
        found = {row.name: self._opened(row.name, row.sealed) for row in rows}
        return {name: model for name, model in found.items() if model is not None}

    async def save(self, model: ReleasedModel) -> None:
        """Save a model, replacing what is known of it under that name."""
        name = model.made.name
        row = {
            "name": name,
            "person": model.person,
            "project": model.project,
            "alias": model.alias,
            "sealed": self._box.seal(msgspec.msgpack.encode(model), _place(name)),
            "created_at": time.time(),
        }

        def write(connection: sa.Connection) -> None:
            connection.execute(sa.delete(studio_models).where(studio_models.c.name == name))
            connection.execute(sa.insert(studio_models).values(row))
            self._database.notifications.notify(connection, Notification("models"))

        await self._database.run(write)

    async def remove(self, *names: str) -> None:
        """Delete models from the table."""

        def write(connection: sa.Connection) -> None:
            connection.execute(sa.delete(studio_models).where(studio_models.c.name.in_(names)))
            self._database.notifications.notify(connection, Notification("models"))

        await self._database.run(write)

    def _opened(self, name: str, sealed: bytes) -> ReleasedModel | None:
        try:
            return msgspec.msgpack.decode(self._box.open(sealed, _place(name)), type=ReleasedModel)
        except (UnsealError, msgspec.DecodeError):  # another server key, or a newer Tau
            return None


def _place(name: str) -> str:
    return f"studio model|{name}"
