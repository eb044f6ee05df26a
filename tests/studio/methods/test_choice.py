"""The methods that are tried with the models that are connected."""

import pytest

from tau.app import App, open_app
from tau.models.scripted import CHAT, EMBEDDER
from tau.settings import Settings
from tau.studio.methods.choice import choose_methods, strongest_model
from tau.studio.methods.comparison import ComparisonInput, compare
from tau.studio.methods.nearest import NearestMethod

from .scripted_models import example, grade_exactly, routing

pytestmark = pytest.mark.anyio


async def test_the_cheapest_method_comes_first(app: App) -> None:
    methods = choose_methods(app.models)
    assert [(each.kind, each.model) for each in methods] == [
        ("baseline", ""),
        ("classifier", EMBEDDER),
        ("prompt", CHAT),
        ("nearest", CHAT),
    ]
    assert len({each.name for each in methods}) == len(methods)


async def test_a_capable_model_that_is_asked_anyway_is_not_asked_twice(app: App) -> None:
    assert strongest_model(app.models) is not None
    assert "strong" not in {each.kind for each in choose_methods(app.models)}


async def test_a_stronger_model_comes_last(app: App) -> None:
    await app.models.aliases.use("best", [CHAT])
    methods = choose_methods(app.models, chat="smollm2-135m-instruct", strong="best")
    assert (methods[-1].kind, methods[-1].model) == ("strong", CHAT)
    assert methods[2].model == "smollm2-135m-instruct"
    by_default = choose_methods(app.models, chat="smollm2-135m-instruct")
    assert (by_default[-1].kind, by_default[-1].model) == ("strong", CHAT)


async def test_unknown_and_missing_models_are_reasons_not_errors(app: App) -> None:
    methods = choose_methods(app.models, chat="nobody", embedder="nothing", strong="none")
    reasons = {each.kind: await each.prepare(routing()) for each in methods[1:]}
    assert list(reasons) == ["classifier", "prompt", "nearest", "strong"]
    assert "nothing" in str(reasons["classifier"])
    assert all("nobody" in str(reasons[kind]) for kind in ("prompt", "nearest"))
    assert "none" in str(reasons["strong"])


async def test_without_an_embedder_there_are_no_similar_examples(app: App) -> None:
    methods = choose_methods(app.models, embedder="nothing")
    (nearest,) = [each for each in methods if each.kind == "nearest"]
    assert not isinstance(nearest, NearestMethod)
    assert "nothing" in str(await nearest.prepare(routing()))


async def test_a_tau_without_a_model_still_compares_the_rest(settings: Settings) -> None:
    bare = Settings(home=settings.home, builtin="none", embedder="scripted-embedder")
    async with open_app(bare, environ={}) as app:
        methods = choose_methods(app.models)
        test = [example(f"my card {n}", "card", name=str(n)) for n in range(30)]
        given = ComparisonInput(train=routing(8), test=test, test_sha256="abc")
        compared = await compare(methods, given, grade_exactly, run_all=True)
    skipped = {each.kind for each in compared.methods if each.skipped}
    assert skipped == {"prompt", "nearest"}
    assert compared.methods[1].passed is not None
