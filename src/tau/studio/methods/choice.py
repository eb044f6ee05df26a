"""The methods that a comparison tries, cheapest first, with the models that are connected."""

from collections.abc import Sequence

from tau.errors import ModelError
from tau.models.models import Models
from tau.models.types import ModelInfo
from tau.studio.methods.baseline import BaselineMethod
from tau.studio.methods.classifier import ClassifierMethod
from tau.studio.methods.embedder import ExampleEmbedder
from tau.studio.methods.method import Method, UnavailableMethod
from tau.studio.methods.nearest import NearestMethod
from tau.studio.methods.optimized_prompt import OptimizedPromptMethod
from tau.studio.methods.prompt import PromptMethod
from tau.studio.results import MethodKind

_NO_WRITER = "Rewriting a prompt takes a capable model: connect one with `tau models add`."
_Found = ModelInfo | str
"""A model, or a sentence that says why there is none."""


def choose_methods(
    models: Models,
    *,
    chat: str = "",
    embedder: str = "",
    strong: str = "",
    tuned: Sequence[Method] = (),
    optimized: bool = False,
) -> list[Method]:
    """Return the methods, cheapest first. Names may be aliases; empty ones mean the defaults.

    `tuned` are the models that the studio made. With `optimized`, a capable model rewrites the
    prompt, which asks both models a few hundred times.

    Each name is resolved to one model here, so that no other model answers in between. `strong` is
    by default the first capable model behind the alias for chatting. It's left out if the prompt
    is for the same model. A method whose model is missing stays in the list, with the reason.
    """
    asked = _find(models, chat or models.aliases.default_chat())
    compared = _find(models, embedder or models.aliases.default_embedder())
    best = _find(models, strong) if strong else strongest_model(models)
    embedding = compared if isinstance(compared, str) else ExampleEmbedder(models, compared.name)
    methods = [
        BaselineMethod(),
        _classifier(embedding),
        _prompt(models, asked, "prompt"),
        _nearest(models, asked, embedding),
        *([_optimized(models, asked)] if optimized else []),
        *tuned,
    ]
    return methods if best is None or best == asked else [*methods, _prompt(models, best, "strong")]


def strongest_model(models: Models) -> ModelInfo | None:
    """Return the first capable model that is ready behind the alias for chatting, if any."""
    try:
        names = models.aliases.names_for(models.aliases.default_chat())
        found = [models.aliases.info(name) for name in names]
    except ModelError:
        return None
    return next((each for each in found if each.ready and each.size == "capable"), None)


def _find(models: Models, name: str) -> _Found:
    try:
        return models.aliases.info(name)
    except ModelError as error:
        return str(error)


def _classifier(embedding: ExampleEmbedder | str) -> Method:
    if isinstance(embedding, str):
        return UnavailableMethod("classifier", "classifier", embedding)
    return ClassifierMethod(embedding)


def _prompt(models: Models, found: _Found, kind: MethodKind) -> Method:
    if isinstance(found, str):
        return UnavailableMethod(kind, kind, found)
    return PromptMethod(models, found, name=kind, kind=kind)


def _optimized(models: Models, asked: _Found) -> Method:
    if isinstance(asked, str):
        return UnavailableMethod("optimized", "optimized", asked)
    writer = strongest_model(models)
    if writer is None:
        return UnavailableMethod("optimized", "optimized", _NO_WRITER)
    return OptimizedPromptMethod(models, asked, writer)


def _nearest(models: Models, asked: _Found, embedding: ExampleEmbedder | str) -> Method:
    if isinstance(asked, str):
        return UnavailableMethod("nearest", "nearest", asked)
    if isinstance(embedding, str):
        return UnavailableMethod("nearest", "nearest", embedding)
    return NearestMethod(models, asked, embedding)
