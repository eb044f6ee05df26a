"""Aliases: names such as `companion` that stand for an ordered list of models."""

from collections.abc import Mapping, Sequence

from tau.errors import BadInput, UnknownModel
from tau.models import catalog
from tau.models.builtin import BuiltinModels
from tau.models.caller import current_caller
from tau.models.directory import (
    COMPANION,
    CONFIGURED,
    EMBEDDER,
    LEARNER,
    ModelDirectory,
)
from tau.models.failover import no_answer_error
from tau.models.shares import order_for
from tau.models.types import ModelInfo
from tau.settings import Settings

DEFAULT_ALIASES: dict[str, list[str]] = {
    COMPANION: [],  # the built-in models, which depend on the machine
    EMBEDDER: [catalog.EMBEDDING_MODEL, catalog.FORMER_EMBEDDING_MODEL],
    LEARNER: [],
}


class Aliases:
    """The aliases of Tau and those that people have set; resolves names to models."""

    def __init__(
        self, directory: ModelDirectory, settings: Settings, builtin: BuiltinModels
    ) -> None:
        self._directory = directory
        self._settings = settings
        self._builtin = builtin

    def default_chat(self) -> str:
        """Return the name to chat with if nobody chose another."""
        if self._settings.model and self._directory.configured is None:
            return self._settings.model
        return COMPANION

    def uses_builtin(self) -> bool:
        """Return whether nobody chose a model to chat with, so that the built-in ones answer."""
        chosen = self._settings.model or COMPANION in self._directory.registry.aliases
        return not chosen and self._directory.configured is None

    def default_embedder(self) -> str:
        """Return the name to embed with if nobody chose another."""
        return self._settings.embedder or EMBEDDER

    def names_for(self, name: str) -> list[str]:
        """Return the models behind an alias, in order; for a model's name, just that name.

        An alias with shares has the order for the caller (`current_caller`). Raises `UnknownModel`.
        """
        aliases = self._resolved()
        if name in aliases:
            shares = self._directory.registry.shares.get(name, {})
            return order_for(name, aliases[name], shares, current_caller.get())
        if self._directory.knows(name):
            return [name]
        raise UnknownModel(f"There is no model named {name!r}; `tau models list` shows them.")

    def learners(self) -> list[str]:
        """Return the models behind `learner` that are capable of extracting facts, in order.

        For a pack the catalog says so. Anything else that a person put there counts: they chose it.
        """
        return [name for name in self.names_for(LEARNER) if _can_learn(name)]

    def verifiers(self) -> list[str]:
        """Return the models that may check what rules extracted, in order.

        Those are the learners, or else the packs of `companion` that are capable of it.
        """
        return self.learners() or [name for name in self.names_for(COMPANION) if _can_verify(name)]

    def editors(self, chosen: str = COMPANION) -> list[str]:
        """Return the models behind a name that may propose edits of documents, in order.

        For a pack the catalog says so; any other model may if it isn't a small one.
        """
        return [name for name in self.names_for(chosen) if self._can_edit(name)]

    def info(self, name: str) -> ModelInfo:
        """Return what is known of the first ready model behind a name, else of the first.

        Raises `UnknownModel`, and `ModelUnavailable` for an alias without models.
        """
        first: ModelInfo | None = None
        for each in self.names_for(name):
            info = self._directory.backend(each).info
            if info.ready:
                return info
            first = first or info
        if first is None:
            raise no_answer_error(name, [])
        return first

    async def all(self) -> dict[str, list[str]]:
        """Return every alias with its models, in order."""
        await self._directory.registry.refresh()
        return self._resolved()

    def models_of(self, alias: str) -> list[str]:
        """Return the models of an alias in their order, whoever asks; none for another name."""
        return self._resolved().get(alias, [])

    def shares(self) -> dict[str, dict[str, int]]:
        """Return by alias the models that answer only a share of the callers, in percent."""
        return {alias: dict(shares) for alias, shares in self._directory.registry.shares.items()}

    async def use(
        self, alias: str, names: Sequence[str], shares: Mapping[str, int] | None = None
    ) -> None:
        """Set the models of an alias, in this order; none: back to the default.

        `shares` are of those that answer only some callers, in percent. A model found on this
        machine is added as an endpoint. Raises `UnknownModel`, `BadInput`.
        """
        await self._directory.registry.refresh()
        if self._directory.knows(alias):
            raise BadInput(f"{alias!r} is a model, so it can't be an alias.")
        for name in names:
            self._require_suitable(alias, name)
        for name in names:
            await self._directory.add_found(name)
        await self._directory.registry.set_alias(alias, list(dict.fromkeys(names)), shares)

    def _require_suitable(self, alias: str, name: str) -> None:
        if not self._directory.knows(name):
            raise UnknownModel(f"There is no model named {name!r}; `tau models list` shows them.")
        needed = "embed" if alias == EMBEDDER else "chat"
        capabilities = self._directory.backend(name).info.capabilities
        if needed not in capabilities and alias in DEFAULT_ALIASES:
            raise BadInput(f"The model {name!r} can't {needed}.")
        if alias == LEARNER and not _can_learn(name):
            raise BadInput(f"The model {name!r} isn't capable enough to learn from conversations.")

    def _can_edit(self, name: str) -> bool:
        pack = catalog.packs().get(name)
        if pack is not None:
            return "edits" in pack.capabilities
        return self._directory.backend(name).info.size == "capable"

    def _resolved(self) -> dict[str, list[str]]:
        aliases = {alias: list(names) for alias, names in DEFAULT_ALIASES.items()}
        aliases[COMPANION] = self._builtin.names()
        for alias, names in self._directory.registry.aliases.items():
            aliases[alias] = [name for name in names if self._directory.knows(name)]
        if self._directory.configured is not None:
            rest = [name for name in aliases[COMPANION] if name != CONFIGURED]
            aliases[COMPANION] = [CONFIGURED, *rest]
        return aliases


def _can_learn(name: str) -> bool:
    pack = catalog.packs().get(name)
    return pack is None or "learn" in pack.capabilities


def _can_verify(name: str) -> bool:
    pack = catalog.packs().get(name)
    return pack is not None and "verify" in pack.capabilities
