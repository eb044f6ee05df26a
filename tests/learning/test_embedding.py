"""Vectors come behind the reply: late, newest first, and never in anybody's way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import cast

import numpy as np
import pytest

from tau.app import App
from tau.errors import ModelUnavailable, StoreUnavailable
from tau.learning import worker as worker_module
from tau.learning.embedding import EmbeddingWorker
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.models import Models
from tau.models.types import Embedded, ModelInfo, Origin
from tests.patience import patient

pytestmark = pytest.mark.anyio


class Embedders:
    """Stands for the models: `first` answers, or the next one behind the alias."""

    def __init__(self) -> None:
        self.aliases = self
        self.behind = ["first", "second"]
        self.packs: set[str] = set()
        self.kinds: list[str] = []
        self.away: set[str] = set()
        self.asked: list[tuple[str, list[str]]] = []
        self.fault: Exception | None = None
        self.fault_on = ""
        self.door = asyncio.Event()
        self.door.set()
        self.knocked = asyncio.Event()

    def default_embedder(self) -> str:
        return "embedder"

    def names_for(self, name: str) -> list[str]:
        return self.behind if name == "embedder" else [name]

    def info(self, name: str) -> ModelInfo:
        origin: Origin = "pack" if self.behind[0] in self.packs else "endpoint"
        return ModelInfo(name=self.names_for(name)[0], origin=origin)

    async def embed(self, name: str, texts: Sequence[str], kind: str = "passage") -> Embedded:
        self.kinds.append(kind)
        self.asked.append((name, list(texts)))
        self.knocked.set()
        await self.door.wait()
        if self.fault is not None and any(self.fault_on in text for text in texts):
            raise self.fault
        able = [each for each in self.names_for(name) if each not in self.away]
        if not able:
            raise ModelUnavailable("Nobody embeds now.")
        vectors = np.ones((len(texts), 4 if able[0] == "first" else 6), dtype=np.float32)
        return Embedded(model=able[0], vectors=vectors)


@pytest.fixture
def embedders() -> Embedders:
    return Embedders()


@pytest.fixture
async def embedding(embedders: Embedders) -> AsyncIterator[EmbeddingWorker]:
    made = EmbeddingWorker(cast("Models", embedders))
    yield made
    await made.close()


async def told(life: Life, *texts: str) -> str:
    conversation = await life.create_conversation()
    for text in texts:
        await life.add_message(conversation.id, text)
    return conversation.id


def lacking(life: Life, model: str) -> list[str]:
    return [message.text for message in life.memory.messages_to_embed(model, 1_000)]


async def test_the_newest_messages_come_first_and_in_batches(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    await told(life, *(f"text {n}" for n in range(70)))
    embedding.written(life)
    await embedding.wait_until_idle()
    sizes = [len(texts) for _, texts in embedders.asked]
    assert sizes == [8] * 8 + [6]
    assert "text 69" in embedders.asked[0][1][0]
    assert "text 0" in embedders.asked[-1][1][-1]
    assert lacking(life, "first") == []


async def test_an_embedder_that_fails_is_asked_again_when_there_is_something_new(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    embedders.fault = ModelUnavailable("Away.")
    await told(life, "one")
    embedding.written(life)
    await embedding.wait_until_idle()
    assert lacking(life, "first") == ["one"], "nobody waits for an embedder that is away"
    embedders.fault = None
    await told(life, "two")
    embedding.written(life)
    await embedding.wait_until_idle()
    assert lacking(life, "first") == []


async def test_an_embedder_that_comes_back_is_noticed_without_anything_new(
    embedding: EmbeddingWorker,
    embedders: Embedders,
    life: Life,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker_module, "_RETRY_DELAY_SECONDS", 0.0)
    embedders.fault = ModelUnavailable("Away.")
    await told(life, "one")
    embedding.written(life)
    await embedding.wait_until_idle()
    embedders.fault = None
    async with asyncio.timeout(patient(30)):
        while lacking(life, "first"):  # noqa: ASYNC110 - the worker tells nobody when it is back
            await asyncio.sleep(0)


@pytest.mark.parametrize("fault", [ValueError("a bug"), StoreUnavailable("No database.")])
async def test_no_failure_ends_the_worker(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life, fault: Exception
) -> None:
    embedders.fault = fault
    await told(life, "one")
    embedding.written(life)
    await embedding.wait_until_idle()
    embedders.fault = None
    embedding.written(life)
    await embedding.wait_until_idle()
    assert lacking(life, "first") == []


async def test_a_bug_is_logged_without_the_words(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life, caplog: pytest.LogCaptureFixture
) -> None:
    embedders.fault = ValueError("cannot embed 'my secret'")
    await told(life, "my secret")
    embedding.written(life)
    await embedding.wait_until_idle()
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_fail_over_keeps_the_memory_s_own_model(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    await told(life, "one")
    embedding.written(life)
    await embedding.wait_until_idle()
    embedders.away = {"first"}
    await told(life, "two")
    embedding.written(life)
    await embedding.wait_until_idle()
    assert life.memory.embedding_model == "first"
    assert embedders.asked[-1][0] == "first", "the second would throw every vector away"
    assert lacking(life, "first") == ["two"]
    assert await embedding.query("two", "first") is None, "search goes by words alone"


async def test_another_configured_model_takes_over_the_whole_memory(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    await told(life, "one", "two")
    embedding.written(life)
    await embedding.wait_until_idle()
    embedders.behind = ["second"]
    await told(life, "three")
    embedding.written(life)
    await embedding.wait_until_idle()
    assert life.memory.embedding_model == "second"
    assert lacking(life, "second") == []


async def test_a_better_downloaded_model_makes_all_vectors_anew_while_the_former_are_searched(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    embedders.behind = ["first"]
    await told(life, *(f"text {n}" for n in range(10)))
    embedding.written(life)
    await embedding.wait_until_idle()
    embedders.behind, embedders.packs = ["second", "first"], {"second"}
    embedders.fault, embedders.fault_on = ModelUnavailable("Away."), "text 0"
    embedding.written(life)
    await embedding.wait_until_idle()
    assert life.memory.embedding_model == "first", "not all vectors have been made anew"
    assert len(lacking(life, "second")) == 2
    assert await embedding.query("text 5", "first") is not None
    embedders.fault = None
    embedding.written(life)
    await embedding.wait_until_idle()
    assert life.memory.embedding_model == "second"
    assert lacking(life, "second") == []


async def test_a_question_is_embedded_as_one(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    await told(life, "one")
    embedding.written(life)
    await embedding.wait_until_idle()
    await embedding.query("two?", "first")
    assert embedders.kinds == ["passage", "query"]


async def test_what_was_forgotten_while_it_was_embedded_stays_forgotten(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    conversation = await told(life, "one", "two")
    embedders.door.clear()
    embedding.written(life)
    await embedders.knocked.wait()
    await forget(
        life, ErasureRequest(messages=(life.memory.conversations.thread(conversation)[0].id,))
    )
    embedders.door.set()
    await embedding.wait_until_idle()
    assert [message.text for message in life.memory.conversations.thread(conversation)] == ["two"]
    assert lacking(life, "first") == []


async def test_no_more_texts_of_a_removed_person_are_sent_to_the_embedder(
    app: App, embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    app.lives.subscribe(embedding)
    await told(life, *(f"text {n}" for n in range(70)))
    embedders.door.clear()
    embedding.written(life)
    await embedders.knocked.wait()
    async with app.lives.removal(life.person):
        embedders.door.set()
    await embedding.wait_until_idle()
    assert len(embedders.asked) <= 1, "only the batch that was on its way"


async def test_no_more_texts_of_an_unloaded_life_are_sent_to_the_embedder(
    app: App, embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    app.lives.subscribe(embedding)
    await told(life, *(f"text {n}" for n in range(70)))
    embedders.door.clear()
    embedding.written(life)
    await embedders.knocked.wait()
    await app.lives.unload(life.person)
    embedders.door.set()
    await embedding.wait_until_idle()
    assert len(embedders.asked) <= 1, "only the batch that was on its way"


async def test_a_failure_with_one_persons_text_leaves_the_queue_of_others(
    app: App, embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    invitation = await app.people.invitations.invite(await app.people.owner())
    _, bob = await app.people.invitations.accept(invitation, "Bob", "correct horse battery", "test")
    other = await app.lives.open(bob)
    await told(life, "one")
    await told(other, "two")
    embedders.fault = ValueError("a text that breaks the embedder")
    embedders.fault_on = "one"
    embedding.written(life)
    embedding.written(other)
    await embedding.wait_until_idle()
    assert lacking(other, "first") == []
    assert lacking(life, "first") == ["one"]


async def test_a_life_put_away_meanwhile_hurts_nobody(
    app: App, embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    await told(life, "one")
    embedders.door.clear()
    embedding.written(life)
    await embedders.knocked.wait()
    await app.lives.unload(life.person)
    embedders.door.set()
    await embedding.wait_until_idle()
    again = await app.lives.open(await app.people.owner())
    await app.embedding.wait_until_idle()
    assert len(again.memory) == 1


async def test_closing_in_the_middle_of_a_batch_ends_it(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    await told(life, "one")
    embedders.door.clear()
    embedding.written(life)
    await embedders.knocked.wait()
    await embedding.close()
    await embedding.close()
    assert lacking(life, "first") == ["one"]


@pytest.mark.parametrize(
    ("query", "model", "found"),
    [
        ("words", "first", True),
        ("  \n", "first", False),
        ("words", None, False),
        ("words", "gone", False),
    ],
    ids=["own model", "no words", "nothing embedded yet", "a model that is gone"],
)
async def test_a_query_has_a_vector_only_in_the_memory_s_own_space(
    embedding: EmbeddingWorker, query: str, model: str | None, found: bool
) -> None:
    assert (await embedding.query(query, model) is not None) is found


async def test_a_query_longer_than_any_window_is_cut(
    embedding: EmbeddingWorker, embedders: Embedders
) -> None:
    await embedding.query("x" * 100_000, "first")
    assert len(embedders.asked[0][1][0]) == 2_000


async def test_private_words_are_never_given_to_the_embedder(
    embedding: EmbeddingWorker, embedders: Embedders, life: Life
) -> None:
    private = await life.create_conversation(private=True)
    await life.add_message(private.id, "a secret")
    await told(life, "open")
    embedding.written(life)
    await embedding.wait_until_idle()
    assert "secret" not in str(embedders.asked)
