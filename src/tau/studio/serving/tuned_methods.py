"""The studio's own models as methods of a comparison."""

from collections.abc import Sequence

from tau.models import Models
from tau.people import Unlocked
from tau.studio.methods.method import Method, UnavailableMethod
from tau.studio.methods.tuned import TunedMethod
from tau.studio.project import Project
from tau.studio.releases.gate_facts import leaked_tests
from tau.studio.serving.made_model import MadeModel
from tau.studio.serving.served_models import ServedModels


async def tuned_methods(
    unlocked: Unlocked,
    project: Project,
    served: ServedModels,
    models: Models,
    names: Sequence[str] = (),
) -> list[Method]:
    """Return the models to compare: those of `names`, or the newest that a project trained.

    With the newest comes what is released of the project. A model that learned from an example of
    the test is refused: its method says so. Raises `UnknownModel`.
    """
    if names:
        chosen = [await served.runs.find(unlocked, each) for each in dict.fromkeys(names)]
    else:
        chosen = _newest(await served.runs.of_project(unlocked, project.id), served)
    await served.allow(unlocked, *(each.name for each in chosen))
    return [_method(project, each, models) for each in chosen]


def _newest(made: Sequence[MadeModel], served: ServedModels) -> list[MadeModel]:
    """Return what is released, and the newest result of training that isn't."""
    trained = [each for each in made if each.made.model_kind == "adapter" and each.is_result]
    live = [each for each in trained if served.is_released(each.name)]
    return [*live, *(each for each in trained[-1:] if each not in live)]


def _method(project: Project, model: MadeModel, models: Models) -> Method:
    if not model.created.project:
        reason = f"{model.name} learned from files, and the test may have been among them."
        return UnavailableMethod(model.name, "tuned", reason)
    leaks = leaked_tests(project, model)
    if leaks:
        one = "an example" if len(leaks) == 1 else f"{len(leaks)} examples"
        reason = f"{model.name} learned from {one} of the test, so its answers prove nothing."
        return UnavailableMethod(model.name, "tuned", reason)
    return TunedMethod(models, models.aliases.info(model.name))
