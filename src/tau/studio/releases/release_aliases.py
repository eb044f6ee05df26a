"""The aliases that released models answer under, and how they move.

Knows nothing of projects: what is done here can be done while nobody is signed in.
"""

import asyncio
import time
from collections.abc import Collection

import msgspec

from tau.models import Models
from tau.models.directory import COMPANION
from tau.studio.releases.release_events import AliasModels
from tau.studio.serving.released_models import AutomaticRollback, ReleasedModel
from tau.studio.serving.served_models import ServedModels


class ReleaseAliases:
    """Moves aliases, and keeps the released models to those that an alias names."""

    def __init__(self, models: Models, served: ServedModels) -> None:
        self.moving = asyncio.Lock()
        """Held from reading what an alias means to writing what it means next."""
        self._models = models
        self._served = served

    async def meaning(self, alias: str) -> AliasModels:
        """Return the models behind an alias, none if there is no such alias."""
        names = (await self._models.aliases.all()).get(alias, [])
        return AliasModels(tuple(names), self._models.aliases.shares().get(alias, {}))

    def project_of(self, model: str) -> str | None:
        """Return the project that a model is released from, `None` if it isn't released."""
        known = self._served.released.get(model)
        return known.project if known else None

    async def move(
        self, alias: str, after: AliasModels, publish: Collection[ReleasedModel]
    ) -> None:
        """Let an alias mean other models, which are published first. Raises `BadInput`.

        With none left, the alias is gone, or has its default again.
        """
        try:
            for each in publish:
                await self._served.publish(each)
            await self._use(alias, after)
        finally:  # a name that can't be an alias must not leave its model with everybody
            await self._retract_unnamed()

    async def take_back(self, alias: str, model: str, reason: str) -> bool:
        """End a share while nobody is signed in; the reason is kept for the owner's project.

        Returns whether it was still there.
        """
        async with self.moving:
            now = await self.meaning(alias)
            known = self._served.released.get(model)
            if model not in now.shares or known is None:
                return False
            noted = AutomaticRollback(time.time(), alias, reason)
            await self._served.publish(msgspec.structs.replace(known, taken_back=noted))
            await self._use(alias, now.without(model))
            return True

    async def drop(self, names: Collection[str]) -> None:
        """Take models that are being deleted out of every alias."""
        gone = set(names)
        async with self.moving:
            for alias in await self._models.aliases.all():
                before = after = await self.meaning(alias)
                for name in gone.intersection(before.models):
                    after = after.without(name)
                if after != before:
                    await self._use(alias, after)
            await self._served.retract(*gone.intersection(self._served.released))
            for name in gone:
                self._served.withdraw(name)

    async def _use(self, alias: str, after: AliasModels) -> None:
        """Set an alias. The built-in models are what it means when nobody has chosen others."""
        is_default = alias == COMPANION and list(after.models) == self._models.builtin.names()
        names = () if is_default and not after.shares else after.models
        await self._models.aliases.use(alias, names, after.shares)

    async def _retract_unnamed(self) -> None:
        """Let models answer only their owners again once no alias names them.

        One that was taken back stays until that is in its project's log, and one that can't be
        served just now stays too.
        """
        registry = self._models.directory.registry
        await registry.refresh()
        named = {name for models in registry.aliases.values() for name in models}
        unnamed = [
            name
            for name, each in self._served.released.items()
            if name not in named and each.taken_back is None
        ]
        await self._served.retract(*unnamed)
