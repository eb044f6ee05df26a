"""A downloaded pack behind the local engine."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

from tau.models.engine import LocalEngine, Purpose, tokens_per_second
from tau.models.errors import BackendUnavailable
from tau.models.remote import RemoteModel
from tau.models.types import Chunk, ModelInfo, Vectors


class LocalModel:
    """A downloaded pack behind the local engine. Implements `Backend`."""

    def __init__(
        self, engine: LocalEngine, path: Path, info: Callable[[], ModelInfo], purpose: Purpose
    ) -> None:
        self._engine = engine
        self._path = path
        self._info = info
        self._purpose: Purpose = purpose

    @property
    def info(self) -> ModelInfo:
        """The catalog's information; it is ready once the pack is downloaded."""
        return self._info()

    @asynccontextmanager
    async def _model(self) -> AsyncIterator[RemoteModel]:
        info = self.info
        if not info.ready:
            raise BackendUnavailable(
                info.name,
                "is not downloaded",
                hint=f"`tau models pull {info.name}` fetches it",
                persistent=False,
            )
        async with self._engine.loaded(info, self._path, self._purpose) as model:
            yield model

    async def load(self) -> None:
        """Load the model now instead of at its first use. Raises `ModelUnavailable`."""
        async with self._model():
            pass

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the answer in pieces. See `Backend`."""
        async with self._model() as model, aclosing(model.stream(body)) as chunks:
            async for chunk in chunks:
                self._observe(chunk.raw)
                yield chunk

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole `chat.completion` object."""
        async with self._model() as model:
            answer = await model.complete(body)
            self._observe(answer)
            return answer

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text."""
        async with self._model() as model:
            return await model.embed(texts)

    def _observe(self, answer: dict[str, Any]) -> None:
        speed = tokens_per_second(answer)
        if speed is not None:
            self._engine.observe(self._path, speed)
