"""The built-in chat models: which of them answer, in which order, and which is worth fetching.

The small one answers on any machine within a minute of the first start. The best one is much
larger: it is used where it fits into memory, and takes over once it is downloaded and loaded.
Figures and reasons: docs/decisions/0017-default-model.md.
"""

from collections.abc import Callable

from tau.models import catalog
from tau.models.machine import free_memory_bytes
from tau.models.packs import Packs

FREE_TO_DOWNLOAD = 4_000_000_000
"""Bytes of memory that must be free for the best model to be worth its download."""
FREE_TO_USE = 2_500_000_000
"""Bytes that must be free to use it once it is there; less, so that it does not come and go."""


class BuiltinModels:
    """The built-in chat models of this machine. `choice` is the setting `builtin`."""

    def __init__(
        self, choice: str, packs: Packs, free_memory: Callable[[], int] = free_memory_bytes
    ) -> None:
        self._choice = choice
        self.free_memory_bytes = free_memory()
        """What was free when this was decided."""
        best = catalog.packs()[catalog.BEST_CHAT_MODEL]
        downloaded = choice == "best" and packs.ready(best)
        needed = FREE_TO_USE if downloaded else FREE_TO_DOWNLOAD
        self._fits = choice == "best" and self.free_memory_bytes >= needed
        self._leads = downloaded and self._fits

    @property
    def better(self) -> str | None:
        """The model that answers, or will, in place of the small one; None if none fits."""
        return catalog.BEST_CHAT_MODEL if self._fits else None

    def names(self) -> list[str]:
        """Return the models behind the default alias for chatting, in order."""
        if self._choice == "none":
            return []
        if self.better is None:
            return [catalog.CHAT_MODEL]
        names = [self.better, catalog.CHAT_MODEL]
        return names if self._leads else names[::-1]

    def promote(self) -> None:
        """Let the better model answer first. It is downloaded, and loads."""
        self._leads = self._fits
