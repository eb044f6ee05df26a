"""The classifier: when it suits a task, what it answers, and that it can be kept."""

import io
import zipfile
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import BadInput, ModelInvalidAnswer
from tau.models.scripted import hashed_vectors
from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.methods.answer_classifier import AnswerClassifier
from tau.studio.methods.classifier import ClassifierMethod
from tau.studio.methods.embedder import ExampleEmbedder, instructions_differ, request_text

from .scripted_models import EMBEDDER, ScriptedModels, example, routing

pytestmark = pytest.mark.anyio


def fitted() -> AnswerClassifier:
    train = routing(1)
    vectors = hashed_vectors([each.input for each in train])
    return AnswerClassifier.fit(train, vectors, embedder=EMBEDDER)


KEPT = fitted().to_bytes()


async def prepared(train: list[Example], models: ScriptedModels) -> ClassifierMethod:
    method = ClassifierMethod(ExampleEmbedder(models, EMBEDDER))
    assert await method.prepare(train) is None
    return method


async def test_it_gives_the_answer_of_similar_examples() -> None:
    method = await prepared(routing(), ScriptedModels())
    asked = {"they lost my card": "card", "is the euro rate ok": "rate", "account: end it": "close"}
    for said, queue in asked.items():
        assert (await method.answer(example(said, "?"))).text == queue


async def test_it_never_reads_the_answer_it_should_give() -> None:
    method = await prepared(routing(), ScriptedModels())
    answers = {(await method.answer(example("lost card", each))).text for each in ("rate", "card")}
    assert answers == {"card"}


async def test_a_task_without_options_is_refused_before_anything_is_embedded() -> None:
    models = ScriptedModels()
    method = ClassifierMethod(ExampleEmbedder(models, EMBEDDER))
    texts = [example(f"number {n}", f"answer {n}") for n in range(30)]
    assert "aren't a choice" in str(await method.prepare(texts))
    assert models.embedded == []
    with pytest.raises(RuntimeError):
        await method.answer(texts[0])


async def test_instructions_count_only_where_they_differ() -> None:
    models = ScriptedModels()
    method = await prepared(routing(1), models)
    assert not any("Route it." in text for texts, _ in models.embedded for text in texts)
    assert method.fitted is not None
    assert not method.fitted.reads_instructions
    mixed = [
        example(f"hello {n}", answer, f"Answer in {language}.")
        for n in range(10)
        for language, answer in (("english", "yes"), ("german", "ja"))
    ]
    assert instructions_differ(mixed)
    method = await prepared(mixed, models)
    assert (await method.answer(example("hello", "?", "Answer in german."))).text == "ja"
    assert (await method.answer(example("hello", "?", "Answer in english."))).text == "yes"


def test_the_newest_words_of_a_chat_come_first() -> None:
    said = [("system", "rules"), ("user", "one"), ("assistant", "two"), ("user", "three")]
    messages = [ExampleMessage(role, text) for role, text in said]  # type: ignore[arg-type]
    chat = Example(id="chat", messages=(*messages, ExampleMessage("assistant", "four")))
    assert request_text(chat, instructions=False) == "three\ntwo\none"
    assert request_text(chat, instructions=True) == "three\ntwo\none\nrules"


async def test_methods_that_share_an_embedder_embed_the_examples_once() -> None:
    models = ScriptedModels()
    shared = ExampleEmbedder(models, EMBEDDER)
    texts = ["a", "b", "a", *(f"text {n}" for n in range(300))]
    vectors = await shared.train(texts)
    assert np.array_equal(vectors, hashed_vectors(texts))
    sent = [text for part, _ in models.embedded for text in part]
    assert len(sent) == len(set(texts))
    assert max(len(part) for part, _ in models.embedded) <= 256
    assert {kind for _, kind in models.embedded} == {"query"}
    assert np.array_equal(await shared.train(texts[:5]), vectors[:5])
    assert len([text for part, _ in models.embedded for text in part]) == len(sent)


async def test_vectors_of_another_embedder_are_refused() -> None:
    models = ScriptedModels()
    method = await prepared(routing(), models)
    models.embedder = "another"
    with pytest.raises(ModelInvalidAnswer, match="replaced by 'another'"):
        await method.answer(example("lost card", "?"))


def test_a_kept_classifier_is_the_same_to_the_last_bit() -> None:
    original = fitted()
    read = AnswerClassifier.from_bytes(original.to_bytes())
    assert (read.embedder, read.labels) == (EMBEDDER, ("card", "rate", "close"))
    assert not read.reads_instructions
    vectors = hashed_vectors(["lost card", "euro", "something else", ""])
    assert read.classify(vectors) == original.classify(vectors)
    assert all(0 < chance <= 1 for _, chance in read.classify(vectors))


def test_a_kept_classifier_holds_no_pickle() -> None:
    with zipfile.ZipFile(io.BytesIO(KEPT)) as archive:
        for name in archive.namelist():
            np.lib.format.read_magic(io.BytesIO(archive.read(name)))
            assert b"'O'" not in archive.read(name)[:200]


@given(st.integers(0, len(KEPT) - 1), st.integers(1, 255))
def test_damaged_bytes_are_refused_or_harmless(position: int, change: int) -> None:
    damaged = bytearray(KEPT)
    damaged[position] ^= change
    with suppress(BadInput):
        AnswerClassifier.from_bytes(bytes(damaged))


@given(st.binary(max_size=200) | st.integers(0, len(KEPT)).map(lambda size: KEPT[:size]))
def test_other_bytes_are_refused(kept: bytes) -> None:
    if kept != KEPT:
        with pytest.raises(BadInput):
            AnswerClassifier.from_bytes(kept)


@pytest.mark.parametrize(
    "changes",
    [
        {"bias": np.zeros(4)},
        {"weights": np.zeros((3, 3))},
        {"mean": np.full(64, np.nan)},
        {"bias": np.array([object(), 1, 2])},
        {"description": np.frombuffer(b"{}", dtype=np.uint8)},
        {"mean": np.zeros(20_000_000)},
    ],
    ids=["classes", "dimension", "not finite", "pickled", "undescribed", "huge"],
)
def test_arrays_that_do_not_fit_are_refused(changes: dict[str, np.ndarray]) -> None:
    with np.load(io.BytesIO(KEPT)) as arrays:
        parts = {name: arrays[name] for name in arrays.files} | changes
    kept = io.BytesIO()
    np.savez_compressed(kept, **parts)  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        AnswerClassifier.from_bytes(kept.getvalue())
