"""Vectors of what the examples of projects ask, embedded once while a project is worked on."""

from collections.abc import Sequence

from tau.errors import ModelError
from tau.models import Models
from tau.models.types import Vectors
from tau.studio.examples.example import Example
from tau.studio.examples.similarity import DEFAULT_NEAR_COSINE, NEAR_COSINES
from tau.studio.methods.embedder import ExampleEmbedder


class ProjectVectors:
    """The embedded examples of projects, by project."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._embedders: dict[str, ExampleEmbedder] = {}

    async def of(
        self, project_id: str, examples: Sequence[Example]
    ) -> tuple[dict[str, Vectors], float]:
        """Return the vector of each example's input, and the cosine from which two are near.

        Nothing if no embedder answers: then only wording can be compared.
        """
        try:
            name = self._models.aliases.info(self._models.aliases.default_embedder()).name
            embedder = self._embedders.get(project_id)
            if embedder is None or embedder.model != name:
                embedder = self._embedders[project_id] = ExampleEmbedder(self._models, name)
            vectors = await embedder.train([each.input for each in examples])
        except ModelError:
            return {}, DEFAULT_NEAR_COSINE
        near = NEAR_COSINES.get(name, DEFAULT_NEAR_COSINE)
        return {one.id: each for one, each in zip(examples, vectors, strict=True)}, near

    def forget(self, project_id: str) -> None:
        """Forget what the examples of a project say."""
        self._embedders.pop(project_id, None)

    def clear(self) -> None:
        """Forget all."""
        self._embedders.clear()
