"""What the gate decides on, collected from a project and from how a model was made. Pure."""

from collections.abc import Collection

import msgspec

from tau.studio.events import ComparisonFinished
from tau.studio.examples.leakage import find_leaks
from tau.studio.project import Project
from tau.studio.releases.gate import GateInput, choose_rival
from tau.studio.releases.release_state import ReleaseState
from tau.studio.results import ComparisonResult, MethodResult
from tau.studio.serving.made_model import MadeModel


def collect_facts(
    project: Project,
    releases: ReleaseState,
    model: MadeModel,
    *,
    base_licence: str,
    live: Collection[str] = (),
) -> GateInput:
    """Return what is known of a model of a project. `live` are the models that answer now."""
    comparison, result = find_result(project, model)
    rival = None
    if comparison is not None and result is not None:
        known = with_other_comparisons(project, comparison)
        rival = choose_rival(known, result, model.made.model_kind, live)
    reviewed = releases.reviewed(model.name, _names_in_comparisons(project, model))
    return GateInput(
        name=model.name,
        kind=model.made.model_kind,
        test_sha256=project.split.sha256 if project.split else "",
        comparison=comparison,
        result=result,
        rival=rival,
        leaks=leaked_tests(project, model),
        learned_from_files=not model.created.project,
        measured=model.measured,
        probed=releases.probes.get(model.name),
        base=model.made.base,
        base_licence=base_licence,
        sources=tuple(project.sources.values()),
        withdrawn=withdrawn_examples(project, model),
        reviewed=frozenset(reviewed & project.test_ids),
        attested=frozenset(releases.attested.get(model.name, set()) & project.test_ids),
    )


def find_result(
    project: Project, model: MadeModel
) -> tuple[ComparisonResult | None, MethodResult | None]:
    """Return the newest comparison in which a model answered the test, and how it did.

    What was kept of a comparison is what answered there.
    """
    for finished in reversed(project.comparisons):
        for each in finished.result.methods:
            if each.passed is not None and _is_by(model, finished, each):
                return finished.result, each
    return None, None


def _is_by(model: MadeModel, finished: ComparisonFinished, result: MethodResult) -> bool:
    """Return whether a model gave the answers of a method in a comparison."""
    is_kept = finished.id == model.created.comparison and result.name == model.created.method
    return is_kept or result.model == model.name


def _names_in_comparisons(project: Project, model: MadeModel) -> dict[str, str]:
    """Return by comparison what a model was called where it answered the project's test."""
    test = project.split.sha256 if project.split else ""
    return {
        finished.id: each.name
        for finished in project.comparisons
        if finished.result.test_sha256 == test
        for each in finished.result.methods
        if _is_by(model, finished, each)
    }


def with_other_comparisons(project: Project, comparison: ComparisonResult) -> ComparisonResult:
    """Return a comparison with the methods of others on the same test, judged by the same grader.

    Else a model could pass by being compared again beside weak methods only.
    """
    since = project.grader.at if project.grader else 0.0
    at = next((each.at for each in project.comparisons if each.result is comparison), since)
    others = [
        method
        for each in project.comparisons
        if each.result is not comparison
        and each.result.test_sha256 == comparison.test_sha256
        and not each.result.withdrawn
        and (each.at >= since) == (at >= since)
        for method in each.result.methods
    ]
    return msgspec.structs.replace(comparison, methods=(*comparison.methods, *others))


def leaked_tests(project: Project, model: MadeModel) -> tuple[str, ...]:
    """Return the examples of the test that a model learned from, or whose request it did."""
    learned_ids = set(model.created.examples)
    learned = [each for each in project.examples.values() if each.id in learned_ids]
    found = {leak.test.id for leak in find_leaks(project.test, learned)}
    return tuple(sorted(found | (learned_ids & project.test_ids)))


def withdrawn_examples(project: Project, model: MadeModel) -> tuple[str, ...]:
    """Return the examples that a model learned from and that were withdrawn since."""
    withdrawn = project.withdrawn | model.run.withdrawn
    return tuple(sorted(withdrawn.intersection(model.created.examples)))
