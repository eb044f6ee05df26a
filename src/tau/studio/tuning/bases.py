"""The models that can be trained further here: downloaded packs that chat, as files."""

from pathlib import Path
from typing import NamedTuple

from tau.errors import BadInput, UnknownModel
from tau.models import catalog
from tau.models.packs import Packs

_BYTES_PER_PARAMETER = 0.69
"""Of the catalog's files, which have about four and a half bits for each."""
_PROGRAM_BYTES = 1_000_000_000
"""The training program with torch, and what its allocator keeps in the course of a run."""
_BYTES_TO_TRAIN = 4.5
"""For each parameter of the base: its weight in float32, and what loading takes for a while."""


class TuningBase(NamedTuple):
    """A model that can be trained further: a GGUF file."""

    name: str
    path: Path
    bytes: int
    context_tokens: int
    licence: str
    ready: bool

    @property
    def parameters(self) -> int:
        """How many weights it has, roughly."""
        return int(self.bytes / _BYTES_PER_PARAMETER)

    @property
    def memory_bytes(self) -> int:
        """How much memory training takes before the first example."""
        return _PROGRAM_BYTES + int(self.parameters * _BYTES_TO_TRAIN)


def tuning_bases(models_folder: Path) -> list[TuningBase]:
    """Return the models of the catalog that chat, the smallest first."""
    packs = Packs(models_folder)
    bases = [
        TuningBase(
            name=each.name,
            path=packs.path(each),
            bytes=each.bytes,
            context_tokens=each.context_tokens,
            licence=each.licence,
            ready=packs.ready(each),
        )
        for each in catalog.packs().values()
        if "chat" in each.capabilities
    ]
    return sorted(bases, key=lambda base: base.bytes)


def find_base(models_folder: Path, name: str = "") -> TuningBase:
    """Return a base by its name; without one, the smallest that is there.

    Raises `UnknownModel`, which lists those that are there, and `BadInput` if it isn't downloaded.
    """
    bases = tuning_bases(models_folder)
    ready = [each for each in bases if each.ready]
    if not name and ready:
        return ready[0]
    for each in bases:
        if each.name == (name or bases[0].name):
            if not each.ready:
                raise BadInput(f"{each.name} isn't downloaded yet: tau models pull {each.name}")
            return each
    there = ", ".join(each.name for each in ready) or "none"
    raise UnknownModel(f"{name!r} can't be trained here. What can be: {there}.")
