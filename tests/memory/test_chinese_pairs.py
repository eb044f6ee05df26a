"""Chinese memories are found by questions that share hardly a word with them, in two languages."""

import tomllib
from pathlib import Path

import pytest

from tau.memory import Memory
from tau.memory.indexes import text_to_embed
from tau.models import Models
from tau.models.catalog import EMBEDDING_MODEL
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.sealing import SecretBox

pytestmark = [pytest.mark.anyio, pytest.mark.model]
PAIRS = tomllib.loads((Path(__file__).parent / "chinese_pairs.toml").read_text("utf-8"))["pair"]


@pytest.mark.parametrize(("language", "at_least"), [("chinese", 0.85), ("english", 0.85)])
async def test_what_is_asked_in_other_words_is_among_the_first_five(
    sqlite_database: Database, tmp_path: Path, model_cache: Path, language: str, at_least: float
) -> None:
    assert len(PAIRS) == 60
    settings = Settings(home=tmp_path, models_folder=str(model_cache), threads=1)
    models = await Models.open(settings, sqlite_database, SecretBox(bytes(32)))
    try:
        memory = Memory()
        held = [
            memory.remember(pair["memory"], at=86_400.0 * number, conversation=str(number))
            for number, pair in enumerate(PAIRS)
        ]
        passages = await models.embed(EMBEDDING_MODEL, [text_to_embed(each) for each in held])
        memory.add_vectors(EMBEDDING_MODEL, [each.id for each in held], passages.vectors)
        asked = [pair[language] for pair in PAIRS]
        vectors = (await models.embed(EMBEDDING_MODEL, asked, "query")).vectors
    finally:
        await models.close()
    hits = sum(
        message.id in {each.message.id for each in memory.search(text, vector=vector, limit=5)}
        for message, text, vector in zip(held, asked, vectors, strict=True)
    )
    assert hits / len(PAIRS) >= at_least
