"""The embedder in the care step: asked once, waited for briefly, and never needed."""

from typing import Any

import anyio
import msgspec
import numpy as np
import pytest

from tau.app import App
from tau.care.classifier import EMBEDDER, Classifier
from tau.companion.care_step import CareStep
from tau.companion.care_vectors import CareVectors
from tau.companion.companion import Companion
from tau.companion.events import Accepted, HelpOffered
from tau.life.life import Life
from tau.memory import Message
from tau.models import ModelInfo

pytestmark = pytest.mark.anyio
IMPLIED = "A recipe for windmill cookies, please"
DANGER, NOTHING = np.full(384, 1.0, "f"), np.full(384, -1.0, "f")


INFO = ModelInfo(name=EMBEDDER, origin="pack")


class Aliases:
    """Names with one embedder, which is ready or not."""

    def __init__(self, name: str = EMBEDDER, *, ready: bool = True) -> None:
        self._info = msgspec.structs.replace(INFO, name=name, ready=ready)

    def default_embedder(self) -> str:
        return "embedder"

    def info(self, _name: str) -> ModelInfo:
        return self._info


class Embedder:
    """Embedder that takes some words for danger and counts what it's asked."""

    def __init__(self, *, stuck: bool = False) -> None:
        self.asked: list[str] = []
        self._stuck = stuck

    async def __call__(self, words: str, _model: str | None) -> Any:
        self.asked.append(words)
        if self._stuck:
            await anyio.sleep_forever()
        return DANGER if "wind" in words else NOTHING


@pytest.fixture(autouse=True)
def first_number_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights by which a vector is danger if its first number is positive."""

    def vector_odds(_self: Classifier, vectors: Any) -> Any:
        return np.full(2, 100.0 * np.asarray(vectors)[0], "f")

    monkeypatch.setattr(Classifier, "vector_odds", vector_odds)


async def test_danger_that_only_the_vector_shows_gets_a_card(tmp_path: Any) -> None:
    step = CareStep(tmp_path, "DE", CareVectors(Embedder(), Aliases()))  # type: ignore[arg-type]
    assert step.assess_alone(IMPLIED, []).mark is None
    await step.embed_alone(IMPLIED, [])
    mark = step.assess_alone(IMPLIED, []).mark
    assert mark is not None
    assert (mark.level, mark.kind, mark.country) == (2, "suicide", "DE")


async def test_each_message_is_asked_about_once(tmp_path: Any) -> None:
    embedder = Embedder()
    step = CareStep(tmp_path, "", CareVectors(embedder, Aliases()))  # type: ignore[arg-type]
    await step.embed_alone("two", ["one"])
    await step.embed_alone("three", ["one", "two"])
    assert embedder.asked == ["two", "one", "three"]


async def test_what_rules_find_waits_for_nobody(tmp_path: Any) -> None:
    embedder = Embedder(stuck=True)
    step = CareStep(tmp_path, "", CareVectors(embedder, Aliases()))  # type: ignore[arg-type]
    await step.embed_alone("I want to kill myself", [])
    assert embedder.asked == []


@pytest.mark.parametrize(
    ("embedder", "aliases"),
    [
        (Embedder(stuck=True), Aliases()),
        (Embedder(), Aliases("another-embedder")),
        (Embedder(), Aliases(ready=False)),
    ],
    ids=["late", "another", "not ready"],
)
async def test_without_a_vector_the_ngrams_decide(
    embedder: Embedder, aliases: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr("tau.companion.care_vectors.TIMEOUT_SECONDS", 0.01)
    step = CareStep(tmp_path, "", CareVectors(embedder, aliases))
    await step.embed_alone(IMPLIED, [])
    assert step.assess_alone(IMPLIED, []) == CareStep(tmp_path, "").assess_alone(IMPLIED, [])


async def test_help_by_a_vector_comes_before_the_first_token(
    companion: Companion, life: Life
) -> None:
    vectors = CareVectors(Embedder(), Aliases())  # type: ignore[arg-type]
    companion.care = CareStep(companion.care._home, "DE", vectors)
    turn = await companion.turn(life, None, IMPLIED)
    begun = await anext(turn.batches())
    assert [type(event) for event in begun[:2]] == [Accepted, HelpOffered]
    await turn.ended()
    message: Message = life.message(turn.message)
    assert message.care is not None


async def test_recall_gets_the_vector_that_care_asked_for(app: App) -> None:
    model = app.models.aliases.info(app.models.aliases.default_embedder()).name
    first = await app.embedding.query("The lake was frozen", model)
    assert first is not None
    assert await app.embedding.query("The lake was frozen", model) is first
    assert await app.embedding.query("Another lake", model) is not first
