"""Any number of texts, of any length."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.models.embedding import BATCH, embed_all, truncate
from tau.models.errors import InputTooLong
from tau.models.types import Chunk, ModelInfo, Vectors

pytestmark = pytest.mark.anyio


class Picky:
    """Embeds a text as its length, if that is not above its limit."""

    def __init__(self, limit: int, window: int) -> None:
        self.info = ModelInfo(name="picky", origin="endpoint", context_tokens=window)
        self.limit = limit
        self.batches: list[int] = []

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self.batches.append(len(texts))
        if any(len(text) > self.limit for text in texts):
            raise InputTooLong("picky")
        return np.array([[len(text)] for text in texts], dtype=np.float32)

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        return body

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        yield Chunk("", body)


async def test_many_texts_go_in_batches_and_keep_their_order() -> None:
    backend = Picky(1000, 8192)
    texts = ["x" * n for n in range(150)]
    vectors = await embed_all(backend, texts)
    assert vectors[:, 0].tolist() == list(range(150))
    assert backend.batches == [BATCH, BATCH, 150 - 2 * BATCH]
    assert (await embed_all(backend, [])).shape[0] == 0


async def test_a_text_that_is_too_long_after_all_is_halved_alone() -> None:
    vectors = await embed_all(Picky(300, 8192), ["a" * 10, "b" * 1000, "c" * 20])
    assert vectors[:, 0].tolist() == [10, 250, 20]


async def test_a_model_that_takes_nothing_is_not_asked_for_ever() -> None:
    with pytest.raises(InputTooLong):
        await embed_all(Picky(0, 8192), ["word " * 100])


@given(st.text(max_size=400), st.integers(10, 80))
def test_what_is_cut_is_a_beginning_that_fits(text: str, window: int) -> None:
    cut = truncate(text, window)
    assert text.startswith(cut)
    cost = sum(0.25 if c.isascii() and c.isalnum() else 1 for c in cut if not c.isspace())
    assert cost <= window - 2 or len(cut) <= window - 2


def test_ordinary_words_are_kept_by_the_hundred_and_chinese_by_the_character() -> None:
    assert len(truncate("garden " * 1000, 256)) > 1000
    assert len(truncate("花园" * 1000, 256)) == 254
    assert truncate("short", 256) == "short"
