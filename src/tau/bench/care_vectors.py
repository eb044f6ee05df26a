"""Vectors of messages for the care benchmark, and what the classifier says of them."""

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

from tau.bench.models import EmbedderPool, open_embedder
from tau.bench.progress import Progress
from tau.bench.vectors import CachedEmbedder
from tau.care.classifier import EMBEDDER, Floats, classifier, text_for_vector
from tau.errors import BadInput
from tau.models.types import Embedded, EmbeddingKind

_BATCH = 256


class QuestionEmbedder(EmbedderPool):
    """Embedder that embeds everything as a question, as recall does with a message."""

    def __init__(self, pool: EmbedderPool) -> None:
        self._pool = pool

    async def embed(
        self, name: str, texts: Sequence[str], kind: EmbeddingKind = "query"
    ) -> Embedded:
        """Return the vectors of texts, whatever `kind` says."""
        del kind
        return await self._pool.embed(name, texts, "query")


async def vector_odds(
    messages: Iterable[str], models_folder: str, kept: Path | None, progress: Progress
) -> dict[str, Floats]:
    """Return what the vectors of messages say. Raises `BadInput` without the embedder.

    `kept` is the folder that keeps vectors for the next run.
    """
    texts = {words: text_for_vector(words) for words in messages if words.strip()}
    async with open_embedder(EMBEDDER, models_folder, progress) as pool:
        if pool is None:
            raise BadInput(f"{EMBEDDER} isn't available.")
        with closing(CachedEmbedder(QuestionEmbedder(pool), EMBEDDER, kept, progress)) as embedder:
            words = list(texts)
            found: dict[str, Floats] = {}
            for first in range(0, len(words), _BATCH):
                some = words[first : first + _BATCH]
                vectors = await embedder.of([texts[each] for each in some])
                found |= zip(some, classifier().vector_odds(vectors), strict=True)
            return found
